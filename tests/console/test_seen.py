"""Where there is room each row shows when it was seen, in the window that was asked about."""

from __future__ import annotations

from pathlib import Path

import pytest

from .driving import NARROW, WIDE, Driver, driven
from .sources import Remembering

#: Panes that say when a row was first and last seen.
DRAWN = {"2": "users", "3": "ports", "4": "logins", "5": "processes"}


def cell(console: Driver, name: str, label: str, key: str) -> str:
    """What stands below ``label`` in the row of ``key``."""
    rows = console.app.rows_of(name)
    at = console.keys_of(name).index(key)
    return rows[at].cells[rows.labels.index(label)]


async def test_every_pane_with_two_moments_draws_them(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, WIDE) as console:
        await console.open()
        for key, name in DRAWN.items():
            await console.press(key)
            rows = console.app.rows_of(name)
            at = rows.labels.index("Seen")
            assert rows.labels[at - 1] == "Last"
            assert all(len(rows[index].cells[at]) == 8 for index in range(len(rows)))
            assert all(rows[index].cells[at].strip("·") for index in range(len(rows)))
            # The columns after it are still those of their labels, numbers to the right.
            names = [column.label for column in rows.question.shown]
            numbers = {rows.labels[at] for at in rows.numeric}
            assert [label for label in rows.labels if label not in ("Seen", "Seen on")] == names
            assert "Seen" not in numbers
            assert numbers <= {"Runs", "Attempts", "Peers", "Port", "To port"}
        assert "Peers" in {console.app.rows_of("ports").labels[at] for at in rows_numeric(console)}
        assert "Seen" not in console.app.rows_of("alerts").labels
        assert cell(console, "users", "Seen", "root") == "■■■■■■■■"
        assert cell(console, "users", "Seen", "svc-backup") == "······■■"


def rows_numeric(console: Driver) -> frozenset[int]:
    return console.app.rows_of("ports").numeric


@pytest.mark.parametrize(("columns", "width"), [(119, 0), (120, 4), (131, 4), (132, 8), (400, 8)])
async def test_it_takes_the_room_there_is(
    columns: int, width: int, demo: Remembering, case: Path
) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open()
        await console.press("2")
        assert "Seen" not in console.text
        await console.pilot.resize_terminal(columns, 40)
        await console.pilot.pause()
        drawn = f"{'·' * (width * 3 // 4)}{'■' * (width // 4)}"
        if not width:
            assert "Seen" not in console.text
        else:
            (line,) = (line for line in console.lines if " svc-backup " in line)
            assert f"  {drawn}  yes" in line
            assert cell(console, "users", "Seen", "svc-backup") == drawn
        await console.pilot.resize_terminal(*NARROW)
        await console.pilot.pause()
        assert "Seen" not in console.text


async def test_it_is_about_the_window(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, WIDE) as console:
        await console.open()
        await console.press("5")
        day = cell(console, "processes", "Seen", "/usr/bin/id")
        await console.press("w", *"6h", "enter")
        await console.settled()
        assert (day, cell(console, "processes", "Seen", "/usr/bin/id")) == ("······■·", "■·······")


async def test_in_ascii(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, WIDE, ascii_only=True) as console:
        await console.open()
        await console.press("2")
        assert cell(console, "users", "Seen", "svc-backup") == "......##"
        assert console.text.isascii()


async def test_a_clock_of_the_device_is_not_drawn(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, WIDE, pack="guide") as console:
        await console.open()
        await console.press("5")
        assert "Seen" not in console.app.rows_of("processes").labels
