"""Traps in alerts: how they name a device, how they repeat, what they leave out."""

from __future__ import annotations

import json

from .build import CAM, CAM_LOUD, CAM_TEN, HOSTILE, HOSTILE_TEXTS, HUB, MICRO, Sheet, resource

HOUR = 3600.0


def entities(*devices: str, kind: str = "iotdevice") -> str:
    """An entity graph as the service writes it: ids, references, devices among other things."""
    found: list[object] = [
        {"$id": "2", "HostName": CAM, "DeviceId": CAM, "Type": "host"},
        {"$id": "3", "Address": "198.51.100.66", "Type": "ip"},
        {"$ref": "3"},
    ]
    for number, device in enumerate(devices, start=4):
        hub = {"$id": f"1{number}", "Type": "azure-resource", "ResourceId": resource(HUB)}
        found.append({"$id": str(number), "DeviceId": device, "IoTHub": hub, "Type": kind})
    return json.dumps([*found, "stray", 7, None, {"$ref": "4"}])


def alert_traps(sheet: Sheet) -> None:
    mine = {"Full Source Address": '["10.165.12.18:"]', "User Names": '[""]', "DeviceId": CAM}

    # One alert in three states, the newest not the last row; the state outside the window is not.
    for hour, status, severity in (
        (1, "New", "Low"),
        (9, "Resolved", "High"),
        (5, "InProgress", "Medium"),
        (25, "Dismissed", "Informational"),
    ):
        row = sheet.alert(
            "Brute force attack succeeded",
            hour * HOUR,
            mine,
            SystemAlertId="alert-states",
            Status=status,
            AlertSeverity=severity,
            Tactics="CredentialAccess, InitialAccess",
            Techniques='["T1110"]',
        )
        if hour == 9:
            sheet.repeat(row, "SecurityAlert")

    # Without an id: exact repeats are one, other times or properties are others.
    for hour in (2, 2, 3):
        sheet.alert(
            "Nameless",
            hour * HOUR,
            mine,
            SystemAlertId="",
            StartTime="2026-03-02T01:00:00Z",
            EndTime="2026-03-02T01:30:00Z",
        )
    sheet.alert("Nameless", 2 * HOUR, {**mine, "Extra": "1"}, SystemAlertId=None)
    sheet.alert("Nameless", 2 * HOUR, {**mine, "Extra": "2"}, SystemAlertId=...)
    sheet.alert("", 4 * HOUR, mine, DisplayName="Successful local login on device")
    sheet.alert("", 4 * HOUR, mine, DisplayName="Idless as well", SystemAlertId="")
    sheet.alert("", 4 * HOUR, mine, AlertName=..., DisplayName="No AlertName column")

    # Named by entities only, in odd case, nested too deep, in broken or foreign shapes.
    for number, kind in enumerate(("iotdevice", "IoTDevice", "IOTDEVICE", "host", "")):
        graph = entities(CAM, kind=kind)
        sheet.alert(f"Entity {number}", 5 * HOUR + number, "", Entities=graph)
    nested = json.dumps([{"Type": "host", "IoTDevice": {"Type": "iotdevice", "DeviceId": CAM}}])
    sheet.alert("Too deep", 6 * HOUR, "{}", Entities=nested)
    sheet.alert("Broken graph", 6 * HOUR, "{", Entities="[{" + CAM)
    sheet.alert("Broken graph, good properties", 6 * HOUR, mine, Entities="[{" + CAM)
    sheet.alert("Nothing", 6 * HOUR, None, Entities=None)
    sheet.alert("No columns", 6 * HOUR, mine, Entities=..., StartTime=..., EndTime=None)
    sheet.alert("Properties are a list", 6 * HOUR, json.dumps([{"DeviceId": CAM}]))

    # Two devices in one alert; a device merely mentioned; names that are nearly it.
    sheet.alert("Two devices", 7 * HOUR, {"DeviceId": CAM_TEN}, Entities=entities(CAM, MICRO, CAM))
    sheet.alert("Mentioned", 7 * HOUR, {"DeviceId": "gateway", "Peer": CAM})
    sheet.alert("Only ten", 7 * HOUR, {"DeviceId": CAM_TEN}, AlertSeverity="High")
    sheet.alert("Only loud", 7 * HOUR, {"DeviceId": CAM_LOUD}, AlertSeverity="Low")
    sheet.alert("Odd key", 7 * HOUR, {"deviceid": CAM, "Device Id": CAM})
    sheet.alert("Blank", 7 * HOUR, {"DeviceId": CAM + " "})
    sheet.alert("Hostile", 7 * HOUR, {"DeviceId": HOSTILE}, Entities=entities(HOSTILE))

    # Hubs in both cases, with slashes behind, and those that only contain the name.
    for number, path in enumerate(
        (
            resource(HUB).lower(),
            resource(HUB).upper(),
            resource(HUB) + "/",
            resource("plant-77"),
            resource("iot-dev", group="Plant-7"),
            "",
        )
    ):
        sheet.alert(f"Hub {number}", 8 * HOUR + number, mine, ResourceId=path)
    sheet.alert("Hub level", 8 * HOUR, {"IoT hub": HUB})
    # A device that only alerts know.
    sheet.alert("Silent one", 8 * HOUR, {"DeviceId": "alerts-only"}, AlertSeverity="Unheard of")

    for number, hostile in enumerate(HOSTILE_TEXTS):
        sheet.alert(
            hostile,
            10 * HOUR + number,
            {"DeviceId": CAM, hostile: hostile},
            Description=hostile,
            CompromisedEntity=hostile,
            SystemAlertId="" if number % 2 else f"hostile-{number}",
        )
