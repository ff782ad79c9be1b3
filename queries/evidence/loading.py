"""Filling the tables from files or rows: every row is counted, none is lost in silence."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb

from .reading import (
    FileReport,
    Form,
    UnreadableError,
    document_rows,
    dumped,
    form_of,
    lines_of,
    repaired,
)
from .tables import SORTED_BY, SQL_TYPES, TABLES, table_of

_BATCH = 20_000
#: Columns whose text is JSON; one that DuckDB cannot read would lose the whole event.
_JSON_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "SecurityAlert": ("ExtendedProperties", "Entities"),
    "SecurityIoTRawEvent": ("EventDetails",),
    "DefenderIoTRawEvent": ("EventDetails",),
}


@dataclass(slots=True)
class LoadReport:
    """What was read: a report a file, and what concerns the whole."""

    files: list[FileReport] = field(default_factory=list)
    tables: set[str] = field(default_factory=set)
    rows: int = 0
    untimed: int = 0
    foreign: int = 0
    repeated: int = 0
    repaired: int = 0


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    for table, columns in TABLES.items():
        body = ", ".join(f'"{name}" {SQL_TYPES[kind]}' for name, kind in columns.items())
        connection.execute(f'CREATE TABLE "{table}" ({body})')


def files_below(path: Path) -> Iterator[Path]:
    """Regular files below a folder in a fixed order; nothing that a link leads out to."""
    if path.is_file():
        yield path
        return
    top = path.resolve()
    for folder, folders, names in os.walk(path):
        folders.sort()
        for name in sorted(names):
            file = Path(folder, name)
            if file.is_file() and file.resolve().is_relative_to(top):
                yield file


def load_file(connection: duckdb.DuckDBPyConnection, path: Path, report: LoadReport) -> None:
    """One file into the tables; what goes wrong is put down in the file's report."""
    file = FileReport(path)
    report.files.append(file)
    hint = _table_in_path(path)
    try:
        file.form = form_of(path)
        if file.form is Form.PARQUET:
            _load_parquet(connection, file, hint, report)
        elif file.form is Form.JSON_LINES:
            _load_lines(connection, file, hint, report)
        elif file.form is not Form.EMPTY:
            _load_document(connection, file, hint, report)
    except (UnreadableError, OSError, duckdb.Error) as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        file.refused = lines[0][:300]
    if hint and not (file.rows or file.bad or file.refused):
        # An exported file without rows says that its table is there, and empty.
        file.tables.add(hint)
    report.tables |= file.tables
    report.rows += file.rows


def load_rows(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, Sequence[Mapping[str, Any]]]
) -> LoadReport:
    """Rows that a program made, by table, as if they had been exported."""
    report = LoadReport(tables=set(tables))
    file = FileReport(Path("rows"))
    for table, rows in tables.items():
        numbered = enumerate(rows, 1)
        while batch := list(islice(numbered, _BATCH)):
            lines = [(number, dumped(row)) for number, row in batch]
            _insert(connection, file, lines, table, report)
    report.rows = file.rows
    return report


def finish(connection: duckdb.DuckDBPyConnection, report: LoadReport) -> None:
    """Drop repeated rows (data export may repeat records), sort, repair, count what has no time."""
    for table, columns in TABLES.items():
        report.repaired += _repair(connection, table)
        before = _count(connection, table)
        order = ", ".join(f'"{column}"' for column in SORTED_BY[table])
        connection.execute(
            f'CREATE TABLE sorted AS SELECT DISTINCT * FROM "{table}"'  # noqa: S608
            f" WHERE TimeGenerated IS NOT NULL ORDER BY {order}"
        )
        untimed = connection.execute(
            f'SELECT count(*) FROM "{table}" WHERE TimeGenerated IS NULL'  # noqa: S608
        ).fetchall()[0][0]
        connection.execute(f'DROP TABLE "{table}"')
        connection.execute(f'ALTER TABLE sorted RENAME TO "{table}"')
        report.untimed += untimed
        report.repeated += before - untimed - _count(connection, table)
        if columns and before:
            report.tables.add(table)


def _table_in_path(path: Path) -> str | None:
    # Data export names the container am-<Table>.
    for part in reversed(path.parts):
        for table in TABLES:
            if table.lower() in part.lower():
                return table
    return None


def _load_lines(
    connection: duckdb.DuckDBPyConnection, file: FileReport, hint: str | None, report: LoadReport
) -> None:
    numbered = lines_of(file.path)
    while batch := list(islice(numbered, _BATCH)):
        lines: list[tuple[int, str]] = []
        for number, line in batch:
            try:
                lines.append((number, line.decode()))
            except UnicodeDecodeError:
                _repair_into(lines, number, line, file)
        _insert(connection, file, lines, hint, report)


def _repair_into(
    lines: list[tuple[int, str]], number: int, line: str | bytes, file: FileReport
) -> None:
    text = repaired(line)
    if text is None or not text.startswith("{"):
        file.spoil(str(number))
    else:
        file.repaired += 1
        lines.append((number, text))


def _load_document(
    connection: duckdb.DuckDBPyConnection, file: FileReport, hint: str | None, report: LoadReport
) -> None:
    assert file.form is not None
    rows = document_rows(file.path, file.form, file)
    numbered: Iterable[tuple[int, tuple[str, Any]]] = enumerate(rows, 1)
    numbered = iter(numbered)
    while batch := list(islice(numbered, _BATCH)):
        lines = []
        for number, (where, row) in batch:
            if isinstance(row, dict):
                lines.append((number, dumped(row)))
            else:
                file.spoil(where)
        _insert(connection, file, lines, hint, report)


def _insert(
    connection: duckdb.DuckDBPyConnection,
    file: FileReport,
    lines: list[tuple[int, str]],
    hint: str | None,
    report: LoadReport,
    *,
    mending: bool = True,
) -> None:
    """JSON objects into the tables they belong to; lines that are no object are reported.

    ``mending``: try once to repair what DuckDB refuses.
    """
    known = " ".join(f"WHEN kind = '{table.lower()}' THEN '{table}'" for table in TABLES)
    # A row says its table itself; else its columns do, where its place tells the two raw-event
    # tables apart; its place alone only where the columns say nothing.
    raw = hint if hint and hint != "SecurityAlert" else "SecurityIoTRawEvent"
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE batch AS SELECT n, j,"  # noqa: S608
        f" CASE WHEN refused THEN '?' {known} WHEN kind <> '' THEN ''"
        f" WHEN json_exists(j, '$.RawEventName') THEN '{raw}'"
        " WHEN json_exists(j, '$.AlertSeverity') OR json_exists(j, '$.SystemAlertId')"
        f" THEN 'SecurityAlert' ELSE '{hint or ''}' END AS t,"
        " CASE WHEN refused THEN line END AS line"
        " FROM (SELECT n, line, j, lower(coalesce(j->>'$.Type', '')) AS kind,"
        " json_type(j) IS DISTINCT FROM 'OBJECT' AS refused"
        " FROM (SELECT n, line, TRY_CAST(line AS JSON) AS j"
        " FROM (SELECT unnest($numbers::BIGINT[]) AS n, unnest($lines::VARCHAR[]) AS line)))",
        {"numbers": [n for n, _ in lines], "lines": [line for _, line in lines]},
    )
    mended: list[tuple[int, str]] = []
    for number, line in connection.execute(
        "SELECT n, line FROM batch WHERE t = '?' ORDER BY n"
    ).fetchall():
        if mending:
            _repair_into(mended, number, line, file)
        else:
            file.spoil(str(number))
    for table, count in connection.execute(
        "SELECT t, count(*) FROM batch WHERE t <> '?' GROUP BY t ORDER BY t"
    ).fetchall():
        if not table:
            report.foreign += count
            continue
        file.tables.add(table)
        file.rows += count
        paths = ", ".join(f"'$.\"{name}\"'" for name in TABLES[table])
        cells = ", ".join(
            _cast(f"v[{place}]", kind) for place, kind in enumerate(TABLES[table].values(), 1)
        )
        connection.execute(
            f'INSERT INTO "{table}" SELECT {cells} FROM'  # noqa: S608
            f" (SELECT json_extract_string(j, [{paths}]) AS v FROM batch WHERE t = $1)",
            [table],
        )
    if mended:
        _insert(connection, file, mended, hint, report, mending=False)


def _cast(expression: str, kind: str) -> str:
    """SQL for a text as a column of the Kusto type; what does not fit is null, text never is."""
    if kind == "string":
        return f"coalesce({expression}, '')"
    if kind == "datetime":
        return _in_calendar(f"(TRY_CAST({expression} AS TIMESTAMPTZ) AT TIME ZONE 'UTC')")
    return f"TRY_CAST({expression} AS {SQL_TYPES[kind]})"


def _in_calendar(moment: str) -> str:
    return f"CASE WHEN year({moment}) BETWEEN 1 AND 9998 THEN {moment} END"


def _load_parquet(
    connection: duckdb.DuckDBPyConnection, file: FileReport, hint: str | None, report: LoadReport
) -> None:
    source = "read_parquet($path)"
    path = {"path": str(file.path)}
    described = connection.execute(
        f"DESCRIBE SELECT * FROM {source}",  # noqa: S608
        path,
    ).fetchall()
    types = {str(row[0]): str(row[1]) for row in described}
    shape = table_of(frozenset(types))
    if shape is None or (hint and "SecurityAlert" not in (shape, hint)):
        shape = hint
    if "Type" in types:
        routes = connection.execute(
            f"SELECT DISTINCT coalesce(CAST(\"Type\" AS VARCHAR), '') FROM {source}",  # noqa: S608
            path,
        ).fetchall()
        wanted = {str(row[0]) for row in routes}
    else:
        wanted = {""}
    known = {table.lower(): table for table in TABLES}
    for name in sorted(wanted):
        table = known.get(name.lower()) if name else shape
        where = "coalesce(CAST(\"Type\" AS VARCHAR), '') = $type" if "Type" in types else "true"
        values = path | ({"type": name} if "Type" in types else {})
        if table is None:
            report.foreign += connection.execute(
                f"SELECT count(*) FROM {source} WHERE {where}",  # noqa: S608
                values,
            ).fetchall()[0][0]
            continue
        cells = ", ".join(
            _parquet_cell(column, kind, types.get(column)) for column, kind in TABLES[table].items()
        )
        done = connection.execute(
            f'INSERT INTO "{table}" SELECT {cells} FROM {source} WHERE {where}',  # noqa: S608
            values,
        ).fetchall()
        file.tables.add(table)
        file.rows += int(done[0][0])


def _parquet_cell(column: str, kind: str, given: str | None) -> str:
    if given is None:
        return "''" if kind == "string" else f"CAST(NULL AS {SQL_TYPES[kind]})"
    name = f'"{column}"'
    if kind == "string":
        nested = given.startswith(("STRUCT", "MAP", "LIST")) or given.endswith("[]")
        text = f"CAST(to_json({name}) AS VARCHAR)" if nested else f"CAST({name} AS VARCHAR)"
        return f"coalesce({text}, '')"
    if kind == "datetime" and given.startswith("TIMESTAMP"):
        zoned = "WITH TIME ZONE" in given
        return _in_calendar(
            f"({name} AT TIME ZONE 'UTC')" if zoned else f"CAST({name} AS TIMESTAMP)"
        )
    return _cast(f"CAST({name} AS VARCHAR)", kind)


def _repair(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """Mend JSON text that DuckDB cannot read though it is JSON; how many cells were mended."""
    count = 0
    for column in _JSON_COLUMNS[table]:
        broken = connection.execute(
            f'SELECT DISTINCT "{column}" FROM "{table}" WHERE "{column}" <> \'\''  # noqa: S608
            f' AND TRY_CAST("{column}" AS JSON) IS NULL'
        ).fetchall()
        for (text,) in broken:
            mended = repaired(text)
            if mended is not None:
                connection.execute(
                    f'UPDATE "{table}" SET "{column}" = $1 WHERE "{column}" = $2',  # noqa: S608
                    [mended, text],
                )
                count += 1
    return count


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(connection.execute(f'SELECT count(*) FROM "{table}"').fetchall()[0][0])  # noqa: S608
