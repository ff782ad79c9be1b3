"""The log beside a case (``-wal``): how much of it SQLite will read, and what it would pass over.

SQLite takes the first frame that does not add up for the end of the log. After a kill that is
right: nothing follows. Where frames of the same log do follow, something in it was changed.
"""

from __future__ import annotations

import struct
import time
from dataclasses import dataclass
from pathlib import Path

from ...queries.language import tr

_HEADER = struct.Struct(">8I")
_FRAME = struct.Struct(">6I")
_MAGIC = 0x377F0682
_MASK = 0xFFFFFFFF
_PATIENCE = 0.05
_LOOKS = 4


@dataclass(frozen=True, slots=True)
class Log:
    """What stands in a log.

    Attributes:
        frames: pages that can be read.
        beyond: pages of the same log after the first that cannot.
        headless: its first bytes are damaged, so that nothing of it can be read.
    """

    frames: int = 0
    beyond: int = 0
    headless: bool = False

    @property
    def damage(self) -> str | None:
        """What is wrong with it, after "its log (-wal)"; None when nothing is."""
        if self.headless:
            return tr("begins with damage")
        if self.beyond:
            return tr(
                "is damaged at page {page}, {rest} more follow",
                page=self.frames + 1,
                rest=self.beyond,
            )
        return None


def log_of(path: Path) -> Log:
    """The log of the case at ``path``; an empty one where there is none.

    Raises:
        OSError: it cannot be read.
    """
    log = Log()
    for look in range(_LOOKS):
        try:
            content = Path(f"{path}-wal").read_bytes()
        except FileNotFoundError:
            return Log()
        log = _read(content)
        if log.damage is None:
            break
        # Another console may be writing it this moment.
        if look < _LOOKS - 1:
            time.sleep(_PATIENCE)
    return log


def _read(content: bytes) -> Log:
    if len(content) <= _HEADER.size:
        return Log()
    magic, _, size, _, salt1, salt2, *sums = _HEADER.unpack_from(content)
    if magic & ~1 != _MAGIC or not 512 <= size <= 65536:
        return Log(headless=True)
    order = ">" if magic & 1 else "<"
    known = _checksum((0, 0), content[:24], order)
    if list(known) != sums:
        return Log(headless=True)
    step = _FRAME.size + size
    starts = range(_HEADER.size, len(content) - step + 1, step)
    frames, sound = 0, True
    beyond = 0
    for start in starts:
        _, _, one, two, *sums = _FRAME.unpack_from(content, start)
        own = (one, two) == (salt1, salt2)
        if sound:
            known = _checksum(known, content[start : start + 8], order)
            known = _checksum(known, content[start + _FRAME.size : start + step], order)
            sound = own and list(known) == sums
            frames += sound
        elif own:
            beyond += 1
    return Log(frames, beyond)


def _checksum(before: tuple[int, int], data: bytes, order: str) -> tuple[int, int]:
    one, two = before
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        one = (one + even + two) & _MASK
        two = (two + odd + one) & _MASK
    return one, two
