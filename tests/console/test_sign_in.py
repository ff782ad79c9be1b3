"""A code that somebody has to type into a page on another machine."""

from __future__ import annotations

import base64
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from iotriage.queries.source import DeviceCode, ShowCode, SourceError, Tell
from iotriage.tui.messages import CodeGiven
from iotriage.tui.screens.sign_in import SignIn

from .driving import CAM, NARROW, SIZES, Driver, assert_plain, driven
from .hostile import TEXTS
from .sources import NOW, Remembering

sizes = pytest.mark.parametrize("size", SIZES, ids=("wide", "narrow"))
PAGE = "https://microsoft.com/devicelogin"


class Watch:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def given(stopped: list[str], code: str = "A1B2-C3D4") -> DeviceCode:
    return DeviceCode(PAGE, code, NOW + timedelta(minutes=15), lambda: stopped.append(code))


class Entry:
    """Opens a source once somebody has signed in, or gives up."""

    def __init__(self, source: Remembering) -> None:
        self._source = source
        self._done = threading.Event()
        self.stopped: list[str] = []

    def __call__(self, _: Tell, show_code: ShowCode) -> Remembering:
        show_code(replace(given(self.stopped), stop=self._stop))
        assert self._done.wait(20)
        if self.stopped:
            raise SourceError("nobody signed in")
        show_code(None)
        return self._source

    def _stop(self) -> None:
        self.stopped.append("stopped")
        self._done.set()

    def sign_in(self) -> None:
        self._done.set()


def codes(console: Driver) -> list[SignIn]:
    return [screen for screen in console.app.screen_stack if isinstance(screen, SignIn)]


async def show(console: Driver, code: DeviceCode | None) -> None:
    console.app.post_message(CodeGiven(code))
    await console.pilot.pause()
    await console.pilot.pause()


@sizes
async def test_signing_in_while_the_source_is_opened(
    demo: Remembering, case: Path, size: tuple[int, int]
) -> None:
    entry, watch = Entry(demo), Watch()
    async with driven(None, case, size, opens=entry, clock=watch) as console:
        await console.until(lambda: "A1B2-C3D4" in console.text)
        assert "On any machine with a browser open" in console.text
        assert PAGE in console.text
        assert "good for 15 min 00 s" in console.text
        watch.now += timedelta(seconds=31)
        await console.until(lambda: "good for 14 min 29 s" in console.text)
        # No other key does anything here.
        await console.press("s", "d", "q", "enter", "?")
        assert console.app.is_running
        entry.sign_in()
        await console.settled()
        assert codes(console) == []
        assert "A1B2" not in console.text
        assert CAM in console.text


async def test_the_code_is_copied(demo: Remembering, case: Path, sent: list[str]) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.settled()
        await show(console, given([]))
        await console.press("y")
        copied = [text for text in sent if text.startswith("\x1b]52;c;")]
        assert [base64.b64decode(text[7:-1]) for text in copied] == [b"A1B2-C3D4"]
        assert console.toasts
        assert len(codes(console)) == 1


async def test_giving_up(demo: Remembering, case: Path) -> None:
    entry = Entry(demo)
    async with driven(None, case, NARROW, opens=entry) as console:
        await console.until(lambda: "A1B2-C3D4" in console.text)
        await console.press("escape")
        await console.until(lambda: console.app.return_value is not None)
        assert entry.stopped == ["stopped"]
        assert console.app.return_value == "nobody signed in"


async def test_a_code_that_ran_out(demo: Remembering, case: Path) -> None:
    watch = Watch()
    async with driven(demo, case, NARROW, clock=watch) as console:
        await console.settled()
        await show(console, given([]))
        watch.now += timedelta(minutes=15)
        await console.until(lambda: "the code has run out" in console.text)


async def test_another_code_takes_the_place_of_the_first(demo: Remembering, case: Path) -> None:
    stopped: list[str] = []
    async with driven(demo, case, NARROW) as console:
        await console.settled()
        await show(console, given(stopped, "FIRST-1"))
        await show(console, given(stopped, "SECOND-2"))
        assert len(codes(console)) == 1
        assert "FIRST-1" not in console.text
        assert "SECOND-2" in console.text
        await console.press("escape")
        assert stopped == ["SECOND-2"]
        assert codes(console) == []
        # It is said again that it ended.
        await show(console, None)
        assert console.app.screen is console.app.main


@sizes
async def test_in_the_middle_of_something_else(
    demo: Remembering, case: Path, size: tuple[int, int]
) -> None:
    async with driven(demo, case, size) as console:
        await console.open()
        await console.press("5", "n", *"half a no")
        await show(console, given([]))
        assert "A1B2-C3D4" in console.text
        await show(console, None)
        assert codes(console) == []
        await console.press(*"te", "enter")
        finding, _ = console.app.rows_of("processes").finding(0)
        assert console.app.casebook.judgement(finding).note == "half a note"
        # The token runs out again later.
        await show(console, given([], "LATER-3"))
        assert "LATER-3" in console.text
        await show(console, None)
        assert console.app.screen is console.app.main


async def test_it_goes_from_below_another_screen(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open()
        await show(console, given([]))
        console.app.errands.keys()
        await show(console, None)
        assert len(codes(console)) == 1
        await console.press("escape")
        await console.until(lambda: console.app.screen is console.app.main)
        # One that is wanted again before the other screen is gone stays.
        await show(console, given([], "FIRST-1"))
        console.app.errands.keys()
        await show(console, None)
        await show(console, given([], "SECOND-2"))
        await console.press("escape")
        await console.until(lambda: "SECOND-2" in console.text)


async def test_given_and_taken_away_at_once(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.settled()
        for code in (given([]), None, given([]), None):
            console.app.post_message(CodeGiven(code))
        await console.pilot.pause(0.1)
        assert console.app.screen is console.app.main
        assert console.app.is_running


@sizes
async def test_hostile_codes(demo: Remembering, case: Path, size: tuple[int, int]) -> None:
    async with driven(demo, case, size) as console:
        await console.settled()
        for text in TEXTS:
            await show(console, replace(given([]), uri=text, code=text))
            assert_plain(console)
            assert "and enter" in console.text
            assert "y copies the code" in console.text
        await console.press("y")
        assert_plain(console)


async def test_a_terminal_that_shows_ascii_only(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, NARROW, ascii_only=True) as console:
        await console.settled()
        await show(console, given([], "é-1"))
        assert "\\xe9-1" in console.text
        assert console.text.isascii()
