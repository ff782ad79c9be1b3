"""Ports, logins and processes against rows worked out by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from . import guide
from .hand import ask, clock, raw


def socket(local: str, address: str, remote: str, **more: Any) -> dict[str, Any]:
    members = {"LocalPort": local, "RemoteAddress": address, "RemotePort": remote}
    return raw("ListeningPorts", "01:00:00", {"Protocol": "TCP", "EventId": "s", **members, **more})


def test_ports_tell_listeners_from_peers() -> None:
    rows = ask(
        "ports",
        socket("22", "0.0.0.0", "*", LocalAddress="0.0.0.0"),
        socket("22", "10.0.0.1", "50000", Protocol="tcp"),
        socket("22", "10.0.0.1", "50001"),
        socket("22", "", "50002"),
        socket("40000", "10.0.0.2", "443"),
        socket("40001", "10.0.0.3", "443"),
        socket("80", "10.0.0.4", "40000"),
        socket("80", "10.0.0.4", "0"),
        raw("NetworkActivity", "02:00:00", {"Protocol": "UDP", "LocalPort": 53, "RemotePort": 53}),
    )
    brief = [
        (row["Role"], row["Protocol"], row["LocalPort"], row["RemotePort"], row["CntConnections"])
        for row in rows
    ]
    assert brief == [
        ("listening", "tcp", "22", "", 3),
        ("inbound", "tcp", "80", "", 2),
        ("outbound", "tcp", "", "443", 2),
        ("outbound", "udp", "", "53", 1),
    ]
    assert rows[0] == {
        "Protocol": "tcp",
        "LocalPort": "22",
        "Role": "listening",
        "RemotePort": "",
        "LocalAddress": ["0.0.0.0"],
        "MinObservedTime": clock("01:00:00"),
        "MaxObservedTime": clock("01:00:00"),
        "InNewestSnapshot": True,
        "CntConnections": 3,
        "CntRemoteIPAddress": 1,
        "AllowedRemoteIPAddress": ["10.0.0.1"],
        "RawEventNames": ["ListeningPorts"],
    }
    assert rows[3]["InNewestSnapshot"] is None


def login(when: str, result: str, address: str, **more: Any) -> dict[str, Any]:
    return raw("Login", when, {"Result": result, "RemoteAddress": address, **more})


def test_audit_records_of_one_sign_in_count_once() -> None:
    rows = ask(
        "logins",
        login("01:00:00", "Success", "1.2.3.4", ProcessId=7, Operation="auth", UserName="ann"),
        login("01:00:01", "SUCCESS", "1.2.3.4", ProcessId="7", Operation="login", UserId="9"),
        login("01:00:02", "Success", "127.0.0.1", ProcessId=8, Operation="auth", UserName="ann"),
        login("01:00:03", "Success", "1.2.3.4", ProcessId=0, Operation="login", UserId="9"),
    )
    assert rows == [
        {
            "UserName": "ann",
            "Result": "Success",
            "LoginHandler": "",
            "CntLoginAttempts": 2,
            "MinObservedTime": clock("01:00:00"),
            "MaxObservedTime": clock("01:00:02"),
            "CntIPAddress": 1,
            "IPAddress": ["1.2.3.4"],
            "LocalAttempts": 1,
            "InvalidUser": False,
            "FailedThenSucceededFrom": [],
        },
        {
            "UserName": "(id 9)",
            "Result": "Success",
            "LoginHandler": "",
            "CntLoginAttempts": 1,
            "MinObservedTime": clock("01:00:03"),
            "MaxObservedTime": clock("01:00:03"),
            "CntIPAddress": 1,
            "IPAddress": ["1.2.3.4"],
            "LocalAttempts": 0,
            "InvalidUser": False,
            "FailedThenSucceededFrom": [],
        },
    ]


@pytest.mark.parametrize(("failures", "found"), [(4, []), (5, ["1.2.3.4"])])
def test_five_failures_then_a_success(failures: int, found: list[str]) -> None:
    tries = [
        login(f"01:00:0{number}", "failed", "1.2.3.4", Operation=operation, UserName=f"u{number}")
        for number in range(failures)
        for operation in ("auth", "login")
    ]
    later = [login(f"02:00:0{n}", "Fail", "1.2.3.4", Operation="auth") for n in range(9)]
    success = login(f"01:00:0{failures - 1}", "Success", "1.2.3.4", UserName="root")
    rows = ask("logins", *tries, success, *later)
    assert [row["FailedThenSucceededFrom"] for row in rows if row["UserName"] == "root"] == [found]
    assert not any(row["FailedThenSucceededFrom"] for row in rows if row["Result"] == "Fail")


def test_micro_agent_operations_are_results() -> None:
    rows = ask(
        "logins",
        *(
            raw("Login", f"0{number}:00:00", {"Operation": operation, "UserName": "pi"})
            for number, operation in enumerate(("Login", "LoginFailed", "Logout", "login"))
        ),
    )
    assert [row["Result"] for row in rows] == ["Success", "Fail", "Logout", ""]


def test_processes_sum_hits_and_name_users_afterwards() -> None:
    aggregated = {
        "HitCount": "7",
        "StartTimeUtc": "03/02/2026 00:10:00",
        "EndTimeUtc": "2026-03-02T03:00:00Z",
    }
    rows = ask(
        "processes",
        raw("LocalUsers", "01:00:00", {"UserId": "0", "UserName": "root"}),
        raw("LocalUsers", "01:00:00", {"UserId": "0", "UserName": "daemon"}),
        raw(
            "ProcessCreate",
            "02:00:00",
            {
                "UserId": "0",
                "Executable": "/bin/cat",
                "CommandLine": "sudo cat /etc/passwd",
                "ExtraDetails": json.dumps(aggregated),
            },
        ),
        raw("Process", "02:00:00", {"Executable": "/bin/cat", "HitCount": 2}),
        raw("Process", "02:00:00", {"Executable": "/bin/cat", "EventType": "Exit"}),
        raw("Process", "04:00:00", {"Commandline": "ls -l", "UserId": 5, "HitCount": -1}),
    )
    assert rows == [
        {
            "Executable": "/bin/cat",
            "CntExecutions": 9,
            "MinObservedTime": clock("00:10:00"),
            "MaxObservedTime": clock("03:00:00"),
            "ExecutingUsers": ["Id:0, Name:daemon/root"],
            "CntCommandLines": 1,
            "ExecutionCommandLines": ["sudo cat /etc/passwd"],
            "AgentHelperRuns": 7,
        },
        {
            "Executable": "ls",
            "CntExecutions": 1,
            "MinObservedTime": clock("04:00:00"),
            "MaxObservedTime": clock("04:00:00"),
            "ExecutingUsers": ["Id:5, Name:"],
            "CntCommandLines": 1,
            "ExecutionCommandLines": ["ls -l"],
            "AgentHelperRuns": 0,
        },
    ]


def test_guide_joins_and_fans_out_as_published() -> None:
    local = {"TimestampLocal": "2026-03-02T06:00:00"}
    rows = ask(
        "processes",
        raw("LocalUsers", "01:00:00", {"UserId": "0", "UserName": "root"}),
        raw("LocalUsers", "01:00:00", {"UserId": "0", "UserName": "daemon"}),
        raw("ProcessCreate", "01:00:00", {"Executable": "e", "UserId": "0", **local}),
        raw("ProcessCreate", "01:00:00", {"Executable": "e", "UserId": "7"}),
        pack=guide,
    )
    assert rows == [
        {
            "Executable": "e",
            "CntExecutions": 3,
            "MinObservedTime": clock("06:00:00"),
            "MaxObservedTime": clock("06:00:00"),
            "ExecutingUsers": ["Id:0, Name:daemon", "Id:0, Name:root", "Id:7, Name:"],
            "ExecutionCommandLines": [""],
        }
    ]


def test_guide_ports_and_logins_filter_as_published() -> None:
    ports = ask(
        "ports", *(socket(port, "", "*") for port in ("22", "1025", "*", "22,53")), pack=guide
    )
    assert [(row["Protocol"], row["LocalPort"]) for row in ports] == [("TCP", 22)]
    spaced = raw("Login", "01:00:00") | {"EventDetails": '{"RemoteAddress": "127.0.0.1"}'}
    logins = ask("logins", login("01:00:00", "Fail", "127.0.0.1"), spaced, pack=guide)
    assert [(row["CntLoginAttempts"], row["IPAddress"]) for row in logins] == [(1, ["127.0.0.1"])]
