"""What a capture asks, and into which stretches of time it cuts that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from ..literals import Parameter
from ..questions import Query
from ..window import Window
from .captured import ALERTS, Wanted

#: Far below what the service gives at once, so that what was counted may grow, and a broken
#: connection costs little.
ROWS = 25_000
CHARACTERS = 16 * 2**20
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)

_BETWEEN = "| where TimeGenerated >= windowStart and TimeGenerated < windowEnd\n"
_WHOSE = "| where DeviceId == device\n"
#: As wide as the widest question: a pack may ask for the hub by a part of its name.
_EVENT_HUB = "| where AssociatedResourceId contains hub\n"
_ALERT_HUB = "| where ResourceId contains hub\n"
# EventDetails is dynamic in one of the tables.
_EVENTS = "| extend EventDetails = tostring(EventDetails)\n"
_NEWEST_LAST = "| order by TimeGenerated asc\n"
_COUNTED = (
    "| summarize Rows = count(), Characters = sum(strlen({text}))"
    " by Slot = bin(TimeGenerated, {slot})\n"
    "| order by Slot asc\n"
)


def rows_query(wanted: Wanted, table: str, window: Window) -> Query:
    """All columns of a table's rows in the window: the hub's alerts, or the device's events."""
    shape = "" if table == ALERTS else _EVENTS
    return _query("rows", wanted, table, window, shape + _NEWEST_LAST)


def count_query(wanted: Wanted, table: str, window: Window, slot: timedelta) -> Query:
    """How many rows, and characters in their longest columns, an hour or a minute has."""
    text = "strcat(ExtendedProperties, Entities)" if table == ALERTS else "EventDetails"
    counted = _COUNTED.format(text=text, slot="1h" if slot == HOUR else "1m")
    return _query("counts", wanted, table, window, ("" if table == ALERTS else _EVENTS) + counted)


def _query(name: str, wanted: Wanted, table: str, window: Window, rest: str) -> Query:
    parameters: dict[str, Parameter] = {"windowStart": window.start, "windowEnd": window.end}
    text = f"{table}\n{_BETWEEN}"
    if table != ALERTS:
        parameters["device"] = wanted.device
        text += _WHOSE
    if wanted.hub:
        parameters["hub"] = wanted.hub
        text += _ALERT_HUB if table == ALERTS else _EVENT_HUB
    return Query(name, parameters, text + rest)


@dataclass(frozen=True, slots=True)
class Count:
    """What stands in one slot."""

    start: datetime
    rows: int
    characters: int

    @property
    def is_too_much(self) -> bool:
        return self.rows > ROWS or self.characters > CHARACTERS


def cut(window: Window, counts: Iterable[Count]) -> list[Window]:
    """The window in stretches of so many whole slots as one answer may well hold."""
    edges, rows, characters = [window.start], 0, 0
    for count in sorted(counts, key=lambda each: each.start):
        full = rows + count.rows > ROWS or characters + count.characters > CHARACTERS
        if full and window.start < count.start < window.end and rows:
            edges.append(count.start)
            rows = characters = 0
        rows += count.rows
        characters += count.characters
    return [Window(start, end) for start, end in pairwise([*edges, window.end])]


def halves(window: Window) -> Sequence[Window]:
    """Two stretches for one; none where no moment lies between."""
    middle = window.start + window.length // 2
    if not window.start < middle < window.end:
        return ()
    return Window(window.start, middle), Window(middle, window.end)


def without(window: Window, taken: Iterable[Window]) -> Iterator[Window]:
    """What is left of a window beside stretches in it, which may overlap."""
    start = window.start
    for each in sorted(taken, key=lambda one: one.start):
        if each.start > start:
            yield Window(start, min(each.start, window.end))
        start = max(start, each.end)
        if start >= window.end:
            return
    if start < window.end:
        yield Window(start, window.end)
