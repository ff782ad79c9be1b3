"""From the bytes of a result to columns and cells."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from ..answers import Column, Value
from ..finishing import plain_value
from ..language import tr, translatable
from ..uncollected import uncollected
from .failures import ServiceFailure, error_of, innermost_of

_NESTED = translatable("what came is nested too deeply to be a result")
#: What the service says where an answer was cut at its own limit.
_CUT_CODES = ("E_QUERY_RESULT_SET_TOO_LARGE", "0x80DA0003")
#: An escape of JSON; the group is a surrogate that has no other half.
_ESCAPES = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


class _Column(msgspec.Struct):
    name: str
    type: str = "string"


class _Table(msgspec.Struct):
    columns: list[_Column]
    # Each row is decoded by itself: between two of them other threads get their turn, and one
    # that cannot be read costs no other.
    rows: list[msgspec.Raw]
    name: str = ""


class _Result(msgspec.Struct):
    tables: list[_Table]
    statistics: msgspec.Raw = msgspec.Raw(b"null")
    error: msgspec.Raw = msgspec.Raw(b"null")


@dataclass(frozen=True, slots=True)
class Table:
    """A result as Kusto types promise it.

    Attributes:
        unread: rows of another width than the columns, or no rows at all; left out.
        wrong: column -> cells of another type than the column's; left empty.
        repaired: texts that held half a surrogate pair, now U+FFFD.
        cut: rows were left out at the limit of the service or of ``row_cap``.
        partial: what the service says went wrong; "" where nothing did.
        statistics: flat: what was measured -> seconds, bytes, counts or text.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    unread: int
    wrong: Mapping[str, int]
    repaired: int
    cut: bool
    partial: str
    statistics: Mapping[str, Any]


def decoded(body: bytes, row_cap: int) -> Table:
    """The first table of a result.

    Raises:
        ServiceFailure: bytes that are no result.
    """
    repaired = 0
    try:
        try:
            result = msgspec.json.decode(body, type=_Result)
        except msgspec.DecodeError:
            body, repaired = _mended(body)
            result = msgspec.json.decode(body, type=_Result)
    except msgspec.ValidationError as error:
        if (alone := error_of(body)) is not None:
            said = innermost_of(alone).get("message") or tr("no reason given")
            raise ServiceFailure(
                tr("the service answered without data: {said}", said=said)
            ) from None
        raise ServiceFailure(
            tr("what came is no result of a query: {error}", error=error)
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ServiceFailure(tr("what came is no JSON: {error}", error=error)) from None
    except RecursionError:
        raise ServiceFailure(tr(_NESTED)) from None
    if not result.tables:
        raise ServiceFailure(tr("what came holds no table"))
    table = result.tables[0]
    names = [column.name for column in table.columns]
    if len(set(names)) < len(names):
        twice = next(name for name, count in Counter(names).items() if count > 1)
        raise ServiceFailure(tr("what came has two columns named {twice}", twice=twice))
    reader = _Reader(tuple(Column(c.name, c.type.lower()) for c in table.columns))
    with uncollected(len(table.rows)):
        rows = tuple(row for raw in table.rows[:row_cap] if (row := reader.row(raw)) is not None)
    partial = ""
    if wrong := _object(result.error):
        said = innermost_of(wrong).get("message") or wrong.get("message")
        partial = str(said or tr("the service says it failed in part"))
    cut = any(code in partial for code in _CUT_CODES) or len(table.rows) > row_cap
    return Table(
        reader.columns,
        rows,
        reader.unread,
        dict(reader.wrong),
        repaired,
        cut,
        partial,
        _flat(_object(result.statistics)),
    )


def _mended(body: bytes) -> tuple[bytes, int]:
    """Half a surrogate pair is no Unicode, but what stands around it is evidence."""
    count = 0

    def whole(match: re.Match[bytes]) -> bytes:
        nonlocal count
        count += match[1] is not None
        return match[0] if match[1] is None else rb"\ufffd"

    return _ESCAPES.sub(whole, body), count


class _Reader:
    """Reads rows, and counts what cannot be read."""

    def __init__(self, columns: tuple[Column, ...]) -> None:
        self.columns = columns
        self.unread = 0
        self.wrong: Counter[str] = Counter()
        self._cells = [_CELLS.get(column.type, _text) for column in columns]

    def row(self, raw: msgspec.Raw) -> tuple[Value, ...] | None:
        """The cells; None for what is no row of this table."""
        try:
            cells = msgspec.json.decode(raw)
        except (msgspec.DecodeError, RecursionError):
            cells = None
        if not isinstance(cells, list) or len(cells) != len(self.columns):
            self.unread += 1
            return None
        return tuple(map(self._cell, cells, self._cells, self.columns))

    def _cell(self, cell: Any, read: Callable[[Any], Value], column: Column) -> Value:
        if cell is None:
            return plain_value(None, column.type)
        try:
            return read(cell)
        except (ValueError, TypeError, OverflowError):
            self.wrong[column.name] += 1
            return plain_value(None, column.type)


def _moment(cell: Any) -> Value:
    # The service has 100 ns; the calendar here ends at microseconds.
    return plain_value(datetime.fromisoformat(cell), "datetime")


def _whole(cell: Any) -> Value:
    if type(cell) is int and -(2**63) <= cell < 2**63:
        return cell
    raise TypeError


def _real(cell: Any) -> Value:
    if type(cell) in (int, float):
        return float(cell)
    if cell in ("NaN", "Infinity", "-Infinity"):
        return math.nan if cell == "NaN" else float(cell)
    raise TypeError


def _truth(cell: Any) -> Value:
    if type(cell) is bool or (type(cell) is int and cell in (0, 1)):
        return bool(cell)
    raise TypeError


def _dynamic(cell: Any) -> Value:
    return plain_value(cell, "dynamic")


def _text(cell: Any) -> Value:
    if isinstance(cell, str):
        return cell
    raise TypeError


_CELLS: Mapping[str, Callable[[Any], Value]] = {
    "datetime": _moment,
    "long": _whole,
    "int": _whole,
    "real": _real,
    "bool": _truth,
    "dynamic": _dynamic,
}


def _object(raw: msgspec.Raw) -> dict[str, Any]:
    try:
        content = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _flat(statistics: Mapping[str, Any]) -> dict[str, Any]:
    """What an analyst may want to know of how the service answered; what is not there is left."""
    query = statistics.get("query")
    found: dict[str, Any] = {}
    paths = {
        translatable("server execution"): ("executionTime",),
        translatable("server cpu"): ("resourceUsage", "cpu", "totalCpu"),
        translatable("server memory peak"): ("resourceUsage", "memory", "peakPerNode"),
        translatable("server rows scanned"): ("inputDatasetStatistics", "rows", "scanned"),
        translatable("server rows in total"): ("inputDatasetStatistics", "rows", "total"),
    }
    for name, path in paths.items():
        value: Any = query
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        if isinstance(value, int | float | str):
            found[name] = value
    return found
