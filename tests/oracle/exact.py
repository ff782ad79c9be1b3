"""The exact pack's answers, by its definitions and nothing else."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from .activity import logins, ports, processes
from .advising import recommendations
from .connecting import connections
from .posture import baseline, health, system
from .rows import (
    Event,
    Row,
    Tables,
    an_object,
    hubname,
    in_window,
    integer,
    moment,
    newest_snapshot,
    parsed,
    raw_events,
    same,
    text,
    ticks,
)
from .signing_in import bruteforce, sessions
from .telling import story
from .walls import firewall

SEVERITIES = ("High", "Medium", "Low", "Informational")


def answer(
    question: str, tables: Tables, device: str, hub: str, start: datetime, end: datetime
) -> list[dict[str, Any]]:
    """The rows of ``question``, ordered as defined; ``devices`` takes no device, and "" as any hub.

    Raises:
        KeyError: a question the pack does not have.
    """
    everything = raw_events(tables, start, end)
    alert_rows = in_window(tables.get("SecurityAlert", []), start, end)
    if question == "devices":
        return devices(everything, alert_rows, hub)
    if question == "alerts":
        return alerts(alert_rows, device, hub)
    if question == "recommendations":
        rows = in_window(tables.get("SecurityRecommendation", []), start, end)
        return recommendations(rows, device, hub)
    events = [event for event in everything if event.device == device and same(event.hub, hub)]
    if question == "coverage":
        return coverage(events, start, end)
    if question == "health":
        return health(events, start, end)
    if question == "story":
        return story(alerts(alert_rows, device, hub), _user_rows(events), events)
    answers = {
        "users": users,
        "ports": ports,
        "logins": logins,
        "processes": processes,
        "connections": connections,
        "sessions": sessions,
        "bruteforce": bruteforce,
        "firewall": firewall,
        "baseline": baseline,
        "system": system,
    }
    return answers[question](events)


def named_devices(row: Row) -> set[str]:
    """The devices an alert names, by its properties or its iotdevice entities."""
    names = {text(an_object(row.get("ExtendedProperties")).get("DeviceId"))}
    entities = parsed(row.get("Entities"))
    for entity in entities if isinstance(entities, list) else ():
        if isinstance(entity, dict) and same(text(entity.get("Type")), "iotdevice"):
            names.add(text(entity.get("DeviceId")))
    return names - {""}


def alert_name(row: Row) -> str:
    return text(row.get("AlertName")) or text(row.get("DisplayName"))


def alert_id(row: Row) -> str:
    """SystemAlertId, or one made of what tells an alert without id from another."""
    given = text(row.get("SystemAlertId"))
    if given:
        return given
    seed = "|".join([alert_name(row), ticks(_generated(row)), text(row.get("ExtendedProperties"))])
    return "no-id-" + hashlib.sha256(seed.encode()).hexdigest()[:16]


def _generated(row: Row) -> datetime:
    found = moment(row.get("TimeGenerated"))
    assert found is not None, "rows without TimeGenerated never pass the window"
    return found


def newest_states(rows: Iterable[Row]) -> dict[str, Row]:
    """Alert id -> its row with the greatest TimeGenerated."""
    newest: dict[str, Row] = {}
    for row in rows:
        identity = alert_id(row)
        if identity not in newest or _generated(row) > _generated(newest[identity]):
            newest[identity] = row
    return newest


def first_states(rows: Iterable[Row]) -> dict[str, datetime]:
    """Alert id -> its smallest TimeGenerated."""
    first: dict[str, datetime] = {}
    for row in rows:
        identity = alert_id(row)
        first[identity] = min(first.get(identity, _generated(row)), _generated(row))
    return first


def alerts(rows: Iterable[Row], device: str, hub: str) -> list[dict[str, Any]]:
    mine = [
        row
        for row in rows
        if same(hubname(row.get("ResourceId")), hub) and device in named_devices(row)
    ]
    found = []
    first = first_states(mine)
    for identity, row in newest_states(mine).items():
        found.append(
            {
                "FirstGenerated": first[identity],
                "TimeGenerated": _generated(row),
                "AlertName": alert_name(row),
                **_texts(row, "AlertSeverity", "Description", "ExtendedProperties", "AlertType"),
                "SystemAlertId": identity,
                **_texts(row, "Status", "Tactics", "Techniques"),
                "StartTime": moment(row.get("StartTime")),
                "EndTime": moment(row.get("EndTime")),
                **_texts(row, "RemediationSteps", "Entities", "CompromisedEntity", "ResourceId"),
            }
        )
    return sorted(found, key=lambda one: (one["FirstGenerated"], one["SystemAlertId"]))


def _texts(row: Row, *columns: str) -> dict[str, str]:
    return {column: text(row.get(column)) for column in columns}


def groups(event: Event) -> str:
    parts = {part.strip() for part in event.get("GroupNames").split(";")}
    return ";".join(sorted(parts - {""}))


def _user_rows(events: list[Event]) -> list[tuple[Event, str]]:
    return [
        (event, groups(event))
        for event in events
        if event.name == "LocalUsers" and not event.empty and event.get("UserName")
    ]


def users(events: list[Event]) -> list[dict[str, Any]]:
    newest = newest_snapshot(events, "LocalUsers")
    by_user: dict[str, list[Event]] = defaultdict(list)
    for event, _ in _user_rows(events):
        by_user[event.get("UserName")].append(event)
    found = []
    for user, rows in sorted(by_user.items()):
        now = max((event.time, groups(event)) for event in rows)[1]
        found.append(
            {
                "UserName": user,
                "GroupNames": now,
                "UserIds": sorted({event.get("UserId") for event in rows} - {""}),
                "FirstObserved": min(event.time for event in rows),
                "LastObserved": max(event.time for event in rows),
                "InNewestSnapshot": any(event.snapshot == newest for event in rows),
                "EarlierGroups": sorted({groups(event) for event in rows} - {now}),
            }
        )
    return found


def newest_version(events: Iterable[Event]) -> str:
    pairs = [(event.generated, event.column("AgentVersion")) for event in events]
    return max(pairs)[1] if pairs else ""


def devices(events: list[Event], alert_rows: list[Row], hub: str) -> list[dict[str, Any]]:
    seen: dict[tuple[str, str], list[Event]] = defaultdict(list)
    alerted: dict[tuple[str, str], list[Row]] = defaultdict(list)
    spelt: dict[tuple[str, str], set[str]] = defaultdict(set)
    for event in events:
        if event.device:
            key = (event.device, event.hub.lower())
            seen[key].append(event)
            spelt[key].add(event.hub)
    for row in alert_rows:
        spelling = hubname(row.get("ResourceId"))
        for device in named_devices(row):
            key = (device, spelling.lower())
            alerted[key].append(row)
            spelt[key].add(spelling)
    found = []
    for key, spellings in spelt.items():
        if hub and key[1] != hub.lower():
            continue
        states = newest_states(alerted[key])
        counts = {
            severity: sum(text(row.get("AlertSeverity")) == severity for row in states.values())
            for severity in SEVERITIES
        }
        times = [event.generated for event in seen[key]]
        times += [_generated(row) for row in alerted[key]]
        found.append(
            {
                "DeviceId": key[0],
                "Hub": min(spellings),
                "Alerts": len(states),
                **counts,
                "HighestSeverity": next((name for name in SEVERITIES if counts[name]), ""),
                "FirstSeen": min(times),
                "LastSeen": max(times),
                "Events": len(seen[key]),
                "AgentVersion": newest_version(seen[key]),
            }
        )
    return sorted(
        found,
        key=lambda one: (
            *(-one[name] for name in SEVERITIES),
            -one["Alerts"],
            one["DeviceId"],
            one["Hub"],
        ),
    )


def coverage(events: list[Event], start: datetime, end: datetime) -> list[dict[str, Any]]:
    by_name: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_name[event.name].append(event)
    found = []
    for name, rows in sorted(by_name.items()):
        dropped = 0
        if name == "DroppedEventsStatistics":
            dropped = sum(integer(event.details.get("DroppedEvents")) or 0 for event in rows)
        found.append(
            {
                "RawEventName": name,
                "Events": len(rows),
                "EmptyEvents": sum(event.empty for event in rows),
                "FirstObserved": min(event.time for event in rows),
                "LastObserved": max(event.time for event in rows),
                "DroppedEvents": dropped,
                "AgentVersion": newest_version(rows),
                "Slots": sorted(
                    {(event.generated - start) * 96 // (end - start) for event in rows}
                ),
            }
        )
    return found
