"""The one function that makes device text fit to be shown."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from iotriage.queries.printable import printable
from oracle.build import HOSTILE_TEXTS

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# st.text() leaves half surrogates out; devices do not.
ANY = st.text(
    st.characters(codec=None, categories=None) | st.sampled_from("\ud800\udfff\u0301\u202e")
)


@given(ANY)
@example("\u202e\u0301\u0301\u0301")
@example("a" + "\u0301" * 50)
@example("\r\n\t\x1b[31m\x00\x9b")
@example("".join(HOSTILE_TEXTS))
def test_nothing_hidden_is_left(text: str) -> None:
    shown = printable(text)
    assert not {unicodedata.category(char) for char in shown} & HIDDEN
    assert not any(char.isspace() and char not in " \u3000" for char in shown)
    assert len(shown.splitlines()) <= 1
    shown.encode()


@given(ANY)
def test_what_is_printable_stays_as_it_is(text: str) -> None:
    assert printable(printable(text)) == printable(text)


@given(ANY)
def test_marks_never_stack(text: str) -> None:
    run = 0
    for char in printable(text):
        run = run + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        assert run <= 2


@given(ANY, ANY)
def test_text_apart_stays_apart(one: str, two: str) -> None:
    # Two texts of plain letters and blanks are never shown alike by accident.
    if one != two and "\\" not in one + two:
        assert printable(one) != printable(two)


def test_every_character_alone_shows_something() -> None:
    for code in range(0x110000):
        char = chr(code)
        shown = printable(char)
        if shown != char:
            assert shown.startswith("\\"), hex(code)
            assert shown.isascii(), hex(code)
        else:
            assert unicodedata.category(char) not in HIDDEN, hex(code)


SHOWN = {
    "plain text 123": "plain text 123",
    "": "",
    "é ü 漢字 ﾊﾝ Привет": "é ü 漢字 ﾊﾝ Привет",
    "[bold red]x[/] \\n": "[bold red]x[/] \\n",
    "two\nlines\r\n\tand": "two\\nlines\\r\\n\\tand",
    "\x1b]0;title\x07": "\\e]0;title\\x07",
    "nul\0": "nul\\0",
    "\u202etxt.exe\u202c": "\\u202etxt.exe\\u202c",
    "zero\u200bwidth\u2060": "zero\\u200bwidth\\u2060",
    "a\u2028b\u2029c": "a\\u2028b\\u2029c",
    "half\ud83d": "half\\ud83d",
    "\U0001f4a5": "\U0001f4a5",
    "tag\U000e0041": "tag\\U000e0041",
    "no\xa0break": "no\\xa0break",
    "soft\xadhyphen": "soft\\xadhyphen",
    "\x9b31m": "\\x9b31m",
    "e\u0301": "e\u0301",
    "\u0301e": "\\u0301e",
    "e\u0301\u0301\u0301": "e\u0301\u0301\\u0301",
    "blank\u3164": "blank\\u3164",
    "braille\u2800": "braille\\u2800",
    "\ue000": "\\ue000",
    "\ufeffbom": "\\ufeffbom",
}


@pytest.mark.parametrize("text", SHOWN)
def test_it_is_shown_as_expected(text: str) -> None:
    assert printable(text) == SHOWN[text]
