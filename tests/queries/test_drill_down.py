"""Behind every row of the traps: its values and its events, and those of no other row."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from held import DEVICES, NOW, TRAPS, WINDOW, Records, asked, question_of, scope
from iotriage.queries.answers import Answer
from iotriage.queries.asking import drill_down
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.source import Cancellation
from iotriage.queries.window import Window
from oracle import traps
from oracle.build import Sheet
from recount import Behind, alert_states, recount

#: events.kql shows the newest of these many.
MOST = 500
RAW = ("users", "ports", "logins", "processes")


def behind(source: Evidence, question: str, device: str, record: Any) -> tuple[Answer, Answer]:
    answers = drill_down(source, question_of("exact", question), scope(device), record)
    assert [answer.failure for answer in answers] == ["", ""]
    return answers


def keys_of(question: str, record: dict[str, Any]) -> tuple[str, ...]:
    # A user's groups are a part of the row's identity, not of what is behind it.
    keys = ("UserName",) if question == "users" else question_of("exact", question).keys
    return tuple(record[key] for key in keys)


def spread(records: Records) -> Records:
    """The trap device's rows by the dozen: the first, and enough others to meet every kind."""
    return records if len(records) < 8 else [*records[:4], *records[4::8]]


def canonical(details: Any) -> str:
    return json.dumps(json.loads(details) if isinstance(details, str) else details, sort_keys=True)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("question", RAW)
def test_each_row_lists_its_values_and_its_events(
    trap_evidence: Evidence, question: str, device: str
) -> None:
    name = DEVICES[device]
    counted = recount(question, TRAPS, name)
    records = asked(trap_evidence, "exact", question, name).records()
    assert {keys_of(question, record) for record in records} == set(counted)
    for record in spread(records):
        values, events = behind(trap_evidence, question, name, record)
        wanted = counted[keys_of(question, record)]
        _values_are(values, wanted)
        _row_agrees(question, record, wanted)
        _events_are(events, wanted)


def _values_are(values: Answer, wanted: Behind) -> None:
    rows = values.records()
    listed = {
        (row["Column"], row["Value"]): (row["Count"], row["FirstObserved"], row["LastObserved"])
        for row in rows
    }
    assert len(listed) == len(rows)
    assert listed == wanted.values()
    order = [(row["Column"], -row["Count"], row["Value"]) for row in rows]
    assert order == sorted(order)


def _row_agrees(question: str, record: dict[str, Any], wanted: Behind) -> None:
    """What the row itself says follows from the values behind it."""
    sets: dict[str, set[str]] = {}
    for column, value in wanted.values():
        sets.setdefault(column, set()).add(value)
    if question == "users":
        assert sets["GroupNames"] == {record["GroupNames"], *record["EarlierGroups"]}
        assert sets.get("UserIds", set()) == set(record["UserIds"])
    if question == "ports":
        for column in ("AllowedRemoteIPAddress", "LocalAddress", "RawEventNames"):
            assert sets.get(column, set()) == set(record[column])
        assert record["CntRemoteIPAddress"] == len(sets.get("AllowedRemoteIPAddress", ()))
        assert record["CntConnections"] <= len(wanted.seen)
    if question == "logins":
        assert sets.get("IPAddress", set()) == set(record["IPAddress"])
        # One sign-in leaves several records, never the other way round.
        assert record["CntLoginAttempts"] <= len(wanted.seen)
    if question == "processes":
        assert sets.get("ExecutionCommandLines", set()) == set(record["ExecutionCommandLines"])
        assert sets.get("ExecutingUsers", set()) == set(record["ExecutingUsers"])
        assert record["CntExecutions"] == sum(one.count for one in wanted.seen)
        assert record["MinObservedTime"] == min(one.first for one in wanted.seen)


def _events_are(events: Answer, wanted: Behind) -> None:
    rows = events.records()
    times = [row["EventTime"] for row in rows]
    assert all(later >= earlier for later, earlier in pairwise(times))
    assert len(rows) == min(MOST, len(wanted.seen))
    shown = Counter((row["EventTime"], canonical(row["EventDetails"])) for row in rows)
    there = Counter((one.event.time, canonical(one.event.details)) for one in wanted.seen)
    assert shown <= there
    if len(wanted.seen) > MOST:
        newest = sorted((one.event.time for one in wanted.seen), reverse=True)[:MOST]
        assert times == newest


def test_of_very_many_events_the_newest_are_shown_and_all_are_counted() -> None:
    sheet = Sheet()
    for number in range(MOST + 200):
        command = f"sh -c {number % 2}"
        sheet.event("ProcessCreate", number, {"Executable": "/bin/sh", "CommandLine": command})
    busy = Evidence.of_rows("MANY", json.loads(json.dumps(sheet.tables, default=str)), NOW)
    try:
        counted = recount("processes", sheet.tables, traps.CAM)["/bin/sh",]
        (record,) = asked(busy, "exact", "processes", traps.CAM).records()
        assert record["CntExecutions"] == len(counted.seen) == MOST + 200
        values, events = behind(busy, "processes", traps.CAM, record)
        _values_are(values, counted)
        _events_are(events, counted)
    finally:
        busy.close()


@pytest.mark.parametrize("device", DEVICES)
def test_an_alert_shows_every_state_it_was_in(trap_evidence: Evidence, device: str) -> None:
    name = DEVICES[device]
    states = alert_states(TRAPS, name)
    records = asked(trap_evidence, "exact", "alerts", name).records()
    assert {record["SystemAlertId"] for record in records} == set(states)
    for record in spread(records):
        _, events = behind(trap_evidence, "alerts", name, record)
        rows = events.records()
        wanted = states[record["SystemAlertId"]]
        assert sorted(rows, key=repr) == sorted(wanted, key=lambda row: repr(_as(rows, row)))
        assert [row["TimeGenerated"] for row in rows] == sorted(
            (row["TimeGenerated"] for row in wanted), reverse=True
        )


def _as(rows: Records, row: dict[str, Any]) -> dict[str, Any]:
    """``row`` with its columns in the order of ``rows``."""
    return {name: row[name] for name in rows[0]}


def test_an_alert_of_three_states_is_among_the_traps() -> None:
    assert max(len(states) for states in alert_states(TRAPS, traps.CAM).values()) == 3


@pytest.mark.parametrize("question", RAW)
def test_a_row_that_is_not_there_has_nothing_behind_it(
    trap_evidence: Evidence, question: str
) -> None:
    nobody = dict.fromkeys(question_of("exact", question).keys, "no such thing")
    for answer in behind(trap_evidence, question, traps.CAM, nobody):
        assert answer.rows == ()
        assert answer.columns


#: Rows with something behind them both before and after five o'clock.
KEPT = {
    "alerts": {"SystemAlertId": "alert-states"},
    "users": {"UserName": "root"},
    "ports": {"Protocol": "tcp", "LocalPort": "22", "RemotePort": ""},
    "logins": {"UserName": "root", "Result": "Fail", "LoginHandler": "/usr/sbin/sshd"},
    "processes": {"Executable": "/bin/sh"},
}


@pytest.mark.parametrize("question", KEPT)
def test_what_is_behind_a_row_keeps_to_the_window(trap_evidence: Evidence, question: str) -> None:
    morning = Window(WINDOW.start, WINDOW.start + timedelta(hours=5))
    record = asked(trap_evidence, "exact", question, traps.CAM).records()[0]
    record |= KEPT[question]
    # The source's own window binds even where the text asks for more.
    query = question_of("exact", question).events_query(traps.CAM, traps.HUB, WINDOW, record)
    whole, part = (trap_evidence.ask(query, window, Cancellation()) for window in (WINDOW, morning))
    assert part.failure == whole.failure == ""
    assert 0 < len(part.rows) < len(whole.rows)
    assert set(part.rows) < set(whole.rows)


def test_a_pack_without_drill_down_has_empty_ones(trap_evidence: Evidence) -> None:
    question = question_of("guide", "users")
    record = asked(trap_evidence, "guide", "users", traps.CAM).records()[0]
    for answer in drill_down(trap_evidence, question, scope(traps.CAM), record):
        assert (answer.columns, answer.rows, answer.failure, answer.kql) == ((), (), "", "")
