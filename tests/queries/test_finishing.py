"""Raw rows turned into answers: cells as their type promises, sets sorted, cuts pointed out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from files import ALWAYS, NOW, asked, event
from held import question_of
from iotriage.queries.answers import Answer, Column, NoticeKind, Status, jsonable, rfc3339
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.finishing import finished, plain_value

NOON = datetime(2026, 3, 2, 12)
CELLS: list[tuple[Any, str, Any]] = [
    (None, "string", ""),
    (None, "long", None),
    (None, "datetime", None),
    (None, "dynamic", None),
    (5, "string", "5"),
    (5, "long", 5),
    (False, "bool", False),
    (NOON, "datetime", NOON.replace(tzinfo=UTC)),
    (
        NOON.replace(tzinfo=timezone(timedelta(hours=2))),
        "datetime",
        datetime(2026, 3, 2, 10, tzinfo=UTC),
    ),
    (datetime(1, 1, 1), "datetime", None),
    (datetime.max, "datetime", None),
    ("infinity", "datetime", None),
    ('["a", 1]', "dynamic", ["a", 1]),
    ('{"a": null}', "dynamic", {"a": None}),
    ("no json", "dynamic", "no json"),
    ("[" * 100_000, "dynamic", "[" * 100_000),
    (["a"], "dynamic", ["a"]),
    (("a", "b"), "dynamic", ["a", "b"]),
]


@pytest.mark.parametrize(("cell", "kind", "plain"), CELLS, ids=range(len(CELLS)))
def test_a_cell_is_what_its_type_promises(cell: Any, kind: str, plain: Any) -> None:
    found = plain_value(cell, kind)
    assert (found, type(found)) == (plain, type(plain))


def logins(*rows: tuple[Any, ...]) -> Answer:
    columns = (Column("IPAddress", "dynamic"), Column("CntIPAddress", "long"))
    return finished(Answer("logins", columns, rows), question_of("exact", "logins"))


def test_sets_are_sorted_texts_without_repeats() -> None:
    answer = logins((["b", "a", "b", "B", 7, None, {"k": "é"}], 0), (None, 0), ([], 0))
    assert [row[0] for row in answer.rows] == [["7", "B", "a", "b", "null", '{"k": "é"}'], [], []]


def test_a_set_shorter_than_its_count_was_cut() -> None:
    addresses = [f"10.0.0.{number}" for number in range(128)]
    (notice,) = logins((["10.0.0.1"], 1), (addresses, 300), (addresses, 400)).notices
    assert notice.kind is NoticeKind.CUT
    assert "IPAddress holds 128 of 300 values" in notice.text
    assert logins((addresses, 128)).notices == ()
    assert logins((addresses[:5], None)).notices == ()


def test_a_set_of_just_the_documented_cap_is_suspect() -> None:
    def ports(size: int) -> Answer:
        rows = (([str(number) for number in range(size)],),)
        columns = (Column("LocalAddress", "dynamic"),)
        return finished(Answer("ports", columns, rows), question_of("exact", "ports"))

    assert [notice.kind for notice in ports(128).notices] == [NoticeKind.CUT]
    assert ports(127).notices == ports(129).notices == ()


def test_answers_beyond_the_row_cap_are_cut_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iotriage.queries.evidence.source.ROW_CAP", 5)
    rows = [event(str(number)) for number in range(7)]
    evidence = Evidence.of_rows("SEVEN", {"SecurityIoTRawEvent": rows}, NOW)
    try:
        cut = asked(evidence, "SecurityIoTRawEvent")
        assert (len(cut.rows), cut.status) == (5, Status.TRUNCATED)
        assert [notice.kind for notice in cut.notices] == [NoticeKind.CUT]
        whole = asked(evidence, "SecurityIoTRawEvent | take 5")
        assert (len(whole.rows), whole.status, whole.notices) == (5, Status.COMPLETE, ())
    finally:
        evidence.close()


def test_columns_have_the_types_of_kusto() -> None:
    evidence = Evidence.of_rows("ONE", {"SecurityIoTRawEvent": [event("one")]}, NOW)
    try:
        answer = asked(
            evidence,
            'print s = "x", l = long(1), i = toint("1"), r = 1.5, b = true, t = w, p = 2h,'
            " d = dynamic([1]), n = long(null), c = dynamic({'a': 'b'})",
            ALWAYS,
            w=NOW,
        )
        assert [(column.name, column.type) for column in answer.columns] == [
            ("s", "string"),
            ("l", "long"),
            ("i", "int"),
            ("r", "real"),
            ("b", "bool"),
            ("t", "datetime"),
            ("p", "timespan"),
            ("d", "dynamic"),
            ("n", "long"),
            ("c", "dynamic"),
        ]
        assert answer.rows == (("x", 1, 1, 1.5, True, NOW, "02:00:00", [1], None, {"a": "b"}),)
    finally:
        evidence.close()


def test_answers_are_written_as_json_knows_them() -> None:
    half = datetime(2026, 3, 2, 12, 0, 0, 500_000, tzinfo=timezone(timedelta(hours=1)))
    assert rfc3339(half) == "2026-03-02T11:00:00.5Z"
    assert rfc3339(NOW) == "2026-03-03T00:00:00Z"
    assert jsonable({"a": (1, [half], None, float("nan"), "x")}) == {
        "a": [1, ["2026-03-02T11:00:00.5Z"], None, "nan", "x"]
    }


def test_a_notice_is_given_once() -> None:
    answer = logins((["a"], 9))
    (notice,) = answer.notices
    assert answer.noting(notice, notice) is answer
    other = replace(notice, text="other")
    assert answer.noting(other, notice, other).notices == (notice, other)
