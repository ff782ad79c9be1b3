"""The real command in a real pseudo-terminal, its screen read back by a terminal emulator."""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

import pyte

KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pagedown": "\x1b[6~",
    "ctrl+u": "\x15",
    "ctrl+p": "\x10",
    "ctrl+z": "\x1a",
}
#: What the emulator does not know and would print: queries, keyboard and pointer modes, titles.
UNKNOWN = re.compile(rb"\x1b\[[?=<>][0-9;]*(?:\$p|u)|\x1b\[[0-9;]*\$p|\x1b\]22;[a-z_-]*\x07")


class Terminal:
    """``iotriage`` with ``words``; use as a context, so that nothing outlives the test."""

    def __init__(
        self,
        *words: str | Path,
        env: Mapping[str, str],
        size: tuple[int, int] = (120, 40),
        cwd: Path | None = None,
    ) -> None:
        columns, rows = size
        self.raw = bytearray()
        self.status: int | None = None
        self._fed = 0
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        command = [str(Path(sys.executable).parent / "iotriage"), *map(str, words)]
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.before = termios.tcgetattr(slave)
        self.pid = os.fork()
        if self.pid == 0:
            _become(command, slave, dict(env), cwd)
        # Kept open: the settings of the terminal are read from it once the command has gone.
        self._slave = slave
        os.set_blocking(self._master, False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self.ended(0):
            os.kill(self.pid, signal.SIGKILL)
            self.ended(5)
        os.close(self._slave)
        if self._master >= 0:
            os.close(self._master)

    # What it says

    def pump(self, seconds: float) -> bool:
        """Take what comes within ``seconds``; whether anything did."""
        if self._master < 0 or not select.select([self._master], [], [], seconds)[0]:
            return False
        try:
            self.raw += os.read(self._master, 1 << 16)
        except (BlockingIOError, OSError):
            return False
        return True

    @property
    def lines(self) -> list[str]:
        new = bytes(self.raw[self._fed :])
        # A sequence may be cut at the end of what came.
        cut = new.rfind(b"\x1b")
        if cut >= 0 and len(new) - cut < 16 and not re.search(rb"[A-Za-z\x07]", new[cut + 2 :]):
            new = new[:cut]
        self._fed += len(new)
        self._stream.feed(UNKNOWN.sub(b"", new))
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def until(self, holds: str | Callable[[], object], seconds: float = 40) -> None:
        """Wait for a text on the screen, or for anything else to be so."""
        check = (lambda: holds in self.text) if isinstance(holds, str) else holds
        end = time.monotonic() + seconds
        while not check():
            assert time.monotonic() < end, f"waited in vain for {holds!r}:\n{self.text}"
            if not self.pump(0.05) and self.ended(0):
                assert check(), f"it ended ({self.status}) with:\n{self.text}"

    def quiet(self, seconds: float = 0.25) -> None:
        """Wait until nothing has come for a while."""
        while self.pump(seconds):
            pass

    # What is done to it

    def press(self, *keys: str) -> None:
        """Names of KEYS, or text to type; each is answered before the next."""
        for key in keys:
            os.write(self._master, KEYS.get(key, key).encode())
            self.quiet(0.3 if key == "escape" else 0.12)

    def send(self, data: bytes) -> None:
        """Bytes as they are, however long a read of them takes."""
        while data:
            try:
                data = data[os.write(self._master, data) :]
            except BlockingIOError:
                self.pump(0.01)

    def resize(self, columns: int, rows: int) -> None:
        """Another size; what stands on the screen is not kept."""
        self.lines  # noqa: B018 - what came for the old size is drawn at that size
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.kill(self.pid, signal.SIGWINCH)
        self._screen.resize(rows, columns)
        self._screen.reset()

    def hang_up(self) -> None:
        """The terminal goes away, as when a window or a connection is closed."""
        os.close(self._master)
        self._master = -1

    def kill(self, number: int) -> None:
        os.kill(self.pid, number)

    def ended(self, seconds: float) -> bool:
        """Whether the command ends within ``seconds``; its status is in ``status``."""
        end = time.monotonic() + seconds
        while self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() >= end:
                return False
            else:
                self.pump(0.02)
        while self.pump(0):
            pass
        return True

    @property
    def restored(self) -> bool:
        """The main screen is back, the cursor seen, and lines are edited as before."""
        raw = bytes(self.raw)
        left = raw.rfind(b"\x1b[?1049l") > raw.rfind(b"\x1b[?1049h")
        seen = raw.rfind(b"\x1b[?25h") > raw.rfind(b"\x1b[?25l")
        return left and seen and termios.tcgetattr(self._slave)[:4] == self.before[:4]


def _become(command: list[str], slave: int, env: dict[str, str], cwd: Path | None) -> None:
    """In the child: a session of its own with the terminal, then the command."""
    try:
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        for stream in (0, 1, 2):
            os.dup2(slave, stream)
        if cwd is not None:
            os.chdir(cwd)
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        os.execve(command[0], command, env)
    finally:
        os._exit(127)
