"""Evidence: exported files, or rows a program made, answering KQL offline."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ..answers import Answer, Column, Notice, NoticeKind, Status
from ..finishing import plain_value
from ..language import tr, translatable
from ..literals import LiteralError
from ..questions import Query
from ..source import ROW_CAP, Cancellation, SourceError, Tell, cut_at, nobody
from ..window import Window
from ..wording import counted
from .engine import Engine, QueryCancelledError, QueryError, connect, seal
from .loading import LoadReport, create_tables, files_below, finish, load_file, load_rows
from .reading import Form
from .tables import TABLES

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


class Evidence:
    """A sealed copy of the evidence in memory; opened by one of the two class methods."""

    def __init__(
        self, name: str, engine: Engine, report: LoadReport, extent: Window | None, now: datetime
    ) -> None:
        self._name = name
        self._engine = engine
        self.report = report
        self._extent = extent
        self._now = now
        self._notices = tuple(_notices(report))

    @classmethod
    def open(cls, path: Path, now: datetime, progress: Progress | None = None) -> Evidence:
        """Read a file or a folder; ``progress`` hears (file, number, of how many).

        Raises:
            SourceError: nothing there, not readable, or nothing in it that is evidence.
        """
        if not path.exists():
            raise SourceError(
                tr("{path}: there is no such file or folder; give exported evidence", path=path)
            )
        try:
            files = list(files_below(path))
        except OSError as error:
            raise SourceError(
                tr("{path}: cannot be read: {reason}", path=path, reason=error.strerror)
            ) from None
        if not files:
            raise SourceError(
                tr("{path}: the folder holds no files; give exported evidence", path=path)
            )
        connection = connect()
        report = LoadReport()
        create_tables(connection)
        for number, file in enumerate(files, 1):
            if progress:
                progress(file.name, number, len(files))
            load_file(connection, file, report)
        if not report.tables:
            connection.close()
            raise SourceError(_no_evidence(path, report))
        finish(connection, report)
        return cls._sealed(f"EVIDENCE {path}", connection, report, now)

    @classmethod
    def of_rows(
        cls, name: str, tables: Mapping[str, Sequence[Mapping[str, Any]]], now: datetime
    ) -> Evidence:
        """Evidence made by a program: table name -> rows as data export would write them."""
        connection = connect()
        create_tables(connection)
        report = load_rows(connection, tables)
        finish(connection, report)
        return cls._sealed(name, connection, report, now)

    @classmethod
    def _sealed(cls, name: str, connection: Any, report: LoadReport, now: datetime) -> Evidence:
        spans = " UNION ALL ".join(
            f'SELECT min(TimeGenerated) AS a, max(TimeGenerated) AS b FROM "{table}"'  # noqa: S608
            for table in TABLES
        )
        first, last = connection.execute(f"SELECT min(a), max(b) FROM ({spans})").fetchall()[0]  # noqa: S608
        extent = None
        if first is not None:
            start = first.replace(tzinfo=UTC, microsecond=0)
            # The end is exclusive: one second on, so that the newest row is inside.
            extent = Window(start, last.replace(tzinfo=UTC, microsecond=0) + timedelta(seconds=1))
        seal(connection)
        return cls(name, Engine(connection), report, extent, now)

    @property
    def name(self) -> str:
        return self._name

    @property
    def missing_tables(self) -> frozenset[str]:
        return frozenset(TABLES) - self.report.tables

    @property
    def notices(self) -> tuple[Notice, ...]:
        return self._notices

    def default_window(self) -> Window:
        """All of the evidence: an archive has no today."""
        return self.extent()

    def extent(self) -> Window:
        return self._extent or self.latest()

    def latest(self) -> Window:
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
        except (QueryError, LiteralError) as error:
            return Answer(query.question, status=Status.FAILED, kql=kql, failure=str(error))
        columns = tuple(Column(name, _kusto_type(kind)) for name, kind in raw.columns)
        kinds = [column.type for column in columns]
        truncated = len(raw.rows) > ROW_CAP
        rows = tuple(
            tuple(plain_value(cell, kind) for cell, kind in zip(row, kinds, strict=True))
            for row in raw.rows[:ROW_CAP]
        )
        notices = list(self._notices)
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


def _kusto_type(kind: str) -> str:
    if kind.endswith("[]") or kind.startswith(("STRUCT", "MAP")):
        return "dynamic"
    if kind.startswith("DECIMAL"):
        return "decimal"
    return _KUSTO_TYPES.get(kind, "string")


def _no_evidence(path: Path, report: LoadReport) -> str:
    for file in report.files:
        if file.refused:
            return tr(
                "{path}: {reason}; export as JSON Lines, REST or Parquet",
                path=file.path,
                reason=file.refused,
            )
    if unread := _unread_rows(report):
        return tr(
            "{path}: {unread}, and no other is there; export as JSON Lines, REST or Parquet",
            path=path,
            unread=unread,
        )
    return tr(
        "{path}: holds no rows of {tables}; give an export of one of these tables",
        path=path,
        tables=", ".join(TABLES),
    )


def _notices(report: LoadReport) -> list[Notice]:
    """What the reading left out, in sentences."""
    notices = []
    if unread := _unread_rows(report):
        notices.append(Notice(NoticeKind.UNREAD, unread))
    for file in report.files:
        if file.refused and file.form is not None:
            notices.append(
                Notice(
                    NoticeKind.UNREAD,
                    tr("{path} was refused: {reason}", path=file.path, reason=file.refused),
                )
            )
        if file.partial:
            text = tr(
                "{path} holds a partial answer: {reason}", path=file.path, reason=file.partial
            )
            notices.append(Notice(NoticeKind.UNREAD, text))
    strangers = [file for file in report.files if file.refused and file.form is None]
    if strangers:
        text = tr(
            "{files} left out, first {path}",
            files=counted(len(strangers), "file"),
            path=strangers[0].path,
        )
        notices.append(Notice(NoticeKind.REMARK, f"{text}: {strangers[0].refused}"))
    if report.untimed:
        text = tr(
            "{rows} without a readable TimeGenerated: in no window",
            rows=counted(report.untimed, "row"),
        )
        notices.append(Notice(NoticeKind.UNREAD, text))
    mended = report.repaired + sum(file.repaired for file in report.files)
    if mended:
        text = tr("{texts} held broken Unicode, shown as U+FFFD", texts=counted(mended, "text"))
        notices.append(Notice(NoticeKind.REMARK, text))
    if report.foreign:
        text = tr("{rows} of other tables left aside", rows=counted(report.foreign, "row"))
        notices.append(Notice(NoticeKind.REMARK, text))
    return notices


def _unread_rows(report: LoadReport) -> str:
    bad = [file for file in report.files if file.bad]
    if not bad:
        return ""
    count = sum(file.bad for file in bad)
    return tr(
        "{rows} could not be read, first at {place}",
        rows=counted(count, "row"),
        place=bad[0].first_bad,
    )


__all__ = ["ROW_CAP", "Evidence", "Form"]
