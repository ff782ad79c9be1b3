from __future__ import annotations

import time
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iotriage.tui.widgets.text_cells import LIMIT, cell_text, crop, fit
from rich.cells import cell_len

ANY = st.text(st.characters(exclude_categories=()), max_size=60)
#: Characters that are wide, empty, joining, reordering or half of something.
AWKWARD = st.text(
    "aé日本👩🏽\u0301\u0308\u200d\ufe0f\u202e\u200b\x1b\x9b\ud800\u1160 …-", max_size=30
)


def hidden(text: str) -> list[str]:
    return [
        char
        for char in text
        if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        or "\ufe00" <= char <= "\ufe0f"
    ]


@given(ANY | AWKWARD, st.integers(0, 40), st.booleans(), st.booleans())
def test_fit_fills_exactly_its_width(text: str, width: int, right: bool, ascii_only: bool) -> None:
    line = fit(text, width, right=right, ascii_only=ascii_only)
    assert cell_len(line) == width
    assert not hidden(line)
    assert line.isascii() or not ascii_only


@pytest.mark.parametrize(
    ("text", "width", "line"),
    [
        ("sshd", 6, "sshd  "),
        ("sshd", 4, "sshd"),
        ("systemd", 4, "sys…"),
        ("日本語", 6, "日本語"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日… "),
        ("e\u0301e\u0301e\u0301", 2, "e\u0301…"),
        ("systemd", 1, "…"),
        ("systemd", 0, ""),
    ],
)
def test_fit_cuts_with_a_sign_and_never_through_a_wide_character(
    text: str, width: int, line: str
) -> None:
    assert fit(text, width) == line


def test_fit_signs_a_cut_in_ascii() -> None:
    assert fit("/usr/bin/python3", 10, ascii_only=True) == "/usr/bi..."
    assert fit("python3", 4, ascii_only=True) == "pyt~"
    assert fit("é", 8, ascii_only=True) == "\\xe9    "


def test_fit_puts_numbers_to_the_right() -> None:
    assert fit("17", 5, right=True) == "   17"


@given(AWKWARD, st.integers(0, 20), st.integers(0, 20))
def test_crop_gives_as_many_cells_as_asked_for(text: str, start: int, width: int) -> None:
    clean = cell_text(text)
    part = crop(clean, start, width)
    assert cell_len(part) == width
    assert set(part) <= set(clean) | {" "}


def test_crop_blanks_half_a_wide_character() -> None:
    assert crop("a日b", 2, 2) == " b"
    assert crop("a日b", 0, 2) == "a "


@given(ANY | AWKWARD)
def test_cell_text_shows_what_any_text_hides(text: str) -> None:
    assert not hidden(cell_text(text))
    assert not hidden(cell_text([text, text]))
    assert not hidden(cell_text({text: text}))
    assert cell_text(text, ascii=True).isascii()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (True, "yes"),
        (False, "no"),
        (17, "17"),
        (0.5, "0.5"),
        ("", ""),
        ("two words", "two words"),
        (datetime(2026, 11, 20, 3, 14, 5, 999999, tzinfo=UTC), "2026-11-20 03:14:05"),
        (
            datetime(2026, 11, 20, 3, 14, tzinfo=timezone(timedelta(hours=9))),
            "2026-11-19 18:14:00",
        ),
        ([], ""),
        (["root", "www"], "root, www"),
        ([datetime(2026, 1, 2, tzinfo=UTC), None, True], "2026-01-02 00:00:00, –, yes"),
        ({"a": [1, "é"]}, '{"a": [1, "é"]}'),
        ("\x1b]52;c;AAAA\x07", "\\e]52;c;AAAA\\x07"),
    ],
)
def test_cell_text_of_each_type(value: Any, text: str) -> None:
    assert cell_text(value) == text


def test_cell_text_has_a_short_time() -> None:
    assert cell_text(datetime(2026, 11, 20, 3, 14, 5, tzinfo=UTC), short=True) == "11-20 03:14"


def test_cell_text_says_how_many_a_long_list_leaves_out() -> None:
    addresses = [f"198.51.100.{last}" for last in range(40)]
    text = cell_text(addresses)
    shown = text.split(" … ")[0].split(", ")
    assert shown == addresses[: len(shown)]
    assert text.endswith(f" … (+{40 - len(shown)})")
    assert cell_text(["x" * 99, "y"], ascii=True) == "x" * 99 + " ... (+1)"


def test_cell_text_in_ascii() -> None:
    assert cell_text(None, ascii=True) == "-"
    assert cell_text("naïve", ascii=True) == "na\\xefve"


def test_a_huge_value_is_cut_before_it_costs_anything() -> None:
    started = time.perf_counter()
    text = cell_text("\x1b日" * 50_000)
    fit("日" * 100_000, 40)
    assert time.perf_counter() - started < 0.05
    assert text.endswith("…")
    assert len(text) <= 2 * LIMIT
