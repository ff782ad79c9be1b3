"""Rows as the agents and the service would have written them, with every detail settable."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

BASE = datetime(2026, 3, 2, tzinfo=UTC)
WINDOW = (BASE, BASE + timedelta(days=1))
DAY = 86400.0

HUB = "Plant-7"
CAM = "cam-1"
CAM_TEN = "cam-10"
CAM_LOUD = "CAM-1"
MICRO = "micro-1"
HOSTILE = 'x" or 1==1 | take 5 // \\ \n[b]{a}\u202e\u00e9'
DEVICES = (CAM, CAM_TEN, CAM_LOUD, MICRO, HOSTILE)

_PLUS_ONE = timezone(timedelta(hours=1))
_PLUS_TWO = timezone(timedelta(hours=2))

#: Text a device may send anywhere it may send text.
HOSTILE_TEXTS = (
    '["a"]',
    '{"a":1}',
    "[/x]",
    "[bold red]x[/]",
    "a|b | take 1",
    '"; SecurityAlert | project *; //',
    "'; DROP TABLE SecurityAlert; --",
    "back\\slash \\q \\u0041",
    "two\nlines\r\nand\ttab",
    "\x1b[31mred\x1b[0m\x1b]0;title\x07",
    "nul\x00inside",
    "\u202etxt.exe\u202c\u200b",
    "\U0001f4a5\U0001f468\u200d\U0001f469",
    "\u6f22\u5b57\uff21",
    "line\u2028separator",
    "true",
    "null",
    "12",
    "=1+1",
    " padded ",
)


def at(seconds: float) -> datetime:
    """The moment this many seconds into the window."""
    return BASE + timedelta(seconds=seconds)


def resource(hub: str, group: str = "iot-rg") -> str:
    return (
        f"/subscriptions/00000000-0000-0000-0000-000000000007/resourceGroups/{group}"
        f"/providers/Microsoft.Devices/IotHubs/{hub}"
    )


def iso(moment: datetime, zone: timezone = UTC) -> str:
    shown = moment.astimezone(zone).replace(tzinfo=None).isoformat(timespec="microseconds")
    hours = int(zone.utcoffset(None).total_seconds()) // 3600
    return f"{shown}0" + ("Z" if not hours else f"{hours:+03d}:00")


def stamps(seconds: float, style: str = "c") -> dict[str, str]:
    """The timestamps an agent merges into EventDetails; the device's clock is one hour ahead.

    Styles: c (false Z), cs (no zone), offset, offset4, space, naive (nothing usable), fraction,
    zoned-utc, bad (UTC no time), garbage (neither), none.
    """
    utc = at(seconds).replace(microsecond=0)
    here = utc.astimezone(_PLUS_ONE)
    local = here.strftime("%Y-%m-%dT%H:%M:%S")
    return {
        "c": {"TimestampLocal": local + "Z", "TimestampUTC": f"{utc:%Y-%m-%dT%H:%M:%SZ}"},
        "cs": {"TimestampLocal": local, "TimestampUTC": f"{utc:%Y-%m-%dT%H:%M:%S}"},
        "offset": {"TimestampLocal": local + "+01:00"},
        "offset4": {"TimestampLocal": local + "+0100"},
        "space": {"TimestampLocal": f"{utc:%Y-%m-%d %H:%M:%SZ}"},
        "naive": {"TimestampLocal": local},
        "fraction": {"TimestampLocal": local + "Z", "TimestampUTC": iso(utc)[:-4] + "Z"},
        "zoned-utc": {"TimestampLocal": local, "TimestampUTC": local + "+01:00"},
        "bad": {"TimestampLocal": local + "+01:00", "TimestampUTC": "yesterday"},
        "garbage": {"TimestampLocal": "12 o'clock Z", "TimestampUTC": "2026-13-45T99:00:00Z"},
        "none": {},
    }[style]


STYLES = ("c", "cs", "offset", "offset4", "space", "naive", "fraction", "zoned-utc", "bad")


class Sheet:
    """Four tables being filled. Row forms (datetime or text, spaced JSON) take turns."""

    def __init__(self) -> None:
        self.tables: dict[str, list[dict[str, Any]]] = {
            "SecurityIoTRawEvent": [],
            "DefenderIoTRawEvent": [],
            "SecurityAlert": [],
            "SecurityRecommendation": [],
        }
        self._made = 0

    def _time(self, moment: datetime) -> Any:
        """A datetime, or the same as text in UTC or with an offset."""
        return (moment, iso(moment), iso(moment, _PLUS_TWO))[self._made % 3]

    def event(
        self,
        name: str,
        seconds: float,
        details: Any,
        *,
        device: str = CAM,
        hub: str = HUB,
        table: str = "SecurityIoTRawEvent",
        spaced: bool = False,
        as_object: bool | None = None,
        **columns: Any,
    ) -> dict[str, Any]:
        """One raw event generated at ``seconds``; a dict of details becomes JSON text.

        In DefenderIoTRawEvent details stay an object, and ``as_object`` says it for one row.
        ``columns`` replace or add columns; one given as ``...`` is left out of the row.
        """
        self._made += 1
        shown = details
        if as_object is None:
            as_object = table == "DefenderIoTRawEvent"
        if isinstance(details, dict) and not as_object:
            separators = (", ", ": ") if spaced else (",", ":")
            shown = json.dumps(details, ensure_ascii=self._made % 2 == 0, separators=separators)
        row = {
            "TenantId": "11111111-2222-3333-4444-555555555555",
            "TimeGenerated": self._time(at(seconds)),
            "TimeStamp": self._time(at(seconds - 30)),
            "DeviceId": device,
            "AssociatedResourceId": resource(hub),
            "AgentVersion": "0.0.7",
            "IoTRawEventId": f"raw-{self._made:06d}",
            "IsEmpty": False,
            "RawEventCategory": "Triggered",
            "RawEventName": name,
            "RawEventType": "Security",
            "EventDetails": shown,
            "Type": table,
        }
        row |= columns
        row = {column: value for column, value in row.items() if value is not ...}
        self.tables[table].append(row)
        return row

    def alert(self, name: str, seconds: float, properties: Any, **columns: Any) -> dict[str, Any]:
        """One alert row; a dict of properties becomes spaced JSON text as the service writes it."""
        self._made += 1
        if isinstance(properties, dict):
            properties = json.dumps(properties)
        row = {
            "TenantId": "11111111-2222-3333-4444-555555555555",
            "TimeGenerated": self._time(at(seconds)),
            "AlertName": name,
            "DisplayName": name,
            "AlertSeverity": "Medium",
            "AlertType": "IoT_" + name.title().replace(" ", ""),
            "Description": f"{name} was seen",
            "ProductName": "Azure Security Center for IoT",
            "ProviderName": "IoTSecurity",
            "VendorName": "Microsoft",
            "ExtendedProperties": properties,
            "Entities": "",
            "RemediationSteps": '["Look at the device.", "Then look again."]',
            "ResourceId": resource(HUB),
            "Status": "New",
            "SystemAlertId": f"alert-{self._made:06d}",
            "StartTime": self._time(at(seconds - 600)),
            "EndTime": self._time(at(seconds - 60)),
            "Tactics": "",
            "Techniques": "",
            "CompromisedEntity": "",
            "IsIncident": False,
            "Type": "SecurityAlert",
        }
        row |= columns
        row = {column: value for column, value in row.items() if value is not ...}
        self.tables["SecurityAlert"].append(row)
        return row

    def recommendation(
        self, name: str, seconds: float, state: str = "Active", device: str = CAM, **columns: Any
    ) -> dict[str, Any]:
        """One state of a recommendation; additional data that is a dict takes turns to be text."""
        self._made += 1
        row = {
            "TenantId": "11111111-2222-3333-4444-555555555555",
            "TimeGenerated": self._time(at(seconds)),
            "AssessedResourceId": resource(HUB),
            "DeviceId": device,
            "RecommendationName": name,
            "RecommendationDisplayName": f"{name} was found",
            "RecommendationSeverity": "Medium",
            "RecommendationState": state,
            "Description": f"{name} is a weak spot",
            "DiscoveredTimeUTC": self._time(at(seconds - 600)),
            "RecommendationAdditionalData": {"Ports": '["22"]'},
            "Type": "SecurityRecommendation",
        }
        row |= columns
        if isinstance(row["RecommendationAdditionalData"], dict) and self._made % 2:
            row["RecommendationAdditionalData"] = json.dumps(row["RecommendationAdditionalData"])
        row = {column: value for column, value in row.items() if value is not ...}
        self.tables["SecurityRecommendation"].append(row)
        return row

    def repeat(self, row: dict[str, Any], table: str = "SecurityIoTRawEvent") -> None:
        """The same record once more, as a data export may deliver it."""
        self.tables[table].append(dict(row))
