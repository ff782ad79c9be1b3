"""A folded query says what it said: the same columns, types and rows, or the same failure."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import Any

import duckdb
import duckdb_kql
import msgspec
import pytest
import shipping
from folded_texts import DETAILS, NAMES, TYPED, WHOLE
from hypothesis import given, settings
from hypothesis import strategies as st
from iotriage.queries.evidence.engine import connect, translatable_text
from iotriage.queries.evidence.folding import folded
from iotriage.queries.evidence.known_forms import is_of_kind
from iotriage.queries.evidence.made_rows import create_tables
from iotriage.queries.evidence.sql_tree import parsed, written
from iotriage.queries.evidence.tables import TABLES
from iotriage.queries.evidence.translations import SHIPPED, Shipped, digest

COLUMNS = ("s", "l", "r", "b", "d", "z", "j", "j.a")
OF_ONE = (
    "tostring({x})",
    "toint({x})",
    "tolong(tostring({x}))",
    "todouble({x})",
    "tobool({x})",
    "todatetime({x})",
    "totimespan({x})",
    "gettype({x})",
    "isempty({x})",
    "isnotempty({x})",
    "isnull({x})",
    "tolower(tostring({x}))",
    'strcat({x}, "-", {x})',
    "strlen(tostring({x}))",
    "coalesce({x}, {x})",
    "parse_json(tostring({x}))",
    "iff(isnull({x}), 1, 2)",
    "pack_array({x}, n)",
    "array_length(pack_array({x}))",
    "hash_sha256(tostring({x}))",
    'replace_regex(tostring({x}), @"[0-9]", "#")',
    'extract(@"(\\\\d+)", 1, tostring({x}))',
    'split(tostring({x}), ",")',
    "not(isempty({x}))",
    "min_of({x}, {x})",
)
OF_TWO = ("{x} == {y}", "{x} != {y}", "{x} < {y}", "coalesce({x}, {y})", "iff(n > 2, {x}, {y})")


@cache
def tables() -> duckdb.DuckDBPyConnection:
    connection = connect()
    create_tables(connection)
    rows = [(device, name, text) for device in ("a", "b") for name in NAMES for text in DETAILS]
    connection.executemany(
        "INSERT INTO SecurityIoTRawEvent (DeviceId, RawEventName, EventDetails) VALUES (?, ?, ?)",
        rows,
    )
    return connection


def result(sql: str) -> tuple[Any, ...]:
    try:
        found = tables().execute(sql)
        columns = [(column[0], str(column[1])) for column in found.description or ()]
        return columns, sorted(map(repr, found.fetchall()))
    except duckdb.Error as error:
        return type(error).__name__, ""


def fold(sql: str) -> str:
    with duckdb.connect(":memory:") as connection:
        return folded(parsed(connection, sql), connection)


def same(kql: str) -> str:
    schema = {table: list(columns) for table, columns in TABLES.items()}
    sql = str(duckdb_kql.to_sql(kql, schema=schema, allow_write=False))
    short = fold(sql)
    assert result(short) == result(sql), short
    return short


def several(calls: list[str]) -> None:
    """All in one query; where that fails, whatever it does must be the same one by one."""
    columns = ", ".join(f"v{at} = {call}" for at, call in enumerate(calls))
    try:
        if result(same(f"{TYPED} t | extend {columns}"))[1]:
            return
    except duckdb_kql.KqlError:
        pass
    for call in calls:
        with suppress(duckdb_kql.KqlError):
            same(f"{TYPED} t | extend v = {call} | project n, v")


@pytest.mark.parametrize("function", OF_ONE)
def test_a_function_of_each_type(function: str) -> None:
    several([function.format(x=x) for x in COLUMNS])


@pytest.mark.parametrize("function", OF_TWO)
@pytest.mark.parametrize("x", ["s"])
def test_a_function_of_two_types(function: str, x: str) -> None:
    several([function.format(x=x, y=y) for y in COLUMNS])


@pytest.mark.parametrize("x", COLUMNS)
def test_a_condition_on_each_type(x: str) -> None:
    for condition in (
        f"isempty({x})",
        f"tostring({x}) == '5'",
        f"tostring({x}) =~ s",
        f"{x} == {x}",
    ):
        with suppress(duckdb_kql.KqlError):
            same(f"{TYPED} t | where {condition} | project n")


@given(
    st.text(st.sampled_from(" \t\r\n\f\v\ufeff{}[]\"a:,1/*#'")) | st.text(),
    st.sampled_from(["OBJECT", "ARRAY"]),
    st.sampled_from(["IS DISTINCT FROM", "IS NOT DISTINCT FROM"]),
)
@settings(max_examples=400, deadline=None)
def test_the_kind_of_a_text_as_json(text: str, kind: str, how: str) -> None:
    asked = f"json_type(TRY_CAST(x AS JSON)) {how} '{kind}'"
    tree = parsed(tables(), f"SELECT {asked} AS told FROM (SELECT $1 AS x)")
    listed = tree["statements"][0]["node"]["select_list"]
    listed[0] = is_of_kind(listed[0])
    short = written(tables(), tree)
    assert "json_type" not in short
    found = tables().execute(short, [text]).fetchall()
    assert found == tables().execute(f"SELECT {asked} FROM (SELECT $1 AS x)", [text]).fetchall()


@pytest.mark.parametrize("kql", WHOLE)
def test_whole_queries(kql: str) -> None:
    same(TYPED + kql)


@pytest.mark.parametrize("source", ["", " | extend RawEventName = strcat(RawEventName, '')"])
def test_only_what_is_stored_is_looked_up_by_its_ends(source: str) -> None:
    short = same(
        f"SecurityIoTRawEvent{source} | where RawEventName in ('b', 'a') | project DeviceId"
    )
    assert (">= 'a'" in short and "<= 'b'" in short) is not bool(source)


def test_what_is_taken_from_json_is_taken_at_once() -> None:
    """However many steps it takes, and whoever else reads them."""
    events = "let e = SecurityIoTRawEvent | extend d = parse_json(tostring(EventDetails)) | extend"
    steps = f"{events} k = tostring(d.k), at = tostring(d.at) | where k != 'x' | where at != k;"
    last = "e | extend w = tostring(d.who), v = tostring(d.what) | summarize count() by w, v, at"
    assert same(f"{steps} {last}").count("json_extract_string") == 1
    assert same(f"{steps} {last} | join kind=leftouter (e | distinct at) on at").count("$.who") == 1


def test_no_type_is_asked_for_while_a_question_runs() -> None:
    shipped = msgspec.json.decode(SHIPPED.read_bytes(), type=Shipped).translations
    # What looks for one value everywhere is asked now and then, and holds columns of every table.
    asked = {name: query for name, query in shipping.queries() if "/pivot." not in name}
    texts = {
        name: q for name, q in asked.items() if name.endswith(".text") and "_hints" not in name
    }
    assert len(texts) > 20
    for name, query in texts.items():
        assert "typeof(" not in shipped[digest(translatable_text(query))].sql, name


def test_a_constant_does_not_become_the_place_of_a_column() -> None:
    kind = "CASE typeof(x) WHEN 'a' THEN 1 ELSE 2 END"
    sql = f"SELECT count(*) AS c, max(x) FROM (SELECT 5 AS x) GROUP BY {kind}"
    assert result(fold(sql)) == result(sql)


def test_what_is_read_of_many_devices_is_read_where_it_is_chosen() -> None:
    text = """let e = SecurityIoTRawEvent | extend d = parse_json(EventDetails);
        let named = e | where RawEventName == "A" | project k = tostring(d.x);
        e | where RawEventName == "B" | extend k = tostring(d.y) | join kind=leftouter named on k"""
    short = same(text)
    assert "WITH" not in short
    assert short.count("RawEventName = '") == 2


def test_what_differs_each_time_is_made_once() -> None:
    sql = "WITH e AS (SELECT random() AS r), f AS (SELECT r, r AS q FROM e) SELECT r = q FROM f"
    assert result(fold(sql))[1] == ["(True,)"]
    sql = "WITH e AS (SELECT random() AS r, 1 AS n) SELECT a.r = b.r FROM e AS a, e AS b"
    assert result(fold(sql))[1] == ["(True,)"]


def test_a_step_that_a_query_orders_or_cuts_stays() -> None:
    cut = "SELECT * FROM range(9) t(n) ORDER BY n DESC LIMIT 3"
    sql = f"WITH e AS ({cut}) SELECT n FROM e WHERE n < 8"
    assert result(fold(sql)) == result(sql)


def test_what_cannot_be_typed_stays() -> None:
    sql = "SELECT CASE typeof(x) WHEN 'INTEGER' THEN 1 ELSE 'a' END FROM nowhere"
    assert "typeof" in fold(sql)


def test_the_row_with_the_greatest_value_is_looked_for_once() -> None:
    short = same(TYPED + "t | summarize arg_max(l, *), c = count() by b")
    assert short.count("arg_max(") == 1
    # Two of them are two rows, and rows without a value are rows.
    short = same(TYPED + "t | summarize arg_max(l, s, r), arg_max(d, i, z), min(n) by b")
    assert short.count("arg_max(") == 2
    same(TYPED + "t | where isnull(l) | summarize arg_max(l, *) by b")
    same(TYPED + "t | where n > 99 | summarize arg_max(l, *)")


def test_what_stands_for_a_missing_table_goes() -> None:
    table = "(t | project s, n)"
    same_columns = same(f"{TYPED} union {table}, (datatable(s: string)[])")
    assert "UNION" not in same_columns
    for kept in (
        "(datatable(s: long)[])",
        "(datatable(other: string)[])",
        "(datatable(s: string)[] | count)",
        "(datatable(s: string)['x'])",
    ):
        assert "UNION" in same(f"{TYPED} union {table}, {kept}"), kept


def test_what_is_cheap_is_asked_before_json_is_taken_apart() -> None:
    of_json = "tostring(parse_json(Entities).a) == 'x'"
    short = same(f"SecurityAlert | where {of_json} | where AlertName == 'y' | project AlertName")
    where = short.partition("WHERE")[2]
    assert where.index("'y'") < where.index("'x'")


def test_a_search_of_what_is_missing_finds_nothing() -> None:
    short = same(TYPED + "let v = tostring(dynamic(null)); t | project n, c = s contains_cs v")
    assert short
    for text in ("s", "tostring(j.a)", "tostring(l)"):
        same(f"{TYPED} t | project n, c = {text} contains_cs s, w = s startswith_cs {text}")
