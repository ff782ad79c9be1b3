"""CSV, as the portal, notebooks and spreadsheets write it."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, tzinfo
from pathlib import Path

from ..language import tr
from .layouts import Layout
from .moments import Order, Sight, rfc3339_of, zone_named
from .reports import FileReport, UnreadableError
from .tables import TABLES
from .texts import MAX_LINE, as_utf8, decoded
from .unpacking import Content

_DELIMITERS = (",", ";", "\t", "|")
_TIMES = frozenset(
    column for columns in TABLES.values() for column, kind in columns.items() if kind == "datetime"
)
#: Where nothing settles which comes first, as in the portal's own language.
_DEFAULT = Order.MONTH_FIRST


def header_of(start: str) -> str | None:
    """The delimiter of the table that a text begins with; None where it begins with none."""
    lines = start.splitlines()
    if lines and lines[0].startswith("#TYPE "):
        lines = lines[1:]
    if not lines:
        return None
    found = [(len(_layout(lines[0], mark).places), mark) for mark in _DELIMITERS]
    count, delimiter = max(found, key=lambda each: each[0])
    return delimiter if count >= 2 else None


def _layout(line: str, delimiter: str) -> Layout:
    try:
        names = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        names = []
    return Layout.of(names)


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a table as text cells, each with its line."""

    layout: Layout
    rows: Iterator[tuple[int, list[str]]]


def read_table(content: Content, delimiter: str, report: FileReport) -> Table:
    """Raises UnreadableError, OSError; the rows do so as well."""
    # Another library in this process may have set it; cells are as long as lines may be.
    csv.field_size_limit(MAX_LINE)
    header, rows = _records(content, delimiter, report)
    layout = Layout.of(header)
    times = {column: place for column, place in layout.places.items() if column in _TIMES}
    sight = _seen(content, delimiter, list(times.values()))
    zones = {column: zone_named(layout.zones.get(column, "UTC")) for column in times}
    unknown = [layout.zones[c] for c in times if zones[c] is None] if sight.zoneless else []
    words = []
    if unknown:
        text = tr(
            "its times are in a zone that it only calls {zone!r}: read as UTC", zone=unknown[0]
        )
        words.append(text)
    elif sight.locale and not layout.zones:
        words.append(tr("it does not say the zone of its times: read as UTC"))
    if sight.order is None and sight.ambiguous:
        order_words = tr(_DEFAULT.value)
        words.append(
            tr("its dates may have day or month first: read with {order}", order=order_words)
        )
    report.zone = "; ".join(words)
    order = sight.order or _DEFAULT
    if not sight.locale and all(zone in (None, UTC) for zone in zones.values()):
        return Table(layout, rows)
    return Table(layout, _with_times(rows, times, zones, order, report))


def _with_times(
    rows: Iterator[tuple[int, list[str]]],
    times: dict[str, int],
    zones: dict[str, tzinfo | None],
    order: Order,
    report: FileReport,
) -> Iterator[tuple[int, list[str]]]:
    for number, row in rows:
        for column, place in times.items():
            moment = rfc3339_of(row[place], order, zones[column])
            if moment is None and column != "TimeGenerated":
                report.unread_times += 1
            row[place] = moment or ""
        yield number, row


def _seen(content: Content, delimiter: str, places: list[int]) -> Sight:
    """Looks at times until they tell their order: in the first rows, else in all."""
    sight = Sight()
    _, rows = _records(content, delimiter, FileReport(Path()))
    try:
        for count, (_, row) in enumerate(rows):
            if sight.see(row[place] for place in places):
                break
            if count >= 1000 and not sight.locale:
                break
    except UnreadableError:
        pass  # Told where the rows are read.
    return sight


def _records(
    content: Content, delimiter: str, report: FileReport
) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """The header, and the rows that are as wide; any other is put down as bad."""
    lines = _Lines(content, report)
    number, line = lines.take()
    if line.startswith("#TYPE "):
        number, line = lines.take()
    lines.put_back([(number, line)])
    for _, header in _rows(lines, delimiter, 0, report):
        return header, _rows(lines, delimiter, len(header), report)
    raise UnreadableError(tr("a table without a header that can be read"))


class _Lines:
    """Lines with their ends; some may be put back."""

    def __init__(self, content: Content, report: FileReport) -> None:
        self._file = as_utf8(content.open(), report)
        self._report = report
        self._number = 0
        self._returned: deque[tuple[int, str]] = deque()

    def take(self) -> tuple[int, str]:
        """The next line, "" at the end."""
        if self._returned:
            return self._returned.popleft()
        line = self._file.readline(MAX_LINE)
        self._number += 1
        return self._number, decoded(line, self._report)

    def put_back(self, lines: list[tuple[int, str]]) -> None:
        self._returned.extendleft(reversed(lines))


def _rows(
    lines: _Lines, delimiter: str, width: int, report: FileReport
) -> Iterator[tuple[int, list[str]]]:
    """Rows of this width, of any where it is 0.

    A quote that nobody closes must not swallow the rows behind it: where what it would make one row
    is none, only the line of the quote is bad, and the lines behind it are read again.
    """
    while True:
        number, line = lines.take()
        if not line:
            return
        if not line.strip():
            continue
        rest: list[tuple[int, str]] = []
        if line.count('"') % 2:
            size = len(line)
            while size < MAX_LINE:
                following = lines.take()
                if not following[1]:
                    break
                rest.append(following)
                size += len(following[1])
                if following[1].count('"') % 2:
                    break
        row = _cells(line + "".join(text for _, text in rest), delimiter)
        if row is not None and len(row) == (width or len(row)):
            yield number, row
        else:
            report.spoil(number)
            lines.put_back(rest)


def _cells(text: str, delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), None)
    except csv.Error:
        return None
