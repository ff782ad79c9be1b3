"""How many threads a question has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from threading import Lock

from ..literals import Parameter
from .tables import TABLES
from .translations import Translation

#: Rows of a device from which a second thread shortens its questions.
MANY_ROWS = 200_000
_OF_DEVICES = [table for table, columns in TABLES.items() if "DeviceId" in columns]
#: A table that is read, and the device that is asked for where it is.
_READ = re.compile(
    rf'\bFROM "?(?:{"|".join(_OF_DEVICES)})\b"?'
    r"(?: WHERE \(*(?:(?:[^()]|\([^()]*\))*\) AND \()*DeviceId = CAST\(\$(\w+) AS VARCHAR\)\))?",
    re.IGNORECASE,
)


class Workers:
    """Gives a question of many rows every processor, and the others one each.

    Most are over before a second thread has helped, and are asked many at once: those that share
    the processors among them are all done sooner than if each asks for all of them.
    """

    def __init__(self, threads: int) -> None:
        """``threads``: all that there may be, and are as yet."""
        self._all = self._threads = threads
        self._at_work = 0
        self._lock = Lock()

    @contextmanager
    def at(self, have: Callable[[int], object], *, many_rows: bool) -> Iterator[None]:
        """In which a question is asked; ``have`` lets all questions have so many threads."""
        with self._lock:
            wanted = self._all if many_rows else 1
            # To take one from a question that is being answered would wait for it.
            if wanted > self._threads or (wanted < self._threads and not self._at_work):
                have(wanted)
                self._threads = wanted
            self._at_work += 1
        try:
            yield
        finally:
            with self._lock:
                self._at_work -= 1


def asks_many_rows(
    translation: Translation,
    parameters: Mapping[str, Parameter],
    rows_of: Callable[[str], int],
) -> bool:
    """Whether more than the rows of a usual device are asked. Raises what ``rows_of`` raises.

    Args:
        rows_of: how many rows a device has.
    """
    device = parameters.get("device")
    if not isinstance(device, str) or not device:
        return True
    slots = {slot for slot, name in translation.slots.items() if name == "device"}
    read = _devices_read(translation.sql)
    # To count takes a moment: what reads no table of devices asks for few rows.
    return bool(read) and (not read <= slots or rows_of(device) > MANY_ROWS)


@lru_cache(maxsize=256)
def _devices_read(sql: str) -> frozenset[str]:
    """The parameters that each table of devices is asked for; "" where it is asked for all."""
    return frozenset(_READ.findall(sql))
