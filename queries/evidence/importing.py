"""Exported files into one store: each row once, sorted, and put down whence it came."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from ..language import tr
from ..source import SourceError
from .engine import connect, one_line, seal, stoppable
from .gathering import Progress, files_of_import, gather
from .interrupting import at_ctrl_c
from .made_rows import create_tables
from .reports import LoadReport
from .store import (
    CAPTURE,
    STORE,
    SourceFile,
    attach_store,
    check_complete,
    check_store,
    files_of,
    is_store,
    put_in_place,
)
from .storing import ROWS, keep, merge, rows_by_table
from .telling import nothing_in
from .workplace import alone, beside

#: What DuckDB may hold; the rest of a sort goes to the disk beside the store.
_MEMORY = "1200MiB"
_THREADS = 8


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did.

    Attributes:
        report: of the files that were read now.
        known: how many files were in the store already.
        rows: of each table of the store as it is now.
        added: of each table, rows that were not there before.
    """

    report: LoadReport
    known: int
    rows: dict[str, int]
    added: dict[str, int]


def import_files(
    paths: Sequence[Path], store: Path, now: datetime, progress: Progress | None = None
) -> Imported:
    """Add exported files to a store, which is made where there is none.

    The store is what it was until it is complete, whenever this ends. Files that it holds already
    are not read again.

    Raises:
        SourceError: nothing to import, no store under that name, another import of it going on,
            or a disk that is full.
    """
    say = progress or (lambda *_: None)
    for path in paths:
        if not path.exists():
            raise SourceError(
                tr("{path}: there is no such file or folder; give exported evidence", path=path)
            )
    if not store.parent.is_dir():
        raise SourceError(
            tr("{path}: there is no such folder; make it, or give another -o", path=store.parent)
        )
    try:
        with stoppable(), alone(store):
            if store.exists() and not is_store(store):
                raise SourceError(
                    tr("{path}: is there and is no store; give another name to -o", path=store)
                )
            if store.exists():
                _check(store)
            return _import(paths, store, now, say)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SourceError(
            tr("{path}: cannot be written: {reason}", path=store, reason=reason)
        ) from None
    except duckdb.Error as error:
        reason = one_line(error)
        raise SourceError(
            tr(
                "{path}: the import failed, and the store is as it was: {reason}",
                path=store,
                reason=reason,
            )
        ) from None


def _import(paths: Sequence[Path], store: Path, now: datetime, say: Progress) -> Imported:
    with beside(store) as folder:
        connection = connect(folder / ROWS, memory_limit=_MEMORY, temp_directory=str(folder))
        try:
            with at_ctrl_c(connection.interrupt):
                new, done = _written(connection, folder, paths, store, now=now, say=say)
        finally:
            # One that is still busy with what was interrupted refuses.
            with suppress(duckdb.Error):
                connection.close()
        if new is not None:
            check_complete(new)
            _check(new)
            put_in_place(new, store)
    return done


def _written(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    paths: Sequence[Path],
    store: Path,
    *,
    now: datetime,
    say: Progress,
) -> tuple[Path | None, Imported]:
    """The file of the new store, if anything is new, once the connection is closed."""
    before: list[SourceFile] | None = None
    held: dict[str, int] = {}
    if store.exists():
        attach_store(connection, store)
        before, held = files_of(connection), rows_by_table(connection, STORE)
    create_tables(connection)
    # It does not know how far it is unless it could draw it.
    connection.execute("SET enable_progress_bar_print=false")
    connection.execute("SET enable_progress_bar=true")
    # Each thread holds what it reads; more of them do not fit into the memory.
    connection.execute("SET threads = least(current_setting('threads'), $1)", [_THREADS])
    # What is not sorted as it is read is sorted afterwards.
    connection.execute("SET preserve_insertion_order=false")
    report = LoadReport()
    found = files_of_import(paths, store, report)
    read = gather(connection, found, before, report=report, now=now, say=say)
    connection.execute("SET preserve_insertion_order=true")
    if before is None and not report.tables:
        raise SourceError(nothing_in(paths[0], report))
    if before is not None and not read.files:
        return None, Imported(report, read.known, held, dict.fromkeys(held, 0))
    if before is None and read.is_sorted:
        new = folder / ROWS
        made = keep(connection, read.files, report, now, say)
    else:
        new = folder / "store"
        made = merge(connection, new, before, read.files, report=report, now=now, say=say)
    added = {table: count - held.get(table, 0) for table, count in made.items()}
    return new, Imported(report, read.known, made, added)


def _check(store: Path) -> None:
    connection = connect()
    try:
        attach_store(connection, store)
        seal(connection)
        if CAPTURE in check_store(connection, store):
            raise SourceError(
                tr("{path}: is a capture, to which nothing is added; give another -o", path=store)
            )
    finally:
        connection.close()
