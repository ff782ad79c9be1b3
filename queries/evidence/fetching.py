"""Asking for one stretch of a capture until it is whole, in halves where it is too large."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto

import duckdb

from ..answers import Answer, NoticeKind, Status, Value, rfc3339
from ..language import tr
from ..questions import Query
from ..source import Cancellation, Source, Tell
from ..window import Window
from .captured import ALERTS, Slice, State, Wanted
from .engine import connect
from .repairing import dumped, repaired
from .rows_as_text import line_of, sha256_of
from .slicing import halves, rows_query
from .tables import JSON_COLUMNS, RAW_EVENTS, TABLES

#: So many times a stretch is halved that the service answers in part, or not in time.
_DEEPEST = 4
#: So many questions in a row that fail for another reason, and nothing more is asked.
_PATIENCE = 4


class Stopped(Exception):  # noqa: N818 - nothing is wrong
    """Somebody cancelled the capture."""


class Trouble(Enum):
    """Why an answer is not whole."""

    CUT = auto()
    PARTIAL = auto()
    TOO_LARGE = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, and what is wrong with it; ``why`` is one line."""

    answer: Answer
    trouble: Trouble | None = None
    why: str = ""

    def may_be_halved(self, depth: int) -> bool:
        """Halving ends: a half of what is cut holds fewer rows, and the others are not for ever."""
        match self.trouble:
            case Trouble.CUT if len(self.answer.rows) > 1:
                return True
            case Trouble.CUT | Trouble.PARTIAL | Trouble.TOO_LARGE:
                return depth < _DEEPEST
        return False


class Asker:
    """Asks a source, and stops asking one that no longer answers."""

    def __init__(self, source: Source, cancellation: Cancellation, tell: Tell) -> None:
        self._source = source
        self._cancellation = cancellation
        self._tell = tell
        self._lock = threading.Lock()
        self._failures = 0
        self._gave_up = ""

    def ask(self, query: Query, window: Window) -> Reply:
        """Raises Stopped."""
        if self._cancellation.cancelled:
            raise Stopped
        if self._gave_up:
            why = tr("not asked any more: {why}", why=self._gave_up)
            return _failed(Answer(query.question), why)
        answer = self._source.ask(query, window, self._cancellation, self._tell)
        if self._cancellation.cancelled:
            raise Stopped
        reply = self._judged(answer)
        with self._lock:
            if reply.trouble is not Trouble.FAILED:
                self._failures = 0
            else:
                self._failures += 1
                if self._failures >= _PATIENCE:
                    self._gave_up = reply.why
        return reply

    def _judged(self, answer: Answer) -> Reply:
        # What concerns every answer of a source makes none of them less whole than the others.
        own = [notice for notice in answer.notices if notice not in self._source.notices]
        why = "; ".join(n.text for n in own if n.kind in (NoticeKind.UNREAD, NoticeKind.CUT))
        match answer.status:
            case Status.FAILED:
                trouble = Trouble.TOO_LARGE if answer.too_large else Trouble.FAILED
                return Reply(answer, trouble, answer.failure)
            case Status.TRUNCATED:
                return Reply(answer, Trouble.CUT, why)
            case Status.PARTIAL if why:
                return Reply(answer, Trouble.PARTIAL, why)
        return Reply(answer)


def _failed(answer: Answer, why: str) -> Reply:
    return Reply(replace(answer, status=Status.FAILED), Trouble.FAILED, why)


class Fetcher:
    """Turns answers into slices and their rows in the canonical form."""

    def __init__(self, wanted: Wanted, asker: Asker, clock: Callable[[], datetime]) -> None:
        self._wanted = wanted
        self._asker = asker
        self._clock = clock
        # Only DuckDB can tell which JSON it takes.
        self._scratch = connect()

    def close(self) -> None:
        self._scratch.close()

    def fetch(self, table: str, window: Window, depth: int) -> tuple[Slice, list[bytes]] | None:
        """A stretch, in whatever state it came; None where its halves are to be asked for.

        Args:
            depth: how many times it was halved.

        Raises:
            Stopped: somebody cancelled.
        """
        query = rows_query(self._wanted, table, window)
        reply = self._asker.ask(query, window)
        if reply.may_be_halved(depth) and halves(window):
            return None
        rows: list[list[Value]] = []
        absent: tuple[str, ...] = ()
        why = reply.why
        state = State.COMPLETE
        if reply.trouble in (Trouble.TOO_LARGE, Trouble.FAILED):
            state = State.FAILED
        else:
            try:
                rows, absent = _rows_of(reply.answer, table)
                self._check(table, window, rows)
            except ValueError as error:
                rows, state, why = [], State.FAILED, str(error)
            else:
                if reply.trouble:
                    state = State.CUT
        mended = _mend(table, rows, self._scratch.cursor()) if rows else 0
        lines = sorted(map(line_of, rows))
        one = Slice(
            table,
            window.start,
            window.end,
            state,
            reply.answer.kql or query.kql,
            len(lines),
            "" if state is State.FAILED else sha256_of(lines),
            self._clock(),
            " ".join(why.split())[:300],
            mended,
            absent,
        )
        return one, lines

    def _check(self, table: str, window: Window, rows: Sequence[Sequence[Value]]) -> None:
        """Raises ValueError for rows that were not asked for."""
        columns = list(TABLES[table])
        time = columns.index("TimeGenerated")
        if any(row[time] is None or not window.start <= row[time] < window.end for row in rows):
            raise ValueError(
                tr(
                    "what came is not what was asked: a row outside {start} to {end}",
                    start=rfc3339(window.start),
                    end=rfc3339(window.end),
                )
            )
        if table != ALERTS:
            device = columns.index("DeviceId")
            if any(row[device] != self._wanted.device for row in rows):
                raise ValueError(tr("what came is not what was asked: a row of another device"))


def _rows_of(answer: Answer, table: str) -> tuple[list[list[Value]], tuple[str, ...]]:
    """The cells in the order of the table's columns, and the columns that did not come.

    Raises:
        ValueError: a column of another kind, or without one that nothing can be done without.
    """
    places = {column.name: place for place, column in enumerate(answer.columns)}
    absent = tuple(name for name in TABLES[table] if name not in places)
    needed = {"TimeGenerated"} if table == ALERTS else {"TimeGenerated", "DeviceId"}
    if table in RAW_EVENTS:
        needed.add("EventDetails")
    if missing := needed & set(absent):
        names = ", ".join(sorted(missing))
        raise ValueError(tr("what came has no column {names}", names=names))
    readers = [(places.get(name), name, kind) for name, kind in TABLES[table].items()]
    rows = [
        [_cell(None if place is None else row[place], name, kind) for place, name, kind in readers]
        for row in answer.rows
    ]
    return rows, absent


def _cell(value: Value, name: str, kind: str) -> Value:
    if kind == "string":
        if isinstance(value, str):
            return value
        if value is None:
            return ""
        return rfc3339(value) if isinstance(value, datetime) else dumped(value)
    if value is None:
        return None
    if kind in ("long", "int", "real") and isinstance(value, int) and not isinstance(value, bool):
        if abs(value) <= _WHOLE.get(kind, abs(value)):
            return float(value) if kind == "real" else value
    elif isinstance(value, _PYTHON[kind]):
        return value
    raise ValueError(tr("what came in {name} is no {kind}", name=name, kind=kind))


_PYTHON: Mapping[str, tuple[type, ...]] = {
    "datetime": (datetime,),
    "bool": (bool,),
    "real": (float,),
    "long": (),
    "int": (),
}
#: The greatest of each kind.
_WHOLE: Mapping[str, int] = {"long": 2**63 - 1, "int": 2**31 - 1}


def _mend(table: str, rows: Sequence[list[Value]], connection: duckdb.DuckDBPyConnection) -> int:
    """Make JSON text readable for the questions, as an import does; how many texts it were."""
    count = 0
    names = list(TABLES[table])
    for column in JSON_COLUMNS[table]:
        place = names.index(column)
        broken = connection.execute(
            "SELECT i FROM (SELECT unnest(range(len($1))) AS i, unnest($1::VARCHAR[]) AS text)"
            " WHERE text <> '' AND TRY_CAST(text AS JSON) IS NULL",
            [[row[place] for row in rows]],
        ).fetchall()
        for (number,) in broken:
            sound = repaired(rows[number][place])
            if sound is not None:
                rows[number][place] = sound
                count += 1
    return count
