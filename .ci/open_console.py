"""Run a command that opens the console, in a terminal of its own; look at it, then leave by key.

Exit status 0 when the console showed the demo evidence with its devices and ended well.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

ROWS, COLUMNS = 40, 120
#: Installing comes first in the command.
PATIENCE = 300.0
LEAVING = 15.0
EXPECTED = ("DEMO", "cam-0231")
_ESCAPES = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|P[^\x1b]*\x1b\\|.)"
)


def seen(raw: bytes) -> str:
    return _ESCAPES.sub(b"", raw).decode("utf-8", "replace")


def read_until(terminal: int, raw: bytearray, wanted: tuple[str, ...], patience: float) -> bool:
    """Whether all of ``wanted`` were shown in time; reads to the end where nothing is wanted."""
    deadline = time.monotonic() + patience
    while (left := deadline - time.monotonic()) > 0:
        if select.select([terminal], [], [], left)[0]:
            try:
                part = os.read(terminal, 65536)
            except OSError:  # How Linux says that nobody is left at the other end.
                part = b""
            if not part:
                return not wanted
            raw += part
            if wanted and all(text in seen(bytes(raw)) for text in wanted):
                return True
    return False


def ended(child: int) -> int:
    """The exit status; that of a kill where the child does not end in time."""
    for _ in range(100):
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.1)
    os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(command: str) -> str:
    """What went wrong; empty when nothing did."""
    child, terminal = pty.fork()
    if child == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        os.environ["TERM"] = "xterm-256color"
        os.execvp("bash", ["bash", "-c", command])  # noqa: S606
    raw = bytearray()
    try:
        if not read_until(terminal, raw, EXPECTED, PATIENCE):
            return f"{' and '.join(EXPECTED)} did not show:\n{seen(bytes(raw))[-4000:]}"
        os.write(terminal, b"q")
        if not read_until(terminal, raw, (), LEAVING):
            return f"q did not leave:\n{seen(bytes(raw))[-4000:]}"
    finally:
        # Closing hangs up, which ends whatever has not ended by itself.
        os.close(terminal)
        status = ended(child)
    return f"exit status {status}:\n{seen(bytes(raw))[-4000:]}" if status else ""


if __name__ == "__main__":
    problem = main(sys.argv[1])
    print(problem or "the console opened on the demo evidence, and left when told to")
    sys.exit(bool(problem))
