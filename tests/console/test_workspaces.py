"""Which workspace: one chosen from a list, or several at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from iotriage.queries.answers import Answer, Column
from iotriage.queries.log_analytics.listing import ListedWorkspace
from iotriage.tui.opening import WorkspaceWanted

from .driving import CAM, NARROW, SIZES, Driver, assert_plain, driven
from .hostile import TEXTS
from .sources import Opening, Remembering, Told

sizes = pytest.mark.parametrize("size", SIZES, ids=("wide", "narrow"))


def guid(number: int) -> str:
    return f"{number:08}-0000-4000-8000-000000000000"


def listed(number: int, name: str) -> ListedWorkspace:
    return ListedWorkspace(guid(number), name, "Contoso production", "rg-iot", "westeurope")


THREE = (listed(1, "law-iot-eu"), listed(2, "law-iot-us"), listed(3, "law-lab"))


def wanting(found: tuple[ListedWorkspace, ...], remembered: str = "") -> Opening:
    def opens(*_: object) -> Told:
        raise WorkspaceWanted(found, remembered)

    return opens


def under_cursor(console: Driver) -> str:
    return next(line for line in console.lines if "▌" in line)


@sizes
async def test_choosing_one(demo: Remembering, case: Path, size: tuple[int, int]) -> None:
    behind = {guid(2): Told(demo, name="WORKSPACE law-iot-us")}
    words = {"opens": wanting(THREE), "behind": behind}
    async with driven(None, case, size, **words) as console:
        await console.until(lambda: "Which workspace?" in console.text)
        for name in ("law-iot-eu", "law-iot-us", "law-lab", "Resource group", "rg-iot"):
            assert name in console.text
        assert "law-iot-eu" in under_cursor(console)
        await console.press("down", "enter")
        await console.settled()
        assert "WORKSPACE law-iot-us" in console.lines[0]
        assert CAM in console.text


async def test_the_one_chosen_last_is_under_the_cursor(case: Path) -> None:
    many = tuple(listed(number, f"law-{number:03}") for number in range(90))
    words = {"opens": wanting(many, guid(77).upper())}
    async with driven(None, case, NARROW, **words) as console:
        await console.until(lambda: "law-077" in console.text)
        assert "law-077" in under_cursor(console)


async def test_leaving_without_a_choice(case: Path) -> None:
    async with driven(None, case, NARROW, opens=wanting(THREE)) as console:
        await console.until(lambda: "Which workspace?" in console.text)
        assert "Esc leaves" in console.text
        await console.press("escape")
        await console.until(lambda: not console.app.is_running)
        assert console.app.return_value is None
        assert console.app.return_code == 0


async def test_the_device_that_was_named_is_opened_after_the_choice(
    demo: Remembering, case: Path
) -> None:
    behind = {guid(1): Told(demo)}
    words = {"opens": wanting(THREE), "behind": behind, "device": CAM}
    async with driven(None, case, NARROW, **words) as console:
        await console.until(lambda: "Which workspace?" in console.text)
        await console.press("enter")
        await console.until(lambda: console.app.scope is not None)
        await console.settled()
        assert console.app.scope.device == CAM
        # The devices were asked for once: the picker's answer tells where the device is.
        assert [name for name, _ in behind[guid(1)].asked].count("devices") == 1


@sizes
async def test_hostile_names(case: Path, size: tuple[int, int]) -> None:
    found = tuple(ListedWorkspace(guid(at), *[text] * 4) for at, text in enumerate(TEXTS))
    async with driven(None, case, size, opens=wanting(found)) as console:
        await console.until(lambda: "Which workspace?" in console.text)
        for key in ("down", "end", "right", "right", "right", "home"):
            await console.press(key)
            assert_plain(console)


@sizes
async def test_the_same_device_in_two_workspaces(
    demo: Remembering, case: Path, size: tuple[int, int]
) -> None:
    def twice(answer: Answer) -> Answer:
        if answer.question != "devices":
            return answer
        rows = [(*row, name) for row in answer.rows for name in ("law-eu", "law-us")]
        columns = (*answer.columns, Column("Workspace", "string"))
        return replace(answer, columns=columns, rows=tuple(rows))

    async with driven(Told(demo, change=twice), case, size) as console:
        await console.settled()
        await console.type(CAM)
        workspaces = [record["Workspace"] for record in console.app.main.picker.rows.records]
        assert workspaces == ["law-eu", "law-us"]
        assert console.text.count(CAM) >= 2
        await console.press("down", "enter")
        await console.settled()
        assert (console.app.scope.device, console.app.scope.hub) == (CAM, "plant-7")
    async with driven(Told(demo, change=twice), case, size, device=CAM) as console:
        await console.until(lambda: console.app.scope is not None)
        await console.settled()
        assert console.app.scope.hub == "plant-7"
