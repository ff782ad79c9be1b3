"""Short questions have a thread each, long ones every processor."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise

import pytest
from held import WINDOW
from hypothesis import given, settings
from hypothesis import strategies as st
from iotriage.queries.evidence import workers
from iotriage.queries.evidence.engine import Engine, connect
from iotriage.queries.evidence.made_rows import create_tables
from iotriage.queries.evidence.workers import Workers
from iotriage.queries.questions import Query
from iotriage.queries.source import Cancellation

ALL = 4


@contextmanager
def at(team: Workers, question: str, had: list[int], *, is_long: bool = False) -> Iterator[None]:
    with team.at(question, had.append, is_long=is_long):
        yield


def test_a_short_question_has_one_thread_and_a_long_one_all() -> None:
    team, had = Workers(ALL), [ALL]
    for question, is_long in (("short", False), ("short", False), ("fleet", True)):
        with at(team, question, had, is_long=is_long):
            pass
    assert had == [ALL, 1, ALL]


def test_what_took_long_once_has_all_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "LONG", 0.01)
    team, had = Workers(ALL), [ALL]
    with at(team, "slow", had):
        time.sleep(0.02)
    with at(team, "quick", had):
        pass
    assert had == [ALL, 1]
    with at(team, "slow", had), pytest.raises(KeyError):
        raise KeyError
    # One that failed is over like any other.
    with at(team, "quick", had):
        pass
    assert had == [ALL, 1, ALL, 1]


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=12))
@settings(deadline=None)
def test_none_is_taken_from_a_question_that_is_being_answered(
    turns: list[tuple[bool, bool]],
) -> None:
    """Whoever begins and ends in which order: the number falls only while nobody is asked."""
    team, had = Workers(ALL), [ALL]
    with ExitStack() as everything:
        running: list[ExitStack] = []
        for is_begin, is_long in turns:
            if is_begin or not running:
                before, is_idle = had[-1], not running
                one = everything.enter_context(ExitStack())
                one.enter_context(at(team, f"{is_long}", had, is_long=is_long))
                running.append(one)
                assert had[-1] == ALL or not is_long
                assert had[-1] >= before or is_idle
            else:
                running.pop(0).close()
    assert all(former != later for former, later in pairwise(had))


def test_the_engine_gives_a_device_one_and_the_fleet_all() -> None:
    connection = connect(threads="3")
    create_tables(connection)
    engine = Engine(connection)

    def threads_after(text: str, **parameters: str) -> object:
        engine.run(Query("q", parameters, text), WINDOW, Cancellation(), 1)
        return connection.execute("SELECT current_setting('threads')").fetchall()[0][0]

    own = "SecurityIoTRawEvent | where DeviceId == device"
    assert threads_after(own, device="cam-7") == 1
    assert threads_after("SecurityIoTRawEvent | count") == (os.cpu_count() or 1)
    assert threads_after(own, device="cam-7") == 1
    assert threads_after(own, device="") == (os.cpu_count() or 1)
    engine.close()
