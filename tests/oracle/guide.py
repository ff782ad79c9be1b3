"""The published guide's answers, by what its queries mean in Kusto."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from . import exact
from .rows import Event, Row, Tables, an_object, in_window, integer, moment, text

_INT = range(-(2**31), 2**31)
_PRIVILEGED = 1024


def answer(
    question: str, tables: Tables, device: str, hub: str, start: datetime, end: datetime
) -> list[dict[str, Any]]:
    """The rows of ``question``, in no promised order.

    Raises:
        KeyError: a question the pack does not have.
    """
    if question in ("devices", "coverage"):
        return exact.answer(question, tables, device, hub, start, end)
    if question == "alerts":
        return alerts(_once(in_window(tables.get("SecurityAlert", []), start, end)), device, hub)
    rows = [
        row
        for row in _once(in_window(tables.get("SecurityIoTRawEvent", []), start, end))
        if text(row.get("DeviceId")) == device and contains(row.get("AssociatedResourceId"), hub)
    ]
    return _QUESTIONS[question](rows)


def _once(rows: Iterable[Row]) -> list[Row]:
    """Each row once: data export repeats records, which the service's own tables do not hold."""
    return list({Event(row).identity(): row for row in rows}.values())


def contains(column: Any, part: str) -> bool:
    return part.lower() in text(column).lower()


def named(rows: Iterable[Row], name: str) -> list[Row]:
    return [row for row in rows if text(row.get("RawEventName")) == name]


def member(row: Row, key: str) -> str:
    """``extractjson("$.key", EventDetails, typeof(string))``."""
    return text(an_object(row.get("EventDetails")).get(key))


def local_time(row: Row) -> datetime | None:
    return moment(an_object(row.get("EventDetails")).get("TimestampLocal"))


def _earliest(rows: Iterable[Row]) -> datetime | None:
    return min((when for row in rows if (when := local_time(row))), default=None)


def _latest(rows: Iterable[Row]) -> datetime | None:
    return max((when for row in rows if (when := local_time(row))), default=None)


def alerts(rows: list[Row], device: str, hub: str) -> list[dict[str, Any]]:
    columns = ("AlertName", "AlertSeverity", "Description", "ExtendedProperties")
    return [
        {
            "TimeGenerated": moment(row.get("TimeGenerated")),
            **{column: text(row.get(column)) for column in columns},
        }
        for row in rows
        if contains(row.get("ExtendedProperties"), device) and contains(row.get("ResourceId"), hub)
    ]


def users(rows: list[Row]) -> list[dict[str, Any]]:
    grouped: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in named(rows, "LocalUsers"):
        grouped[member(row, "GroupNames"), member(row, "UserName")].append(row)
    return [
        {"GroupNames": groups, "UserName": user, "FirstObserved": _earliest(members)}
        for (groups, user), members in sorted(grouped.items())
    ]


def ports(rows: list[Row]) -> list[dict[str, Any]]:
    grouped: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for row in named(rows, "ListeningPorts"):
        port = integer(an_object(row.get("EventDetails")).get("LocalPort"))
        if port is not None and port in _INT and port <= _PRIVILEGED:
            grouped[member(row, "Protocol"), port].append(row)
    return [
        {
            "Protocol": protocol,
            "LocalPort": port,
            "MinObservedTime": _earliest(members),
            "MaxObservedTime": _latest(members),
            "AllowedRemoteIPAddress": sorted({member(row, "RemoteAddress") for row in members}),
            "AllowedRemotePort": sorted({member(row, "RemotePort") for row in members}),
        }
        for (protocol, port), members in sorted(grouped.items())
    ]


def logins(rows: list[Row]) -> list[dict[str, Any]]:
    unwanted = (
        '"RemoteAddress":"127.0.0.1"',
        '"UserName":"(invalid user)"',
        '"UserName":"(unknown user)"',
    )
    grouped: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in named(rows, "Login"):
        details = row.get("EventDetails")
        if contains(details, "RemoteAddress") and not any(contains(details, x) for x in unwanted):
            key = (member(row, "UserName"), member(row, "Result"), member(row, "Executable"))
            grouped[key].append(row)
    found = []
    for (user, result, handler), members in sorted(grouped.items()):
        addresses = sorted({member(row, "RemoteAddress") for row in members})
        found.append(
            {
                "UserName": user,
                "Result": result,
                "LoginHandler": handler,
                "CntLoginAttempts": len(members),
                "MinObservedTime": _earliest(members),
                "MaxObservedTime": _latest(members),
                "CntIPAddress": len(addresses),
                "IPAddress": addresses,
            }
        )
    return found


def processes(rows: list[Row]) -> list[dict[str, Any]]:
    names: dict[str, set[str]] = defaultdict(set)
    for row in named(rows, "LocalUsers"):
        names[member(row, "UserId")].add(member(row, "UserName"))
    grouped: dict[str, list[tuple[Row, str]]] = defaultdict(list)
    for row in named(rows, "ProcessCreate"):
        user_id = member(row, "UserId")
        for name in names.get(user_id, {""}):
            shown = f"Id:{user_id}, Name:{name}"
            grouped[member(row, "Executable")].append((row, shown))
    return [
        {
            "Executable": executable,
            "CntExecutions": len(joined),
            "MinObservedTime": _earliest(row for row, _ in joined),
            "MaxObservedTime": _latest(row for row, _ in joined),
            "ExecutingUsers": sorted({user for _, user in joined}),
            "ExecutionCommandLines": sorted({member(row, "CommandLine") for row, _ in joined}),
        }
        for executable, joined in sorted(grouped.items())
    ]


_QUESTIONS: dict[str, Callable[[list[Row]], list[dict[str, Any]]]] = {
    "users": users,
    "ports": ports,
    "logins": logins,
    "processes": processes,
}
