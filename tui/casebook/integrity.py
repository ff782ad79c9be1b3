"""Whether a case is as it was written: the chain of its entries, and the seal over the file.

Reading the chain costs time for every entry. So who closes a case reads it whole once more and
seals it: puts the SHA-256 of all its bytes, but for those of the seal, into it. A file that its
seal fits is, byte for byte, the one that was read then, and need not be read again. Whatever
happens to it in between, be it a kill, a verdict of another console or a bit that falls over,
breaks the seal, and the chain is read.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from ...queries.language import tr
from .complaints import TROUBLE, damaged
from .lines import COLUMNS, digest
from .schema import SCHEMA

READ = f"SELECT {COLUMNS}, digest FROM entries WHERE seq > ? ORDER BY seq"  # noqa: S608
_LAST = "SELECT seq, digest FROM entries ORDER BY seq DESC LIMIT 1"
#: Bytes of a file that is sealed: above, the copy that it takes costs more than it saves.
_SEALED_BELOW = 256 << 20
#: Two counters in SQLite's header, which it may move without changing anything else.
_COUNTERS = ((24, 28), (92, 96))


class Head(NamedTuple):
    """The last entry of a case that was found sound; ``sealed`` when it took no reading."""

    seq: int
    digest: str
    sealed: bool


def read_head(db: sqlite3.Connection, path: Path) -> Head:
    """See that a case is sound; inside a transaction.

    Raises:
        CaseError: it is damaged.
        sqlite3.Error: it cannot be read.
    """
    if _is_sealed(db):
        seq, last = db.execute(_LAST).fetchone() or (0, "")
        return Head(seq, last, sealed=True)
    return read_whole(db, path)


def read_whole(db: sqlite3.Connection, path: Path) -> Head:
    """The same by reading all of it, whatever its seal says."""
    (verdict,) = db.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise damaged(path, str(verdict).splitlines()[-1])
    head = Head(0, "", sealed=False)
    for entry, head in chain(db):
        if entry[0] != head.seq or entry[-1] != head.digest:
            raise damaged(path, tr("entry {number} is not as it was written", number=head.seq))
    if shape(db) != _right_shape():
        raise damaged(path, tr("its tables are not those of a case"))
    return head


def chain(db: sqlite3.Connection) -> Iterator[tuple[tuple[object, ...], Head]]:
    """Every entry as it stands, and the number and digest it should have."""
    last = ""
    for seq, entry in enumerate(db.execute(READ, (0,)), 1):
        last = digest(last, entry[:-1])
        yield entry, Head(seq, last, sealed=False)


def shape(db: sqlite3.Connection) -> list[tuple[str, ...]]:
    """The tables, indexes and triggers of a file, and how they are defined."""
    return db.execute(
        "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name"
    ).fetchall()


def _right_shape() -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.executescript(SCHEMA)
        return shape(db)


def seal(db: sqlite3.Connection) -> None:
    """Seal what was just found sound; best inside the same transaction.

    Raises:
        sqlite3.Error: it cannot be written.
    """
    if not _can_be_sealed(db):
        return
    # Something to be found by, as long as the seal itself.
    mark = os.urandom(32)
    db.execute("UPDATE seal SET sum = ?", (mark,))
    if total := _sum(db, mark):
        db.execute("UPDATE seal SET sum = ?", (total,))


def _is_sealed(db: sqlite3.Connection) -> bool:
    try:
        row = db.execute("SELECT sum FROM seal").fetchone()
        return bool(
            row
            and isinstance(row[0], bytes)
            and len(row[0]) == 32
            and _can_be_sealed(db)
            and _sum(db, row[0]) == row[0]
        )
    except TROUBLE:
        # Reading it whole says what it is.
        return False


def _can_be_sealed(db: sqlite3.Connection) -> bool:
    (size,) = db.execute(
        "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    ).fetchone()
    # A build of SQLite may be without it.
    return hasattr(db, "serialize") and int(size) <= _SEALED_BELOW


def _sum(db: sqlite3.Connection, found_by: bytes) -> bytes | None:
    """SHA-256 of the file as this transaction sees it, less the seal and two counters."""
    image = memoryview(db.serialize())
    (root,) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'seal'").fetchone()
    (size,) = db.execute("PRAGMA page_size").fetchone()
    first = (root - 1) * size
    at = bytes(image[first : first + size]).find(found_by)
    if at < 0:
        return None
    total, start = hashlib.sha256(), 0
    for begin, end in (*_COUNTERS, (first + at, first + at + len(found_by))):
        total.update(image[start:begin])
        start = end
    total.update(image[start:])
    return total.digest()
