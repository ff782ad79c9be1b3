"""Small evidences: the fewest rows that make a console say what a test wants to hear."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from iotriage.queries.answers import rfc3339
from iotriage.queries.evidence.source import Evidence

from .sources import NOW

Tables = Mapping[str, Sequence[Mapping[str, Any]]]

_HUBS = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Devices/IotHubs"


def event(
    name: str, hours: float, details: Mapping[str, Any], device: str = "cam-1", hub: str = "plant"
) -> dict[str, Any]:
    """A raw event of ``hours`` before now."""
    at = rfc3339(NOW - timedelta(hours=hours))
    return {
        "TimeGenerated": at,
        "DeviceId": device,
        "AssociatedResourceId": f"{_HUBS}/{hub}",
        "IoTRawEventId": f"{name}-{hours}",
        "RawEventName": name,
        "EventDetails": json.dumps({"TimestampUTC": at, **details}),
        "IsEmpty": False,
        "AgentVersion": "0.0.12",
    }


def user(hours: float, name: str = "root", **where: str) -> dict[str, Any]:
    return event("LocalUsers", hours, {"UserName": name, "GroupNames": "", "UserId": "0"}, **where)


def heard(**where: str) -> list[dict[str, Any]]:
    """A word of the device each hour of the day, none of them about users."""
    details = {"Executable": "/bin/sh", "CommandLine": "sh", "UserId": "0"}
    return [event("ProcessCreate", 0.5 + hour, details, **where) for hour in range(24)]


def evidence(*rows: Mapping[str, Any], alerts: Sequence[Mapping[str, Any]] = ()) -> Evidence:
    """Evidence that has every table."""
    tables = {"SecurityAlert": alerts, "SecurityIoTRawEvent": rows, "DefenderIoTRawEvent": ()}
    return Evidence.of_rows("SMALL", tables, NOW)
