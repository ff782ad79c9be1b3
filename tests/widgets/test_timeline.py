from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iotriage.queries.window import Window
from iotriage.tui.widgets.time_axis import marked, place, ticks
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
