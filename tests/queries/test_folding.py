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
from iotriage.queries.evidence.engine import connect, translatable_text
from iotriage.queries.evidence.folding import folded
from iotriage.queries.evidence.made_rows import create_tables
from iotriage.queries.evidence.sql_tree import parsed
from iotriage.queries.evidence.tables import TABLES
from iotriage.queries.evidence.translations import SHIPPED, Shipped, digest

#: One column of each type, with an empty, an odd and a missing value among its rows.
TYPED = """let t = datatable(n: long, s: string, l: long, i: int, r: real, b: bool, d: datetime,
    z: timespan, j: dynamic)[
  1, "a", 5, 5, 1.5, true, datetime(2026-01-02T03:04:05.678Z), 1d, dynamic({"a": 1, "b": ["x"]}),
  2, "", 0, 0, 0.0, false, datetime(0001-01-01), 0s, dynamic([]),
  3, "[1]", -7, -7, real(nan), true, datetime(9999-12-31), 3h, dynamic([1, "A", null]),
  4, "A", long(null), int(null), real(null), bool(null), datetime(null), timespan(null),
     dynamic(null),
  5, "2026-01-02", 1, 1, 1e300, false, datetime(2026-01-02), 5m, dynamic("text"),
  6, "true", 2, 2, -0.5, true, datetime(1970-01-01), 90061s, dynamic(17)];
"""
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
WHOLE = (
    "t | where s in~ ('a', 'TRUE') and not(b)",
    "t | where s =~ 'A' or l between (0 .. 3)",
    "t | where s == 'a' | extend k = case(s == 'a', 1, s == 'b', 2, 3)",
    "t | where s has 'a' or s contains 'R' or s startswith 't' or s matches regex '^2'",
    "t | summarize count(), make_set(pack_array(s)), make_list(l), max(d), sum(r), any(b) by b",
    "t | summarize countif(b), sumif(l, b), dcount(s), arg_max(d, *), min(z)",
    "t | summarize x = max(tostring(j)) by s = tostring(j.a), m = bin(d, 1d)",
    "t | summarize c = count() by iff(isempty(s), 'none', gettype(j))",
    "t | summarize c = count() by gettype(l)",
    "t | mv-expand e = j | extend k = tostring(e), g = gettype(e)",
    "t | join kind=leftouter (t | project s, l2 = l) on s | project n, s, l2, k = coalesce(l2, 0)",
    "t | join kind=inner (t | where b | project n, q = j) on n | extend g = gettype(q)",
    "union t, (t | extend extra = tostring(j)) | extend g = gettype(extra), v = coalesce(extra, s)",
    "let u = t | extend k = parse_json(s); u | extend g = gettype(k), v = tostring(k)",
    "let top1 = toscalar(t | summarize max(s)); t | where s == top1 | project n, top1",
    "t | distinct s, b | order by s asc | project s, k = tostring(b)",
    "t | extend k = split(s, '') | mv-expand k to typeof(string) | where k != '' | project n, k",
    "t | order by d desc, n asc | take 3 | project n, d",
    "t | where isnotnull(todatetime(tostring(j))) or todatetime(s) > datetime(2020-01-01)",
    "range x from 1 to 3 step 1 | extend k = tostring(x), g = gettype(x)",
    "print a = tostring(dynamic({'x': 1})), b = gettype(1d), c = coalesce(bool(null), true)",
    "SecurityAlert | extend g = gettype(ConfidenceScore), k = tostring(IsIncident)",
    # Steps put together.
    "t | extend s = strcat(s, 'x') | extend k = s, s = strcat(s, 'y') | where s != 'y'",
    "t | extend v = strlen(s) | where v > 0 | extend w = v * v | summarize sum(w) by v",
    "t | extend k = n | where k > 1 | summarize c = count() by n = k % 2 | where c > 1",
    "t | extend k = 1 | summarize c = count() by k",
    "t | order by n asc | take 3 | where b | project n",
    "t | where b | order by n desc | project s, n | take 1",
    "t | summarize c = count() | extend d = c * 2 | project d",
    "let e = t | extend g = strcat(s, l); union (e | where s == 'a' | project g),"
    " (e | where n in (1, 3) | project n, g)",
    "let t2 = t | where b; t | join kind=leftouter t2 on n | join kind=inner t2 on n",
    "let s = 'A'; t | where s =~ s | project n",
    "let m = toscalar(t | where b | summarize max(n)); t | extend at = n == m | where at",
    "t | where s in ((t | where b | project s)) | project n",
    "t | join kind=leftsemi (t | where l > 0 | project n) on n | project s",
    # Columns that nobody reads.
    "union (t | project n, s), (t | project n, l, x = r) | project n",
    "union (t | project n, s), (t | project l) | summarize count() by s",
    "t | distinct s, b | summarize count() by b",
    "t | mv-expand e = j | project n",
    "t | summarize arg_max(l, *), c = count() by b | project b, s",
    "t | extend u = strcat(s, l) | summarize c = count()",
    "t | join kind=inner (t | project n, s, r) on n | project s1, r1",
    "t | project-away s | extend k = tostring(j.a) | project-away j | project k",
    # Several texts of one JSON value.
    "t | extend a = tostring(j.a), b2 = tostring(j.b), c = tostring(j.c) | project n, a, b2, c",
    "t | extend k = parse_json(s) | extend a = tostring(k.a), b2 = tostring(k.b.c) | where a != ''",
    "t | extend ['j texts'] = s | project a = tostring(j.a), b2 = tostring(j.b), ['j texts']",
    "print j = dynamic({'a': 1.10, 'b': 1e5, 'c': null, 'd': 'x\\ny', 'e': {'f': [1]}, 'g': true})"
    " | project tostring(j.a), tostring(j.b), tostring(j.c), tostring(j.d), tostring(j.e),"
    " tostring(j.e.f), tostring(j.g), tostring(j.z)",
    # What is asked of a type by its name, and lists that are written as JSON.
    "t | where gettype(j) == 'dictionary' or gettype(j) != 'array' | project n",
    "t | extend x = gettype(j) == 'null', y = gettype(j) == 'long', z = gettype(j) != 'array'",
    "t | summarize make_set(pack_array(j)), make_set(pack_array(s, r)) by b",
    "t | summarize make_set(iff(b, dynamic([]), pack_array(s))) by n % 2",
    "t | summarize make_set(iff(b, pack_array(tostring(j)), dynamic([])))",
    "t | join kind=leftouter (t | where b | project n, k = s) on n"
    " | summarize make_set(pack_array(k))",
    "t | extend k = todatetime(tostring(j.a)), m = todatetime(s), o = todatetime('')",
    "t | where s contains_cs 'A' or s contains_cs '%' or s contains_cs tostring(l) | project n",
    "print s = 'a%_\\\\b' | where s contains_cs '%_' and s contains_cs '\\\\b'",
)


@cache
def tables() -> duckdb.DuckDBPyConnection:
    connection = connect()
    create_tables(connection)
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


@pytest.mark.parametrize("kql", WHOLE)
def test_whole_queries(kql: str) -> None:
    same(TYPED + kql)


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
