"""From bytes to cells: what the service may send, and what it never should."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iotriage.queries.log_analytics.decoding import decoded
from iotriage.queries.log_analytics.failures import ServiceFailure

NAMES = ("Moment", "Text", "Count", "Share", "Yes", "Set")
TYPES = ("datetime", "string", "long", "real", "bool", "dynamic")


def body(rows: list[Any], **more: Any) -> bytes:
    columns = [{"name": n, "type": t} for n, t in zip(NAMES, TYPES, strict=True)]
    table = {"name": "PrimaryResult", "columns": columns, "rows": rows}
    return json.dumps({"tables": [table], **more}).encode()


GOOD = ["2026-11-20T09:00:00.1234567Z", "/bin/sh", 3, 0.5, True, '["a","b"]']
READ = (datetime(2026, 11, 20, 9, 0, 0, 123456, UTC), "/bin/sh", 3, 0.5, True, ["a", "b"])

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(9998, 1, 1))


def test_cells_are_what_their_types_promise() -> None:
    table = decoded(body([GOOD]), 10)
    assert table.rows == (READ,)
    assert [column.type for column in table.columns] == list(TYPES)
    assert (table.unread, dict(table.wrong), table.cut, table.partial) == (0, {}, False, "")


def test_nothing_is_text_in_a_text_column_and_none_elsewhere() -> None:
    assert decoded(body([[None] * 6]), 10).rows == ((None, "", None, None, None, None),)


@given(
    MOMENTS, st.text(), st.integers(-(2**63), 2**63 - 1), st.floats(), st.booleans(), JSON_VALUES
)
def test_what_was_sent_is_read(
    moment: datetime, text: str, count: int, share: float, yes: bool, inside: Any
) -> None:
    sent_share: Any = share if math.isfinite(share) else _named(share)
    sent = [f"{moment.isoformat()}Z", text, count, sent_share, yes, json.dumps(inside)]
    (row,) = decoded(body([sent]), 10).rows
    assert row[0] == moment.replace(tzinfo=UTC)
    assert row[1:3] == (text, count)
    assert row[3] == share or (math.isnan(row[3]) and math.isnan(share))
    assert row[4:] == (yes, inside)


def _named(share: float) -> str:
    return "NaN" if math.isnan(share) else ("Infinity" if share > 0 else "-Infinity")


@pytest.mark.parametrize(
    ("place", "cell"),
    [
        (0, "yesterday"),
        (0, 17),
        (0, {"a": 1}),
        (1, 5),
        (1, ["x"]),
        (2, "5"),
        (2, 2**70),
        (2, 1.5),
        (2, True),
        (3, "half"),
        (3, []),
        (4, "true"),
        (4, 2),
    ],
    ids=str,
)
def test_a_cell_of_another_type_is_left_empty_and_counted(place: int, cell: Any) -> None:
    table = decoded(body([GOOD, [*GOOD[:place], cell, *GOOD[place + 1 :]]]), 10)
    assert table.rows[0] == READ
    assert table.rows[1][place] == ("" if place == 1 else None)
    assert table.rows[1][:place] + table.rows[1][place + 1 :] == READ[:place] + READ[place + 1 :]
    assert dict(table.wrong) == {NAMES[place]: 1}


@pytest.mark.parametrize("row", [GOOD[:-1], [*GOOD, 1], [], {}, "row", None, 7], ids=str)
def test_what_is_no_row_is_left_out_and_counted(row: Any) -> None:
    table = decoded(body([GOOD, row, GOOD]), 10)
    assert table.rows == (READ, READ)
    assert table.unread == 1


def test_half_a_surrogate_pair_costs_no_row() -> None:
    table = decoded(body([GOOD, GOOD]).replace(b"/bin/sh", b"/bin/\\ud800sh", 1), 10)
    assert [row[1] for row in table.rows] == ["/bin/\ufffdsh", "/bin/sh"]
    assert (table.repaired, table.unread) == (1, 0)
    whole = body([[GOOD[0], "\U0001f41b\\ud800", *GOOD[2:]]]) + b"\\ud800"
    table = decoded(whole.removesuffix(b"\\ud800").replace(b'"/bin/sh"', b"null"), 10)
    assert (table.rows[0][1], table.repaired) == ("\U0001f41b\\ud800", 0)


def test_a_moment_beyond_the_calendar_is_nothing() -> None:
    rows = [["0001-01-01T00:00:00Z", *GOOD[1:]], ["9999-12-31T23:59:59.9999999Z", *GOOD[1:]]]
    assert [row[0] for row in decoded(body(rows), 10).rows] == [None, None]


def test_rows_beyond_the_cap_are_cut_and_said() -> None:
    table = decoded(body([GOOD] * 11), 10)
    assert (len(table.rows), table.cut) == (10, True)


def test_the_innermost_word_of_a_partial_answer_is_kept() -> None:
    error = {
        "code": "PartialError",
        "message": "outer",
        "details": [{"innererror": {"message": "in"}}],
    }
    table = decoded(body([GOOD], error=error), 10)
    assert (table.partial, table.cut, len(table.rows)) == ("in", False, 1)
    assert decoded(body([GOOD], error={}), 10).partial == ""
    assert decoded(body([GOOD], error={"code": "x"}), 10).partial != ""


def test_statistics_are_taken_where_they_are() -> None:
    memory = {"memory": {"peakPerNode": 1024}, "cpu": 5}
    statistics = {"query": {"executionTime": 0.5, "resourceUsage": memory}, "other": []}
    table = decoded(body([], statistics=statistics), 10)
    assert dict(table.statistics) == {"server execution": 0.5, "server memory peak": 1024}
    assert decoded(body([], statistics=[1]), 10).statistics == {}


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"tables": []}',
        b'{"tables": {}}',
        b'{"tables": [{"rows": []}]}',
        b'{"tables": [{"columns": [{}], "rows": []}]}',
        b'{"tables": [{"columns": [{"name": "a"}, {"name": "a"}], "rows": []}]}',
        b'{"tables": [{"columns": [{"name": "a"}], "rows": [[NaN]]}]}',
        b'{"tables": [{"columns": [{"name": "\xff"}], "rows": []}]}',
        b'{"tables": ' + b"[" * 100_000,
        b'{"tables": [{"columns": [], "rows": [' + b"[" * 100_000 + b"]" * 100_000 + b"]}]}",
    ],
    ids=lambda sent: sent[:40].decode("latin-1"),
)
def test_what_is_no_result_is_one_line(sent: bytes) -> None:
    with pytest.raises(ServiceFailure) as failure:
        decoded(sent, 10)
    assert "\n" not in str(failure.value)
    assert 10 < len(str(failure.value)) < 450


@given(st.binary(max_size=200) | JSON_VALUES.map(lambda value: json.dumps(value).encode()))
def test_no_bytes_at_all_do_harm(sent: bytes) -> None:
    with pytest.raises(ServiceFailure, match="what came "):
        decoded(sent, 10)
