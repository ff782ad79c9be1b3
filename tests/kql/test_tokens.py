"""Tokens of a KQL text: nothing is lost, and values are not taken for words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from iotriage.queries.kql.tokens import (
    Kind,
    is_whole,
    meaning,
    place_of,
    place_of_name,
    tokens,
    with_plain_blanks,
)
from iotriage.queries.literals import literal
from iotriage.queries.packs.loading import BUILT_IN, load_pack

#: Text that is full of what begins and ends things.
KQLISH = st.text(st.sampled_from("ab \n\r\t\"'@`~|/\\;(){}[]=,.h0-") | st.characters(), max_size=60)


@given(KQLISH)
def test_the_tokens_are_the_text(text: str) -> None:
    found = tokens(text)
    assert "".join(token.text for token in found) == text
    ends = 0
    for token in found:
        assert (token.start, token.text) == (ends, text[token.start : token.end])
        assert token.text
        ends = token.end


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=40))
def test_a_literal_is_one_string_whatever_it_holds(value: str) -> None:
    said = meaning(f"print x = {literal(value)} // {literal('c')}\n| take 1")
    assert [token.text for token in said if token.kind is Kind.STRING] == [literal(value)]
    assert [token.text for token in said if token.kind is Kind.WORD] == ["print", "x", "take"]


@given(KQLISH, st.integers(0, 60))
def test_a_place_leads_back_to_its_character(text: str, at: int) -> None:
    offset = min(at, len(text))
    line, column = place_of(text, offset)
    lines = text.split("\n")
    assert sum(len(each) + 1 for each in lines[: line - 1]) + column - 1 == offset


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ('"a\\"b"', ["STRING"]),
        ('@"a\\"', ["STRING"]),
        ('@"a""b"', ["STRING"]),
        ("h'a'", ["STRING"]),
        ('```a\n"```', ["STRING"]),
        ('"a', ["OPEN"]),
        ('"a\nb', ["OPEN", "WORD"]),
        ("```a\nb", ["OPEN"]),
        ("// a | b", ["COMMENT"]),
        ("a//b\nc", ["WORD", "COMMENT", "WORD"]),
        ("project-away", ["WORD"]),
        ("a-b", ["WORD", "SIGN", "WORD"]),
        ("1.5d", ["NUMBER"]),
        ("1..2", ["NUMBER", "SIGN", "NUMBER"]),
    ],
)
def test_what_a_token_is(text: str, kinds: list[str]) -> None:
    assert [t.kind.name for t in tokens(text) if t.kind is not Kind.BLANK] == kinds


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_questions_of_the_packs_are_whole(name: str) -> None:
    for question in load_pack(name).questions.values():
        for text in filter(None, (question.text, question.events, question.values)):
            assert is_whole(text)
            lines = text.rstrip().split("\n")
            # Whoever writes them line by line is not asked for the answer before the end.
            last = max(at for at, line in enumerate(lines) if line.startswith("let ") or at == 0)
            if lines[last].startswith("let "):
                assert not is_whole("\n".join(lines[:last]) + "\nlet x =")


@pytest.mark.parametrize(
    "text",
    [
        *("", " \n", "// only words", "SecurityAlert |", "SecurityAlert | where", "let x = 5;"),
        *("let x = SecurityAlert", "SecurityAlert | where (AlertName", "print ```a", "print x ="),
        *("SecurityAlert | where AlertName ==", "union SecurityAlert,", "print a = 1 and"),
    ],
)
def test_what_is_not_whole(text: str) -> None:
    assert not is_whole(text)


@pytest.mark.parametrize(
    "text",
    [
        *("SecurityAlert", "SecurityAlert | count", "let x = 5; print x", "print 'a", "print )"),
        *("SecurityAlert // done |", "SecurityAlert;", "print 1\n\n"),
    ],
)
def test_what_is_whole_though_it_may_be_wrong(text: str) -> None:
    assert is_whole(text)


def test_a_name_is_found_outside_of_strings_and_comments() -> None:
    text = '// Foo\nprint "Foo"\n| where Foobar == 1 and Foo == 2'
    assert place_of_name(text, "Foo") == (3, 25)
    assert place_of_name(text, "Nowhere") is None


@settings(max_examples=30)
@given(st.integers(2_000, 4_000), st.sampled_from(['"', "(", "/", "`", '@"', "a", "\\"]))
def test_long_texts_take_no_long_time(count: int, what: str) -> None:
    assert "".join(token.text for token in tokens(what * count)) == what * count


@given(KQLISH)
def test_blanks_of_pages_become_plain_ones_and_strings_stay(text: str) -> None:
    plain = with_plain_blanks(text)
    kept = [(t.kind, t.text) for t in tokens(text) if t.kind is not Kind.BLANK]
    assert [(t.kind, t.text) for t in tokens(plain) if t.kind is not Kind.BLANK] == kept
    blanks = "".join(t.text for t in tokens(plain) if t.kind is Kind.BLANK)
    assert set(blanks) <= {" ", "\n"}
    assert plain.count("\n") == text.count("\n")
