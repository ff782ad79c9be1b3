"""Time and chance of the demo: every moment is so many seconds before now."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

MINUTE, HOUR, DAY = 60, 3600, 86400
#: How far back the demo reaches, seconds.
REACH = 8 * DAY
#: The plant's clocks run five hours behind UTC, so that no local time lies after now.
LOCAL_LAG = 5 * HOUR

T = TypeVar("T")


class Clock:
    """Writes moments as text; a moment is a number of whole seconds before now."""

    def __init__(self, now: datetime) -> None:
        """``now`` without a zone is UTC; its seconds are cut off."""
        aware = now.replace(tzinfo=UTC) if now.tzinfo is None else now.astimezone(UTC)
        self.now = aware.replace(second=0, microsecond=0)
        # One formatted text a minute instead of one a row: most of a row's cost is its times.
        self._minutes: dict[int, str] = {}

    def _minute(self, minute: int) -> str:
        text = self._minutes.get(minute)
        if text is None:
            text = (self.now + timedelta(minutes=minute)).isoformat()[:17]
            self._minutes[minute] = text
        return text

    def utc(self, ago: int) -> str:
        """``2026-11-20T09:01:02Z``."""
        minute, second = divmod(-ago, 60)
        return f"{self._minute(minute)}{second:02d}Z"

    def fine(self, ago: int, thousandths: int) -> str:
        """``2026-11-20T09:01:02.413Z``: ingestion time has a fraction, agents' time has none."""
        minute, second = divmod(-ago, 60)
        return f"{self._minute(minute)}{second:02d}.{thousandths:03d}Z"

    def local(self, ago: int) -> str:
        """The plant's wall clock, without a zone."""
        return self.utc(ago + LOCAL_LAG)[:-1]

    def invariant(self, ago: int) -> str:
        """``11/20/2026 09:01:02``, as .NET writes a time in its invariant culture."""
        text = self.utc(ago)
        return f"{text[5:7]}/{text[8:10]}/{text[:4]} {text[11:19]}"


class Dice:
    """Chance that falls the same everywhere: ``Random.random()`` alone, which Python keeps."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed).random  # noqa: S311 - a scenario, not a secret

    def below(self, limit: int) -> int:
        """A whole number from 0 up to, not including, ``limit``."""
        return int(self.random() * limit)

    def pick(self, choices: Sequence[T]) -> T:
        return choices[int(self.random() * len(choices))]
