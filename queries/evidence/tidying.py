"""After the last row: repeated rows dropped, tables sorted, text that is no JSON mended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from .repairing import repaired
from .reports import LoadReport
from .tables import DYNAMIC, SORTED_BY, TABLES

_BATCH = 5_000
#: Columns whose text is JSON; one that DuckDB cannot read would lose the whole event.
JSON_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "SecurityAlert": ("ExtendedProperties", "Entities"),
    "SecurityIoTRawEvent": ("EventDetails",),
    **DYNAMIC,
}


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
    columns = ", ".join(f'"{column}"' for column in TABLES[table])
    union = " UNION ALL ".join(f"SELECT {columns} FROM {source}" for source in sources)  # noqa: S608
    rows, timed = connection.execute(
        f"SELECT count(*), count(TimeGenerated) FROM ({union})"  # noqa: S608
    ).fetchall()[0]
    # Comparing whole rows with each other takes longer than sorting them, and few are repeated.
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE alike AS"  # noqa: S608
        f" SELECT hash({columns}) AS alike FROM ({union})"
        " WHERE TimeGenerated IS NOT NULL GROUP BY alike HAVING count(*) > 1"
    )
    wanted = f"SELECT * FROM ({union}) WHERE TimeGenerated IS NOT NULL"  # noqa: S608
    if connection.execute("SELECT 1 FROM alike LIMIT 1").fetchall():
        wanted = (
            f"SELECT * FROM ({wanted}) WHERE hash({columns}) NOT IN (FROM alike) UNION ALL"  # noqa: S608
            f" SELECT DISTINCT * FROM ({wanted}) WHERE hash({columns}) IN (FROM alike)"
        )
    order = ", ".join(f'"{column}"' for column in SORTED_BY[table])
    connection.execute(f"CREATE TABLE {target} AS SELECT * FROM ({wanted}) ORDER BY {order}")  # noqa: S608
    kept = connection.execute(f"SELECT count(*) FROM {target}").fetchall()[0][0]  # noqa: S608
    report.untimed += rows - timed
    report.repeated += timed - kept
    if rows:
        report.tables.add(table)


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
