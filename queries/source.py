"""Who answers: the one shape that online and offline sources share."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from .answers import Answer, Notice, NoticeKind
from .language import tr
from .questions import Query
from .window import Window

#: Log Analytics gives no more rows than this for one query; offline holds to it too.
ROW_CAP = 500_000


def cut_at(count: int) -> Notice:
    """What an answer is read with that ends after so many rows, and would go on."""
    return Notice(
        NoticeKind.CUT, tr("{count:,} of more than {count:,} rows: narrow the window", count=count)
    )


class SourceError(Exception):
    """A source that cannot be opened: what, where and what to do, in one line."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What an answer waits for before it is asked, or asked again.

    Attributes:
        why: one line: "4 questions are being answered", "HTTP 503: the service is busy".
        until: when it goes on by itself, in seconds of ``time.monotonic``; None where only what it
            waits for decides that.
    """

    why: str
    until: float | None = None


#: Hears what an answer waits for, None once it is being asked; called on any thread.
Tell = Callable[[Waiting | None], object]


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """A code to be typed into a page on another machine, to sign in here.

    Attributes:
        uri: of the page.
        code: as the page wants it.
        expires: UTC.
        stop: gives the sign-in up.
    """

    uri: str
    code: str
    expires: datetime
    stop: Callable[[], object]


#: Is given a code to show, and None once it is not needed any more; called on any thread.
ShowCode = Callable[[DeviceCode | None], object]


class Cancellation:
    """Lets one thread stop what another is asking."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancelled = False
        self._stops: list[Callable[[], object]] = []

    @property
    def cancelled(self) -> bool:
        return self._cancelled

    def cancel(self) -> None:
        with self._lock:
            self._cancelled = True
            stops, self._stops = self._stops, []
        for stop in stops:
            stop()

    def on_cancel(self, stop: Callable[[], object]) -> None:
        """Have ``stop`` called on cancel, at once where it is cancelled already."""
        with self._lock:
            if not self._cancelled:
                self._stops.append(stop)
                return
        stop()

    def forget(self, stop: Callable[[], object]) -> None:
        """What ``stop`` would stop has ended by itself."""
        with self._lock:
            if stop in self._stops:
                self._stops.remove(stop)


def nobody(_: object) -> None:
    """Hears nothing."""


class Source(Protocol):
    """Answers queries; safe to call from several threads at once."""

    @property
    def name(self) -> str:
        """As the header shows it: DEMO, EVIDENCE path, WORKSPACE name."""
        ...

    @property
    def missing_tables(self) -> frozenset[str]:
        """Known tables that this source does not hold."""
        ...

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What every answer of this source is to be read with."""
        ...

    def ask(
        self, query: Query, window: Window, cancellation: Cancellation, tell: Tell = nobody
    ) -> Answer:
        """Run the query over rows of the window only; errors come back inside the answer."""
        ...

    def default_window(self) -> Window:
        """What to ask about when nobody said."""
        ...

    def latest(self) -> Window:
        """A day up to the newest moment this source knows of; ``--last`` counts from its end."""
        ...

    def extent(self) -> Window:
        """All that this source knows to hold."""
        ...

    def close(self) -> None: ...
