"""Ten thousand characters, pasted wherever one can be: into a field, or into nothing."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from iotriage.queries.printable import printable
from iotriage.tui.terminal_input import Burst
from textual import events

from .driving import NARROW, Driver, assert_plain, driven
from .sources import Remembering

#: Every key that does something, sequences, line ends, what hides, what commands.
PIECES = (
    *"1234suevanbhHwzZyYirx?q+-.[]/ \t\x1a\x12\x10",
    *("\n", "\r\n", "\x1b[B", "\x1b]52;c;SEVMTE8=\x07", "\x1b[2J", "\x00", "\u202e", "\u200b"),
    *("[@click=app.exit]x[/]", "日本", "\ud800"[:0], "=HYPERLINK()"),
)
TEXT = "".join(random.Random(7).choices(PIECES, k=9000))[:10_000].strip()
LINES = TEXT.splitlines()

both = pytest.mark.parametrize("kind", [events.Paste, Burst])


async def paste(console: Driver, text: str, kind: type[events.Paste] = events.Paste) -> None:
    console.app.post_message(kind(text))
    await console.pilot.pause()
    await console.pilot.pause()
    assert_plain(console)


@both
async def test_where_nothing_can_be_typed_nothing_happens(
    kind: type[events.Paste], demo: Remembering, case: Path
) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open()
        for keys in (("5",), ("1",), ("5", "i"), ("5", "a", "e"), ("?",), ("enter",), ("y",)):
            await console.press(*keys)
            await console.until(lambda: "asking" not in console.text)
            before = (console.counts(), len(console.app.screen_stack), console.app.scope)
            stood = console.lines
            await paste(console, TEXT, kind)
            (said,) = console.toasts
            assert said.startswith(f"{len(TEXT):,} characters came at once")
            console.forget_toasts()
            await console.pilot.pause()
            assert (
                console.counts(),
                len(console.app.screen_stack),
                console.app.scope,
            ) == before
            assert console.lines == stood
            await console.press("escape")
        assert console.counts() == (0, 0, 0, 78)


@both
async def test_into_the_filter(kind: type[events.Paste], demo: Remembering, case: Path) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open()
        await console.press("5", "/")
        await paste(console, TEXT, kind)
        pane = console.pane("processes")
        assert pane.needle == " ".join(printable(line) for line in LINES)
        assert console.toasts == [f"{len(LINES)} lines were pasted as one"]
        assert "0 of 34 rows" in console.text
        await console.press("escape")
        assert console.app.focused is pane.table
        assert console.counts() == (0, 0, 0, 78)


@both
async def test_into_a_note(kind: type[events.Paste], demo: Remembering, case: Path) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open()
        await console.press("5", "n")
        await paste(console, TEXT, kind)
        await console.press("enter")
        assert console.app.screen is console.app.main
        finding, _ = console.app.rows_of("processes").finding(0)
        note = console.app.casebook.judgement(finding).note
        assert note == "\n".join(printable(line) for line in LINES)
        assert console.toasts == []


@both
async def test_into_a_window(kind: type[events.Paste], demo: Remembering, case: Path) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open()
        await console.press("w")
        await paste(console, TEXT, kind)
        await console.press("enter")
        assert console.app.scoping.window == demo.latest()
        assert "write a number from 1 to 5" in console.toasts[-1]
        console.forget_toasts()
        await console.press("w")
        # Two times on two lines, as they stand in a ticket.
        await paste(console, "2026-11-20T12:00\n2026-11-21T00:00\n", kind)
        await console.press("enter")
        assert console.app.scoping.window.start.isoformat() == "2026-11-20T12:00:00+00:00"


@both
async def test_into_the_picker(kind: type[events.Paste], demo: Remembering, case: Path) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.settled()
        await paste(console, "sens-0404", kind)
        assert console.app.main.picker.filter_input.value == "sens-0404"
        await console.press("enter")
        await console.settled()
        assert console.app.scope.device == "sens-0404"


async def test_a_line_that_was_typed_ahead(demo: Remembering, case: Path) -> None:
    """A line that hung sends at once what was typed into a field that was not open yet."""
    async with driven(demo, case, NARROW) as console:
        await console.settled()
        await paste(console, "/cam-0231\r", Burst)
        await console.until(lambda: console.app.scope is not None)
        await console.settled()
        await console.press("5")
        await paste(console, "/!/usr/sbin sessions\r", Burst)
        assert console.pane("processes").needle == "!/usr/sbin sessions"
        assert console.app.focused is console.pane("processes").table
        await paste(console, "dsens-0404\r", Burst)
        await console.until(lambda: console.app.scope.device == "sens-0404")
        assert console.toasts == []
        # Enter within says that it was no single line: nothing is opened for it.
        await paste(console, "/first line\rsecond line", Burst)
        assert console.app.main.active.needle == ""
        assert len(console.toasts) == 1
