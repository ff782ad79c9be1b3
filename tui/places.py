"""Where an analyst was in a case: kept on disk, so that a lost line costs nothing.

It lies in the state folder and not beside the case: a case may be shared, sent on or read-only,
and is evidence of what was decided; where somebody was looking is their own, on this machine.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from threading import Condition, Thread
from typing import Annotated

import msgspec
from msgspec import Meta
from platformdirs import user_state_path

from ..queries.language import tr
from ..queries.packs.loading import PANES
from ..queries.printable import printable
from ..queries.private_files import write_private
from ..queries.window import Window

LONGEST_FILTER = 1000
_LARGEST = 64 * 1024
_Name = Annotated[str, Meta(max_length=2000)]
_Moment = Annotated[datetime, Meta(tz=True)]
_YEARS = range(1900, 9999)


class PlaceError(ValueError):
    """A file that holds no place: which, why, and what becomes of it, in one line."""


class PanePlace(msgspec.Struct, frozen=True, kw_only=True):
    """How a pane was left.

    Attributes:
        row: identity of the finding under the cursor, or nothing. What the device sent is not
            repeated here.
        index: where that row stood; only says where to begin looking for it.
    """

    filter: Annotated[str, Meta(max_length=LONGEST_FILTER)] = ""
    hide_expected: bool = False
    row: Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?\Z")] = ""
    index: Annotated[int, Meta(ge=0, le=10**12)] = 0


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Device, window, pane, and how each pane was left."""

    device: _Name
    hub: _Name
    start: _Moment
    end: _Moment
    pane: _Name
    panes: dict[str, PanePlace] = {}

    @property
    def window(self) -> Window:
        return Window(self.start, self.end)


class _File(msgspec.Struct, kw_only=True):
    """``key`` says of what it is, whatever the file is called."""

    key: str
    place: Place


class PlaceKeeper:
    """Reads a place, and writes the newest one on a thread of its own: a disk may hang.

    Attributes:
        problem: why the last place could not be written; empty where it was.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or user_state_path("iotriage") / "places"
        self._key = ""
        self._news = Condition()
        self._next: Place | None = None
        self._last: Place | None = None
        self._writer: Thread | None = None
        self._closed = False
        self.problem = ""

    def belong_to(self, case: Path, source: str) -> None:
        """From now on places are those of one case and one source."""
        text = f"{os.path.realpath(case)}\0{source}".encode("utf-8", "surrogatepass")
        self._key = hashlib.sha256(text).hexdigest()

    @property
    def path(self) -> Path:
        return self._folder / f"{self._key[:32]}.json"

    def read(self, panes: Collection[str] = PANES) -> Place | None:
        """The place that was left; None where there is none.

        Of panes that are not among ``panes`` nothing is given back: another pack had them.

        Raises:
            PlaceError: there is a file that cannot be used.
        """
        try:
            return self._checked(_bytes_of(self.path), panes)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, OverflowError) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
            raise PlaceError(
                tr(
                    "{path}: where you were cannot be read ({reason}): open your device; the"
                    " file is then written anew",
                    path=printable(str(self.path)),
                    reason=printable(reason[:200]),
                )
            ) from None

    def _checked(self, text: bytes, known: Collection[str]) -> Place:
        found = msgspec.json.decode(text, type=_File)
        place = found.place
        if found.key != self._key:
            raise ValueError(tr("it belongs to another case or source"))
        window = Window(place.start.astimezone(UTC), place.end.astimezone(UTC))
        if window.start.year not in _YEARS or window.end.year not in _YEARS:
            raise ValueError(tr("there is no such window"))
        # A field draws what it holds as it is.
        panes = {
            name: msgspec.structs.replace(pane, filter=printable(pane.filter))
            for name, pane in place.panes.items()
            if name in known
        }
        pane = place.pane if place.pane in known else PANES[0]
        return msgspec.structs.replace(
            place, start=window.start, end=window.end, pane=pane, panes=panes
        )

    def keep(self, place: Place) -> None:
        """Have it written soon; one that is not written yet is forgotten for it."""
        with self._news:
            if place == self._last or self._closed or not self._key:
                return
            self._last = self._next = place
            if self._writer is None:
                self._writer = Thread(target=self._write_on, daemon=True, name="keep-place")
                self._writer.start()
            self._news.notify()

    def close(self, patience: float = 1.0) -> None:
        """Wait until the last place is written, but not for ever."""
        with self._news:
            self._closed = True
            self._news.notify()
        if self._writer is not None:
            self._writer.join(patience)

    def _write_on(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._next is not None or self._closed)
                place, self._next = self._next, None
            if place is None:
                return
            try:
                write_private(
                    self.path, msgspec.json.encode(_File(key=self._key, place=place)), durable=True
                )
            except (OSError, ValueError) as error:
                reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
                self.problem = tr(
                    "{path}: where you are cannot be kept ({reason}): make room for it there;"
                    " verdicts are saved",
                    path=printable(str(self.path)),
                    reason=printable(reason[:200]),
                )
            else:
                self.problem = ""


def _bytes_of(path: Path) -> bytes:
    """Of a plain file of our own: nothing that blocks, leads elsewhere or never ends."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode) or about.st_uid != os.geteuid():
            raise ValueError(tr("it is no file of yours"))
        text = file.read(_LARGEST + 1)
    if len(text) > _LARGEST:
        raise ValueError(tr("it is too large"))
    return text
