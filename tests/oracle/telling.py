"""One story of the device out of everything, by the exact pack's definitions."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from . import activity, signing_in
from .rows import Event, names_of_ids

_COLUMNS = ("Kind", "What", "Who", "RemoteAddress", "SystemAlertId")


def story(
    alerts: list[dict[str, Any]], users: list[tuple[Event, str]], events: list[Event]
) -> list[dict[str, Any]]:
    """``alerts`` is the answer of that name, ``users`` each LocalUsers row with its groups."""
    entries = [
        _entry(
            "alert",
            row["AlertName"],
            row["FirstGenerated"],
            row["TimeGenerated"],
            Severity=row["AlertSeverity"],
            SystemAlertId=row["SystemAlertId"],
        )
        for row in alerts
    ]
    entries += [*_sign_ins(events), *_programs(events), *_listeners(events)]
    entries += _users(users, [event.time for event in events if event.name == "LocalUsers"])
    return sorted(entries, key=lambda one: (one["Time"], *(one[name] for name in _COLUMNS)))


def _entry(kind: str, what: str, time: datetime, until: datetime, **more: Any) -> dict[str, Any]:
    nothing = {"Who": "", "RemoteAddress": "", "Severity": "", "Count": 1, "Users": []}
    fixed = {"Kind": kind, "What": what, "Time": time, "Until": until}
    return {**nothing, "SystemAlertId": "", **fixed, **more}


def _sign_ins(events: list[Event]) -> list[dict[str, Any]]:
    kinds = {"Success": "sign-in", "Fail": "failed sign-ins"}
    grouped: dict[tuple[str, ...], list[activity._SignIn]] = defaultdict(list)
    for row in activity.sign_ins(events):
        if row.result in kinds:
            address = "" if activity.local_address(row.address) else row.address
            who = row.user if row.result == "Success" else ""
            grouped[kinds[row.result], row.handler, who, address].append(row)
    found = []
    for (kind, handler, who, address), rows in grouped.items():
        times = [row.time for row in rows]
        users = {row.user for row in rows}
        attempts = [activity._attempts([r for r in rows if r.user == user]) for user in users]
        tried = sorted(users - {""}) if kind == "failed sign-ins" else []
        more = {"Who": who, "RemoteAddress": address, "Count": sum(attempts), "Users": tried}
        found.append(_entry(kind, handler, min(times), max(times), **more))
    return found


def _programs(events: list[Event]) -> list[dict[str, Any]]:
    known = names_of_ids(events)
    grouped: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in signing_in._programs(events):
        executable, command = signing_in._executable(event), activity._command(event)
        shown = executable if command in ("", executable) else f"{executable}: {command}"
        user_id = event.get("UserId")
        unnamed = f"(id {user_id})" if user_id else ""
        who = event.get("UserName") or known.get(user_id) or unnamed
        grouped[shown, who].append(event)
    found = []
    for (shown, who), rows in grouped.items():
        spans = [activity._span(row) for row in rows]
        first, last = min(begin for begin, _ in spans), max(end for _, end in spans)
        runs = sum(activity._hits(row) for row in rows)
        found.append(_entry("first run", shown, first, last, Who=who, Count=runs))
    return found


def _listeners(events: list[Event]) -> list[dict[str, Any]]:
    looks = [event for event in events if event.name == "ListeningPorts"]
    seen: dict[str, list[datetime]] = defaultdict(list)
    for event in looks:
        if not event.empty and not activity._connected(event):
            protocol, port = activity._local_end(event)
            seen[f"{protocol} {event.get('LocalAddress')}:{port}"].append(event.time)
    return [
        _entry("new listener", socket, min(times), max(times), Count=len(times))
        for socket, times in seen.items()
        if min(times) > min(event.time for event in looks)
    ]


def _users(rows: list[tuple[Event, str]], looks: list[datetime]) -> list[dict[str, Any]]:
    seen: dict[str, dict[str, list[datetime]]] = defaultdict(lambda: defaultdict(list))
    for event, groups in rows:
        seen[event.get("UserName")][groups].append(event.time)
    found = []
    for user, groups_of in seen.items():
        times = [time for each in groups_of.values() for time in each]
        if min(times) > min(looks):
            found.append(_entry("user added", user, min(times), max(times)))
        if later := [look for look in looks if look > max(times)]:
            found.append(_entry("user gone", user, min(later), min(later)))
        for groups, when in groups_of.items():
            if min(when) > min(times):
                what = f"{user}: {groups}"
                found.append(_entry("groups changed", what, min(when), max(when)))
    return found
