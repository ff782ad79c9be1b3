"""What a content is, by its first bytes; its name is never asked."""

from __future__ import annotations

import json
import re
from enum import Enum

from ..language import tr, translatable
from .delimited import header_of
from .reports import UnreadableError
from .texts import start_of_text
from .unpacking import PACKED


class Reader(Enum):
    """By whom a content is read."""

    NOTHING = "nothing in it"
    LINES = "a JSON value a line"
    DOCUMENT = "JSON values over several lines"
    TABLE = "text in columns"
    PARQUET = "Parquet"
    CAPTURE = "Avro of Event Hubs Capture"


_PICKLE = translatable("a Python pickle, which could run commands: save it as CSV or Parquet")
#: Known by their first bytes, and not read.
_STRANGERS = {
    b"ORC": translatable("an ORC file: write it as Parquet"),
    b"SQLite format 3": translatable("an SQLite database"),
    b"\xd0\xcf\x11\xe0": translatable("an old Office document: save the table as CSV"),
    b"%PDF": translatable("a PDF"),
    b"BZh": translatable("packed with bzip2: unpack it"),
    b"\xfd7zXZ": translatable("packed with xz: unpack it"),
    b"7z\xbc\xaf": translatable("a 7z archive: unpack it"),
    b"Rar!": translatable("a RAR archive: unpack it"),
    b"\x04\x22\x4d\x18": translatable("packed with lz4: unpack it"),
    b"\xff\x06\x00\x00sNaPpY": translatable("packed with snappy: unpack it"),
    b"PK": translatable("a zip archive that is empty or split"),
    b"\x80\x02": _PICKLE,
    b"\x80\x03": _PICKLE,
    b"\x80\x04": _PICKLE,
    b"\x80\x05": _PICKLE,
}
_DOCUMENT = re.compile(r'\{\s*"(?:tables|records|error|statistics|render)"\s*:')


def reader_of(head: bytes) -> tuple[Reader, str]:
    """Who reads what begins with these bytes, and the delimiter of a table.

    Raises:
        UnreadableError: content of no known form.
    """
    if head.startswith(b"PAR1"):
        return Reader.PARQUET, ""
    if head.startswith(b"Obj\x01"):
        return Reader.CAPTURE, ""
    for magic, name in _STRANGERS.items():
        if head.startswith(magic):
            raise UnreadableError(tr(name))
    if head[257:262] == b"ustar":
        raise UnreadableError(tr("a tar archive: unpack it"))
    if any(head.startswith(magic) for magic in PACKED):
        raise UnreadableError(tr("packed, and damaged"))
    text = start_of_text(head)
    if not text:
        return Reader.NOTHING, ""
    if text.startswith(("{", "[")):
        return (Reader.DOCUMENT if _is_document(text) else Reader.LINES), ""
    if delimiter := header_of(text):
        return Reader.TABLE, delimiter
    if text.startswith("<"):
        raise UnreadableError(tr("HTML or XML: export JSON, CSV or Parquet"))
    raise UnreadableError(tr("neither JSON, CSV, Parquet nor Event Hubs Capture"))


def _is_document(text: str) -> bool:
    """Whether JSON is to be read as a whole; line by line, one bad row costs no other."""
    if text.startswith("["):
        return True
    first, newline, rest = text.partition("\n")
    try:
        json.loads(first)
    except RecursionError:
        return False
    except ValueError:
        if not newline or _DOCUMENT.match(text):
            return bool(_DOCUMENT.match(text))
        # An object over several lines goes on with a key or deeper in; the row behind a broken
        # one begins at the margin.
        return first.strip() == "{" or (rest[:1] in (" ", "\t", '"', "}") and "}" not in first)
    return not rest.strip() and bool(_DOCUMENT.match(text))
