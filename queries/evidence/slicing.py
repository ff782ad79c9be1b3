"""What a capture asks, and into which stretches of time it cuts that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from ..held import RECOMMENDATIONS
from ..literals import Parameter
from ..questions import Query
from ..window import Window
from .captured import ALERTS, Wanted
from .tables import DYNAMIC, RAW_EVENTS

#: Far below what the service gives at once, so that what was counted may grow, and a broken
#: connection costs little.
ROWS = 25_000
CHARACTERS = 16 * 2**20
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)

_BETWEEN = "| where TimeGenerated >= windowStart and TimeGenerated < windowEnd\n"
_WHOSE = "| where DeviceId == device\n"
#: As wide as the widest question: a pack may ask for the hub by a part of its name.
_OF_HUB = {
    ALERTS: "| where ResourceId contains hub\n",
    **dict.fromkeys(RAW_EVENTS, "| where AssociatedResourceId contains hub\n"),
    RECOMMENDATIONS: "| where AssessedResourceId contains hub\n",
}
#: Columns that are dynamic in one of the tables at least.
_DYNAMIC = {**dict.fromkeys(RAW_EVENTS, ("EventDetails",)), **DYNAMIC}
#: Characters of a row beside its longest columns, where there are dozens of others.
_OTHERS = 1_500
_NEWEST_LAST = "| order by TimeGenerated asc\n"
_COUNTED = (
    "| summarize Rows = count(), Characters = sum({size})"
    " by Slot = bin(TimeGenerated, {slot})\n"
    "| order by Slot asc\n"
)


def rows_query(wanted: Wanted, table: str, window: Window) -> Query:
    """All columns of a table's rows in the window: the hub's alerts, or what is of the device."""
    return _query("rows", wanted, table, window, _as_text(table) + _NEWEST_LAST)


def count_query(wanted: Wanted, table: str, window: Window, slot: timedelta) -> Query:
    """How many rows, and characters in their longest columns, an hour or a minute has."""
    counted = _COUNTED.format(size=_size(table), slot="1h" if slot == HOUR else "1m")
    return _query("counts", wanted, table, window, _as_text(table) + counted)


def _as_text(table: str) -> str:
    columns = ", ".join(f"{name} = tostring({name})" for name in _DYNAMIC.get(table, ()))
    return f"| extend {columns}\n" if columns else ""


def _size(table: str) -> str:
    if table == ALERTS:
        return "strlen(strcat(ExtendedProperties, Entities))"
    if table in RAW_EVENTS:
        return "strlen(EventDetails)"
    return f"strlen(strcat({', '.join(_DYNAMIC[table])})) + {_OTHERS}"


def _query(name: str, wanted: Wanted, table: str, window: Window, rest: str) -> Query:
    parameters: dict[str, Parameter] = {"windowStart": window.start, "windowEnd": window.end}
    text = f"{table}\n{_BETWEEN}"
    if table != ALERTS:
        parameters["device"] = wanted.device
        text += _WHOSE
    if wanted.hub and table in _OF_HUB:
        parameters["hub"] = wanted.hub
        text += _OF_HUB[table]
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
