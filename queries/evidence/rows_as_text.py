"""Rows of a table as lines that hash alike wherever they are: the canonical form of a capture.

A line is a JSON array (RFC 8259, UTF-8, no spaces) with the cells of one row in the order of
``TABLES``, and a newline. Text is never null; a datetime is RFC 3339 in UTC with Z, with six digits
of a fraction where there is one; a real that is no finite number is "NaN", "Infinity" or
"-Infinity". In text only ``"``, ``\\`` and what is below U+0020 are escaped, the latter as
``\\b \\t \\n \\f \\r`` or ``\\u00xx``. The lines of a slice stand in the order of their bytes; its
SHA-256 is that of all of them one after the other.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

import duckdb
import msgspec

from ..answers import Value
from ..window import Window
from .tables import SQL_TYPES, TABLES

#: Rows that are held in memory at once while they are read.
_ROWS = 20_000
_encoder = msgspec.json.Encoder()


def line_of(row: Iterable[Value]) -> bytes:
    """One row; its cells are str, bool, int, float, datetime (naive ones are UTC) or None."""
    # Most cells are text, of which there are very many.
    return _encoder.encode([v if type(v) is str else _cell(v) for v in row]) + b"\n"


def _cell(value: Value) -> Value:
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def sha256_of(lines: Sequence[bytes]) -> str:
    """Of lines in their order, hexadecimal."""
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line)
    return digest.hexdigest()


def lines_in(
    connection: duckdb.DuckDBPyConnection, catalogue: str, table: str, window: Window
) -> list[bytes]:
    """What a database holds of a table in the window, in the order of the lines."""
    columns = ", ".join(f'"{column}"' for column in TABLES[table])
    cursor = connection.cursor()
    cursor.execute(
        f'SELECT {columns} FROM {catalogue}.main."{table}"'  # noqa: S608
        " WHERE TimeGenerated >= $1 AND TimeGenerated < $2",
        [_naive(window.start), _naive(window.end)],
    )
    return sorted(line_of(row) for rows in _fetched(cursor) for row in rows)


def _fetched(cursor: duckdb.DuckDBPyConnection) -> Iterator[list[tuple[Value, ...]]]:
    while rows := cursor.fetchmany(_ROWS):
        yield rows


def insert_lines(connection: duckdb.DuckDBPyConnection, table: str, lines: Sequence[bytes]) -> None:
    """Lines back into the table that they are of."""
    cells = ", ".join(
        _sql_cell(f"v[{place}]", kind) for place, kind in enumerate(TABLES[table].values(), 1)
    )
    paths = ", ".join(f"'$[{place}]'" for place in range(len(TABLES[table])))
    for start in range(0, len(lines), _ROWS):
        connection.execute(
            f'INSERT INTO "{table}" SELECT {cells} FROM'  # noqa: S608
            f" (SELECT json_extract_string(line, [{paths}]) AS v FROM"
            " (SELECT unnest($1::VARCHAR[]) AS line))",
            [[line.decode() for line in lines[start : start + _ROWS]]],
        )


def _sql_cell(text: str, kind: str) -> str:
    if kind == "datetime":
        return f"CAST({text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"
    return f"CAST({text} AS {SQL_TYPES[kind]})"


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
