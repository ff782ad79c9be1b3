"""Cursors that are used again see the window they are asked with, whatever was asked before."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from iotriage.queries.evidence.outlooks import Outlook, Outlooks
from iotriage.queries.window import Window

START = datetime(2026, 3, 2, tzinfo=UTC)
TABLES = ("SecurityIoTRawEvent", "DefenderIoTRawEvent")
HOURS = 24


def database() -> duckdb.DuckDBPyConnection:
    """A row an hour in one of two known tables; there is no other."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone='UTC'")
    connection.execute(
        f'CREATE TABLE "{TABLES[0]}" AS'
        " SELECT TIMESTAMP '2026-03-02' + INTERVAL (i) HOUR AS TimeGenerated"
        f" FROM range({HOURS}) AS r(i)"
    )
    return connection


def hours(start: int, length: int) -> Window:
    return Window(START + timedelta(hours=start), START + timedelta(hours=start + length))


def seen(outlook: Outlook, table: str = TABLES[0]) -> int:
    outlook.limit([table])
    found = outlook.cursor.execute(f'SELECT count(*) FROM "{table}"').fetchall()
    return int(found[0][0])


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(1, 3), st.sampled_from(TABLES), st.booleans()),
        max_size=12,
    )
)
@settings(max_examples=30, deadline=None)
def test_each_sees_its_own_window(asked: list[tuple[int, int, str, bool]]) -> None:
    connection = database()
    outlooks = Outlooks(connection, "memory", {TABLES[0]})
    in_use: list[Outlook] = []
    for start, length, table, is_kept in asked:
        outlook = outlooks.on(hours(start, length))
        assert all(outlook is not other for other in in_use), "two have the same one"
        assert seen(outlook, table) == (length if table == TABLES[0] else 0)
        if is_kept:
            outlooks.keep(outlook)
        else:
            in_use.append(outlook)
    outlooks.close()


def test_one_is_used_again_on_its_window_only() -> None:
    outlooks = Outlooks(database(), "memory", {TABLES[0]})
    first = outlooks.on(hours(0, 5))
    assert seen(first) == 5
    outlooks.keep(first)
    assert outlooks.on(hours(0, 5)) is first
    outlooks.keep(first)
    second = outlooks.on(hours(0, 6))
    assert second is not first
    assert seen(second) == 6
    outlooks.keep(second)
    with pytest.raises(duckdb.Error):
        first.cursor.execute("SELECT 1")
    outlooks.close()


def test_no_more_are_kept_than_are_asked_at_once() -> None:
    outlooks = Outlooks(database(), "memory", {TABLES[0]})
    many = [outlooks.on(hours(0, 5)) for _ in range(20)]
    for outlook in many:
        outlooks.keep(outlook)
    again = [outlooks.on(hours(0, 5)) for _ in range(20)]
    assert len({id(one) for one in again} & {id(one) for one in many}) == 8
    outlooks.close()


def test_what_comes_back_after_the_end_is_closed() -> None:
    outlooks = Outlooks(database(), "memory", {TABLES[0]})
    idle, late = outlooks.on(hours(0, 5)), outlooks.on(hours(0, 5))
    outlooks.keep(idle)
    outlooks.close()
    outlooks.keep(late)
    for outlook in (idle, late):
        with pytest.raises(duckdb.Error):
            outlook.cursor.execute("SELECT 1")
    with pytest.raises(duckdb.Error):
        outlooks.on(hours(0, 5))


def test_many_threads_share_them() -> None:
    outlooks = Outlooks(database(), "memory", {TABLES[0]})
    wrong: list[str] = []

    def work(length: int) -> None:
        for _ in range(30):
            outlook = outlooks.on(hours(0, length))
            if seen(outlook) != length:
                wrong.append(f"{length} hours")
            outlooks.keep(outlook)

    threads = [threading.Thread(target=work, args=(1 + n % 2,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    outlooks.close()
