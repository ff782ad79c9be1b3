"""The exact pack's questions beyond the guide's five, against the oracle in plain Python."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from held import BEYOND, DEVICES, NOW, TRAPS, WINDOW, asked, expected, opened, question_of, scope
from iotriage.queries.asking import drill_down
from iotriage.queries.evidence.source import Evidence
from oracle import traps
from oracle.rows import parsed
from shapes import write_json_lines

#: Rows that no raw event stands behind: an alert is the cloud's, silence is nobody's.
EVENTLESS = ({"Kind": "alert"}, {"Signal": "silence"})
#: Recommendations are the cloud's: they are looked at in test_recommendations.py.
OF_EVENTS = tuple(question for question in BEYOND if question != "recommendations")


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("question", BEYOND)
def test_the_traps_are_answered_as_the_oracle_does(
    trap_evidence: Evidence, question: str, device: str
) -> None:
    answer = asked(trap_evidence, "exact", question, DEVICES[device])
    assert answer.records() == expected("exact", question, TRAPS, DEVICES[device])


@pytest.mark.parametrize("seed", range(6))
def test_random_mixtures_are_answered_as_the_oracle_does(seed: int) -> None:
    tables = traps.random_tables(seed, 300, traps.WIDE)
    evidence = Evidence.of_rows("MIXED", copy.deepcopy(tables), NOW)
    try:
        for question in BEYOND:
            answer = asked(evidence, "exact", question, traps.CAM)
            wanted = expected("exact", question, tables, traps.CAM)
            assert answer.records() == wanted, question
    finally:
        evidence.close()


@pytest.mark.parametrize("question", BEYOND)
def test_the_hub_is_matched_exactly(trap_evidence: Evidence, question: str) -> None:
    full = asked(trap_evidence, "exact", question, traps.CAM_TEN)
    assert full.rows
    assert asked(trap_evidence, "exact", question, traps.CAM_TEN, "pLANT-7").rows == full.rows
    for device, hub in ((traps.CAM_TEN, "plant"), (traps.CAM_TEN, ""), ("nobody", traps.HUB)):
        none = asked(trap_evidence, "exact", question, device, hub)
        assert none.rows == ()
        assert none.columns == full.columns


@pytest.mark.parametrize("question", BEYOND)
def test_a_row_is_told_from_all_others_by_its_keys(trap_evidence: Evidence, question: str) -> None:
    keys = question_of("exact", question).keys
    for device in DEVICES.values():
        rows = asked(trap_evidence, "exact", question, device).records()
        assert len({tuple(row[key] for key in keys) for row in rows}) == len(rows)


@pytest.mark.parametrize("question", OF_EVENTS)
def test_behind_a_row_are_its_values_and_events_of_the_device(
    trap_evidence: Evidence, question: str
) -> None:
    described = question_of("exact", question)
    there = {
        (row["RawEventName"], json.dumps(parsed(row["EventDetails"]), sort_keys=True))
        for table in ("SecurityIoTRawEvent", "DefenderIoTRawEvent")
        for row in TRAPS[table]
        if row.get("DeviceId") == traps.CAM_TEN
    }
    details = {text for _, text in there}
    rows = asked(trap_evidence, "exact", question, traps.CAM_TEN).records()
    for row in rows[:: 1 + len(rows) // 6]:
        values, events = drill_down(trap_evidence, described, scope(traps.CAM_TEN), row)
        assert (values.failure, events.failure) == ("", "")
        if described.values:
            listed: dict[str, set[str]] = {}
            for value in values.records():
                listed.setdefault(value["Column"], set()).add(value["Value"])
            assert listed == {name: set(row[name]) for name in described.sets if row[name]}
        for counted, counter in described.counts.items():
            assert row[counter] == len(row[counted])
        if not any(eventless.items() <= row.items() for eventless in EVENTLESS):
            shown = [
                json.dumps(parsed(e["EventDetails"]), sort_keys=True) for e in events.records()
            ]
            assert shown
            assert set(shown) <= details


def test_a_repeated_record_is_no_difference(trap_evidence: Evidence, tmp_path: Path) -> None:
    tables = copy.deepcopy(TRAPS)
    for rows in tables.values():
        rows.extend(rows[::5])
    again = opened(write_json_lines(tmp_path / "export", tables))
    try:
        for question in BEYOND:
            first = asked(trap_evidence, "exact", question, traps.CAM_TEN)
            assert asked(again, "exact", question, traps.CAM_TEN).sha256() == first.sha256()
    finally:
        again.close()


ONE_MORE: dict[str, tuple[str, dict[str, Any]]] = {
    "connections": ("ConnectionCreate", {"RemoteAddress": "192.0.2.200", "Direction": "Out"}),
    "sessions": ("Login", {"UserName": "one-more", "Result": "Success"}),
    "bruteforce": ("Login", {"RemoteAddress": "192.0.2.200", "Result": "Fail"}),
    "story": ("ProcessCreate", {"Executable": "/one/more"}),
    "firewall": ("FirewallConfiguration", {"ChainName": "OUTPUT", "Action": "Deny"}),
    "baseline": ("OSBaseline", {"CceId": "one-more", "Result": "FAIL", "EventId": "run-13"}),
    "system": ("SystemInformation", {"OSName": "another"}),
    "health": ("Heartbeat", {"Uptime": 2}),
}


@pytest.mark.parametrize("question", OF_EVENTS)
def test_one_event_more_is_a_difference(trap_evidence: Evidence, question: str) -> None:
    tables = copy.deepcopy(TRAPS)
    name, details = ONE_MORE[question]
    tables["SecurityIoTRawEvent"].append(
        {
            "TimeGenerated": WINDOW.start + (WINDOW.end - WINDOW.start) / 2,
            "DeviceId": traps.CAM_TEN,
            "AssociatedResourceId": TRAPS["SecurityIoTRawEvent"][0]["AssociatedResourceId"],
            "RawEventName": name,
            "EventDetails": json.dumps(details),
            "IoTRawEventId": "one-more",
        }
    )
    answer = asked(trap_evidence, "exact", question, traps.CAM_TEN)
    assert answer.records() != expected("exact", question, tables, traps.CAM_TEN)
