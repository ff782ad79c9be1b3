"""The status line: what gives way where there is no room, and what never does."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from iotriage.queries.asking import Scope
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.packs.loading import PANES
from iotriage.queries.printable import printable
from iotriage.queries.window import Window
from iotriage.tui.keymap import REGISTRY
from iotriage.tui.screens.frame import tab_runs
from iotriage.tui.screens.standing import Counts, Tab
from iotriage.tui.screens.status import status_lines
from iotriage.tui.words import window_words
from rich.cells import cell_len

from .driving import NARROW, driven, utc
from .sources import NOW


@dataclass
class Stub:
    """What the status line asks of the desk."""

    source_words: str
    scope: Scope | None
    counted: Counts
    keymap: Any = REGISTRY
    pack: Any = field(default_factory=lambda: SimpleNamespace(name="exact"))

    @property
    def device_name(self) -> str:
        """None but its id."""
        return ""

    def counts(self) -> Counts:
        return self.counted

    def clock(self) -> datetime:
        return NOW


def told(stub: Stub, width: int, lines: int, ascii_only: bool = False) -> list[str]:
    """The lines as they stand on the screen."""
    made = status_lines(stub, width, ascii_only, lines=lines)  # type: ignore[arg-type]
    shown = []
    for left, right in made:
        left_text, right_text = ("".join(text for text, _ in runs) for runs in (left, right))
        gap = width - cell_len(left_text) - cell_len(right_text)
        shown.append(left_text + " " * max(gap, 2 if right_text else 0) + right_text)
    return shown


numbers = st.sampled_from([0, 7, 48, 999, 12_345, 500_000])
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=90)
moments = st.datetimes(datetime(1900, 1, 2), datetime(9998, 1, 1), timezones=st.just(UTC))
stubs = st.builds(
    Stub,
    source_words=st.one_of(
        st.just("DEMO"), names.map(lambda name: f"EVIDENCE /srv/{name}"), names.map(str.strip)
    ),
    scope=st.builds(
        Scope,
        device=names,
        hub=st.one_of(st.just(""), names),
        window=st.builds(
            lambda start, days: Window(start, start + timedelta(days=days, minutes=90)),
            moments,
            st.integers(0, 300),
        ),
    ),
    counted=st.builds(Counts, numbers, numbers, numbers, numbers),
)


@settings(max_examples=300, deadline=None)
@given(stubs, st.integers(60, 400), st.booleans())
def test_device_and_counts_outlast_all_else(stub: Stub, width: int, ascii_only: bool) -> None:
    lines = 1 if width >= 120 else 2
    shown = told(stub, width, lines, ascii_only)
    assert [line for line in shown if cell_len(line) > width] == []
    counts = stub.counted
    signs = ("!", "+" if ascii_only else "✓", "~")
    numbers = (counts.suspicious, counts.expected, counts.drifted)
    wanted = [f"{sign} {n}" for sign, n in zip(signs, numbers, strict=True)]
    last = shown[-1]
    assert last.endswith(f"{counts.to_review} to review ")
    assert [words for words in wanted if f" {words} " not in f" {last} "] == []
    device = printable(stub.scope.device)  # type: ignore[union-attr]
    if ascii_only:
        device = device.encode("ascii", "backslashreplace").decode()
    # Source, hub and, on one line, counts leave it so much room at least.
    room = width - 42 - (cell_len("".join(wanted)) + 24 if lines == 1 else 0)
    if cell_len(device) <= room:
        assert device in shown[0]


@settings(max_examples=200, deadline=None)
@given(stubs, st.integers(60, 399), st.sampled_from([1, 2]))
def test_more_room_never_shows_less_of_what_matters(stub: Stub, width: int, lines: int) -> None:
    if lines == 1:
        width = max(width, 120)
    window = stub.scope.window  # type: ignore[union-attr]
    days = f"{window.start:%b %d}"
    for words in (days, f"{window_words(window, NOW)}", printable(stub.scope.device)):  # type: ignore[union-attr]
        if any(words in line for line in told(stub, width, lines)):
            assert any(words in line for line in told(stub, width + 1, lines)), words


@given(stubs, st.integers(60, 300))
def test_a_cut_has_its_sign(stub: Stub, width: int) -> None:
    shown = "".join(told(stub, width, 1 if width >= 120 else 2))
    for whole in (stub.source_words, stub.scope.device, stub.scope.hub or "(no hub)"):  # type: ignore[union-attr]
        words = printable(whole)
        kind = words.partition(" ")[0]
        assert words in shown or "…" in shown or kind in shown


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (Window(utc(20, 9), utc(21, 9)), "Nov 20 09:00 → Nov 21 09:00 UTC (24 h)"),
        (
            Window(datetime(2018, 11, 18, 18, 10, tzinfo=UTC), utc(19, 12).replace(year=2018)),
            "2018 Nov 18 18:10 → Nov 19 12:00 UTC (17 h 50 min)",
        ),
        (
            Window(datetime(2025, 12, 31, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)),
            "2025 Dec 31 00:00 → 2026 Jan 01 00:00 UTC (24 h)",
        ),
    ],
)
def test_the_year_is_said_where_it_is_not_this_one(window: Window, words: str) -> None:
    assert window_words(window, NOW) == words


@given(
    st.lists(
        st.tuples(st.sampled_from(["0", "34", "100,000", "failed", "…"]), st.booleans()),
        min_size=5,
        max_size=5,
    ),
    st.integers(80, 130),
    st.sampled_from(PANES),
)
def test_tabs_never_lose_a_count(counts: list[tuple[str, bool]], width: int, active: str) -> None:
    tabs = [
        Tab(name, str(number), name.capitalize(), count, "!12" if suspicious else "")
        for number, (name, (count, suspicious)) in enumerate(zip(PANES, counts, strict=True), 1)
    ]
    line = "".join(text for text, _ in tab_runs(tabs, active, width, False, more="m"))
    assert cell_len(line) <= width
    for number, (name, tab) in enumerate(zip(PANES, tabs, strict=True), 1):
        count, sign = tab.count, tab.sign
        said = {count, "✗"} if count == "failed" else {count}
        title = f"( {name.capitalize()})" + ("" if name == active else "?")
        words = f" {number}{title} ({'|'.join(said)})" + (f" {sign}" if sign else "")
        assert re.search(words, line), words


async def test_an_archive_of_another_year(case: Path) -> None:
    alert = {
        "TimeGenerated": "2018-11-18T18:10:29.000",
        "ResourceId": "/subscriptions/s/providers/Microsoft.Devices/IotHubs/a-hub-of-some-length",
        "AlertSeverity": "High",
        "DisplayName": "Brute force attack succeeded",
        "ExtendedProperties": '{"DeviceId": "IoT-Device-Linux"}',
    }
    later = alert | {"TimeGenerated": "2018-11-19T12:40:31.000", "DisplayName": "Local login"}
    source = Evidence.of_rows(
        "EVIDENCE /srv/archive/iot_security_alert_rows.json", {"SecurityAlert": [alert, later]}, NOW
    )
    async with driven(source, case, NARROW, demo=False, evidence="/srv") as console:
        await console.open("IoT-Device-Linux")
        assert console.lines[0].endswith("a-hub-of-some-length / IoT-Device-Linux")
        assert "2018 Nov 18 18:10 → Nov 19 12:40 UTC" in console.lines[1]
        assert console.lines[1].endswith("! 0  ✓ 0  ~ 0  2 to review")
    source.close()
