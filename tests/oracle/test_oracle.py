"""The oracle itself, against rows worked out by hand, and the traps against their promise."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from . import exact, guide
from .hand import DAY, ask, clock, raw
from .traps import CAM, DEVICES, HUB, WINDOW, random_tables, trap_tables

QUESTIONS = ("alerts", "users", "ports", "logins", "processes", "devices", "coverage")


def test_users_follow_snapshots_and_groups() -> None:
    rows = ask(
        "users",
        raw("LocalUsers", "01:00:00", {"EventId": "a", "UserName": "ann", "UserId": "1"}),
        raw("LocalUsers", "01:00:01", {"EventId": "a", "UserName": "bob", "GroupNames": "x"}),
        raw(
            "LocalUsers",
            "09:00:00",
            {
                "EventId": "b",
                "UserName": "ann",
                "UserId": "2",
                "GroupNames": "b; a;b;",
                "TimestampUTC": "2026-03-02T08:30:00Z",
                "TimestampLocal": "2026-03-02T23:00:00Z",
            },
        ),
    )
    assert rows == [
        {
            "UserName": "ann",
            "GroupNames": "a;b",
            "UserIds": ["1", "2"],
            "FirstObserved": clock("01:00:00"),
            "LastObserved": clock("08:30:00"),
            "InNewestSnapshot": True,
            "EarlierGroups": [""],
        },
        {
            "UserName": "bob",
            "GroupNames": "x",
            "UserIds": [],
            "FirstObserved": clock("01:00:01"),
            "LastObserved": clock("01:00:01"),
            "InNewestSnapshot": False,
            "EarlierGroups": [],
        },
    ]


def test_an_empty_snapshot_is_the_newest_one() -> None:
    rows = ask(
        "users",
        raw("LocalUsers", "01:00:00", {"UserName": "ann"}, IoTRawEventId="1"),
        raw("LocalUsers", "02:00:00", IsEmpty=True, IoTRawEventId="2"),
    )
    assert [row["InNewestSnapshot"] for row in rows] == [False]


@pytest.mark.parametrize(
    ("stamps", "expected"),
    [
        ({"TimestampLocal": "2026-03-02T06:00:00+01:00"}, "05:00:00"),
        ({"TimestampLocal": "2026-03-02T06:00:00-0130"}, "07:30:00"),
        ({"TimestampLocal": "2026-03-02 06:00:00Z"}, "06:00:00"),
        ({"TimestampLocal": "2026-03-02T06:00:00"}, "01:00:00"),
        ({"TimestampUTC": "2026-03-02T06:00:00"}, "06:00:00"),
        ({"TimestampUTC": "soon", "TimestampLocal": "late Z"}, "01:00:00"),
        ({"TimestampUTC": "2026-02-30T06:00:00Z"}, "01:00:00"),
    ],
)
def test_event_time(stamps: dict[str, str], expected: str) -> None:
    (row,) = ask("users", raw("LocalUsers", "01:00:00", {"UserName": "ann", **stamps}))
    assert row["FirstObserved"] == clock(expected)


def test_window_scope_and_repeats() -> None:
    row = raw("Heartbeat", "00:00:00", {"a": 1})
    rows = ask(
        "coverage",
        row,
        dict(row),
        {**row, "TimeGenerated": "2026-03-02T02:00:00+02:00"},  # the same moment, so a repeat
        {**row, "IoTRawEventId": "another"},
        {**row, "TimeGenerated": "2026-03-01T23:59:59.999999Z"},
        {**row, "TimeGenerated": "2026-03-03T00:00:00Z"},
        {**row, "TimeGenerated": "2026-03-02T23:59:59Z", "IsEmpty": True},
        {**row, "DeviceId": "D"},
        {**row, "AssociatedResourceId": "/x/hub-2"},
        {**row, "AssociatedResourceId": "HUB//", "TimeGenerated": "2026-03-02T00:15:00Z"},
    )
    assert rows == [
        {
            "RawEventName": "Heartbeat",
            "Events": 4,
            "EmptyEvents": 1,
            "FirstObserved": clock("00:00:00"),
            "LastObserved": clock("23:59:59"),
            "DroppedEvents": 0,
            "AgentVersion": "",
            "Slots": [0, 1, 95],
        }
    ]


def alert(when: str, **columns: Any) -> dict[str, Any]:
    found = {"TimeGenerated": f"2026-03-02T{when}Z", "ResourceId": "/x/iothubs/HUB"}
    return {**found, "ExtendedProperties": '{ "DeviceId": "d" }', **columns}


def test_alerts_are_one_row_an_id_in_the_newest_state() -> None:
    graph = '[{"$ref": "1"}, {"Type": "IoTDevice", "DeviceId": "d"}]'
    rows = ask(
        "alerts",
        SecurityAlert=[
            alert("02:00:00", SystemAlertId="a", Status="Resolved", AlertName="A"),
            alert("01:00:00", SystemAlertId="a", Status="New", AlertName="A"),
            alert("03:00:00", SystemAlertId="b", ExtendedProperties="", Entities=graph),
            alert("03:00:00", SystemAlertId="c", ExtendedProperties='{"DeviceId": "d1"}'),
            alert("03:00:00", SystemAlertId="e", ResourceId="/x/iothubs/hub2"),
            alert("04:00:00", DisplayName="Shown"),
            alert("04:00:00", DisplayName="Shown"),
        ],
    )
    seed = 'Shown|2026-03-02T04:00:00.0000000Z|{ "DeviceId": "d" }'
    made = "no-id-" + hashlib.sha256(seed.encode()).hexdigest()[:16]
    assert [(row["SystemAlertId"], row["AlertName"], row["Status"]) for row in rows] == [
        ("a", "A", "Resolved"),
        ("b", "", ""),
        (made, "Shown", ""),
    ]


def test_devices_join_events_and_alerts() -> None:
    rows = exact.answer(
        "devices",
        {
            "SecurityIoTRawEvent": [
                raw("Login", "05:00:00", AgentVersion="1.10"),
                raw("Login", "05:00:00", AgentVersion="1.9"),
                raw("Login", "05:00:00", DeviceId=""),
            ],
            "SecurityAlert": [
                alert("01:00:00", SystemAlertId="a", AlertSeverity="High"),
                alert("02:00:00", SystemAlertId="a", AlertSeverity="Low"),
                alert("03:00:00", SystemAlertId="b", AlertSeverity="High", ResourceId="other"),
            ],
        },
        "",
        "",
        *DAY,
    )
    assert [(row["Hub"], row["High"], row["Low"], row["Events"]) for row in rows] == [
        ("other", 1, 0, 0),
        ("HUB", 0, 1, 2),
    ]
    assert rows[1] == {
        "DeviceId": "d",
        "Hub": "HUB",
        "Alerts": 1,
        "High": 0,
        "Medium": 0,
        "Low": 1,
        "Informational": 0,
        "HighestSeverity": "Low",
        "FirstSeen": clock("01:00:00"),
        "LastSeen": clock("05:00:00"),
        "Events": 2,
        "AgentVersion": "1.9",
    }


def test_the_traps_hold_what_they_promise() -> None:
    tables = trap_tables()
    assert tables == trap_tables()

    def of(question: str) -> list[dict[str, Any]]:
        return exact.answer(question, tables, CAM, HUB, *WINDOW)

    broken_in = {
        (row["UserName"], row["LoginHandler"]): row["FailedThenSucceededFrom"]
        for row in of("logins")
        if row["FailedThenSucceededFrom"]
    }
    assert broken_in == {
        ("root", "/usr/sbin/sshd"): ["198.51.100.10", "198.51.100.7"],
        ("root", "telnetd"): ["198.51.100.9"],
    }
    assert max(len(row["IPAddress"]) for row in of("logins")) > 128
    assert max(row["CntCommandLines"] for row in of("processes")) == 200
    outbound = [row for row in of("ports") if row["Role"] == "outbound"]
    assert max(row["CntConnections"] for row in outbound) > 300
    names = {row["UserName"] for row in of("users")}
    assert {"edge-start", "edge-last", "mallory", "bob"} <= names
    assert not names & {"edge-before", "edge-end", "ghost", "elsewhere-0", "elsewhere-1"}


@pytest.mark.parametrize("pack", [exact, guide], ids=["exact", "guide"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_rows_of_a_question_are_alike_and_sets_sorted(question: str, pack: Any) -> None:
    tables = trap_tables()
    rows = [
        row for device in DEVICES for row in pack.answer(question, tables, device, HUB, *WINDOW)
    ]
    assert len({tuple(row) for row in rows}) == 1
    for row in rows:
        for value in row.values():
            assert not isinstance(value, list) or value == sorted(set(value))
    assert pack.answer(question, {}, CAM, HUB, *WINDOW) == []


def test_random_tables_repeat_by_seed() -> None:
    assert random_tables(3, 40) == random_tables(3, 40)
    assert random_tables(3, 40) != random_tables(4, 40)
