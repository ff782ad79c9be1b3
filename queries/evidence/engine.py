"""KQL on DuckDB, boxed in: it reads the evidence and nothing else.

The one module that knows duckdb-kql. Its version may change; the catalogue's text must not.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import duckdb

from ..language import tr
from ..literals import Parameter
from ..questions import Query
from ..source import Cancellation
from ..window import Window
from .outlooks import Outlooks
from .query_errors import QueryError, one_line, place_in, syntax_error, unsupported
from .tables import TABLES
from .translations import Translation, remembered
from .workers import Workers, asks_many_rows

_KQL_TYPES: Mapping[type, str] = {
    bool: "bool",
    str: "string",
    int: "long",
    datetime: "datetime",
    timedelta: "timespan",
}


#: Texts of which an engine keeps what DuckDB has read: more than any pack has questions.
_READ_AT_MOST = 256
#: Rows of its last answer that a cursor may go on holding.
_HELD_AT_MOST = 1000


class QueryCancelledError(Exception):
    """Somebody stopped the query."""


@dataclass(frozen=True, slots=True)
class RawResult:
    """Rows as DuckDB gives them, one more than the cap when cut; (name, DuckDB type) a column."""

    columns: tuple[tuple[str, str], ...]
    rows: list[tuple[Any, ...]]


def connect(path: Path | None = None, **settings: str) -> duckdb.DuckDBPyConnection:
    """A database, empty and in memory where there is no path, open to the file system for loading.

    Args:
        settings: more of DuckDB's own.
    """
    connection = duckdb.connect(
        ":memory:" if path is None else str(path),
        config={
            **settings,
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "python_enable_replacements": "false",
        },
    )
    connection.execute("SET TimeZone='UTC'")
    connection.execute("SET preserve_insertion_order=true")
    return connection


@contextmanager
def stoppable() -> Iterator[None]:
    """In which Ctrl+C is what it is everywhere; DuckDB has errors of its own for it."""
    try:
        yield
    except duckdb.InterruptException:
        raise KeyboardInterrupt from None
    except RuntimeError as error:
        if str(error) == "Query interrupted":
            raise KeyboardInterrupt from None
        raise


def seal(connection: duckdb.DuckDBPyConnection) -> None:
    """No file, no network from here on; DuckDB lets nobody take this back."""
    connection.execute("SET enable_external_access=false")


class Engine:
    """Runs KQL over a sealed database that holds known tables, in memory or in a store."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        catalogue: str = "memory",
        held: Container[str] = frozenset(TABLES),
    ) -> None:
        """``held``: the tables that the database has; the other known ones are empty."""
        self._read: dict[str, duckdb.Statement] = {}
        self._outlooks = Outlooks(connection, catalogue, held)
        # DuckDB knows what a container may use of the machine.
        (threads,) = connection.execute("SELECT current_setting('threads')").fetchall()[0]
        self._workers = Workers(threads)
        self._rows_of = lru_cache(maxsize=64)(self._outlooks.rows_of)

    def run(
        self, query: Query, window: Window, cancellation: Cancellation, row_cap: int
    ) -> RawResult:
        """The rows of ``query`` over the window's rows, on a cursor of its own.

        Raises:
            QueryError: text that is no KQL for this engine, or a failure while running.
            QueryCancelledError: ``cancellation`` was used.
        """
        return _unless(cancellation, lambda: self._run(query, window, cancellation, row_cap))

    def _run(
        self, query: Query, window: Window, cancellation: Cancellation, row_cap: int
    ) -> RawResult:
        text = translatable_text(query)
        try:
            translation = _translated(text)
        except QueryError as error:
            # The declaration of the values stands on a line of its own.
            raise error.within(query, text.count("\n") - query.text.count("\n")) from None
        for name in translation.slots.values():
            if name not in query.parameters:
                raise QueryError(
                    tr("{name} is declared and has no value: write let {name} = …;", name=name)
                )
        values = {slot: _bound(query.parameters[n]) for slot, n in translation.slots.items()}
        try:
            outlook = self._outlooks.on(window)
        except duckdb.Error:
            raise QueryError(tr("the evidence is closed")) from None
        cursor = outlook.cursor

        def stop() -> None:
            # The query may have ended, and its cursor with it, while somebody reached for this.
            with suppress(duckdb.Error):
                cursor.interrupt()

        cancellation.on_cancel(stop)
        is_small = False
        try:
            # DuckDB does not tell names apart by their case.
            said = translation.sql.lower()
            outlook.limit([t for t in TABLES if t.lower() in said])
            have = partial(_have_threads, cursor)
            many_rows = asks_many_rows(translation, query.parameters, self._rows_of)
            with self._workers.at(have, many_rows=many_rows):
                if cancellation.cancelled:
                    # An interrupt between two statements stops neither.
                    raise QueryCancelledError
                cursor.execute(self._statement(translation.sql, cursor), values or None)
                columns = tuple((d[0], str(d[1])) for d in cursor.description or ())
                rows = cursor.fetchmany(row_cap + 1)
            is_small = len(rows) <= min(row_cap, _HELD_AT_MOST)
        except (duckdb.Error, UnicodeError, OverflowError) as error:
            raise QueryError(one_line(error)).within(query) from None
        finally:
            cancellation.forget(stop)
            # One that was stopped, has more to give, or may hold much, is asked nothing else.
            if is_small and not cancellation.cancelled:
                self._outlooks.keep(outlook)
            else:
                cursor.close()
        return RawResult(columns, rows)

    def close(self) -> None:
        self._outlooks.close()

    def _statement(self, sql: str, cursor: duckdb.DuckDBPyConnection) -> duckdb.Statement:
        """``sql`` as DuckDB has read it: reading takes a quarter of the time of a question."""
        statement = self._read.get(sql)
        if statement is None:
            (statement,) = cursor.extract_statements(sql)
            if len(self._read) < _READ_AT_MOST:
                self._read[sql] = statement
        return statement


def translatable_text(query: Query) -> str:
    """The query without its values: their names and types before it."""
    declared = ", ".join(
        f"{name}: {_KQL_TYPES[type(value)]}" for name, value in query.parameters.items()
    )
    return f"declare query_parameters({declared});\n{query.text}" if declared else query.text


def _have_threads(cursor: duckdb.DuckDBPyConnection, number: int) -> None:
    cursor.execute(f"SET threads={number}")


def _unless(cancellation: Cancellation, work: Callable[[], RawResult]) -> RawResult:
    """What ``work`` gives, from a thread of its own.

    Neither parsing nor every join can be interrupted. What is not waited for any more goes on to
    its end: a translation is there for the next question, a query ends where DuckDB looks up.
    """
    done = threading.Event()
    found: list[RawResult] = []
    failed: list[Exception] = []

    def run() -> None:
        try:
            found.append(work())
        except Exception as error:
            failed.append(error)
        finally:
            done.set()

    cancellation.on_cancel(done.set)
    threading.Thread(target=run, daemon=True, name="evidence").start()
    done.wait()
    cancellation.forget(done.set)
    if cancellation.cancelled:
        raise QueryCancelledError
    if failed:
        raise failed[0]
    return found[0]


@lru_cache(maxsize=256)
def _translated(text: str) -> Translation:
    """A text is translated once, whatever values it is asked with and of whichever evidence."""
    return remembered(text, translate)


def translate(text: str) -> Translation:
    """A text whose parameters are declared, as SQL for the tables of TABLES.

    Raises:
        QueryError: no KQL for this engine, or one that reads what is no evidence.
    """
    # Reading the grammar takes as long as a question: only a text that is new pays for it.
    import duckdb_kql  # noqa: PLC0415

    from .folding import folded  # noqa: PLC0415
    from .reach import foreign_source  # noqa: PLC0415
    from .sql_tree import parsed  # noqa: PLC0415

    schema = {table: list(columns) for table, columns in TABLES.items()}
    try:
        result = _to_sql(text, schema)
        with duckdb.connect(":memory:") as connection:
            tree = parsed(connection, str(result))
            foreign = foreign_source(tree)
            sql = "" if foreign else folded(tree, connection)
    except duckdb_kql.KqlSyntaxError as error:
        raise syntax_error(error, text) from None
    except duckdb_kql.KqlUnsupportedError as error:
        raise unsupported(error, text) from None
    except (duckdb_kql.KqlError, duckdb.Error) as error:
        raise QueryError(one_line(error)) from None
    except RecursionError:
        raise QueryError(tr("the query is nested too deeply")) from None
    if foreign:
        known = ", ".join(TABLES)
        raise QueryError(
            tr(
                "the evidence holds no {foreign}: it holds {known}",
                foreign=" ".join(foreign.split())[:100],
                known=known,
            ),
            place_in(text, foreign),
            only_here=True,
        )
    slots = {d.slot: d.name for d in result.declarations if d.slot in result.slots}
    return Translation(sql, slots)


def _to_sql(text: str, schema: dict[str, list[str]]) -> Any:
    import duckdb_kql  # noqa: PLC0415

    try:
        return duckdb_kql.to_sql(text, schema=schema, allow_write=False)
    except (IndexError, KeyError, TypeError, ValueError, AttributeError, AssertionError) as error:
        # A call with too few arguments, for one, is more than the translator expects.
        kind = type(error).__name__
        raise QueryError(
            tr(
                "offline evidence cannot read this text ({kind}): a call may lack an argument",
                kind=kind,
            )
        ) from None


def _bound(value: Parameter) -> Any:
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value


__all__ = [
    "Engine",
    "QueryCancelledError",
    "QueryError",
    "RawResult",
    "connect",
    "one_line",
    "seal",
    "stoppable",
    "translatable_text",
    "translate",
]
