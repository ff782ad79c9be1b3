"""Values as KQL literals: what the offline engine reads back is what was put in.

That Microsoft's lexer reads them back too is in the parser's own tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from files import NOW, asked, event
from hypothesis import example, given, settings
from hypothesis import strategies as st
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.literals import LiteralError, Parameter, literal, prologue
from iotriage.queries.questions import Query
from oracle.build import HOSTILE, HOSTILE_TEXTS

LONGS = st.integers(-(2**63), 2**63 - 1)
# plain_value() takes years 1 and 9999 for nonsense a device wrote.
DATETIMES = st.datetimes(
    datetime(2, 1, 2),
    datetime(9998, 12, 30),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-12)), timezone(timedelta(hours=14))]),
)
TIMESPANS = st.timedeltas(timedelta(days=-10_000), timedelta(days=10_000))
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,20}", fullmatch=True)
# A text is translated once and remembered, so a text made up for each example is a new one.
FEW = settings(max_examples=40, deadline=None)


@pytest.fixture(scope="module")
def engine() -> Iterator[Evidence]:
    evidence = Evidence.of_rows("ONE", {"SecurityIoTRawEvent": [event("one")]}, NOW)
    yield evidence
    evidence.close()


def read_back(engine: Evidence, value: Parameter) -> Any:
    """The value as the engine reads the literal, in a text without parameters."""
    answer = asked(engine, f"print x = {literal(value)}")
    assert answer.failure == ""
    ((cell,),) = answer.rows
    return cell


@FEW
@given(st.text(st.characters(exclude_characters="\0", codec="utf-8")))
@example(HOSTILE)
@example("".join(text for text in HOSTILE_TEXTS if "\0" not in text))
@example('\\"\\\\" \\n \\u0041 \u2028\u2029\x85 ``` ~~~ // \' @"x"')
def test_any_text_is_read_back(engine: Evidence, text: str) -> None:
    assert read_back(engine, text) == text


@FEW
@given(st.text())
@example("nul\0inside")
def test_any_text_is_bound_as_it_is(engine: Evidence, text: str) -> None:
    # How the questions are asked offline: a value never becomes a part of the text.
    assert asked(engine, "print x = device", device=text).rows == ((text,),)


@FEW
@given(LONGS)
@example(-(2**63))
@example(2**63 - 1)
def test_any_long_is_read_back(engine: Evidence, value: int) -> None:
    assert read_back(engine, value) == value


@FEW
@given(DATETIMES)
def test_any_moment_is_read_back(engine: Evidence, value: datetime) -> None:
    assert read_back(engine, value) == value
    assert asked(engine, "print x = w", w=value).rows == ((value.astimezone(UTC),),)


@FEW
@given(TIMESPANS)
@example(timedelta(microseconds=1))
@example(-timedelta(days=1, microseconds=1))
def test_any_span_counts_what_it_should(engine: Evidence, value: timedelta) -> None:
    # Bound, not written: offline no ticks are read, and Microsoft's parser reads nothing finer.
    answer = asked(engine, "print x = datetime(2126-03-02) + s", s=value)
    assert answer.rows == ((datetime(2126, 3, 2, tzinfo=UTC) + value,),)
    # It comes back as Kusto writes it, which is a literal that both read.
    ((text,),) = asked(engine, "print x = s", s=value).rows
    assert asked(engine, f"print x = timespan({text})").rows == ((text,),)


@pytest.mark.parametrize("value", [True, False])
def test_a_bool_is_read_back(engine: Evidence, value: bool) -> None:
    assert read_back(engine, value) is value


WRITTEN: dict[str, Parameter] = {
    '"plain"': "plain",
    '""': "",
    r'"a\\b\"c\n\r\t"': 'a\\b"c\n\r\t',
    '"it\'s {device} é \u2028"': "it's {device} é \u2028",
    "true": True,
    "long(-7)": -7,
    "datetime(2026-03-02T12:00:00.000000Z)": datetime(2026, 3, 2, 12, tzinfo=UTC),
    "datetime(2026-03-02T10:00:00.000001Z)": datetime(
        2026, 3, 2, 12, 0, 0, 1, tzinfo=timezone(timedelta(hours=2))
    ),
    "timespan(36000000000 tick)": timedelta(hours=1),
    "timespan(-10 tick)": -timedelta(microseconds=1),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_a_literal_is_written_so(text: str) -> None:
    assert literal(WRITTEN[text]) == text


@pytest.mark.parametrize(
    "value",
    [
        "\ud800",
        "a\udfffb",
        2**63,
        -(2**63) - 1,
        datetime(2026, 3, 2),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=1))),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-1))),
        1.5,
        None,
        b"bytes",
        ["list"],
    ],
)
def test_what_has_no_literal_is_refused(value: Any) -> None:
    with pytest.raises(LiteralError) as caught:
        literal(value)
    assert len(str(caught.value).splitlines()) == 1


@given(st.dictionaries(NAMES, st.text() | LONGS | st.booleans(), max_size=5))
def test_a_prologue_is_one_let_a_line(parameters: dict[str, Parameter]) -> None:
    lines = prologue(parameters).split("\n")
    assert lines.pop() == ""
    assert len(lines) == len(parameters)
    for line, (name, value) in zip(lines, parameters.items(), strict=True):
        assert line == f"let {name} = {literal(value)};"


@pytest.mark.parametrize(
    "name",
    ["", " ", "1a", "a b", "a-b", "a.b", "a;", "x = 1; let y", "['x']", "ä", "a\n", "a\u2028", '"'],
)
def test_a_name_that_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(LiteralError, match="is no KQL name"):
        prologue({"fine": 1, name: "x"})


def test_a_query_shows_the_text_that_is_sent(engine: Evidence) -> None:
    query = Query("q", {"device": 'x"\n', "n": 5}, "print x = strcat(device, n)")
    assert query.kql == 'let device = "x\\"\\n";\nlet n = long(5);\nprint x = strcat(device, n)'
    # The whole text, values in it as literals, answers what the parameters did.
    bound = asked(engine, query.text, **query.parameters)
    assert asked(engine, query.kql).rows == bound.rows == (('x"\n5',),)
    assert bound.kql == query.kql


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (timedelta(0), "00:00:00"),
        (timedelta(days=1, hours=2, minutes=3, seconds=4), "1.02:03:04"),
        (timedelta(microseconds=1), "00:00:00.0000010"),
        (-timedelta(microseconds=1), "-00:00:00.0000010"),
        (-timedelta(days=400, seconds=86399, milliseconds=500), "-400.23:59:59.5000000"),
    ],
)
def test_a_span_comes_back_as_kusto_writes_it(
    engine: Evidence, value: timedelta, text: str
) -> None:
    answer = asked(engine, "print x = s", s=value)
    assert (answer.columns[0].type, answer.rows) == ("timespan", ((text,),))
