"""Windows: what may be written, and that no step of a key ever makes an impossible one."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iotriage.queries.window import Window, WindowError, clamped, parse_moment, parse_span

MOMENTS = st.datetimes(timezones=st.just(UTC))
MINUTE = timedelta(minutes=1)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    one, two = draw(MOMENTS), draw(MOMENTS)
    if one == two:
        one, two = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)
    return Window(min(one, two), max(one, two))


def day(start: str = "2026-03-02", end: str = "2026-03-03") -> Window:
    return Window(parse_moment(start), parse_moment(end))


def test_a_window_ends_after_it_starts() -> None:
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    for end in (moment, moment - timedelta(microseconds=1)):
        with pytest.raises(WindowError, match=r"before it starts .* give an end later"):
            Window(moment, end)
    assert Window(moment, moment + timedelta(microseconds=1)).length == timedelta(microseconds=1)


def test_a_window_scales_about_its_middle() -> None:
    assert day().scaled(2) == day("2026-03-01T12:00", "2026-03-03T12:00")
    assert day().scaled(0.5) == day("2026-03-02T06:00", "2026-03-02T18:00")
    assert day().scaled(1) == day()
    assert day().scaled(0).length == MINUTE
    assert day().around(parse_moment("2026-03-02T12:00")) == day(
        "2026-03-02T11:00", "2026-03-02T13:00"
    )


@given(windows(), st.floats(0, 1e12, allow_nan=False))
def test_scaling_never_fails_nor_falls_below_a_minute(window: Window, factor: float) -> None:
    scaled = window.scaled(factor)
    assert scaled.length >= MINUTE
    assert datetime(1900, 1, 1, tzinfo=UTC) <= scaled.start
    assert scaled.end <= datetime(9999, 1, 1, tzinfo=UTC)


@given(windows(), MOMENTS, st.timedeltas(timedelta(seconds=1), timedelta(days=4_000_000)))
def test_around_any_moment_is_a_window(window: Window, moment: datetime, half: timedelta) -> None:
    # A device may claim any time at all.
    around = window.around(moment, half)
    assert around.length > timedelta(0)
    if datetime(1901, 1, 1, tzinfo=UTC) < moment < datetime(9998, 1, 1, tzinfo=UTC):
        assert around.start <= moment < around.end


@given(
    st.datetimes(datetime(1950, 1, 1), datetime(2900, 1, 1), timezones=st.just(UTC)),
    st.timedeltas(timedelta(seconds=1), timedelta(days=10_000)),
)
def test_inside_the_calendar_nothing_is_cut(moment: datetime, half: timedelta) -> None:
    assert clamped(moment, half) == Window(moment - half, moment + half)


SPANS = {
    "90m": timedelta(minutes=90),
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "4w": timedelta(weeks=4),
    " 5 d ": timedelta(days=5),
    "036h": timedelta(hours=36),
    "36500d": timedelta(days=36500),
}


@pytest.mark.parametrize("text", SPANS)
def test_a_span_is_read(text: str) -> None:
    assert parse_span(text) == SPANS[text]


@pytest.mark.parametrize(
    "text",
    ["", " ", "7", "d", "0d", "000h", "-1d", "1.5h", "7 days", "7D", "1d2h", "1y", "7d;", "1e3d",
     "36501d", "999999w", "1234567m", "7d\nx", "∞"],
)  # fmt: skip
def test_what_is_no_span_says_what_to_write(text: str) -> None:
    with pytest.raises(WindowError, match="write 90m, 24h, 7d or 4w") as caught:
        parse_span(text)
    assert len(str(caught.value).splitlines()) == 1


WRITTEN = {
    "2026-11-20": datetime(2026, 11, 20),
    "2026-11-20T09": datetime(2026, 11, 20, 9),
    "2026-11-20T09:00": datetime(2026, 11, 20, 9),
    "2026-11-20 09:00:01.5": datetime(2026, 11, 20, 9, 0, 1, 500_000),
    "2026-11-20T09:00Z": datetime(2026, 11, 20, 9),
    "2026-11-20T09:00+02:00": datetime(2026, 11, 20, 7),
    " 2026-11-20T00:00-05:30 ": datetime(2026, 11, 20, 5, 30),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_a_moment_is_read_as_utc(text: str) -> None:
    moment = parse_moment(text)
    assert moment == WRITTEN[text].replace(tzinfo=UTC)
    assert moment.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    ["", "today", "09:00", "2026-13-01", "2026-02-30", "20.11.2026", "0000-01-01", "10000-01-01",
     "0001-01-01T00:00+01:00", "9999-12-31T23:59-01:00", "2026-11-20T25:00", "2026-11-20\nx"],
)  # fmt: skip
def test_what_is_no_moment_says_what_to_write(text: str) -> None:
    with pytest.raises(WindowError, match="is no time: write 2026-11-20") as caught:
        parse_moment(text)
    assert len(str(caught.value).splitlines()) == 1


@given(st.text())
def test_any_text_is_a_span_or_a_window_error(text: str) -> None:
    with suppress(WindowError):
        assert parse_span(text) > timedelta(0)


@given(st.text())
def test_any_text_is_a_moment_or_a_window_error(text: str) -> None:
    with suppress(WindowError):
        assert parse_moment(text).utcoffset() == timedelta(0)


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=14))])))
def test_a_moment_that_is_shown_is_read_back(moment: datetime) -> None:
    try:
        assert parse_moment(moment.isoformat()) == moment
    except WindowError:
        # Its UTC is before the first year.
        assert moment.year == 1
