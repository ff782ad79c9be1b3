"""What follows on signing in and on failing to, by the exact pack's definitions."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from . import activity
from .rows import Event

_RAISES = re.compile(r"(.*/)?(sudo|su|doas|pkexec)", re.DOTALL)
_ONE_SIGN_IN = timedelta(minutes=1)


@dataclass
class _Session:
    user: str
    address: str
    handler: str
    process: str
    start: datetime
    out: datetime | None = None
    following: datetime | None = None
    runs: list[Event] = field(default_factory=list)
    perhaps: list[Event] = field(default_factory=list)

    def holds(self, begin: datetime, end: datetime) -> bool:
        """Whether what began and ended then was inside."""
        return self.start <= begin and self._is_before_the_end(end)

    def touches(self, begin: datetime, end: datetime) -> bool:
        return end >= self.start and self._is_before_the_end(begin)

    def _is_before_the_end(self, moment: datetime) -> bool:
        if self.out is not None:
            # To the millisecond, as the second of the sign-out still belongs to it.
            return moment < self.out + timedelta(milliseconds=1)
        return self.following is None or moment < self.following


def _ends(row: activity._SignIn) -> tuple[str, str]:
    address = "" if activity.local_address(row.address) else row.address
    return address, "" if row.process == "0" else row.process


def _sessions(rows: list[activity._SignIn]) -> list[_Session]:
    records: dict[tuple[str, ...], list[datetime]] = defaultdict(list)
    for row in rows:
        if row.result == "Success" and not _RAISES.fullmatch(row.handler):
            address, process = _ends(row)
            records[row.user, address, row.handler, process].append(row.time)
    found = []
    for key, times in records.items():
        before = None
        for time in sorted(times):
            if before is None or time - before > _ONE_SIGN_IN:
                found.append(_Session(*key, time))
            before = time
    for one in found:
        later = [each.start for each in found if each.user == one.user and each.start > one.start]
        one.following = min(later, default=None)
    for row in rows:
        if row.result == "Logout":
            _sign_out(row, found)
    return found


def _sign_out(row: activity._SignIn, found: list[_Session]) -> None:
    mine = [
        one
        for one in found
        if (one.user, one.address, one.process) == (row.user, *_ends(row)) and one.start <= row.time
    ]
    newest = max((one.start for one in mine), default=None)
    for one in mine:
        if one.start == newest:
            one.out = min(one.out or row.time, row.time)


def _programs(events: list[Event]) -> list[Event]:
    return [
        event
        for event in events
        if event.name in ("ProcessCreate", "Process")
        and not event.empty
        and not (event.name == "Process" and event.get("EventType").lower() == "exit")
    ]


def _executable(event: Event) -> str:
    return event.get("Executable") or (activity._command(event).split() or [""])[0]


def sessions(events: list[Event]) -> list[dict[str, Any]]:
    rows = activity.sign_ins(events)
    ids: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.result == "Success" and not _RAISES.fullmatch(row.handler):
            ids[row.user].add(row.user_id)
    for event in events:
        if event.name == "LocalUsers" and not event.empty and event.get("UserName"):
            ids[event.get("UserName")].add(event.get("UserId"))
    programs = _programs(events)
    found = []
    for one in _sessions(rows):
        for event in programs:
            user_id, span = event.get("UserId"), activity._span(event)
            by_name = not user_id and event.get("UserName") == one.user != ""
            if (by_name or (user_id and user_id in ids[one.user])) and one.touches(*span):
                (one.runs if one.holds(*span) else one.perhaps).append(event)
        found.append(_told(one, programs))
    return sorted(
        found,
        key=lambda row: (
            row["SignedIn"],
            row["UserName"],
            row["RemoteAddress"],
            row["LoginHandler"],
            row["ProcessId"],
        ),
    )


def _told(one: _Session, programs: list[Event]) -> dict[str, Any]:
    raised = min(
        (activity._span(event)[0] for event in one.runs if _RAISES.fullmatch(_executable(event))),
        default=None,
    )
    as_root = [
        event
        for event in programs
        if raised is not None
        and event.get("UserId") == "0"
        and not activity.is_helper(activity._command(event))
        and activity._span(event)[0] >= raised
        and one.holds(*activity._span(event))
    ]
    last = max((activity._span(event)[1] for event in one.runs), default=None)
    ends = (("sign-out", one.out), ("next sign-in", one.following), ("last command", last))
    known_by, ended = next((each for each in ends if each[1]), ("not seen", None))
    commands = sorted({activity._command(event) for event in one.runs} - {""})
    root_commands = sorted({activity._command(event) for event in as_root} - {""})
    return {
        "SignedIn": one.start,
        "UserName": one.user,
        "RemoteAddress": one.address,
        "LoginHandler": one.handler,
        "ProcessId": one.process,
        "Ended": ended,
        "EndKnownBy": known_by,
        "CntRuns": sum(activity._hits(event) for event in one.runs),
        "CntCommandLines": len(commands),
        "CommandLines": commands,
        "RunsPerhaps": sum(activity._hits(event) for event in one.perhaps),
        "FirstRaised": raised,
        "CntRootCommandLines": len(root_commands),
        "RootCommandLines": root_commands,
    }


def bruteforce(events: list[Event]) -> list[dict[str, Any]]:
    rows = [row for row in activity.sign_ins(events) if not activity.local_address(row.address)]
    found = []
    for address in {row.address for row in rows if row.result == "Fail"}:
        here = [row for row in rows if row.address == address]
        failed = [row for row in here if row.result == "Fail"]
        first = min(row.time for row in failed)
        got_in = [row for row in here if row.result == "Success" and row.time >= first]
        tried = sorted({row.user for row in failed} - {""})
        doors = {(row.user, row.handler) for row in failed}
        found.append(
            {
                "RemoteAddress": address,
                "Succeeded": bool(got_in),
                "SucceededAs": sorted({row.user for row in got_in} - {""}),
                "SucceededAt": min((row.time for row in got_in), default=None),
                "Failures": sum(
                    activity._attempts([row for row in failed if (row.user, row.handler) == door])
                    for door in doors
                ),
                "CntUsersTried": len(tried),
                "UsersTried": tried,
                "FirstFailure": first,
                "LastFailure": max(row.time for row in failed),
            }
        )
    return sorted(
        found, key=lambda one: (not one["Succeeded"], -one["Failures"], one["RemoteAddress"])
    )
