"""SecurityAlert rows of the demo, as Defender for IoT writes them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid5

from .clock import Clock
from .writer import HUB, HUB_RESOURCE, NAMESPACE, RESOURCE_GROUP, SUBSCRIPTION, TENANT, Row


@dataclass(frozen=True, slots=True)
class State:
    """An alert as told at one moment; ``ago`` and ``end`` are seconds before now."""

    ago: int
    end: int
    status: str = "New"


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert and the states it went through.

    Attributes:
        key: tells it from every other alert, whatever its name; its id is made from it.
        type: AlertType, blank where the vendor publishes none.
        device: blank when the alert is about the hub.
        start: seconds before now.
        properties: spaced Title Case keys, values all text; the device is added.
        address, account, command: what the entities name besides the device.
        in_properties, in_entities: where the device is named; older rows have no entities.
    """

    key: str
    name: str
    type: str
    severity: str
    device: str
    start: int
    states: tuple[State, ...]
    description: str
    remedy: tuple[str, ...]
    properties: Mapping[str, str] = field(default_factory=dict)
    address: str = ""
    account: str = ""
    command: str = ""
    tactics: str = ""
    techniques: str = ""
    in_properties: bool = True
    in_entities: bool = True


def _entities(alert: Alert) -> str:
    if not alert.in_entities:
        return ""
    entities: list[dict[str, Any]] = [
        {"$id": "3", "ResourceId": HUB_RESOURCE, "Type": "azure-resource"}
    ]
    if alert.device:
        entities.append(
            {
                "$id": "4",
                "DeviceId": alert.device,
                "DeviceName": alert.device,
                "IoTHub": {"$ref": "3"},
                "Type": "iotdevice",
            }
        )
        entities.append({"$id": "5", "HostName": alert.device, "Type": "host"})
    if alert.address:
        entities.append({"$id": "6", "Address": alert.address, "Type": "ip"})
    if alert.account:
        entities.append(
            {"$id": "7", "Name": alert.account, "Host": {"$ref": "5"}, "Type": "account"}
        )
    if alert.command:
        image = alert.command.split(" ", 1)[0].rsplit("/", 1)
        entities.append({"$id": "8", "Name": image[-1], "Type": "file"})
        entities.append(
            {
                "$id": "9",
                "CommandLine": alert.command,
                "Host": {"$ref": "5"},
                "ImageFile": {"$ref": "8"},
                "Type": "process",
            }
        )
    return json.dumps(entities, ensure_ascii=False)


def _rows(alert: Alert, clock: Clock) -> list[Row]:
    properties = dict(alert.properties)
    if alert.device and alert.in_properties:
        properties["DeviceId"] = alert.device
    steps = json.dumps([f"{n}. {text}" for n, text in enumerate(alert.remedy, 1)])
    fixed: Row = {
        "AlertLink": "",
        "AlertName": alert.name,
        "AlertSeverity": alert.severity,
        "AlertType": alert.type,
        "CompromisedEntity": alert.device or HUB,
        "ConfidenceLevel": "Unknown",
        "Description": alert.description,
        "DisplayName": alert.name,
        "Entities": _entities(alert),
        "ExtendedLinks": "",
        "ExtendedProperties": json.dumps(properties, ensure_ascii=False),
        "IsIncident": False,
        "ProductComponentName": "",
        "ProductName": "Azure Security Center for IoT",
        "ProviderName": "IoTSecurity",
        "RemediationSteps": steps,
        "ResourceId": HUB_RESOURCE,
        "SourceComputerId": "",
        "SourceSystem": "Detection",
        "StartTime": clock.utc(alert.start),
        "SubTechniques": "",
        "SystemAlertId": str(uuid5(NAMESPACE, f"alert {alert.key}")),
        "Tactics": alert.tactics,
        "Techniques": alert.techniques,
        "TenantId": TENANT,
        "Type": "SecurityAlert",
        "VendorName": "Microsoft",
        "VendorOriginalId": str(uuid5(NAMESPACE, f"vendor {alert.key}")),
        "WorkspaceResourceGroup": RESOURCE_GROUP,
        "WorkspaceSubscriptionId": SUBSCRIPTION,
    }
    return [
        fixed
        | {
            "EndTime": clock.utc(state.end),
            "ProcessingEndTime": clock.utc(state.ago),
            "Status": state.status,
            "TimeGenerated": clock.fine(state.ago, number * 210 % 1000),
        }
        for number, state in enumerate(alert.states, 2)
    ]


def alert_rows(alerts: Iterable[Alert], clock: Clock) -> list[Row]:
    """The rows of these alerts; one that changed its status has a row for each."""
    return [row for alert in alerts for row in _rows(alert, clock)]
