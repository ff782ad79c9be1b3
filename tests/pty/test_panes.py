"""Panes beyond the five in a real terminal of the smallest usual size."""

from __future__ import annotations

from pathlib import Path

import pytest
from console.packs import seven
from real_terminal import Terminal


@pytest.mark.parametrize("term", ["xterm-256color", "screen-256color"])
def test_seven_panes(term: str, env: dict[str, str], case: Path, tmp_path: Path) -> None:
    env["TERM"] = term
    words = ("--demo", "--pack", seven(tmp_path), "--case", case)
    with Terminal(*words, env=env, size=(80, 24)) as terminal:
        terminal.until("cam-0231")
        terminal.press(*"cam-0231", "enter")
        terminal.until("5 Processes 34  6 Remotes 4")
        terminal.press("6")
        terminal.until("Remotes  complete · 4 rows")
        terminal.press("s")
        terminal.until("6 Remotes 4 !1")
        terminal.press("\x17")
        terminal.until("Remotes is a pane of the pack")
        terminal.press("m")
        terminal.until("no Peripheral of this device in this window")
        terminal.press(*"usb", "enter")
        terminal.until("Not asked: no Peripheral of this device in this window.")
        terminal.press("tab")
        terminal.until("Alerts  complete")
        assert "USB" not in terminal.text
        terminal.press("q")
        assert terminal.ended(10)
        assert terminal.restored
