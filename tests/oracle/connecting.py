"""Who the device talks to, by the exact pack's definitions."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from . import activity
from .rows import Event, integer, names_of_ids

_NO_PORT = ("", "0", "*")


def connections(events: list[Event]) -> list[dict[str, Any]]:
    known = names_of_ids(events)
    grouped: dict[tuple[str, ...], list[Event]] = defaultdict(list)
    for event in events:
        if event.name in ("ConnectionCreate", "NetworkActivity") and not event.empty:
            grouped[_ends(event)].append(event)
    columns = ("Executable", "Direction", "Protocol", "RemoteAddress", "RemotePort", "LocalPort")
    found = []
    for key, members in grouped.items():
        spans = [activity._span(event) for event in members]
        commands = sorted({event.get("CommandLine") for event in members} - {""})
        found.append(
            {
                **dict(zip(columns, key, strict=True)),
                "CntConnections": sum(activity._hits(event) for event in members),
                "BytesIn": _sum(event.details.get("BytesIn") for event in members),
                "BytesOut": _sum(event.details.get("BytesOut") for event in members),
                "FirstObserved": min(first for first, _ in spans),
                "LastObserved": max(last for _, last in spans),
                "Users": sorted({activity._user(event, known) for event in members} - {""}),
                "CntCommandLines": len(commands),
                "CommandLines": commands,
                "RawEventNames": sorted({event.name for event in members}),
            }
        )
    return sorted(found, key=lambda one: (one["FirstObserved"], *(one[name] for name in columns)))


def _sum(values: Any) -> int | None:
    known = [number for value in values if (number := integer(value)) is not None]
    return sum(known) if known else None


def _ends(event: Event) -> tuple[str, ...]:
    near, far = (
        "" if (port := event.get(name)) in _NO_PORT else port
        for name in ("LocalPort", "RemotePort")
    )
    direction = _direction(event.get("Direction"), _number(near), _number(far))
    # Of the two ports only that of the side that was called means anything.
    near, far = (near, "") if direction in ("In", "In?") else ("", far)
    peer = event.get("RemoteAddress")
    return event.get("Executable"), direction, event.get("Protocol").lower(), peer, far, near


def _number(port: str) -> int | None:
    return int(port) if re.fullmatch(r"[0-9]+", port) else None


def _direction(given: str, near: int | None, far: int | None) -> str:
    if given:
        return {"in": "In", "out": "Out"}.get(given.lower(), given)
    if near is None and far is None:
        return "?"
    if near is None or (far is not None and far <= near):
        return "Out?"
    return "In?"
