"""An entry of the journal as it stands in the file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What an entry did."""

    MARK = "mark"
    NOTE = "note"
    UNDO = "undo"
    REDO = "redo"
    BASELINE = "baseline"
    DROP = "drop"


class Line(NamedTuple):
    """An entry as it stands in the file.

    ``by``, ``finding``, ``note``, ``row`` and ``extra`` are JSON in ASCII, since device text may
    hold half a surrogate pair, which UTF-8 has no bytes for. ``batch`` is the number of the first
    entry given with this one; ``target`` the batch that an undo or redo is about; ``place`` the
    device's (see :func:`findings.place_of`). ``extra`` says which baseline the entry is about;
    such an entry judges no finding and has no ``identity``.
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
    place: str | None
    extra: str | None


#: The columns of an entry, in the order of :class:`Line`.
COLUMNS = ", ".join(Line._fields)


def digest(before: str, fields: Iterable[object]) -> str:
    """Each entry vouches for all before it: a flipped bit anywhere is found by reading on."""
    text = "\0".join(map(str, (before, *fields)))
    return hashlib.blake2b(text.encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()
