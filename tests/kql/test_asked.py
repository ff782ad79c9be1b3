"""A text as a question: the same name for the same text, keys and sets as the answer has them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iotriage.queries.answers import Answer, Column, Value
from iotriage.queries.kql.asked import KeysError, draft_of, name_of, question_of, title_of
from iotriage.queries.literals import literal

TEXT = "SecurityAlert\n| summarize Runs = count() by AlertName"


def answer(*rows: tuple[Value, ...], **columns: str) -> Answer:
    return Answer("q", tuple(Column(name, kind) for name, kind in columns.items()), rows)


@given(st.text(), st.text())
def test_the_same_text_has_the_same_name_and_another_has_another(one: str, other: str) -> None:
    assert name_of(f" {one}\n") == name_of(one)
    assert (name_of(one) == name_of(other)) == (one.strip() == other.strip())


def test_a_name_does_not_change_between_releases() -> None:
    # Verdicts in case files go by it.
    assert name_of("SecurityAlert | count") == "kql_e666c5f76eb4ac0a"


@given(st.text())
def test_a_title_is_short_and_on_one_line(text: str) -> None:
    title = title_of(text)
    assert len(title) <= 28
    assert len(title.splitlines()) <= 1


def test_a_title_is_the_first_words() -> None:
    assert title_of("// shells of today\nSecurityAlert\n| count") == "SecurityAlert | count"
    assert title_of(TEXT) == "SecurityAlert | summarize R…"


def test_what_holds_one_value_is_a_key_and_lists_of_texts_are_sets() -> None:
    found = question_of(
        TEXT,
        answer(
            ("a", 1, ["x", "y"], {"b": 1}, ["x", 5], None),
            ("b", 2, None, {}, [], None),
            Name="string", Runs="long", Who="dynamic", Bag="dynamic", Mixed="dynamic",
            Empty="dynamic",
        ),
    )  # fmt: skip
    assert (found.keys, found.sets) == (("Name", "Runs"), ("Who",))
    assert [shown.column for shown in found.shown] == [
        *("Name", "Runs", "Who", "Bag", "Mixed", "Empty")
    ]
    assert found.tables == ("SecurityAlert",)
    assert found.text == TEXT + "\n"


def test_without_rows_a_dynamic_column_is_taken_for_a_set() -> None:
    found = question_of(TEXT, answer(Name="string", Who="dynamic"))
    assert (found.keys, found.sets) == (("Name",), ("Who",))


def test_where_nothing_holds_one_value_all_columns_are_keys() -> None:
    found = question_of(TEXT, answer((["a"], {}), A="dynamic", B="dynamic"))
    assert (found.keys, found.sets) == (("A", "B"), ())


def test_keys_may_be_named() -> None:
    rows = answer(("a", 1), Name="string", Runs="long")
    assert question_of(f"// keys: Name\n{TEXT}", rows).keys == ("Name",)
    assert question_of(f"{TEXT}\n//KEYS :Runs,Name, Runs", rows).keys == ("Runs", "Name")
    assert question_of(f'print "// keys: Nope"\n// keys:\n{TEXT}', rows).keys == ("Name", "Runs")


def test_keys_that_are_not_there_are_told_with_their_place() -> None:
    with pytest.raises(KeysError, match="'Nope', and the answer has Name") as caught:
        question_of(f"{TEXT} // keys: Name, Nope", answer(Name="string"))
    assert caught.value.place == (2, len(TEXT.split("\n")[1] + " // keys: Name, ") + 1)


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_a_value_is_no_table(value: str) -> None:
    assert draft_of(f"print x = {literal('SecurityAlert' + value)}").tables == ()
