"""JSON Lines that DuckDB reads from disk itself: many times as fast, where nothing is odd.

A file with a single line that is not a plain row of a known table is left to the reader that knows
what to do with it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from . import texts
from .cells import cast
from .files import size_of
from .reports import FileReport
from .tables import SORTED_BY, TABLES

_LINES = (
    "read_json($paths, format='newline_delimited', compression='none', ignore_errors=true,"
    " hive_partitioning=false, maximum_object_size=$longest, columns={{{columns}}})"
)
#: DuckDB spells a number in the place of a text in another way here than where it takes JSON apart.
_NUMBER = re.compile(
    '"(?:{})" ?: ?-?[0-9]'.format(
        "|".join({n for columns in TABLES.values() for n, k in columns.items() if k == "string"})
    ).encode()
)
_LOOKED_AT = 4096
#: What is known of a row until all are read: columns beside those of its table.
_BESIDE = {"number of file": "INTEGER", "plain line": "BOOLEAN"}
_FILE, _PLAIN = (f'"{name}"' for name in _BESIDE)
#: What DuckDB takes for a pattern in a path.
_PATTERN = re.compile(r"[*?[]")
#: Files that are read at once, where not all can be.
_TOGETHER = 250


@dataclass(frozen=True, slots=True)
class Plain:
    """A file that may be read so.

    Attributes:
        table: the one that its rows seem to belong to.
    """

    path: Path
    report: FileReport
    table: str


def is_usual(head: bytes) -> bool:
    """Whether the columns that are texts hold texts, as every export writes them."""
    return _NUMBER.search(head[:_LOOKED_AT]) is None


def drop_columns_beside(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Leave a table the columns that it is known for."""
    # From the last, so that no other has to move.
    for name in reversed(_BESIDE):
        connection.execute(f'ALTER TABLE "{table}" DROP COLUMN IF EXISTS "{name}"')


class NativeLines:
    """Reads files into the tables of a connection, which get columns of its own beside."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, in_order: bool = False) -> None:
        """``in_order``: a table's rows go in as they are sorted in a store, if that is possible."""
        self._connection = connection
        self._in_order = in_order
        self._readings: Counter[str] = Counter()
        self._numbers = 0
        #: Bytes of the files that are done, and of those that are being read.
        self._done = self._size = 0

    @property
    def bytes_read(self) -> int:
        """Of the files that are given now; may be asked by another thread."""
        come = max(0.0, self._connection.query_progress()) / 100 if self._size else 0
        return self._done + int(self._size * come)

    def holds_in_order(self, table: str) -> bool:
        """Whether all rows of a table were read here, at once, and so are sorted."""
        if not self._in_order or self._readings[table] > 1:
            return False
        others = f"WHERE {_FILE} IS NULL" if self._readings[table] else ""
        return not self._connection.execute(
            f'SELECT 1 FROM "{table}" {others} LIMIT 1'  # noqa: S608
        ).fetchall()

    def load(self, files: Sequence[Plain]) -> list[Plain]:
        """The rows of the files into their tables; those that must be read otherwise come back.

        Raises:
            duckdb.Error: what none of the files is to blame for, such as a full disk.
        """
        odd: list[Plain] = []
        for table in TABLES:
            mine = [each for each in files if each.table == table]
            self._size = sum(size_of(each.path) for each in mine)
            odd += self._load(table, mine)
            self._done += self._size
        self._done = self._size = 0
        return odd

    def _load(self, table: str, files: Sequence[Plain]) -> Sequence[Plain]:
        if not files:
            return []
        first = self._numbers
        try:
            counted = self._read(table, [each.path for each in files])
        except duckdb.Error as error:
            if not _is_of_a_file(error, files):
                raise
            # One file is enough for this; which one, the parts tell.
            if len(files) == 1:
                return files
            part = min(_TOGETHER, -(-len(files) // 2))
            return [
                odd
                for start in range(0, len(files), part)
                for odd in self._load(table, files[start : start + part])
            ]
        known = {each.lower(): each for each in TABLES}
        odd = {number for number, _, rows, plain in counted if plain < rows}
        if odd or any(kind != table.lower() for _, kind, *_ in counted):
            self._drop(table, first, odd)
        elsewhere: dict[str, list[tuple[Plain, int]]] = {}
        for number, kind, rows, _ in counted:
            if number in odd:
                continue
            file = files[number - first]
            if kind not in known:
                file.report.foreign += rows
                continue
            file.report.tables[known[kind]] += rows
            if known[kind] != table:
                elsewhere.setdefault(known[kind], []).append((file, rows))
        for other, rows_of in elsewhere.items():
            self._read_again(other, rows_of)
        sound = {number for number, *_ in counted} - odd
        return [each for number, each in enumerate(files, first) if number not in sound]

    def _read(self, table: str, paths: Sequence[Path]) -> list[tuple[int, str, int, int]]:
        """All rows as if they were of ``table``: (file, kind, rows, plain ones) of each kind.

        The files have numbers from the next on, in their order.
        """
        for name, kind in _BESIDE.items():
            self._connection.execute(
                f'ALTER TABLE "{table}" ADD COLUMN IF NOT EXISTS "{name}" {kind}'
            )
        first, self._numbers = self._numbers, self._numbers + len(paths)
        # What is not read at once is sorted later.
        order = self._in_order and not self._readings[table]
        self._readings[table] += 1
        columns = TABLES[table]
        read = ", ".join(f"'{name}': 'VARCHAR'" for name in (*columns, "TableName"))
        cells = ", ".join(
            f'{cast(_name(name), kind)} AS "{name}"' for name, kind in columns.items()
        )
        names = ", ".join(f'"{name}"' for name in (*columns, *_BESIDE))
        texts_of = [name for name, kind in columns.items() if kind == "string"]
        size = " + ".join(f'coalesce(strlen("{name}"), 0)' for name in texts_of)
        self._connection.execute(
            f'INSERT INTO "{table}" ({names}) SELECT {cells}, $first + file_index,'  # noqa: S608
            " coalesce(\"Type\" <> '' AND lower(\"Type\") <> 'none' AND TableName IS NULL"
            f" AND {size} < $long, false)"
            f" FROM {_LINES.format(columns=read)}"
            + (f" ORDER BY {', '.join(SORTED_BY[table])}" if order else ""),
            {
                "paths": [_pattern(path) for path in paths],
                "longest": texts.MAX_LINE,
                # Written as JSON the same text may be six times as long, and the line too long.
                "long": texts.MAX_LINE // 8,
                "first": first,
            },
        )
        return self._connection.execute(
            f'SELECT {_FILE}, lower("Type"), count(*), count_if({_PLAIN})'  # noqa: S608
            f' FROM "{table}" WHERE {_FILE} >= $1 GROUP BY ALL',
            [first],
        ).fetchall()

    def _drop(self, table: str, first: int, files: Collection[int]) -> None:
        """Of what was read last, from file ``first`` on, rows of other tables, and those files."""
        self._connection.execute(
            f'DELETE FROM "{table}" WHERE {_FILE} >= $first'  # noqa: S608
            f' AND (lower("Type") <> $kind OR {_FILE} IN (SELECT unnest($files::INTEGER[])))',
            {"first": first, "kind": table.lower(), "files": list(files)},
        )

    def _read_again(self, table: str, rows_of: Sequence[tuple[Plain, int]]) -> None:
        """What lies in files of another table; ``rows_of``: how many rows of each."""
        first = self._numbers
        try:
            counted = self._read(table, [file.path for file, _ in rows_of])
            self._drop(table, first, [])
        except duckdb.Error as error:
            if not _is_of_a_file(error, [file for file, _ in rows_of]):
                raise
            for file, _ in rows_of:
                file.report.stop(str(error).splitlines()[0])
            return
        now = {number: rows for number, kind, rows, _ in counted if kind == table.lower()}
        for number, (file, rows) in enumerate(rows_of, first):
            if now.get(number) != rows:
                file.report.changed = True


def _is_of_a_file(error: duckdb.Error, files: Sequence[Plain]) -> bool:
    return isinstance(error, duckdb.InvalidInputException) or any(
        _pattern(each.path) in str(error) or str(each.path) in str(error) for each in files
    )


def _pattern(path: Path) -> str:
    """What DuckDB takes for this path alone."""
    return _PATTERN.sub(r"[\g<0>]", str(path))


def _name(column: str) -> str:
    return f'"{column}"'
