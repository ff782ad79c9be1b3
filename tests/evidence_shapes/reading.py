"""Every cell that evidence holds, and what it is compared with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from iotriage.queries.answers import Status
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.evidence.tables import TABLES
from iotriage.queries.questions import Query
from iotriage.queries.source import Cancellation
from iotriage.queries.window import Window

from .rows import Rows

NOW = datetime(2026, 8, 30, tzinfo=UTC)
ALWAYS = Window(datetime(1900, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC))
Cells = dict[str, Counter[tuple[Any, ...]]]


@contextmanager
def opened(path: Path) -> Iterator[Evidence]:
    evidence = Evidence.open(path, NOW)
    try:
        yield evidence
    finally:
        evidence.close()


def cells(evidence: Evidence, without: frozenset[str] = frozenset()) -> Cells:
    """Every cell of every table but for some columns; a row counts as often as it is there."""
    found: Cells = {}
    for table, columns in TABLES.items():
        names = ", ".join(name for name in columns if name not in without)
        query = Query("cells", {}, f"{table} | project {names}")
        answer = evidence.ask(query, ALWAYS, Cancellation())
        assert answer.status is not Status.FAILED, answer.failure
        found[table] = Counter(answer.rows)
    return found


def expected(rows: Rows, without: frozenset[str] = frozenset()) -> Cells:
    """What the rows are in Log Analytics: absent text is empty, absent else is null."""
    found: Cells = {}
    for table, columns in TABLES.items():
        found[table] = Counter(
            tuple(
                row.get(name, "" if kind == "string" else None)
                for name, kind in columns.items()
                if name not in without
            )
            for row in rows.get(table, [])
        )
    return found


def said(evidence: Evidence) -> list[str]:
    return [notice.text for notice in evidence.notices]
