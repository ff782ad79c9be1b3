"""Questions of few rows have a thread each, those of many every processor."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import pairwise

import pytest
from held import WINDOW
from hypothesis import given, settings
from hypothesis import strategies as st
from iotriage.queries.evidence import workers
from iotriage.queries.evidence.engine import Engine, connect, translatable_text, translate
from iotriage.queries.evidence.made_rows import create_tables
from iotriage.queries.evidence.translations import remembered
from iotriage.queries.evidence.workers import Workers, asks_many_rows
from iotriage.queries.packs.loading import load_pack
from iotriage.queries.questions import Query
from iotriage.queries.source import Cancellation

ALL = 4


def test_few_rows_have_one_thread_and_many_have_all() -> None:
    team, had = Workers(ALL), [ALL]
    for many_rows in (False, False, True, False):
        with team.at(had.append, many_rows=many_rows):
            pass
    assert had == [ALL, 1, ALL, 1]


def test_one_that_failed_is_over_like_any_other() -> None:
    team, had = Workers(ALL), [ALL]
    with pytest.raises(KeyError), team.at(had.append, many_rows=True):
        raise KeyError
    with team.at(had.append, many_rows=False):
        pass
    assert had == [ALL, 1]


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=12))
@settings(deadline=None)
def test_none_is_taken_from_a_question_that_is_being_answered(
    turns: list[tuple[bool, bool]],
) -> None:
    """Whoever begins and ends in which order: the number falls only while nobody is asked."""
    team, had = Workers(ALL), [ALL]
    with ExitStack() as everything:
        running: list[ExitStack] = []
        for is_begin, many_rows in turns:
            if is_begin or not running:
                before, is_idle = had[-1], not running
                one = everything.enter_context(ExitStack())
                one.enter_context(team.at(had.append, many_rows=many_rows))
                running.append(one)
                assert had[-1] == ALL or not many_rows
                assert had[-1] >= before or is_idle
            else:
                running.pop(0).close()
    assert all(former != later for former, later in pairwise(had))


def test_the_engine_gives_a_device_one_and_the_fleet_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "MANY_ROWS", 2)
    connection = connect(threads="3")
    create_tables(connection)
    connection.execute("INSERT INTO SecurityIoTRawEvent (DeviceId) VALUES ('a'), ('b'), ('b')")
    connection.execute("INSERT INTO DefenderIoTRawEvent (DeviceId) VALUES ('b')")
    asked = Engine(connection)

    def threads_after(text: str, **parameters: str) -> object:
        asked.run(Query("q", parameters, text), WINDOW, Cancellation(), 1)
        return connection.execute("SELECT current_setting('threads')").fetchall()[0][0]

    own, everybody = "SecurityIoTRawEvent | where DeviceId == device", 3
    assert threads_after("SecurityAlert", device="b") == 1
    for device, threads in (("a", 1), ("b", everybody), ("nobody", 1), ("", everybody), ("a", 1)):
        assert threads_after(own, device=device) == threads, device
    for text in (
        "SecurityIoTRawEvent | count",
        "SecurityIoTRawEvent | where DeviceId != device",
        f"union ({own}), DefenderIoTRawEvent",
        f"{own} | join kind=leftouter SecurityIoTRawEvent on RawEventName",
    ):
        assert threads_after(own, device="a") == 1
        assert threads_after(text, device="a") == everybody, text
    asked.close()


@pytest.mark.parametrize(
    ("pack", "fleet"), [("exact", ["devices", "pivot"]), ("endpoint", ["devices", "alerts"])]
)
def test_panes_read_one_device_and_how_rare_they_are_the_hub(pack: str, fleet: list[str]) -> None:
    """Else all of them would have every processor, or a scan of the fleet only one."""
    for name, question in load_pack(pack).questions.items():
        for query, is_of_one in (
            (question.query("a", "hub", WINDOW), name not in fleet),
            (question.prevalence_query("a", "hub", WINDOW, WINDOW.start), False),
        ):
            if query.text:
                translation = remembered(translatable_text(query), translate)
                many = asks_many_rows(translation, query.parameters, lambda _: 0)
                assert many is not is_of_one, query.question
