"""The prompt in a real terminal: typed in bursts, with its own keys, saved for the next start."""

from __future__ import annotations

from pathlib import Path

from real_terminal import Terminal

TEXT = b"SecurityIoTRawEvent | summarize Events = count() by RawEventName"


def test_a_text_is_asked_saved_and_asked_again(
    env: dict[str, str], small: Path, case: Path, tmp_path: Path
) -> None:
    with Terminal("--evidence", small, "--case", case, env=env, size=(80, 24)) as terminal:
        terminal.until("cam-1")
        terminal.press("enter")
        terminal.until("5 Processes 3")
        terminal.press(":")
        terminal.until("windowEnd")
        terminal.send(b"SecurityIoTRawEvent | wher 1 == 1\r")
        terminal.until("line 1, column 23: syntax error: no operator is called wher")
        # Ctrl+U empties the line before the cursor, Ctrl+K what is after it.
        terminal.send(b"\x15\x0b")
        terminal.until(lambda: "| wher" not in terminal.text)
        terminal.send(TEXT)
        terminal.until("by RawEventName")
        terminal.send(b"\x0f")
        terminal.until("Name of the question")
        terminal.send(b"kinds\r")
        terminal.until(lambda: "Letters, digits" not in terminal.text)
        terminal.send(b"\r")
        terminal.until("complete · 1 row")
        terminal.until("ProcessCreate")
        terminal.press("s")
        terminal.until("! 1 ")
        terminal.press("q")
        assert terminal.ended(10)
        assert terminal.status == 0
    assert (tmp_path / "config" / "iotriage" / "packs" / "own" / "kinds.kql").is_file()
    history = tmp_path / "state" / "iotriage" / "queries.json"
    assert history.stat().st_mode & 0o777 == 0o600
    where = ("--evidence", small, "--case", case, "--pack", "own", "--device", "cam-1")
    with Terminal(*where, env=env, size=(160, 30)) as terminal:
        terminal.until("SecurityIoTRawEvent |")
        terminal.press("q")
        assert terminal.ended(10)
