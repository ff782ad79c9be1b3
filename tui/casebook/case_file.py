"""The file of a case: made whole or not at all, examined before SQLite may write to it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import tempfile
from contextlib import closing
from pathlib import Path

from ...queries.printable import printable

#: "IOTR" in the header of every case file.
APPLICATION_ID = 0x494F5452
SCHEMA_VERSION = 1

#: Bytes of the smallest page SQLite knows.
_SMALLEST = 512
_FULL_BELOW = 1 << 20

_SCHEMA = f"""
CREATE TABLE entries (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('mark', 'note', 'undo', 'redo')),
    batch INTEGER NOT NULL,
    identity TEXT,
    finding TEXT,
    verdict TEXT,
    note TEXT,
    row TEXT,
    target INTEGER,
    digest TEXT NOT NULL
) STRICT;
CREATE TRIGGER entries_stay BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
CREATE TRIGGER entries_are_kept BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
-- INSERT OR REPLACE deletes without asking the trigger above.
CREATE TRIGGER entries_are_not_replaced BEFORE INSERT ON entries
WHEN EXISTS (SELECT 1 FROM entries WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA_VERSION};
"""  # noqa: S608 - two numbers of our own


class CaseError(Exception):
    """A case that cannot be used: one line saying what, where and what to do."""


def complaint(path: Path, what: str, todo: str) -> CaseError:
    return CaseError(f"case {printable(str(path))}: {what}: {todo}")


def connect(path: Path, mode: str, patience: float) -> sqlite3.Connection:
    """A connection in autocommit; ``mode`` is SQLite's ro or rw, so none is ever created."""
    return sqlite3.connect(
        f"{path.as_uri()}?mode={mode}",
        uri=True,
        timeout=patience,
        isolation_level=None,
        check_same_thread=False,
    )


def explained(path: Path, error: sqlite3.Error | OSError) -> CaseError:
    """What SQLite or the system said, as a sentence an analyst can act on."""
    if isinstance(error, OSError):
        what = error.strerror or type(error).__name__
        return complaint(path, what, "choose another place with --case")
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_FULL:
            return _full(path)
        case sqlite3.SQLITE_IOERR if _space(path) < _FULL_BELOW:
            return _full(path)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return complaint(
                path,
                "another program holds it locked",
                "close what is writing to it, then try again",
            )
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return _read_only(path)
        case sqlite3.SQLITE_CANTOPEN if _space(path) < _FULL_BELOW:
            return _full(path)
        case sqlite3.SQLITE_CANTOPEN:
            return complaint(
                path,
                "it cannot be opened",
                "see that it and its folder can be read and written, or choose another with --case",
            )
        case sqlite3.SQLITE_NOTADB:
            return complaint(
                path,
                "it is no case of iotriage, or its beginning is damaged",
                "choose another file with --case",
            )
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_ERROR:
            return damaged(path, str(error))
    return complaint(path, f"SQLite says: {printable(str(error))}", "try again, or use --case")


def damaged(path: Path, how: str) -> CaseError:
    return complaint(
        path,
        f"it is damaged ({printable(how)})",
        "nothing was changed; restore a copy, or start another with --case",
    )


def make(path: Path) -> None:
    """A new, empty case at ``path``; nothing when something is already there.

    Raises:
        CaseError: the folder is missing and cannot be made, is not writable or is full.
    """
    if os.path.lexists(path):
        return
    if os.path.lexists(f"{path}-wal"):
        # SQLite would replay the old log into the new file.
        raise complaint(
            path,
            "the file is gone, but its log (-wal) is still there",
            "put the file back, or move the log away",
        )
    try:
        _make_folder(path.parent)
        descriptor, name = tempfile.mkstemp(prefix=".iotriage-", suffix=".new", dir=path.parent)
        os.close(descriptor)
        try:
            _write_schema(name)
            _publish(name, path)
        finally:
            os.unlink(name)
    except (sqlite3.Error, OSError) as error:
        raise explained(path, error) from None


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _write_schema(name: str) -> None:
    with closing(sqlite3.connect(name, isolation_level=None)) as db:
        # The mode is kept in the header; the log itself goes with the last connection.
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.executescript(f"BEGIN;{_SCHEMA}COMMIT;")


def _publish(name: str, path: Path) -> None:
    """Put the finished file in its place, unless another console was quicker."""
    try:
        os.link(name, path)
    except FileExistsError:
        return
    except OSError:
        # A file system without hard links.
        try:
            target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return
        with open(target, "wb") as file:
            file.write(Path(name).read_bytes())
            file.flush()
            os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def examine(path: Path, patience: float) -> None:
    """See that ``path`` is a sound case of this version, without writing to it.

    Raises:
        CaseError: it is not; the file is as it was.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise complaint(path, "it is no file", "name a file with --case")
        if found.st_size < _SMALLEST:
            raise complaint(
                path,
                f"it is cut short, or no case of iotriage (only {found.st_size} bytes)",
                "restore a copy, or choose another with --case",
            )
        # Before SQLite makes a log beside it that is as read-only, and stays.
        if not os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
            raise _read_only(path)
        # Read-only keeps closing from moving a log into a damaged file. The header is not read
        # past SQLite: closing a file of our own would drop the locks this process has on it.
        with closing(connect(path, "ro", patience)) as db:
            _examine_kind(path, db)
            (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
    except (sqlite3.Error, OSError) as error:
        raise explained(path, error) from None
    if verdict != "ok":
        raise damaged(path, str(verdict).splitlines()[-1])


def _examine_kind(path: Path, db: sqlite3.Connection) -> None:
    (application,) = db.execute("PRAGMA application_id").fetchone()
    if application != APPLICATION_ID:
        raise complaint(
            path, "it is another program's SQLite file", "choose another file with --case"
        )
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION:
        raise complaint(
            path,
            f"a newer iotriage wrote it (case format {version}, this one knows {SCHEMA_VERSION})",
            "update iotriage, or choose another with --case",
        )
    if version != SCHEMA_VERSION:
        raise damaged(path, f"case format {version} was never used")


def ask_to_write(db: sqlite3.Connection) -> None:
    """Raise what a write would raise, and write nothing.

    SQLite opens an unwritable file for reading without a word, and begins there too.
    """
    db.execute("BEGIN IMMEDIATE")
    try:
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    finally:
        db.execute("ROLLBACK")


def _read_only(path: Path) -> CaseError:
    return complaint(
        path,
        "it is read-only",
        "make it and its folder writable, or choose another with --case",
    )


def _space(path: Path) -> int:
    """Free bytes where ``path`` is; plenty when that cannot be told."""
    try:
        return shutil.disk_usage(path.parent).free
    except OSError:
        return _FULL_BELOW


def _full(path: Path) -> CaseError:
    return complaint(
        path, "the disk is full, nothing was written", "free some space, then try again"
    )
