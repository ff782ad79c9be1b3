"""Copying from a console that may sit behind SSH and a multiplexer."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from platformdirs import user_state_path

from ..queries.language import tr

#: Base64 that xterm takes; longer sequences are dropped by many terminals without a word.
OSC52_LIMIT = 74_994
#: Bytes of a string that GNU screen hands on.
SCREEN_LIMIT = 768
#: Terminals that have no clipboard for certain: the Linux console, and hardware of old.
_WITHOUT = ("linux", "vt", "dumb")

T = TypeVar("T")
Write = Callable[[str], None]
Desktop = Callable[[str], None]


class NoDesktop(Exception):  # noqa: N818 - a fact, no failure
    """No clipboard of a desktop can be reached from here; says why."""


def is_remote(environment: Mapping[str, str]) -> bool:
    """Whether the terminal is at the other end of a connection."""
    return any(environment.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"))


def takes_osc52(environment: Mapping[str, str]) -> bool:
    """Whether the terminal may have a clipboard that programs can fill."""
    return not environment.get("TERM", "").startswith(_WITHOUT)


def multiplexer(environment: Mapping[str, str]) -> str:
    """``tmux`` or ``screen`` that this runs in, as far as can be seen; else nothing."""
    if environment.get("TMUX"):
        return "tmux"
    if environment.get("STY"):
        return "screen"
    term = environment.get("TERM", "")
    # SSH hands on TERM alone; tmux calls itself screen too, where it is not told otherwise.
    return next((name for name in ("tmux", "screen") if term.startswith(name)), "")


def osc52(text: str, environment: Mapping[str, str]) -> str | None:
    """The sequence that hands ``text`` to the terminal; None when it is too long.

    Inside a multiplexer it is sent twice: as it is, which tmux takes with ``set-clipboard on``,
    and wrapped, to be handed on to the terminal outside.
    """
    encoded = base64.b64encode(text.encode("utf-8", errors="backslashreplace")).decode()
    if len(encoded) > OSC52_LIMIT:
        return None
    sequence = f"\x1b]52;c;{encoded}\x07"
    match multiplexer(environment):
        case "tmux":
            doubled = sequence.replace("\x1b", "\x1b\x1b")
            return f"{sequence}\x1bPtmux;{doubled}\x1b\\"
        case "screen":
            size = SCREEN_LIMIT - len("\x1bP\x1b\\")
            pieces = (sequence[at : at + size] for at in range(0, len(sequence), size))
            return sequence + "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)
    return sequence


def to_desktop(text: str) -> None:
    """Into the clipboard of the desktop that this runs on.

    Raises:
        NoDesktop: there is none, or nothing that reaches it.
    """
    import pyperclip  # noqa: PLC0415 - looks for its helpers on import

    def kept() -> bool:
        pyperclip.copy(text)
        # A helper that cannot reach its display fails without a word.
        return bool(pyperclip.paste().splitlines() == text.splitlines())

    if not _reached(kept):
        raise NoDesktop(tr("it did not keep the text"))


def look_at_desktop() -> None:
    """Read the clipboard, and change nothing in it.

    Raises:
        NoDesktop: as :func:`to_desktop` would.
    """
    import pyperclip  # noqa: PLC0415

    _reached(pyperclip.paste)


def _reached(does: Callable[[], T]) -> T:
    import pyperclip  # noqa: PLC0415

    try:
        return does()
    except (pyperclip.PyperclipException, OSError) as error:
        sentence = " ".join(str(error).split()).partition(". ")[0]
        raise NoDesktop(sentence or tr("nothing reaches it")) from None


def to_file(text: str, folder: Path, at: datetime) -> Path:
    """Into a new file that only its owner may read.

    Raises:
        OSError: it cannot be written.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stem = f"copied-{at:%Y%m%dT%H%M%SZ}"
    number = 1
    while True:
        path = folder / (f"{stem}.txt" if number == 1 else f"{stem}-{number}.txt")
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            number += 1
            continue
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
        return path


def copy(
    text: str,
    write: Write,
    *,
    environment: Mapping[str, str] | None = None,
    desktop: Desktop = to_desktop,
    folder: Path | None = None,
) -> str:
    """Copy ``text`` and say what is known of it; ``write`` sends raw text to the terminal."""
    environment = os.environ if environment is None else environment
    size = tr("{count:,} characters", count=len(text))
    if not is_remote(environment):
        try:
            desktop(text)
        except NoDesktop:
            pass
        else:
            return tr("{size} copied to the clipboard of this desktop", size=size)
    sequence = osc52(text, environment) if takes_osc52(environment) else None
    if sequence is not None:
        write(sequence)
        return tr(
            "{size} sent to the terminal with OSC 52: whether it took them cannot be known",
            size=size,
        )
    why = tr("are too long for a terminal's clipboard")
    if not takes_osc52(environment):
        why = tr("cannot go to a clipboard from this terminal")
    try:
        path = to_file(text, folder or user_state_path("iotriage"), datetime.now(UTC))
    except OSError as error:
        return tr(
            "nothing was copied: {size} {why}, and a file fails: {reason}",
            size=size,
            why=why,
            reason=error.strerror,
        )
    return tr("{size} {why}: they are in {path}", size=size, why=why, path=path)
