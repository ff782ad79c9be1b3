"""After the last row: repeated rows dropped, tables sorted, text that is no JSON mended."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from .repairing import repaired
from .reports import LoadReport
from .tables import SORTED_BY, TABLES

_BATCH = 5_000
#: Columns whose text is JSON; one that DuckDB cannot read would lose the whole event.
_JSON_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "SecurityAlert": ("ExtendedProperties", "Entities"),
    "SecurityIoTRawEvent": ("EventDetails",),
    "DefenderIoTRawEvent": ("EventDetails",),
}


def finish(connection: duckdb.DuckDBPyConnection, report: LoadReport) -> None:
    """Drop repeated rows (data export may repeat records), sort, repair, count what has no time."""
    for table in TABLES:
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
        if before:
            report.tables.add(table)


def _repair(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """Mend JSON text that DuckDB cannot read though it is JSON; how many texts were mended."""
    count = 0
    for column in _JSON_COLUMNS[table]:
        connection.execute(
            f'CREATE OR REPLACE TEMP TABLE broken AS SELECT DISTINCT "{column}" AS text'  # noqa: S608
            f' FROM "{table}"'
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
                    f'UPDATE "{table}" SET "{column}" = m FROM'  # noqa: S608
                    " (SELECT unnest($texts::VARCHAR[]) AS t, unnest($mended::VARCHAR[]) AS m)"
                    f' WHERE "{column}" = t',
                    {"texts": [t for t, _ in pairs], "mended": [m for _, m in pairs]},
                )
                count += len(pairs)
    return count


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(connection.execute(f'SELECT count(*) FROM "{table}"').fetchall()[0][0])  # noqa: S608
