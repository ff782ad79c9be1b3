from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iotriage.queries.window import Window
from iotriage.tui.widgets.time_axis import (
    beside,
    closer,
    column,
    marked,
    moment_text,
    most_halvings,
    place,
    ticks,
)
from iotriage.tui.widgets.timeline import Timeline, buckets
from textual.app import App, ComposeResult

START = datetime(2026, 11, 20, 9, tzinfo=UTC)
DAY = Window(START, START + timedelta(hours=24))
MOMENTS = st.datetimes(
    datetime(2026, 11, 19),
    datetime(2026, 11, 23),
    timezones=st.just(UTC),
)
SEVERITIES = st.sampled_from(["High", "high", "Medium", "Low", "Informational", "", "Extreme"])


def window(**length: float) -> Window:
    return Window(START, START + timedelta(**length))


@given(st.lists(st.tuples(MOMENTS, SEVERITIES)), st.integers(1, 200))
def test_every_alert_of_the_window_is_in_one_bucket(
    points: list[tuple[datetime, str]], width: int
) -> None:
    counts = buckets(DAY, points, width)
    inside = [severity for moment, severity in points if DAY.start <= moment < DAY.end]
    assert sum(map(sum, counts.values())) == len(inside)
    assert sum(counts["High"]) == sum(severity.lower() == "high" for severity in inside)
    assert all(len(row) == width for row in counts.values())
    assert ("Other" in counts) == any(severity in ("", "Extreme") for severity in inside)


def test_buckets_split_the_window_evenly() -> None:
    points = [(START, "High"), (START + timedelta(hours=12), "High"), (DAY.end, "High")]
    assert buckets(DAY, points, 2)["High"] == [1, 1]
    assert buckets(DAY, [(DAY.end - timedelta(microseconds=1), "Low")], 7)["Low"][6] == 1
    assert buckets(DAY, points, 0)["High"] == []


@given(st.timedeltas(timedelta(minutes=1), timedelta(days=20000)), MOMENTS, st.integers(0, 200))
def test_labels_do_not_touch_and_stand_where_their_moment_is(
    length: timedelta, start: datetime, width: int
) -> None:
    asked = Window(start, start + length)
    free = 0
    for cell, label in ticks(asked, width):
        assert cell >= free
        assert cell + len(label) <= width
        free = cell + len(label) + 1


@pytest.mark.parametrize(
    ("asked", "width", "labels"),
    [
        (DAY, 96, ["09h", "12h", "15h", "18h", "21h", "00h", "03h", "06h"]),
        (DAY, 48, ["09h", "15h", "21h", "03h"]),
        (window(hours=1), 60, ["09:00", "09:15", "09:30", "09:45"]),
        (window(days=7), 100, [f"Nov {day}" for day in range(21, 28)]),
        (window(days=400), 80, ["Jan 2027", "Apr 2027", "Jul 2027", "Oct 2027"]),
        (Window(START + timedelta(minutes=37), DAY.end), 48, ["12h", "18h", "00h", "06h"]),
    ],
)
def test_labels(asked: Window, width: int, labels: list[str]) -> None:
    assert [label for _, label in ticks(asked, width)] == labels


def test_the_end_of_the_calendar_has_an_axis_too() -> None:
    end = datetime(9999, 1, 1, tzinfo=UTC)
    assert ticks(Window(datetime(1900, 1, 1, tzinfo=UTC), end), 80)
    assert ticks(Window(end - timedelta(days=1), end), 80)


def test_the_mark_pushes_labels_away() -> None:
    labels = [(0, "09h"), (10, "12h"), (20, "15h")]
    assert marked(labels, 24, 12, "▲", "13:40") == "09h         ▲13:40  15h "
    assert marked(labels, 24, 21, "▲", "15:10") == "09h       12h   15:10▲  "
    assert marked(labels, 3, 1, "▲", "09:10") == " ▲ "
    assert marked(labels, 24, None, "▲", "") == "09h       12h       15h "
    assert place(DAY, DAY.end, 24) is None


@given(st.timedeltas(timedelta(seconds=1), timedelta(days=20000)), st.floats(0, 0.999999))
def test_closer_shows_the_moment_and_nothing_outside_the_window(
    length: timedelta, share: float
) -> None:
    asked = Window(START, START + length)
    moment = START + length * share
    for halvings in range(most_halvings(asked) + 1):
        seen = closer(asked, moment, halvings)
        assert asked.start <= seen.start <= moment < seen.end <= asked.end
        assert seen.length >= min(length, timedelta(minutes=1))
        assert abs(seen.length * 2**halvings - length) <= timedelta(microseconds=2**halvings)
    assert closer(asked, moment, 0) == asked


def test_columns_go_on_beyond_the_window() -> None:
    hours = [-1, 0, 0.5, 23.9, 24, 30]
    assert [column(DAY, START + timedelta(hours=h), 24) for h in hours] == [-1, 0, 0, 23, 24, 30]
    assert column(DAY, START + timedelta(hours=5), 0) == 0


def test_the_next_taken_column() -> None:
    columns = [-3, 4, 4, 9, 9, 9, 20]
    assert [beside(columns, index, 1) for index in range(7)] == [1, 3, 3, 6, 6, 6, 6]
    assert [beside(columns, index, -1) for index in range(7)] == [0, 0, 0, 1, 1, 1, 3]
    assert beside([9, 4, 9], 1, 1) == 0


def test_a_moment_has_seconds_where_there_is_room_for_them() -> None:
    moment = START + timedelta(seconds=61)
    assert moment_text(window(minutes=30), moment) == "09:01:01"
    assert moment_text(window(minutes=31), moment) == "09:01"


class TimelineApp(App[None]):
    def __init__(self, **options: Any) -> None:
        super().__init__()
        self.timeline = Timeline(**options)

    def compose(self) -> ComposeResult:
        yield self.timeline

    @property
    def lines(self) -> list[str]:
        return [self.timeline.render_line(y).text for y in range(self.timeline.size.height)]


POINTS = [
    (START + timedelta(minutes=5), "High"),
    *((START + timedelta(hours=12, minutes=5), "Medium") for _ in range(8)),
    *((START + timedelta(hours=18, minutes=5), "Low") for _ in range(3)),
]


async def test_one_line_a_severity() -> None:
    app = TimelineApp()
    async with app.run_test(size=(57, 12)) as pilot:
        assert [line.strip() for line in app.lines] == [""] * 5
        app.timeline.set_alerts(DAY, POINTS)
        await pilot.pause()
        assert app.timeline.size.height == 5
        assert app.lines[0] == " High   ·".ljust(57)
        assert app.lines[1] == (" Medium " + " " * 24 + "█").ljust(57)
        assert app.lines[2] == (" Low    " + " " * 36 + "▃").ljust(57)
        assert app.lines[3].split() == ["09h", "15h", "21h", "03h"]
        app.timeline.set_selected(START + timedelta(hours=12))
        assert app.lines[3].index("▲21:00") == 8 + 24
        app.timeline.set_selected(None)
        assert "▲" not in app.lines[3]


async def test_further_severities_only_where_there_are_any() -> None:
    app = TimelineApp(names={"Informational": "情報"})
    async with app.run_test(size=(57, 12)) as pilot:
        extra = [(START, "Informational"), (START, "\x1b[1mOdd")]
        app.timeline.set_alerts(DAY, [*POINTS, *extra])
        await pilot.pause()
        assert app.timeline.size.height == 6
        assert [line.split()[0] for line in app.lines[:5]] == [
            "High",
            "Medium",
            "Low",
            "情報",
            "Other",
        ]
        assert {app.timeline.render_line(y).cell_length for y in range(6)} == {57}


async def test_compact_keeps_words_and_counts() -> None:
    app = TimelineApp(compact=True)
    async with app.run_test(size=(50, 12)) as pilot:
        app.timeline.set_alerts(DAY, [*POINTS, (START + timedelta(hours=18, minutes=6), "High")])
        await pilot.pause()
        assert app.timeline.size.height == 3
        assert app.lines[0].split("  ")[:3] == [" High 2", "Medium 8", "Low 3"]
        assert app.lines[1] == (" ·" + " " * 23 + "█" + " " * 11 + "▄").ljust(50)
        styles = [
            segment.style
            for segment in app.timeline.render_line(1)
            if segment.text.strip(" ") and segment.style
        ]
        assert styles[0].color == styles[2].color != styles[1].color
        app.timeline.set_compact(False)
        await pilot.pause()
        assert app.timeline.size.height == 5


async def test_no_alerts_are_said_calmly() -> None:
    app = TimelineApp()
    async with app.run_test(size=(57, 12)) as pilot:
        app.timeline.set_alerts(DAY, [(DAY.end, "High")])
        await pilot.pause()
        assert app.lines[0].strip() == "no alerts in this window"
        assert app.lines[3].split()[0] == "09h"


@pytest.mark.parametrize("width", [1, 5, 10, 33, 200])
@pytest.mark.parametrize("compact", [False, True])
async def test_any_width_in_ascii(width: int, compact: bool) -> None:
    app = TimelineApp(ascii_only=True, compact=compact)
    async with app.run_test(size=(60, 12)) as pilot:
        app.timeline.set_alerts(DAY, POINTS)
        app.timeline.set_selected(POINTS[-1][0])
        await pilot.resize_terminal(width, 12)
        await pilot.pause()
        assert all(line.isascii() for line in app.lines)
        for y in range(app.timeline.size.height):
            assert app.timeline.render_line(y).cell_length == width


async def test_closer_and_further_off() -> None:
    app = TimelineApp()
    async with app.run_test(size=(57, 12)) as pilot:
        timeline = app.timeline
        timeline.set_alerts(DAY, POINTS)
        timeline.zoom(1)
        await pilot.pause()
        before = app.lines
        assert not any("zoom" in line for line in before)
        middle = POINTS[4][0]
        timeline.set_selected(middle)
        timeline.zoom(1)
        timeline.zoom(1)
        await pilot.pause()
        assert app.lines[4] == " zoom 4x: 8 of 12 alerts, 18:05 to 00:05".ljust(57)
        assert app.lines[1].strip().removeprefix("Medium").strip() == "█"
        assert app.lines[0].strip() == "High"
        assert app.lines[1].index("█") == app.lines[3].index("▲21:05")
        # An alert that is not seen brings the picture along.
        timeline.set_selected(POINTS[0][0])
        await pilot.pause()
        assert app.lines[4] == " zoom 4x: 1 of 12 alerts, 09:00 to 15:00".ljust(57)
        assert app.lines[0].index("·") == app.lines[3].index("▲09:05")
        # As it is drawn again after a verdict.
        timeline.set_alerts(DAY, POINTS)
        assert "zoom 4x" in app.lines[4]
        for _ in range(3):
            timeline.zoom(-1)
        timeline.set_selected(None)
        await pilot.pause()
        assert app.lines == before
        timeline.set_selected(middle)
        timeline.zoom(1)
        timeline.set_alerts(window(hours=25), POINTS)
        assert "zoom" not in "".join(app.lines)


async def test_as_close_as_a_minute() -> None:
    app = TimelineApp(compact=True)
    async with app.run_test(size=(57, 12)) as pilot:
        app.timeline.set_alerts(DAY, POINTS)
        app.timeline.set_selected(POINTS[4][0])
        for _ in range(40):
            app.timeline.zoom(1)
        await pilot.pause()
        assert app.lines[0] == " Medium 8  zoom 1024x: 8 of 12 alerts".ljust(57)
        assert "▲21:05:00" in app.lines[2]
        assert app.lines[1].count("█") == 1


@pytest.mark.parametrize("compact", [False, True])
@pytest.mark.parametrize("severities", [("High",), ("Informational", "Odd", "Low")], ids=len)
async def test_that_it_is_closer_is_said_in_ascii_too(
    compact: bool, severities: tuple[str, ...]
) -> None:
    app = TimelineApp(compact=compact, ascii_only=True)
    async with app.run_test(size=(80, 12)) as pilot:
        app.timeline.set_alerts(DAY, [(START, severity) for severity in severities])
        app.timeline.set_selected(START)
        app.timeline.zoom(1)
        await pilot.pause()
        text = "\n".join(app.lines)
        assert f"zoom 2x: {len(severities)} of {len(severities)} alerts" in text
        assert text.isascii()
