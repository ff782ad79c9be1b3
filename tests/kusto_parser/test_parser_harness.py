"""The check by Microsoft's parser is itself checked: it has to be able to say no."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from iotriage.queries.kusto_parser.parser import (
    FOLDER,
    PACKAGE,
    Checked,
    KustoParser,
    Literal,
    ParserError,
    ParserMissing,
    find_parser,
)
from iotriage.queries.kusto_parser.schemas import TABLES
from iotriage.queries.literals import Parameter, literal, prologue

from .fixture import REQUIRED, without_parser

LONGS = st.integers(-(2**63), 2**63 - 1)
# The parser's JavaScript build counts ticks in a double: exact up to 2**53, or 28 years.
TIMESPANS = st.timedeltas(timedelta(days=-10000), timedelta(days=10000))
# A day off either end of the calendar, so that every zone's time has its UTC.
DATETIMES = st.datetimes(
    datetime.min + timedelta(days=1),
    datetime.max - timedelta(days=1),
    timezones=st.sampled_from([UTC, *(timezone(timedelta(minutes=m)) for m in (-720, 330, 840))]),
)

HOSTILE = [
    *(f"a{chr(code)}b" for code in range(256)),
    *(chr(code) for code in range(0x2000, 0x2010)),
    *"\u2028\u2029\u202e\u2066\u3000\ufeff\ufffd\ufffe\uffff\U0001f600\U0010ffff",
    "",
    " ",
    '"',
    "'",
    "\\",
    '\\"',
    '\\\\"',
    "ends in \\",
    "\\q \\u00e9 \\x41 \\0",
    "```",
    "~~~",
    "// no comment",
    "/* no comment */",
    'x" | take 1 //',
    'x"; SecurityAlert | count; print "',
    "x' or 1==1",
    '{"a": "b\\n"}',
    "two\r\nlines\n",
    "\t\u0000\u001b[31m",
    "'; .drop table SecurityAlert",
    "h@'x'",
    '@"x"',
    "e\u0301 \u00e9 ﬁ İ ß",
    "x" * 5000,
]


def said(checked: Checked) -> list[str]:
    return [str(found) for found in checked.diagnostics]


def lexed_back(parser: KustoParser, value: Parameter, expected: Literal) -> None:
    checked = parser.check(prologue({"p": value}) + "print x = p")
    assert said(checked) == []
    assert checked.literals == (expected,)
    assert checked.types() == {"x": expected.type}


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        pytest.param("SecurityAlert\n| where (\n", "KS006", 2, 10, id="syntax error"),
        pytest.param("SecurityAlert\n| where Nope == 1", "KS142", 2, 9, id="unknown column"),
        pytest.param("Nope\n| count", "KS204", 1, 1, id="unknown table"),
        pytest.param("SecurityAlert | extend x = strlen(5)", "KS141", 1, 35, id="argument type"),
        pytest.param("print a = nope(1)", "KS211", 1, 11, id="unknown function"),
        pytest.param("print '\U0001f600\U0001f600', nope", "KS142", 1, 13, id="characters counted"),
        pytest.param('print x = "two\nlines"', "KS001", 1, 15, id="newline in a literal"),
        pytest.param('print x = "\\q"', "KS001", 1, 12, id="unknown escape"),
        pytest.param(
            "SecurityIoTRawEvent | where EventDetails.UserName == 'x'",
            "KS142",
            1,
            42,
            id="details are text in this table",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    kusto_parser: KustoParser, text: str, code: str, line: int, column: int
) -> None:
    checked = kusto_parser.check(text)
    found = [(each.code, each.line, each.column) for each in checked.diagnostics]
    assert (code, line, column) in found, said(checked)
    assert {each.severity for each in checked.diagnostics} == {"Error"}


def test_a_fuzzy_union_only_warns_of_a_missing_table(kusto_parser: KustoParser) -> None:
    checked = kusto_parser.check("union isfuzzy=true SecurityIoTRawEvent, Nope | count")
    assert [(each.severity, each.code) for each in checked.diagnostics] == [("Warning", "KS205")]


def test_a_right_query_gives_its_columns_and_types(kusto_parser: KustoParser) -> None:
    checked = kusto_parser.check(
        'let device = "cam-1";\n'
        "union SecurityIoTRawEvent,\n"
        "    (DefenderIoTRawEvent | project-rename d = EventDetails)\n"
        "| where DeviceId == device\n"
        "| summarize First = min(TimeGenerated), Events = count(),\n"
        "    Names = make_set(pack_array(RawEventName)), Empty = max(IsEmpty),\n"
        "    Share = avg(_BilledSize), Span = max(TimeStamp) - min(TimeStamp),\n"
        "    Port = toint(take_any(EventDetails)) by DeviceId"
    )
    assert said(checked) == []
    assert list(checked.types().items()) == [
        ("DeviceId", "string"),
        ("First", "datetime"),
        ("Events", "long"),
        ("Names", "dynamic"),
        ("Empty", "bool"),
        ("Share", "real"),
        ("Span", "timespan"),
        ("Port", "int"),
    ]


def test_columns_are_those_of_the_last_statement(kusto_parser: KustoParser) -> None:
    assert kusto_parser.check("let a = SecurityAlert;\na | count").types() == {"Count": "long"}
    assert kusto_parser.check("let a = SecurityAlert;").columns == ()


@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_known_as_declared(kusto_parser: KustoParser, table: str) -> None:
    checked = kusto_parser.check(table)
    assert said(checked) == []
    assert checked.types() == TABLES[table]


def test_hostile_texts_are_lexed_back_to_themselves(kusto_parser: KustoParser) -> None:
    checked = kusto_parser.check("print " + ", ".join(literal(text) for text in HOSTILE))
    assert said(checked) == []
    assert [found.value for found in checked.literals] == HOSTILE
    assert {column.type for column in checked.columns} == {"string"}


@settings(max_examples=300, deadline=None)
@given(text=st.text())
def test_any_text_is_lexed_back_to_itself(kusto_parser: KustoParser, text: str) -> None:
    lexed_back(kusto_parser, text, Literal("string", text))


@settings(max_examples=100, deadline=None)
@given(value=LONGS)
def test_any_long_is_lexed_back_to_itself(kusto_parser: KustoParser, value: int) -> None:
    lexed_back(kusto_parser, value, Literal("long", str(value)))


@settings(max_examples=100, deadline=None)
@given(value=TIMESPANS)
def test_any_timespan_is_lexed_back_to_itself(kusto_parser: KustoParser, value: timedelta) -> None:
    ticks = value // timedelta(microseconds=1) * 10
    lexed_back(kusto_parser, value, Literal("timespan", str(ticks)))


@settings(max_examples=100, deadline=None)
@given(value=DATETIMES)
def test_any_datetime_is_lexed_back_to_itself(kusto_parser: KustoParser, value: datetime) -> None:
    utc = value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
    lexed_back(kusto_parser, value, Literal("datetime", f"{utc}Z"))


@pytest.mark.parametrize("value", [True, False])
def test_a_bool_is_lexed_back_to_itself(kusto_parser: KustoParser, value: bool) -> None:
    lexed_back(kusto_parser, value, Literal("bool", str(value).lower()))


def test_a_word_after_kind_is_no_literal(kusto_parser: KustoParser) -> None:
    text = 'SecurityAlert | join kind=leftanti (print AlertName = "x") on AlertName'
    assert kusto_parser.check(text).literals == (Literal("string", "x"),)


def test_a_lexed_value_shows_a_literal_that_means_something_else(
    kusto_parser: KustoParser,
) -> None:
    checked = kusto_parser.check(r'print x = "C:\temp"')
    assert said(checked) == []
    assert checked.literals == (Literal("string", "C:\temp"),)


def test_an_unknown_type_in_a_schema_stops_the_parser(kusto_parser: KustoParser) -> None:
    with pytest.raises(ParserError, match=r"T\.a: Kusto has no type text"):
        KustoParser({"T": {"a": "text"}}).__enter__()


def test_a_dead_parser_is_an_error_and_not_an_answer(kusto_parser: KustoParser) -> None:
    with KustoParser({}, patience=30) as parser:
        parser._process.kill()
        with pytest.raises(ParserError, match="ended"):
            parser.check("print 1")


def test_the_folder_given_decides_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "node_modules" / PACKAGE).mkdir(parents=True)
    monkeypatch.setenv(FOLDER, str(tmp_path / "node_modules"))
    assert find_parser() == tmp_path / "node_modules"
    # Whoever works in a folder of somebody else runs nothing that lies there.
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(FOLDER)
    assert find_parser() is None
    monkeypatch.setenv(FOLDER, str(tmp_path / "elsewhere"))
    assert find_parser() is None


def test_without_the_package_the_reason_is_clear(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path))
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    with pytest.raises(ParserMissing, match=f"{PACKAGE} is not installed"):
        KustoParser().__enter__()


def test_without_node_the_reason_is_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(ParserMissing, match="needs Node"):
        KustoParser().__enter__()


def test_a_missing_parser_skips_unless_it_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(REQUIRED, raising=False)
    with pytest.raises(pytest.skip.Exception, match="no parser"):
        without_parser(ParserMissing("no parser"))
    monkeypatch.setenv(REQUIRED, "1")
    with pytest.raises(pytest.fail.Exception, match="no parser"):
        without_parser(ParserMissing("no parser"))
