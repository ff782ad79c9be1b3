"""Questions that come late, fail, or are asked again."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

from iotriage.queries.answers import Answer
from iotriage.queries.packs.loading import PANES
from iotriage.tui.messages import Fetched
from iotriage.tui.screens.values import ValuesScreen
from iotriage.tui.widgets.lines_view import Line

from .driving import CAM, NARROW, WIDE, driven
from .sources import Remembering, Told

OTHER = "hmi-0003"


def gates(*names: str) -> dict[str, threading.Event]:
    return {name: threading.Event() for name in names}


async def test_panes_come_one_by_one(demo: Remembering, case: Path) -> None:
    source = Told(demo, held=gates("users", "logins"))
    async with driven(source, case, WIDE) as console:
        await console.settled()
        await console.type(CAM)
        await console.press("enter")
        await console.until(lambda: console.app.rows("processes") and console.app.rows("alerts"))
        assert "5 Processes 34" in console.text
        assert "2 Users …" in console.text
        await console.press("2")
        assert "asking …" in console.text
        # What is not there yet cannot be judged, opened, noted or copied.
        await console.press("s", "n", "y", "enter", "down", "/", "h")
        assert console.app.screen is console.app.main
        source.held["users"].set()
        await console.until(lambda: "2 Users 10" in console.text)
        assert "4 Logins …" in console.text
        source.held["logins"].set()
        await console.settled()


async def test_another_device_cancels_what_was_asked_and_late_answers_are_dropped(
    demo: Remembering, case: Path
) -> None:
    source = Told(demo, held=gates("users", "processes"))
    async with driven(source, case, WIDE) as console:
        await console.settled()
        await console.type(CAM)
        await console.press("enter")
        await console.until(lambda: console.app.rows("alerts") and console.app.rows("ports"))
        late = dict(source.held)
        source.held.clear()
        await console.press("d")
        await console.type(OTHER)
        await console.press("enter")
        await console.settled()
        assert {("users", CAM), ("processes", CAM)} <= set(source.cancelled)
        shown = [console.app.rows_of(name).answer.rows for name in PANES]
        for gate in late.values():
            gate.set()
        await console.pilot.pause(0.3)
        assert [console.app.rows_of(name).answer.rows for name in PANES] == shown
        assert f"plant-7 / {OTHER}" in console.lines[0]
        # All was asked about the new device, everything once.
        asked = [
            name
            for name, device in source.asked
            if device == OTHER and not name.endswith("prevalence")
        ]
        hints = [name for name in asked if name.endswith("_hints")]
        assert sorted({*asked} - {*hints}) == sorted((*PANES, "coverage"))
        assert len(asked) == len({*asked})


async def test_another_window_cancels_too(demo: Remembering, case: Path) -> None:
    source = Told(demo, held=gates("logins"))
    async with driven(source, case, NARROW) as console:
        await console.settled()
        await console.type(CAM)
        await console.press("enter")
        await console.until(lambda: console.app.rows("alerts"))
        late = source.held.pop("logins")
        await console.press("-")
        await console.settled()
        rows = console.app.rows_of("logins").answer.rows
        late.set()
        await console.pilot.pause(0.3)
        assert ("logins", CAM) in source.cancelled
        assert console.app.rows_of("logins").answer.rows == rows


async def test_a_pane_that_fails_takes_no_other_with_it(demo: Remembering, case: Path) -> None:
    source = Told(demo, failing={"ports": "the service is busy [/x]"})
    async with driven(source, case, WIDE) as console:
        await console.open()
        assert "3 Ports failed" in console.text
        assert "5 Processes 34" in console.text
        await console.press("3")
        assert "Ports  failed (r asks again)" in console.text
        assert "This could not be answered: the service is busy [/x]" in console.text
        assert console.counts()[3] == 78 - 8
        await console.press("s", "n", "enter", "y", ".")
        await console.settled()
        source.failing.clear()
        await console.press("r")
        await console.settled()
        assert len(console.app.rows_of("ports").answer.rows) > 0
        assert str(console.app.rows_of("ports").answer.status) == "complete"


async def test_all_panes_fail(demo: Remembering, case: Path) -> None:
    source = Told(demo, failing=dict.fromkeys((*PANES, "coverage"), "no route to the service"))
    async with driven(source, case, NARROW) as console:
        await console.open()
        for number, name in enumerate(PANES, 1):
            await console.press(str(number))
            assert "failed (r asks again)" in console.text
            assert "This could not be answered: no route to the service" in console.text
            assert console.app.board.tab(console.app.panes.question(name))[1] == "failed"
        assert console.counts() == (0, 0, 0, 0)
        await console.press("x", "enter")
        assert "written to" in console.toasts[0]
        source.failing.clear()
        await console.press("r")
        await console.settled()
        assert [console.app.board.tab(console.app.panes.question(name))[1] for name in PANES] == [
            "failed"
        ] * 4 + ["34"]


async def test_the_devices_fail(demo: Remembering, case: Path) -> None:
    source = Told(demo, failing={"devices": "not allowed to read"})
    async with driven(source, case, NARROW) as console:
        await console.settled()
        assert "This could not be answered: not allowed to read" in console.text
        assert "r asks again" in console.text
        source.failing.clear()
        await console.press("r")
        await console.settled()
        assert CAM in console.text


async def test_a_source_that_raises_is_a_pane_that_failed(demo: Remembering, case: Path) -> None:
    def broken(answer: Answer) -> Answer:
        if answer.question == "users":
            raise ZeroDivisionError("by zero")
        return answer

    async with driven(Told(demo, change=broken), case, NARROW) as console:
        await console.open()
        await console.press("2")
        assert "This could not be answered: ZeroDivisionError: by zero" in console.text


async def test_drill_down_that_fails_is_said(demo: Remembering, case: Path) -> None:
    source = Told(demo)
    async with driven(source, case, NARROW) as console:
        await console.open()
        source.failing["processes"] = "gone away"
        await console.press("5", "enter", "end")
        await console.until(lambda: "could not be fetched: gone away" in console.text)


async def test_what_comes_for_a_detail_that_was_left_is_dropped(
    demo: Remembering, case: Path
) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open()
        for keys in (("5", "enter"), ("5", "end", "enter", "v")):
            await console.press(*keys)
            left = console.app.screen
            await console.press("escape")
            show = left.draw if isinstance(left, ValuesScreen) else partial(left.show, (Line("x"),))
            console.app.post_message(Fetched(show))
            await console.pilot.pause()
            assert console.app.screen is console.app.main


async def test_leaving_while_everything_is_asked(demo: Remembering, case: Path) -> None:
    source = Told(demo, held=gates(*PANES, "coverage"))
    async with driven(source, case, NARROW) as console:
        await console.settled()
        await console.type(CAM)
        await console.press("enter", "q")
        await console.until(lambda: not console.app.is_running, 5)
        for gate in source.held.values():
            gate.set()
    assert {name for name, device in source.cancelled if device} == {*PANES, "coverage"}


async def test_no_key_needs_a_device(demo: Remembering, case: Path) -> None:
    gate = gates("devices")
    async with driven(Told(demo, held=gate), case, NARROW) as console:
        await console.until(lambda: "asking for the devices" in console.text)
        for key in ("s", "n", "y", "Y", ".", "x", "i", "r", "/", "h", "u", "space", "v", "a", "H"):
            for pressed in (key, "enter", "escape"):
                await console.press(pressed)
            assert console.app.screen is console.app.main
        gate["devices"].set()
        await console.settled()
        assert console.app.is_running
