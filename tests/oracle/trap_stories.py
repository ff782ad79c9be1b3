"""Traps in what belongs together: connections, and what follows on a sign-in; on cam-10."""

from __future__ import annotations

import json
from typing import Any

from .build import CAM, CAM_TEN, HOSTILE, HOSTILE_TEXTS, Sheet, stamps

HOUR = 3600.0
SSHD = "/usr/sbin/sshd"


def connection_traps(sheet: Sheet) -> None:
    def call(seconds: float, direction: Any, remote: str, port: Any, **members: Any) -> None:
        style = members.pop("style", "c")
        columns = {"device": members.pop("device", CAM_TEN)}
        if "table" in members:
            columns["table"] = members.pop("table")
        details = {
            "Executable": "/usr/bin/curl",
            "Direction": direction,
            "Protocol": "tcp",
            "RemoteAddress": remote,
            "RemotePort": port,
            "ProcessId": 77,
            **members,
        }
        kept = {key: value for key, value in details.items() if value is not ...}
        sheet.event("ConnectionCreate", seconds + 5, {**kept, **stamps(seconds, style)}, **columns)

    utc = {"StartTimeUtc": "2026-03-02T02:00:00Z", "EndTimeUtc": "2026-03-02T02:59:59Z"}
    invariant = {"StartTimeUtc": "03/02/2026 01:15:00", "EndTimeUtc": "03/02/2026 04:00:00"}
    peer = "198.51.100.66"
    call(3 * HOUR, "Out", peer, "443", UserId="1000", CommandLine="curl https://x")
    call(3 * HOUR, "out", peer, "443", UserId="0", CommandLine="curl -k https://x", style="offset")
    call(3 * HOUR, "Out", peer, 443, ExtraDetails={"HitCount": 40, **utc})
    call(3 * HOUR, "Out", peer, "443", ExtraDetails=json.dumps({"HitCount": "7", **invariant}))
    call(3 * HOUR, "Out", peer, "443", ExtraDetails={"HitCount": 0}, BytesIn="12", BytesOut="x")
    call(3 * HOUR, "Out", peer, "443", UserName="SYSTEM", UserId=...)
    call(3 * HOUR, "Out", peer, "*", LocalPort="40001")
    call(3 * HOUR, "Out", peer, "0", LocalPort="40002", Protocol="UDP")
    # The caller's own port tells nothing, and the C agent's counted rows have 0 for it.
    for number in range(40):
        call(4 * HOUR, "In", peer, str(50000 + number), LocalPort="22", Executable=SSHD)
    call(4 * HOUR, "IN", peer, 0, Executable=SSHD, ExtraDetails={"HitCount": 9, **utc})
    call(4 * HOUR, "Sideways", peer, "1", LocalPort="2")
    for near, far in (("22", "50000"), ("50000", "22"), ("7", "7"), ("", "1"), ("1", ""), ("", "")):
        call(5 * HOUR, "", "2001:db8::7", far, LocalPort=near)
    call(5 * HOUR, ..., ..., ..., Protocol=..., Executable=...)
    for number in range(200):
        call(6 * HOUR, "Out", "192.0.2.9", "80", CommandLine=f"curl /{number}")
    for hostile in HOSTILE_TEXTS:
        hosts = {"Executable": hostile, "CommandLine": hostile, "UserId": hostile}
        call(7 * HOUR, "Out", hostile, hostile, **hosts)
        call(7 * HOUR, hostile, "10.0.0.7", "1", Protocol=hostile)
    for empty in ("", "{}", "null", "not json"):
        sheet.event("ConnectionCreate", 8 * HOUR, empty, IsEmpty=True)
    call(9 * HOUR, "Out", peer, "443", device=HOSTILE, Executable=HOSTILE)
    call(9 * HOUR, "Out", peer, "443", device=CAM, table="DefenderIoTRawEvent")
    # Called before, also by others; with a command line that is new, and from a port of its own.
    call(2 * HOUR, "OUT", peer, "443", device=CAM, LocalPort="40003")
    call(10 * HOUR, "Out", peer, "443", device=CAM, LocalPort="40004", CommandLine="curl -s x")


def session_traps(sheet: Sheet) -> None:
    def sign_in(seconds: float, user: str, pid: Any, **members: Any) -> None:
        details = {
            "Executable": SSHD,
            "RemoteAddress": "203.0.113.5",
            "Operation": "PAM:authentication",
            "Result": "Success",
            "UserName": user,
            "ProcessId": pid,
            **members,
        }
        sheet.event("Login", seconds + 5, {**details, **stamps(seconds)}, device=CAM_TEN)

    def run(seconds: float, user_id: str, command: str, **members: Any) -> None:
        program = command.split(maxsplit=1)[0]
        details = {"Executable": program, "CommandLine": command, "UserId": user_id, **members}
        sheet.event("ProcessCreate", seconds + 5, {**details, **stamps(seconds)}, device=CAM_TEN)

    def counted(begin: str, end: str) -> dict[str, Any]:
        times = {"StartTimeUtc": f"2026-03-02T{begin}Z", "EndTimeUtc": f"2026-03-02T{end}Z"}
        return {"ExtraDetails": {"HitCount": 10, **times}}

    users = (("0", "toor"), ("1000", "ann"), ("1001", "ben"), ("1001", "bea"), ("1002", "cyd"))
    for hour, known in ((2.5, users), (14, (*users, ("1003", "new"))), (20, users[1:])):
        for user_id, user in known:
            groups = "users;sudo" if user == "ann" and hour == 14 else "users"
            details = {"UserId": user_id, "UserName": user, "GroupNames": groups}
            details |= {"EventId": f"u-{hour}", **stamps(hour * HOUR)}
            sheet.event("LocalUsers", hour * HOUR, details, device=CAM_TEN)

    # Two records of one sign-in, a third too late to be of it, and a sign-in within a session.
    for seconds in (0, 60, 121):
        sign_in(12 * HOUR + seconds, "ann", 10)
    sign_in(12.5 * HOUR, "ann", 11)
    # A command in the very second of the next sign-in is already of that session.
    for seconds, command in ((-1, "early"), (0, "id"), (59, "id"), (121, "w"), (1799, "ls")):
        run(12 * HOUR + seconds, "1000", command)
    run(12.5 * HOUR, "1000", "late")
    run(12 * HOUR + 30, "1000", "agg inside", **counted("12:02:30", "12:20:00"))
    run(12 * HOUR + 30, "1000", "agg over the start", **counted("11:30:00", "12:20:00"))
    run(12 * HOUR + 30, "1000", "agg over the end", **counted("12:20:00", "12:40:00"))
    run(12 * HOUR + 30, "1000", "agg outside", **counted("10:00:00", "11:00:00"))
    # Rights raised: what root does before is not of it, nor what the agent runs.
    run(12.6 * HOUR - 10, "0", "before")
    run(12.6 * HOUR, "1000", "/usr/bin/sudo sh", Executable="/usr/bin/sudo")
    run(12.6 * HOUR + 1, "0", "useradd x")
    run(12.6 * HOUR + 2, "0", "netstat -tuwpna")
    run(12.6 * HOUR + 3, "0", "counted", **counted("12:30:00", "12:50:00"))
    sign_in(12.6 * HOUR, "ann", 12, Executable="/usr/bin/sudo", RemoteAddress="")
    sign_in(12.6 * HOUR, "ann", 12, Executable="/opt/pseudo", RemoteAddress="")
    # Ended by a sign-out of the same process; one of another process or before it is not its end.
    out = {"Operation": "Logout", "Result": "", "RemoteAddress": "0.0.0.0"}
    sign_in(15 * HOUR, "ben", 20, Executable="pts/0", RemoteAddress="127.0.0.1")
    sign_in(15 * HOUR - 5, "ben", 20, **out)
    sign_in(15 * HOUR + 300, "ben", 21, **out)
    sign_in(15 * HOUR + 600, "ben", 20, **out)
    sign_in(15 * HOUR + 900, "ben", 20, **out)
    run(15 * HOUR + 600, "1001", "in the last second")
    run(15 * HOUR + 601, "1001", "after the end")
    sign_in(16 * HOUR, "ben", "0")
    sign_in(16 * HOUR + 5, "ben", "")
    # The id is shared: what it runs may be either's. Known by name only, or not at all.
    sign_in(16 * HOUR, "bea", 22)
    run(16.1 * HOUR, "1001", "whose")
    sign_in(17 * HOUR, "SYSTEM", 30)
    run(17.1 * HOUR, "", "named", UserName="SYSTEM")
    run(17.1 * HOUR, "9", "another", UserName="SYSTEM")
    sign_in(17 * HOUR, "", 31, UserId="4242")
    run(17.1 * HOUR, "4242", "by id")
    sign_in(17 * HOUR, "", 32)
    run(17.1 * HOUR, "", "nobody's")
    # Failures, then in; in, then failures; from everywhere.
    for number in range(3):
        refused = {"Result": "Fail", "RemoteAddress": f"192.0.2.{number}"}
        sign_in(18 * HOUR, f"guess{number}", 40, **refused)
        sign_in(18 * HOUR + 10 - 10 * number, "cyd", 41, RemoteAddress=f"192.0.2.{number}")
    for hostile in HOSTILE_TEXTS:
        sign_in(19 * HOUR, hostile, hostile, RemoteAddress=hostile, Executable=hostile)
        sign_in(19 * HOUR, hostile, 1, Result="Fail", RemoteAddress=hostile)
        run(19 * HOUR + 5, "", f"x {hostile}", UserName=hostile)
    # A socket that the first look did not see.
    sockets = ((19, "0.0.0.0", "31337"), (20, "0.0.0.0", "31337"), (20, "::", "1"))
    for hour, address, port in sockets:
        socket = {"Protocol": "TCP", "LocalAddress": address, "LocalPort": port}
        sheet.event(
            "ListeningPorts", hour * HOUR, {**socket, **stamps(hour * HOUR)}, device=CAM_TEN
        )
