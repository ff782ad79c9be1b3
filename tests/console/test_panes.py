"""Panes beyond the five: shown where there is something, listed with why where there is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iotriage.queries.answers import Status, rfc3339
from iotriage.queries.packs.loading import PANES, load_pack
from iotriage.tui.screens.frame import tab_runs
from iotriage.tui.screens.more_panes import MorePanes
from iotriage.tui.screens.standing import Tab
from rich.cells import cell_len

from .driving import CAM, NARROW, SIZES, WIDE, Driver, assert_plain, driven
from .evidence import event, evidence, heard
from .packs import opened, seven
from .sources import NOW, Remembering, Told
from .test_asking import OTHER, gates
from .test_reading import read_to_the_end

ABSENT = "no Peripheral of this device in this window"


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(seven(tmp_path_factory.mktemp("packs")))


def tabs(console: Driver) -> str:
    return console.app.main.query_one("#tabs").text  # type: ignore[attr-defined]


def test_the_five_come_first_wherever_the_file_has_them(pack: str) -> None:
    assert load_pack(pack).panes == (*PANES, "remotes", "usb")


@pytest.mark.parametrize("size", SIZES)
async def test_a_pane_is_shown_where_there_is_data(
    size: tuple[int, int], demo: Remembering, case: Path, pack: str
) -> None:
    source = Told(demo)
    async with driven(source, case, size, pack=pack) as console:
        await console.open()
        remotes = console.app.rows_of("remotes").answer.rows
        assert len(remotes) > 3
        # What the coverage speaks against is never asked.
        assert [name for name, _ in source.asked if name in ("remotes", "usb")] == ["remotes"]
        assert tabs(console).rstrip().endswith(f"6 Remotes {len(remotes)}")
        assert not console.app.main.has_pane("remotes")
        await console.press("6")
        assert "Remotes  complete · " in console.text
        assert console.app.focused is console.pane("remotes").table
        await console.press("s", "down", "e", "/", *"203", "enter")
        counts = console.app.counts()
        assert (counts.suspicious, counts.expected) == (1, 1)
        assert "!1" in tabs(console)
        assert all("203" in key for key in console.keys_of("remotes"))
        await console.press("ctrl+z", "tab")
        assert console.app.main.active_name == "alerts"
        await console.press("shift+tab")
        assert console.app.main.active_name == "remotes"
        assert_plain(console)


async def test_a_burst_goes_to_the_pane_it_was_sent_to(
    demo: Remembering, case: Path, pack: str
) -> None:
    async with driven(demo, case, NARROW, pack=pack) as console:
        await console.open()
        console.send("6", "s", "down", "s", "5", "s")
        await console.until(lambda: console.app.counts().suspicious == 3)
        judged = console.app.casebook.judged(console.app.scope.device, console.app.scope.hub)
        assert sorted(f.question for f in judged) == ["processes", "remotes", "remotes"]


async def test_others_are_asked_after_the_five_and_never_more_than_six_at_once(
    demo: Remembering, case: Path, pack: str
) -> None:
    source = Told(demo, held=gates(*PANES))
    async with driven(source, case, NARROW, pack=pack) as console:
        await console.settled()
        await console.type(CAM)
        await console.press("enter")
        await console.until(lambda: not console.app.is_asking("coverage"))
        await console.press("6")
        assert "Not asked: the first five come first." in console.text
        for name in PANES:
            assert "remotes" not in [asked for asked, _ in source.asked]
            source.held[name].set()
            await console.until(lambda name=name: console.app.rows(name))
        await console.settled()
        assert "Remotes  complete" in console.text


async def test_what_may_be_there_is_asked_where_the_coverage_is_not_known(
    demo: Remembering, case: Path, pack: str
) -> None:
    source = Told(demo, failing={"coverage": "too busy"})
    async with driven(source, case, NARROW, pack=pack) as console:
        await console.open()
        assert {"remotes", "usb"} <= {name for name, _ in source.asked}
        await console.press("m")
        assert "cannot know" not in console.text
        assert "whether the agent was heard from is unknown" not in tabs(console)


@pytest.mark.parametrize("size", SIZES)
async def test_the_list_says_why_a_pane_is_not_there(
    size: tuple[int, int], demo: Remembering, case: Path, pack: str
) -> None:
    async with driven(demo, case, size, pack=pack) as console:
        await console.open()
        await console.press("m")
        assert isinstance(console.app.screen, MorePanes)
        told = " ".join(console.text.split())
        remotes = len(console.app.rows_of("remotes").answer.rows)
        assert f" 6 Remotes {remotes} complete " in told
        assert f" 7 USB devices {ABSENT} " in told
        await console.press(*"usb", "enter")
        assert console.app.main.active_name == "usb"
        assert f"Not asked: {ABSENT}." in " ".join(console.text.split())
        # It is asked all the same where one insists.
        await console.press("r")
        await console.settled()
        assert console.app.rows_of("usb").answer.status is Status.COMPLETE
        assert "sent no Peripheral in this window" in " ".join(console.text.split())
        await console.press("m", *"nothing has this")
        assert "No pane has this in its line." in console.text
        await console.press("enter")
        assert isinstance(console.app.screen, MorePanes)
        await console.press("escape", "escape")
        assert console.app.main.active_name == "usb"
        assert_plain(console)


async def test_the_alerts_of_a_silent_device_are_a_story(case: Path) -> None:
    told = {
        "TimeGenerated": rfc3339(NOW - timedelta(hours=2)),
        "SystemAlertId": "a-1",
        "AlertName": "Device silent",
        "AlertSeverity": "Low",
        "ExtendedProperties": json.dumps({"DeviceId": "cam-1"}),
        "ResourceId": event("x", 1, {})["AssociatedResourceId"],
    }
    source = evidence(*heard(device="another"), alerts=[told])
    async with driven(source, case, WIDE, pack="exact") as console:
        await console.open("cam-1")
        assert [row["Kind"] for row in console.app.rows_of("story").answer.records()] == ["alert"]
        await console.press("m")
        listed = " ".join(console.text.split())
        assert "Sessions no Login of this device in this window" in listed
        await console.press(*"story", "enter")
        said = " ".join(console.text.split())
        assert "Story complete · 1 row" in said
        assert "· all of this is from SecurityAlert: no raw event of this device" in said
        assert "empty window" not in said
    source.close()


async def test_the_list_follows_what_comes_in(demo: Remembering, case: Path, pack: str) -> None:
    source = Told(demo, held=gates("remotes"))
    async with driven(source, case, NARROW, pack=pack) as console:
        await console.settled()
        await console.type(CAM)
        await console.press("enter")
        await console.until(lambda: console.app.is_asking("remotes"))
        await console.press("m", *"remo")
        assert "asking" in console.text
        assert "Logins" not in console.text.partition("Panes")[2]
        source.held["remotes"].set()
        await console.until(lambda: "complete" in console.text)
        console.send("enter")
        await console.until(lambda: console.app.main.active_name == "remotes")


async def test_a_number_stands_for_a_pane_and_says_where_there_is_none(
    demo: Remembering, case: Path, pack: str
) -> None:
    async with driven(demo, case, NARROW, pack=pack) as console:
        await console.settled()
        await console.press("6", "m")
        assert len(console.app.screen_stack) == 1
        # Without a device it is a letter of its name.
        assert console.app.main.picker.filter_input.value == "m"
        await console.press("escape")
        await console.open()
        await console.press("7")
        assert console.app.main.active_name == "usb"
        assert "7 USB dev… …" in tabs(console)
        await console.press("0")
        assert console.toasts == ["there is no pane 10: the pack has 7"]
        assert console.app.main.active_name == "usb"
        await console.press("tab")
        assert "USB" not in tabs(console)


async def test_keys_and_palette_name_the_panes(demo: Remembering, case: Path, pack: str) -> None:
    async with driven(demo, case, WIDE, pack=pack) as console:
        await console.open()
        offered = {each.title for each in console.app.get_system_commands(console.app.screen)}
        assert {"Sixth pane: Remotes", "Seventh pane: USB devices", "Eighth pane"} <= offered
        await console.press("question_mark")
        said = await read_to_the_end(console)
        assert "7 The seventh pane, where there is one. (USB devices)" in " ".join(said.split())


async def test_another_window_brings_data_and_takes_it_away(case: Path, pack: str) -> None:
    plugged = event("Peripheral", 30, {"Name": "stick"})
    source = evidence(*heard(), plugged)
    async with driven(source, case, NARROW, pack=pack, last="24h") as console:
        await console.open("cam-1")
        await console.press("7")
        assert "Not asked: " in console.text
        await console.press("+")
        await console.settled()
        assert console.keys_of("usb") == ["stick"]
        assert "7 USB devices 1" in tabs(console)
        await console.press("-")
        await console.settled()
        assert "Not asked: " in console.text
    source.close()


async def test_a_failed_pane_is_told_and_asked_again(
    demo: Remembering, case: Path, pack: str
) -> None:
    source = Told(demo, failing={"remotes": "the service is busy [/x]"})
    async with driven(source, case, NARROW, pack=pack) as console:
        await console.open()
        assert "6 Remotes ✗" in tabs(console)
        await console.press("6")
        assert "This could not be answered: the service is busy [/x]" in console.text
        source.failing.clear()
        await console.press("r")
        await console.settled()
        assert "Remotes  complete" in console.text


async def test_the_summary_has_what_was_asked(
    demo: Remembering, case: Path, pack: str, world: Path
) -> None:
    async with driven(demo, case, NARROW, pack=pack) as console:
        await console.open()
        await console.press("6", "s")
        console.app.open_question(opened())
        await console.settled()
        await console.press("s", "x", "ctrl+u", *"all.json", "enter")
        assert "written to" in console.toasts[-1]
    said = json.loads((world / "all.json").read_text("utf-8"))
    assert [asked["question"] for asked in said["questions"]] == [*PANES, "remotes", "mine"]
    judged = [found for found in said["findings"] if found["verdict"] == "suspicious"]
    assert [found["question"] for found in judged] == ["remotes", "mine"]


# Opened besides


async def test_a_question_is_opened_replaced_and_closed(
    demo: Remembering, case: Path, pack: str
) -> None:
    async with driven(demo, case, WIDE, pack=pack) as console:
        console.app.open_question(opened())
        await console.until(lambda: console.toasts)
        assert console.toasts == ["there is no device to ask about: pick one first"]
        await console.open()
        console.app.open_question(opened())
        await console.until(lambda: console.app.main.active_name == "mine")
        await console.settled()
        assert tabs(console).rstrip().endswith(" Mine 3")
        await console.press("s")
        text = "SecurityAlert | take 1 | project Name = AlertName"
        console.app.open_question(opened(title="Mine again [/x]", text=text))
        await console.settled()
        await console.until(lambda: "Mine again [/x]  complete · 1 row" in console.text)
        assert tabs(console).count("Mine") == 1
        # Another window asks it again, like every pane.
        await console.press("-")
        await console.settled()
        assert console.app.rows("mine") is not None
        suspicious = len(list(console.app.casebook.judged(CAM, "plant-7")))
        assert suspicious == 1
        await console.press("ctrl+w")
        assert console.app.main.active_name == "alerts"
        assert "Mine" not in tabs(console)
        assert len(list(console.app.casebook.judged(CAM, "plant-7"))) == suspicious
        console.forget_toasts()
        await console.press("6", "ctrl+w")
        assert console.toasts == ["Remotes is a pane of the pack and stays"]
        assert console.app.main.active_name == "remotes"


async def test_what_was_opened_goes_with_its_device(
    demo: Remembering, case: Path, pack: str
) -> None:
    source = Told(demo)
    async with driven(source, case, NARROW, pack=pack) as console:
        await console.open()
        console.app.open_question(opened("fleet", "Fleet", is_about_fleet=True))
        console.app.open_question(opened())
        await console.settled()
        await console.until(lambda: console.app.main.active_name == "mine")
        await console.press("d")
        await console.type(OTHER)
        await console.press("enter")
        await console.settled()
        assert "Fleet 3" in tabs(console)
        assert "Mine" not in tabs(console)
        assert not console.app.main.has_pane("mine")
        assert ("fleet", OTHER) in source.asked
        # The name is free again.
        console.app.open_question(opened())
        await console.until(lambda: "Mine  complete" in console.text)


@pytest.mark.parametrize("name", ["users", "remotes", "devices", "coverage"])
async def test_the_names_of_the_pack_are_taken(
    name: str, demo: Remembering, case: Path, pack: str
) -> None:
    async with driven(demo, case, NARROW, pack=pack) as console:
        await console.open()
        with pytest.raises(ValueError, match="is a question of the pack"):
            console.app.open_question(opened(name))


async def test_closing_while_it_is_asked(demo: Remembering, case: Path) -> None:
    source = Told(demo, held=gates("mine"))
    async with driven(source, case, NARROW) as console:
        await console.open()
        console.app.open_question(opened())
        await console.until(lambda: "asking …" in console.text)
        await console.press("ctrl+w")
        assert ("mine", CAM) in source.cancelled
        source.held["mine"].set()
        await console.settled()
        assert console.app.rows("mine") is None
        assert "Mine" not in tabs(console)


# Going on


@pytest.mark.parametrize("left_at", ["6", "5"])
async def test_going_on_in_a_pane_beyond_the_five(
    left_at: str, demo: Remembering, case: Path, pack: str, tmp_path: Path
) -> None:
    from iotriage.tui.places import PlaceKeeper

    rows = []
    for again in (False, True):
        keeper = PlaceKeeper(tmp_path / "places")
        async with driven(demo, case, NARROW, pack=pack, places=keeper) as console:
            if again:
                await console.until(lambda: "Go on where you were?" in console.text)
                await console.press("y")
                await console.until(lambda: console.app.rows("remotes"))
            else:
                await console.open()
                await console.press("6", "/", *"1", "enter", "down", "down", left_at)
            pane = console.pane("remotes")
            rows.append((pane.needle, pane.table.cursor_row, console.app.main.active_name))
            console.app.exit()
        keeper.close()
    assert rows[0] == rows[1]
    assert rows[0][:2] == ("1", 2)


async def test_a_place_of_another_pack_leads_to_the_device(
    demo: Remembering, case: Path, pack: str, tmp_path: Path
) -> None:
    from iotriage.tui.places import PlaceKeeper

    for name in (pack, "guide"):
        keeper = PlaceKeeper(tmp_path / "places")
        async with driven(demo, case, NARROW, pack=name, places=keeper) as console:
            if name == "guide":
                await console.until(lambda: "plant-7 / cam-0231, Alerts" in console.text)
                await console.press("y")
                await console.settled()
                assert console.app.scope.device == CAM
                assert console.app.main.active_name == "alerts"
                assert console.toasts == []
            else:
                await console.open()
                await console.press("6")
            console.app.exit()
        keeper.close()


# The tabs

_counts = st.sampled_from(["0", "34", "100,000", "failed", "…"])


@st.composite
def many_tabs(draw: Callable[..., Any]) -> list[Tab]:
    others = draw(
        st.lists(st.sampled_from(["Connections", "USB", "周辺機器", "A" * 40]), max_size=9)
    )
    names = [*PANES, *(f"other{at}" for at in range(len(others)))]
    titles = [*(name.capitalize() for name in PANES), *others]
    keys = [
        str(n % 10) if n <= 10 and draw(st.booleans() if n > 5 else st.just(True)) else ""
        for n in range(1, len(names) + 1)
    ]
    return [
        Tab(name, key, title, draw(_counts), draw(st.sampled_from(["", "!1", "!12"])))
        for name, key, title in zip(names, keys, titles, strict=True)
    ]


@given(many_tabs(), st.integers(80, 170), st.data())
def test_what_has_no_room_is_counted(tabs: list[Tab], width: int, data: st.DataObject) -> None:
    active = data.draw(st.sampled_from(tabs)).name
    runs = tab_runs(tabs, active, width, False, more="m")
    line = "".join(text for text, _ in runs)
    assert cell_len(line) <= width
    # The five, and the open one with its title, whatever there is no room for.
    told = [text for text, tone in runs if tone == "accent"]
    (tab,) = (tab for tab in tabs if tab.name == active)
    assert len(told) == 1
    words = told[0].removeprefix(f" {tab.key}").strip()
    title = words.rpartition(" ")[0] if tab.count != "failed" else words
    assert tab.title == title or (title.endswith("…") and tab.title.startswith(title[:-1]))
    for key, five in zip("12345", tabs, strict=False):
        assert f" {key} " in line or f" {key}" in line
        assert five.count == "failed" or five.count in line
    # Each of the others stands there, or among those that are counted.
    left = int(line.rpartition(" m +")[2].split()[0]) if " m +" in line else 0
    drawn = sum(tone in ("accent", "muted") for _, tone in runs) - bool(left)
    assert drawn + left == len(tabs)
    if not left:
        signs = [text.strip() for text, tone in runs if tone == "suspicious"]
        assert signs == [tab.sign for tab in tabs if tab.sign]
    total = sum(int(tab.sign[1:]) for tab in tabs if tab.sign)
    assert total == sum(int(text.strip(" !")) for text, tone in runs if tone == "suspicious")
