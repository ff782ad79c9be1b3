"""What a pane cannot say is said beside it: silence, lost events, other agents, missing tables."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from files import NOW, event
from held import PACKS, QUESTIONS, WINDOW, question_of, scope
from iotriage.queries.answers import Answer, Column, Notice, NoticeKind, Status
from iotriage.queries.asking import Scope, ask_whole
from iotriage.queries.coverage import SLOTS, absence_of, notices_for
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.window import Window
from oracle import traps

PANES = ("users", "ports", "logins", "processes")
LEGACY = ("LocalUsers", "ListeningPorts", "Login", "ProcessCreate")
MICRO = ("NetworkActivity", "Login", "Process", "Heartbeat")
RAW = frozenset({"SecurityIoTRawEvent", "DefenderIoTRawEvent"})
EMPTY = Answer("users")
DAY = WINDOW
ALL = range(SLOTS)


def coverage(names: Iterable[str], slots: Iterable[int] = ALL, dropped: Any = 0) -> Answer:
    columns = tuple(
        Column(name, kind)
        for name, kind in (
            ("RawEventName", "string"),
            ("DroppedEvents", "long"),
            ("Slots", "dynamic"),
        )
    )
    return Answer("coverage", columns, tuple((name, dropped, list(slots)) for name in names))


def said(
    question: str, heard: Answer | None, window: Window = DAY, missing: frozenset[str] = frozenset()
) -> list[Notice]:
    return list(notices_for(question_of("exact", question), EMPTY, heard, window, missing))


def one(notices: list[Notice], kind: NoticeKind) -> str:
    assert [notice.kind for notice in notices] == [kind]
    return notices[0].text


@pytest.mark.parametrize("pane", PANES)
def test_an_agent_heard_all_day_leaves_nothing_to_say(pane: str) -> None:
    assert said(pane, coverage(LEGACY)) == []


@pytest.mark.parametrize("pane", PANES)
def test_a_failed_answer_has_its_failure_and_no_notice(pane: str) -> None:
    failed = Answer(pane, status=Status.FAILED, failure="no")
    question = question_of("exact", pane)
    assert notices_for(question, failed, coverage(()), DAY, RAW) == ()


@pytest.mark.parametrize("pane", PANES)
def test_while_the_coverage_is_unknown_only_tables_are_spoken_of(pane: str) -> None:
    assert said(pane, None) == []
    assert [n.kind for n in said(pane, None, missing=RAW)] == [NoticeKind.CANNOT_KNOW]


@pytest.mark.parametrize("pane", PANES)
def test_a_failed_coverage_is_said_to_be_unknown(pane: str) -> None:
    failed = Answer("coverage", status=Status.FAILED, failure="throttled")
    text = one(said(pane, failed), NoticeKind.REMARK)
    assert text == "whether the agent was heard from is unknown: throttled"


@pytest.mark.parametrize("pane", PANES)
def test_nothing_heard_at_all_is_an_empty_window(pane: str) -> None:
    text = one(said(pane, coverage(())), NoticeKind.EMPTY_WINDOW)
    assert "between 2026-03-02T00:00:00Z and 2026-03-03T00:00:00Z" in text


def test_the_micro_agent_knows_no_users() -> None:
    assert "micro agent" in one(said("users", coverage(MICRO)), NoticeKind.CANNOT_KNOW)
    assert "idle listener" in one(said("ports", coverage(MICRO)), NoticeKind.REMARK)
    assert said("logins", coverage(MICRO)) == []
    assert said("processes", coverage(MICRO)) == []


@pytest.mark.parametrize("pane", PANES)
def test_a_device_with_both_agents_knows_what_either_does(pane: str) -> None:
    assert said(pane, coverage((*MICRO, *LEGACY))) == []


@pytest.mark.parametrize(
    ("pane", "missing"),
    [
        ("users", "LocalUsers"),
        ("ports", "ListeningPorts or NetworkActivity"),
        ("logins", "Login"),
        ("processes", "ProcessCreate or Process"),
    ],
)
def test_an_agent_that_sent_other_events_only_is_told_apart(pane: str, missing: str) -> None:
    text = one(said(pane, coverage(("OSBaseline",))), NoticeKind.REMARK)
    assert text == f"the agent was heard from, but sent no {missing} in this window"


def test_names_in_another_spelling_are_no_such_events() -> None:
    assert "sent no Login" in one(
        said("logins", coverage(("login", "OSBaseline"))), NoticeKind.REMARK
    )


SILENCES = {
    "in the middle": (set(ALL) - set(range(40, 60)), "10:00:00Z until 2026-03-02T15:00:00Z", 5),
    "at the start": (set(range(20, 96)), "00:00:00Z until 2026-03-02T05:00:00Z", 5),
    "at the end": (set(range(80)), "20:00:00Z until the end of the window", 4),
    "longest of two": ({*range(30), *range(45, 50), *range(70, 96)}, "12:30:00Z until", 5),
    "all but one slot": ({0}, "00:15:00Z until the end of the window", 24),
    "just long enough": (set(ALL) - set(range(40, 52)), "10:00:00Z until", 3),
}


@pytest.mark.parametrize("slots", SILENCES.values(), ids=SILENCES)
def test_the_longest_silence_is_told(slots: tuple[set[int], str, int]) -> None:
    occupied, between, hours = slots
    text = one(said("users", coverage(LEGACY, occupied)), NoticeKind.SILENT)
    assert f"from about 2026-03-02T{between}" in text
    assert f"({hours} h)" in text


def test_a_short_silence_is_none() -> None:
    assert said("users", coverage(LEGACY, set(ALL) - set(range(40, 51)))) == []
    # In a short window even an empty one says little.
    hour = Window(DAY.start, DAY.start + timedelta(hours=2))
    assert said("users", coverage(LEGACY, {0}), hour) == []
    # In a long one a slot is longer than the agent's own interval.
    year = Window(DAY.start, DAY.start + timedelta(days=365))
    assert said("users", coverage(LEGACY, set(ALL) - {40, 41}), year) == []
    assert said("users", coverage(LEGACY, set(ALL) - {40, 41, 42}), year) != []


def test_any_event_of_any_kind_breaks_a_silence() -> None:
    columns = coverage(()).columns
    rows = (
        ("Login", 0, list(range(0, 96, 2))),
        ("Heartbeat", None, list(range(1, 96, 2))),
        ("x", 0, None),
    )
    heard = Answer("coverage", columns, rows)
    assert NoticeKind.SILENT not in [notice.kind for notice in said("logins", heard)]


@pytest.mark.parametrize("pane", PANES)
def test_dropped_events_are_summed(pane: str) -> None:
    text = one(said(pane, coverage(LEGACY, dropped=500)), NoticeKind.SILENT)
    assert text == "the agent says it dropped 2,000 events: not everything was sent"
    assert said(pane, coverage(LEGACY, dropped=None)) == []


def test_a_missing_table_is_named() -> None:
    text = one(said("users", coverage(LEGACY), missing=RAW), NoticeKind.CANNOT_KNOW)
    assert "SecurityIoTRawEvent and DefenderIoTRawEvent" in text
    assert "users cannot be known" in text
    part = said("users", coverage(LEGACY), missing=frozenset({"DefenderIoTRawEvent"}))
    assert "DefenderIoTRawEvent" in one(part, NoticeKind.MISSING_TABLE)
    assert said("users", coverage(LEGACY), missing=frozenset({"SecurityAlert"})) == []
    alerts = said("alerts", None, missing=frozenset({"SecurityAlert"}))
    assert "alerts cannot be known" in one(alerts, NoticeKind.CANNOT_KNOW)


def test_the_guide_misses_only_what_it_reads() -> None:
    question = question_of("guide", "users")
    newer = notices_for(question, EMPTY, None, DAY, frozenset({"DefenderIoTRawEvent"}))
    assert newer == ()
    older = notices_for(question, EMPTY, None, DAY, frozenset({"SecurityIoTRawEvent"}))
    assert [notice.kind for notice in older] == [NoticeKind.CANNOT_KNOW]


STORY = question_of("exact", "story")
ROW = Answer("story", (Column("Kind", "string"),), (("alert",),))
ALERTS = frozenset({"SecurityAlert"})


def test_a_question_is_asked_where_another_table_may_answer_it() -> None:
    assert absence_of(STORY, coverage(()), frozenset()) == ""
    assert absence_of(STORY, coverage(("Heartbeat",)), RAW) == ""
    assert absence_of(STORY, coverage(("Login",)), ALERTS) == ""
    without = absence_of(STORY, coverage(("Heartbeat",)), ALERTS)
    assert without.startswith("no Login or ProcessCreate or ")
    assert "there is no table" in absence_of(STORY, coverage(()), RAW | ALERTS)
    # None but the agent tells of these.
    for pane in ("sessions", "connections", "baseline"):
        question = question_of("exact", pane)
        assert absence_of(question, coverage(("Heartbeat",)), frozenset()).startswith("no ")
        assert absence_of(question, None, frozenset()) == ""


def test_what_others_tell_of_a_silent_device_is_no_empty_window() -> None:
    notices = list(notices_for(STORY, ROW, coverage(()), DAY, frozenset()))
    text = one(notices, NoticeKind.SILENT)
    assert text.startswith("all of this is from SecurityAlert: no raw event of this device")
    nothing = list(notices_for(STORY, replace(ROW, rows=()), coverage(()), DAY, frozenset()))
    assert "the window is wrong" in one(nothing, NoticeKind.EMPTY_WINDOW)
    heard = list(notices_for(STORY, ROW, coverage(("Heartbeat",)), DAY, frozenset()))
    assert "but sent no Login" in one(heard, NoticeKind.REMARK)


def test_without_its_tables_an_agent_is_not_called_silent() -> None:
    text = one(said("users", coverage(()), missing=RAW), NoticeKind.CANNOT_KNOW)
    assert "users cannot be known" in text
    notices = list(notices_for(STORY, ROW, coverage(()), DAY, RAW))
    assert "read the rest" in one(notices, NoticeKind.MISSING_TABLE)
    failed = Answer("coverage", status=Status.FAILED, failure="throttled")
    assert len(said("users", failed, missing=RAW)) == 1


# ---- the same from evidence, through the question of that name


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_traps_are_read_against_their_coverage(trap_evidence: Evidence, question: str) -> None:
    def kinds(device: str) -> list[NoticeKind]:
        pack = PACKS["exact"]
        answer = ask_whole(trap_evidence, pack, pack.questions[question], scope(device))
        assert all(len(notice.text.splitlines()) == 1 for notice in answer.notices)
        # A row without readable time is noted in every answer of this evidence.
        return [n.kind for n in answer.notices if n not in trap_evidence.notices]

    if question not in PANES:
        assert NoticeKind.SILENT not in kinds(traps.CAM)
        return
    # The trap camera drops 22 events and is silent for hours.
    assert kinds(traps.CAM).count(NoticeKind.SILENT) == 2
    # It has the legacy agent too, as one look at its ports says: nothing is beyond both.
    assert NoticeKind.CANNOT_KNOW not in kinds(traps.MICRO)
    assert kinds("nobody") == [NoticeKind.EMPTY_WINDOW]


def test_slots_are_the_windows_own() -> None:
    window = Window(datetime(2026, 3, 2, 6, tzinfo=UTC), datetime(2026, 3, 2, 7, 36, tzinfo=UTC))
    minutes = (0, 1, 50, 95)
    rows = [
        event(str(minute), (window.start + timedelta(minutes=minute)).isoformat())
        for minute in (*minutes, -1, 96)
    ]
    rows.append(event("last", (window.end - timedelta(microseconds=1)).isoformat()))
    evidence = Evidence.of_rows("ONE", {"SecurityIoTRawEvent": rows}, NOW)
    try:
        pack = PACKS["exact"]
        answer = ask_whole(
            evidence, pack, pack.questions["coverage"], Scope("cam", "plant", window)
        )
        (row,) = answer.records()
        assert row["Slots"] == [*minutes]
        assert row["Events"] == 5
    finally:
        evidence.close()


def test_dropped_events_of_either_agent_are_counted() -> None:
    rows = [
        event("x") | {"RawEventName": name, "EventDetails": json.dumps({"DroppedEvents": count})}
        for name, count in (
            ("DroppedEventsStatistics", 7),
            ("DroppedEventsStatistics", "5"),
            ("DroppedEventsStatistics", "many"),
            ("DroppedEventsStatistics", None),
            ("LocalUsers", 100),
        )
    ]
    evidence = Evidence.of_rows("ONE", {"DefenderIoTRawEvent": rows}, NOW)
    try:
        pack = PACKS["exact"]
        answer = ask_whole(evidence, pack, pack.questions["users"], Scope("cam", "plant", DAY))
        assert any("dropped 12 events" in notice.text for notice in answer.notices)
    finally:
        evidence.close()
