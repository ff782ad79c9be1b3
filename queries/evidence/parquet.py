"""Parquet files of any layout, read by DuckDB itself."""

from __future__ import annotations

from pathlib import Path

import duckdb

from ..language import tr
from .cells import cast, in_calendar
from .layouts import Layout
from .reports import FileReport, UnreadableError
from .tables import SQL_TYPES, TABLES, table_of

#: A file that claims more rows or text than so many times its own bytes was made to fill a disk.
_MAX_ROWS_A_BYTE = 100
_MAX_TEXT_A_BYTE = 200
_MAX_SMALL = 2**26


def load_parquet(
    connection: duckdb.DuckDBPyConnection, path: Path, file: FileReport, hint: str | None
) -> None:
    """Every row of the file into its table.

    Raises:
        UnreadableError: a file that would unpack beyond its limits.
        duckdb.Error: a damaged file.
    """
    size = path.stat().st_size
    source = "read_parquet($path, hive_partitioning=false, binary_as_string=true)"
    values = {"path": str(path)}
    described = connection.execute(f"DESCRIBE SELECT * FROM {source}", values).fetchall()  # noqa: S608
    types = {str(row[0]): str(row[1]) for row in described}
    names = list(types)
    layout = Layout.of(names)
    given = {column: names[place] for column, place in layout.places.items()}
    count = connection.execute(f"SELECT count(*) FROM {source}", values).fetchall()[0][0]  # noqa: S608
    if count > max(_MAX_SMALL // 64, size * _MAX_ROWS_A_BYTE):
        raise UnreadableError(
            tr("it claims {count:,} rows in {size:,} bytes", count=count, size=size)
        )
    texts = [name for name in given.values() if types[name] == "VARCHAR"]
    if texts:
        # A dictionary lets one long text stand in every row; so its length is summed up first.
        sums = " + ".join(f"coalesce(sum(strlen({_name(name)})), 0)" for name in texts)
        total = connection.execute(f"SELECT {sums} FROM {source}", values).fetchall()[0][0]  # noqa: S608
        if total > max(_MAX_SMALL, size * _MAX_TEXT_A_BYTE):
            words = tr(
                "it unpacks to {total:,} bytes of text from {size:,}", total=total, size=size
            )
            raise UnreadableError(words)
    shape = table_of(frozenset(given))
    if shape is None or (hint and "SecurityAlert" not in (shape, hint)):
        shape = hint
    kind = f"coalesce(CAST({_name(given['Type'])} AS VARCHAR), '')" if "Type" in given else "''"
    found = connection.execute(
        f"SELECT lower({kind}) AS kind, count(*) FROM {source} GROUP BY kind ORDER BY kind",  # noqa: S608
        values,
    ).fetchall()
    known = {table.lower(): table for table in TABLES}
    for name, rows in found:
        table = known.get(name) if name else shape
        if table is None:
            file.foreign += rows
            continue
        cells = ", ".join(
            _cell(given.get(column), wanted, types) for column, wanted in TABLES[table].items()
        )
        columns = ", ".join(f'"{column}"' for column in TABLES[table])
        connection.execute(
            f'INSERT INTO "{table}" ({columns}) SELECT {cells} FROM {source}'  # noqa: S608
            f" WHERE lower({kind}) = $kind",
            values | {"kind": name},
        )
        file.tables[table] += rows


def _cell(name: str | None, kind: str, types: dict[str, str]) -> str:
    if name is None:
        return "''" if kind == "string" else f"CAST(NULL AS {SQL_TYPES[kind]})"
    given, cell = types[name], _name(name)
    if kind == "string":
        nested = given.startswith(("STRUCT", "MAP", "LIST")) or given.endswith("[]")
        text = f"CAST(to_json({cell}) AS VARCHAR)" if nested else f"CAST({cell} AS VARCHAR)"
        return f"coalesce({text}, '')"
    if kind == "datetime" and given.startswith("TIMESTAMP"):
        zoned = "WITH TIME ZONE" in given
        return in_calendar(
            f"({cell} AT TIME ZONE 'UTC')" if zoned else f"CAST({cell} AS TIMESTAMP)"
        )
    return cast(f"CAST({cell} AS VARCHAR)", kind)


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
