"""How the oracle reads a table's rows: text, times, JSON, scope, snapshots."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cached_property
from typing import Any

Row = Mapping[str, Any]
Tables = Mapping[str, list[dict[str, Any]]]

RAW_TABLES = ("SecurityIoTRawEvent", "DefenderIoTRawEvent")

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)? ?(Z|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)
_INVARIANT = re.compile(r"(\d\d)/(\d\d)/(\d{4}) (\d\d):(\d\d):(\d\d)", re.ASCII)
_INTEGER = re.compile(r"-?[0-9]+")


def text(value: Any) -> str:
    """Kusto's ``tostring`` of a column or of a member of a dynamic."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value)


def moment(value: Any) -> datetime | None:
    """A datetime, or ISO text with or without an offset (none: UTC), as UTC; else None."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    match = _ISO.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    try:
        moment_ = datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            int(((fraction or "") + "000000")[:6]),
            _offset(zone),
        )
        return moment_.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _offset(zone: str | None) -> timezone:
    if zone in (None, "Z"):
        return UTC
    assert zone is not None
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return timezone(timedelta(minutes=-minutes if zone[0] == "-" else minutes))


def zoned(value: Any) -> datetime | None:
    """As :func:`moment`, but only where the text itself says its zone."""
    match = _ISO.fullmatch(value) if isinstance(value, str) else None
    return moment(value) if match and match[8] else None


def utc_detail(value: Any) -> datetime | None:
    """StartTimeUtc and EndTimeUtc: ISO, or the C# agent's invariant ``MM/dd/yyyy HH:mm:ss``."""
    match = _INVARIANT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return moment(value)
    month, day, year, hour, minute, second = (int(part) for part in match.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def ticks(value: datetime) -> str:
    """``2026-01-01T00:00:00.0000000Z``: how Kusto writes a datetime."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")


def integer(value: Any) -> int | None:
    """A JSON integer, or text that is nothing but one."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    return None


def parsed(value: Any) -> Any:
    """JSON text (or a value that is parsed already) as Python; None where it is no JSON."""
    if not isinstance(value, str):
        return value

    def refuse(word: str) -> Any:
        raise ValueError(word)

    try:
        return json.loads(value, parse_constant=refuse)
    except (ValueError, RecursionError):
        return None


def an_object(value: Any) -> dict[str, Any]:
    """The parsed object, or an empty one for anything that is none."""
    found = parsed(value)
    return found if isinstance(found, dict) else {}


def hubname(resource: Any) -> str:
    """The text behind the last slash, trailing slashes aside."""
    return text(resource).rstrip("/").rpartition("/")[2]


def same(left: str, right: str) -> bool:
    """Kusto's ``=~``."""
    return left.lower() == right.lower()


def in_window(rows: Iterable[Row], start: datetime, end: datetime) -> list[Row]:
    """Rows with start <= TimeGenerated < end, in the order given."""
    kept = []
    for row in rows:
        generated = moment(row.get("TimeGenerated"))
        if generated is not None and start <= generated < end:
            kept.append(row)
    return kept


@dataclass(frozen=True)
class Event:
    """One raw event row, read by the definitions of the exact pack."""

    row: Row

    def column(self, name: str) -> str:
        return text(self.row.get(name))

    @property
    def name(self) -> str:
        return self.column("RawEventName")

    @property
    def device(self) -> str:
        return self.column("DeviceId")

    @cached_property
    def hub(self) -> str:
        return hubname(self.row.get("AssociatedResourceId"))

    @cached_property
    def generated(self) -> datetime:
        found = moment(self.row.get("TimeGenerated"))
        assert found is not None, "rows without TimeGenerated never pass the window"
        return found

    @cached_property
    def details(self) -> dict[str, Any]:
        return an_object(self.row.get("EventDetails"))

    @property
    def empty(self) -> bool:
        return text(self.row.get("IsEmpty")).lower() == "true" or not self.details

    def get(self, *keys: str) -> str:
        """The first non-empty of these members of EventDetails, as text."""
        return next((found for key in keys if (found := text(self.details.get(key)))), "")

    @cached_property
    def time(self) -> datetime:
        return (
            moment(self.details.get("TimestampUTC"))
            or zoned(self.details.get("TimestampLocal"))
            or self.generated
        )

    @cached_property
    def snapshot(self) -> str:
        stamp = moment(self.row.get("TimeStamp"))
        return self.get("EventId") or self.column("IoTRawEventId") or ticks(stamp or self.generated)

    def identity(self) -> tuple[tuple[str, str], ...]:
        """All columns as comparable text; two rows with the same one are repeats of one row."""
        cells = []
        for name, value in self.row.items():
            when = moment(value) if name in ("TimeGenerated", "TimeStamp") else None
            shown = ticks(when) if when else text(value)
            if shown:
                cells.append((name, shown))
        return tuple(sorted(cells))


def raw_events(tables: Tables, start: datetime, end: datetime) -> list[Event]:
    """Both raw tables in the window, exact repeats within a table dropped."""
    events = []
    for table in RAW_TABLES:
        seen = set()
        for row in in_window(tables.get(table, []), start, end):
            event = Event(row)
            identity = event.identity()
            if identity not in seen:
                seen.add(identity)
                events.append(event)
    return events


def newest_snapshot(events: Iterable[Event], name: str) -> str | None:
    """The SnapshotId of this kind with the greatest EventTime, empty rows counted in."""
    found = [(event.time, event.snapshot) for event in events if event.name == name]
    return max(found)[1] if found else None


def names_of_ids(events: Iterable[Event]) -> dict[str, str]:
    """UserId -> its names in LocalUsers, sorted and joined with a slash."""
    names: dict[str, set[str]] = {}
    for event in events:
        if event.name == "LocalUsers" and not event.empty:
            user_id, user = event.get("UserId"), event.get("UserName")
            if user_id and user:
                names.setdefault(user_id, set()).add(user)
    return {user_id: "/".join(sorted(users)) for user_id, users in names.items()}
