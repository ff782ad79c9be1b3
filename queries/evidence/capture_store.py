"""The store of a capture: made beside its name, verified, and put there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import duckdb

from ..language import tr
from ..source import SourceError
from .capture_opening import open_capture
from .captured import Captured, Manifest, Slice, encoded
from .engine import connect
from .made_rows import create_tables
from .reports import LoadReport
from .rows_as_text import insert_lines
from .store import CAPTURE, begin_store, being_written, put_down, put_in_place, tables_for
from .tables import SORTED_BY, definition
from .verifying import problems_in
from .workplace import beside

#: What DuckDB may hold; the rest of a sort goes to the disk beside the store.
_MEMORY = "1200MiB"


def write_capture(
    store: Path,
    manifest: Manifest,
    lines_of: Callable[[Slice], list[bytes]],
    say: Callable[[str, int, int], object],
) -> Captured:
    """Put the rows of all slices there, repeated ones too, whole or not at all.

    Raises:
        SourceError: what was written is not what was fetched.
        OSError, duckdb.Error: it cannot be written; what was there before still is.
    """
    with beside(store) as folder:
        connection = connect(folder / "rows", memory_limit=_MEMORY, temp_directory=str(folder))
        new = folder / "store"
        try:
            create_tables(connection)
            # All at once: to make each slice durable here takes most of the time.
            connection.begin()
            for number, one in enumerate(manifest.slices):
                say(tr("writing"), number * 50 // len(manifest.slices), 100)
                if one.rows:
                    insert_lines(connection, one.table, lines_of(one))
            connection.commit()
            with being_written(connection, new) as catalogue:
                begin_store(connection, catalogue)
                for table in tables_for(manifest.tables):
                    order = ", ".join(f'"{column}"' for column in SORTED_BY[table])
                    # Not an import's way: what the source holds twice, its answers count twice.
                    name = f'{catalogue}.main."{table}"'
                    connection.execute(f"CREATE TABLE {name} ({definition(table)})")
                    connection.execute(
                        f'INSERT INTO {name} SELECT * FROM rows.main."{table}" ORDER BY {order}'  # noqa: S608
                    )
                fetched = max(one.fetched for one in manifest.slices)
                report = LoadReport(tables=set(manifest.tables))
                put_down(connection, catalogue, [], report, fetched)
                _put_down_capture(connection, catalogue, manifest)
        finally:
            # One that is still busy with what was interrupted refuses.
            with suppress(duckdb.Error):
                connection.close()
        say(tr("writing"), 75, 100)
        with open_capture(new) as (opened, captured):
            wrong = list(problems_in(opened, captured))
        if wrong:
            raise SourceError(
                tr(
                    "{path}: was not written as it was fetched: {problem}",
                    path=store,
                    problem=wrong[0],
                )
            )
        put_in_place(new, store)
    return captured


def _put_down_capture(
    connection: duckdb.DuckDBPyConnection, catalogue: str, manifest: Manifest
) -> None:
    """Make a store that is being written a capture."""
    connection.execute(
        f"CREATE TABLE {catalogue}.main.{CAPTURE} (manifest VARCHAR, sha256 VARCHAR)"
    )
    connection.execute(
        f"INSERT INTO {catalogue}.main.{CAPTURE} VALUES ($1, $2)",  # noqa: S608
        list(encoded(manifest)),
    )
