"""How rare each row is, counted device by device and event by event in plain Python."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from oracle.rows import Event, Tables, raw_events, same
from recount import _COUNTERS

#: Question -> its events, its key columns, the set whose values are counted.
PANES = {
    "users": (("LocalUsers",), ("UserName", "GroupNames"), ""),
    "ports": (
        ("ListeningPorts", "NetworkActivity"),
        ("Protocol", "LocalPort", "RemotePort"),
        "AllowedRemoteIPAddress",
    ),
    "logins": (("Login",), ("UserName", "Result", "LoginHandler"), "IPAddress"),
    "processes": (("ProcessCreate", "Process"), ("Executable",), "ExecutionCommandLines"),
    "connections": (
        ("ConnectionCreate", "NetworkActivity"),
        ("Executable", "Direction", "Protocol", "RemoteAddress", "RemotePort", "LocalPort"),
        "CommandLines",
    ),
}
#: (key, "", "") is a row, (key, column, value) a value inside it.
Place = tuple[tuple[str, ...], str, str]


def prevalence(
    question: str,
    tables: Tables,
    device: str,
    hub: str,
    *,
    since: datetime,
    start: datetime,
    end: datetime,
) -> list[dict[str, Any]]:
    """The rows that ``device`` has from ``start`` on, held against all of its hub."""
    names, keys, _ = PANES[question]
    everything = [
        event for event in raw_events(tables, since, end) if event.device and same(event.hub, hub)
    ]
    heard = [event for event in everything if event.name in names]
    halves = {
        name: _halves(question, [e for e in everything if e.device == name], start, name == device)
        for name in {event.device for event in everything}
    }
    before, now = halves.get(device, ({}, {}))
    found = []
    for place, first in now.items():
        key, column, value = place
        row = {
            **dict(zip(keys, key, strict=True)),
            "Column": column,
            "Value": value,
            "DevicesWithIt": sum(any(place in half for half in both) for both in halves.values()),
            "Devices": len({event.device for event in heard}),
            "FirstSeen": min(first, before.get(place, first)),
            "SeenBefore": place in before,
            "HeardSince": min(event.generated for event in heard if event.device == device),
        }
        found.append(row)
    return sorted(found, key=lambda row: tuple(row[name] for name in (*keys, "Column", "Value")))


def _halves(
    question: str, events: list[Event], start: datetime, is_asked_about: bool
) -> tuple[dict[Place, datetime], dict[Place, datetime]]:
    """What one device has before the window and in it."""
    before = [event for event in events if event.generated < start]
    now = [event for event in events if event.generated >= start]
    if question == "logins":
        # Names of ids: of the device asked about those of the window, else all.
        names = [event for event in (now if is_asked_about else events) if _tells_names(event)]
        before, now = (
            [*(event for event in half if not _tells_names(event)), *names]
            for half in (before, now)
        )
    return _places(question, before), _places(question, now)


def _tells_names(event: Event) -> bool:
    return event.name == "LocalUsers"


def _places(question: str, events: Iterable[Event]) -> dict[Place, datetime]:
    """Each place with when it is first seen."""
    _, _, counted = PANES[question]
    found: dict[Place, datetime] = {}
    for key, seen in _COUNTERS[question](list(events)):
        if question == "users":
            (groups,) = [value for column, value in seen.values if column == "GroupNames"]
            places: list[Place] = [((*key, groups), "", "")]
        else:
            inside = [(key, column, value) for column, value in seen.values if column == counted]
            places = [(key, "", ""), *inside]
        for place in places:
            found[place] = min(seen.first, found.get(place, seen.first))
    return found
