"""The line drops in the middle, or the console is stopped: nothing is lost by it."""

from __future__ import annotations

import re
import signal
import stat
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from real_terminal import Terminal

OFFER = "Go on where you were?"


def opened(small: Path, case: Path, env: dict[str, str], *words: str) -> Terminal:
    return Terminal("--evidence", small, "--case", case, *words, env=env, size=(80, 24))


def in_the_middle(terminal: Terminal) -> None:
    """The second row of the processes that hold "tool"."""
    terminal.until("cam-1")
    terminal.press("cam-1", "enter")
    terminal.until("5 Processes 3")
    terminal.press("5", "/", "tool", "enter", "down")
    terminal.until(stands_there(terminal))
    # The other panes, and what was heard of the device, may be answered after this one.
    terminal.until(lambda: len(re.findall(r"\d [A-Z][a-z]+ \d", terminal.text)) >= 5)
    terminal.quiet(0.5)


def stands_there(terminal: Terminal) -> Callable[[], object]:
    return lambda: (
        re.search(r"▌. /bin/tool1 ", terminal.text)
        and "Processes  complete · 3 rows" in terminal.text.replace("partial", "complete")
        and "filter tool" in terminal.text
    )


def places(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "state" / "iotriage" / "places").glob("*"))


@pytest.mark.parametrize("how", ["HUP", "TERM", "closed"])
def test_it_goes_on_where_the_line_dropped(
    how: str, small: Path, case: Path, env: dict[str, str], tmp_path: Path
) -> None:
    with opened(small, case, env) as terminal:
        in_the_middle(terminal)
        if how == "closed":
            terminal.hang_up()
        else:
            terminal.kill(signal.Signals[f"SIG{how}"])
        assert terminal.ended(2)
        assert how == "closed" or terminal.restored
    (file,) = places(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with opened(small, case, env) as terminal:
        terminal.until(OFFER)
        assert "plant-7 / cam-1, Processes" in terminal.text
        terminal.press("y")
        terminal.until(stands_there(terminal))
        terminal.press("q")
        assert terminal.ended(5)
        assert (terminal.status, terminal.restored) == (0, True)


def test_no_starts_afresh(small: Path, case: Path, env: dict[str, str]) -> None:
    with opened(small, case, env) as terminal:
        in_the_middle(terminal)
        terminal.press("q")
        assert terminal.ended(5)
    with opened(small, case, env) as terminal:
        terminal.until(OFFER)
        terminal.press("n")
        terminal.until("type to filter")
        assert OFFER not in terminal.text
        terminal.press("q")
        assert terminal.ended(5)
    with opened(small, case, env, "--device", "cam-1") as terminal:
        terminal.until("5 Processes 3")
        assert OFFER not in terminal.text


def test_a_place_that_cannot_be_written_stops_nobody(
    small: Path, case: Path, env: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "state" / "iotriage"
    folder.mkdir(parents=True)
    (folder / "places").write_text("in the way", "utf-8")
    with opened(small, case, env) as terminal:
        in_the_middle(terminal)
        terminal.until("cannot be kept")
        terminal.press("q")
        assert terminal.ended(5)
        assert (terminal.status, terminal.restored) == (0, True)


def state(terminal: Terminal) -> str:
    """T: it is stopped."""
    return Path(f"/proc/{terminal.pid}/stat").read_text().rpartition(")")[2].split()[0]


def forget_screen(terminal: Terminal) -> None:
    """Whatever was on it is gone, as after another program had the terminal."""
    assert terminal.text
    terminal._screen.reset()


def test_stopped_it_gives_the_terminal_back_and_then_draws_all_anew(
    small: Path, case: Path, env: dict[str, str]
) -> None:
    with opened(small, case, env) as terminal:
        in_the_middle(terminal)
        before = terminal.text
        for _ in range(2):
            terminal.kill(signal.SIGTSTP)
            terminal.until(lambda: state(terminal) == "T")
            terminal.quiet()
            assert terminal.restored
            forget_screen(terminal)
            terminal.kill(signal.SIGCONT)
            terminal.until(lambda: terminal.text == before)
            assert not terminal.restored
            terminal.press("up", "down")
            assert terminal.text == before
        terminal.press("q")
        assert terminal.ended(5)
        assert (terminal.status, terminal.restored) == (0, True)


def test_stopped_without_a_word_it_still_gives_the_terminal_back_at_the_end(
    small: Path, case: Path, env: dict[str, str]
) -> None:
    with opened(small, case, env) as terminal:
        in_the_middle(terminal)
        before = terminal.text
        terminal.kill(signal.SIGSTOP)
        terminal.until(lambda: state(terminal) == "T")
        forget_screen(terminal)
        terminal.kill(signal.SIGCONT)
        terminal.until(lambda: terminal.text == before)
        terminal.press("q")
        assert terminal.ended(5)
        assert (terminal.status, terminal.restored) == (0, True)


def test_told_to_end_while_stopped_it_ends(small: Path, case: Path, env: dict[str, str]) -> None:
    with opened(small, case, env) as terminal:
        in_the_middle(terminal)
        terminal.kill(signal.SIGTSTP)
        terminal.until(lambda: state(terminal) == "T")
        terminal.kill(signal.SIGTERM)
        terminal.kill(signal.SIGCONT)
        assert terminal.ended(5)
        assert terminal.restored


def test_told_to_end_while_the_terminal_takes_nothing_it_ends(
    small: Path, case: Path, env: dict[str, str], tmp_path: Path
) -> None:
    with opened(small, case, env) as terminal:
        in_the_middle(terminal)
        termios.tcflow(terminal._slave, termios.TCOOFF)
        terminal.press("?", "escape", "1")
        terminal.kill(signal.SIGTERM)
        assert terminal.ended(8)
    (file,) = places(tmp_path)
    assert b'"alerts"' in file.read_bytes()


def test_a_terminal_that_goes_without_a_signal_ends_it(
    small: Path, case: Path, env: dict[str, str]
) -> None:
    """In a session of another terminal nobody is told that this one has gone."""
    with opened(small, case, env) as terminal:
        terminal.kill(signal.SIGKILL)
        assert terminal.ended(5)
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), terminal._slave)
        process = subprocess.Popen(
            [Path(sys.executable).parent / "iotriage", "--evidence", small, "--case", case],
            env=env,
            start_new_session=True,
            **streams,
        )
        try:
            end = time.monotonic() + 40
            while "type to filter" not in terminal.text or "cam-1 " not in terminal.text:
                assert time.monotonic() < end, terminal.text
                terminal.pump(0.05)
            terminal.hang_up()
            process.wait(2)
        finally:
            process.kill()
