"""The journal of a case: entries that are only ever added, each on disk once it is."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from .case_file import (
    CaseError,
    ask_to_write,
    complaint,
    connect,
    damaged,
    examine,
    explained,
    make,
)
from .findings import Finding

__all__ = ["CaseError", "Draft", "Journal", "Kind", "Line"]

_COLUMNS = "seq, at, by, kind, batch, identity, finding, verdict, note, row, target"
_INSERT = f"INSERT INTO entries ({_COLUMNS}, digest) VALUES (?{', ?' * 11})"  # noqa: S608 - names of our own
_READ = f"SELECT {_COLUMNS}, digest FROM entries WHERE seq > ? ORDER BY seq"  # noqa: S608


class Kind(StrEnum):
    """What an entry did."""

    MARK = "mark"
    NOTE = "note"
    UNDO = "undo"
    REDO = "redo"


class Line(NamedTuple):
    """An entry as it stands in the file.

    ``by``, ``finding``, ``note`` and ``row`` are JSON in ASCII, since device text may hold
    half a surrogate pair, which UTF-8 has no bytes for. ``batch`` is the number of the first
    entry given with this one; ``target`` the batch that an undo or redo is about.
    """

    seq: int
    at: str
    by: str
    kind: str
    batch: int
    identity: str | None
    finding: str | None
    verdict: str | None
    note: str | None
    row: str | None
    target: int | None


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry to be written; ``row`` is JSON."""

    kind: Kind
    finding: Finding | None = None
    verdict: str | None = None
    note: str | None = None
    row: str | None = None
    target: int | None = None


class Journal:
    """One case file, open. Several processes may have it open at once."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.path = path
        self._db = db
        self._seq = 0
        self._digest = ""
        self._inode = path.stat().st_ino

    @classmethod
    def open(cls, path: Path, patience: float = 10.0) -> Journal:
        """Open the case, or make it when there is none.

        Args:
            path: the case file.
            patience: seconds to wait for another process's lock.

        Raises:
            CaseError: it is damaged, foreign, newer, read-only, locked, or cannot be made.
        """
        try:
            path = Path(os.path.realpath(path))
        except ValueError:
            raise complaint(path, "no file can have this name", "name another") from None
        make(path)
        examine(path, patience)
        try:
            db = connect(path, "rw", patience)
        except sqlite3.Error as error:
            raise explained(path, error) from None
        try:
            db.execute("PRAGMA synchronous = FULL")
            ask_to_write(db)
            return cls(path, db)
        except (sqlite3.Error, OSError) as error:
            db.close()
            raise explained(path, error) from None

    def news(self) -> list[Line]:
        """The entries since the last call, whoever wrote them.

        Raises:
            CaseError: an entry is missing or not as it was written.
        """
        before = self._seq, self._digest
        try:
            return [self._checked(fields) for fields in self._db.execute(_READ, (self._seq,))]
        except (sqlite3.Error, CaseError) as error:
            self._seq, self._digest = before
            if isinstance(error, CaseError):
                raise
            if isinstance(error, sqlite3.OperationalError) and not hasattr(
                error, "sqlite_errorcode"
            ):
                # Not from SQLite: the bytes of a text are no UTF-8.
                raise damaged(self.path, "an entry is no text") from None
            raise explained(self.path, error) from None

    def _checked(self, fields: tuple[object, ...]) -> Line:
        digest = _digest(self._digest, fields[:-1])
        if fields[0] != self._seq + 1 or fields[-1] != digest:
            raise damaged(self.path, f"entry {self._seq + 1} is not as it was written")
        self._seq += 1
        self._digest = digest
        return Line._make(fields[:-1])

    @contextmanager
    def writing(self) -> Iterator[list[Line]]:
        """Hold the case alone; gives the news, so that what follows knows the last word.

        What is written inside is on disk when the block has ended, or not in the case at all.

        Raises:
            CaseError: locked for too long, read-only, full disk, or the file was moved away.
        """
        self._in_place()
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise explained(self.path, error) from None
        before = self._seq, self._digest
        try:
            news = self.news()
            before = self._seq, self._digest
            yield news
            self._db.execute("COMMIT")
        except BaseException as error:
            self._seq, self._digest = before
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise explained(self.path, error) from None
            raise

    def append(self, at: str, by: str, drafts: Iterable[Draft]) -> list[Line]:
        """Add the drafts as one batch; only inside :meth:`writing`."""
        batch = self._seq + 1
        lines = []
        for draft in drafts:
            finding = draft.finding
            line = Line(
                seq=self._seq + 1,
                at=at,
                by=json.dumps(by),
                kind=draft.kind,
                batch=batch,
                identity=finding.identity if finding else None,
                finding=finding.to_json() if finding else None,
                verdict=draft.verdict,
                note=None if draft.note is None else json.dumps(draft.note),
                row=draft.row,
                target=draft.target,
            )
            digest = _digest(self._digest, line)
            self._db.execute(_INSERT, (*line, digest))
            self._seq, self._digest = line.seq, digest
            lines.append(line)
        return lines

    def _in_place(self) -> None:
        """A verdict written to a file that has lost its name would be lost with it."""
        try:
            same = self.path.stat().st_ino == self._inode
        except OSError:
            same = False
        if not same:
            raise complaint(
                self.path,
                "the file was moved or replaced while open",
                "put it back, or open the case again",
            )

    def close(self) -> None:
        self._db.close()


def _digest(before: str, fields: Iterable[object]) -> str:
    """Each entry vouches for all before it: a flipped bit anywhere is found on opening."""
    text = "\0".join(map(str, (before, *fields)))
    return hashlib.blake2b(text.encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()
