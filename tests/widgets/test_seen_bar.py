"""The picture of when a row was first and last seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iotriage.queries.window import Window
from iotriage.tui.widgets.time_axis import seen_bar

START = datetime(2026, 11, 20, 9, tzinfo=UTC)
DAY = Window(START, START + timedelta(hours=24))
HOURS = st.integers(-48 * 60, 72 * 60).map(lambda minutes: minutes / 60)


def bar(first: float, last: float, width: int = 8, **options: bool) -> str:
    """Of hours after the start of the day."""
    moments = (START + timedelta(hours=hours) for hours in (first, last))
    return seen_bar(DAY, *moments, width, **options)


@pytest.mark.parametrize(
    ("first", "last", "drawn"),
    [
        (0, 24, "■■■■■■■■"),
        (0, 0, "■·······"),
        (9, 17.9, "···■■■··"),
        (3, 3, "·■······"),
        (23.9, 24, "·······■"),
        (-5, 4, "■■······"),
        (22, 40, "·······■"),
        (-9, 50, "■■■■■■■■"),
        (-9, -1, "········"),
        (24, 30, "········"),
        (17.9, 9, "···■■■··"),
    ],
)
def test_the_part_of_the_window(first: float, last: float, drawn: str) -> None:
    assert bar(first, last) == drawn
    assert bar(first, last, ascii_only=True) == drawn.translate({0xB7: ".", 0x25A0: "#"})


@given(HOURS, HOURS, st.integers(1, 40))
def test_a_stretch_is_whole_and_never_too_wide(first: float, last: float, width: int) -> None:
    drawn = bar(first, last, width)
    assert len(drawn) == width
    first, last = sorted((first, last))
    full = drawn.strip("·")
    assert set(full) <= {"■"}
    # Of what was seen inside there is always something to see.
    assert bool(full) == (last >= 0 and first < 24)


def test_a_moment_without_a_zone_is_utc() -> None:
    naive = datetime(2026, 11, 20, 12)
    assert seen_bar(DAY, naive, naive, 8) == "·■······"
