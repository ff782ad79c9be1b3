"""The stretch of time that is asked about: chosen, typed, widened, moved."""

from __future__ import annotations

from pathlib import Path

from .driving import NARROW, WIDE, Driver, driven, utc
from .sources import Remembering

DEVICE = "hmi-0003"


def window(console: Driver) -> tuple[object, object]:
    scope = console.app.scope
    return (scope.window.start.replace(second=0), scope.window.end.replace(second=0))


async def choose(console: Driver, text: str) -> None:
    await console.press("w", *text, "enter")
    await console.settled()


async def test_windows_are_chosen_and_typed(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, WIDE) as console:
        await console.open(DEVICE)
        day = (utc(20, 11, 59), utc(21, 11, 59))
        assert window(console) == day
        for text, start in (
            ("1", utc(21, 10, 59)),
            ("2", utc(20, 11, 59)),
            ("3", utc(14, 11, 59)),
            ("90m", utc(21, 10, 29)),
        ):
            await choose(console, text)
            assert window(console) == (start, utc(21, 11, 59))
        assert "Nov 21 10:29 → Nov 21 11:59 UTC (1 h 30 min)" in console.lines[0]
        await choose(console, "5")
        assert console.app.scope.window == demo.extent()
        await choose(console, "2026-11-20T13:00+01:00 2026-11-21")
        assert window(console) == (utc(20, 12), utc(21, 0))
        # The device stays, and so does the pane.
        assert console.app.scope.device == DEVICE
        assert console.app.focused is console.pane("alerts").table


async def test_what_is_no_window_is_said_and_changes_nothing(demo: Remembering, case: Path) -> None:
    texts = ("", "tomorrow", "6", "0h", "9999999w", "2026-11-21 2026-11-20", "1 2 3", "[/x] a")
    async with driven(demo, case, NARROW) as console:
        await console.settled()
        for text in texts:
            await console.press("w", *text, "enter")
            (said,) = console.toasts
            assert "\n" not in said
            assert said[:12] in console.text
            assert console.app.scoping.window == demo.latest()
            console.forget_toasts()
            await console.pilot.pause()


async def test_escape_keeps_the_window(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.settled()
        await console.press("w", "1", "escape")
        assert console.app.scoping.window == demo.latest()
        assert console.toasts == []


async def test_wider_and_narrower(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open(DEVICE)
        await console.press("+")
        await console.settled()
        assert window(console) == (utc(19, 23, 59), utc(21, 23, 59))
        await console.press("-")
        await console.settled()
        assert window(console) == (utc(20, 11, 59), utc(21, 11, 59))
        await console.press("-")
        await console.settled()
        assert "Nov 20 17:59 → Nov 21 05:59 UTC (12 h)" in console.text


async def test_around_an_alert(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open()
        alert = console.app.rows_of("alerts").record(4)
        await console.press("down", "down", "down", "down", ".")
        await console.settled()
        middle = console.app.scope.window.start + console.app.scope.window.length / 2
        assert console.app.scope.window.length.total_seconds() == 7200
        assert middle in (alert["TimeGenerated"], alert.get("FirstGenerated"))
        found = [row["SystemAlertId"] for row in console.app.rows_of("alerts").answer.records()]
        assert alert["SystemAlertId"] in found


async def test_a_window_may_be_chosen_before_a_device(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.settled()
        await choose(console, "1h")
        assert console.app.scope is None
        await console.type("cam-0231")
        await console.press("enter")
        await console.settled()
        assert window(console) == (utc(21, 10, 59), utc(21, 11, 59))


async def test_the_request_says_which_window(demo: Remembering, case: Path) -> None:
    words = {"since": "2026-11-21T06:00", "until": "2026-11-21T07:00", "device": "cam-0231"}
    async with driven(demo, case, NARROW, **words) as console:
        await console.until(lambda: console.app.scope is not None)
        assert window(console) == (utc(21, 6), utc(21, 7))
