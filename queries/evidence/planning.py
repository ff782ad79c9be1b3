"""How much a capture will fetch, and in which stretches."""

from __future__ import annotations

from collections.abc import Container
from datetime import timedelta

from ..language import tr
from ..source import Cancellation, Source, SourceError
from ..window import Window
from .at_once import each_at_once
from .capture_folder import Plan, Stretch
from .captured import Manifest, SourceNotice, Wanted
from .fetching import Asker
from .slicing import HOUR, MINUTE, Count, count_query, cut, halves
from .tables import TABLES


def planned(
    source: Source,
    wanted: Wanted,
    asker: Asker,
    cancellation: Cancellation,
    of_tables: Container[str],
) -> Plan:
    """Count the rows of the tables by hours, and by minutes where there are many.

    Raises:
        SourceError: they cannot be counted, or there is no table.
        Stopped: somebody cancelled.
    """
    known = [table for table in TABLES if table in of_tables]
    tables = [table for table in known if table not in source.missing_tables]
    if not tables:
        raise SourceError(
            tr(
                "{source} has none of {tables}: nothing to capture",
                source=source.name,
                tables=", ".join(known),
            )
        )
    window = wanted.window
    found: dict[str, list[Count]] = {}

    def count(table: str) -> None:
        found[table] = _counts(asker, wanted, table, window, slot=HOUR)

    each_at_once(count, tables, cancellation)
    minutes: dict[tuple[str, Count], list[Count]] = {}

    def count_again(crowded: tuple[str, Count]) -> None:
        table, hour = crowded
        start, end = max(hour.start, window.start), min(hour.start + HOUR, window.end)
        minutes[crowded] = _counts(asker, wanted, table, Window(start, end), slot=MINUTE)

    crowded = [(table, each) for table in tables for each in found[table] if each.is_too_much]
    each_at_once(count_again, crowded, cancellation)
    stretches = []
    for table in tables:
        counts = [c for each in found[table] for c in minutes.get((table, each), [each])]
        for part in cut(window, counts):
            within = (c for c in counts if part.start <= max(c.start, window.start) < part.end)
            stretches.append(Stretch(table, part.start, part.end, sum(c.rows for c in within)))
    notices = tuple(SourceNotice(n.kind, n.text) for n in source.notices)
    return Plan(wanted, tuple(tables), notices, tuple(stretches))


def plan_of(manifest: Manifest) -> Plan:
    """To go on with a capture that lacks something, as it was cut."""
    stretches = tuple(Stretch(s.table, s.start, s.end, s.rows) for s in manifest.slices)
    return Plan(manifest.wanted, manifest.tables, manifest.notices, stretches)


def _counts(
    asker: Asker, wanted: Wanted, table: str, window: Window, *, slot: timedelta, depth: int = 0
) -> list[Count]:
    reply = asker.ask(count_query(wanted, table, window, slot), window)
    if reply.trouble is None:
        try:
            return [
                Count(row["Slot"], row["Rows"], row["Characters"] or 0)
                for row in reply.answer.records()
            ]
        except KeyError:
            raise _uncounted(table, tr("what came is not what was asked")) from None
    if reply.may_be_halved(depth) and (parts := halves(window)):
        return [
            count
            for part in parts
            for count in _counts(asker, wanted, table, part, slot=slot, depth=depth + 1)
        ]
    raise _uncounted(table, reply.why)


def _uncounted(table: str, why: str) -> SourceError:
    return SourceError(tr("{table} cannot be counted: {why}", table=table, why=why))
