"""What a capture has fetched so far, kept beside the store until that is written.

Each slice is one file, written whole or not at all: a line of JSON that tells of it, then its rows
in their canonical form, whose SHA-256 stands in that line.
"""

from __future__ import annotations

import shutil
import stat
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from ..language import tr
from ..private_files import is_private, write_private
from ..source import SourceError
from ..window import Window
from .captured import Slice, SourceNotice, Wanted
from .rows_as_text import sha256_of

_PLAN = "plan.json"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Stretch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be asked at once."""

    table: str
    start: datetime
    end: datetime
    rows: int = 0

    @property
    def window(self) -> Window:
        return Window(self.start, self.end)


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a capture is of, and what it set out to ask."""

    wanted: Wanted
    tables: tuple[str, ...]
    notices: tuple[SourceNotice, ...]
    stretches: tuple[Stretch, ...]


class CaptureFolder:
    """The folder of one store; only whoever holds the store's lock writes there."""

    def __init__(self, store: Path) -> None:
        self.path = store.parent / f".{store.name}.capture"
        self._slices: dict[tuple[str, datetime, datetime], Slice] = {}

    def plan(self) -> Plan | None:
        """What was begun; None where nothing was.

        Raises:
            SourceError: there is something else under the name, or somebody else's.
            OSError: it cannot be read.
        """
        if not self.path.is_symlink() and not self.path.exists():
            return None
        if (
            self.path.is_symlink()
            or not stat.S_ISDIR(self.path.stat().st_mode)
            or not is_private(self.path)
        ):
            raise SourceError(
                tr(
                    "{path}: is there and is not ours: remove it, or give another -o",
                    path=self.path,
                )
            )
        try:
            return msgspec.json.decode((self.path / _PLAN).read_bytes(), type=Plan)
        except FileNotFoundError:
            # Killed before anything was asked.
            return None
        except (msgspec.MsgspecError, ValueError) as error:
            raise SourceError(
                tr(
                    "{path}: what was begun cannot be read, remove it to begin anew: {error}",
                    path=self.path,
                    error=error,
                )
            ) from None

    def begin(self, plan: Plan) -> None:
        """Raises OSError."""
        self.path.mkdir(mode=0o700, exist_ok=True)
        write_private(self.path / _PLAN, msgspec.json.encode(plan), durable=True)

    def look(self) -> None:
        """Find the slices that are whole; a damaged one is as good as none. Raises OSError."""
        for path in sorted(self.path.glob("*.slice")):
            found = self._read(path)
            if found is not None:
                self._slices[_key(found[0])] = found[0]

    def keep(self, one: Slice, lines: Sequence[bytes]) -> None:
        """Raises OSError: it cannot be written."""
        head = msgspec.json.encode(one) + b"\n"
        write_private(self._file(one), head + b"".join(lines), durable=True)
        self._slices[_key(one)] = one

    def kept(self, table: str, window: Window) -> Slice | None:
        return self._slices.get((table, window.start, window.end))

    def has_parts_of(self, table: str, window: Window) -> bool:
        """Whether less than this stretch was fetched by itself."""
        return any(
            name == table
            and window.start <= start
            and end <= window.end
            and end - start < window.length
            for name, start, end in list(self._slices)
        )

    @property
    def count(self) -> int:
        """How many slices are kept."""
        return len(self._slices)

    def lines(self, one: Slice) -> list[bytes]:
        """The rows of a slice.

        Raises:
            SourceError: they are not what was put down.
            OSError: they cannot be read.
        """
        found = self._read(self._file(one))
        if found is None or found[0] != one:
            raise SourceError(
                tr("{path}: was changed meanwhile: capture again", path=self._file(one))
            )
        return found[1]

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)

    def _read(self, path: Path) -> tuple[Slice, list[bytes]] | None:
        head, _, body = path.read_bytes().partition(b"\n")
        with suppress(msgspec.MsgspecError, ValueError):
            one = msgspec.json.decode(head, type=Slice)
            lines = body.splitlines(keepends=True)
            if self._file(one) == path and sha256_of(lines) == one.sha256:
                return one, lines
        return None

    def _file(self, one: Slice) -> Path:
        return self.path / f"{one.table}-{_micros(one.start)}-{_micros(one.end)}.slice"


def _key(one: Slice) -> tuple[str, datetime, datetime]:
    return one.table, one.start, one.end


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)
