"""Times as people's browsers write them: which part is the day, and which zone it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from enum import Enum

from ..language import translatable

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_OFFSET = re.compile(r"(?:Z|[+-]\d{2}(?::?\d{2})?)$")
_LOCALE = re.compile(
    r"(\d{1,4}) ?([./-]) ?(\d{1,2}) ?\2 ?(\d{1,4})\.?,? ?T?"
    r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)? ?(?:([ap])\.? ?m\.?)?",
    re.IGNORECASE,
)
_HIDDEN = str.maketrans({"\u202f": " ", "\u00a0": " ", "\u200e": None, "\u200f": None})
_FIXED = re.compile(r"(?:UTC|GMT)? ?([+-])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)


class Order(Enum):
    """Which of the first two numbers of a date is the day."""

    DAY_FIRST = translatable("day first")
    MONTH_FIRST = translatable("month first")


@dataclass(slots=True)
class Sight:
    """What was seen of the times of one file."""

    locale: bool = False
    ambiguous: bool = False
    zoneless: bool = False
    order: Order | None = None

    def see(self, values: Iterable[str]) -> bool:
        """True once the order is known, or where a value needs none."""
        for value in values:
            text = _plain(value)
            if not text:
                continue
            if _ISO.match(text):
                self.zoneless = self.zoneless or not _OFFSET.search(text)
                continue
            match = _LOCALE.fullmatch(text)
            if match is None:
                continue
            self.locale = self.zoneless = True
            first, mark, second = match[1], match[2], match[3]
            if len(first) == 4:
                continue
            if mark == "." or int(first) > 12:
                # No locale puts the month first and dots between.
                self.order = Order.DAY_FIRST
                return True
            if int(second) > 12:
                self.order = Order.MONTH_FIRST
                return True
            self.ambiguous = self.ambiguous or first != second
        return False


def zone_named(name: str) -> tzinfo | None:
    """What the header of a column calls its zone; None for what says nothing, as Local Time."""
    plain = name.strip()
    if plain.upper() in ("UTC", "GMT", "Z"):
        return UTC
    if match := _FIXED.fullmatch(plain):
        span = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        return timezone(-span if match[1] == "-" else span) if span < timedelta(days=1) else None
    if "/" in plain:
        from zoneinfo import ZoneInfo  # noqa: PLC0415

        try:
            return ZoneInfo(plain)
        except (ValueError, OSError, KeyError):
            return None
    return None


def rfc3339_of(value: str, order: Order, zone: tzinfo | None) -> str | None:
    """The time as DuckDB reads it; None for what is no time.

    ``zone`` is that of a value which does not say its own; None stands for UTC.
    """
    text = _plain(value)
    if not text:
        return ""
    if _ISO.match(text):
        if zone in (None, UTC) or _OFFSET.search(text):
            return text
        try:
            return datetime.fromisoformat(text).replace(tzinfo=zone).isoformat()
        except (ValueError, OverflowError):
            return None
    match = _LOCALE.fullmatch(text)
    if match is None:
        return None
    one, two, three = int(match[1]), int(match[3]), int(match[4])
    if len(match[1]) == 4:
        year, month, day = one, two, three
    else:
        day, month, year = (one, two, three) if order is Order.DAY_FIRST else (two, one, three)
        if len(match[4]) <= 2:
            year += 2000
    hour = int(match[5])
    if match[9]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[9].lower() == "p" else 0)
    micros = int((match[8] or "").ljust(6, "0")[:6])
    try:
        moment = datetime(year, month, day, hour, int(match[6]), int(match[7] or 0), micros)
        return moment.replace(tzinfo=zone or UTC).isoformat()
    except (ValueError, OverflowError):
        return None


def _plain(value: str) -> str:
    return value.translate(_HIDDEN).strip()
