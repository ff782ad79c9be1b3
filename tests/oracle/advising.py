"""What is recommended for a device, by the exact pack's definitions."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .rows import Row, hubname, moment, parsed, same, text

_OPEN = ("active", "unhealthy")
_CLOSED = ("healthy", "notapplicable", "not applicable", "resolved")
_STATUSES = ("open", "unclear", "closed")
_SEVERITIES = ("high", "medium", "low", "informational")


@dataclass(frozen=True)
class Told:
    """One row: a state that was written at one time."""

    row: Row
    time: datetime
    name: str
    status: str

    def of(self, column: str) -> str:
        return text(self.row.get(column))

    @property
    def data(self) -> str:
        """Additional data; JSON without blanks, and nothing where that holds nothing."""
        given = self.row.get("RecommendationAdditionalData")
        found = parsed(given)
        if found in ({}, []) or text(given).strip() == "null":
            return ""
        return text(found) if isinstance(found, dict | list) else text(given)

    @property
    def title(self) -> str:
        return self.of("RecommendationDisplayName") or self.name


def recommendations(rows: list[Row], device: str, hub: str) -> list[dict[str, Any]]:
    """``rows`` are those of the window."""
    grouped: dict[str, list[Told]] = defaultdict(list)
    for row in rows:
        if text(row.get("DeviceId")) == device and same(_assessed_hub(row), hub):
            one = _told(row)
            grouped[one.name].append(one)
    found = [
        _summed_up(name, states)
        for name, states in grouped.items()
        if any(state.status != "closed" for state in states)
    ]
    return sorted(found, key=_order)


def _assessed_hub(row: Row) -> str:
    """The hub of which, or below which, something was assessed."""
    resource = text(row.get("AssessedResourceId"))
    parts = re.split("/iothubs/", resource, maxsplit=1, flags=re.IGNORECASE)
    below = parts[-1].split("/")[0] if len(parts) == 2 else ""
    return below or hubname(resource)


def _told(row: Row) -> Told:
    time = moment(row["TimeGenerated"])
    assert time is not None
    name = text(row.get("RecommendationName")) or text(row.get("RecommendationDisplayName"))
    state = text(row.get("RecommendationState")).lower()
    status = "open" if state in _OPEN else "closed" if state in _CLOSED else "unclear"
    return Told(row, time, name, status)


def _summed_up(name: str, states: list[Told]) -> dict[str, Any]:
    newest = max(
        states,
        key=lambda one: (
            one.time,
            -_STATUSES.index(one.status),
            one.of("RecommendationState"),
            one.of("RecommendationSeverity"),
            one.title,
            one.of("Description"),
        ),
    )
    others = [one.time for one in states if one.status != newest.status]
    standing = [one.time for one in states if one.status == newest.status]
    weak = [one for one in states if one.status != "closed"]
    found = [moment(one.row.get("DiscoveredTimeUTC")) for one in weak]
    details = sorted({one.data for one in weak} - {""})
    return {
        "RecommendationName": name,
        "RecommendationDisplayName": newest.title,
        "RecommendationSeverity": newest.of("RecommendationSeverity"),
        "Status": newest.status,
        "Since": min(time for time in standing if not others or time >= max(others)),
        "Discovered": min((time for time in found if time is not None), default=None),
        "FirstObserved": min(one.time for one in states),
        "LastObserved": max(one.time for one in states),
        "RecommendationState": newest.of("RecommendationState"),
        "States": sorted({one.of("RecommendationState") for one in states} - {""}),
        "Description": newest.of("Description"),
        "CntDetails": len(details),
        "Details": details,
    }


def _order(row: dict[str, Any]) -> tuple[Any, ...]:
    severity = row["RecommendationSeverity"].lower()
    place = _SEVERITIES.index(severity) if severity in _SEVERITIES else len(_SEVERITIES)
    return _STATUSES.index(row["Status"]), place, row["RecommendationName"]
