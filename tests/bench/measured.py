"""A program in a pseudo-terminal, seen from outside: bytes, time, processor and memory."""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

import pyte

KEYS = {
    "down": b"\x1b[B",
    "end": b"\x1b[F",
    "enter": b"\r",
    "escape": b"\x1b",
    "home": b"\x1b[H",
    "pagedown": b"\x1b[6~",
}
#: Seconds without a byte after which a frame counts as settled, or the answer to a key as whole.
SETTLED, WHOLE = 0.3, 0.08
#: Seconds between two pieces of what was written at once; a terminal takes 4 KB at a time.
_TOGETHER = 0.004
_UNKNOWN = re.compile(rb"\x1b\[[?=<>][0-9;]*(?:\$p|u)|\x1b\[[0-9;]*\$p|\x1b\]22;[a-z_-]*\x07")
_CLOCK = os.sysconf("SC_CLK_TCK")


class Program:
    """A command that runs; every chunk it writes is kept with its time since the start."""

    def __init__(
        self,
        command: Sequence[str | Path],
        env: Mapping[str, str] | None = None,
        size: tuple[int, int] = (120, 40),
    ) -> None:
        self.chunks: list[tuple[float, bytes]] = []
        self._size = size
        columns, rows = size
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        kept = {n: t for n, t in os.environ.items() if n not in ("NO_COLOR", "TMUX", "COLUMNS")}
        words = [str(word) for word in command]
        self._began = time.perf_counter()
        self.pid = os.fork()
        if self.pid == 0:
            os.login_tty(slave) if hasattr(os, "login_tty") else _take(slave)
            own = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
            os.execvpe(words[0], words, kept | own | dict(env or {}))
        os.close(slave)
        os.set_blocking(self._master, False)
        self._status: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.runs:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self._master)

    @property
    def runs(self) -> bool:
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._status = status
        return self._status is None

    @property
    def sent(self) -> int:
        """Bytes so far."""
        return sum(len(chunk) for _, chunk in self.chunks)

    def pump(self, seconds: float) -> bool:
        if not select.select([self._master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._master, 1 << 16)
        except (BlockingIOError, OSError):
            return False
        self.chunks.append((time.perf_counter() - self._began, data))
        # Programs that ask the terminal what it can do wait for the answer.
        for query, answer in (
            (b"\x1b[6n", b"\x1b[1;1R"),
            (b"\x1b[c", b"\x1b[?64;1;2;6;22c"),
            (b"\x1b[?2026$p", b"\x1b[?2026;2$y"),
            (b"\x1b[?2048$p", b"\x1b[?2048;0$y"),
        ):
            if query in data:
                os.write(self._master, answer)
        return True

    def settled(self, quiet: float = SETTLED, longest: float = 60) -> tuple[float, int]:
        """Wait for silence: (seconds from the start to the last byte before it, bytes to it)."""
        end = time.perf_counter() + longest
        while time.perf_counter() < end and self.runs:
            if not self.pump(quiet) and self.chunks:
                break
        return self.chunks[-1][0], self.sent

    def until(self, wanted: str | Callable[[list[str]], bool], longest: float = 60) -> float:
        """Seconds from the start until a text stands on the screen, or its lines are as wanted."""
        if isinstance(wanted, str):
            text = wanted
            return self.until(lambda lines: any(text in line for line in lines), longest)
        end = time.perf_counter() + longest
        screen = pyte.Screen(*self._size)
        stream = pyte.ByteStream(screen)
        fed = 0
        while time.perf_counter() < end:
            # Whatever is on its way first: a program waits while its bytes are looked at here.
            while self.pump(_TOGETHER) and time.perf_counter() < end:
                pass
            for _, chunk in self.chunks[fed:]:
                stream.feed(_UNKNOWN.sub(b"", chunk))
            fed = len(self.chunks)
            if wanted(screen.display):
                return self.chunks[-1][0]
            self.pump(0.02)
        raise TimeoutError("it never came to this:\n" + "\n".join(screen.display))

    def press(self, key: str) -> tuple[float, int]:
        """(seconds to the last byte of its answer, bytes of the answer)."""
        began, before = time.perf_counter(), len(self.chunks)
        os.write(self._master, KEYS.get(key, key.encode()))
        if self.pump(2.0):
            while self.pump(WHOLE):
                pass
        new = self.chunks[before:]
        last = new[-1][0] + self._began - began if new else 0.0
        return last, sum(len(chunk) for _, chunk in new)

    def idle(self, seconds: float) -> tuple[int, float]:
        """(bytes, processor seconds) while nobody does anything."""
        sent, cpu = self.sent, self.cpu
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self.pump(left)
        return self.sent - sent, self.cpu - cpu

    @property
    def cpu(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _CLOCK

    @property
    def memory(self) -> int:
        """Bytes resident."""
        status = Path(f"/proc/{self.pid}/status").read_text("utf-8")
        return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) * 1024

    def leave(self, key: str = "q") -> float:
        """Seconds from the key to the end of the process."""
        began = time.perf_counter()
        os.write(self._master, KEYS.get(key, key.encode()))
        while self.runs and time.perf_counter() - began < 20:
            self.pump(0.005)
        return time.perf_counter() - began


def _take(slave: int) -> None:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for stream in (0, 1, 2):
        os.dup2(slave, stream)
