"""Stopping a question, and asking many at once. Bounds guard against hanging, nothing more."""

from __future__ import annotations

import os
import sys
import threading
import time

import pytest
from files import NOW, asked, event, refused
from held import PACKS, QUESTIONS, WINDOW, scope
from iotriage.queries.answers import Answer
from iotriage.queries.asking import ask
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.questions import Query
from iotriage.queries.source import Cancellation
from oracle import traps

#: Where DuckDB looks up between chunks, and where it does not before the join is through.
SLOW = {
    "yielding": "SecurityIoTRawEvent | join kind=inner (SecurityIoTRawEvent) on RawEventName"
    " | where strcat(EventDetails, EventDetails1) matches regex '(a|b)*zz' | count",
    "stubborn": "range x from 1 to 4000 step 1 | extend k = 1"
    " | join kind=inner (range y from 1 to 4000 step 1 | extend k = 1) on k"
    " | where hash_sha256(strcat(x, y)) startswith 'ffffffffff' | count",
}
SOON = 5.0


@pytest.mark.parametrize("text", SLOW.values(), ids=SLOW)
def test_a_slow_query_stops_when_it_is_cancelled(text: str) -> None:
    rows = [event(str(number)) for number in range(30_000)]
    many = Evidence.of_rows("MANY", {"SecurityIoTRawEvent": rows}, NOW)
    cancellation = Cancellation()
    answers: list[Answer] = []
    asking = threading.Thread(
        target=lambda: answers.append(many.ask(Query("q", {}, text), WINDOW, cancellation)),
        daemon=True,
    )
    asking.start()
    asking.join(1.5)
    assert asking.is_alive(), "the query is meant to be slow"
    cancellation.cancel()
    asking.join(SOON)
    assert not asking.is_alive()
    assert refused(answers[0]) == "cancelled"
    # One cancelled question is no other's business, nor is it in the way of leaving.
    assert asked(many, "SecurityIoTRawEvent | count", WINDOW).rows == ((30_000,),)
    many.close()


def test_closed_evidence_says_so() -> None:
    evidence = Evidence.of_rows("ONE", {"SecurityIoTRawEvent": [event("one")]}, NOW)
    evidence.close()
    assert refused(asked(evidence, "SecurityIoTRawEvent | count", WINDOW)) == (
        "the evidence is closed"
    )
    evidence.close()


@pytest.mark.parametrize("text", [SLOW["stubborn"], "SecurityIoTRawEvent | count"])
def test_what_was_cancelled_before_it_is_not_begun(trap_evidence: Evidence, text: str) -> None:
    cancellation = Cancellation()
    cancellation.cancel()
    began = time.monotonic()
    assert refused(trap_evidence.ask(Query("q", {}, text), WINDOW, cancellation)) == "cancelled"
    assert time.monotonic() - began < SOON


def test_a_cancellation_tells_only_those_still_waiting() -> None:
    cancellation = Cancellation()
    heard: list[str] = []
    stops = [lambda name=name: heard.append(name) for name in ("gone", "waiting")]
    for stop in stops:
        cancellation.on_cancel(stop)
    cancellation.forget(stops[0])
    cancellation.cancel()
    cancellation.cancel()
    assert heard == ["waiting"]
    cancellation.on_cancel(lambda: heard.append("late"))
    assert heard == ["waiting", "late"]


def test_eight_threads_at_once_get_equal_answers(trap_evidence: Evidence) -> None:
    wanted = {
        question: ask(trap_evidence, PACKS["exact"].questions[question], scope(traps.CAM)).sha256()
        for question in QUESTIONS
    }
    start = threading.Barrier(8)
    wrong: list[object] = []

    def work(turn: int) -> None:
        start.wait()
        for question in (*QUESTIONS[turn % 4 :], *QUESTIONS[: turn % 4]):
            asked_of = PACKS["exact"].questions[question]
            # Every other thread asks about nobody: no answer may leak into another's.
            device = traps.CAM if turn % 2 else "nobody"
            answer = ask(trap_evidence, asked_of, scope(device))
            hub_wide = question == "devices"
            same = answer.sha256() == wanted[question]
            if answer.failure or same is not (bool(turn % 2) or hub_wide):
                wrong.append((turn, question, answer.failure))

    workers = [threading.Thread(target=work, args=(turn,), daemon=True) for turn in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert not worker.is_alive()
    assert wrong == []


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_asking_leaves_no_file_open(trap_evidence: Evidence) -> None:
    asked(trap_evidence, "SecurityIoTRawEvent | count", WINDOW)
    before = len(os.listdir("/proc/self/fd"))
    for number in range(20):
        asked(trap_evidence, f"SecurityIoTRawEvent | where DeviceId != '{number}' | count", WINDOW)
    assert len(os.listdir("/proc/self/fd")) <= before
