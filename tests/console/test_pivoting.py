"""From a value to every device that has it, to one of them, and back."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from iotriage.queries.demo.story import ATTACKER

from .driving import NARROW, Driver, assert_plain, driven
from .sources import Remembering, Told

TITLE = f"Where else: address {ATTACKER}"


async def look_for_attacker(console: Driver) -> None:
    """From the first failed sign-ins of the intruder."""
    await console.press("4", "home", "down", "p")
    await console.until(lambda: "Where else is which value?" in console.text)
    values = [row.cells[2] for row in console.app.screen._rows]
    await console.press(*["down"] * values.index(ATTACKER), "enter")
    await console.until(lambda: TITLE in console.text and "2 devices" in console.text)


@pytest.mark.parametrize("size", [NARROW])
async def test_there_and_back(demo: Remembering, case: Path, size: tuple[int, int]) -> None:
    async with driven(demo, case, size) as console:
        await console.open()
        await console.press("4", "slash", *"sshd", "enter")
        await look_for_attacker(console)
        assert "cam-0231" in console.text
        rows = console.app.screen._rows
        at = next(
            index
            for index in range(len(rows))
            if rows[index].cells[0] == "gw-0007" and rows[index].cells[2] == "Login"
        )
        await console.press(*["down"] * at, "enter")
        await console.until(lambda: console.app.scope.device == "gw-0007")
        await console.settled()
        assert console.app.main.active_name == "logins"
        assert console.pane("logins").needle == ATTACKER
        assert console.keys_of("logins") == ["root", "(invalid user)", "bridge"]
        await console.press("backspace")
        await console.until(lambda: console.app.scope.device == "cam-0231")
        await console.settled()
        assert console.app.main.active_name == "logins"
        assert console.pane("logins").needle == "sshd"
        assert console.pane("logins").table.cursor_row == 1
        console.forget_toasts()
        await console.press("backspace")
        assert console.toasts == ["there is nowhere to go back to"]
        assert console.app.scope.device == "cam-0231"


async def test_a_window_that_was_changed_is_changed_back(demo: Remembering, case: Path) -> None:
    async with driven(demo, case) as console:
        await console.open()
        window = console.app.scope.window
        await look_for_attacker(console)
        await console.press("end", "enter")
        await console.until(lambda: console.app.scope.device == "gw-0007")
        await console.settled()
        assert console.app.main.active_name == "alerts"
        await console.press("plus")
        await console.settled()
        assert console.app.scope.window != window
        await console.press("backspace")
        await console.until(lambda: console.app.scope.device == "cam-0231")
        await console.settled()
        assert console.app.scope.window == window


async def test_this_hub_or_all(demo: Remembering, case: Path) -> None:
    source = Told(demo)
    async with driven(source, case) as console:
        await console.open()
        await look_for_attacker(console)
        assert "hub plant-7" in console.text
        await console.press("f")
        await console.until(lambda: "2 devices · all hubs" in console.text)
        await console.press("f")
        await console.until(lambda: "2 devices · hub plant-7" in console.text)
        assert source.asked.count(("pivot", "")) == 3
        await console.press("escape")
        assert console.app.scope.device == "cam-0231"


async def test_one_that_fails_says_why_and_one_that_is_left_is_cancelled(
    demo: Remembering, case: Path
) -> None:
    source = Told(demo, failing={"pivot": "the line broke"})
    async with driven(source, case) as console:
        await console.open()
        await console.press("2", "home", "p", "enter")
        await console.until(lambda: "the line broke" in console.text)
        await console.press("enter")
        assert "Where else" in console.text
        await console.press("escape")
    gate = threading.Event()
    source = Told(demo, held={"pivot": gate})
    async with driven(source, case) as console:
        await console.open()
        await console.press("2", "home", "p", "enter")
        await console.until(lambda: "asking hub plant-7" in console.text)
        await console.press("escape")
        assert ("pivot", "") in source.cancelled
        gate.set()
        await console.settled()
        assert "Where else" not in console.text


async def test_what_a_filter_cannot_hold_is_not_put_in_one(demo: Remembering, case: Path) -> None:
    async with driven(demo, case) as console:
        await console.open()
        await console.press(
            "5", "home", *["down"] * console.keys_of("processes").index("/bin/echo")
        )
        await console.press("p")
        await console.until(lambda: "Where else is which value?" in console.text)
        assert_plain(console)
        await console.press("end", "enter")
        await console.until(lambda: "1 device " in console.text)
        assert_plain(console)
        await console.press("enter")
        await console.settled()
        assert console.app.main.active_name == "processes"
        assert console.pane("processes").needle == ""
        assert_plain(console)


async def test_a_pack_that_cannot_look_says_so(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, pack="guide") as console:
        await console.open()
        await console.press("5", "home", "p")
        assert any("no question pivot" in toast for toast in console.toasts)


async def test_in_the_picker_the_letter_begins_a_filter(demo: Remembering, case: Path) -> None:
    async with driven(demo, case) as console:
        await console.settled()
        await console.press("p")
        assert console.app.main.picker.filter_input.value == "p"
