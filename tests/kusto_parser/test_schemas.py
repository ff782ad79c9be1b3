"""What the parser is told of the tables, and what evidence holds of them, is what is published."""

from __future__ import annotations

from iotriage.queries.evidence.tables import TABLES as HELD
from iotriage.queries.kusto_parser.schemas import TABLES

from .published import published


def test_the_parser_is_told_what_is_published() -> None:
    assert published() == TABLES


def test_evidence_holds_what_is_published_and_what_is_dynamic_as_text() -> None:
    billed = {"_BilledSize", "_IsBillable"}
    assert {
        table: {
            name: "string" if kind == "dynamic" else kind
            for name, kind in columns.items()
            if name not in billed
        }
        for table, columns in published().items()
    } == HELD
