"""Pastes and keys as terminals of all ages send them, into the real command."""

from __future__ import annotations

import time
from pathlib import Path

from iotriage.tui.casebook.casebook import Casebook
from real_terminal import Terminal

#: Ten thousand characters; as keys they would judge every row, and leave.
LINES = [
    f"sequences {number} suspicious \x1b[B\x1b]52;c;SEVMTE8=\x07\u202eq" for number in range(230)
]
TYPED = "\r".join(LINES).encode()
SIGNED = b"\x1b[200~" + "\n".join(LINES).encode() + b"\x1b[201~"


def test_ten_thousand_characters(env: dict[str, str], small: Path, case: Path) -> None:
    assert len("\r".join(LINES)) > 10_000
    with Terminal("--evidence", small, "--case", case, env=env, size=(80, 24)) as terminal:
        terminal.until("cam-1")
        terminal.press("enter")
        terminal.until("5 Processes 3")
        terminal.press("5")
        length = len("\r".join(LINES))
        for data, more in ((SIGNED, 0), (TYPED + b"\r", 1)):
            terminal.send(data)
            terminal.until(f"{length + more:,} characters came at")
        assert "! 0   ✓ 0   ~ 0   " in terminal.text
        # Keys are keys again, and the first verdict is this one.
        terminal.press("s")
        terminal.until("! 1   ✓ 0   ~ 0   ")

        terminal.press("/")
        terminal.send(TYPED)
        terminal.until("0 of 3 rows")
        terminal.press("escape")
        terminal.until("Processes  complete · 3 rows")
        terminal.press("home", "n")
        terminal.until("Enter saves it")
        terminal.send(TYPED)
        terminal.until("sequences 229")
        terminal.press("enter", "q")
        assert terminal.ended(10)
        assert terminal.status == 0
    assert b"\x1b]52;" not in terminal.raw
    with Casebook.open(case, "mei") as book:
        (finding,) = book.judged("cam-1", "plant-7")
        note = book.judgement(finding).note  # type: ignore[union-attr]
    assert note.split("\n") == [
        line.replace("\x1b", "\\e").replace("\x07", "\\x07").replace("\u202e", "\\u202e")
        for line in LINES
    ]


def test_keys_in_pieces_and_what_is_no_utf8(env: dict[str, str], small: Path, case: Path) -> None:
    with Terminal("--evidence", small, "--case", case, env=env, size=(80, 24)) as terminal:
        terminal.until("cam-1")
        terminal.press("enter")
        terminal.until("5 Processes 3")
        terminal.press("5")
        terminal.until("▌  /bin/tool0")
        for pause, key in (
            (0.03, "\x1b[B"),
            (0.1, "\x1bOB"),
            (0.06, "\x1b[5~"),
            (0.1, "\x1b[1;5S"),
        ):
            for character in key:
                terminal.send(character.encode())
                time.sleep(pause)
        terminal.send(b"\xe9\xff\xc3")
        terminal.send(b"\x1b[B" * 200)
        terminal.until("▌  /bin/tool2")
        assert "! 0   ✓ 0   ~ 0   " in terminal.text
        assert "Processes  complete" in terminal.text
        terminal.press("q")
        assert terminal.ended(10)
        assert terminal.status == 0
