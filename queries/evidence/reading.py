"""Reading exported files: which form a file has, and its rows, line by line.

A file is known by its content, never by its name alone. Three forms are read: JSON Lines as data
export writes them, a saved REST answer (or an array of rows), and Parquet.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from ..language import tr

_CHUNK = 4 * 1024 * 1024
#: A whole JSON document has to be held at once; a larger one is refused rather than half read.
MAX_DOCUMENT = 512 * 1024 * 1024
MAX_LINE = 64 * 1024 * 1024
_SURROGATE = re.compile(r"[\ud800-\udfff]")


class Form(StrEnum):
    JSON_LINES = "JSON Lines"
    REST = "REST answer"
    ROWS = "JSON array of rows"
    PARQUET = "Parquet"
    EMPTY = "empty file"


@dataclass(slots=True)
class FileReport:
    """What was made of one file; ``bad`` counts rows that could not be read, of all read."""

    path: Path
    form: Form | None = None
    rows: int = 0
    bad: int = 0
    first_bad: str = ""
    repaired: int = 0
    refused: str = ""
    partial: str = ""
    tables: set[str] = field(default_factory=set)

    def spoil(self, where: str) -> None:
        """Count a row that cannot be read; ``where`` is kept for the first."""
        self.bad += 1
        self.first_bad = self.first_bad or f"{self.path}:{where}"


class UnreadableError(Exception):
    """A file that is no evidence; one line why."""


def form_of(path: Path) -> Form:
    """Raises UnreadableError for content of no known form, OSError when it cannot be read."""
    with path.open("rb") as file:
        head = file.read(65536)
    if head.startswith(b"PAR1"):
        return Form.PARQUET
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        return Form.EMPTY
    if text.startswith(b"["):
        return Form.ROWS
    if not text.startswith(b"{"):
        raise UnreadableError(tr("neither JSON nor Parquet"))
    if re.match(rb'\{\s*"(tables|error)"\s*:', text):
        return Form.REST
    return Form.JSON_LINES


def lines_of(path: Path) -> Iterator[tuple[int, bytes]]:
    """Each line with its number from 1, without line end; blank lines left out.

    A line longer than MAX_LINE comes back cut, so that it fails as one bad line.
    """
    with path.open("rb") as file:
        number = 0
        while line := file.readline(MAX_LINE):
            number += 1
            if len(line) == MAX_LINE and not line.endswith(b"\n"):
                while (rest := file.readline(_CHUNK)) and not rest.endswith(b"\n"):
                    pass
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if line.strip():
                yield number, line.rstrip(b"\r\n")


def document_rows(path: Path, form: Form, report: FileReport) -> Iterator[tuple[str, Any]]:
    """(where, row) of a REST answer or an array; rows are dicts, anything else is left to fail.

    Raises:
        UnreadableError: no JSON, or not of the shape the form promises.
    """
    if path.stat().st_size > MAX_DOCUMENT:
        raise UnreadableError(
            tr("larger than {size} MiB in one document", size=MAX_DOCUMENT // 2**20)
        )
    try:
        content = json.loads(path.read_bytes().decode("utf-8-sig", errors="replace"))
    except ValueError as error:
        raise UnreadableError(tr("no JSON: {error}", error=error)) from None
    except RecursionError:
        raise UnreadableError(tr("JSON nested too deeply")) from None
    row_word = tr("row")
    if form is Form.ROWS:
        for number, row in enumerate(content, 1):
            yield f"{row_word} {number}", row
        return
    if content.get("error"):
        report.partial = _error_text(content["error"])
    tables = content.get("tables")
    if tables is None and report.partial:
        raise UnreadableError(
            tr("the answer holds an error and no table: {partial}", partial=report.partial)
        )
    if not isinstance(tables, list):
        raise UnreadableError(tr("a REST answer without a list of tables"))
    for table in tables:
        try:
            names = [column["name"] for column in table["columns"]]
            rows = table["rows"]
        except (TypeError, KeyError):
            raise UnreadableError(tr("a table without columns or rows")) from None
        if not isinstance(rows, list) or not all(isinstance(name, str) for name in names):
            raise UnreadableError(tr("a table whose columns or rows are not what they should be"))
        for number, row in enumerate(rows, 1):
            whole = isinstance(row, list) and len(row) == len(names)
            yield f"{row_word} {number}", dict(zip(names, row, strict=True)) if whole else row


def _error_text(error: Any) -> str:
    if not isinstance(error, dict):
        return str(error)[:300]
    inner = error
    while isinstance(inner.get("innererror"), dict):
        inner = inner["innererror"]
    return f"{error.get('code', 'error')}: {inner.get('message', error.get('message', ''))}"[:300]


def repaired(text: str | bytes) -> str | None:
    """A JSON object that DuckDB refuses and Python takes, made fit for DuckDB; None if neither.

    Half a surrogate pair and bytes that are no UTF-8 become U+FFFD.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", errors="replace")
    try:
        row = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return dumped(row) if isinstance(row, dict | list) else None


def dumped(value: Any) -> str:
    """JSON text without half surrogates."""
    try:
        return msgspec.json.encode(value).decode()
    except (UnicodeEncodeError, TypeError, OverflowError):
        # Half a surrogate pair, or a number past 64 bits: the slow way knows them.
        pass
    return _SURROGATE.sub("\ufffd", json.dumps(value, ensure_ascii=False))
