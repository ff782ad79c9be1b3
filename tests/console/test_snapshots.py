"""Pictures of every screen on the demo evidence, at both sizes.

After a wanted change: pytest tests/console/test_snapshots.py --snapshot-update, and look at them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from iotriage.tui.casebook.casebook import Casebook
from textual.pilot import Pilot

from .driving import CAM, NARROW, Driver, console_on, ticking
from .sources import Remembering

SIZES = {"80x24": NARROW, "140x40": (140, 40)}
#: Screen -> the keys that lead to it once the device is open; none: before a device is.
SCREENS: dict[str, tuple[str, ...] | None] = {
    "picker": None,
    "alerts": ("1", "down", "down"),
    "users": ("2", "down"),
    "ports": ("3", "end"),
    "logins": ("4", "s", "s", "e"),
    "processes": ("5", "down", "e", "s", "slash", *"tmp", "enter"),
    "chosen": ("5", "space", "v", "down", "down", "down"),
    "confirm": ("5", "a", "e"),
    "detail": ("5", "end", "s", "enter"),
    "values": ("5", "end", "s", "enter", "v"),
    "note": ("5", "n", *"seen before"),
    "export": ("x",),
    "window": ("w",),
    "copy": ("2", "y"),
    "info": ("5", "i"),
    "help": ("question_mark",),
    "history": ("5", "s", "s", "H"),
    "baseline": ("b",),
    "palette": ("ctrl+p",),
}


@pytest.fixture
def casebook(case: Path) -> Iterator[Casebook]:
    with Casebook.open(case, "mei", ticking()) as book:
        yield book


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("screen", SCREENS)
def test_screen(
    screen: str, size: str, demo: Remembering, casebook: Casebook, snap_compare: object
) -> None:
    app = console_on(demo, casebook)
    keys = SCREENS[screen]

    async def go_there(pilot: Pilot[str | None]) -> None:
        console = Driver(app, pilot)
        await console.settled()
        if keys is None:
            return
        await console.open(CAM)
        await console.press(*keys)
        if screen in ("detail", "values"):
            # The raw events and counts come from a worker.
            await console.until(lambda: "asking" not in console.text)
        if screen == "palette":
            await console.until(lambda: "About the pane" in console.text)
        app.clear_notifications()
        await pilot.pause(0.1)

    assert snap_compare(app, terminal_size=SIZES[size], run_before=go_there)  # type: ignore[operator]
