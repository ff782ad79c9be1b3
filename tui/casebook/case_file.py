"""The file of a case: made whole or not at all, examined before SQLite may write to it."""

from __future__ import annotations

import os
import sqlite3
import stat
import tempfile
from contextlib import closing
from pathlib import Path

from ...queries.language import tr
from .complaints import (
    TROUBLE,
    CaseError,
    complaint,
    cut_short,
    damaged,
    explained,
    no_locks,
    read_only,
)
from .integrity import Head, read_head, seal
from .locking import lock_trouble
from .schema import APPLICATION_ID, PAGE_SIZE, SCHEMA, SCHEMA_VERSION
from .wal import log_of

__all__ = ["APPLICATION_ID", "CaseError", "ask_to_write", "connect", "examine", "looking", "make"]

#: Bytes of the smallest page SQLite knows.
_SMALLEST = 512


def connect(path: Path, mode: str, patience: float) -> sqlite3.Connection:
    """A connection in autocommit; ``mode`` is SQLite's ro or rw, so none is ever created.

    With "still" it is ro of a file that nobody has open, and makes nothing beside it.
    """
    options = "ro&immutable=1" if mode == "still" else mode
    return sqlite3.connect(
        f"{path.as_uri()}?mode={options}",
        uri=True,
        timeout=patience,
        isolation_level=None,
        check_same_thread=False,
    )


def looking(path: Path) -> str:
    """The mode to look at a case that is not going to be written."""
    return "ro" if os.path.lexists(f"{path}-wal") else "still"


def make(path: Path) -> None:
    """A new, empty case at ``path``; nothing when something is already there.

    Raises:
        CaseError: the folder is missing and cannot be made, is not writable or is full.
    """
    if os.path.lexists(path):
        return
    log = Path(f"{path}-wal")
    if os.path.lexists(log) and not (log.is_file() and log.stat().st_size == 0):
        # SQLite would replay the old log into the new file.
        raise complaint(
            path,
            tr("the file is gone, but its log (-wal) is still there"),
            tr("put the file back, or move the log away"),
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
    except TROUBLE as error:
        raise explained(path, error) from None


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _write_schema(name: str) -> None:
    with closing(sqlite3.connect(name, isolation_level=None)) as db:
        # The mode is kept in the header; the log itself goes with the last connection.
        db.execute(f"PRAGMA page_size = {PAGE_SIZE}")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.executescript(f"BEGIN;{SCHEMA}COMMIT;")
        seal(db)


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


def examine(path: Path, patience: float, *, to_write: bool = True) -> Head:
    """See that ``path`` is a sound case of this version, without writing to it.

    Args:
        to_write: it must also be writable, with locks that hold.

    Raises:
        CaseError: it is not; the file is as it was.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise complaint(path, tr("it is no file"), tr("name a file with --case"))
        if found.st_size < _SMALLEST:
            raise cut_short(
                path,
                tr(
                    "it is cut short, or no case of iotriage (only {size} bytes)",
                    size=found.st_size,
                ),
            )
        if to_write:
            _examine_place(path)
        log = log_of(path)
        # Read-only keeps closing from moving a log into a damaged file. The header is not read
        # past SQLite: closing a file of our own would drop the locks this process has on it.
        with closing(connect(path, "ro" if to_write else looking(path), patience)) as db:
            _examine_kind(path, db)
            if log.damage:
                raise damaged(path, tr("its log (-wal) {damage}", damage=log.damage))
            db.execute("BEGIN")
            return read_head(db, path)
    except TROUBLE as error:
        raise explained(path, error) from None


def _examine_place(path: Path) -> None:
    # Before SQLite makes a log beside it that is as read-only, and stays.
    if not os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        raise read_only(path)
    if trouble := lock_trouble(path.parent):
        raise no_locks(path, trouble)


def _examine_kind(path: Path, db: sqlite3.Connection) -> None:
    (application,) = db.execute("PRAGMA application_id").fetchone()
    if application != APPLICATION_ID:
        raise complaint(
            path, tr("it is another program's SQLite file"), tr("choose another file with --case")
        )
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION:
        raise complaint(
            path,
            tr(
                "a newer iotriage wrote it (case format {version}, this one knows {known})",
                version=version,
                known=SCHEMA_VERSION,
            ),
            tr("update iotriage, or choose another with --case"),
        )
    if version == 1:
        raise complaint(
            path,
            tr("a preview of iotriage wrote it (case format 1)"),
            tr("open it with that one, or choose another with --case"),
        )
    if version != SCHEMA_VERSION:
        raise damaged(path, tr("case format {version} was never used", version=version))


def ask_to_write(db: sqlite3.Connection) -> None:
    """Raise what a write would raise, and write nothing.

    SQLite opens an unwritable file for reading without a word, and begins there too.
    """
    db.execute("BEGIN IMMEDIATE")
    try:
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    finally:
        db.execute("ROLLBACK")
