"""Cursors that see one window of the evidence, and are used again for the next question."""

from __future__ import annotations

from collections.abc import Container, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from threading import Lock

import duckdb

from ..window import Window
from .tables import SQL_TYPES, TABLES

#: More than are asked at once.
_KEPT = 8


class Outlook:
    """A cursor before which a view of the window stands in front of each table.

    The service applies the request's timespan on top of the text; here no text can look past the
    views.
    """

    def __init__(
        self,
        cursor: duckdb.DuckDBPyConnection,
        window: Window,
        catalogue: str,
        held: Container[str],
    ) -> None:
        self.cursor = cursor
        self.window = window
        self._catalogue = catalogue
        self._held = held
        self._limited: set[str] = set()
        cursor.execute("SET TimeZone='UTC'")

    def limit(self, tables: Sequence[str]) -> None:
        """Have the views of these tables."""
        wanted = [table for table in tables if table not in self._limited]
        if wanted:
            self.cursor.execute("".join(map(self._view, wanted)))
            self._limited.update(wanted)

    def _view(self, table: str) -> str:
        if table not in self._held:
            return f'CREATE TEMP VIEW "{table}" AS {_nothing(table)};'
        start, end = (_timestamp(moment) for moment in (self.window.start, self.window.end))
        return (
            f'CREATE TEMP VIEW "{table}" AS SELECT * FROM {self._catalogue}.main."{table}"'  # noqa: S608
            f" WHERE TimeGenerated >= {start} AND TimeGenerated < {end};"
        )


class Outlooks:
    """Those that nobody uses right now, all on the window that was kept last."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, catalogue: str, held: Container[str]
    ) -> None:
        """``held``: the tables that the database has; the other known ones are empty."""
        self._connection = connection
        self._catalogue = catalogue
        self._held = held
        self._idle: list[Outlook] = []
        self._is_closed = False
        self._lock = Lock()

    def on(self, window: Window) -> Outlook:
        """One for the caller alone. Raises duckdb.Error where the database is closed."""
        with self._lock:
            if self._idle and self._idle[-1].window == window:
                return self._idle.pop()
        return Outlook(self._connection.cursor(), window, self._catalogue, self._held)

    def keep(self, outlook: Outlook) -> None:
        """Have it used again, if its window is."""
        with self._lock:
            others = [one for one in self._idle if one.window != outlook.window]
            self._idle = [one for one in self._idle if one.window == outlook.window]
            is_room = len(self._idle) < _KEPT and not self._is_closed
            (self._idle if is_room else others).append(outlook)
        for one in others:
            one.cursor.close()

    def rows_of(self, device: str) -> int:
        """How many rows of its tables say that they are of a device, in whatever window."""
        tables = [table for table in TABLES if table in self._held and "DeviceId" in TABLES[table]]
        if not tables:
            return 0
        rows = " UNION ALL ".join(
            f'SELECT 1 FROM {self._catalogue}.main."{table}" WHERE DeviceId = $1'  # noqa: S608
            for table in tables
        )
        with self._connection.cursor() as cursor:
            found = cursor.execute(f"SELECT count(*) FROM ({rows})", [device]).fetchall()  # noqa: S608
        return int(found[0][0])

    def close(self) -> None:
        """Of the database; what is asked right now goes on to its end."""
        with self._lock:
            idle, self._idle, self._is_closed = self._idle, [], True
        # It refuses while a query that nobody waits for any more has not noticed yet.
        with suppress(duckdb.Error):
            for outlook in idle:
                outlook.cursor.close()
            self._connection.close()


def _nothing(table: str) -> str:
    """SQL for a known table without rows."""
    columns = (
        f'CAST(NULL AS {SQL_TYPES[kind]}) AS "{name}"' for name, kind in TABLES[table].items()
    )
    return f"SELECT {', '.join(columns)} WHERE false"


def _timestamp(moment: datetime) -> str:
    return f"TIMESTAMP '{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}'"
