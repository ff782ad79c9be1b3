"""Very many rows are gone through some at a time, and come to what going through all would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from iotriage.queries.answers import Answer
from iotriage.tui import searching
from iotriage.tui.casebook.casebook import Casebook
from iotriage.tui.casebook.findings import Verdict, text_of
from iotriage.tui.pane_rows import PaneRows
from iotriage.tui.places import PlaceKeeper
from iotriage.tui.searching import Search

from .driving import CAM, NARROW, driven
from .sources import Remembering, Told

MANY = 12_000


@pytest.fixture
def one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "_AT_ONCE", 0)


def held(rows: Sequence[Sequence[Any]], needle: str) -> list[int]:
    """The simple way."""
    wanted = needle.removeprefix("!").casefold()
    is_whole = len(wanted) > 1 and wanted.startswith("=")

    def holds(value: Any) -> bool:
        # Each value of a set by itself, as it came.
        parts = value if isinstance(value, list) else [value]
        texts = [text_of(part).casefold() for part in parts]
        return wanted[1:] in texts if is_whole else any(wanted in text for text in texts)

    found = [place for place, row in enumerate(rows) if any(map(holds, row))]
    return [p for p in range(len(rows)) if p not in found] if needle.startswith("!") else found


letters = st.text("abAßsS!=", max_size=4)
values = st.one_of(letters, st.none(), st.integers(0, 20), st.lists(letters, max_size=2))


@pytest.mark.usefixtures("one_at_a_time")
@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(values, values), max_size=12),
    st.lists(st.tuples(letters, st.integers(0, 14)), min_size=1, max_size=6),
)
def test_whatever_was_typed_before_is_of_no_matter(
    rows: list[tuple[Any, Any]], typed: list[tuple[str, int]]
) -> None:
    search: Search | None = None
    for needle, steps in typed:
        search = Search(rows, needle, search)
        for _ in range(steps):
            search.go_on(0)
            assert search.found == [p for p in held(rows, needle) if p <= search.at]
    assert search is not None
    while not search.done:
        search.go_on(0)
    assert search.found == held(rows, typed[-1][0])


def larger(answer: Answer, count: int = MANY) -> Answer:
    """The processes many times over, each with a number behind its name."""
    if answer.question != "processes":
        return answer
    rows = [
        (f"{row[0]}-{number}", *row[1:])
        for number in range(count)
        for row in [answer.rows[number % len(answer.rows)]]
    ]
    return replace(answer, rows=tuple(rows))


@pytest.fixture
def large(demo: Remembering) -> Told:
    return Told(demo, larger, name="LARGE")


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock for the slices on which every look takes a tenth of a slice."""
    seconds = [0.0]

    def tick() -> float:
        seconds[0] += 0.0015
        return seconds[0]

    monkeypatch.setattr(searching, "perf_counter", tick)
    monkeypatch.setattr(searching, "_AT_ONCE", 400)
    return seconds


def test_verdicts_are_placed_as_if_all_were_looked_at(
    demo: Remembering, case: Path, slow: list[float]
) -> None:
    from iotriage.queries.asking import Scope, ask
    from iotriage.queries.packs.loading import load_pack
    from iotriage.queries.source import Cancellation

    question = load_pack("exact").questions["processes"]
    scope = Scope(CAM, "plant-7", demo.latest())
    answer = larger(ask(demo, question, scope, Cancellation()), 2000)
    with Casebook.open(case, "mei") as book:
        before = PaneRows(question, answer, book, CAM, "plant-7")
        marks = [before.judged.finding(place) for place in range(0, 2000, 7)]
        book.mark(marks, Verdict.EXPECTED)
        book.mark(marks[:5], Verdict.SUSPICIOUS)
        # Here they were given, so their places are known.
        before.judged.judge_again()
        assert not before.is_busy

        rows = PaneRows(question, answer, book, CAM, "plant-7")
        assert rows.is_busy
        assert 0 < len(rows.judged.standings) < len(marks)
        rows.choose("", True, 0)
        shown = len(rows)
        while rows.is_busy:
            rows.look_on(0)
        assert len(rows) == 2000 - len(marks) + 5 < shown
        assert rows.judged.standings == before.judged.standings
        assert rows.judged.counts() == before.judged.counts()


async def test_typing_goes_on_while_rows_are_looked_for(
    large: Told, case: Path, slow: list[float]
) -> None:
    async with driven(large, case, NARROW) as console:
        await console.open()
        await console.press("5")
        pane, rows = console.pane("processes"), console.app.rows_of("processes")
        await console.press("/")
        console.send("c")
        await console.until(lambda: "looking, " in console.text)
        # The newest text wins, however far the older ones have come.
        console.send(*"url-7")
        await console.until(lambda: pane.needle == "curl-7" and not rows.is_busy)
        assert [rows.place(at) for at in range(len(rows))] == held(rows.answer.rows, "curl-7")
        await console.until(lambda: "looking" not in console.text)
        assert f"{len(rows)} of 12,000 rows" in console.text
        await console.press("escape")
        await console.until(lambda: "complete · 12,000 rows" in console.text)
        # All that is shown is all that there is to be shown, however far it had come.
        await console.press("/", *"cron", "enter", "a")
        assert rows.selection.places == set(held(rows.answer.rows, "cron"))


async def test_a_filter_that_keeps_nothing_says_so_at_its_end(
    large: Told, case: Path, slow: list[float]
) -> None:
    async with driven(large, case, NARROW) as console:
        await console.open()
        await console.press("5", "/")
        console.send(*"nowhere")
        await console.until(lambda: "No row so far" in console.text)
        await console.until(lambda: "No row is left by the filter" in console.text)


async def test_the_first_verdict_looks_for_nothing(
    large: Told, case: Path, slow: list[float]
) -> None:
    async with driven(large, case, NARROW) as console:
        await console.open()
        await console.press("5", "end")
        began = slow[0]
        await console.press("s")
        assert console.counts() == (1, 0, 0, 44 + MANY - 1)
        assert not console.app.rows_of("processes").is_busy
        assert slow[0] == began


async def test_verdicts_of_before_come_after_the_rows(
    large: Told, case: Path, slow: list[float], tmp_path: Path
) -> None:
    opened = partial(driven, large, case, NARROW, demo=False, evidence="/large")
    keeper = PlaceKeeper(tmp_path / "places")
    async with opened(places=keeper) as console:
        await console.open()
        await console.press("5", "end", "up", "s", "/", *"useradd", "enter")
        await console.until(lambda: not console.app.rows_of("processes").is_busy)
        await console.press("end")
        row = console.pane("processes").rows[console.pane("processes").table.cursor_row].cells
        console.app.exit()
    keeper.close()
    keeper = PlaceKeeper(tmp_path / "places")
    async with opened(places=keeper) as console:
        await console.until(lambda: "Go on where you were?" in console.text)
        await console.press("y")
        await console.settled()
        pane = console.pane("processes")
        await console.until(lambda: pane.rows is not None and not pane.rows.is_busy)
        await console.until(lambda: "! 1   ✓ 0" in console.text)
        # The row is found among those that the filter found last.
        assert pane.rows[pane.table.cursor_row].cells == row
        assert pane.needle == "useradd"
    keeper.close()


def test_a_set_is_searched_as_it_is_read() -> None:
    rows = [("useradd", ['useradd -c "Müller" m', "useradd x"]), ("muller", ["sh"])]
    for needle, found in (("müller", [0]), ('"m', [0]), ("=useradd x", [0]), ("=useradd", [0])):
        search = Search(rows, needle)
        search.go_on(1)
        assert search.found == found, needle
