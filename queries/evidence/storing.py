"""A store of the rows that were read: as they are, or sorted together with those of before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb

from ..language import tr
from .gathering import Progress, every_moment
from .native_lines import drop_columns_beside
from .reports import LoadReport
from .store import (
    STORE,
    SourceFile,
    begin_store,
    being_written,
    put_down,
    tables_for,
    tables_in,
)
from .tables import TABLES
from .tidying import tidy, tidy_sorted

#: What DuckDB calls the database into which files are read: the name of its file.
ROWS = "rows"


def keep(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[SourceFile],
    report: LoadReport,
    now: datetime,
    say: Progress,
) -> dict[str, int]:
    """Make a store of the database into which the rows were read, sorted; its rows by table."""
    begin_store(connection, ROWS)
    kept = tables_for(report.tables)
    for table in TABLES:
        if table not in kept:
            connection.execute(f'DROP TABLE "{table}"')
            continue
        with _working(connection, tr("looking for repeated rows in {table}", table=table), say):
            tidy_sorted(connection, table, report)
        drop_columns_beside(connection, table)
    put_down(connection, ROWS, files, replace(report, files=[]), now)
    connection.execute(f"CHECKPOINT {ROWS}")
    return rows_by_table(connection, ROWS)


def merge(
    connection: duckdb.DuckDBPyConnection,
    new: Path,
    before: Sequence[SourceFile] | None,
    files: Sequence[SourceFile],
    *,
    report: LoadReport,
    now: datetime,
    say: Progress,
) -> dict[str, int]:
    """Sort what was read, and what the store held, into a new one; its rows by table."""
    with being_written(connection, new) as catalogue:
        begin_store(connection, catalogue)
        older = () if before is None else tables_in(connection, STORE)
        for table in tables_for({*report.tables, *older}):
            sources = [f'{ROWS}.main."{table}"']
            if table in older:
                sources.append(f'{STORE}.main."{table}"')
            with _working(connection, tr("sorting {table}", table=table), say):
                tidy(connection, table, sources, f'{catalogue}.main."{table}"', report)
        if before is not None:
            for table in ("iotriage_files", "iotriage_imports"):
                connection.execute(
                    f"INSERT INTO {catalogue}.main.{table} SELECT * FROM {STORE}.main.{table}"  # noqa: S608
                )
            for sha256 in {f.sha256 for f in files} & {f.sha256 for f in before}:
                # What is told of a file that was read again takes the place of before.
                connection.execute(
                    f"DELETE FROM {catalogue}.main.iotriage_files WHERE sha256 = $1",  # noqa: S608
                    [sha256],
                )
        put_down(connection, catalogue, files, replace(report, files=[]), now)
        return rows_by_table(connection, catalogue)


@contextmanager
def _working(connection: duckdb.DuckDBPyConnection, words: str, say: Progress) -> Iterator[None]:
    """While DuckDB does what ``words`` say, tell how far it is."""
    with every_moment(lambda: say(words, max(0, int(connection.query_progress())), 100)):
        yield


def rows_by_table(connection: duckdb.DuckDBPyConnection, catalogue: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for table in tables_in(connection, catalogue):
        counts[table] = connection.execute(
            f'SELECT count(*) FROM {catalogue}.main."{table}"'  # noqa: S608
        ).fetchall()[0][0]
    return counts
