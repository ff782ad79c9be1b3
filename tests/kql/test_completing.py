"""What is offered: it fits, both engines know it, and no value is touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iotriage.queries.evidence.tables import TABLES
from iotriage.queries.evidence.trying import NoRows
from iotriage.queries.kql.completing import complete
from iotriage.queries.kql.words import AGGREGATES, OPERATORS, SCALARS
from iotriage.queries.kusto_parser.parser import KustoParser
from iotriage.queries.packs.loading import load_pack

PARAMETERS = ("device", "hub", "windowStart", "windowEnd")
EXACT = load_pack("exact")


def offered(text: str) -> tuple[str, ...]:
    """At the sign ^ of a text."""
    at = text.index("^")
    return complete(text.replace("^", ""), at, PARAMETERS).words


@pytest.mark.parametrize(
    ("text", "first", "never"),
    [
        ("^", "SecurityAlert", "AlertName"),
        ("Sec^", "SecurityAlert", "where"),
        ("SecurityAlert | ^", "where", "AlertName"),
        ("SecurityAlert | su^", "summarize", "sum"),
        ("SecurityAlert | where AlertN^", "AlertName", "RawEventName"),
        ("SecurityAlert | where alertn^", "AlertName", "RawEventName"),
        ("SecurityAlert | where Raw^", None, "RawEventName"),
        ("SecurityIoTRawEvent | where DeviceId == dev^", "device", "DeviceName"),
        ("let mine = SecurityAlert;\nmi^", "mine", "AlertName"),
        ("let mine = ^", "SecurityAlert", "AlertName"),
        ("union Def^", "DefenderIoTRawEvent", "DeviceId"),
        ("union isfuzzy=true (Def^", "DefenderIoTRawEvent", "DeviceId"),
        ("SecurityAlert | join kind=inner (Sec^", "SecurityAlert", "SystemAlertId"),
        ("SecurityAlert | summarize c^", "count", "CompromisedEntity0"),
        ("SecurityAlert | extend Mine = 1 | where Mi^", "Mine", "Minee"),
        ("SecurityAlert | where strlen(AlertS^", "AlertSeverity", "SecurityAlert"),
        ("SecurityAlert | where AlertName h^", "has", "where"),
        ("union (SecurityAlert | take 1), (Sec^", "SecurityAlert", "SystemAlertId"),
        ("union (SecurityAlert | project Al^", "AlertLink", "SecurityAlert"),
        ("SecurityAlert | where strcat(AlertName, Al^", "AlertLink", "SecurityAlert"),
        ("print strlen(^", "TenantId", "SecurityAlert"),
        ("SecurityAlert | where tolong((Al^", "AlertLink", "SecurityAlert"),
        ("SecurityAlert | where strcat(AlertName, (Al^", "AlertLink", "SecurityAlert"),
        ("union ((Sec^", "SecurityAlert", "SystemAlertId"),
        ("SecurityAlert | join kind=inner ((Sec^", "SecurityAlert", "SystemAlertId"),
        ('SecurityAlert | where AlertName == "^', None, "AlertName"),
        ('SecurityAlert | where AlertName == "Sec^"', None, "SecurityAlert"),
        ("SecurityAlert // Sec^", None, "SecurityAlert"),
        ("let ^", None, "SecurityAlert"),
        ("print 1^", None, "x"),
    ],
)
def test_what_is_offered(text: str, first: str | None, never: str) -> None:
    words = offered(text)
    assert never not in words
    if first is None:
        assert words == () or first in words
    else:
        assert words[0] == first


@given(st.text(st.sampled_from("aSD |(),;=\"'\n/.") | st.characters(), max_size=50), st.data())
def test_what_is_offered_goes_on_from_what_stands_there(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    found = complete(text, at, PARAMETERS)
    assert 0 <= found.start <= found.end == at
    begun = text[found.start : found.end]
    assert all(begun.lower() in word.lower() for word in found.words)
    assert begun not in found.words
    assert len(set(found.words)) == len(found.words)


@given(st.sampled_from(sorted(EXACT.questions)), st.data())
def test_a_word_that_was_begun_can_be_ended(name: str, data: st.DataObject) -> None:
    """Columns and tables of the packs, cut within, are offered where they were cut."""
    text = EXACT.questions[name].text
    known = set(TABLES) | {column for table in TABLES.values() for column in table}
    from iotriage.queries.kql.tokens import Kind, tokens

    places = [t for t in tokens(text) if t.kind is Kind.WORD and t.text in known]
    token = data.draw(st.sampled_from(places))
    cut = data.draw(st.integers(1, len(token.text) - 1))
    at = token.start + cut
    words = complete(text[:at] + " " + text[token.end :], at, PARAMETERS).words
    before = text[: token.start].rstrip()
    # After "d." a member of the event is meant; new names are free.
    if not before.endswith(".") and not text[token.end :].lstrip().startswith(("=", ":")):
        assert token.text in words


CALLS = {
    "abs": "abs(1)", "array_concat": "array_concat(d, d)", "array_index_of": "array_index_of(d, 1)",
    "array_slice": "array_slice(d, 0, 1)", "ago": "ago(1d)", "bag_pack": "bag_pack('a', 1)",
    "bin": "bin(1, 2)", "binary_and": "binary_and(1, 2)", "binary_or": "binary_or(1, 2)",
    "binary_xor": "binary_xor(1, 2)", "case": "case(true, 1, 2)", "ceiling": "ceiling(1.5)",
    "coalesce": "coalesce(s, s)", "countof": "countof(s, 'a')",
    "datetime_add": "datetime_add('day', 1, t)", "datetime_diff": "datetime_diff('day', t, t)",
    "datetime_part": "datetime_part('day', t)", "exp": "exp(1.0)",
    "extract": "extract('a', 0, s)", "extract_all": "extract_all('(a)', s)",
    "floor": "floor(1.5, 1.0)", "format_datetime": "format_datetime(t, 'yyyy')",
    "iff": "iff(true, 1, 2)", "indexof": "indexof(s, 'a')", "isfinite": "isfinite(1.0)",
    "isnan": "isnan(1.0)", "log": "log(1.0)", "log10": "log10(1.0)", "log2": "log2(1.0)",
    "make_datetime": "make_datetime(2026, 1, 1)", "make_timespan": "make_timespan(1, 1)",
    "materialize": None, "max_of": "max_of(1, 2)", "min_of": "min_of(1, 2)", "not": "not(true)",
    "pow": "pow(1, 2)", "replace_regex": "replace_regex(s, 'a', 'b')",
    "replace_string": "replace_string(s, 'a', 'b')", "round": "round(1.5)",
    "set_has_element": "set_has_element(d, 'a')", "sign": "sign(1)", "split": "split(s, 'a')",
    "sqrt": "sqrt(1.0)", "strcat_array": "strcat_array(d, ',')",
    "strcat_delim": "strcat_delim(',', s, s)", "strrep": "strrep(s, 2)",
    "substring": "substring(s, 0, 1)", "toscalar": None, "trim": "trim('a', s)",
    "trim_end": "trim_end('a', s)", "trim_start": "trim_start('a', s)", "zip": "zip(d, d)",
}  # fmt: skip
DYNAMICS = ("array_length", "array_reverse", "array_sort_asc", "array_sort_desc", "array_sum")
MOMENTS = ("dayof", "endof", "startof", "getmonth", "getyear", "hourofday", "monthofyear", "week")


def call(name: str) -> str | None:
    if name in CALLS:
        return CALLS[name]
    if name in DYNAMICS:
        return f"{name}(d)"
    return f"{name}(t)" if name.startswith(MOMENTS) else f"{name}(s)"


def test_both_engines_know_every_function(kusto_parser: KustoParser) -> None:
    calls = {name: text for name in SCALARS if (text := call(name))}
    body = ", ".join(f"x{at} = {text}" for at, text in enumerate(calls.values()))
    text = (
        "SecurityAlert | extend s = AlertName, t = TimeGenerated, d = parse_json(Entities)\n"
        f"| extend {body}"
    )
    assert [str(found) for found in kusto_parser.check(text).diagnostics] == []
    assert_possible(text)


AGGREGATE_CALLS = {
    "arg_max": "arg_max(t, s)", "arg_min": "arg_min(t, s)", "avg": "avg(n)",
    "avgif": "avgif(n, true)", "count": "count()", "countif": "countif(true)",
    "dcountif": "dcountif(s, true)", "percentile": "percentile(n, 50)",
    "stdevif": "stdevif(n, true)", "sumif": "sumif(n, true)", "varianceif": "varianceif(n, true)",
}  # fmt: skip


def test_both_engines_know_every_aggregate(kusto_parser: KustoParser) -> None:
    body = ", ".join(
        f"x{at} = {AGGREGATE_CALLS.get(name, f'{name}(n)')}"
        for at, name in enumerate(AGGREGATES)
        if not name.startswith("arg_")
    )
    for text in (
        f"SecurityAlert | extend s = AlertName, n = strlen(AlertName) | summarize {body}",
        "SecurityAlert | extend t = TimeGenerated, s = AlertName | summarize arg_max(t, s)",
        "SecurityAlert | extend t = TimeGenerated, s = AlertName | summarize arg_min(t, s)",
        "let a = materialize(SecurityAlert); print x = toscalar(a | count)",
    ):
        assert [str(found) for found in kusto_parser.check(text).diagnostics] == []
        assert_possible(text)


ARGUMENTS = {
    "where": "AlertName == ''", "extend": "x = 1", "project": "AlertName",
    "summarize": "count() by AlertName", "order by": "AlertName", "take": "1", "count": "",
    "distinct": "AlertName", "top": "1 by AlertName",
    "join": "kind=inner (SecurityAlert) on AlertName",
    "lookup": "kind=leftouter (SecurityAlert) on AlertName", "union": "SecurityAlert",
    "mv-expand": "x = parse_json(Entities)", "parse": "AlertName with * 'x' y:long",
    "parse-where": "AlertName with * 'x' y:long", "project-away": "AlertName",
    "project-rename": "x = AlertName", "sort by": "AlertName", "limit": "1", "getschema": "",
}  # fmt: skip


@pytest.mark.parametrize("operator", OPERATORS)
def test_both_engines_know_every_operator(kusto_parser: KustoParser, operator: str) -> None:
    text = f"SecurityAlert | {operator} {ARGUMENTS[operator]}"
    assert [str(found) for found in kusto_parser.check(text).diagnostics] == []
    assert_possible(text)


def assert_possible(text: str) -> None:
    from datetime import UTC, datetime

    from iotriage.queries.questions import Query
    from iotriage.queries.window import Window

    window = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))
    with NoRows() as rows:
        assert rows.columns(Query("q", {}, text), window)
