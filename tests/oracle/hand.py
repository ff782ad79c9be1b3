"""Rows written by hand, and the oracle asked about nothing but them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from . import exact

DAY = (datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC))


def clock(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-02T{text}+00:00")


def raw(name: str, when: str, details: Any = "", **columns: Any) -> dict[str, Any]:
    return {
        "TimeGenerated": f"2026-03-02T{when}Z",
        "DeviceId": "d",
        "AssociatedResourceId": "/x/IotHubs/Hub",
        "RawEventName": name,
        "EventDetails": json.dumps(details, separators=(",", ":")) if details else "",
        **columns,
    }


def ask(question: str, *rows: dict[str, Any], pack: Any = exact, **others: Any) -> Any:
    tables = {"SecurityIoTRawEvent": list(rows), **others}
    return pack.answer(question, tables, "d", "hub", *DAY)
