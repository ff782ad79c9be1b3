"""Several workspaces asked as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from iotriage.queries.answers import Answer, Column, Notice, NoticeKind, Status
from iotriage.queries.log_analytics.workspaces import Workspaces, merged
from iotriage.queries.packs.loading import load_pack
from iotriage.queries.questions import Query
from iotriage.queries.source import Cancellation, Tell, Waiting, nobody
from iotriage.queries.window import Window

DAY = Window(datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC))
LATER = Window(datetime(2026, 11, 21, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC))
QUERY = Query("devices", {}, "Table\n| order by High desc, Name asc\n")
COLUMNS = (Column("Name", "string"), Column("High", "long"))


@dataclass
class Fixed:
    """Gives what it was made with, and remembers what it was asked."""

    answer: Answer | Exception
    window: Window = DAY
    missing_tables: frozenset[str] = frozenset()
    notices: tuple[Notice, ...] = ()
    name: str = "WORKSPACE fixed"
    asked: int = 0
    closed: int = 0

    def ask(
        self, query: Query, window: Window, cancellation: Cancellation, tell: Tell = nobody
    ) -> Answer:
        self.asked += 1
        tell(Waiting("busy"))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def default_window(self) -> Window:
        return self.window

    def latest(self) -> Window:
        return self.window

    def extent(self) -> Window:
        return self.window

    def close(self) -> None:
        self.closed += 1


def answer(*rows: tuple[str, int | None], **more: object) -> Answer:
    return replace(Answer("devices", COLUMNS, rows, kql="k"), **more)  # type: ignore[arg-type]


def failed(why: str = "HTTP 503") -> Answer:
    return Answer("devices", status=Status.FAILED, failure=why)


def ask(sources: Mapping[str, Fixed], query: Query = QUERY) -> Answer:
    return Workspaces(sources).ask(query, DAY, Cancellation())


def test_rows_say_where_they_came_from_and_stand_in_order() -> None:
    one = Fixed(answer(("cam", 3), ("dvr", 1)))
    two = Fixed(answer(("plc", 2), ("arm", 1), ("old", None)))
    both = ask({"A": one, "B": two})
    assert both.names == ("Name", "High", "Workspace")
    assert both.rows == (
        ("cam", 3, "A"),
        ("plc", 2, "B"),
        ("arm", 1, "B"),
        ("dvr", 1, "A"),
        ("old", None, "B"),
    )
    assert (both.status, both.kql) == (Status.COMPLETE, "k")


ROWS = st.lists(st.tuples(st.text(max_size=2), st.none() | st.integers(-2, 2)), max_size=6)


@given(ROWS, ROWS)
def test_the_order_is_that_of_the_query(one: list, two: list) -> None:  # type: ignore[type-arg]
    """Down by High, null last; up by Name: sorted in plain Python."""
    both = merged(QUERY, {"A": answer(*one), "B": answer(*two)}).rows
    expected = sorted(
        [*((n, h, "A") for n, h in one), *((n, h, "B") for n, h in two)],
        key=lambda row: (row[1] is None, -(row[1] or 0), row[0]),
    )
    assert [row[:2] for row in both] == [row[:2] for row in expected]
    assert sorted(both, key=str) == sorted(expected, key=str)


def test_a_query_without_order_leaves_rows_as_they_came() -> None:
    for text in ("Table", "Table | order by Gone asc", "Table | order by High desc | take 5"):
        query = replace(QUERY, text=text)
        both = merged(query, {"A": answer(("b", 1)), "B": answer(("a", 9))})
        assert [row[0] for row in both.rows] == ["b", "a"]


def test_one_that_fails_takes_no_other_with_it() -> None:
    both = ask({"A": Fixed(failed()), "B": Fixed(answer(("plc", 2)))})
    assert both.status is Status.PARTIAL
    assert [row[0] for row in both.rows] == ["plc"]
    assert both.notices[0] == Notice(NoticeKind.UNREAD, "A: not answered: HTTP 503")


def test_one_that_breaks_is_one_that_fails() -> None:
    both = ask({"A": Fixed(RuntimeError("no")), "B": Fixed(answer(("plc", 2)))})
    assert both.status is Status.PARTIAL
    assert "RuntimeError: no" in both.notices[0].text


def test_all_failed_is_failed_and_says_why_of_each() -> None:
    both = ask({"A": Fixed(failed("one")), "B": Fixed(failed("two"))})
    assert (both.status, both.failure) == (Status.FAILED, "A: one; B: two")


def test_the_worst_status_is_kept() -> None:
    for worse in (Status.PARTIAL, Status.TRUNCATED):
        both = ask({"A": Fixed(answer(("a", 1))), "B": Fixed(answer(("b", 1), status=worse))})
        assert both.status is worse
    both = ask({"A": Fixed(failed()), "B": Fixed(answer(("b", 1), status=Status.TRUNCATED))})
    assert both.status is Status.TRUNCATED


def test_columns_that_only_one_has_are_empty_for_the_other() -> None:
    other = Answer("devices", (Column("Name", "string"), Column("Note", "string")), (("x", "n"),))
    both = ask({"A": Fixed(answer(("a", 1))), "B": Fixed(other)}, replace(QUERY, text="T"))
    assert both.names == ("Name", "High", "Note", "Workspace")
    assert both.rows == (("a", 1, "", "A"), ("x", None, "n", "B"))


def test_the_detail_of_a_row_is_asked_where_the_row_is() -> None:
    sources = {"A": Fixed(answer(("a", 1))), "B": Fixed(answer(("b", 1)))}
    pack = load_pack("exact").told_apart_by("Workspace")
    record = {"UserName": "root", "GroupNames": "root", "Workspace": "B"}
    query = pack.questions["users"].values_query("cam", "hub", DAY, record)
    assert [row[-1] for row in ask(sources, query).rows] == ["B"]
    assert (sources["A"].asked, sources["B"].asked) == (0, 1)


def test_what_each_waits_for_is_told_with_its_name() -> None:
    heard: list[str] = []
    sources = {"A": Fixed(answer()), "B": Fixed(answer())}
    Workspaces(sources).ask(QUERY, DAY, Cancellation(), lambda w: heard.append(w.why if w else ""))
    assert sorted(heard) == ["A: busy", "B: busy"]


def test_tables_notices_and_windows_of_all() -> None:
    note = Notice(NoticeKind.REMARK, "old")
    one = Fixed(answer(), missing_tables=frozenset({"X", "Y"}), notices=(note,))
    two = Fixed(answer(), window=LATER, missing_tables=frozenset({"Y", "Z"}))
    both = Workspaces({"A": one, "B": two})
    assert both.missing_tables == {"Y"}
    assert both.notices == (Notice(NoticeKind.REMARK, "A: old"),)
    assert both.latest() == LATER
    assert both.extent() == Window(DAY.start, LATER.end)
    assert both.name == "WORKSPACES fixed + fixed"
    both.close()
    assert (one.closed, two.closed) == (1, 1)


def test_measurements_stay_apart_and_the_longest_wait_is_told() -> None:
    one = answer(statistics={"seconds": 1.0, "server cpu": "x"})
    both = merged(QUERY, {"A": one, "B": answer(statistics={"seconds": 2.0})})
    assert both.statistics == {"seconds": 2.0, "server cpu, A": "x"}
