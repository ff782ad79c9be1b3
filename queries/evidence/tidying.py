"""After the last row: repeated rows dropped, tables sorted, text that is no JSON mended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import duckdb

from .repairing import repaired
from .reports import LoadReport
from .tables import JSON_COLUMNS, SORTED_BY, TABLES, TOLD_APART_BY, definition

_BATCH = 5_000


def finish(connection: duckdb.DuckDBPyConnection, report: LoadReport) -> None:
    """Drop repeated rows (data export may repeat records), sort, repair, count what has no time."""
    for table in TABLES:
        if not connection.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchall():  # noqa: S608
            continue
        tidy(connection, table, [f'"{table}"'], "sorted", report)
        connection.execute(f'DROP TABLE "{table}"')
        connection.execute(f'ALTER TABLE sorted RENAME TO "{table}"')


def tidy(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    sources: Sequence[str],
    target: str,
    report: LoadReport,
) -> None:
    """The rows of several tables of one kind into a new one: each once, sorted, mended.

    Args:
        sources: as SQL names them; the first holds what is new, and is mended in place.
        target: the name of the new table, as SQL has it.
    """
    report.repaired += _repair(connection, table, sources[0])
    columns = _names(TABLES[table])
    union = " UNION ALL ".join(f"SELECT {columns} FROM {source}" for source in sources)  # noqa: S608
    rows, timed = connection.execute(
        f"SELECT count(*), count(TimeGenerated) FROM ({union})"  # noqa: S608
    ).fetchall()[0]
    wanted = f"SELECT * FROM ({union}) WHERE TimeGenerated IS NOT NULL"  # noqa: S608
    if _find_alike(connection, table, wanted):
        wanted = (
            f"SELECT * FROM ({wanted}) WHERE hash({columns}) NOT IN (FROM alike) UNION ALL"  # noqa: S608
            f" SELECT DISTINCT * FROM ({wanted}) WHERE hash({columns}) IN (FROM alike)"
        )
    connection.execute(f"CREATE TABLE {target} ({definition(table)})")
    connection.execute(
        f"INSERT INTO {target} SELECT * FROM ({wanted}) ORDER BY {_names(SORTED_BY[table])}"  # noqa: S608
    )
    kept = connection.execute(f"SELECT count(*) FROM {target}").fetchall()[0][0]  # noqa: S608
    report.untimed += rows - timed
    report.repeated += timed - kept
    if rows:
        report.tables.add(table)


def tidy_sorted(connection: duckdb.DuckDBPyConnection, table: str, report: LoadReport) -> None:
    """What ``tidy`` does, to a table whose rows are in order already: they stay where they are."""
    report.repaired += _repair(connection, table, f'"{table}"')
    report.untimed += _delete(connection, table, "TimeGenerated IS NULL")
    if _find_alike(connection, table, f'SELECT * FROM "{table}"'):  # noqa: S608
        columns = _names(TABLES[table])
        alike = f"hash({columns}) IN (FROM alike)"
        firsts = f'SELECT min(rowid) FROM "{table}" WHERE {alike} GROUP BY {columns}'  # noqa: S608
        report.repeated += _delete(connection, table, f"{alike} AND rowid NOT IN ({firsts})")


def _delete(connection: duckdb.DuckDBPyConnection, table: str, which: str) -> int:
    count: int = connection.execute(
        f'DELETE FROM "{table}" WHERE {which}'  # noqa: S608
    ).fetchall()[0][0]
    return count


def _find_alike(connection: duckdb.DuckDBPyConnection, table: str, rows: str) -> bool:
    """Whether any rows may be repeated; the table ``alike`` has the hashes of those.

    To compare whole rows takes longer than to sort them, and few are alike in what is short.
    """
    near = f"hash({_names(TOLD_APART_BY[table])})"
    whole = f"hash({_names(TABLES[table])})"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE near AS SELECT {near} AS near"  # noqa: S608
        f" FROM ({rows}) GROUP BY near HAVING count(*) > 1"
    )
    if not connection.execute("SELECT 1 FROM near LIMIT 1").fetchall():
        return False
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE alike AS SELECT {whole} AS alike"  # noqa: S608
        f" FROM ({rows}) WHERE {near} IN (FROM near) GROUP BY alike HAVING count(*) > 1"
    )
    return bool(connection.execute("SELECT 1 FROM alike LIMIT 1").fetchall())


def _names(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _repair(connection: duckdb.DuckDBPyConnection, table: str, source: str) -> int:
    """Mend JSON text that DuckDB cannot read though it is JSON; how many texts were mended."""
    count = 0
    for column in JSON_COLUMNS[table]:
        connection.execute(
            f'CREATE OR REPLACE TEMP TABLE broken AS SELECT DISTINCT "{column}" AS text'  # noqa: S608
            f" FROM {source}"
            f' WHERE "{column}" <> \'\' AND TRY_CAST("{column}" AS JSON) IS NULL'
        )
        place = 0
        while batch := connection.execute(
            "SELECT text FROM broken WHERE rowid BETWEEN $1 AND $2", [place, place + _BATCH - 1]
        ).fetchall():
            place += _BATCH
            pairs = [(text, mended) for (text,) in batch if (mended := repaired(text)) is not None]
            if pairs:
                connection.execute(
                    f'UPDATE {source} SET "{column}" = m FROM'  # noqa: S608
                    " (SELECT unnest($texts::VARCHAR[]) AS t, unnest($mended::VARCHAR[]) AS m)"
                    f' WHERE "{column}" = t',
                    {"texts": [t for t, _ in pairs], "mended": [m for _, m in pairs]},
                )
                count += len(pairs)
    return count
