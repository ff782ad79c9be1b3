"""JSON Lines that DuckDB reads from disk itself: many times as fast, where nothing is odd.

A file with a single line that is not a plain row of a known table is left to the reader that knows
what to do with it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from . import texts
from .cells import cast
from .files import size_of
from .reports import FileReport
from .tables import TABLES

_LINES = (
    "read_json($paths, format='newline_delimited', compression='none', ignore_errors=true,"
    " filename=true, hive_partitioning=false, maximum_object_size=$longest, columns={{{columns}}})"
)
#: DuckDB spells a number in the place of a text in another way here than where it takes JSON apart.
_NUMBER = re.compile(
    '"(?:{})" ?: ?-?[0-9]'.format(
        "|".join({n for columns in TABLES.values() for n, k in columns.items() if k == "string"})
    ).encode()
)
_LOOKED_AT = 4096
#: What is known of a row until all are read: columns beside those of its table.
_BESIDE = {
    "file of lines": "VARCHAR",
    "kind of line": "VARCHAR",
    "plain line": "BOOLEAN",
    "reading": "INTEGER",
}
_FILE, _KIND, _PLAIN, _READING = (f'"{name}"' for name in _BESIDE)


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


class NativeLines:
    """Reads files into the tables of a connection, which get columns of its own beside."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._readings = 0
        #: Bytes of the files that are done, and of those that are being read.
        self._done = self._size = 0

    @property
    def bytes_read(self) -> int:
        """Of the files that are given now; may be asked by another thread."""
        come = max(0.0, self._connection.query_progress()) / 100 if self._size else 0
        return self._done + int(self._size * come)

    def load(self, files: Sequence[Plain]) -> list[Plain]:
        """The rows of the files into their tables; those that must be read otherwise come back."""
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
        try:
            counted = self._read(table, [str(each.path) for each in files])
        except duckdb.Error:
            # One file is enough for this; which one, the halves tell.
            if len(files) == 1:
                return files
            half = len(files) // 2
            return [*self._load(table, files[:half]), *self._load(table, files[half:])]
        odd = {name for name, _, rows, plain in counted if plain < rows}
        sound = {name for name, *_ in counted} - odd
        self._drop_all_but(table, sound if odd else None)
        reports = {str(each.path): each.report for each in files}
        known = {each.lower(): each for each in TABLES}
        elsewhere: dict[str, dict[str, int]] = {}
        for name, kind, rows, _ in counted:
            if name in odd:
                continue
            if kind not in known:
                reports[name].foreign += rows
                continue
            reports[name].tables[known[kind]] += rows
            if known[kind] != table:
                elsewhere.setdefault(known[kind], {})[name] = rows
        for other, rows_of in elsewhere.items():
            self._read_again(other, rows_of, reports)
        return [each for each in files if str(each.path) not in sound]

    def _read(self, table: str, paths: Sequence[str]) -> list[tuple[str, str, int, int]]:
        """All rows as if they were of ``table``: (file, kind, rows, plain ones) of each kind."""
        for name, kind in _BESIDE.items():
            self._connection.execute(
                f'ALTER TABLE "{table}" ADD COLUMN IF NOT EXISTS "{name}" {kind}'
            )
        self._readings += 1
        columns = TABLES[table]
        read = ", ".join(f"'{name}': 'VARCHAR'" for name in (*columns, "TableName"))
        cells = ", ".join(cast(f'"{name}"', kind) for name, kind in columns.items())
        names = ", ".join(f'"{name}"' for name in (*columns, *_BESIDE))
        texts_of = [name for name, kind in columns.items() if kind == "string"]
        size = " + ".join(f'coalesce(strlen("{name}"), 0)' for name in texts_of)
        self._connection.execute(
            f'INSERT INTO "{table}" ({names}) SELECT {cells}, filename, lower("Type"),'  # noqa: S608
            " coalesce(\"Type\" <> '' AND lower(\"Type\") <> 'none' AND TableName IS NULL"
            f" AND {size} < $long, false), $reading"
            f" FROM {_LINES.format(columns=read)}",
            {
                "paths": paths,
                "longest": texts.MAX_LINE,
                # Written as JSON the same text may be six times as long, and the line too long.
                "long": texts.MAX_LINE // 8,
                "reading": self._readings,
            },
        )
        return self._connection.execute(
            f"SELECT {_FILE}, {_KIND}, count(*), count_if({_PLAIN})"  # noqa: S608
            f' FROM "{table}" WHERE {_READING} = $1 GROUP BY ALL',
            [self._readings],
        ).fetchall()

    def _drop_all_but(self, table: str, files: Collection[str] | None) -> None:
        """Of what was read last, rows of other tables, and of other files than ``files``."""
        others = "" if files is None else f" OR {_FILE} NOT IN (SELECT unnest($files::VARCHAR[]))"
        values = {"reading": self._readings, "kind": table.lower()}
        self._connection.execute(
            f'DELETE FROM "{table}" WHERE {_READING} = $reading'  # noqa: S608
            f" AND ({_KIND} IS DISTINCT FROM $kind{others})",
            values if files is None else values | {"files": list(files)},
        )

    def _read_again(
        self, table: str, rows_of: Mapping[str, int], reports: Mapping[str, FileReport]
    ) -> None:
        """What lies in files of another table; ``rows_of``: how many rows of each."""
        try:
            counted = self._read(table, list(rows_of))
            self._drop_all_but(table, None)
        except duckdb.Error as error:
            for name in rows_of:
                reports[name].stop(str(error).splitlines()[0])
            return
        now = {name: rows for name, kind, rows, _ in counted if kind == table.lower()}
        for name, rows in rows_of.items():
            if now.get(name) != rows:
                reports[name].changed = True
