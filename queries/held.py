"""What a source holds at all: which of the known tables, and from when to when."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from .answers import Answer
from .questions import Query

ALERTS = "SecurityAlert"
RAW_EVENTS = ("DefenderIoTRawEvent", "SecurityIoTRawEvent")
ENDPOINT = ("DeviceProcessEvents", "DeviceLogonEvents", "DeviceNetworkEvents", "DeviceInfo")
RECOMMENDATIONS = "SecurityRecommendation"
#: What Defender for IoT writes, and what is looked for where nobody said what is to be asked.
USUAL = (ALERTS, *RAW_EVENTS, RECOMMENDATIONS)
#: What many do not have, without lacking anything.
OPTIONAL = (RECOMMENDATIONS, *ENDPOINT)
TABLES = (*USUAL, *ENDPOINT)

_ONE = (
    "    ({0} | summarize Oldest = min(TimeGenerated), Newest = max(TimeGenerated), Rows = count()"
    ' | extend Table = "{0}"),\n'
)


def probe(tables: Container[str]) -> Query:
    """Has no row for a table that is not there."""
    return Query(
        "tables",
        {},
        "union isfuzzy=true\n"
        + "".join(_ONE.format(table) for table in TABLES if table in tables)
        + "    (datatable(Oldest: datetime, Newest: datetime, Rows: long, Table: string)[])\n",
    )


def asked_of(tables: Container[str]) -> tuple[str, ...]:
    """All that is written together with the tables that a pack reads; the usual ones else."""
    kinds = (USUAL[1:], ENDPOINT)
    found = [kind for kind in kinds if any(table in tables for table in kind)]
    together = {ALERTS, *chain.from_iterable(found or [USUAL])}
    return tuple(table for table in TABLES if table in together)


def is_endpoint_only(missing: Container[str]) -> bool:
    """Whether a source that lacks these tables was written by Defender for Endpoint alone."""
    return all(table in missing for table in RAW_EVENTS) and any(
        table not in missing for table in ENDPOINT
    )


@dataclass(frozen=True, slots=True)
class Held:
    """One table; the times are None where it has no rows."""

    table: str
    oldest: datetime | None
    newest: datetime | None
    rows: int


def held_in(answer: Answer) -> tuple[Held, ...]:
    """From the answer to a probe, tables in the order of TABLES.

    Raises:
        KeyError: it is the answer to something else.
    """
    found = {
        row["Table"]: Held(row["Table"], row["Oldest"], row["Newest"], row["Rows"] or 0)
        for row in answer.records()
    }
    return tuple(found[table] for table in TABLES if table in found)
