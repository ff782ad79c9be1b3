"""Filling the tables from files: every row is counted, none is lost in silence."""

from __future__ import annotations

import re
from contextlib import suppress
from io import FileIO
from pathlib import Path

import duckdb
import msgspec

from ..language import tr
from .avro import messages_of
from .delimited import read_table
from .documents import pieces_of
from .files import fingerprint, size_of
from .inserting import Inserter
from .json_stream import JsonStream
from .native_lines import NativeLines, Plain, is_usual
from .parquet import load_parquet
from .recognising import Reader, reader_of
from .repairing import dumped
from .reports import FileReport, Form, LoadReport, UnreadableError
from .tables import TABLES
from .texts import as_utf8, decoded, encoding_of, lines_of
from .unpacking import Content, contents_of, on_disk

#: How much is gathered for DuckDB to read at once.
_PLAIN_FILES = 250
_PLAIN_BYTES = 2**28
#: Whose rows are read as if they were of one table; it is seen then that they are not.
_USUAL = "SecurityIoTRawEvent"
_TYPE = re.compile(rb'"Type" ?: ?"([A-Za-z]+)"')
#: The header of a table with thousands of columns is one long line.
_LONG_HEAD = 2**20


class Loader:
    """Reads files into the tables of a connection, in batches; ``flush`` after the last.

    What goes wrong with a file is put down in its report, and the others are read.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, report: LoadReport, *, at_once: bool = False
    ) -> None:
        """``at_once``: plain files wait until the last, and are read sorted."""
        self._connection = connection
        self._report = report
        self._inserter = Inserter(connection)
        self._native = NativeLines(connection, in_order=at_once)
        self._at_once = at_once
        self._plain: list[tuple[Plain, Content, tuple[int, ...]]] = []
        self._plain_bytes = 0
        self._done = 0
        self._on_disk: FileIO | None = None

    @property
    def bytes_read(self) -> int:
        """Bytes on disk that have been read; may be asked while a file is, by another thread."""
        file = self._on_disk
        with suppress(ValueError, OSError):
            return self._done + (file.tell() if file else self._native.bytes_read)
        return self._done

    def load(self, path: Path) -> None:
        """One file, and every member where it is an archive.

        Raises:
            duckdb.Error: what no file is to blame for, such as a full disk.
        """
        count = len(self._report.files)
        try:
            before = fingerprint(path)
            for content in contents_of(path, self._opened):
                report = FileReport(path, content.member, packed=", ".join(content.packed))
                self._report.files.append(report)
                self._content(content, report, before)
        except (UnreadableError, OSError) as error:
            report = FileReport(path)
            self._report.files.append(report)
            self._stop(report, error)
        self._on_disk = None
        if not (self._plain and self._plain[-1][0].path == path):
            self._done += size_of(path)
        if len(self._report.files) == count:
            self._report.files.append(FileReport(path, form=Form.EMPTY, packed="zip"))
        many = len(self._plain) >= _PLAIN_FILES or self._plain_bytes >= _PLAIN_BYTES
        if many and not self._at_once:
            self._read_plain()

    def _opened(self, file: FileIO) -> None:
        self._on_disk = file

    def flush(self) -> None:
        """All rows are in the tables, and counted in the reports. Raises duckdb.Error."""
        self._read_plain()
        self._inserter.flush()
        for file in self._report.files:
            hint = _hint(file)
            if hint and not (file.rows or file.bad or file.foreign or file.refused or file.cut):
                # An exported file without rows says that its table is there, and empty.
                file.tables[hint] += 0
            self._report.tables.update(file.tables)

    def is_sorted(self) -> bool:
        """Whether every table is in a store's order; asked after the last file."""
        return all(self._native.holds_in_order(table) for table in TABLES)

    def _content(self, content: Content, report: FileReport, before: tuple[int, ...]) -> None:
        try:
            if content.refused:
                raise UnreadableError(content.refused)
            head = content.head()
            if b"\n" not in head:
                head = content.head(_LONG_HEAD)
            try:
                reader, delimiter = reader_of(head)
            except UnreadableError:
                report.stranger = True
                raise
            lines = reader is Reader.LINES and encoding_of(head) == ("utf-8", 0)
            if lines and content.path and is_usual(head):
                report.form = Form.JSON_LINES
                plain = Plain(content.path, report, _first_table(head) or _hint(report) or _USUAL)
                self._plain.append((plain, content, before))
                self._plain_bytes += content.size
                return
            self._read(content, report, reader, delimiter)
        except duckdb.InterruptException:
            raise
        except (UnreadableError, OSError, duckdb.Error) as error:
            self._stop(report, error)
        self._look_again(report, before)

    def _read_plain(self) -> None:
        waiting, self._plain, self._plain_bytes = self._plain, [], 0
        self._on_disk = None
        odd = {each.path for each in self._native.load([each for each, *_ in waiting])}
        for plain, content, before in waiting:
            if plain.path in odd:
                try:
                    self._read(content, plain.report, Reader.LINES, "")
                except duckdb.InterruptException:
                    raise
                except (UnreadableError, OSError, duckdb.Error) as error:
                    self._stop(plain.report, error)
            self._done += content.size
            self._look_again(plain.report, before)

    def _read(self, content: Content, report: FileReport, reader: Reader, delimiter: str) -> None:
        hint = _hint(report)
        if reader is Reader.NOTHING:
            report.form = Form.EMPTY
            return
        if reader is Reader.PARQUET:
            report.form = Form.PARQUET
            with on_disk(content) as path:
                load_parquet(self._connection, path, report, hint)
            return
        self._inserter.begin(report, hint)
        if reader is Reader.CAPTURE:
            report.form = Form.RECORDS
            report.packed = ", ".join((*content.packed, "Avro"))
            word = tr("message")
            with content.open() as file:
                for number, message in enumerate(messages_of(file), 1):
                    self._inserter.add(f"{word} {number}", dumped(message))
            return
        if reader is Reader.TABLE:
            report.form = Form.CSV
            table = read_table(content, delimiter, report)
            for number, row in table.rows:
                self._inserter.add(number, msgspec.json.encode(row).decode(), table.layout)
            return
        with as_utf8(content.open(), report) as file:
            if reader is Reader.LINES:
                report.form = Form.JSON_LINES
                for number, line in lines_of(file):
                    self._inserter.add(number, decoded(line, report))
            else:
                for piece in pieces_of(JsonStream(file, report), report):
                    self._inserter.add(piece.where, piece.text, piece.layout)

    def _stop(self, report: FileReport, error: Exception) -> None:
        self._inserter.settle(report)
        if isinstance(error, OSError):
            why = error.strerror or str(error)
        else:
            why = (str(error).strip().splitlines() or [type(error).__name__])[0]
        report.stop(why)

    def _look_again(self, report: FileReport, before: tuple[int, ...]) -> None:
        try:
            report.changed = report.changed or fingerprint(report.path) != before
        except OSError:
            report.changed = True


def _first_table(head: bytes) -> str | None:
    """The table that the first line says it belongs to; it may be cut, or anything."""
    found = _TYPE.search(head.partition(b"\n")[0])
    name = found[1].decode(errors="replace").lower() if found else ""
    return next((table for table in TABLES if table.lower() == name), None)


def _hint(file: FileReport) -> str | None:
    """The table that a path names, or a name in an archive; data export says am-<Table>."""
    for part in reversed((*file.path.parts, *file.member.split("/"))):
        for table in TABLES:
            if table.lower() in part.lower():
                return table
    return None
