"""JSON documents: saved answers, arrays of rows, Event Hubs batches, one value after another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..language import tr
from .json_stream import JsonStream
from .layouts import Layout
from .reports import FileReport, Form, UnreadableError
from .texts import MAX_LINE

#: Keys under which an answer or a batch holds its rows.
_WRAPPERS = ("tables", "records")


@dataclass(frozen=True, slots=True)
class Piece:
    """One row as it stands in the text: an object, or an array of cells where it has a layout."""

    where: str
    text: str
    layout: Layout | None = None


def pieces_of(stream: JsonStream, report: FileReport, where: str = "") -> Iterator[Piece]:
    """Every row in the text, whatever wraps it; what is no row comes as it is, and fails later.

    Raises:
        UnreadableError: the text is no JSON; the pieces before are good.
    """
    number, row = 0, tr("row")
    while stream.peek():
        number += 1
        yield from _value(stream, report, where or f"{row} {number}", depth=0)


def _value(stream: JsonStream, report: FileReport, where: str, depth: int) -> Iterator[Piece]:
    first = stream.peek()
    # Most objects are rows, and known to be in one go; one that is large is gone through.
    found = stream.ready() if first == "{" else None
    if found is not None and not _wraps(found[0]):
        report.form = report.form or Form.VALUES
        yield Piece(where, found[1])
    elif found is not None:
        yield from _object(JsonStream(found[1], report), report, where, depth)
    elif first == "{":
        yield from _object(stream, report, where, depth)
    elif first == "[" and depth == 0:
        report.form = report.form or Form.ROWS
        row = tr("row")
        for number in stream.elements():
            yield from _value(stream, report, f"{row} {number}", 1)
    else:
        _, text = stream.value()
        yield Piece(where, text)


def _wraps(value: dict[str, Any]) -> bool:
    return "error" in value or any(isinstance(value.get(key), list) for key in _WRAPPERS)


def _object(stream: JsonStream, report: FileReport, where: str, depth: int) -> Iterator[Piece]:
    stream.keep()
    keys: set[str] = set()
    record = tr("record")
    is_wrapper = False
    error: Any = None
    for key in stream.members():
        keys.add(key)
        if stream.peek() == "[" and key in _WRAPPERS and depth < 2:
            stream.forget()
            is_wrapper = True
            report.form = Form.REST if key == "tables" else Form.RECORDS
            for number in stream.elements():
                if key == "tables":
                    yield from _table(stream, report, number)
                else:
                    yield from _value(stream, report, f"{where}, {record} {number}", 2)
        else:
            value, _ = stream.value()
            if key == "error":
                error = value
    if error and (is_wrapper or keys == {"error"}):
        report.form = Form.REST
        report.partial = _error_text(error)
    if not is_wrapper:
        text = stream.kept()
        report.form = report.form or Form.VALUES
        if error and keys == {"error"}:
            raise UnreadableError(
                tr("the answer holds an error and no table: {partial}", partial=report.partial)
            )
        yield Piece(where, text)


def _table(stream: JsonStream, report: FileReport, number: int) -> Iterator[Piece]:
    """The rows of one table of an answer; a table that is none is one bad row."""
    table, row_word = f"{tr('table')} {number}", tr("row")
    name = f"{table}, " if number > 1 else ""
    if stream.peek() != "{":
        stream.value()
        report.spoil(table)
        return
    layout: Layout | None = None
    is_table = True
    early: list[tuple[str, bool, str]] = []
    held = 0
    has_rows = False
    for key in stream.members():
        if key == "columns":
            columns, _ = stream.value()
            layout = _layout(columns)
            is_table = is_table and layout is not None
        elif key == "rows" and stream.peek() == "[":
            has_rows = True
            for row in stream.elements():
                cells, text = stream.value()
                where = f"{name}{row_word} {row}"
                if layout is not None:
                    yield from _row(where, cells, text, layout, report)
                elif is_table:
                    held += len(text)
                    if held > MAX_LINE:
                        raise UnreadableError(tr("the columns of a table stand behind its rows"))
                    early.append((where, isinstance(cells, list), text))
        else:
            stream.value()
    if layout is None or not has_rows:
        report.spoil(table)
        return
    for where, is_list, text in early:
        cells = JsonStream(text, report).value()[0] if is_list else None
        yield from _row(where, cells, text, layout, report)


def _layout(columns: Any) -> Layout | None:
    try:
        names = [column["name"] for column in columns]
    except (TypeError, KeyError, IndexError):
        return None
    return Layout.of(names) if all(isinstance(name, str) for name in names) else None


def _row(where: str, cells: Any, text: str, layout: Layout, report: FileReport) -> Iterator[Piece]:
    if isinstance(cells, list) and len(cells) == layout.width:
        yield Piece(where, text, layout)
    else:
        report.spoil(where)


def _error_text(error: Any) -> str:
    if not isinstance(error, dict):
        return str(error)[:300]
    inner = error
    while isinstance(inner.get("innererror"), dict):
        inner = inner["innererror"]
    return f"{error.get('code', 'error')}: {inner.get('message', error.get('message', ''))}"[:300]
