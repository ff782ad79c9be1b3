"""However it ends, what was decided is kept, and the terminal is given back."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from real_terminal import Terminal


def opened(small: Path, case: Path, env: dict[str, str]) -> Terminal:
    words = ("--evidence", small, "--case", case, "--device", "cam-1")
    return Terminal(*words, env=env, size=(80, 24))


def test_killed_as_soon_as_the_sign_is_seen(small: Path, case: Path, env: dict[str, str]) -> None:
    """Round after round one more verdict, and every one of them is there the next time."""
    for before in range(3):
        with opened(small, case, env) as terminal:
            terminal.until("5 Processes 3" + (f" !{before}" if before else ""))
            terminal.press("5", "home", *["down"] * before)
            terminal.until(f"▌  /bin/tool{before}")
            terminal.press("s")
            terminal.until(f"! {before + 1}   ✓ 0")
            terminal.kill(signal.SIGKILL)
            assert terminal.ended(5)
            assert terminal.status == -signal.SIGKILL
    with opened(small, case, env) as terminal:
        terminal.until("! 3   ✓ 0   ~ 0   ")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=("TERM", "HUP"))
def test_ended_from_outside(
    number: signal.Signals, small: Path, case: Path, env: dict[str, str]
) -> None:
    with opened(small, case, env) as terminal:
        terminal.until("5 Processes 3")
        terminal.press("5", "s")
        terminal.until("! 1   ✓ 0")
        terminal.kill(number)
        assert terminal.ended(3)
        assert terminal.restored
        assert b"Traceback" not in terminal.raw
    with opened(small, case, env) as terminal:
        terminal.until("! 1   ✓ 0")


def test_ended_while_the_source_is_read(case: Path, env: dict[str, str]) -> None:
    with Terminal("--demo", "--case", case, env=env) as terminal:
        terminal.until("reading the evidence")
        terminal.kill(signal.SIGTERM)
        assert terminal.ended(5)
        assert terminal.restored


def test_ended_as_soon_as_the_terminal_is_taken(case: Path, env: dict[str, str]) -> None:
    with Terminal("--demo", "--case", case, env=env) as terminal:
        terminal.until(lambda: b"\x1b[?1049h" in terminal.raw)
        terminal.kill(signal.SIGTERM)
        assert terminal.ended(5)
        assert terminal.restored


def test_the_terminal_goes_away(small: Path, case: Path, env: dict[str, str]) -> None:
    with opened(small, case, env) as terminal:
        terminal.until("5 Processes 3")
        terminal.press("5", "s")
        terminal.until("! 1   ✓ 0")
        terminal.hang_up()
        assert terminal.ended(5)


def test_a_device_that_is_not_there_is_said_after_the_screen_is_given_back(
    small: Path, case: Path, env: dict[str, str]
) -> None:
    words = ("--evidence", small, "--case", case, "--device", "cam-2")
    with Terminal(*words, env=env, size=(200, 24)) as terminal:
        assert terminal.ended(20)
        assert terminal.status == 1
        assert terminal.restored
        said = bytes(terminal.raw).rpartition(b"\x1b[?1049l")[2].decode()
        assert "iotriage: no device 'cam-2'" in said
        assert "Traceback" not in said


@pytest.mark.parametrize("term", ["dumb", None])
def test_a_terminal_that_cannot_draw(term: str | None, env: dict[str, str]) -> None:
    del env["TERM"]
    with Terminal("--demo", env=env | ({"TERM": term} if term else {})) as terminal:
        assert terminal.ended(10)
        assert terminal.status == 1
        assert bytes(terminal.raw).startswith(b"iotriage: TERM is ")
        assert terminal.raw.count(b"\n") <= 2
        assert b"\x1b" not in terminal.raw


@pytest.mark.parametrize("stream", ["stdin", "stdout", "stderr"])
def test_a_stream_that_is_no_terminal(stream: str, env: dict[str, str], tmp_path: Path) -> None:
    """One of three is enough to refuse; the others stay with the terminal of the test."""
    shell = {"stdin": "</dev/null", "stdout": "| cat", "stderr": f"2>{tmp_path}/err"}[stream]
    iotriage = Path(sys.executable).parent / "iotriage"
    ran = subprocess.run(
        ["script", "-qec", f"{iotriage} --demo {shell}; echo done", "/dev/null"],
        env=env | {"SHELL": "/bin/sh"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=20,
        check=False,
    )
    said = ran.stdout.decode()
    said += (tmp_path / "err").read_text() if stream == "stderr" else ""
    assert "the console needs a terminal on standard input, output and error" in said
    assert "\x1b[?1049h" not in said
