"""What a source holds at all: which of the known tables, and from when to when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .answers import Answer
from .questions import Query

TABLES = ("SecurityAlert", "DefenderIoTRawEvent", "SecurityIoTRawEvent")

_ONE = (
    "    ({0} | summarize Oldest = min(TimeGenerated), Newest = max(TimeGenerated), Rows = count()"
    ' | extend Table = "{0}"),\n'
)
#: Has no row for a table that is not there.
PROBE = Query(
    "tables",
    {},
    "union isfuzzy=true\n"
    + "".join(map(_ONE.format, TABLES))
    + "    (datatable(Oldest: datetime, Newest: datetime, Rows: long, Table: string)[])\n",
)


@dataclass(frozen=True, slots=True)
class Held:
    """One table; the times are None where it has no rows."""

    table: str
    oldest: datetime | None
    newest: datetime | None
    rows: int


def held_in(answer: Answer) -> tuple[Held, ...]:
    """From the answer to PROBE, tables in the order of TABLES.

    Raises:
        KeyError: it is the answer to something else.
    """
    found = {
        row["Table"]: Held(row["Table"], row["Oldest"], row["Newest"], row["Rows"] or 0)
        for row in answer.records()
    }
    return tuple(found[table] for table in TABLES if table in found)
