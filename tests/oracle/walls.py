"""The firewall's rules and who can reach what listens, by the exact pack's definitions."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from . import activity
from .rows import Event, integer, newest_snapshot

_KEYS = (
    *("ChainName", "Direction", "Action", "Enabled", "Protocol", "SourceAddress", "SourcePort"),
    *("DestinationAddress", "DestinationPort", "Application"),
)
_ANYWHERE = ("", "*", "any", "0.0.0.0/0", "::/0")
_ANY_PORT = ("", "*", "0", "any", "all")
_LAST = 2**63 - 1


def firewall(events: list[Event]) -> list[dict[str, Any]]:
    newest = newest_snapshot(events, "FirewallConfiguration")
    grouped: dict[tuple[str, ...], list[Event]] = defaultdict(list)
    for event in events:
        if event.name == "FirewallConfiguration" and not event.empty:
            grouped[_key(event)].append(event)
    rows = [_rule(key, members, newest) for key, members in grouped.items()]
    if newest is not None:
        in_force = [event for each in grouped.values() for event in each]
        in_force = [event for event in in_force if event.snapshot == newest]
        rows += _listeners(events, in_force)
    return sorted(rows, key=_order)


def _key(event: Event) -> tuple[str, ...]:
    lowered = {"Enabled", "Protocol"}
    return tuple(event.get(name).lower() if name in lowered else event.get(name) for name in _KEYS)


def _rule(key: tuple[str, ...], members: list[Event], newest: str | None) -> dict[str, Any]:
    mine = [event for event in members if event.snapshot == newest]
    numbers = [number for event in mine if (number := _priority(event)) is not None]
    return {
        **dict(zip(_KEYS, key, strict=True)),
        "Kind": "rule",
        "Priority": min(numbers, default=None),
        "ReachedBy": "",
        "Rules": [],
        "InNewestSnapshot": bool(mine),
        "FirstObserved": min(event.time for event in members),
        "LastObserved": max(event.time for event in members),
    }


def _priority(event: Event) -> int | None:
    return integer(event.details.get("Priority"))


def _listeners(events: list[Event], in_force: list[Event]) -> list[dict[str, Any]]:
    newest = newest_snapshot(events, "ListeningPorts")
    seen: dict[tuple[str, str, str], list[Event]] = defaultdict(list)
    for event in events:
        if event.name == "ListeningPorts" and not event.empty and not activity._connected(event):
            protocol, port = activity._local_end(event)
            seen[protocol, event.get("LocalAddress"), port].append(event)
    found = []
    for (protocol, address, port), looks in seen.items():
        if any(event.snapshot == newest for event in looks):
            asked = _asked(protocol, address, port, in_force)
            found.append(
                {
                    **dict.fromkeys(_KEYS, ""),
                    "Kind": "listener",
                    "Protocol": protocol,
                    "DestinationAddress": address,
                    "DestinationPort": port,
                    "Priority": None,
                    "ReachedBy": _reach(address, asked),
                    "Rules": sorted({_text(event) for event, _ in asked}),
                    "InNewestSnapshot": True,
                    "FirstObserved": min(event.time for event in looks),
                    "LastObserved": max(event.time for event in looks),
                }
            )
    return found


def _text(event: Event) -> str:
    number = _priority(event)
    return (
        f"{event.get('ChainName')} {'' if number is None else number}: {event.get('Action')}"
        f" {event.get('Protocol').lower() or 'any'} from {event.get('SourceAddress') or '*'}"
        f" to port {event.get('DestinationPort') or '*'}"
    )


def _asked(
    protocol: str, address: str, port: str, in_force: list[Event]
) -> list[tuple[Event, str]]:
    """Rules that a packet to this socket meets, with what each does: chain by chain, up to the
    first that settles it for everybody."""
    met: dict[str, list[tuple[Event, str]]] = defaultdict(list)
    for event in in_force:
        inbound = event.get("Direction").lower() == "in"
        if inbound and event.get("Enabled").lower() != "false":
            does = _does(event, protocol, address, port)
            if does:
                met[event.get("ChainName")].append((event, does))
    asked = []
    for rules in met.values():
        ends = [
            number
            for event, does in rules
            if does in ("allow", "deny") and (number := _priority(event)) is not None
        ]
        for event, does in rules:
            number = _priority(event)
            if not ends or number is None or number <= min(ends):
                asked.append((event, does))
    return asked


def _does(event: Event, protocol: str, address: str, port: str) -> str:
    """ "" where the rule is not met; allow, deny, and the same "some" where limited; unclear."""
    if event.get("Protocol").lower() not in ("", "*", "any", "all", protocol.removesuffix("6")):
        return ""
    fits = [_fits(part.strip(), port) for part in event.get("DestinationPort").split(",")]
    if not any(fits):
        return ""
    action = event.get("Action").lower()
    target = event.get("DestinationAddress")
    on_target = target.lower() in _ANYWHERE or target == address
    if "yes" not in fits or not on_target or action not in ("allow", "deny"):
        return "unclear"
    everybody = (
        event.get("SourceAddress").lower() in _ANYWHERE
        and event.get("SourcePort").lower() in _ANY_PORT
        and event.get("Application").lower() in ("", "*", "any")
    )
    return action if everybody else f"{action} some"


def _fits(part: str, port: str) -> str:
    if part.lower() in _ANY_PORT:
        return "yes"
    stretch = re.fullmatch(r"([0-9]+)(?:\s*[-:]\s*([0-9]+))?", part)
    if not stretch:
        return "perhaps"
    low, high = int(stretch[1]), int(stretch[2] or stretch[1])
    number = activity._port(port)
    return "yes" if number is not None and low <= number <= high else ""


def _reach(address: str, asked: list[tuple[Event, str]]) -> str:
    if address.startswith("127.") or address in ("::1", "0.0.0.1"):
        return "this device only"
    if not asked:
        return "no rule seen"
    does = {what for _, what in asked}
    if "unclear" in does or {"allow", "deny"} <= does:
        return "unclear"
    if "allow" in does:
        return "all but some addresses" if "deny some" in does else "anyone"
    if "allow some" in does:
        return "some addresses" if "deny" in does else "at least some addresses"
    return "nobody" if "deny" in does else "unclear"


def _order(row: dict[str, Any]) -> tuple[Any, ...]:
    port = activity._port(row["DestinationPort"])
    return (
        row["Kind"],
        not row["InNewestSnapshot"],
        row["ChainName"],
        _LAST if row["Priority"] is None else row["Priority"],
        0 if row["Kind"] == "rule" else 2**31 - 1 if port is None else port,
        row["Protocol"],
        row["DestinationPort"],
        row["DestinationAddress"],
        row["Direction"],
        row["Action"],
        row["Enabled"],
        row["SourceAddress"],
        row["SourcePort"],
        row["Application"],
    )
