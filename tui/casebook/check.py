"""What is wrong with a case, and what of it can be saved. Never writes to the case itself."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ...queries.language import tr
from ...queries.printable import printable
from ...queries.wording import counted
from .case_file import connect, examine, looking, make
from .complaints import TROUBLE, CaseError, complaint, explained
from .findings import Finding, Verdict
from .integrity import chain, seal
from .lines import COLUMNS, Kind, Line
from .schema import APPLICATION_ID, PAGE_SIZE, SCHEMA_VERSION
from .wal import log_of

_INSERT = f"INSERT INTO entries ({COLUMNS}, digest) VALUES (?{', ?' * len(Line._fields)})"  # noqa: S608
_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class CaseHealth:
    """What a look at a case has found.

    Attributes:
        ok: it can be opened, and everything in it can be read.
        entries: that the file says it has; as many as can be read where it does not say.
        readable: entries up to the first that is not as it was written.
        lines: the same for an analyst, a sentence each, fit to be shown.
    """

    ok: bool
    entries: int
    readable: int
    lines: list[str]


@dataclass(frozen=True, slots=True)
class _Read:
    """The entries up to the break, how many there are, and why it ends there."""

    entries: list[tuple[object, ...]]
    total: int
    why: str


def check_case(path: Path) -> CaseHealth:
    """Look at every entry of a case.

    Raises:
        CaseError: there is no such file, or it may not be read.
    """
    _see_that_it_is_there(path)
    lines: list[str] = []
    sound = True
    sealed = False
    try:
        sealed = examine(path, _PATIENCE, to_write=False).sealed
    except CaseError as error:
        sound = False
        lines.append(str(error))
    read = _read(path, looking(path)) if sound else _read_best(path)
    sound = sound and not read.why
    kept = len(read.entries)
    if sound:
        lines.append(tr("It is sound: {entries}.", entries=_counted(kept)))
    else:
        if read.why:
            lines.append(read.why)
        of = (
            tr("{count} of {entries}", count=kept, entries=_counted(read.total))
            if read.total > kept
            else _counted(kept)
        )
        lines.append(tr("{entries} can be saved into a new case.", entries=of))
    if read.entries:
        line = Line._make(read.entries[-1][:-1])
        lines.append(
            tr(
                "The last that can be read is of {at}, by {analyst}.",
                at=line.at,
                analyst=_analyst(line),
            )
        )
    lines += _log_lines(path, closed=sealed or not sound)
    return CaseHealth(sound, read.total, kept, [printable(line) for line in lines])


def save_readable(path: Path, new_path: Path) -> int:
    """Write what can be read of a case into a new one, as it was written.

    Returns:
        Entries that were saved.

    Raises:
        CaseError: nothing can be read, or the new case is there already or cannot be written.
    """
    _see_that_it_is_there(path)
    if new_path.exists() or new_path.is_symlink():
        raise complaint(
            new_path, tr("it is there already and stays as it is"), tr("give another name")
        )
    entries = _read_best(path).entries if _is_damaged(path) else _read(path, looking(path)).entries
    if not entries:
        raise complaint(path, tr("no entry of it can be read"), tr("restore a copy"))
    make(new_path)
    try:
        with closing(connect(new_path, "rw", _PATIENCE)) as db:
            db.execute("PRAGMA synchronous = FULL")
            db.execute("BEGIN IMMEDIATE")
            db.executemany(_INSERT, entries)
            seal(db)
            db.execute("COMMIT")
    except sqlite3.Error as error:
        for ending in ("", "-wal", "-shm"):
            Path(f"{new_path}{ending}").unlink(missing_ok=True)
        raise explained(new_path, error) from None
    return len(entries)


def _is_damaged(path: Path) -> bool:
    try:
        examine(path, _PATIENCE, to_write=False)
    except CaseError:
        return True
    return False


def _see_that_it_is_there(path: Path) -> None:
    # Not opened: closing it would drop the locks of a console in this process.
    try:
        regular = stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError) as error:
        what = (error.strerror if isinstance(error, OSError) else None) or tr(
            "no file has this name"
        )
        raise complaint(path, what, tr("name the file of a case")) from None
    if not regular or not os.access(path, os.R_OK):
        what = tr("it may not be read") if regular else tr("it is no file")
        raise complaint(path, what, tr("name the file of a case"))


def _read_best(path: Path) -> _Read:
    """With its log and, should that be less, without it."""
    with _copied(path, log=True) as copy:
        best = _read(copy, "rw")
    if best.why and Path(f"{path}-wal").exists():
        with _copied(path, log=False) as copy:
            alone = _read(copy, "rw")
        if len(alone.entries) > len(best.entries):
            return alone
    return best


@contextmanager
def _copied(path: Path, *, log: bool) -> Iterator[Path]:
    """A copy, since SQLite may write to what it opens."""
    with tempfile.TemporaryDirectory(prefix="iotriage-") as folder:
        copy = Path(folder, "case")
        try:
            shutil.copyfile(path, copy)
            with suppress(FileNotFoundError):
                if log:
                    shutil.copyfile(f"{path}-wal", f"{copy}-wal")
            _mend_header(copy)
        except OSError as error:
            raise explained(path, error) from None
        yield copy


def _mend_header(copy: Path) -> None:
    """Put right what is the same in every case, so that one bit there does not cost them all."""
    with copy.open("r+b") as file:
        header = bytearray(file.read(100))
        if len(header) == 100:
            header[:16] = b"SQLite format 3\0"
            header[16:18] = PAGE_SIZE.to_bytes(2, "big")
            header[18:24] = b"\x02\x02\x00\x40\x20\x20"
            # No count of pages: that of the file is taken.
            header[28:32] = bytes(4)
            header[44:48] = b"\0\0\0\4"
            header[52:56] = bytes(4)
            header[56:60] = b"\0\0\0\1"
            file.seek(0)
            file.write(header)


def _read(path: Path, mode: str) -> _Read:
    entries: list[tuple[object, ...]] = []
    why = ""
    total = 0
    with closing(connect(path, mode, _PATIENCE)) as db:
        try:
            # What is wrong with one index or trigger must not keep the rest from being read.
            db.execute("PRAGMA writable_schema = ON")
            if why := _stranger(db):
                return _Read([], 0, why)
            total = _last(db)
            for entry, right in chain(db):
                if entry[0] != right.seq or entry[-1] != right.digest or not _makes_sense(entry):
                    why = tr("Entry {seq} is not as it was written.", seq=right.seq)
                    break
                entries.append(entry)
        except TROUBLE as error:
            why = tr(
                "After entry {count} nothing can be read ({reason}).",
                count=len(entries),
                reason=error,
            )
    if not why and len(entries) < total:
        why = tr("Entries are missing after {count}.", count=len(entries))
    return _Read(entries, max(total, len(entries)), why)


def _last(db: sqlite3.Connection) -> int:
    """The number of the last entry; 0 where it cannot be read."""
    try:
        (last,) = db.execute("SELECT max(seq) FROM entries NOT INDEXED").fetchone()
    except TROUBLE:
        return 0
    return last or 0


def _stranger(db: sqlite3.Connection) -> str:
    """Why the file is none that this iotriage wrote; empty when it may be."""
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_schema")}
    if "entries" not in tables:
        return tr("It holds no entries of a case.")
    if application == APPLICATION_ID and version > SCHEMA_VERSION:
        return tr("A newer iotriage wrote it (case format {version}).", version=version)
    return ""


def _makes_sense(entry: tuple[object, ...]) -> bool:
    line = Line._make(entry[:-1])
    try:
        Kind(line.kind)
        datetime.fromisoformat(line.at)
        if line.verdict is not None:
            Verdict(line.verdict)
        if line.finding is not None:
            Finding.from_json(line.finding)
        for text in (line.by, line.note, line.row, line.extra):
            if text is not None:
                json.loads(text)
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        return False
    return True


def _log_lines(path: Path, *, closed: bool) -> list[str]:
    try:
        log = log_of(path)
    except OSError as error:
        return [tr("Its log (-wal) cannot be read: {reason}.", reason=error.strerror)]
    there = Path(f"{path}-wal").exists()
    if log.damage:
        return [tr("Its log (-wal) {damage}.", damage=log.damage)]
    if log.frames:
        return [
            tr(
                "Its log (-wal) is sound: {count} pages that the file does not have yet.",
                count=log.frames,
            )
        ]
    if not there and not closed:
        return [
            tr(
                "It was not closed in good order, and there is no log (-wal) beside it: should"
                " there have been one, put it back."
            )
        ]
    return []


def _counted(number: int) -> str:
    return counted(number, "entry", "entries")


def _analyst(line: Line) -> str:
    return str(json.loads(line.by)) or tr("somebody")
