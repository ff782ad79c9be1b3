"""Sources for a console under test: one that remembers, one that does as it is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from iotriage.queries.answers import Answer, Notice, Status
from iotriage.queries.log_analytics.listing import ListedWorkspace
from iotriage.queries.questions import Query
from iotriage.queries.source import Cancellation, ShowCode, Source, Tell, Waiting, nobody
from iotriage.queries.window import Window
from iotriage.tui.opening import Progress, Request

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Remembering:
    """Asks another source each text once a session, and says it took as long every time."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._answers: dict[tuple[str, str], Answer] = {}
        self.name = source.name
        self.missing_tables = source.missing_tables
        self.notices = source.notices

    def ask(
        self, query: Query, window: Window, cancellation: Cancellation, tell: Tell = nobody
    ) -> Answer:
        key = (query.question, query.kql)
        if key not in self._answers:
            # Whoever changes device halfway must not spoil the answer for the tests that follow.
            answer = self._source.ask(query, window, Cancellation())
            self._answers[key] = replace(answer, statistics={"seconds": 0.012})
        return self._answers[key]

    def default_window(self) -> Window:
        return self._source.default_window()

    def latest(self) -> Window:
        return self._source.latest()

    def extent(self) -> Window:
        return self._source.extent()

    def close(self) -> None:
        """The session closes what lies below."""


@dataclass
class Told:
    """Answers as it is told: from another source, changed, held back, or not at all.

    Attributes:
        change: what becomes of the other source's answer.
        asks: what the other source is asked instead.
        held: question -> asked for by tests that let it go on; the others answer at once.
        failing: question -> why it fails.
        waits: question -> what its answer waits for before it is held, or asked.
        ears: question -> who hears what it waits for, one for each time it was asked.
        asked: (question, device) in the order asked.
        cancelled: the same, once the asking was cancelled.
    """

    source: Source
    change: Callable[[Answer], Answer] = lambda answer: answer
    asks: Callable[[Query], Query] = lambda query: query
    held: dict[str, threading.Event] = field(default_factory=dict)
    failing: dict[str, str] = field(default_factory=dict)
    waits: dict[str, Waiting] = field(default_factory=dict)
    ears: dict[str, list[Tell]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    cancelled: list[tuple[str, str]] = field(default_factory=list)
    name: str = "TOLD"
    notices: tuple[Notice, ...] = ()

    @property
    def missing_tables(self) -> frozenset[str]:
        return self.source.missing_tables

    def ask(
        self, query: Query, window: Window, cancellation: Cancellation, tell: Tell = nobody
    ) -> Answer:
        what = (query.question, str(query.parameters.get("device", "")))
        self.asked.append(what)
        cancellation.on_cancel(lambda: self.cancelled.append(what))
        self.ears.setdefault(query.question, []).append(tell)
        if wait := self.waits.get(query.question):
            tell(wait)
        if gate := self.held.get(query.question):
            assert gate.wait(20)
        tell(None)
        if why := self.failing.get(query.question):
            return Answer(query.question, status=Status.FAILED, failure=why)
        return self.change(self.source.ask(self.asks(query), window, cancellation))

    def default_window(self) -> Window:
        return self.source.default_window()

    def latest(self) -> Window:
        return self.source.latest()

    def extent(self) -> Window:
        return self.source.extent()

    def close(self) -> None:
        """The session closes what lies below."""


#: Opens a source as a test wants it.
Opening = Callable[[Tell, ShowCode], Source]


@dataclass(frozen=True)
class OpenRequest(Request):
    """A request whose source is open already, or cannot be opened.

    Attributes:
        opens: instead: what opening does, on the thread of its own.
        behind: id of a workspace -> what is opened once that is chosen.
    """

    source: Source | Exception | None = None
    opens: Opening | None = None
    behind: dict[str, Source] = field(default_factory=dict)

    def with_workspace(self, chosen: ListedWorkspace) -> OpenRequest:
        return replace(self, source=self.behind[chosen.id], opens=None)

    def open_source(
        self,
        now: datetime,
        progress: Progress | None = None,
        tell: Tell = nobody,
        show_code: ShowCode = nobody,
    ) -> Source:
        if self.opens is not None:
            return self.opens(tell, show_code)
        if isinstance(self.source, Exception):
            raise self.source
        assert self.source is not None
        return self.source
