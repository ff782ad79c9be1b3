"""The tables, and rows that a program made: what evidence needs without any file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from .inserting import Inserter
from .repairing import dumped
from .reports import FileReport, LoadReport
from .tables import SQL_TYPES, TABLES


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    for table, columns in TABLES.items():
        body = ", ".join(f'"{name}" {SQL_TYPES[kind]}' for name, kind in columns.items())
        connection.execute(f'CREATE TABLE "{table}" ({body})')


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
