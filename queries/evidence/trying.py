"""Whether a query can be asked of evidence at all, tried on evidence without a row."""

from __future__ import annotations

from types import TracebackType

from ..answers import Column
from ..questions import Query
from ..source import Cancellation
from ..window import Window
from .engine import Engine, connect, seal
from .made_rows import create_tables
from .source import kusto_type


class NoRows:
    """Every known table, empty; as a context manager."""

    def __enter__(self) -> NoRows:
        connection = connect()
        create_tables(connection)
        seal(connection)
        self._engine = Engine(connection)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._engine.close()

    def columns(self, query: Query, window: Window) -> tuple[Column, ...]:
        """What its rows would hold.

        Raises:
            QueryError: it cannot be asked.
            LiteralError: a value that no text can carry.
        """
        found = self._engine.run(query, window, Cancellation(), 1)
        return tuple(Column(name, kusto_type(kind)) for name, kind in found.columns)
