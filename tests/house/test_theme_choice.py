"""Which theme is drawn with: what is asked for, else what the terminal says."""

from __future__ import annotations

import pytest
from iotriage.themes import built_in
from iotriage.tui.theme_choice import choose, colours

FULL = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


@pytest.mark.parametrize(
    ("environment", "theme"),
    [
        ({}, "dark"),
        ({"COLORFGBG": "15;0"}, "dark"),
        ({"COLORFGBG": "0;15"}, "light"),
        ({"COLORFGBG": "0;default;7"}, "light"),
        ({"COLORFGBG": "0;8"}, "dark"),
        ({"COLORFGBG": "0;99"}, "dark"),
        ({"COLORFGBG": "default;default"}, "dark"),
        ({"COLORFGBG": "15"}, "dark"),
        ({"COLORTERM": ""}, "dark"),
        ({"COLORTERM": "", "TERM": "xterm-kitty"}, "dark"),
        ({"COLORTERM": "", "TERM": "xterm"}, "ansi-dark"),
        ({"COLORTERM": "yes", "TERM": "linux"}, "ansi-dark"),
        ({"COLORTERM": "", "TERM": "rxvt", "COLORFGBG": "0;15"}, "ansi-light"),
        ({"TERM": "xterm"}, "dark"),
        ({"COLORTERM": "", "TERM": "vt220"}, "monochrome"),
        ({"COLORTERM": "", "TERM": "xterm-mono"}, "monochrome"),
        ({"NO_COLOR": "1", "COLORFGBG": "0;15"}, "monochrome"),
        ({"NO_COLOR": "0"}, "monochrome"),
        ({"NO_COLOR": ""}, "dark"),
    ],
)
def test_what_the_terminal_says(environment: dict[str, str], theme: str) -> None:
    choice = choose(None, FULL | environment)
    assert choice.theme == theme
    assert choice.theme in built_in()


def test_the_reason_is_told() -> None:
    assert choose(None, {"NO_COLOR": "1"}).why == "NO_COLOR is set"
    assert "TERM=vt100" in choose(None, {"TERM": "vt100"}).why
    assert "light background" in choose(None, FULL | {"COLORFGBG": "0;15"}).why
    assert "does not tell its background" in choose(None, FULL).why
    assert "16 colours" in choose(None, {"TERM": "xterm"}).why


def test_what_is_asked_for_outweighs_the_terminal_and_no_color() -> None:
    for theme in ("light", "mine.toml"):
        assert choose(theme, FULL | {"NO_COLOR": "1"}).theme == theme


def test_how_many_colours() -> None:
    assert colours(FULL) == 1 << 24
    assert colours({"TERM": "tmux-256color"}) == 256
    assert colours({"TERM": "tmux"}) == colours({}) == 16
