"""Rows as the agents' messages become them, in SecurityIoTRawEvent and DefenderIoTRawEvent."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from .clock import LOCAL_LAG, Clock
from .fleet import Agent, Device

Row = dict[str, Any]
Payload = Mapping[str, Any]

HUB = "plant-7"
#: Ids are made from names alone, never from the time, so that they are the same tomorrow.
NAMESPACE = UUID("6f6f2f0e-5d1b-5c0a-9a3e-7b6c1d2e3f40")
SUBSCRIPTION = str(uuid5(NAMESPACE, "subscription"))
TENANT = str(uuid5(NAMESPACE, "workspace"))
RESOURCE_GROUP = "rg-plant"
#: The spelling alerts use; raw events carry it in lower case.
HUB_RESOURCE = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{RESOURCE_GROUP}"
    f"/providers/Microsoft.Devices/IotHubs/{HUB}"
)

_VERSIONS = {Agent.C: "0.0.12", Agent.CSHARP: "0.0.9", Agent.MICRO: "4.6.2"}
_OPERATIONAL = frozenset(
    {
        *("DroppedEventsStatistics", "MessageStatistics", "ConfigurationError"),
        *("Statistics", "Heartbeat"),
    }
)
_TYPES = dict.fromkeys(_OPERATIONAL, "Operational") | {"Diagnostic": "Diagnostic"}
_PERIODIC = frozenset(
    {
        "ListeningPorts",
        "LocalUsers",
        "FirewallConfiguration",
        "SystemInformation",
        "OSBaseline",
        "ConnectedHardware",
        "DroppedEventsStatistics",
        "MessageStatistics",
        "Statistics",
        "Baseline",
        "Heartbeat",
    }
)


def head(payload: Payload) -> str:
    """The payload as compact JSON text, left open so that the times can follow."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))[:-1] + ","


def counted_head(agent: Agent, payload: Payload) -> str:
    """As :func:`head` for an Aggregated payload: ends where the number of hits begins."""
    return head(payload) + '"ExtraDetails":{"HitCount":' + ('"' if agent is Agent.CSHARP else "")


class DeviceLog:
    """Writes the rows of one device the way its agent words them.

    Times are seconds before now. The pieces that are the same in many rows (device columns,
    times of one message) are made once and copied: the demo must be there at once.
    """

    def __init__(self, device: Device, clock: Clock, rows: list[Row]) -> None:
        self.device = device
        self._clock = clock
        self._rows = rows
        self._prefix = str(uuid5(NAMESPACE, device.name))[:24]
        self._count = 0
        self._stencils: dict[tuple[str, str], Row] = {}

    def _stencil(self, name: str, category: str) -> Row:
        stencil = self._stencils.get((name, category))
        if stencil is None:
            device = self.device
            stencil = self._stencils[name, category] = {
                "AgentVersion": _VERSIONS[device.agent],
                "AssociatedResourceId": HUB_RESOURCE.lower(),
                "AzureSubscriptionId": SUBSCRIPTION,
                "DeviceId": device.name,
                "EventDetails": "{}",
                "IoTRawEventId": "",
                "IsEmpty": False,
                "RawEventCategory": category,
                "RawEventName": name,
                "RawEventType": _TYPES.get(name, "Security"),
                "TenantId": TENANT,
                "TimeGenerated": "",
                "TimeStamp": "",
                "Type": device.table,
            }
        return stencil

    def _message(self, name: str, category: str, ago: int) -> Row:
        """A row with its id and times, waiting for its details."""
        self._count = count = self._count + 1
        row = self._stencil(name, category).copy()
        row["IoTRawEventId"] = f"{self._prefix}{count:012x}"
        # The agent sends and the service takes in a little later, never after now.
        lag = min(3 + count * 7 % 23, ago - 1)
        row["TimeGenerated"] = self._clock.fine(ago - lag, count * 37 % 1000)
        row["TimeStamp"] = self._clock.utc(ago)
        return row

    def _times(self, ago: int) -> str:
        local = self._clock.local(ago)
        # The C agent marks its local time with a Z that is not true.
        zone = "Z" if self.device.agent is Agent.C else ""
        return f'"TimestampLocal":"{local}{zone}","TimestampUTC":"{self._clock.utc(ago)}"}}'

    def _origin(self, message: Row) -> str:
        """What closes every micro-agent payload."""
        return (
            f'"AzureResourceId":"{message["AssociatedResourceId"]}","DeviceId":"{self.device.name}"'
            f',"MessageSource":"Linux","OriginalEventId":"{message["IoTRawEventId"]}"'
            f',"TimestampUTC":"{message["TimeStamp"]}"}}'
        )

    def write(self, name: str, ago: int, heads: Iterable[str]) -> None:
        """One message: a row for each payload, all with the message's id and times."""
        message = self._message(name, "Periodic" if name in _PERIODIC else "Triggered", ago)
        tail = self._origin(message) if self.device.agent is Agent.MICRO else self._times(ago)
        for text in heads:
            row = message.copy()
            row["EventDetails"] = text + tail
            self._rows.append(row)

    def tell(self, name: str, ago: int, payload: Payload) -> None:
        """One message with one payload."""
        self.write(name, ago, (head(payload),))

    def empty(self, name: str, ago: int) -> None:
        """A message in which the agent says that it found nothing."""
        row = self._message(name, "Periodic", ago)
        row["IsEmpty"] = True
        self._rows.append(row)

    def count(self, name: str, ago: int, span: int, hits: Sequence[tuple[str, int]]) -> None:
        """One Aggregated message over the ``span`` seconds that end ``ago``.

        ``hits`` are pairs of :func:`counted_head` and a number of hits.
        """
        message = self._message(name, "Aggregated", ago)
        clock = self._clock
        begin = ago + span
        if self.device.agent is Agent.CSHARP:
            start, end = clock.invariant(begin), clock.invariant(ago)
            start_local = clock.invariant(begin + LOCAL_LAG)
            end_local = clock.invariant(ago + LOCAL_LAG)
            close = '"'
        else:
            start, end = clock.utc(begin), clock.utc(ago)
            start_local, end_local = clock.local(begin) + "Z", clock.local(ago) + "Z"
            close = ""
        tail = (
            f'{close},"StartTimeLocal":"{start_local}","StartTimeUtc":"{start}"'
            f',"EndTimeLocal":"{end_local}","EndTimeUtc":"{end}"}},{self._times(ago)}'
        )
        for text, number in hits:
            row = message.copy()
            row["EventDetails"] = f"{text}{number}{tail}"
            self._rows.append(row)
