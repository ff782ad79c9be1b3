"""Keys that come all at once: over a slow line, pasted, or sent by a script."""

from __future__ import annotations

from pathlib import Path

import pytest

from .driving import CAM, SIZES, Driver, driven
from .sources import Remembering

sizes = pytest.mark.parametrize("size", SIZES, ids=("wide", "narrow"))


async def burst(console: Driver, text: str) -> None:
    console.send(*("enter" if char == "\r" else char for char in text))
    await console.pilot.pause()
    await console.pilot.pause(0.1)


@sizes
async def test_a_name_and_enter(demo: Remembering, case: Path, size: tuple[int, int]) -> None:
    async with driven(demo, case, size) as console:
        await console.settled()
        await burst(console, f"{CAM}\r")
        await console.settled()
        assert console.app.scope.device == CAM
        assert console.app.scope.window == demo.latest()
        await burst(console, "dsens-0404\r")
        await console.settled()
        assert console.app.scope.device == "sens-0404"
        assert console.app.casebook.judged(CAM, "plant-7") == []


@sizes
async def test_a_filter(demo: Remembering, case: Path, size: tuple[int, int]) -> None:
    async with driven(demo, case, size) as console:
        await console.open()
        await burst(console, "5")
        await burst(console, "/!use-sh 1\r")
        assert console.pane("processes").needle == "!use-sh 1"
        assert console.counts() == (0, 0, 0, 78)
        assert console.app.screen is console.app.main
        assert console.app.focused is console.pane("processes").table


async def test_a_note(demo: Remembering, case: Path) -> None:
    """What comes too early for the dialog is lost rather than done to the row."""
    async with driven(demo, case) as console:
        await console.open()
        await burst(console, "nseeseesees")
        assert console.counts() == (0, 0, 0, 78)
        assert len(console.app.screen_stack) == 2


async def test_verdicts_one_after_the_other(demo: Remembering, case: Path) -> None:
    async with driven(demo, case) as console:
        await console.open()
        await burst(console, "5")
        await burst(console, "sesesj")
        assert console.counts() == (3, 2, 0, 73)
        assert console.pane("processes").table.cursor_row == 6
