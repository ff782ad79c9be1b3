"""A Log Analytics workspace as a source."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from ..answers import Answer, Column, Notice, NoticeKind, Status, rfc3339
from ..held import RECOMMENDATIONS, USUAL, Held, held_in, probe
from ..kql.mistakes import with_place
from ..language import tr, translatable
from ..literals import LiteralError, prologue
from ..questions import Query
from ..source import ROW_CAP, Cancellation, SourceError, Tell, cut_at, nobody
from ..window import Window
from ..wording import counted
from .decoding import Table, decoded
from .failures import ServiceFailure
from .service import Service, Stopped

#: Rows newer than this mean that the workspace is being written to.
_LIVE = timedelta(hours=1)
_STALE = timedelta(days=1)


class LogAnalytics:
    """One workspace; opened by :meth:`open`, which signs in and looks what is there."""

    def __init__(
        self,
        service: Service,
        workspace: str,
        name: str,
        held: tuple[Held, ...] | None,
        clock: Callable[[], datetime],
        *,
        tables: tuple[str, ...] = USUAL,
    ) -> None:
        """``held``: which of ``tables`` are there, None where nobody knows."""
        self.workspace = workspace
        self.held = held
        self._tables = tables
        self._service = service
        self._name = name
        self._clock = clock
        newest = {h.table: h.newest for h in held or () if h.newest}
        # Recommendations of other resources go on for years after the last device was heard of.
        of_devices = [moment for table, moment in newest.items() if table != RECOMMENDATIONS]
        self._newest = max(of_devices or newest.values(), default=None)
        self._oldest = min((h.oldest for h in held or () if h.oldest), default=None)
        self._live = self._newest is None or clock() - self._newest < _LIVE

    @classmethod
    def open(
        cls,
        service: Service,
        workspace: str,
        clock: Callable[[], datetime],
        *,
        name: str = "",
        tables: tuple[str, ...] = USUAL,
        tell: Tell = nobody,
        cancellation: Cancellation | None = None,
    ) -> LogAnalytics:
        """Sign in and ask which tables there are.

        Args:
            workspace: a GUID.
            name: as people call it; the GUID where nobody has told.
            tables: known ones, which are looked for.

        Raises:
            SourceError: it cannot be asked, with the reason.
        """
        called = name or workspace
        try:
            held = look(service, workspace, cancellation or Cancellation(), tell, tables)
        except ServiceFailure as failure:
            raise SourceError(
                tr("workspace {called}: {failure}", called=called, failure=failure)
            ) from None
        except Stopped:
            raise SourceError(tr("workspace {called}: stopped", called=called)) from None
        return cls(service, workspace, f"WORKSPACE {called}", held, clock, tables=tables)

    @classmethod
    def unseen(
        cls, service: Service, workspace: str, clock: Callable[[], datetime], *, name: str = ""
    ) -> LogAnalytics:
        """A workspace that could not be looked into, and may answer later."""
        return cls(service, workspace, f"WORKSPACE {name or workspace}", None, clock)

    @property
    def name(self) -> str:
        return self._name

    @property
    def missing_tables(self) -> frozenset[str]:
        if self.held is None:
            return frozenset()
        return frozenset(self._tables) - {held.table for held in self.held}

    @property
    def notices(self) -> tuple[Notice, ...]:
        if self.held is None:
            return ()
        if self._newest is None:
            return (
                Notice(NoticeKind.REMARK, tr("this workspace holds no row of any known table")),
            )
        if self._clock() - self._newest > _STALE:
            text = tr(
                "nothing has come to this workspace since {since}", since=rfc3339(self._newest)
            )
            return (Notice(NoticeKind.REMARK, text),)
        return ()

    def default_window(self) -> Window:
        """The last day, up to now or to the newest row where nothing comes any more."""
        return self.latest()

    def latest(self) -> Window:
        end = self._end()
        return Window(end - timedelta(days=1), end)

    def extent(self) -> Window:
        end = self._end()
        start = self._oldest or end - timedelta(days=1)
        return Window(min(start, end - timedelta(minutes=1)).replace(microsecond=0), end)

    def _end(self) -> datetime:
        now = self._clock()
        if self._live or self._newest is None:
            return now
        # The end is exclusive: one second on, so that the newest row is inside.
        return min(now, self._newest.replace(microsecond=0) + timedelta(seconds=1))

    def ask(
        self, query: Query, window: Window, cancellation: Cancellation, tell: Tell = nobody
    ) -> Answer:
        began = time.monotonic()
        kql = ""
        try:
            kql = query.kql
            span = f"{rfc3339(window.start)}/{rfc3339(window.end)}"
            body = self._service.fetch(self.workspace, kql, span, cancellation, tell)
            table = decoded(body, ROW_CAP)
        except Stopped:
            return Answer(query.question, status=Status.FAILED, kql=kql, failure="cancelled")
        except ServiceFailure as failure:
            why = self._why(failure, query)
            return Answer(
                query.question,
                status=Status.FAILED,
                kql=kql,
                failure=why,
                too_large=failure.too_large,
                place=_place(failure, query),
            )
        except LiteralError as error:
            return Answer(query.question, status=Status.FAILED, kql=kql, failure=str(error))
        notices = (*self.notices, *_notices(table))
        seconds = time.monotonic() - began
        return Answer(
            query.question,
            table.columns,
            table.rows,
            _status(table),
            notices,
            kql,
            statistics={translatable("seconds"): seconds, **table.statistics},
        )

    def close(self) -> None:
        self._service.close()

    def _why(self, failure: ServiceFailure, query: Query) -> str:
        """The failure; with the line of the text where the service named one."""
        for table in sorted(self.missing_tables):
            if f"named '{table}'" in str(failure):
                return tr(
                    "this workspace has no table {table}, and the question needs it", table=table
                )
        return with_place(str(failure), _place(failure, query), query.question, query.text)


def _place(failure: ServiceFailure, query: Query) -> tuple[int, int] | None:
    """Line and column, from 1, of the query's own text."""
    if failure.place is None:
        return None
    line = failure.place[0] - prologue(query.parameters).count("\n")
    return (line, failure.place[1] + 1) if 0 < line <= query.text.count("\n") + 1 else None


def look(
    service: Service,
    workspace: str,
    cancellation: Cancellation,
    tell: Tell,
    tables: tuple[str, ...] = USUAL,
) -> tuple[Held, ...]:
    """Which of the tables a workspace has.

    Raises:
        ServiceFailure: it cannot be asked.
        Stopped: ``cancellation`` was used.
    """
    asked = probe(tables)
    body = service.fetch(workspace, asked.kql, None, cancellation, tell)
    table = decoded(body, ROW_CAP)
    try:
        return held_in(Answer(asked.question, table.columns, table.rows))
    except KeyError:
        raise ServiceFailure(tr("what came is not what was asked: a wrong --endpoint?")) from None


def _status(table: Table) -> Status:
    if table.cut:
        return Status.TRUNCATED
    if table.partial or table.unread or table.wrong:
        return Status.PARTIAL
    return Status.COMPLETE


def _notices(table: Table) -> list[Notice]:
    notices = []
    if table.cut:
        notices.append(cut_at(len(table.rows)))
    elif table.partial:
        text = tr("the service answered in part: {reason}", reason=ServiceFailure(table.partial))
        notices.append(Notice(NoticeKind.UNREAD, text))
    if table.unread:
        text = tr("{rows} of the answer could not be read", rows=counted(table.unread, "row"))
        notices.append(Notice(NoticeKind.UNREAD, text))
    for column, count in table.wrong.items():
        kind = _type_of(table.columns, column)
        text = tr(
            "{cells} of {column} held no {kind}: shown empty",
            cells=counted(count, "cell"),
            column=column,
            kind=kind,
        )
        notices.append(Notice(NoticeKind.UNREAD, text))
    if table.repaired:
        text = tr(
            "{texts} held broken Unicode, shown as U+FFFD", texts=counted(table.repaired, "text")
        )
        notices.append(Notice(NoticeKind.REMARK, text))
    return notices


def _type_of(columns: tuple[Column, ...], name: str) -> str:
    return next(column.type for column in columns if column.name == name)
