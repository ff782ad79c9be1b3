"""The real command inside tmux and GNU screen, each with a server of its own."""

from __future__ import annotations

import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self
from uuid import uuid4

import pyte
from real_terminal import UNKNOWN

COLUMNS, ROWS = 80, 24


class Multiplexer:
    """A pane of 80x24 in which ``iotriage`` runs with ``words``; use as a context."""

    program = ""

    def __init__(self, *words: str | Path, env: Mapping[str, str], folder: Path) -> None:
        # A socket's path may not be long: it lies where the program puts it.
        self.name = f"iotriage-{uuid4().hex[:12]}"
        self.folder = folder
        self.env = {**env, "TERM": "xterm-256color"}
        self.log = folder / "raw"
        command = shlex.join([str(Path(sys.executable).parent / "iotriage"), *map(str, words)])
        self.status = folder / "status"
        self._emulator = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self._emulator)
        self._fed = 0
        self.start(f"{command}; echo $? > {shlex.quote(str(self.status))}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def run(self, *words: str, check: bool = True) -> str:
        done = subprocess.run(
            [self.program, *words],
            env=self.env,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=check,
            timeout=20,
        )
        return done.stdout

    def start(self, command: str) -> None:
        raise NotImplementedError

    def end(self) -> None:
        raise NotImplementedError

    def type(self, text: str) -> None:
        """Send it as it is, as one write."""
        raise NotImplementedError

    @property
    def lines(self) -> list[str]:
        """What stands on the multiplexer's own screen."""
        raise NotImplementedError

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def raw(self) -> bytes:
        """All that the command has written."""
        return self.log.read_bytes() if self.log.exists() else b""

    @property
    def painted(self) -> list[str]:
        """What another emulator makes of it."""
        # A sequence may be cut at the end of what is there.
        new = self.raw[self._fed :]
        cut = new.rfind(b"\x1b")
        if cut >= 0 and len(new) - cut < 16:
            new = new[:cut]
        self._fed += len(new)
        self._stream.feed(UNKNOWN.sub(b"", new))
        return [line.rstrip() for line in self._emulator.display]

    def until(self, holds: str | Callable[[], object], seconds: float = 40) -> None:
        """Wait for a text on the screen, or for anything else to be so."""
        check = (lambda: holds in self.text) if isinstance(holds, str) else holds
        end = time.monotonic() + seconds
        while not check():
            assert time.monotonic() < end, f"waited in vain for {holds!r}:\n{self.text}"
            time.sleep(0.05)

    def press(self, *keys: str, then: str | Callable[[], object]) -> None:
        for key in keys:
            self.type(key)
        self.until(then)


class Tmux(Multiplexer):
    program = "tmux"

    def start(self, command: str) -> None:
        size = ("-x", str(COLUMNS), "-y", str(ROWS))
        # The pane waits until all it writes is kept.
        held = f"read -r _; {command}"
        self.tmux("new-session", "-d", *size, "-s", "one", f"sh -c {shlex.quote(held)}")
        self.tmux("set-option", "-g", "default-terminal", "tmux-256color")
        self.tmux("set-option", "-g", "remain-on-exit", "on")
        self.tmux("respawn-pane", "-k", "-t", "one", f"sh -c {shlex.quote(held)}")
        self.tmux("pipe-pane", "-t", "one", f"cat > {shlex.quote(str(self.log))}")
        self.type("\r")

    def tmux(self, *words: str, check: bool = True) -> str:
        return self.run("-f", "/dev/null", "-L", self.name, *words, check=check)

    def end(self) -> None:
        self.tmux("kill-server", check=False)

    def type(self, text: str) -> None:
        self.tmux("send-keys", "-t", "one", "-l", text)

    @property
    def lines(self) -> list[str]:
        lines = self.tmux("capture-pane", "-p", "-t", "one").split("\n")
        return [line.rstrip() for line in lines[:ROWS]]

    def asks_for_the_mouse(self) -> bool:
        return self.tmux("display-message", "-p", "-t", "one", "#{mouse_any_flag}").strip() != "0"


class Screen(Multiplexer):
    program = "screen"

    def start(self, command: str) -> None:
        settings = self.folder / "screenrc"
        settings.write_text(
            "startup_message off\ndefutf8 on\ndefencoding utf8\nterm screen-256color\n"
            f"logfile {self.log}\nlogfile flush 0\ndeflog on\n",
            "utf-8",
        )
        words = ("-c", str(settings), "-U", "-dmS", self.name, "sh", "-c", command)
        self.run(*words)

    def end(self) -> None:
        self.screen("quit", check=False)

    def screen(self, *words: str, check: bool = True) -> str:
        return self.run("-S", self.name, "-p", "0", "-X", *words, check=check)

    def type(self, text: str) -> None:
        # Its own quoting: no text of ours has ^, \ or $.
        self.screen("stuff", text)

    @property
    def lines(self) -> list[str]:
        return self.painted

    @property
    def copied(self) -> list[str]:
        """Its own screen; with no terminal at hand it writes the low byte of each character."""
        shown = self.folder / "hardcopy"
        shown.unlink(missing_ok=True)
        self.screen("hardcopy", str(shown))
        # It is written by the server, some time after it was asked for.
        end = time.monotonic() + 10
        while not shown.exists() or shown.read_bytes().count(b"\n") < ROWS:
            assert time.monotonic() < end, "screen shows nothing"
            time.sleep(0.01)
        lines = shown.read_text("latin-1").split("\n")
        return [line.rstrip() for line in lines[:ROWS]]
