"""Opening a console in the process of the test, pressing its keys and reading its screen."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from iotriage.queries.hints.hint import hints_name
from iotriage.queries.packs.loading import PANES, REQUIRED
from iotriage.queries.printable import printable
from iotriage.queries.source import Source
from iotriage.tui.casebook.casebook import Casebook
from iotriage.tui.casebook.judgements import Sign
from iotriage.tui.console import Console
from iotriage.tui.widgets.pane import Pane
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.strip import Strip

from .sources import NOW, OpenRequest

WIDE, NARROW = (140, 40), (80, 24)
SIZES = (WIDE, NARROW)
CAM = "cam-0231"


def ticking() -> Callable[[], datetime]:
    """A clock for verdicts that is a second later at every look."""
    seconds = iter(range(10**9))
    return lambda: NOW + timedelta(seconds=next(seconds))


def console_on(source: Source | Exception | None, case: Casebook, **words: Any) -> Console:
    """A console that is not running yet; ``words`` that it does not know are the request's.

    Where nobody names a pack it has no panes besides the five: most tests are of them.
    """
    names = ("theme", "keymap", "ascii_only", "clock", "seconds", "places")
    own = {name: words.pop(name) for name in names if name in words}
    own.setdefault("clock", lambda: NOW)
    words.setdefault("demo", True)
    request = OpenRequest(source=source, **words)
    pack = request.plain_pack()
    if "pack" not in words:
        kept = {n: q for n, q in pack.questions.items() if n in REQUIRED or not q.is_pane}
        pack = replace(pack, questions=kept)
    return Console(request, pack, case, "mei", **own)


@dataclass
class Driver:
    """A console that runs, and the keys in the hand of the test."""

    app: Console
    pilot: Pilot[str | None]

    def send(self, *keys: str) -> None:
        """Names of keys, or what they print, all at once as one read may bring them."""
        for key in keys:
            name = key if len(key) > 1 or key.isalnum() else _character_to_key(key)
            self.app.post_message(events.Key(name, key if len(key) == 1 else None))

    async def press(self, *keys: str) -> None:
        """Names of keys, or what they print; after a letter nobody waits for an idle processor."""
        for key in keys:
            self.send(key)
            await self.pilot.pause(0)
            await self.pilot.pause(None if len(key) > 1 else 0)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        await self.press(*text)

    async def until(self, holds: Callable[[], object], seconds: float = 20) -> None:
        """Wait until something is so; tell what the screen shows where it never is."""
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"waited in vain, on the screen:\n{self.text}"
            await self.pilot.pause(0.01)
        await self.pilot.pause()

    async def settled(self) -> None:
        """Nothing is being asked any more."""
        await self.until(
            lambda: (
                self.app.devices is not None
                and not any(
                    self.app.is_asking(name)
                    for pane in ("devices", "coverage", *self.app.panes.names)
                    for name in (pane, hints_name(pane))
                )
                and not self.app.rarities.is_asking
            )
        )

    async def open(self, device: str = CAM) -> None:
        """Pick a device as an analyst does: by typing its name."""
        await self.settled()
        self.send(*device, "enter")
        await self.until(lambda: self.app.scope is not None)
        await self.settled()

    def pane(self, name: str) -> Pane:
        return self.app.main.pane(name)

    def keys_of(self, name: str) -> list[str]:
        """The first cell of every row that the pane shows."""
        rows = self.app.rows_of(name)
        return [rows[index].cells[0] for index in range(len(rows))]

    def counts(self) -> tuple[int, int, int, int]:
        """(suspicious, expected, drifted, to review) in the five panes that are always there."""
        panes = [rows.counts() for name in PANES if (rows := self.app.rows(name)) is not None]
        suspicious, expected, drifted, unreviewed = (
            sum(pane[sign] for pane in panes)
            for sign in (Sign.SUSPICIOUS, Sign.EXPECTED, Sign.DRIFTED, Sign.UNREVIEWED)
        )
        return (suspicious, expected, drifted, unreviewed + drifted)

    @property
    def strips(self) -> list[Strip]:
        """What the compositor would send: the screen on top, and what shows through."""
        return self.app.screen._compositor.render_strips()

    @property
    def lines(self) -> list[str]:
        return [strip.text.rstrip() for strip in self.strips]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def toasts(self) -> list[str]:
        return [note.message for note in self.app._notifications]

    def forget_toasts(self) -> None:
        self.app.clear_notifications()


class Hand:
    """The seconds of a clock that only a test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def unclean(text: str) -> list[str]:
    """The characters that may not reach a terminal."""
    return [char for char in dict.fromkeys(text) if printable(f"a{char}") != f"a{char}"]


def assert_plain(console: Driver) -> None:
    """Nothing raw is about to be sent, and nothing on the screen can be clicked."""
    width, height = console.app.size
    strips = console.strips
    assert len(strips) == height
    assert unclean("".join(strip.text for strip in strips)) == []
    for strip in strips:
        assert strip.cell_length == width
        for segment in strip:
            if segment.style is not None:
                assert segment.style.link is None
                assert "@click" not in segment.style.meta
    assert console.app.is_running


@asynccontextmanager
async def driven(
    source: Source | Exception | None,
    case: Path | Casebook,
    size: tuple[int, int] = WIDE,
    **words: Any,
) -> AsyncIterator[Driver]:
    """A running console; a case given by its path is closed at the end."""
    book = case if isinstance(case, Casebook) else Casebook.open(case, "mei", ticking())
    try:
        app = console_on(source, book, **words)
        async with app.run_test(size=size, notifications=True) as pilot:
            driver = Driver(app, pilot)
            await pilot.pause()
            yield driver
    finally:
        if book is not case:
            book.close()


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)
