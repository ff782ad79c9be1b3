"""Rows chosen one by one, in a stretch or all at once, and one verdict for all of them."""

from __future__ import annotations

from pathlib import Path

from .driving import NARROW, driven
from .sources import Remembering

ALL = 34


async def test_chosen_rows_get_the_verdict_and_no_other(demo: Remembering, case: Path) -> None:
    async with driven(demo, case) as console:
        await console.open()
        await console.press("5")
        names = console.keys_of("processes")
        await console.press("home", "space", "down", "space", "space", "up", "space")
        assert "3 selected" not in console.text
        # Space went down each time: rows 0, 2 were chosen, 3 chosen and, after "up", left out.
        assert "2 selected" in console.text
        await console.press("s")
        assert console.counts()[0] == 2
        assert "selected" not in console.text
        rows = console.app.rows_of("processes")
        marked = [names[place] for place in sorted(rows.judged.standings)]
        assert marked == [names[0], names[2]]


async def test_a_stretch_follows_the_cursor(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open()
        await console.press("5", "home", "down", "v", "down", "down")
        assert "3 selected" in console.text
        await console.press("down", "up", "v", "down", "down")
        assert "3 selected" in console.text
        await console.press("e")
        assert console.counts()[1] == 3
        await console.press("ctrl+z")
        assert console.counts()[1] == 0


async def test_a_verdict_ends_a_stretch_that_was_left_open(demo: Remembering, case: Path) -> None:
    async with driven(demo, case) as console:
        await console.open()
        await console.press("4", "home", "v", "down", "down", "s")
        assert console.counts()[0] == 3
        await console.press("down", "down", "s")
        assert console.counts()[0] == 4


async def test_all_that_a_filter_leaves_is_marked_after_a_yes(
    demo: Remembering, case: Path
) -> None:
    async with driven(demo, case) as console:
        await console.open()
        await console.press("5", "slash", *"/tmp/.x", "enter")
        left = len(console.app.rows_of("processes"))
        assert 1 < left < ALL
        await console.press("a", "s")
        assert f"Mark {left} rows of Processes as suspicious?" in console.text
        await console.press("escape")
        assert console.counts()[0] == 0
        await console.press("s", "y")
        assert console.counts()[0] == left
        await console.press("ctrl+z")
        assert console.counts()[0] == 0
        await console.press("ctrl+r")
        assert console.counts()[0] == left


async def test_escape_chooses_none_and_a_again_too(demo: Remembering, case: Path) -> None:
    async with driven(demo, case) as console:
        await console.open()
        await console.press("5", "a")
        assert f"{ALL} selected" in console.text
        await console.press("a")
        assert "selected" not in console.text
        await console.press("space", "escape")
        assert "selected" not in console.text
        await console.press("end", "e")
        assert console.counts()[1] == 1


async def test_what_a_filter_hides_is_not_chosen_with_the_rest(
    demo: Remembering, case: Path
) -> None:
    async with driven(demo, case) as console:
        await console.open()
        await console.press("5", "a", "e", "enter")
        assert console.counts()[1] == ALL
        await console.press("h")
        assert f"{ALL} expected hidden" in console.text
        assert len(console.app.rows_of("processes")) == 0
