"""Evidence: exported files, or rows a program made, answering KQL offline."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import msgspec

from ..answers import Answer, Column, Notice, NoticeKind, Status
from ..finishing import plain_value
from ..kql.mistakes import with_place
from ..language import tr, translatable
from ..literals import LiteralError
from ..questions import Query
from ..source import ROW_CAP, Cancellation, SourceError, Tell, cut_at, nobody
from ..window import Window
from ..wording import bytes_words
from .engine import Engine, QueryCancelledError, QueryError, connect, one_line, seal, stoppable
from .reports import Form, LoadReport, NoEvidenceError
from .store import (
    CAPTURE,
    STORE,
    attach_store,
    check_store,
    is_store,
    report_of,
    tables_in,
    write_store,
)
from .tables import TABLES
from .telling import nothing_in, notices_of

if TYPE_CHECKING:
    from .captured import Captured

_KUSTO_TYPES: Mapping[str, str] = {
    "VARCHAR": "string",
    "TIMESTAMP": "datetime",
    "TIMESTAMP WITH TIME ZONE": "datetime",
    "BIGINT": "long",
    "HUGEINT": "long",
    "UBIGINT": "long",
    "INTEGER": "int",
    "BOOLEAN": "bool",
    "DOUBLE": "real",
    "JSON": "dynamic",
    "INTERVAL": "timespan",
}

Progress = Callable[[str, int, int], None]

#: Bytes of raw files from which their reading is waited for.
_SLOW = 256 * 2**20
_OFFER = translatable(
    "iotriage import {path} -o STORE reads them once, and --evidence STORE opens them"
)


class Evidence:
    """A sealed copy of the evidence in memory; opened by one of the two class methods."""

    def __init__(
        self,
        name: str,
        engine: Engine,
        report: LoadReport,
        extent: Window | None,
        now: datetime,
        *,
        captured: Captured | None = None,
        whole_report: Callable[[], LoadReport] | None = None,
    ) -> None:
        """``captured``: what a capture says of itself, where the evidence is one.

        ``whole_report`` reads what ``report`` leaves out, once somebody wants to know.
        """
        self._name = name
        self._engine = engine
        self._report = report
        self._whole_report = whole_report
        self._extent = extent
        self._now = now
        self._captured = captured
        self._notices = tuple(captured.notices() if captured else notices_of(report))

    @classmethod
    @stoppable()
    def open(cls, path: Path, now: datetime, progress: Progress | None = None) -> Evidence:
        """Read a file or a folder; ``progress`` hears (file, number, of how many).

        Raises:
            SourceError: nothing there, not readable, or nothing in it that is evidence.
        """
        # The demo opens no file, and need not wait for all that reads them.
        from .files import files_below, size_of  # noqa: PLC0415

        if not path.exists():
            raise SourceError(
                tr("{path}: there is no such file or folder; give exported evidence", path=path)
            )
        if is_store(path):
            return cls.of_store(f"EVIDENCE {path}", path, now)
        report = LoadReport()
        files = list(files_below(path, report.left_out))
        if not files:
            raise NoEvidenceError(nothing_in(path, report), report)
        size = sum(map(size_of, files))
        if size > _memory() / 2:
            raise SourceError(
                tr(
                    "{path}: {size} of raw files are more than this machine can hold; {offer}",
                    path=path,
                    size=bytes_words(size),
                    offer=tr(_OFFER, path=path),
                )
            )
        # Nor a store for what reads exported files.
        from .loading import Loader  # noqa: PLC0415
        from .made_rows import create_tables  # noqa: PLC0415
        from .tidying import finish  # noqa: PLC0415

        connection = connect()
        create_tables(connection)
        loader = Loader(connection, report)
        try:
            for number, file in enumerate(files, 1):
                if progress:
                    progress(file.name, number, len(files))
                loader.load(file)
            loader.flush()
            if not report.tables:
                connection.close()
                raise NoEvidenceError(nothing_in(path, report), report)
            finish(connection, report)
        except duckdb.Error as error:
            connection.close()
            text = tr("{path}: cannot be read: {reason}", path=path, reason=one_line(error))
            raise SourceError(text) from None
        evidence = cls._sealed(f"EVIDENCE {path}", connection, report, now)
        if size > _SLOW:
            text = tr(
                "{size} of raw files are read anew at each start; {offer}",
                size=bytes_words(size),
                offer=tr(_OFFER, path=path),
            )
            evidence._notices = (*evidence._notices, Notice(NoticeKind.REMARK, text))
        return evidence

    @classmethod
    def of_rows(
        cls,
        name: str,
        tables: Mapping[str, Sequence[Mapping[str, Any]]],
        now: datetime,
        *,
        keep: Path | None = None,
    ) -> Evidence:
        """Evidence made by a program: table name -> rows as data export would write them.

        ``keep``: a store to put it in as well, if that can be written.
        """
        from .made_rows import create_tables, load_rows  # noqa: PLC0415
        from .tidying import finish  # noqa: PLC0415

        connection = connect()
        create_tables(connection)
        report = load_rows(connection, tables)
        finish(connection, report)
        if keep:
            with suppress(OSError, duckdb.Error):
                write_store(connection, keep, report, now)
        return cls._sealed(name, connection, report, now)

    @classmethod
    def of_store(cls, name: str, path: Path, now: datetime) -> Evidence:
        """The evidence that a store holds.

        Raises:
            SourceError: no store, or one that cannot be read.
        """
        connection = connect()
        try:
            attach_store(connection, path)
            seal(connection)
            tables = check_store(connection, path)
            report = report_of(connection, is_brief=True)
            captured = _captured_in(connection) if CAPTURE in tables else None
        except (SourceError, duckdb.Error, msgspec.MsgspecError, ValueError) as error:
            connection.close()
            if isinstance(error, SourceError):
                raise
            text = tr("{path}: cannot be read: {reason}", path=path, reason=one_line(error))
            raise SourceError(text) from None
        return cls._sealed(
            name,
            connection,
            report,
            now,
            catalogue=STORE,
            captured=captured,
            # Whoever wants to know of each file waits for it; a fleet is kept in thousands.
            whole_report=lambda: report_of(connection.cursor()),
        )

    @classmethod
    def _sealed(
        cls,
        name: str,
        connection: Any,
        report: LoadReport,
        now: datetime,
        *,
        catalogue: str = "memory",
        captured: Captured | None = None,
        whole_report: Callable[[], LoadReport] | None = None,
    ) -> Evidence:
        held = tables_in(connection, catalogue)
        spans = " UNION ALL ".join(
            "SELECT min(TimeGenerated) AS a, max(TimeGenerated) AS b"  # noqa: S608
            f' FROM {catalogue}.main."{table}"'
            for table in held
        )
        first, last = connection.execute(f"SELECT min(a), max(b) FROM ({spans})").fetchall()[0]  # noqa: S608
        extent = None
        if first is not None:
            start = first.replace(tzinfo=UTC, microsecond=0)
            # The end is exclusive: one second on, so that the newest row is inside.
            extent = Window(start, last.replace(tzinfo=UTC, microsecond=0) + timedelta(seconds=1))
        seal(connection)
        engine = Engine(connection, catalogue, held)
        return cls(name, engine, report, extent, now, captured=captured, whole_report=whole_report)

    @property
    def name(self) -> str:
        return self._name

    @property
    def missing_tables(self) -> frozenset[str]:
        return frozenset(TABLES) - self._report.tables

    @property
    def report(self) -> LoadReport:
        """What was made of each file that was read, until it is closed. Raises SourceError."""
        if self._whole_report is not None:
            try:
                self._report, self._whole_report = self._whole_report(), None
            except (duckdb.Error, msgspec.MsgspecError, ValueError) as error:
                text = tr(
                    "{path}: cannot be read: {reason}", path=self._name, reason=one_line(error)
                )
                raise SourceError(text) from None
        return self._report

    @property
    def notices(self) -> tuple[Notice, ...]:
        return self._notices

    def default_window(self) -> Window:
        """All of the evidence: an archive has no today."""
        return self.extent()

    def extent(self) -> Window:
        if self._captured is not None:
            return self._captured.manifest.wanted.window
        return self._extent or self.latest()

    def latest(self) -> Window:
        if self._captured is not None:
            # Nothing came after its newest row is known up to the end of what was captured.
            window = self._captured.manifest.wanted.window
            return Window(max(window.start, window.end - timedelta(days=1)), window.end)
        end = min(self._extent.end, self._now) if self._extent else self._now
        if self._extent and end <= self._extent.start:
            end = self._extent.end
        return Window(end - timedelta(days=1), end)

    def ask(
        self, query: Query, window: Window, cancellation: Cancellation, tell: Tell = nobody
    ) -> Answer:
        began = time.monotonic()
        kql = ""
        try:
            kql = query.kql
            raw = self._engine.run(query, window, cancellation, ROW_CAP)
        except QueryCancelledError:
            return Answer(query.question, status=Status.FAILED, kql=kql, failure="cancelled")
        except QueryError as error:
            why = with_place(str(error), error.place, query.question, query.text)
            return Answer(
                query.question, status=Status.FAILED, kql=kql, failure=why, place=error.place
            )
        except LiteralError as error:
            return Answer(query.question, status=Status.FAILED, kql=kql, failure=str(error))
        columns = tuple(Column(name, kusto_type(kind)) for name, kind in raw.columns)
        kinds = [column.type for column in columns]
        truncated = len(raw.rows) > ROW_CAP
        rows = tuple(
            tuple(plain_value(cell, kind) for cell, kind in zip(row, kinds, strict=True))
            for row in raw.rows[:ROW_CAP]
        )
        notices = list(self._notices)
        if self._captured is not None:
            notices += self._captured.notices_for(query, window)
        if truncated:
            notices.append(cut_at(ROW_CAP))
        status = Status.COMPLETE
        if truncated:
            status = Status.TRUNCATED
        elif any(notice.kind is NoticeKind.UNREAD for notice in notices):
            status = Status.PARTIAL
        return Answer(
            query.question,
            columns,
            rows,
            status,
            tuple(notices),
            kql,
            statistics={translatable("seconds"): time.monotonic() - began},
        )

    def close(self) -> None:
        self._engine.close()


def _captured_in(connection: duckdb.DuckDBPyConnection) -> Captured:
    # Few stores are captures, and the console is to be there at once.
    from .capture_opening import captured_in  # noqa: PLC0415

    return captured_in(connection)


def _memory() -> int:
    """Bytes that this machine has."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def kusto_type(kind: str) -> str:
    """The Kusto name of what DuckDB calls a column's type."""
    if kind.endswith("[]") or kind.startswith(("STRUCT", "MAP")):
        return "dynamic"
    if kind.startswith("DECIMAL"):
        return "decimal"
    return _KUSTO_TYPES.get(kind, "string")


__all__ = ["ROW_CAP", "Evidence", "Form", "kusto_type"]
