"""Objects that are no row by their columns: what they wrap, or what their columns are called."""

from __future__ import annotations

from .documents import Piece, pieces_of
from .json_stream import JsonStream
from .layouts import respelled
from .messages import unwrapped
from .repairing import dumped, parsed
from .reports import FileReport, Form, UnreadableError
from .tables import table_of


def unwrap(where: str, text: str, file: FileReport) -> list[Piece] | str:
    """The rows inside of an object, or its text where it wraps none."""
    try:
        value = parsed(text)
    except ValueError:
        # DuckDB takes more than JSON allows; what only it can read wraps nothing.
        return text
    found = unwrapped(value)
    if found is None:
        if any(isinstance(value.get(key), list) for key in ("tables", "records")):
            return _inside(where, text, file)
        names = respelled(tuple(value))
        if names and table_of(frozenset(names.get(key, key) for key in value)):
            return dumped({names.get(key, key): value[key] for key in value})
        return text
    if found.text:
        return _inside(where, found.text, file)
    file.form = Form.MESSAGES
    for _ in range(found.bad):
        file.spoil(where)
    file.deviceless += sum(not row["DeviceId"] for row in found.rows)
    return [Piece(where, dumped(row)) for row in found.rows]


def _inside(where: str, text: str, file: FileReport) -> list[Piece]:
    pieces: list[Piece] = []
    try:
        pieces.extend(pieces_of(JsonStream(text, file), file, where))
    except UnreadableError:
        file.spoil(where)
    return pieces
