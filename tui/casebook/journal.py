"""The journal of a case: entries that are only ever added, each on disk once it is."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from ...queries.language import tr
from .case_file import ask_to_write, connect, examine, make
from .complaints import TROUBLE, CaseError, complaint, damaged, explained
from .findings import Finding
from .integrity import READ, Head, read_whole, seal
from .lines import COLUMNS, Kind, Line, digest

__all__ = ["CaseError", "Draft", "Journal", "Kind", "Line"]

_INSERT = f"INSERT INTO entries ({COLUMNS}, digest) VALUES (?{', ?' * len(Line._fields)})"  # noqa: S608
_SELECT = f"SELECT {COLUMNS} FROM entries WHERE seq <= ? AND "  # noqa: S608

#: Milliseconds to wait for readers before the log is left to be settled later.
_SETTLING = 50
#: And for a writer, before sealing is left to the next console that closes.
_SEALING = 500


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry to be written; ``row`` and ``extra`` are JSON.

    Attributes:
        extra: given where the entry is about a baseline, and judges no finding.
    """

    kind: Kind
    finding: Finding | None = None
    verdict: str | None = None
    note: str | None = None
    row: str | None = None
    target: int | None = None
    extra: str | None = None


class Journal:
    """One case file, open. Several processes may have it open at once."""

    def __init__(self, path: Path, db: sqlite3.Connection, head: Head, patience: float) -> None:
        self.path = path
        self._db = db
        self._seq, self._digest, self._sealed = head
        self._settled = True
        self._patience = int(patience * 1000)
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
            raise complaint(path, tr("no file can have this name"), tr("name another")) from None
        make(path)
        head = examine(path, patience)
        try:
            db = connect(path, "rw", patience)
        except sqlite3.Error as error:
            raise explained(path, error) from None
        try:
            db.execute("PRAGMA synchronous = FULL")
            ask_to_write(db)
            return cls(path, db, head, patience)
        except TROUBLE as error:
            db.close()
            raise explained(path, error) from None

    @property
    def seq(self) -> int:
        """The number of the last entry that is known; what others add comes with the news."""
        return self._seq

    def news(self) -> list[Line]:
        """The entries since the last call, whoever wrote them.

        Raises:
            CaseError: an entry is missing or not as it was written.
        """
        before = self._seq, self._digest
        try:
            lines = [self._checked(fields) for fields in self._db.execute(READ, (self._seq,))]
        except (*TROUBLE, CaseError) as error:
            self._seq, self._digest = before
            if isinstance(error, CaseError):
                raise
            raise explained(self.path, error) from None
        self._sealed = self._sealed and not lines
        return lines

    def _checked(self, fields: tuple[object, ...]) -> Line:
        right = digest(self._digest, fields[:-1])
        if fields[0] != self._seq + 1 or fields[-1] != right:
            raise damaged(
                self.path, tr("entry {number} is not as it was written", number=self._seq + 1)
            )
        self._seq += 1
        self._digest = right
        return Line._make(fields[:-1])

    # What is known already, by index

    def of_place(self, place: str) -> list[Line]:
        """What was entered about a device, its findings and its baselines."""
        return self._select("place = ?", place)

    def of_finding(self, place: str, identity: str) -> list[Line]:
        return self._select("place = ? AND identity = ?", place, identity)

    def steps(self) -> list[Line]:
        """Every undo and redo."""
        return self._select("target IS NOT NULL")

    def suspicions(self) -> list[Line]:
        """All about every finding that was ever called suspicious."""
        return self._select(
            "(place, identity) IN"
            " (SELECT place, identity FROM entries WHERE verdict = 'suspicious')"
        )

    def baselines(self) -> list[Line]:
        return self._select("extra IS NOT NULL")

    def starts(self) -> list[Line]:
        """The first entry of every batch."""
        return self._select("seq = batch")

    def at(self, seq: int) -> Line:
        return self._select("seq = ?", seq)[0]

    def of_batch(self, batch: int) -> list[Line]:
        """The entries that were given together; they stand together too."""
        with self._reading() as db:
            entries = db.execute(f"{_SELECT} seq >= ? ORDER BY seq", (self._seq, batch))
            lines = map(Line._make, entries)
            return list(takewhile(lambda line: line.batch == batch, lines))

    def _select(self, condition: str, *values: object) -> list[Line]:
        with self._reading() as db:
            entries = db.execute(f"{_SELECT} {condition} ORDER BY seq", (self._seq, *values))
            return [Line._make(fields) for fields in entries]

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            yield self._db
        except TROUBLE as error:
            raise explained(self.path, error) from None

    # Writing

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
            if isinstance(error, TROUBLE):
                raise explained(self.path, error) from None
            raise
        if self._seq != before[0]:
            self._sealed = self._settled = False

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
                identity=finding.identity if finding and draft.extra is None else None,
                finding=finding.to_json() if finding else None,
                verdict=draft.verdict,
                note=None if draft.note is None else json.dumps(draft.note),
                row=draft.row,
                target=draft.target,
                place=finding.place if finding else None,
                extra=draft.extra,
            )
            right = digest(self._digest, line)
            self._db.execute(_INSERT, (*line, right))
            self._seq, self._digest = line.seq, right
            lines.append(line)
        return lines

    def settle(self) -> None:
        """Move the log into the file itself, where a lost or damaged log costs nothing.

        The entries are on disk already, and a mark does not wait for this: it costs three times
        as much as the mark. Where it cannot be done now, it is done later.
        """
        if not self._settled:
            with suppress(*TROUBLE), self._waiting(_SETTLING):
                busy, *_ = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                self._settled = not busy

    @contextmanager
    def _waiting(self, milliseconds: int) -> Iterator[None]:
        self._db.execute(f"PRAGMA busy_timeout = {min(milliseconds, self._patience)}")
        try:
            yield
        finally:
            self._db.execute(f"PRAGMA busy_timeout = {self._patience}")

    def _in_place(self) -> None:
        """A verdict written to a file that has lost its name would be lost with it."""
        if not self._is_in_place():
            raise complaint(
                self.path,
                tr("the file was moved or replaced while open"),
                tr("put it back, or open the case again"),
            )

    def _is_in_place(self) -> bool:
        try:
            return self.path.stat().st_ino == self._inode
        except OSError:
            return False

    def close(self) -> None:
        """Close the case, and seal it unless that was done or cannot be."""
        if not self._sealed and self._is_in_place():
            with suppress(*TROUBLE, CaseError):
                self._seal()
            # Where another console goes on, closing does not.
            self.settle()
        self._db.close()

    def _seal(self) -> None:
        with self._waiting(_SEALING):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                read_whole(self._db, self.path)
                seal(self._db)
                self._db.execute("COMMIT")
                self._sealed, self._settled = True, False
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
