"""Going along the alerts of a device in their picture, which is no new question."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .driving import SIZES, WIDE, Driver, driven
from .sources import Remembering, Told


def cursor(console: Driver) -> int:
    return console.pane("alerts").table.cursor_row


def marked(console: Driver) -> str:
    """The time that stands at the mark of the time line."""
    found = re.search(r"▲(\d\d:\d\d)|(\d\d:\d\d)(:\d\d)?▲", console.text)
    assert found, console.text
    return found[1] or found[2]


@pytest.mark.parametrize("size", SIZES)
async def test_every_group_is_reached_and_then_every_alert(
    size: tuple[int, int], demo: Remembering, case: Path
) -> None:
    async with driven(demo, case, size) as console:
        await console.open()
        rows = console.app.rows_of("alerts")
        moments = [rows.record(at)["FirstGenerated"] for at in range(len(rows))]
        seen = [cursor(console)]
        while True:
            await console.press("]")
            if cursor(console) == seen[-1]:
                break
            seen.append(cursor(console))
        assert 2 < len(seen) < len(rows)
        assert [moments[at] for at in seen] == sorted({moments[at] for at in seen})
        back = [cursor(console)]
        for _ in seen[1:]:
            await console.press("[")
            back.append(cursor(console))
        assert back == seen[::-1]
        # Closer, what stood together is told apart.
        await console.press("]", *"zzzzzzzz")
        near = cursor(console)
        await console.press("]")
        assert near < cursor(console) <= seen[2]


@pytest.mark.parametrize("size", SIZES)
async def test_closer_asks_nothing(size: tuple[int, int], demo: Remembering, case: Path) -> None:
    source = Told(demo, name=demo.name)
    async with driven(source, case, size) as console:
        await console.open()
        await console.press("5", "1")
        asked, window = len(source.asked), console.app.scope.window
        before = console.text
        await console.press("z", "z")
        assert "zoom 4x: " in console.text
        # From any pane, since the picture is always there.
        await console.press("5", "]")
        assert cursor(console) > 0
        await console.press("1", "home", "Z", "Z", "Z")
        assert console.text == before
        assert (len(source.asked), console.app.scope.window) == (asked, window)


async def test_each_alert_is_in_the_picture_while_it_is_chosen(
    demo: Remembering, case: Path
) -> None:
    async with driven(demo, case, WIDE) as console:
        await console.open()
        await console.press(*"zzzzz")
        rows = console.app.rows_of("alerts")
        for at in range(len(rows)):
            assert cursor(console) == at
            assert marked(console) == f"{rows.record(at)['FirstGenerated']:%H:%M}"
            await console.press("down")


async def test_in_the_picker_the_letter_begins_a_name(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, WIDE) as console:
        await console.settled()
        await console.press("[", "]", "z", "Z")
        assert console.app.main.picker.filter_input.value == "zZ"
        assert console.app.scope is None
