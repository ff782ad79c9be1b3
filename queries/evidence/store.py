"""Evidence kept in one file: a DuckDB database that holds the known tables, sorted, and whence
each row came."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Container, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import duckdb
import msgspec

from ..language import tr
from ..source import SourceError
from .engine import one_line
from .reports import FileReport, Form, LoadReport
from .tables import IN_EVERY_STORE, SQL_TYPES, TABLES, definition

#: What an attached store is called beside the database in memory.
STORE = "store"
#: To be raised when a store of before can no longer be read as it is.
_FORMAT = "1"
_OWN = ("iotriage_store", "iotriage_imports", "iotriage_files")
#: The table with the manifest, in the store of a capture alone.
CAPTURE = "iotriage_capture"
_CAPTURE_COLUMNS = {("manifest", "VARCHAR"), ("sha256", "VARCHAR")}
_MAGIC = (8, b"DUCK")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as it was imported.

    Attributes:
        sha256: of what lay on disk, hexadecimal.
        size: bytes on disk.
        at: when it was imported.
        report: what was made of it; an archive has one a member.
    """

    path: str
    sha256: str
    size: int
    at: datetime
    report: FileReport


def is_store(path: Path) -> bool:
    """Whether a file looks like a store; raises OSError."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        file.seek(_MAGIC[0])
        return file.read(len(_MAGIC[1])) == _MAGIC[1]


def attach_store(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Make a store's tables readable as ``store.main.<table>``; nothing is written to it.

    Raises:
        SourceError: no database that this version can read.
    """
    try:
        connection.execute(f"ATTACH {quoted(path)} AS {STORE} (READ_ONLY, TYPE duckdb)")
    except duckdb.Error as error:
        raise SourceError(_unreadable(path, error)) from None


def check_store(connection: duckdb.DuckDBPyConnection, path: Path) -> frozenset[str]:
    """The names of all tables of what is attached, a store, on a connection that is sealed.

    A database that somebody made may hold a view in the place of a table, and whatever reads that
    does what it says: nothing is read from it before.

    Raises:
        SourceError: another database, or a store of another version.
    """
    try:
        tables = connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = $1", [STORE]
        ).fetchall()
        views = connection.execute(
            "SELECT 1 FROM duckdb_views() WHERE database_name = $1 AND NOT internal", [STORE]
        ).fetchall()
        held = tables_for([name for (name,) in tables])
        own = {(name,) for name in (*held, *_OWN)}
        expected = {
            table: {(column, SQL_TYPES[kind]) for column, kind in TABLES[table].items()}
            for table in held
        }
        if (CAPTURE,) in tables:
            own |= {(CAPTURE,)}
            expected[CAPTURE] = _CAPTURE_COLUMNS
        sound = not views and set(tables) == own and _columns_are_there(connection, expected)
        found = (
            connection.execute(f"SELECT format FROM {STORE}.main.iotriage_store").fetchall()  # noqa: S608
            if sound
            else []
        )
    except duckdb.Error as error:
        raise SourceError(_unreadable(path, error)) from None
    if not sound:
        raise SourceError(
            tr("{path}: a database, and no store of iotriage; import the evidence", path=path)
        )
    if found != [(_FORMAT,)]:
        raise SourceError(
            tr("{path}: a store of another version of iotriage: import anew", path=path)
        )
    return frozenset(name for (name,) in tables)


def _columns_are_there(
    connection: duckdb.DuckDBPyConnection, expected: Mapping[str, Set[tuple[str, str]]]
) -> bool:
    """``expected``: table -> (column, type) that it must have."""
    # duckdb_columns() would look at every view of DuckDB's own first, for as long as a question.
    return all(
        columns
        <= set(
            connection.execute(
                "SELECT name, type FROM pragma_table_info($1)", [f'{STORE}.main."{table}"']
            ).fetchall()
        )
        for table, columns in expected.items()
    )


def _unreadable(path: Path, error: duckdb.Error) -> str:
    return tr("{path}: no store that can be read: {reason}", path=path, reason=one_line(error))


def tables_in(connection: duckdb.DuckDBPyConnection, catalogue: str) -> tuple[str, ...]:
    """The known tables that a database has."""
    found = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = $1", [catalogue]
    ).fetchall()
    return tuple(table for table in TABLES if (table,) in found)


def tables_for(has: Container[str]) -> tuple[str, ...]:
    """The tables of a store that is to hold these."""
    return tuple(table for table in TABLES if table in IN_EVERY_STORE or table in has)


def begin_store(connection: duckdb.DuckDBPyConnection, catalogue: str) -> None:
    """The tables of a store that tell of it, empty, in an attached database."""
    connection.execute(f"CREATE TABLE {catalogue}.main.iotriage_store (format VARCHAR)")
    connection.execute(f"INSERT INTO {catalogue}.main.iotriage_store VALUES ($1)", [_FORMAT])  # noqa: S608
    connection.execute(
        f"CREATE TABLE {catalogue}.main.iotriage_imports (imported TIMESTAMP, report VARCHAR)"
    )
    connection.execute(
        f"CREATE TABLE {catalogue}.main.iotriage_files"
        " (path VARCHAR, sha256 VARCHAR, size BIGINT, imported TIMESTAMP, report VARCHAR)"
    )


def write_store(
    connection: duckdb.DuckDBPyConnection, path: Path, report: LoadReport, at: datetime
) -> None:
    """Put the tables of the database in memory there, whole or not at all, for the owner alone.

    Raises:
        OSError, duckdb.Error: it cannot be written; what was there before still is.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as folder:
        new = Path(folder, "new")
        with being_written(connection, new) as catalogue:
            begin_store(connection, catalogue)
            for table in tables_for(report.tables):
                name = f'{catalogue}.main."{table}"'
                connection.execute(f"CREATE TABLE {name} ({definition(table)})")
                connection.execute(f'INSERT INTO {name} SELECT * FROM memory.main."{table}"')  # noqa: S608
            put_down(connection, catalogue, [], replace(report, files=[]), at)
        put_in_place(new, path)


@contextmanager
def being_written(connection: duckdb.DuckDBPyConnection, path: Path) -> Iterator[str]:
    """A new database, attached under the name that is given back; at the end it is on the disk.

    Raises:
        duckdb.Error: not all of it could be written.
    """
    connection.execute(f"ATTACH {quoted(path)} AS being_written (TYPE duckdb)")
    try:
        yield "being_written"
        # To let it go without this would write the rest in silence, or not.
        connection.execute("CHECKPOINT being_written")
    except BaseException:
        with suppress(duckdb.Error):
            connection.execute("DETACH being_written")
        raise
    connection.execute("DETACH being_written")
    check_complete(path)


def check_complete(path: Path) -> None:
    """After a database was let go. Raises duckdb.Error where not all of it was written."""
    if path.with_name(f"{path.name}.wal").exists():
        raise duckdb.IOException(tr("what was written is not complete"))


def put_in_place(new: Path, path: Path) -> None:
    """Let a finished file be the store: from one moment to the next, and on the disk. OSError."""
    new.chmod(0o600)
    for each in (new, new.parent):
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    os.replace(new, path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def files_of(connection: duckdb.DuckDBPyConnection, catalogue: str = STORE) -> list[SourceFile]:
    """Every file that was imported, in the order of that."""
    rows = connection.execute(
        "SELECT path, sha256, size, imported, report"  # noqa: S608
        f" FROM {catalogue}.main.iotriage_files ORDER BY rowid"
    ).fetchall()
    return [
        SourceFile(
            path,
            sha256,
            size,
            at.replace(tzinfo=UTC),
            msgspec.json.decode(report, type=FileReport, dec_hook=_known),
        )
        for path, sha256, size, at, report in rows
    ]


def report_of(
    connection: duckdb.DuckDBPyConnection, catalogue: str = STORE, *, is_brief: bool = False
) -> LoadReport:
    """What was made of the evidence in all imports together.

    Args:
        is_brief: without the files of which there is nothing to tell; most stores have no others.
    """
    decoder = msgspec.json.Decoder(FileReport, dec_hook=_known)
    chosen = "WHERE NOT ends_with(report, $1) OR contains(report, $2)" if is_brief else ""
    texts = connection.execute(
        f"SELECT report FROM {catalogue}.main.iotriage_files {chosen} ORDER BY rowid",  # noqa: S608
        [*_nothing_to_tell()] if is_brief else None,
    ).fetchall()
    whole = LoadReport(files=[decoder.decode(text) for (text,) in texts])
    for (text,) in connection.execute(
        f"SELECT report FROM {catalogue}.main.iotriage_imports ORDER BY rowid"  # noqa: S608
    ).fetchall():
        one = msgspec.json.decode(text, type=LoadReport, dec_hook=_known)
        whole.left_out.extend(each for each in one.left_out if each not in whole.left_out)
        whole.tables |= one.tables
        whole.untimed += one.untimed
        whole.repeated += one.repeated
        whole.repaired += one.repaired
    return whole


def put_down(
    connection: duckdb.DuckDBPyConnection,
    catalogue: str,
    files: Sequence[SourceFile],
    report: LoadReport,
    at: datetime,
) -> None:
    """Add an import to what a store tells of itself; ``report`` without its files."""
    if files:
        # All in one statement: a statement for each takes longer than to read a small file.
        kinds = ("VARCHAR", "VARCHAR", "BIGINT", "TIMESTAMP", "VARCHAR")
        columns = ", ".join(f"unnest(${n}::{kind}[])" for n, kind in enumerate(kinds, 1))
        rows = ((f.path, f.sha256, f.size, _utc(f.at), _text(f.report)) for f in files)
        connection.execute(
            f"INSERT INTO {catalogue}.main.iotriage_files SELECT {columns}",
            [list(column) for column in zip(*rows, strict=True)],
        )
    connection.execute(
        f"INSERT INTO {catalogue}.main.iotriage_imports VALUES ($1, $2)",  # noqa: S608
        [_utc(at), _text(report)],
    )


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _text(report: FileReport | LoadReport) -> str:
    return msgspec.json.encode(report, enc_hook=str).decode()


@cache
def _nothing_to_tell() -> tuple[str, str]:
    """How the report of a file ends of which there is nothing to tell, unless it has the second."""
    _, _, end = _text(FileReport(Path())).partition('"tables":{}')
    return end, f'"form":"{Form.MESSAGES}"'


def _known(kind: type, value: object) -> object:
    return kind(value)


def quoted(path: Path) -> str:
    """A path as a literal of SQL."""
    return "'" + str(path).replace("'", "''") + "'"
