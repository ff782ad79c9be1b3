"""Copying from a console that may sit behind SSH and a multiplexer."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Mapping

#: What xterm takes; longer sequences are dropped by many terminals without a word.
OSC52_LIMIT = 74_994


def is_remote(environment: Mapping[str, str]) -> bool:
    """Whether the terminal is at the other end of a connection, or there is no desktop."""
    if any(environment.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")):
        return True
    return not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def osc52(text: str, environment: Mapping[str, str]) -> str | None:
    """The sequence that hands ``text`` to the terminal, wrapped for tmux; None when too long."""
    encoded = base64.b64encode(text.encode("utf-8", errors="backslashreplace")).decode()
    if len(encoded) > OSC52_LIMIT:
        return None
    sequence = f"\x1b]52;c;{encoded}\x07"
    if environment.get("TMUX"):
        # Both ways in: tmux's own (set-clipboard on) and passed through to the terminal outside.
        return f"{sequence}\x1bPtmux;\x1b{sequence}\x1b\\"
    if environment.get("TERM", "").startswith("screen"):
        return f"\x1bP{sequence}\x1b\\"
    return sequence


def copy(text: str, write: Callable[[str], None]) -> str:
    """Copy ``text`` and say what is known of it; ``write`` sends raw text to the terminal."""
    size = f"{len(text):,} characters"
    if not is_remote(os.environ):
        import pyperclip  # noqa: PLC0415 - looks for its helpers on import

        try:
            pyperclip.copy(text)
        except pyperclip.PyperclipException:
            pass
        else:
            return f"copied {size}"
    sequence = osc52(text, os.environ)
    if sequence is None:
        return f"{size} are too long for a terminal's clipboard: x writes a file instead"
    write(sequence)
    return f"{size} handed to the terminal: whether it keeps them it does not tell"
