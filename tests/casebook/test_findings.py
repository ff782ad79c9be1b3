"""The same row is the same finding."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iotriage.queries.answers import Value
from iotriage.tui.casebook.findings import Finding, finding_of, members, text_of

from .samples import PROCESSES, USERS, process, texts

FINDING = Finding("cam-1", "Plant-7", "ports", (("Protocol", "tcp"), ("LocalPort", "22")))


def test_identity_knows_hub_case_blind_and_device_exactly() -> None:
    assert FINDING.identity == Finding("cam-1", "pLANT-7", "ports", FINDING.key).identity
    assert FINDING.identity != Finding("Cam-1", "Plant-7", "ports", FINDING.key).identity


def test_identity_does_not_hang_on_the_order_of_key_columns() -> None:
    swapped = Finding("cam-1", "Plant-7", "ports", FINDING.key[::-1])
    assert swapped.identity == FINDING.identity


def test_a_value_inside_a_row_is_another_finding() -> None:
    value = FINDING.with_value("Address", "203.0.113.66")
    assert value.identity != FINDING.identity
    assert value.identity != FINDING.with_value("Other", "203.0.113.66").identity
    assert value.row() == FINDING


def test_identity_stays_the_same_from_release_to_release() -> None:
    # Written into every case file: a change here would lose every verdict given so far.
    assert FINDING.identity == "41baeb8ab363b7dbd60255e0355abab0ac8b69b878179a4c284723b6ac1e1413"


@pytest.mark.parametrize(
    "groups", ["sudo;adm", "adm; sudo", ";sudo;;adm;adm", ["sudo", "adm"], ("adm", "sudo")]
)
def test_names_are_sorted_whatever_their_order(groups: Value) -> None:
    finding = finding_of(USERS, "d", "h", {"UserName": "mei", "GroupNames": groups})
    assert finding.key == (("UserName", "mei"), ("GroupNames", "adm;sudo"))


@pytest.mark.parametrize("groups", ["", None, ";", [], " ; "])
def test_empty_key_values_are_left_out(groups: Value) -> None:
    finding = finding_of(USERS, "d", "h", {"UserName": "mei", "GroupNames": groups})
    assert finding.key == (("UserName", "mei"),)


def test_a_missing_key_column_is_an_empty_one() -> None:
    assert finding_of(USERS, "d", "h", {"UserName": "mei"}).key == (("UserName", "mei"),)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("x", "x"),
        (22, "22"),
        (22.0, "22"),
        (0.5, "0.5"),
        (float("nan"), "nan"),
        (True, "true"),
        (datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01T00:00:00Z"),
        ({"b": 1, "a": 2}, '{"a": 2, "b": 1}'),
    ],
)
def test_text_of(value: Value, text: str) -> None:
    assert text_of(value) == text


def test_members_of_a_set_that_is_none() -> None:
    assert members(None) == members("") == members([]) == []
    assert members("one") == ["one"]
    assert members(["b", "a", "b", 3]) == ["b", "a", "3"]


@given(texts, texts, texts, st.none() | st.tuples(texts, texts))
def test_json_and_back(device: str, hub: str, text: str, value: tuple[str, str] | None) -> None:
    finding = Finding(device, hub, "logins", (("UserName", text),), value)
    again = Finding.from_json(finding.to_json())
    assert again.identity == finding.identity
    assert again == finding or any(map(_paired, (device, hub, text, *(value or ()))))


def _paired(text: str) -> bool:
    """Two halves side by side come back as the character they make."""
    return text != text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def test_drift_columns_are_no_part_of_identity() -> None:
    one = finding_of(PROCESSES, "d", "h", process("/bin/sh", "sh", runs=1))
    two = finding_of(PROCESSES, "d", "H", process("/bin/sh", "sh -i", runs=9))
    assert one.identity == two.identity
