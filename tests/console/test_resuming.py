"""Leaving a case and opening it again: the same device, window, pane, filter and row."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from iotriage.queries.evidence.source import Evidence
from iotriage.tui.places import PlaceKeeper
from iotriage.tui.words import window_words

from .driving import CAM, NARROW, SIZES, Driver, assert_plain, driven
from .evidence import evidence, heard, user
from .sources import NOW, Remembering, Told

Opens = Callable[..., Any]
OFFER = "Go on where you were?"
SMALL = {"demo": False, "evidence": "/evidence"}


@pytest.fixture
def again(demo: Remembering, case: Path, tmp_path: Path) -> Opens:
    """Opens a console on the case, one that keeps its place; leaves it at the end."""

    @asynccontextmanager
    async def opened(source: object = demo, size: tuple[int, int] = NARROW, **words: Any) -> Any:
        keeper = PlaceKeeper(tmp_path / "places")
        async with driven(source, case, size, places=keeper, **(SMALL | words)) as console:  # type: ignore[arg-type]
            yield console
            console.app.exit()
        keeper.close()

    return opened


def here(console: Driver) -> tuple[Any, ...]:
    """Device, hub, window, pane, its filter and the row under its cursor."""
    scope, pane = console.app.scope, console.app.main.active
    assert scope is not None
    assert pane.rows is not None
    return (
        (scope.device, scope.hub, scope.window, console.app.main.active_name),
        (pane.needle, pane.hide_expected),
        pane.rows[pane.table.cursor_row].cells,
    )


async def go_somewhere(console: Driver) -> None:
    """Processes of half the time with a filter, some rows down, the expected hidden."""
    await console.open()
    await console.press("-")
    await console.settled()
    await console.press("5", "e", "/", *"bin", "enter", "h", "down", "down", "down")
    assert console.app.main.active.table.cursor_row == 3


def place_file(folder: Path) -> Path:
    (file,) = (folder / "places").iterdir()
    return file


@pytest.mark.parametrize("size", SIZES)
async def test_yes_leads_back_to_where_it_was(size: tuple[int, int], again: Opens) -> None:
    async with again(size=size) as console:
        assert OFFER not in console.text
        await go_somewhere(console)
        before = here(console)
    async with again(size=size) as console:
        await console.until(lambda: OFFER in console.text)
        assert "plant-7 / cam-0231, Processes" in console.text
        assert window_words(before[0][2], NOW) in console.text
        assert "filter bin" in console.text
        await console.press("y")
        await console.until(lambda: console.app.scope is not None)
        await console.settled()
        assert here(console) == before
        assert console.app.main.active.filter_input.value == "bin"
        assert console.app.focused is console.pane("processes").table
        assert "▌" in console.text
        # And so again, the next time.
    async with again(size=size) as console:
        await console.until(lambda: OFFER in console.text)
        await console.press("enter")
        await console.until(lambda: console.app.scope is not None)
        await console.settled()
        assert here(console) == before


async def test_every_pane_is_as_it_was(again: Opens) -> None:
    async with again() as console:
        await console.open()
        await console.press("2", "down", "down", "3", "end", "1", "down")
        rows = {name: console.pane(name).table.cursor_row for name in ("alerts", "users", "ports")}
        assert min(rows.values()) > 0
    async with again() as console:
        await console.until(lambda: OFFER in console.text)
        await console.press("y")
        await console.settled()
        await console.until(lambda: console.app.rows("ports"))
        assert {name: console.pane(name).table.cursor_row for name in rows} == rows


async def test_the_row_is_found_wherever_it_is_now(again: Opens, demo: Remembering) -> None:
    async with again() as console:
        await console.open()
        await console.press("5", "down", "down")
        _, _, row = here(console)
    turned = Told(demo, lambda answer: replace(answer, rows=answer.rows[::-1]), name=demo.name)
    async with again(turned) as console:
        await console.until(lambda: OFFER in console.text)
        await console.press("y")
        await console.settled()
        await console.until(lambda: console.app.rows("processes"))
        assert here(console)[2] == row
        assert console.app.main.active.table.cursor_row > 2


@pytest.mark.parametrize("key", ["n", "escape"])
async def test_no_starts_afresh_and_the_offer_stays(key: str, again: Opens) -> None:
    async with again() as console:
        await go_somewhere(console)
    for _ in range(2):
        async with again() as console:
            await console.until(lambda: OFFER in console.text)
            await console.press(key)
            await console.settled()
            assert console.app.scope is None
            assert console.app.focused is console.app.main.picker.table
            assert console.app._window == console.app.investigation.source.default_window()
            assert console.pane("processes").needle == ""


async def test_the_demo_keeps_its_own_window(again: Opens, demo: Remembering) -> None:
    async with again(demo=True) as console:
        await go_somewhere(console)
        before = here(console)
    async with again(demo=True) as console:
        await console.until(lambda: OFFER in console.text)
        assert "UTC" not in console.text
        await console.press("y")
        await console.settled()
        await console.until(lambda: console.app.rows("processes"))
        assert console.app.scope.window == demo.latest()
        after = here(console)
        assert (after[0][3], after[1]) == (before[0][3], before[1])
        assert after[2][0] == before[2][0]


@pytest.mark.parametrize(
    "words",
    [{"device": CAM}, {"last": "1h"}, {"since": "2026-11-20"}, {"hub": "elsewhere"}],
    ids=str,
)
async def test_who_says_where_to_go_is_not_asked(words: dict[str, str], again: Opens) -> None:
    async with again() as console:
        await go_somewhere(console)
    async with again(**words) as console:
        await console.settled()
        assert OFFER not in console.text


async def test_who_types_a_name_is_not_asked(again: Opens, demo: Remembering) -> None:
    async with again() as console:
        await go_somewhere(console)
    gate = threading.Event()

    def opens(*_: object) -> Remembering:
        assert gate.wait(20)
        return demo

    async with again(opens=opens) as console:
        await console.type("gw")
        gate.set()
        await console.settled()
        assert "gw-0007" in console.text
        assert OFFER not in console.text


async def test_another_source_is_another_place(again: Opens) -> None:
    async with again() as console:
        await go_somewhere(console)
    async with again(evidence="/other") as console:
        await console.settled()
        assert OFFER not in console.text


async def test_a_device_that_is_gone_is_said(again: Opens, demo: Remembering) -> None:
    async with again() as console:
        await go_somewhere(console)

    def without(answer: Any) -> Any:
        if answer.question != "devices":
            return answer
        at = answer.names.index("DeviceId")
        return replace(answer, rows=tuple(row for row in answer.rows if row[at] != CAM))

    async with again(Told(demo, without, name=demo.name)) as console:
        await console.until(lambda: OFFER in console.text)
        await console.press("y")
        await console.settled()
        await console.until(lambda: console.toasts)
        (said,) = console.toasts
        assert said == f"plant-7 / {CAM} is not in {demo.name} any more: pick a device"
        assert console.app.scope is None
        assert console.app._window == demo.default_window()


async def test_devices_that_cannot_be_listed_are_waited_for(
    again: Opens, demo: Remembering
) -> None:
    async with again() as console:
        await go_somewhere(console)
        before = here(console)
    source = Told(demo, failing={"devices": "busy"}, name=demo.name)
    async with again(source) as console:
        await console.until(lambda: OFFER in console.text)
        await console.press("y")
        await console.settled()
        assert console.app.scope is None
        source.failing.clear()
        await console.press("r")
        await console.until(lambda: console.app.scope is not None)
        await console.settled()
        assert here(console) == before


async def test_leaving_before_the_answers_loses_nothing(again: Opens, demo: Remembering) -> None:
    async with again() as console:
        await go_somewhere(console)
        before = here(console)
    gate = threading.Event()
    async with again(Told(demo, held={"processes": gate}, name=demo.name)) as console:
        await console.until(lambda: OFFER in console.text)
        await console.press("y")
        await console.until(lambda: console.app.scope is not None)
    gate.set()
    async with again() as console:
        await console.until(lambda: OFFER in console.text)
        await console.press("y")
        await console.until(lambda: console.app.scope is not None)
        await console.settled()
        assert here(console) == before


async def test_it_is_kept_while_one_works(again: Opens, tmp_path: Path) -> None:
    async with again() as console:
        await console.open()
        await console.press("5")
        await console.until((tmp_path / "places").exists)
        await console.until(lambda: b'"processes"' in place_file(tmp_path).read_bytes())


async def test_a_hostile_file_is_shown_as_what_it_is(again: Opens, tmp_path: Path) -> None:
    async with again() as console:
        await go_somewhere(console)
    whole = json.loads(place_file(tmp_path).read_bytes())
    evil = "\x1b]52;c;SEVMTE8=\x07[@click=app.exit]\u202e[/x]"
    whole["place"] |= {"device": evil, "hub": evil, "panes": {"processes": {"filter": evil}}}
    place_file(tmp_path).write_text(json.dumps(whole), "utf-8")
    async with again() as console:
        await console.until(lambda: OFFER in console.text)
        assert "\\e]52;c;SEVMTE8=" in console.text
        assert_plain(console)
        await console.press("y")
        await console.settled()
        await console.until(lambda: console.toasts)
        assert "any more: pick a device" in console.toasts[0]
        assert_plain(console)


async def test_a_damaged_file_is_one_line_and_then_a_new_one(again: Opens, tmp_path: Path) -> None:
    async with again() as console:
        await go_somewhere(console)
    place_file(tmp_path).write_text('{"key": "\x1b[2J', "utf-8")
    async with again() as console:
        await console.settled()
        (said,) = console.toasts
        assert "where you were cannot be read" in said
        assert OFFER not in console.text
        await go_somewhere(console)
    async with again() as console:
        await console.until(lambda: OFFER in console.text)


async def test_a_small_source_with_a_row_that_is_gone(again: Opens) -> None:
    def source(*names: str) -> Evidence:
        return evidence(*heard(), *(user(1, name) for name in names))

    async with again(source("root", "mei")) as console:
        await console.open("cam-1")
        await console.press("2", "end")
    async with again(source("root")) as console:
        await console.until(lambda: OFFER in console.text)
        await console.press("y")
        await console.until(lambda: console.app.scope is not None)
        await console.settled()
        assert console.app.main.active_name == "users"
        assert console.app.main.active.table.cursor_row == 0
