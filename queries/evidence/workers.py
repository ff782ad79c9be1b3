"""How many threads a question has."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

#: Seconds from which a question gains more from a second thread than those asked with it lose.
LONG = 0.25
#: Questions of which it is remembered that they are long.
_REMEMBERED_AT_MOST = 256


class Workers:
    """Gives a long question every processor, and the others one each.

    Most are over before a second thread has helped, and are asked many at once: those that share
    the processors among them are all done sooner than if each asks for all of them.
    """

    def __init__(self, processors: int | None = None) -> None:
        """``processors``: of the machine, where nobody says."""
        self._processors = processors or os.cpu_count() or 1
        #: As DuckDB begins.
        self._threads = self._processors
        self._at_work = 0
        self._long: set[object] = set()
        self._lock = Lock()

    @contextmanager
    def at(
        self, question: object, have: Callable[[int], object], *, is_long: bool
    ) -> Iterator[None]:
        """In which a question is asked.

        Args:
            question: the same for the same.
            have: lets all questions have so many threads.
            is_long: it is known to be, though it was not asked before.
        """
        with self._lock:
            wanted = self._processors if is_long or question in self._long else 1
            # To take one from a question that is being answered would wait for it.
            if wanted > self._threads or (wanted < self._threads and not self._at_work):
                have(wanted)
                self._threads = wanted
            self._at_work += 1
        began = time.monotonic()
        try:
            yield
        finally:
            took = time.monotonic() - began
            with self._lock:
                self._at_work -= 1
                if took > LONG and len(self._long) < _REMEMBERED_AT_MOST:
                    self._long.add(question)
