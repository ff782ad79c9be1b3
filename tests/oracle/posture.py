"""How the device and its agent stand, by the exact pack's definitions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from .rows import Event, integer, newest_snapshot, text, ticks

_RESULTS = {"fail": "Fail", "failed": "Fail", "err": "Error", "error": "Error"}
_SEVERITIES = ("critical", "important", "warning", "informational")


def baseline(events: list[Event]) -> list[dict[str, Any]]:
    found = []
    for name in ("OSBaseline", "Baseline"):
        newest = newest_snapshot(events, name)
        grouped: dict[tuple[str, str, str], list[Event]] = defaultdict(list)
        for event in events:
            result = event.get("Result", "BaselineCheckResult")
            if event.name == name and not event.empty and result.lower() in _RESULTS:
                check = event.get("CceId", "BaselineCheckId")
                about = event.get("Description", "BaselineCheckDescription")
                grouped[check, about, _RESULTS[result.lower()]].append(event)
        for (check, about, result), members in grouped.items():
            now = [event for event in members if event.snapshot == newest]
            if now:
                found.append(
                    {
                        "CheckId": check,
                        "Description": about,
                        "Result": result,
                        "Severity": max(event.get("Severity") for event in now),
                        "Errors": sorted({event.get("Error") for event in now} - {""}),
                        "FirstObserved": min(event.time for event in members),
                        "LastObserved": max(event.time for event in members),
                        "RawEventName": name,
                    }
                )
    return sorted(found, key=_check_order)


def _check_order(row: dict[str, Any]) -> tuple[Any, ...]:
    severity = row["Severity"].lower()
    place = _SEVERITIES.index(severity) if severity in _SEVERITIES else len(_SEVERITIES)
    # Failures before errors.
    failed = row["Result"] != "Fail"
    return place, failed, row["CheckId"], row["Description"], row["RawEventName"]


_PROPERTIES = {
    name: (name,)
    for name in (
        *("OSName", "OSVersion", "OSVendor", "OsArchitecture", "HostName", "BIOSVersion"),
        *("BootDevice", "TotalPhysicalMemoryInKB", "FreePhysicalMemoryInKB"),
        *("TotalVirtualMemoryInKB", "FreeVirtualMemoryInKB"),
    )
} | {
    name: (name, "".join(part.capitalize() for part in name.split("_")))
    for name in (
        *("hardware_vendor", "hardware_model", "os_dist", "os_version", "os_platform", "os_arch"),
        *("agent_type", "agent_version", "nics"),
    )
}


def system(events: list[Event]) -> list[dict[str, Any]]:
    found = []
    for name, members in sorted(_PROPERTIES.items()):
        seen = [
            (event.time, value)
            for event in events
            if event.name == "SystemInformation"
            and not event.empty
            and (value := event.get(*members))
        ]
        if not seen:
            continue
        now = max(seen)[1]
        mine = [time for time, value in seen if value == now]
        others = [(time, value) for time, value in seen if value != now]
        changed = max((time for time, _ in others), default=None)
        earlier = sorted({value for _, value in others})
        found.append(
            {
                "Property": name,
                "Value": now,
                "Since": min(time for time in mine if changed is None or time >= changed),
                "ChangedInWindow": bool(others),
                "LastObserved": max(mine),
                "CntEarlierValues": len(earlier),
                "EarlierValues": earlier,
            }
        )
    return found


_PLACES = (
    "silence",
    "dropped events",
    "messages not sent",
    "configuration error",
    "diagnostic",
    "statistics",
    "heartbeat",
)
_Signal = tuple[str, str, str, int | None, int | None]


def health(events: list[Event], start: datetime, end: datetime) -> list[dict[str, Any]]:
    grouped: dict[tuple[str, str, str], list[tuple[Event, int | None, int | None]]] = defaultdict(
        list
    )
    for event in events:
        for signal, what, severity, number, total in _signals(event):
            grouped[signal, what, severity].append((event, number, total))
    rows = [
        {
            "Signal": signal,
            "What": what,
            "Severity": severity,
            "Count": _sum(number for _, number, _ in members),
            "Total": _sum(total for _, _, total in members),
            "Reports": len(members),
            "FirstObserved": min(event.time for event, _, _ in members),
            "LastObserved": max(event.time for event, _, _ in members),
            "Minutes": None,
        }
        for (signal, what, severity), members in grouped.items()
    ]
    rows += _silence(sorted(event.generated for event in events), start, end)
    return sorted(
        rows,
        key=lambda row: (
            _PLACES.index(row["Signal"]),
            row["FirstObserved"],
            row["What"],
            row["Severity"],
        ),
    )


def _sum(values: Iterator[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _signals(event: Event) -> list[_Signal]:
    if event.name == "Heartbeat":
        return [("heartbeat", "", "", 1, None)]
    if event.empty:
        return []
    details = event.details
    match event.name:
        case "DroppedEventsStatistics":
            dropped, collected = details.get("DroppedEvents"), details.get("CollectedEvents")
            queue = event.get("Queue")
            return [("dropped events", queue, "", integer(dropped), integer(collected))]
        case "MessageStatistics":
            failed, sent = integer(details.get("TotalFailed")), integer(details.get("MessagesSent"))
            return [("messages not sent", "", "", failed, sent)]
        case "ConfigurationError":
            name, kind = event.get("ConfigurationName"), event.get("ErrorType")
            return [
                ("configuration error", f"{name} ({kind}): {event.get('Message')}", "", 1, None)
            ]
        case "Diagnostic":
            return [("diagnostic", event.get("Message"), event.get("Severity"), 1, None)]
        case "Statistics":
            items = details.get("Events")
            if not isinstance(items, list) or not items:
                return [("statistics", event.get("Name"), "", None, None)]
            return [_statistic(event.get("Name"), item) for item in items]
    return []


def _statistic(name: str, item: Any) -> _Signal:
    known = item if isinstance(item, dict) else {}
    hits = integer(known.get("Hitcount"))
    if hits is None:
        hits = integer(known.get("HitCount"))
    return "statistics", f"{name}: {text(known.get('Description'))}", "", hits, None


def _silence(times: list[datetime], start: datetime, end: datetime) -> list[dict[str, Any]]:
    if not times:
        return []
    found = []
    for before, after in pairwise([start, *times, end]):
        if after - before >= timedelta(hours=3):
            first = before == start and after == times[0]
            found.append(
                {
                    "Signal": "silence",
                    "What": "before the first event" if first else f"after {ticks(before)[:19]}",
                    "Severity": "",
                    "Count": None,
                    "Total": None,
                    "Reports": 0,
                    "FirstObserved": before,
                    "LastObserved": after,
                    "Minutes": (after - before) // timedelta(minutes=1),
                }
            )
    return found
