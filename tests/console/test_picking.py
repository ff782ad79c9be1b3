"""From opening to a device on the screen."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from iotriage.queries.packs.loading import PANES
from iotriage.queries.source import SourceError

from .driving import CAM, NARROW, SIZES, WIDE, driven
from .evidence import evidence, user
from .sources import Remembering, Told

sizes = pytest.mark.parametrize("size", SIZES, ids=("wide", "narrow"))


@sizes
async def test_what_is_there_before_anything_is_asked(
    demo: Remembering, case: Path, size: tuple[int, int]
) -> None:
    async with driven(demo, case, size) as console:
        await console.settled()
        assert "DEMO" in console.lines[0]
        assert f"{len(console.app.devices.rows):,}" in console.text
        # The most alarming stands first, with its alerts.
        first = next(line for line in console.lines if "▌" in line)
        assert CAM in first
        assert console.app.scope is None


@sizes
async def test_typing_a_name_filters_and_enter_opens(
    demo: Remembering, case: Path, size: tuple[int, int]
) -> None:
    async with driven(demo, case, size) as console:
        await console.settled()
        await console.type("cam-02")
        picker = console.app.main.picker
        assert picker.filter_input.value == "cam-02"
        assert {record["DeviceId"][:6] for record in picker.rows.records} == {"cam-02"}
        await console.type("31")
        assert [record["DeviceId"] for record in picker.rows.records] == [CAM]
        await console.press("enter")
        await console.settled()
        assert (console.app.scope.device, console.app.scope.hub) == (CAM, "plant-7")
        assert f"plant-7 / {CAM}" in console.lines[0]
        assert "Nov 20 11:59 → Nov 21 11:59 UTC (24 h)" in "\n".join(console.lines[:2])
        # From here on the keys are those of the panes.
        assert console.app.focused is console.pane("alerts").table
        assert "e expected" in console.lines[-1]
        await console.press("5", "s")
        assert console.counts() == (1, 0, 0, 77)


async def test_a_letter_that_is_a_key_in_the_panes_is_a_letter_in_the_picker(
    demo: Remembering, case: Path
) -> None:
    async with driven(demo, case) as console:
        await console.settled()
        await console.type("sens-04")
        assert console.app.main.picker.filter_input.value == "sens-04"
        assert console.app.casebook.judged("sens-0401", "plant-7") == []


async def test_escape_takes_the_filter_away_and_goes_back(demo: Remembering, case: Path) -> None:
    async with driven(demo, case) as console:
        await console.open()
        await console.press("d")
        # Typing replaces the name that was looked for last.
        await console.type("plc")
        assert console.app.main.picker.filter_input.value == "plc"
        await console.press("escape")
        assert len(console.app.main.picker.rows) == len(console.app.devices.rows)
        await console.press("escape")
        assert console.app.focused is console.pane("alerts").table
        assert console.app.scope.device == CAM


async def test_arrows_move_in_the_picker_while_its_filter_is_typed(
    demo: Remembering, case: Path
) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.settled()
        await console.type("plc-01")
        await console.press("down", "down", "up")
        chosen = console.app.main.picker.chosen()
        await console.press("enter")
        await console.settled()
        assert console.app.scope.device == chosen["DeviceId"] == "plc-0111"


async def test_no_device_has_that_name(demo: Remembering, case: Path) -> None:
    async with driven(demo, case) as console:
        await console.settled()
        await console.type("zzz")
        assert "No device has this in its" in console.text
        await console.press("enter")
        assert console.app.scope is None


@sizes
async def test_every_pane_can_be_visited(
    demo: Remembering, case: Path, size: tuple[int, int]
) -> None:
    async with driven(demo, case, size) as console:
        await console.open()
        for number, name in enumerate(PANES, 1):
            await console.press(str(number))
            pane = console.pane(name)
            assert console.app.focused is pane.table
            assert f"{pane.title}  complete · {len(pane.rows):,} rows" in console.text
            assert f"{number} {pane.title} {len(pane.rows)}" in console.text
        for name in PANES:
            await console.press("tab")
            assert console.app.focused is console.pane(name).table
        await console.press("shift+tab")
        assert console.app.focused is console.pane("logins").table


async def test_a_device_that_is_named_opens_at_once(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, device=CAM) as console:
        await console.until(lambda: console.app.scope is not None)
        await console.settled()
        assert console.app.scope.hub == "plant-7"
        await console.press("down")
        assert console.pane("alerts").table.cursor_row == 1


async def test_a_device_that_is_not_there_ends_it_with_a_line(
    demo: Remembering, case: Path
) -> None:
    async with driven(demo, case, device="cam-0232") as console:
        await console.until(lambda: console.app.return_value is not None)
        said = console.app.return_value
        assert said.startswith("no device 'cam-0232' between 2026-11-20T11:59:30Z and")
        assert said.endswith("did you mean 'cam-0242'?")
        assert "\n" not in said


async def test_a_device_on_two_hubs_is_asked_which(case: Path) -> None:
    source = evidence(user(1), user(1, hub="other"))
    async with driven(source, case, device="cam-1") as console:
        await console.until(lambda: console.app.return_value is not None)
        assert "on 2 hubs: give --hub, one of other, plant" in console.app.return_value
    async with driven(source, case, device="cam-1", hub="OTHER") as console:
        await console.until(lambda: console.app.scope is not None)
        assert console.app.scope.hub == "other"
    source.close()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (SourceError("x.json: there is no such file"), "x.json: there is no such file"),
        (RuntimeError("boom"), "RuntimeError: boom"),
    ],
    ids=("known", "unknown"),
)
async def test_a_source_that_cannot_be_opened_ends_it_with_a_line(
    error: Exception, said: str, case: Path
) -> None:
    async with driven(error, case) as console:
        await console.until(lambda: console.app.return_value is not None)
        assert console.app.return_value == said


async def test_the_wait_for_the_devices_is_said(demo: Remembering, case: Path) -> None:
    gate = threading.Event()
    async with driven(Told(demo, held={"devices": gate}), case) as console:
        await console.until(lambda: "asking for the devices" in console.text)
        gate.set()
        await console.settled()
        assert CAM in console.text


@pytest.mark.parametrize("size", [(59, 24), (80, 14)], ids=("slim", "flat"))
async def test_a_terminal_that_is_too_small_is_told(
    demo: Remembering, case: Path, size: tuple[int, int]
) -> None:
    async with driven(demo, case, size) as console:
        await console.settled()
        assert f"iotriage needs 60x15 cells; this is {size[0]}x{size[1]}." in console.text
        await console.pilot.resize_terminal(*WIDE)
        await console.until(lambda: CAM in console.text)
        assert "iotriage needs" not in console.text


@pytest.mark.parametrize("size", [(60, 15), (119, 40), (120, 29), (250, 70)])
async def test_sizes_in_between(demo: Remembering, case: Path, size: tuple[int, int]) -> None:
    async with driven(demo, case, size) as console:
        await console.open()
        for key in "12345":
            await console.press(key)
            # Something of the pane is always seen, and its keys are.
            assert "complete" in console.text
            assert "e expected" in console.lines[-1]
            assert any("▌" in line for line in console.lines)


async def test_turning_the_terminal_keeps_what_was_chosen(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, WIDE) as console:
        await console.open()
        await console.press("4", "down", "down")
        await console.pilot.resize_terminal(*NARROW)
        await console.pilot.pause()
        assert console.app.focused is console.pane("logins").table
        assert console.pane("logins").table.cursor_row == 2
        assert "Logins  complete" in console.text
        assert "Alerts  complete" not in console.text


async def test_the_picker_shows_where_something_is_suspicious(
    demo: Remembering, case: Path
) -> None:
    async with driven(demo, case) as console:
        await console.open("hmi-0003")
        await console.press("5", "s")
        await console.press("d", "escape")
        assert any("! hmi-0003" in line for line in console.lines)
