"""Every answer of both packs against an oracle in plain Python that shares no line with them."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from held import (
    ADDED,
    DEVICES,
    PACKS,
    QUESTIONS,
    TRAPS,
    asked,
    comparable,
    expected,
    opened,
)
from iotriage.queries.evidence.source import Evidence
from oracle import traps
from shapes import write_json_lines

PANES = tuple(question for question in QUESTIONS if question != "devices")
#: How each answer is ordered, most significant column first; a minus sign is descending.
ORDERS = {
    ("exact", "users"): ("UserName",),
    ("exact", "logins"): ("MinObservedTime", "UserName", "Result", "LoginHandler"),
    ("exact", "processes"): ("MinObservedTime", "Executable"),
    ("exact", "alerts"): ("FirstGenerated", "SystemAlertId"),
    ("guide", "alerts"): ("TimeGenerated", "AlertName", "ExtendedProperties"),
    ("guide", "users"): ("UserName", "GroupNames"),
    ("guide", "ports"): ("LocalPort", "Protocol"),
    ("guide", "logins"): ("UserName", "Result", "LoginHandler"),
    ("guide", "processes"): ("Executable",),
    ("exact", "coverage"): ("RawEventName",),
}


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("question", PANES)
@pytest.mark.parametrize("pack", PACKS)
def test_the_traps_are_answered_as_the_oracle_does(
    trap_evidence: Evidence, pack: str, question: str, device: str
) -> None:
    answer = asked(trap_evidence, pack, question, DEVICES[device])
    assert comparable(pack, question, answer) == expected(pack, question, TRAPS, DEVICES[device])


@pytest.mark.parametrize("hub", ["", traps.HUB, "plant-7", "PLANT-7", "plant-77", "no-such-hub"])
@pytest.mark.parametrize("pack", PACKS)
def test_the_picker_lists_the_devices_of_a_hub(
    trap_evidence: Evidence, pack: str, hub: str
) -> None:
    answer = asked(trap_evidence, pack, "devices", "", hub)
    assert comparable(pack, "devices", answer) == expected(pack, "devices", TRAPS, "", hub)


@pytest.mark.parametrize("question", PANES)
@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("hub", ["pLANT-7", "plant", ""])
def test_the_hub_is_matched_as_the_pack_says(
    trap_evidence: Evidence, pack: str, question: str, hub: str
) -> None:
    answer = asked(trap_evidence, pack, question, traps.CAM, hub)
    assert comparable(pack, question, answer) == expected(pack, question, TRAPS, traps.CAM, hub)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("pack", PACKS)
def test_an_unknown_device_has_no_rows_and_every_column(
    trap_evidence: Evidence, pack: str, question: str
) -> None:
    full = asked(trap_evidence, pack, question, traps.CAM)
    none = asked(trap_evidence, pack, question, "nobody", "nowhere")
    assert full.rows
    assert none.rows == ()
    assert none.columns == full.columns


@pytest.mark.parametrize("seed", range(15))
def test_random_mixtures_are_answered_as_the_oracle_does(seed: int, tmp_path: Path) -> None:
    tables = traps.random_tables(seed, 250)
    evidence = opened(write_json_lines(tmp_path / "export", tables))
    try:
        for pack, device in (("exact", traps.CAM), ("guide", traps.CAM)):
            for question in PANES:
                answer = asked(evidence, pack, question, device)
                wanted = expected(pack, question, tables, device)
                assert comparable(pack, question, answer) == wanted, (pack, question, device)
        answer = asked(evidence, "exact", "devices", "", "")
        assert comparable("exact", "devices", answer) == expected(
            "exact", "devices", tables, "", ""
        )
    finally:
        evidence.close()


@pytest.mark.parametrize(("pack", "question"), ORDERS)
def test_rows_come_in_the_promised_order(trap_evidence: Evidence, pack: str, question: str) -> None:
    # The oracle sorts the exact pack's rows itself; the guide's promise nothing, yet rows that
    # moved about between two looks would be hard on an analyst.
    rows = asked(trap_evidence, pack, question, traps.CAM).records()
    keys = [tuple(_place(row[column]) for column in ORDERS[pack, question]) for row in rows]
    assert len(keys) > 1
    assert all(before <= after for before, after in pairwise(keys))


def _place(value: Any) -> Any:
    # Code points, as DuckDB's bytes of UTF-8 sort; a missing time goes last.
    if isinstance(value, datetime | type(None)):
        return value or datetime.max.replace(tzinfo=UTC)
    return value


@pytest.mark.parametrize("device", DEVICES)
def test_alerts_are_explained_by_the_catalogue(trap_evidence: Evidence, device: str) -> None:
    answer = asked(trap_evidence, "exact", "alerts", DEVICES[device])
    assert answer.names[-3:] == ADDED
    known = [
        row for row in answer.records() if row.get("AlertName") == "Brute force attack succeeded"
    ]
    assert all(row["Meaning"] and row["Remedy"] and row["LookAt"] for row in known)
    assert bool(known) is (device == "cam")


def _one_more(tables: Any, name: str, details: dict[str, Any], **columns: Any) -> None:
    model = next(
        row for row in tables["SecurityIoTRawEvent"] if row.get("AssociatedResourceId") is not None
    )
    tables["SecurityIoTRawEvent"].append(
        model
        | {
            "TimeGenerated": "2026-03-02T12:00:00Z",
            "DeviceId": traps.CAM,
            "RawEventName": name,
            "EventDetails": json.dumps(details),
            "IsEmpty": False,
            "IoTRawEventId": "one-more",
        }
        | columns
    )


ALTERED = {
    "users": ("LocalUsers", {"UserName": "one-more", "UserId": "1"}),
    "ports": ("ListeningPorts", {"Protocol": "tcp", "LocalPort": "999", "RemotePort": "*"}),
    "logins": ("Login", {"UserName": "one-more", "RemoteAddress": "192.0.2.1"}),
    "processes": ("ProcessCreate", {"Executable": "/bin/sh"}),
    "coverage": ("OneMore", {"a": 1}),
}


@pytest.mark.parametrize("question", ALTERED)
@pytest.mark.parametrize("pack", PACKS)
def test_one_event_more_is_a_difference(trap_evidence: Evidence, pack: str, question: str) -> None:
    tables = copy.deepcopy(TRAPS)
    _one_more(tables, *ALTERED[question])
    answer = asked(trap_evidence, pack, question, traps.CAM)
    assert comparable(pack, question, answer) != expected(pack, question, tables, traps.CAM)


@pytest.mark.parametrize("question", ["alerts", "devices"])
@pytest.mark.parametrize("pack", PACKS)
def test_another_severity_is_a_difference(
    trap_evidence: Evidence, pack: str, question: str
) -> None:
    tables = copy.deepcopy(TRAPS)
    (row,) = [row for row in tables["SecurityAlert"] if row.get("AlertName") == "Only ten"]
    row["AlertSeverity"] = "Low"
    device = "" if question == "devices" else traps.CAM_TEN
    answer = asked(trap_evidence, pack, question, device)
    assert comparable(pack, question, answer) != expected(pack, question, tables, device)


def test_a_repeated_record_is_no_difference(trap_evidence: Evidence, tmp_path: Path) -> None:
    tables = copy.deepcopy(TRAPS)
    for rows in tables.values():
        rows.extend(rows[::7])
    again = opened(write_json_lines(tmp_path / "export", tables))
    try:
        for pack in PACKS:
            for question in QUESTIONS:
                first = asked(trap_evidence, pack, question, traps.CAM)
                assert asked(again, pack, question, traps.CAM).sha256() == first.sha256()
    finally:
        again.close()
    assert again.report.repeated > sum(len(rows) for rows in TRAPS.values()) // 7
