"""What goes down the line: differences only, the newest frame, and never a wait for who draws."""

from __future__ import annotations

import fcntl
import os
import select
import struct
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pyte
import pytest
from iotriage.tui.driver import FrameWriter
from real_terminal import Terminal

WIDTH, HEIGHT = 80, 24


class Line:
    """A terminal that is read when the test says so."""

    def __init__(self) -> None:
        self.master, self.slave = os.openpty()
        os.set_blocking(self.master, False)
        self.resize(WIDTH, HEIGHT)
        attributes = termios.tcgetattr(self.slave)
        attributes[1] &= ~termios.OPOST
        termios.tcsetattr(self.slave, termios.TCSANOW, attributes)
        self.file: TextIO = os.fdopen(os.dup(self.slave), "w", encoding="utf-8", newline="")
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = b""

    def resize(self, width: int, height: int) -> None:
        size = struct.pack("HHHH", height, width, 0, 0)
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, size)

    def read(self, quiet: float = 0.1) -> bytes:
        """What has come until nothing does for a while."""
        new = b""
        while select.select([self.master], [], [], quiet)[0]:
            new += os.read(self.master, 1 << 16)
        self.raw += new
        self._stream.feed(new)
        return new

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display]


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line()
    yield made
    made.file.close()
    os.close(made.master)
    os.close(made.slave)


@pytest.fixture
def writer(line: Line) -> Iterator[FrameWriter]:
    made = FrameWriter(line.file)
    made.start()
    yield made
    line.read(0.01)
    made.stop()


def frame(number: int) -> str:
    """A screen full of text, all of it another in each frame."""
    rows = (f"\x1b[{y + 1};1H\x1b[38;5;7m{f'{number}.{y} ' * 8:<80.80}\x1b[0m" for y in range(24))
    return "\n".join(rows) + "\x1b[1;1H"


def test_who_draws_never_waits_and_old_frames_are_not_sent(line: Line, writer: FrameWriter) -> None:
    began = time.monotonic()
    for number in range(300):
        writer.write(frame(number))
    # Half a megabyte, into a terminal that takes a few kilobytes.
    assert time.monotonic() - began < 5
    line.read(0.3)
    assert line.lines[23].startswith("299.23 299.23")
    assert len(line.raw) < 60_000


def test_the_same_again_is_not_sent(line: Line, writer: FrameWriter) -> None:
    writer.write(frame(1))
    line.read()
    writer.write("\x1b[?2026h")
    writer.write(frame(1))
    writer.write("\x1b[?2026l")
    assert line.read() == b""
    writer.write(frame(1) + "\x1b[3;5H\x1b[31mx\x1b[0m\x1b[1;1H")
    assert line.read() == b"\x1b[3;5H\x1b[31mx\x1b[H"


def test_whatever_is_no_frame_goes_through_in_its_turn(line: Line, writer: FrameWriter) -> None:
    writer.write("\x1b[?25l")
    writer.write(frame(1))
    writer.write("\x1b]52;c;aGk=\x07")
    writer.write(frame(1))
    writer.write("\x1b[?1049l")
    sent = line.read(0.2)
    assert sent.startswith(b"\x1b[m\x1b[?25l")
    assert sent.count(b"1.23 ") == 8
    assert sent.index(b"1.23 ") < sent.index(b"\x1b]52;") < sent.index(b"\x1b[?1049l")
    # No colour of ours is left to the shell.
    assert sent.rindex(b"\x1b[m") > sent.rindex(b"38;5;7")


def test_what_may_have_changed_the_screen_is_drawn_over(line: Line, writer: FrameWriter) -> None:
    writer.write(frame(1))
    line.read()
    writer.write("\x1b[2J")
    writer.write(frame(1))
    line.read()
    assert line.lines[5].startswith("1.5 1.5")


def test_back_on_the_screen_all_is_drawn_again(line: Line, writer: FrameWriter) -> None:
    writer.write("\x1b[?1049h")
    assert line.read() == b"\x1b[m\x1b[?1049h"
    writer.write(frame(1))
    line.read()
    writer.write("\x1b[?1049l")
    assert b"1.5" not in line.read()
    writer.write("\x1b[?1049h")
    assert line.read().count(b"1.5 ") == 8


def test_another_size_begins_anew(line: Line, writer: FrameWriter) -> None:
    writer.write(frame(1))
    line.read()
    line.resize(60, 20)
    line.screen.resize(20, 60)
    line.screen.reset()
    writer.write(frame(1))
    line.read()
    assert line.lines[19].startswith("1.19 1.19")


def test_leaving_a_terminal_that_takes_nothing(line: Line) -> None:
    made = FrameWriter(line.file)
    made.start()
    for number in range(3):
        made.write(frame(number) * 5)
        time.sleep(0.05)
    made.write("x\x07" * 100_000)
    began = time.monotonic()
    made.stop()
    assert time.monotonic() - began < 10
    line.read(0.2)


def test_another_size_and_back_before_anybody_looks(
    env: dict[str, str], small: Path, case: Path
) -> None:
    with Terminal("--evidence", small, "--case", case, env=env, size=(120, 40)) as terminal:
        terminal.until("cam-1")
        terminal.press("enter")
        terminal.until("5 Processes 3")
        terminal.quiet()
        # Whoever handles the first signal finds the size of before, as under load.
        terminal.resize(80, 24)
        terminal.resize(120, 40)
        assert "Processes" not in terminal.text
        terminal.until("5 Processes 3")
        terminal.until(lambda: terminal.lines[-1].startswith(" e expected"))


def test_a_console_that_is_resized_again_and_again(
    env: dict[str, str], small: Path, case: Path
) -> None:
    with Terminal("--evidence", small, "--case", case, env=env, size=(120, 40)) as terminal:
        terminal.until("cam-1")
        terminal.press("enter")
        terminal.until("5 Processes 3")
        for size in ((80, 24), (100, 30), (61, 16), (120, 40), (80, 24)) * 3:
            terminal.resize(*size)
            time.sleep(0.05)
        terminal.press("5")
        terminal.until("Processes  complete · 3 rows")
        assert len(terminal.lines) == 24
        assert terminal.lines[-1].startswith(" e expected")
