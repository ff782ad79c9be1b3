"""What stands behind each row, counted once more from the evidence in plain Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from oracle import activity, connecting, exact, traps
from oracle.rows import Event, Tables, in_window, names_of_ids, raw_events, same, text


@dataclass(frozen=True)
class Seen:
    """One raw event behind a row: the values it brings, how often, first and last."""

    event: Event
    values: tuple[tuple[str, str], ...]
    count: int
    first: datetime
    last: datetime


@dataclass
class Behind:
    """Everything behind one row."""

    seen: list[Seen] = field(default_factory=list)

    def values(self) -> dict[tuple[str, str], tuple[int, datetime, datetime]]:
        """(Column, Value) -> Count, FirstObserved, LastObserved."""
        grouped: dict[tuple[str, str], list[Seen]] = defaultdict(list)
        for one in self.seen:
            for value in one.values:
                grouped[value].append(one)
        return {
            value: (
                sum(one.count for one in all_of),
                min(one.first for one in all_of),
                max(one.last for one in all_of),
            )
            for value, all_of in grouped.items()
        }


Key = tuple[str, ...]


def recount(question: str, tables: Tables, device: str) -> Mapping[Key, Behind]:
    """Key columns of a row -> what is behind it."""
    events = [
        event
        for event in raw_events(tables, *traps.WINDOW)
        if event.device == device and same(event.hub, traps.HUB)
    ]
    found: dict[Key, Behind] = defaultdict(Behind)
    for key, seen in _COUNTERS[question](events):
        found[key].seen.append(seen)
    return found


def _at_its_time(event: Event, *values: tuple[str, str]) -> Seen:
    # Only groups may be nothing and still be something to list: a user in no group.
    kept = tuple(value for value in values if value[1] or value[0] == "GroupNames")
    return Seen(event, kept, 1, event.time, event.time)


def _users(events: list[Event]) -> Iterator[tuple[Key, Seen]]:
    for event in events:
        user = event.get("UserName")
        if event.name == "LocalUsers" and not event.empty and user:
            groups = ("GroupNames", exact.groups(event))
            yield (user,), _at_its_time(event, groups, ("UserIds", event.get("UserId")))


def _ports(events: list[Event]) -> Iterator[tuple[Key, Seen]]:
    rows = [
        event
        for event in events
        if event.name in ("ListeningPorts", "NetworkActivity") and not event.empty
    ]
    listening = {activity._local_end(row) for row in rows if not activity._connected(row)}
    for row in rows:
        _, *key = activity._socket(row, listening)
        values = [("RawEventNames", row.name), ("LocalAddress", row.get("LocalAddress"))]
        peer = row.get("RemoteAddress")
        if peer not in activity._ANY_ADDRESS:
            values.append(("AllowedRemoteIPAddress", peer))
        yield tuple(key), _at_its_time(row, *values)


def _logins(events: list[Event]) -> Iterator[tuple[Key, Seen]]:
    rows = [event for event in events if event.name == "Login" and not event.empty]
    lent: dict[Any, set[str]] = defaultdict(set)
    for row in rows:
        sign_in = activity._SignIn(row)
        if sign_in.session and sign_in.user:
            lent[sign_in.session].add(sign_in.user)
    known = names_of_ids(events)
    for row in rows:
        sign_in = activity._SignIn(row)
        user = sign_in.user or min(lent.get(sign_in.session, {""}))
        if not user and sign_in.user_id:
            user = known.get(sign_in.user_id) or f"(id {sign_in.user_id})"
        values = [("Operation", sign_in.operation)]
        if not activity.local_address(sign_in.address):
            values.append(("IPAddress", sign_in.address))
        yield (user, sign_in.result, sign_in.handler), _at_its_time(row, *values)


def _processes(events: list[Event]) -> Iterator[tuple[Key, Seen]]:
    known = names_of_ids(events)
    for event in events:
        exited = event.name == "Process" and event.get("EventType").lower() == "exit"
        if event.name not in ("ProcessCreate", "Process") or event.empty or exited:
            continue
        command = activity._command(event)
        executable = event.get("Executable") or (command.split() or [""])[0]
        user = activity._user(event, known)
        values = (("ExecutionCommandLines", command), ("ExecutingUsers", user))
        kept = tuple(value for value in values if value[1])
        yield (executable,), Seen(event, kept, activity._hits(event), *activity._span(event))


def _connections(events: list[Event]) -> Iterator[tuple[Key, Seen]]:
    for event in events:
        if event.name in ("ConnectionCreate", "NetworkActivity") and not event.empty:
            command = event.get("CommandLine")
            values = (("CommandLines", command),) if command else ()
            seen = Seen(event, values, activity._hits(event), *activity._span(event))
            yield connecting._ends(event), seen


_COUNTERS = {
    "users": _users,
    "ports": _ports,
    "logins": _logins,
    "processes": _processes,
    "connections": _connections,
}


def alert_states(tables: Tables, device: str) -> Mapping[str, list[dict[str, Any]]]:
    """SystemAlertId -> each different state of the alert that was recorded in the window."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in in_window(tables["SecurityAlert"], *traps.WINDOW):
        hub = exact.hubname(row.get("ResourceId"))
        if same(hub, traps.HUB) and device in exact.named_devices(row):
            state = {
                "TimeGenerated": exact._generated(row),
                "AlertName": exact.alert_name(row),
                **{
                    column: text(row.get(column))
                    for column in (
                        "Status",
                        "AlertSeverity",
                        "Description",
                        "ExtendedProperties",
                        "Entities",
                    )
                },
            }
            if state not in found[exact.alert_id(row)]:
                found[exact.alert_id(row)].append(state)
    return found
