"""The tables, and rows that a program made: what evidence needs without any file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from .inserting import Inserter
from .repairing import dumped
from .reports import FileReport, LoadReport
from .tables import TABLES, definition


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    for table in TABLES:
        connection.execute(f'CREATE TABLE "{table}" ({definition(table)})')


def load_rows(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, Sequence[Mapping[str, Any]]]
) -> LoadReport:
    """Rows that a program made, by table, as if they had been exported."""
    report = LoadReport(tables=set(tables))
    inserter = Inserter(connection)
    for table, rows in tables.items():
        file = FileReport(Path("rows"))
        report.files.append(file)
        inserter.begin(file, table)
        for number, row in enumerate(rows, 1):
            inserter.add(number, dumped(row))
    inserter.flush()
    return report
