"""What is wrong with a case, as one line saying what, where and what to do."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from ...queries.language import tr, translatable
from ...queries.printable import printable

_FULL_BELOW = 1 << 20

#: The command that reads a damaged case, for the end of a complaint.
_SALVAGE = translatable("restore a copy, or see what can be saved with 'iotriage case check'")


#: What reading a case can bring about. Damage may reach the text of SQLite's own messages.
Trouble = sqlite3.Error | OSError | UnicodeDecodeError
TROUBLE = (sqlite3.Error, OSError, UnicodeDecodeError)


class CaseError(Exception):
    """A case that cannot be used: one line saying what, where and what to do."""


def complaint(path: Path, what: str, todo: str) -> CaseError:
    return CaseError(
        tr("case {path}: {what}: {todo}", path=printable(str(path)), what=what, todo=todo)
    )


def damaged(path: Path, how: str) -> CaseError:
    return complaint(
        path,
        tr("it is damaged ({how})", how=printable(how)),
        tr("nothing was changed; {salvage}", salvage=tr(_SALVAGE)),
    )


def cut_short(path: Path, how: str) -> CaseError:
    return complaint(path, how, tr(_SALVAGE))


def read_only(path: Path) -> CaseError:
    return complaint(
        path,
        tr("it is read-only"),
        tr("make it and its folder writable, or choose another with --case"),
    )


def no_locks(path: Path, why: str) -> CaseError:
    return complaint(
        path,
        tr("two consoles could overwrite each other's verdicts there ({why})", why=printable(why)),
        tr("choose a place on a disk of this host with --case"),
    )


def explained(path: Path, error: Trouble) -> CaseError:
    """What SQLite or the system said, as a sentence an analyst can act on."""
    if isinstance(error, UnicodeDecodeError):
        return damaged(path, tr("its description is no text"))
    if isinstance(error, OSError):
        what = error.strerror or type(error).__name__
        return complaint(path, what, tr("choose another place with --case"))
    return _explained_by_code(path, error)


def _explained_by_code(path: Path, error: sqlite3.Error) -> CaseError:
    code = getattr(error, "sqlite_errorcode", 0)
    if code in (sqlite3.SQLITE_IOERR_LOCK, sqlite3.SQLITE_IOERR_RDLOCK):
        return no_locks(path, tr("a lock was refused"))
    match code & 0xFF:
        case sqlite3.SQLITE_FULL:
            return _full(path)
        case sqlite3.SQLITE_IOERR if _space(path) < _FULL_BELOW:
            return _full(path)
        case sqlite3.SQLITE_PROTOCOL | sqlite3.SQLITE_NOLFS:
            return no_locks(path, tr("locks do not work"))
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return complaint(
                path,
                tr("another program holds it locked"),
                tr("close what is writing to it, then try again"),
            )
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return read_only(path)
        case sqlite3.SQLITE_CANTOPEN if _space(path) < _FULL_BELOW:
            return _full(path)
        case sqlite3.SQLITE_CANTOPEN:
            return complaint(
                path,
                tr("it cannot be opened"),
                tr(
                    "see that it and its folder can be read and written, or choose another with"
                    " --case"
                ),
            )
        case sqlite3.SQLITE_NOTADB:
            return complaint(
                path,
                tr("it is no case of iotriage, or its beginning is damaged"),
                tr("choose another file with --case"),
            )
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_ERROR:
            return damaged(path, str(error))
    if isinstance(error, sqlite3.OperationalError) and not code:
        # Not from SQLite: the bytes of a text are no UTF-8.
        return damaged(path, tr("an entry is no text"))
    return complaint(
        path,
        tr("SQLite says: {reason}", reason=printable(str(error))),
        tr("try again, or use --case"),
    )


def _space(path: Path) -> int:
    """Free bytes where ``path`` is; plenty when that cannot be told."""
    try:
        return shutil.disk_usage(path.parent).free
    except OSError:
        return _FULL_BELOW


def _full(path: Path) -> CaseError:
    return complaint(
        path, tr("the disk is full, nothing was written"), tr("free some space, then try again")
    )
