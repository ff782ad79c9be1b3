"""Evidence kept in one file: a DuckDB database that holds the known tables, sorted."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

import duckdb

from .tables import TABLES

#: What an attached store is called beside the database in memory.
STORE = "store"


def attach_store(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Make a store's tables readable as ``store.main.<table>``; nothing is written to it.

    Raises:
        duckdb.Error: no store, or one that this version of DuckDB cannot read.
    """
    connection.execute(f"ATTACH {_quoted(path)} AS {STORE} (READ_ONLY, TYPE duckdb)")


def write_store(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Put the tables of the database in memory there, whole or not at all, for the owner alone.

    Raises:
        OSError, duckdb.Error: it cannot be written; what was there before still is.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as folder:
        new = Path(folder, "new")
        connection.execute(f"ATTACH {_quoted(new)} AS being_written (TYPE duckdb)")
        try:
            for table in TABLES:
                connection.execute(
                    f'CREATE TABLE being_written."{table}" AS SELECT * FROM memory.main."{table}"'  # noqa: S608
                )
        finally:
            with suppress(duckdb.Error):
                connection.execute("DETACH being_written")
        new.chmod(0o600)
        os.replace(new, path)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
