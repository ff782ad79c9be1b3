"""The stretch of time that is asked about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .answers import rfc3339
from .language import tr

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SPAN = re.compile(r"\s*(\d{1,6})\s*([mhdw])\s*")


class WindowError(ValueError):
    """A window that cannot be asked about; the text says what to write instead."""


@dataclass(frozen=True, slots=True)
class Window:
    """From ``start`` (inclusive) to ``end`` (exclusive), both UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise WindowError(
                tr(
                    "the window ends ({end}) before it starts ({start}): give an end later than"
                    " the start",
                    end=rfc3339(self.end),
                    start=rfc3339(self.start),
                )
            )

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def scaled(self, factor: float) -> Window:
        """The same middle, ``factor`` times as long, never below one minute."""
        longest = timedelta(days=3_650_000) / self.length
        half = max(self.length * min(factor, longest), timedelta(minutes=1)) / 2
        middle = self.start + self.length / 2
        return clamped(middle, half)

    def around(self, moment: datetime, half: timedelta = timedelta(hours=1)) -> Window:
        """``moment`` plus and minus ``half``."""
        return clamped(moment, half)


def clamped(middle: datetime, half: timedelta) -> Window:
    """``middle`` ± ``half``, cut where the calendar ends; a middle beyond it is its end."""
    earliest = datetime(1900, 1, 1, tzinfo=UTC)
    latest = datetime(9999, 1, 1, tzinfo=UTC)
    minute = timedelta(minutes=1)
    middle = min(max(middle, earliest + minute), latest - minute)
    start = middle - half if middle - earliest > half else earliest
    end = middle + half if latest - middle > half else latest
    return Window(start, end)


def parse_span(text: str) -> timedelta:
    """``90m``, ``24h``, ``7d`` or ``4w``.

    Raises:
        WindowError: any other text, or nothing at all.
    """
    match = _SPAN.fullmatch(text)
    if not match or int(match[1]) == 0:
        raise WindowError(tr("{text!r} is no span of time: write 90m, 24h, 7d or 4w", text=text))
    span = timedelta(**{_UNITS[match[2]]: int(match[1])})
    if span > timedelta(days=36500):
        raise WindowError(
            tr("{text!r} is longer than a century: write 90m, 24h, 7d or 4w", text=text)
        )
    return span


def parse_moment(text: str) -> datetime:
    """An ISO 8601 date or time; without an offset it is UTC.

    Raises:
        WindowError: text that is no such time.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is None:
            return moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise WindowError(
            tr(
                "{text!r} is no time: write 2026-11-20, 2026-11-20T09:00 or 2026-11-20T09:00Z",
                text=text,
            )
        ) from None
