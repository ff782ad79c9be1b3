"""The texts that were asked at the prompt: kept for their analyst alone, and not for ever."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import msgspec
from platformdirs import user_state_path

from ..queries.language import tr
from ..queries.printable import printable, printable_lines
from ..queries.private_files import write_private

#: Texts that are kept, and characters of all of them.
_MOST, _LARGEST = 200, 256 * 1024


class HistoryError(ValueError):
    """A history that cannot be read or written: which, and why, in one line."""


class QueryHistory:
    """One file in the state folder, of texts and nothing else."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or user_state_path("iotriage") / "queries.json"

    def texts(self) -> list[str]:
        """The oldest first; nothing where there is no file.

        Raises:
            HistoryError: there is one that cannot be used.
        """
        try:
            found = msgspec.json.decode(self._bytes(), type=list[str])
        except FileNotFoundError:
            return []
        except (OSError, ValueError, RecursionError) as error:
            raise self._error(error) from None
        # A field draws what it holds as it is.
        return _bounded([printable_lines(text) for text in found])

    def add(self, text: str) -> None:
        """Keep a text as the newest; the same text is there once.

        Raises:
            HistoryError: it cannot be written.
        """
        # Another console may have added to it.
        known = [each for each in self.texts() if each != text]
        try:
            write_private(self.path, msgspec.json.encode(_bounded([*known, text])))
        except (OSError, ValueError) as error:
            raise self._error(error) from None

    def _bytes(self) -> bytes:
        """Of a plain file of our own: nothing that blocks, leads elsewhere or never ends."""
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        with os.fdopen(os.open(self.path, flags), "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode) or about.st_uid != os.geteuid():
                raise ValueError(tr("it is no file of yours"))
            text = file.read(8 * _LARGEST + 1)
        if len(text) > 8 * _LARGEST:
            raise ValueError(tr("it is too large"))
        return text

    def _error(self, error: Exception) -> HistoryError:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        return HistoryError(
            tr(
                "{path}: what was asked before cannot be kept or read ({reason}): remove the file,"
                " or make room for it",
                path=printable(str(self.path)),
                reason=printable(reason[:200]),
            )
        )


def _bounded(texts: list[str]) -> list[str]:
    """The newest that there is room for."""
    kept: list[str] = []
    room = _LARGEST
    for text in reversed(texts[-_MOST:]):
        room -= len(text)
        if room < 0:
            break
        kept.append(text)
    return kept[::-1]
