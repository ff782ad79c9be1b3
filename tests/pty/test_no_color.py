"""No colour where none is wanted, and the colours of a theme where they were asked for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from real_terminal import Terminal

_SGR = re.compile(rb"\x1b\[([0-9;:]*)m")
#: The terminal's own text and ground, and what is no colour at all.
_PLAIN = {*range(30), 39, 49, *range(50, 58), 59}


def coloured(raw: bytes) -> set[int]:
    """The numbers of every SGR that asks for a colour."""
    numbers = {
        int(number or 0) for found in _SGR.findall(raw) for number in re.split(rb"[;:]", found)
    }
    return numbers - _PLAIN


def walk(terminal: Terminal) -> bytes:
    terminal.until("cam-1")
    terminal.press("enter")
    terminal.until("5 Processes 3")
    terminal.press("5", "s", "down", "e", " ", "/", "tool", "enter", "n", "escape")
    terminal.press("enter")
    terminal.until("Raw events")
    terminal.press("escape", "?", "escape", "ctrl+p", "escape", "w", "nonsense", "enter")
    terminal.press("q")
    assert terminal.ended(10)
    return bytes(terminal.raw)


def test_no_color_is_honoured(env: dict[str, str], case: Path, small: Path) -> None:
    env |= {"NO_COLOR": "1", "COLORTERM": "truecolor"}
    with Terminal("--evidence", small, "--case", case, env=env, size=(100, 30)) as terminal:
        raw = walk(terminal)
    assert coloured(raw) == set()
    assert b"\x1b[1" in raw


@pytest.mark.parametrize(
    ("theme", "no_color", "told"),
    [("high-contrast", "1", {38, 48}), ("monochrome", "", set())],
)
def test_what_is_asked_for_outweighs_no_color(
    theme: str, no_color: str, told: set[int], env: dict[str, str], case: Path, small: Path
) -> None:
    env |= {"NO_COLOR": no_color, "COLORTERM": "truecolor"}
    words = ("--evidence", small, "--case", case, "--theme", theme)
    with Terminal(*words, env=env, size=(100, 30)) as terminal:
        terminal.until("cam-1")
        terminal.press("enter")
        terminal.until("Alerts  ")
        assert told <= coloured(bytes(terminal.raw))
        assert bool(told) is bool(coloured(bytes(terminal.raw)))
