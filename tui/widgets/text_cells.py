"""Text measured and cut in terminal cells, and values as one printable line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len, get_character_cell_size

from ...queries.language import tr
from ...queries.printable import printable

if TYPE_CHECKING:
    from ...queries.answers import Value

#: Characters of one value that are ever looked at: a screen line shows a fraction of them, and
#: a device may send megabytes.
LIMIT = 2000
#: Characters after which a list goes on as a count.
_LISTED = 60


def shown(text: str, ascii_only: bool = False) -> str:
    """``text`` with nothing in it that hides, moves or commands; unchanged when it is clean.

    With ``ascii_only`` every other character becomes an escape as well: the bytes of UTF-8 are
    control codes to a terminal that reads Latin-1.
    """
    if text.isascii() and text.isprintable():
        return text
    text = printable(text)
    return text.encode("ascii", "backslashreplace").decode() if ascii_only else text


def crop(text: str, start: int, width: int) -> str:
    """The cells ``start`` to ``start + width`` of printable text, blanks where it ends.

    A wide character that lies half outside is a blank; marks stay with what they belong to.
    """
    if width <= 0:
        return ""
    if text.isascii():
        return text[start : start + width].ljust(width)
    end, position = start + width, 0
    kept: list[str] = []
    for char in text:
        size = get_character_cell_size(char)
        if size == 0:
            if start < position <= end and kept:
                kept.append(char)
            continue
        if position >= end:
            break
        if start <= position and position + size <= end:
            kept.append(char)
        else:
            kept.append(" " * (min(end, position + size) - max(start, position)))
        position += size
    return "".join(kept) + " " * (end - max(start, position))


def ellipsis(width: int, ascii_only: bool = False) -> str:
    """The sign of a cut, at most ``width`` cells: three dots where one sign does not exist."""
    if not ascii_only:
        return "…"[:width]
    return "..." if width >= 8 else "~"[:width]


def fit(text: str, width: int, *, right: bool = False, ascii_only: bool = False) -> str:
    """``text`` in exactly ``width`` cells: padded, or cut with a sign that it was cut.

    Text that is not printable yet is made so, since hidden characters have no width to count.
    """
    text = shown(text[: LIMIT + 1], ascii_only)
    size = cell_len(text)
    if size <= width:
        return " " * (width - size) + text if right else text + " " * (width - size)
    sign = ellipsis(width, ascii_only)
    kept = crop(text, 0, width - len(sign))
    # Where a wide character was cut in two the sign follows the text, not the blank.
    body = kept.rstrip(" ")
    return body + sign + " " * (len(kept) - len(body))


def cell_text(value: Value, ascii: bool = False, short: bool = False) -> str:
    """A value of an answer as one line of printable text, made of its first 2,000 characters.

    Datetimes are UTC, ``2026-11-20 03:14:05`` or, ``short``, ``11-20 03:14``; a long list is its
    first members and the number of the others.
    """
    text = _plain(value, ascii, short)
    if len(text) > LIMIT:
        text = text[:LIMIT] + ("..." if ascii else "…")
    return shown(text, ascii)


def _plain(value: Value, ascii_only: bool, short: bool) -> str:
    match value:
        case None:
            return "-" if ascii_only else "–"
        case str():
            return value
        case bool():
            return tr("yes") if value else tr("no")
        case datetime():
            moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
            text = moment.isoformat(sep=" ", timespec="seconds")
            return text[5:16] if short else text[:19]
        case dict():
            # A table is drawn before there are answers, and seldom has such a value.
            from ...queries.answers import jsonable  # noqa: PLC0415

            return json.dumps(jsonable(value), ensure_ascii=False, default=str)
        case list() | tuple():
            return _listed(value, ascii_only, short)
    return str(value)


def _listed(items: Sequence[Any], ascii_only: bool, short: bool) -> str:
    taken: list[str] = []
    length = 0
    for item in islice(items, LIMIT):
        text = _plain(item, ascii_only, short)[:LIMIT]
        if taken and length + len(text) > _LISTED:
            break
        taken.append(text)
        length += len(text) + 2
    rest = len(items) - len(taken)
    text = ", ".join(taken)
    return f"{text} {'...' if ascii_only else '…'} (+{rest})" if rest else text
