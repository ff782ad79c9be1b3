"""What the server reads in KQL by itself: errors and their places, missing tables, values."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from iotriage.queries.packs.loading import load_pack
from iotriage.queries.questions import Query
from iotriage.queries.window import Window

from .demo import OTHER
from .kql import UnresolvedError, split_prologue, without_missing
from .raw_client import RawClient
from .service import Service

LAST_DAY = Window(datetime(2026, 11, 20, 12, tzinfo=UTC), datetime(2026, 11, 21, 12, tzinfo=UTC))


@pytest.fixture
def client(service: Service) -> Iterator[RawClient]:
    with RawClient(service) as client:
        yield client


@pytest.mark.parametrize(
    ("kql", "kind", "code", "message", "place"),
    [
        ("SecurityAlert | wher x | take 1", "SyntaxError", "SYN0002", "at 'wher' on", (1, 16)),
        (
            'let a = "x";\nSecurityAlert\n| where a >> 3',
            *("SyntaxError", "SYN0002", "at '>' on line [3,11]", (3, 11)),
        ),
        ("Nope | take 1", "SemanticError", "SEM0100", "table or column expression", (1, 0)),
        (
            'let a = "Foo";\nSecurityAlert\n| where Foo == a',
            *("SemanticError", "SEM0100", "'where' operator: Failed to resolve column", (3, 8)),
        ),
        ("print nofunc(1)", "SemanticError", "SEM0260", "Unknown function: 'nofunc'", (1, 6)),
    ],
)
def test_kql_that_is_none(
    client: RawClient, kql: str, kind: str, code: str, message: str, place: tuple[int, int]
) -> None:
    got = client.ask(kql)
    assert (got.status, got.json["error"]["code"]) == (400, "BadArgumentError")
    assert got.json["error"]["innererror"]["code"] == kind
    assert got.innermost["code"] == code
    assert message in got.innermost["message"]
    assert (got.innermost["line"], got.innermost["pos"]) == place


def test_a_missing_table_fails_but_in_a_fuzzy_union(service: Service, client: RawClient) -> None:
    got = client.ask("SecurityAlert | join DefenderIoTRawEvent on TenantId", OTHER)
    assert got.status == 400
    assert "expression named 'DefenderIoTRawEvent'" in got.innermost["message"]
    named = 'SecurityAlert | where "DefenderIoTRawEvent" == "" // DefenderIoTRawEvent'
    assert client.ask(named, OTHER).status == 200
    questions = load_pack("exact").questions
    for name in ("devices", "coverage"):
        query = questions[name].query("cam-0231", "plant-7", LAST_DAY)
        assert client.ask(query.kql, OTHER).status == 200
    with pytest.raises(UnresolvedError):
        without_missing("union isfuzzy=true SecurityAlert, (SecurityAlert)", set())


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (
            "union isfuzzy=true A, (B | where 1 in (1)), SecurityAlert | count",
            "A, (B | where 1 in (1))",
        ),
        ("union isfuzzy=true SecurityAlert,\n (A)", "(A)"),
        ("union kind=outer isfuzzy=true A, (SecurityAlert), (SecurityAlert | take 1), B", "A , B"),
    ],
)
def test_what_a_fuzzy_union_cannot_find_leaves_no_trace_and_moves_nothing(
    text: str, left: str
) -> None:
    found = without_missing(text, {"DefenderIoTRawEvent"})
    assert len(found) == len(text)
    assert found.count("\n") == text.count("\n")
    assert "SecurityAlert" not in found
    operands = found.partition("isfuzzy=true")[2].removesuffix("| count")
    assert " ".join(operands.split()) == left


def test_the_values_before_a_question_are_read_back() -> None:
    values = {
        "device": 'x" or 1==1 | take 5 // \\ \n\r\t\u2028é; let y = 1;',
        "hub": "",
        "windowStart": datetime(2026, 11, 20, 9, 0, 0, 123456, UTC),
        "count": -5,
        "all": True,
    }
    text = "let length = (windowEnd - windowStart) / 1ms;\nT | where x == device"
    assert split_prologue(Query("q", values, text).kql) == (values, "\n" + text)
