"""Every text of both packs in front of Microsoft's own parser, with values meant to break it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from held import ADDED, PACKS, WINDOW, asked, question_of, scope
from iotriage.queries.asking import Scope, ask, drill_down
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.kusto_parser.parser import Checked, KustoParser
from iotriage.queries.packs.loading import REQUIRED
from iotriage.queries.questions import Query, Question
from iotriage.queries.window import Window
from oracle import traps
from oracle.build import HOSTILE_TEXTS

#: Each alone is lexed back to itself in the parser's own tests; here they meet the catalogue.
ALL_AT_ONCE = "\u2029".join(
    (
        *HOSTILE_TEXTS,
        'x"; SecurityAlert | take 1; print "',
        'x" or 1 == 1 | project-away DeviceId //',
        '\\"',
        "\\q \\u0041 \\x41",
        "two\r\nlines\u2028and\u2029more\x85\x0b\x0c",
        "``` ~~~ @'x' h\"y\"",
        "// comment /* block */",
        ".drop table SecurityAlert",
        "{device} {0} %s $1 :device ?",
        "let device = 1;",
        "\x00\ufeff\uffff\U0010ffff",
    )
)
HOSTILE = (ALL_AT_ONCE, traps.HOSTILE, "ends in \\", "")

VALUES = ("Column", "Value", "Count", "FirstObserved", "LastObserved")
EVENTS = {
    "alerts": ("TimeGenerated", "Status", "ExtendedProperties", "Entities"),
    "recommendations": ("TimeGenerated", "RecommendationState", "RecommendationAdditionalData"),
    "users": ("EventTime", "TimestampLocal", "GroupNames", "UserId", "EventDetails"),
    "ports": ("EventTime", "TimestampLocal", "LocalPort", "RemotePort", "EventDetails"),
    "logins": ("EventTime", "TimestampLocal", "RemoteAddress", "Operation", "EventDetails"),
    "processes": ("EventTime", "TimestampLocal", "ExecutingUser", "CommandLine", "EventDetails"),
}

ASKED = [(pack, question) for pack, loaded in PACKS.items() for question in loaded.questions]
DRILLED = [
    (pack, name, part)
    for pack, loaded in PACKS.items()
    for name, question in loaded.questions.items()
    for part in ("events", "values")
    if getattr(question, part)
]


def sound(parser: KustoParser, query: Query) -> Checked:
    checked = parser.check(query.kql)
    assert [str(found) for found in checked.diagnostics] == [], query.parameters
    return checked


def record_of(question: Question, value: str) -> dict[str, object]:
    return dict.fromkeys(question.keys, value)


def drilled(
    question: Question, part: str, window: Window, device: str, hub: str, key: str
) -> Query:
    make = question.events_query if part == "events" else question.values_query
    return make(device, hub, window, record_of(question, key))


@pytest.mark.parametrize(("pack", "question"), ASKED)
def test_a_question_gives_the_same_columns_online_and_offline(
    trap_evidence: Evidence, kusto_parser: KustoParser, pack: str, question: str
) -> None:
    answer = asked(trap_evidence, pack, question, traps.CAM)
    asked_of = question_of(pack, question)
    checked = sound(kusto_parser, asked_of.query(traps.CAM, traps.HUB, WINDOW))
    assert [column.name for column in checked.columns] == [
        name for name in answer.names if name not in ADDED
    ]


@pytest.mark.parametrize(("pack", "question"), ASKED)
def test_columns_that_the_pack_names_are_there(
    kusto_parser: KustoParser, pack: str, question: str
) -> None:
    asked_of = question_of(pack, question)
    types = sound(kusto_parser, asked_of.query(traps.CAM, traps.HUB, WINDOW)).types()
    named = [
        *asked_of.keys,
        *asked_of.sets,
        *asked_of.counts,
        *asked_of.counts.values(),
        *(shown.column for shown in asked_of.shown),
    ]
    assert set(named) <= set(types)
    assert {types[column] for column in asked_of.sets} <= {"dynamic"}
    assert {types[column] for column in asked_of.counts.values()} <= {"long"}
    dynamic = {name for name, kind in types.items() if kind == "dynamic"}
    assert dynamic - {"Slots"} == set(asked_of.sets), "a set that is not named is never sorted"


@pytest.mark.parametrize(("pack", "question"), ASKED)
def test_tables_that_a_text_reads_are_those_that_the_pack_names(pack: str, question: str) -> None:
    asked_of = question_of(pack, question)
    tables = re.findall(r"\b(?:Security|Defender)[A-Za-z]+\b", asked_of.text)
    assert set(tables) == set(asked_of.tables)


@pytest.mark.parametrize(("pack", "question"), ASKED)
def test_hostile_values_leave_a_question_what_it_is(
    kusto_parser: KustoParser, pack: str, question: str
) -> None:
    asked_of = question_of(pack, question)
    plain = sound(kusto_parser, asked_of.query("cam-1", "Plant-7", WINDOW))
    for value in HOSTILE:
        checked = sound(kusto_parser, asked_of.query(value, value, WINDOW))
        assert checked.columns == plain.columns
        # The values are lexed as themselves, and nothing else of the text has changed.
        assert [found.value for found in checked.literals[:2]] == [value, value]
        assert checked.literals[2:] == plain.literals[2:]


@pytest.mark.parametrize(("pack", "question", "part"), DRILLED)
def test_hostile_values_leave_a_drill_down_what_it_is(
    kusto_parser: KustoParser, pack: str, question: str, part: str
) -> None:
    asked_of = question_of(pack, question)
    plain = sound(kusto_parser, drilled(asked_of, part, WINDOW, "cam-1", "Plant-7", "key"))
    for value in HOSTILE:
        checked = sound(kusto_parser, drilled(asked_of, part, WINDOW, value, value, value))
        assert checked.columns == plain.columns
        keys = slice(4, 4 + len(asked_of.keys))
        assert {found.value for found in checked.literals[keys]} == {value}
        assert checked.literals[keys.stop :] == plain.literals[keys.stop :]


@pytest.mark.parametrize(("pack", "question", "part"), DRILLED)
def test_drill_downs_give_the_columns_that_a_detail_reads(
    kusto_parser: KustoParser, pack: str, question: str, part: str
) -> None:
    asked_of = question_of(pack, question)
    checked = sound(kusto_parser, drilled(asked_of, part, WINDOW, "cam-1", "Plant-7", "key"))
    names = [column.name for column in checked.columns]
    if part == "values":
        assert tuple(names) == VALUES
    else:
        assert set(EVENTS.get(question, ("EventTime", "EventDetails"))) <= set(names)


def test_the_packs_drill_down_where_there_is_something_to_see() -> None:
    exact = {(name, part) for pack, name, part in DRILLED if pack == "exact" and name in REQUIRED}
    required = [name for name in EVENTS if name in REQUIRED]
    wanted = {(name, part) for name in required for part in ("events", "values")}
    assert exact == wanted - {("alerts", "values")}


@pytest.mark.parametrize(
    "window",
    [
        Window(datetime(1900, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)),
        Window(
            datetime(2026, 3, 2, 1, 2, 3, 4, tzinfo=UTC),
            datetime(2026, 3, 2, 1, 2, 3, 5, tzinfo=UTC),
        ),
    ],
    ids=["widest", "narrowest"],
)
@pytest.mark.parametrize(("pack", "question"), ASKED)
def test_any_window_can_be_asked_about(
    trap_evidence: Evidence, kusto_parser: KustoParser, pack: str, question: str, window: Window
) -> None:
    query = question_of(pack, question).query(traps.CAM, traps.HUB, window)
    sound(kusto_parser, query)
    answer = ask(trap_evidence, question_of(pack, question), Scope(traps.CAM, traps.HUB, window))
    assert answer.failure == ""


@pytest.mark.parametrize("value", HOSTILE[:3], ids=range(3))
@pytest.mark.parametrize(("pack", "question"), ASKED)
def test_offline_too_hostile_values_are_only_values(
    trap_evidence: Evidence, pack: str, question: str, value: str
) -> None:
    asked_of = question_of(pack, question)
    answer = asked(trap_evidence, pack, question, value, value)
    assert answer.rows == ()
    for part in drill_down(
        trap_evidence, asked_of, scope(value, value), record_of(asked_of, value)
    ):
        assert part.failure == ""
        assert part.rows == ()
