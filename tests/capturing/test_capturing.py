"""Everything that is wanted is in the store, once for each time it was there, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from iotriage.queries.answers import Answer, Notice, NoticeKind, Status
from iotriage.queries.evidence import slicing
from iotriage.queries.evidence.captured import State, lacking_words
from iotriage.queries.evidence.slicing import Count, cut, without
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.evidence.verifying import verify
from iotriage.queries.held import OPTIONAL
from iotriage.queries.kusto_parser.parser import KustoParser
from iotriage.queries.questions import Query
from iotriage.queries.source import Cancellation, SourceError
from iotriage.queries.window import Window

from .making import (
    DEVICE,
    NOW,
    START,
    WINDOW,
    Scripted,
    captured,
    changed,
    expected,
    failed,
    files,
    held,
    made,
    small_slices,
    source_of,
    told,
)

RAW = made()
EVENTS = "SecurityIoTRawEvent"


@pytest.fixture(scope="module")
def evidence() -> Iterator[Evidence]:
    found = source_of(RAW)
    yield found
    found.close()


@pytest.fixture
def source(evidence: Evidence, monkeypatch: pytest.MonkeyPatch) -> Scripted:
    small_slices(monkeypatch)
    return Scripted(evidence)


def test_every_wanted_row_is_there_as_often_as_it_was(source: Scripted, store: Path) -> None:
    done = captured(source, store)
    assert held(store) == expected(RAW)
    assert max(held(store)[EVENTS].values()) > 1
    assert files(store) == ["cam.store"]
    assert store.stat().st_mode & 0o077 == 0
    assert len(done.manifest.slices) > 6
    assert done.manifest.lacking == []
    assert verify(store).problems == ()


def test_without_a_hub_all_alerts_and_events_come(
    source: Scripted, store: Path, kusto_parser: KustoParser
) -> None:
    wanted = changed(hub="")
    captured(source, store, wanted)
    assert held(store) == expected(RAW, wanted)
    all_sound(source, kusto_parser)


def test_all_that_is_asked_is_kql(source: Scripted, store: Path, kusto_parser: KustoParser) -> None:
    captured(source, store)
    assert {"rows", "counts"} == {query.question for query in source.asked}
    all_sound(source, kusto_parser)


def all_sound(source: Scripted, parser: KustoParser) -> None:
    for text in {query.kql for query in source.asked}:
        assert [str(found) for found in parser.check(text).diagnostics] == []


def test_a_missing_table_is_missing_offline_too(store: Path) -> None:
    with_two = {table: rows for table, rows in RAW.items() if table != "DefenderIoTRawEvent"}
    done = captured(Scripted(source_of(with_two)), store)
    assert done.manifest.tables == ("SecurityAlert", EVENTS)
    with_store = Evidence.open(store, NOW)
    assert with_store.missing_tables == {"DefenderIoTRawEvent", *OPTIONAL}
    with_store.close()
    assert held(store) == expected(with_two)


def test_what_the_source_says_of_itself_is_kept(evidence: Evidence, store: Path) -> None:
    source = Scripted(evidence)
    notice = Notice(NoticeKind.UNREAD, "one file could not be read")
    source.notices = (notice,)
    ask = source.ask

    def partial(*words: object) -> Answer:
        answer = ask(*words)  # type: ignore[arg-type]
        return replace(answer, status=Status.PARTIAL, notices=(*answer.notices, notice))

    source.ask = partial  # type: ignore[method-assign]
    done = captured(source, store)
    assert done.manifest.lacking == [], "no slice is worse than the source"
    opened = Evidence.open(store, NOW)
    assert opened.notices[0] == notice
    opened.close()


# What goes wrong while it is fetched


def test_a_slice_that_is_cut_is_halved_until_it_is_whole(source: Scripted, store: Path) -> None:
    source.row_cap = 7
    done = captured(source, store)
    # Forty rows share one moment, which no window can part.
    (lacking,) = done.manifest.lacking
    assert (lacking.state, lacking.rows) == (State.CUT, 7)
    assert lacking.end - lacking.start == timedelta(microseconds=1)
    assert lacking_words(done.manifest) == [
        f"{EVENTS} from 2026-11-20T09:30:00.000005Z to 2026-11-20T09:30:00.000006Z"
        " was captured in part, 7 rows: 7 of more than 7 rows: narrow the window"
    ]
    lost = expected(RAW)[EVENTS] - held(store)[EVENTS]
    assert (lost.total(), held(store)[EVENTS] - expected(RAW)[EVENTS]) == (33, {})
    assert verify(store).problems == ()


def test_a_service_that_only_ever_cuts_is_not_asked_for_ever(source: Scripted, store: Path) -> None:
    ask = source.ask

    def cutting(query: Query, *words: object) -> Answer:
        answer = ask(query, *words)  # type: ignore[arg-type]
        cut = is_rows(query, "SecurityAlert")
        return replace(answer, rows=(), status=Status.TRUNCATED) if cut else answer

    source.ask = cutting  # type: ignore[method-assign]
    done = captured(source, store)
    assert {(s.table, s.state) for s in done.manifest.lacking} == {("SecurityAlert", State.CUT)}
    assert len(source.fetched) < 100


def test_one_that_is_too_large_is_halved(source: Scripted, store: Path) -> None:
    def fail(query: Query, number: int) -> Answer | None:
        length = query.parameters["windowEnd"] - query.parameters["windowStart"]  # type: ignore[operator]
        wide = length > timedelta(minutes=20)
        return failed(query, "HTTP 504", too_large=True) if wide and is_rows(query) else None

    source.fail = fail
    assert captured(source, store).manifest.lacking == []
    assert held(store) == expected(RAW)


def is_rows(query: Query, table: str = EVENTS) -> bool:
    return query.question == "rows" and query.text.startswith(table)


def test_what_never_comes_in_time_is_asked_for_so_often_and_no_more(
    source: Scripted, store: Path
) -> None:
    def fail(query: Query, number: int) -> Answer | None:
        late = is_rows(query) and query.parameters["windowStart"] < START + timedelta(hours=1)  # type: ignore[operator]
        return failed(query, "no whole answer", too_large=True) if late else None

    source.fail = fail
    done = captured(source, store)
    assert {s.why for s in done.manifest.lacking} == {"no whole answer"}
    assert len(source.fetched) < 150
    assert len(lacking_words(done.manifest)) == 1, "neighbours are told together"
    assert verify(store).problems == ()


def test_a_partial_answer_keeps_its_rows_and_is_named(source: Scripted, store: Path) -> None:
    notice = Notice(NoticeKind.UNREAD, "the service answered in part: low memory")
    ask = source.ask

    def partial(query: Query, *words: object) -> Answer:
        answer = ask(query, *words)  # type: ignore[arg-type]
        if not is_rows(query, "SecurityAlert"):
            return answer
        return replace(answer, rows=answer.rows[1:], status=Status.PARTIAL, notices=(notice,))

    source.ask = partial  # type: ignore[method-assign]
    done = captured(source, store)
    assert {(s.table, s.state, s.why) for s in done.manifest.lacking} == {
        ("SecurityAlert", State.CUT, notice.text)
    }
    assert 0 < held(store)["SecurityAlert"].total() < expected(RAW)["SecurityAlert"].total()
    opened = Evidence.open(store, NOW)
    answer = opened.ask(Query("q", {}, "SecurityAlert | count"), WINDOW, Cancellation())
    assert answer.status is Status.PARTIAL
    assert "SecurityAlert from 2026-11-20T06:30:00Z" in answer.notices[-1].text
    events = opened.ask(Query("q", {}, f"{EVENTS} | count"), WINDOW, Cancellation())
    assert events.status is Status.COMPLETE, "the events are whole"
    opened.close()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("outside", "a row outside"),
        ("stranger", "a row of another device"),
        ("no column", "no column EventDetails"),
        ("kind", "what came in IsEmpty is no bool"),
    ],
)
def test_what_was_not_asked_for_is_not_kept(
    source: Scripted, store: Path, change: str, why: str
) -> None:
    ask = source.ask

    def odd(query: Query, *words: object) -> Answer:
        answer = ask(query, *words)  # type: ignore[arg-type]
        if not is_rows(query) or not answer.rows:
            return answer
        names = list(answer.names)
        row = list(answer.rows[0])
        if change == "outside":
            row[names.index("TimeGenerated")] = query.parameters["windowEnd"]
        elif change == "stranger":
            row[names.index("DeviceId")] = "other"
        elif change == "kind":
            row[names.index("IsEmpty")] = "yes"
        else:
            columns = [replace(c, name=c.name.replace("Details", "")) for c in answer.columns]
            return replace(answer, columns=tuple(columns))
        return replace(answer, rows=(tuple(row), *answer.rows[1:]))

    source.ask = odd  # type: ignore[method-assign]
    done = captured(source, store)
    assert {s.state for s in done.manifest.lacking} == {State.FAILED}
    assert all(why in s.why for s in done.manifest.lacking)
    assert held(store)[EVENTS] == {}
    assert held(store)["SecurityAlert"] == expected(RAW)["SecurityAlert"]


def test_columns_that_the_source_does_not_have_are_empty_and_told(
    source: Scripted, store: Path
) -> None:
    ask = source.ask

    def older(query: Query, *words: object) -> Answer:
        answer = ask(query, *words)  # type: ignore[arg-type]
        places = [place for place, name in enumerate(answer.names) if name != "Techniques"]
        return replace(
            answer,
            columns=tuple(answer.columns[place] for place in places),
            rows=tuple(tuple(row[place] for place in places) for row in answer.rows),
        )

    source.ask = older  # type: ignore[method-assign]
    captured(source, store)
    assert held(store) == expected(RAW)
    opened = Evidence.open(store, NOW)
    assert "SecurityAlert had no Techniques" in opened.notices[-1].text
    opened.close()


def test_a_service_that_dies_midway_is_not_asked_for_ever(source: Scripted, store: Path) -> None:
    source.fail = lambda query, number: failed(query) if number > 7 else None
    done = captured(source, store)
    first = told(done)
    assert 0 < len(done.manifest.lacking) < len(first)
    # Those under way at once, and as many as its patience.
    assert len(source.asked) <= 7 + 8
    assert verify(store).problems == ()
    assert files(store) == ["cam.store"]
    opened = Evidence.open(store, NOW)
    answer = opened.ask(Query("q", {"device": DEVICE}, EVENTS), WINDOW, Cancellation())
    assert answer.status is Status.PARTIAL
    assert any("was not captured: " in notice.text for notice in answer.notices)
    opened.close()
    # It lives again: only what is missing is asked for.
    again = Scripted(source_of(RAW))
    done = captured(again, store)
    assert len(again.asked) == sum(state is State.FAILED for _, _, _, state, *_ in first)
    assert held(store) == expected(RAW)
    assert verify(store).problems == ()
    with pytest.raises(SourceError, match="holds this capture whole already"):
        captured(again, store)


def test_nothing_at_all_leaves_nothing(source: Scripted, store: Path) -> None:
    source.fail = lambda query, number: failed(query)
    with pytest.raises(SourceError, match="cannot be counted: HTTP 503: busy"):
        captured(source, store)
    source.fail = lambda query, number: failed(query) if query.question == "rows" else None
    with pytest.raises(SourceError, match="nothing could be fetched: HTTP 503: busy"):
        captured(source, store)
    assert files(store) == []


def test_another_capture_under_the_name_is_refused(source: Scripted, store: Path) -> None:
    source.fail = lambda query, number: failed(query) if number > 7 else None
    captured(source, store)
    before, asked = store.read_bytes(), len(source.asked)
    for changes in (
        {"device": "other"},
        {"hub": "plant-8"},
        {"end": NOW},
        {"source": "WORKSPACE other"},
    ):
        with pytest.raises(SourceError, match="is a capture of cam-1"):
            captured(source, store, changed(**changes))
    assert store.read_bytes() == before
    assert len(source.asked) == asked
    assert files(store) == ["cam.store"]


def test_a_store_that_is_none_is_left_alone(source: Scripted, store: Path) -> None:
    store.write_text("mine")
    with pytest.raises(SourceError, match="is there and is no store"):
        captured(source, store)
    assert (store.read_text(), files(store)) == ("mine", ["cam.store"])


# How it is cut

_MOMENTS = st.integers(0, 720).map(lambda minutes: START + timedelta(minutes=minutes, seconds=-30))


@settings(max_examples=40)
@given(
    st.lists(
        st.builds(Count, _MOMENTS, st.integers(0, 30_000), st.integers(0, 2**25)),
        unique_by=lambda count: count.start,
    )
)
def test_what_is_cut_covers_the_window_once(counts: list[Count]) -> None:
    parts = cut(WINDOW, counts)
    assert (parts[0].start, parts[-1].end) == (WINDOW.start, WINDOW.end)
    assert [part.start for part in parts[1:]] == [part.end for part in parts[:-1]]
    for part in parts:
        within = [c for c in counts if part.start <= max(c.start, WINDOW.start) < part.end]
        filled = [c for c in within if c.rows]
        assert len(filled) <= 1 or (
            sum(c.rows for c in within) <= slicing.ROWS
            and sum(c.characters for c in within) <= slicing.CHARACTERS
        )


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(-5, 25), st.integers(1, 9))))
def test_gaps_are_what_nothing_covers(pairs: list[tuple[int, int]]) -> None:
    def at(number: int) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=number)

    gaps = list(without(Window(at(0), at(20)), (Window(at(a), at(a + n)) for a, n in pairs)))
    missing = {n for gap in gaps for n in range(20) if gap.start <= at(n) < gap.end}
    assert missing == {n for n in range(20) if not any(a <= n < a + m for a, m in pairs)}
    assert all(one.end < other.start for one, other in pairwise(gaps))
