"""Where the border of the process matters: pipes, signals, terminals that are none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .running import apart, process, write

IOTRIAGE = Path(sys.executable).parent / "iotriage"


def test_a_pipe_gets_plain_text_and_a_status(evidence: Path) -> None:
    env = os.environ | {"FORCE_COLOR": "1", "CLICOLOR_FORCE": "1", "TERM": "xterm-256color"}
    ran = apart("devices", "--evidence", evidence, env=env)
    assert ran.status == 0
    assert b"\x1b" not in ran.out
    assert "cam-1" in ran.text
    assert ran.err == ""


def test_a_locale_without_unicode_changes_no_byte(evidence: Path, tmp_path: Path) -> None:
    write(tmp_path / "two", {"SecurityIoTRawEvent": [process(1, "/bin/日本 é", device="güte")]})
    words = ("devices", "--evidence", tmp_path / "two")
    plain = apart(*words, env=os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0"})
    utf8 = apart(*words, env=os.environ | {"LC_ALL": "C.UTF-8"})
    assert plain.status == 0
    assert plain.out == utf8.out
    assert "güte" in plain.text


@pytest.fixture
def much(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A command that has begun to print more than a pipe holds."""
    rows = [process(hour % 24, f"/bin/p{hour} {'x' * 300}") for hour in range(1500)]
    write(tmp_path / "many", {"SecurityIoTRawEvent": rows})
    words = ["ask", "processes", "--evidence", tmp_path / "many", "--device", "cam-1"]
    asking = subprocess.Popen(
        [IOTRIAGE, *words, "--format", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with asking:
        yield asking
        asking.kill()


def test_a_reader_that_goes_away_leaves_no_traceback(much: subprocess.Popen[bytes]) -> None:
    assert much.stdout is not None
    assert much.stderr is not None
    assert much.stdout.readline() == b"{\n"
    much.stdout.close()
    assert much.stderr.read() == b""
    assert much.wait(30) == 1


def test_an_interrupt_is_one_line(much: subprocess.Popen[bytes]) -> None:
    assert much.stdout is not None
    assert much.stdout.read(1) == b"{"
    much.send_signal(signal.SIGINT)
    _, said = much.communicate(timeout=30)
    # The line that was begun is ended first.
    assert (much.returncode, said.lstrip(b"\n")) == (130, b"iotriage: stopped\n")


@pytest.mark.parametrize("words", [(), ("--demo",)])
def test_no_terminal_no_console(words: tuple[str, ...]) -> None:
    ran = apart(*words, env=os.environ | {"TERM": "xterm-256color"})
    assert ran.failed(1) == (
        "the console needs a terminal on standard input, output and error;"
        " use iotriage devices, ask and report in scripts"
    )


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_that_cannot_draw(term: str) -> None:
    said = apart("--demo", env=os.environ | {"TERM": term}).failed(1)
    assert said.startswith(f"TERM is {term or 'not set'}: the console needs a terminal that can")
