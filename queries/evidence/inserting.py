"""Rows of JSON text into the tables they belong to: every one is counted, none lost in silence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import duckdb

from .cells import cast
from .repairing import repaired
from .reports import FileReport, Form
from .tables import TABLES, TOLD_BY

if TYPE_CHECKING:
    from .documents import Piece
    from .layouts import Layout

#: How much is held before it goes into the tables.
_ROWS = 50_000
_CHARACTERS = 32 * 2**20
#: Wrappers inside wrappers inside wrappers.
_MAX_DEPTH = 3

#: What the columns of a row tell of its table, in the order of ``json_exists`` below.
_TELLING = (
    *("RawEventName", "AlertSeverity", "SystemAlertId", "TableName"),
    *dict.fromkeys(column for table in TOLD_BY for column in sorted(TOLD_BY[table])),
)

_OTHERS = "".join(
    f" WHEN {' AND '.join(f'told[{_TELLING.index(name) + 1}]' for name in sorted(told))}"
    f" THEN '{table}'"
    for table, told in TOLD_BY.items()
)


@dataclass(slots=True)
class _Waiting:
    """Rows that are to go in together: all objects, or all arrays of one layout."""

    layout: Layout | None = None
    texts: list[str] = field(default_factory=list)
    wheres: list[str | int] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    characters: int = 0

    def add(self, where: str | int, text: str, file: int) -> None:
        self.texts.append(text)
        self.wheres.append(where)
        self.files.append(file)
        self.characters += len(text)

    def at(self, place: int) -> tuple[str | int, str, int]:
        return self.wheres[place], self.texts[place], self.files[place]


class Inserter:
    """Takes rows file by file and puts them into the tables of a connection in batches."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._files: list[tuple[FileReport, str | None]] = []
        self._waiting = _Waiting()

    def begin(self, file: FileReport, hint: str | None) -> None:
        """Rows that are added from now on are of this file; ``hint`` is the table of its place."""
        self._files.append((file, hint))

    def add(self, where: str | int, text: str, layout: Layout | None = None) -> None:
        waiting = self._waiting
        if layout is not waiting.layout and layout != waiting.layout and waiting.texts:
            self.flush()
            waiting = self._waiting
        waiting.layout = layout
        waiting.add(where, text, len(self._files) - 1)
        if len(waiting.texts) >= _ROWS or waiting.characters >= _CHARACTERS:
            self.flush()

    def flush(self) -> None:
        """All that was added is in the tables, and in the reports of its files."""
        if self._waiting.texts:
            waiting, self._waiting = self._waiting, _Waiting(self._waiting.layout)
            self._insert(waiting)
        del self._files[:-1]

    def settle(self, file: FileReport) -> None:
        """All rows of the file are counted in its report."""
        if file.path in {self._files[number][0].path for number in self._waiting.files[-1:]}:
            self.flush()

    def _insert(
        self, waiting: _Waiting, depth: int = 0, *, mended: bool = False, settled: bool = False
    ) -> None:
        """One batch into its tables.

        ``mended``: what DuckDB refuses now, it refuses for good. ``settled``: no object in it
        wraps others.
        """
        layout = waiting.layout
        unknown = "hint" if settled or layout is not None or depth > _MAX_DEPTH else "'~'"
        kinds = " ".join(f"WHEN kind = '{table.lower()}' THEN '{table}'" for table in TABLES)
        # A row says its table itself; else its columns do, where its place tells the two raw-event
        # tables apart; its place alone only where the columns say nothing, and only once it is
        # known that the object is no wrapper ('~').
        self._run(
            "CREATE OR REPLACE TEMP TABLE batch AS SELECT i, f, line,"  # noqa: S608
            " NOT refused AND told[4] AS az,"
            f" CASE WHEN refused THEN '?' {kinds} WHEN kind NOT IN ('', 'none') THEN ''"
            " WHEN told[1] THEN CASE WHEN hint = 'DefenderIoTRawEvent' THEN hint"
            " ELSE 'SecurityIoTRawEvent' END WHEN told[2] OR told[3] THEN 'SecurityAlert'"
            f"{_OTHERS} ELSE {unknown} END AS t"
            f" FROM (SELECT i, f, line, hint, {_told(layout)} AS told,"
            f" lower(coalesce({_kind(layout)}, '')) AS kind, {_refused(layout)} AS refused"
            " FROM (SELECT i, f, line, $hints[f + 1] AS hint, TRY_CAST(line AS JSON) AS j"
            " FROM (SELECT unnest(range(len($lines::VARCHAR[]))) AS i,"
            " unnest($files::INTEGER[]) AS f, unnest($lines::VARCHAR[]) AS line)))",
            {
                "lines": waiting.texts,
                "files": waiting.files,
                "hints": [hint or "" for _, hint in self._files],
            },
        )
        again, known, inner = _Waiting(layout), _Waiting(), _Inner()
        for place, kind in self._run("SELECT i, t FROM batch WHERE t IN ('?', '~') ORDER BY i"):
            where, text, number = waiting.at(place)
            file = self._files[number][0]
            if kind == "~":
                self._unwrap(where, text, number, known, inner)
                continue
            sound = None if mended else repaired(text)
            if sound is None or not sound.startswith("{" if layout is None else "["):
                file.spoil(where)
            else:
                file.repaired += 1
                again.add(where, sound, number)
        self._move(layout)
        for batch, is_mended, is_known in ((again, True, settled), (known, False, True)):
            if batch.texts:
                self._insert(batch, depth, mended=is_mended, settled=is_known)
        for batch in inner.batches:
            self._insert(batch, depth + 1)

    def _unwrap(
        self, where: str | int, text: str, number: int, known: _Waiting, inner: _Inner
    ) -> None:
        """An object of which nobody knows yet what it is."""
        # Rows that say what they are, as nearly all do, need none of this.
        from .unwrapping import unwrap  # noqa: PLC0415

        found = unwrap(str(where), text, self._files[number][0])
        if isinstance(found, str):
            known.add(where, found, number)
            return
        for piece in found:
            inner.add(piece, number)

    def _move(self, layout: Layout | None) -> None:
        """Count the rows of the batch, and put them into their tables."""
        nameless = f"json_extract_string(line, {_path(layout, 'DeviceId')}) = 'None'"
        sorts: set[tuple[str, bool]] = set()
        for number, table, az, count, unnamed in self._run(
            f"SELECT f, t, az, count(*), count(*) FILTER (az AND {nameless}) FROM batch"  # noqa: S608
            " WHERE t NOT IN ('?', '~') GROUP BY ALL ORDER BY ALL"
        ):
            file = self._files[number][0]
            if not table:
                file.foreign += count
                continue
            file.tables[table] += count
            file.unnamed += unnamed
            if az:
                file.form = Form.AZ
            sorts.add((table, az))
        for table, az in sorted(sorts):
            columns = TABLES[table]
            if layout is not None:
                columns = {name: kind for name, kind in columns.items() if name in layout.places}
            paths = ", ".join(_path(layout, name) for name in columns)
            # An az query writes None where there was nothing.
            value = "nullif(v[{}], 'None')" if az else "v[{}]"
            cells = ", ".join(
                cast(value.format(place), kind) for place, kind in enumerate(columns.values(), 1)
            )
            absent = {n: k for n, k in TABLES[table].items() if n not in columns}
            cells += "".join(f", {cast('NULL', kind)}" for kind in absent.values())
            names = ", ".join(f'"{name}"' for name in (*columns, *absent))
            self._run(
                f'INSERT INTO "{table}" ({names}) SELECT {cells} FROM'  # noqa: S608
                f" (SELECT json_extract_string(line, [{paths}]) AS v FROM batch"
                " WHERE t = $table AND az = $az)",
                {"table": table, "az": az},
            )

    def _run(self, sql: str, values: dict[str, Any] | None = None) -> list[Any]:
        return self._connection.execute(sql, values).fetchall()


class _Inner:
    """Rows from inside of others, together where they have one layout."""

    def __init__(self) -> None:
        self.batches: list[_Waiting] = []

    def add(self, piece: Piece, file: int) -> None:
        if not self.batches or self.batches[-1].layout != piece.layout:
            self.batches.append(_Waiting(piece.layout))
        self.batches[-1].add(piece.where, piece.text, file)


def _path(layout: Layout | None, column: str) -> str:
    """A JSON path as SQL, to where a column stands; to nowhere where the layout has none."""
    if layout is None:
        return f"'$.\"{column}\"'"
    return f"'$[{layout.places.get(column, layout.width)}]'"


def _told(layout: Layout | None) -> str:
    if layout is None:
        return f"json_exists(j, [{', '.join(_path(None, name) for name in _TELLING)}])"
    return f"[{', '.join(str(name in layout.places).lower() for name in _TELLING)}]"


def _kind(layout: Layout | None) -> str:
    return f"json_extract_string(j, {_path(layout, 'Type')})"


def _refused(layout: Layout | None) -> str:
    if layout is None:
        return "j IS NULL OR json_type(j) <> 'OBJECT'"
    return f"j IS NULL OR json_type(j) <> 'ARRAY' OR json_array_length(j) <> {layout.width}"
