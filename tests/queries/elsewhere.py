"""Where a value occurs, looked for event by event and alert by alert in plain Python."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from oracle import traps
from oracle.exact import alert_id, alert_name, named_devices
from oracle.rows import (
    Event,
    Tables,
    an_object,
    hubname,
    in_window,
    moment,
    parsed,
    raw_events,
    text,
)

#: What can stand inside an address, or inside a word of a command line.
_IN_ADDRESS = re.compile(r"[0-9A-Za-z.]+")
_IN_SHELL = re.compile(r"[^\s\"'`;|&()<>=]+")

Found = tuple[str, str, str, str]
#: DeviceId, hub in small letters, event, column -> (spelling of the hub, first, last, example).
Places = dict[Found, list[tuple[str, datetime, datetime, str]]]


def elsewhere(kind: str, value: str, tables: Tables, hub: str) -> list[dict[str, Any]]:
    """The rows of the question, in its order."""
    places: Places = defaultdict(list)
    events = [e for e in raw_events(tables, *traps.WINDOW) if hub.lower() in ("", e.hub.lower())]
    ids = {
        (event.device, event.hub.lower(), event.get("UserId"))
        for event in events
        if event.name == "LocalUsers" and not event.empty and event.get("UserName") == value
    }
    for event in events:
        if event.empty:
            continue
        for column in _columns(kind, value, event, ids):
            example = event.get("CommandLine", "Commandline") or text(event.row["EventDetails"])
            place = (event.device, event.hub.lower(), event.name, column)
            places[place].append((event.hub, event.time, event.time, example))
    _look_at_alerts(kind, value, tables, hub, places)
    rows = [
        {
            "DeviceId": device,
            "Hub": min(spelling for spelling, *_ in hits),
            "Event": event,
            "Column": column,
            "Count": len(hits),
            "FirstObserved": min(first for _, first, _, _ in hits),
            "LastObserved": max(last for _, _, last, _ in hits),
            "Example": min(example for *_, example in hits),
        }
        for (device, _, event, column), hits in places.items()
    ]
    return sorted(
        rows, key=lambda row: tuple(row[n] for n in ("DeviceId", "Hub", "Event", "Column"))
    )


def _columns(kind: str, value: str, event: Event, ids: set[tuple[str, str, str]]) -> Iterator[str]:
    """The columns of an event in which the value stands."""
    command = event.get("CommandLine", "Commandline")
    executable = event.get("Executable")
    if not executable and event.name in ("ProcessCreate", "Process"):
        executable = (command.split() or [""])[0]
    fields = {name: event.get(name) for name in ("LocalAddress", "RemoteAddress")}
    ports = {name: event.get(name) for name in ("LocalPort", "RemotePort")}
    user, user_id = event.get("UserName"), event.get("UserId")
    if kind == "user":
        if user == value:
            yield "UserName"
        elif not user and user_id and (event.device, event.hub.lower(), user_id) in ids:
            yield "UserId"
    if kind == "text":
        named = {"UserName": user, "UserId": user_id, "CommandLine": command}
        everything = named | {"Executable": executable} | fields | ports
        yield from (name for name, found in everything.items() if found == value)
    if kind == "address":
        yield from (name for name, found in fields.items() if found == value)
    if kind == "port":
        yield from (name for name, found in ports.items() if found == value)
    if kind == "executable" and executable == value:
        yield "Executable"
    if _mentions(kind, value, command):
        yield "CommandLine"


def _mentions(kind: str, value: str, inside: str) -> bool:
    if kind == "address":
        # A full stop ends a sentence; it is no part of the address before it.
        return value in {word.rstrip(".") for word in _IN_ADDRESS.findall(inside)}
    return kind == "executable" and value in _IN_SHELL.findall(inside)


def _look_at_alerts(kind: str, value: str, tables: Tables, hub: str, places: Places) -> None:
    alerts: dict[tuple[Found, str], list[tuple[str, datetime, str]]] = defaultdict(list)
    rows = in_window(tables["SecurityAlert"], *traps.WINDOW)
    rows = [row for row in rows if hub.lower() in ("", hubname(row.get("ResourceId")).lower())]
    named = {alert_id(row) for row in rows if named_devices(row)}
    for row in rows:
        spelling = hubname(row.get("ResourceId"))
        devices = named_devices(row) or ({""} if alert_id(row) not in named else set())
        for column, found in _leaves(row):
            if not _is_meant(kind, value, column, found):
                continue
            for device in devices:
                place = (device, spelling.lower(), "SecurityAlert", column)
                when = moment(row["TimeGenerated"])
                assert when is not None
                said = f"{alert_name(row)}: {found}"
                alerts[place, alert_id(row)].append((spelling, when, said))
    for (place, _), states in alerts.items():
        moments = [when for _, when, _ in states]
        places[place].append(
            (min(s for s, _, _ in states), min(moments), max(moments), min(e for *_, e in states))
        )


def _is_meant(kind: str, value: str, column: str, found: str) -> bool:
    name = column.lower()
    if kind == "address":
        return _mentions(kind, value, found)
    if kind == "executable":
        return found == value or _mentions(kind, value, found)
    if kind == "user":
        return found == value and ("user" in name or name.startswith("account "))
    return found == value and (kind == "text" or "port" in name)


def _leaves(row: Any) -> Iterator[tuple[str, str]]:
    """(column, text) of everything that an alert says; lists, also those in a text, one by one."""
    yield from (("AlertName", each) for each in _each(alert_name(row)))
    yield from _pairs(an_object(row.get("ExtendedProperties")), "")
    entities = parsed(row.get("Entities"))
    for entity in entities if isinstance(entities, list) else ():
        if isinstance(entity, dict):
            yield from _pairs(entity, f"{text(entity.get('Type'))} ")


def _pairs(inside: dict[str, Any], owner: str) -> Iterator[tuple[str, str]]:
    for name, value in inside.items():
        if isinstance(value, dict):
            yield from _pairs(value, owner)
        else:
            yield from ((owner + name, each) for each in _each(value))


def _each(value: Any) -> list[str]:
    """A text or a list, and each member of what is, or spells, a list."""
    whole = value
    if isinstance(value, str) and value[:1] == "[":
        try:
            inside = json.loads(value)
        except ValueError:
            inside = value
        value = inside
    members = value if isinstance(value, list) else []
    return [text(member) for member in (whole, *members) if text(member)]
