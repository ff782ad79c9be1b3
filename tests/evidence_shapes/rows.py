"""The rows that every shape is written from, and what any reader must make of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

Rows = dict[str, list[dict[str, Any]]]
#: No day of it could be a month: which of the two comes first is told by any of its dates.
START = datetime(2026, 7, 14, 19, 4, 5, 250_000, UTC)

HUB = "/subscriptions/s/providers/Microsoft.Devices/IotHubs/plant"

#: Texts that some format or some reader trips over.
AWKWARD = (
    'say "hi", then\tgo',
    "first line\nsecond line\r\nthird",
    "=cmd|'/c calc'!A0",
    "semi;colon|pipe, comma",
    " space around ",
    "\u202eevil\u202c \u200b \ufeff end",
    "\U0001f4a5 \u65e5\u672c\u8a9e \u00fc\u00df",
    "\x1b[31mred\x07 \x00nul",
    "\\u0041 \\n \\",
    "null",
    "True",
    "1e5",
    "{'no': json}",
    '""',
    "'",
    "[UTC]",
    "</script><b>",
)


def made() -> Rows:
    """Alerts, events of both raw tables, recommendations, and sign-ins of Defender for Endpoint.

    Times are in milliseconds, as the portal shows them.
    """
    of_iot = ("SecurityAlert", "SecurityIoTRawEvent", "DefenderIoTRawEvent")
    raw: Rows = {table: [] for table in (*of_iot, "SecurityRecommendation", "DeviceLogonEvents")}
    for number, text in enumerate(AWKWARD):
        when = START + timedelta(hours=7 * number, milliseconds=number)
        raw["SecurityAlert"].append(
            {
                "TimeGenerated": when,
                "SystemAlertId": f"alert-{number}",
                "AlertName": text,
                "DisplayName": f"display {text}",
                "Description": text * 3,
                "AlertSeverity": ("High", "Medium", "Low")[number % 3],
                "AlertType": "IoT_BruteForce",
                "VendorOriginalId": f"vendor {number}",
                "ConfidenceScore": number / 4,
                "IsIncident": number % 2 == 0,
                "StartTime": when - timedelta(minutes=5),
                "EndTime": when,
                "ExtendedProperties": json.dumps({"DeviceId": "cam-1", "User Names": [text]}),
                "ResourceId": HUB,
                "Type": "SecurityAlert",
            }
        )
        raw["SecurityRecommendation"].append(
            {
                "TimeGenerated": when,
                "DiscoveredTimeUTC": when - timedelta(hours=1),
                "AssessedResourceId": HUB,
                "DeviceId": "cam-1",
                "RecommendationId": f"recommendation {number}",
                "RecommendationName": text,
                "RecommendationDisplayName": f"display {text}",
                "RecommendationSeverity": "Medium",
                "RecommendationState": ("Active", "Healthy")[number % 2],
                "RecommendationAdditionalData": json.dumps({"Rules": [text], "n": 2**70}),
                "IsSnapshot": number % 2 == 0,
                "Type": "SecurityRecommendation",
            }
        )
        raw["DeviceLogonEvents"].append(
            {
                "TimeGenerated": when,
                "DeviceId": f"{number % 3:040x}",
                "DeviceName": "cam-1.plant.example",
                "ActionType": "LogonFailed",
                "LogonType": "Network",
                "AccountName": text,
                "IsLocalAdmin": number % 2 == 0,
                "RemotePort": 40000 + number,
                "ReportId": 2**40 + number,
                "InitiatingProcessCreationTime": when - timedelta(days=2),
                "AdditionalFields": json.dumps({"PosixUserId": 2**70 + number, "said": text}),
                "Type": "DeviceLogonEvents",
            }
        )
        for table in ("SecurityIoTRawEvent", "DefenderIoTRawEvent"):
            details = {
                "Executable": "/bin/sh",
                "CommandLine": f"{table} {text}",
                "Big": 2**70 + number,
                "TimestampUTC": when.isoformat(),
                "ExtraDetails": {"HitCount": number},
            }
            raw[table].append(
                {
                    "TimeGenerated": when,
                    "TimeStamp": when - timedelta(seconds=3),
                    "DeviceId": f"cam-{number % 3}",
                    "AssociatedResourceId": HUB,
                    "AgentVersion": "0.0.7",
                    "IoTRawEventId": f"{table}-{number}",
                    "IsEmpty": number % 2 == 1,
                    "RawEventName": "ProcessCreate",
                    "RawEventCategory": "Triggered",
                    "RawEventType": "Security",
                    "SourceSystem": text,
                    "EventDetails": json.dumps(details, ensure_ascii=number % 2 == 0),
                    "Type": table,
                }
            )
    return raw


def exported(value: Any) -> Any:
    """As data export writes a value."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value
