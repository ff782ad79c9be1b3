"""The console ends when it is told to from outside, or when its terminal has gone: in time."""

from __future__ import annotations

import os
import select
import signal
import sys
import termios
from asyncio import AbstractEventLoop
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from time import monotonic
from typing import Any, Self

_SIGNALS = (signal.SIGHUP, signal.SIGTERM)
#: Seconds in which a console that is told to end gives the terminal back and goes by itself ...
_TOLD = 5.0
#: ... and one that has no terminal any more, where there is nothing to give back.
_HUNG_UP = 1.2


class Ending:
    """Watches signals and terminal on a thread, since a loop that draws may be stuck.

    A terminal that has gone is not always told by a signal, and reads as if it said nothing, over
    and over.
    """

    def __init__(self, save: Callable[[], object]) -> None:
        """``save`` is called at the end, and before the process is ended by force."""
        self._save = save
        self._told, self._tell = os.pipe()
        self._thread: Thread | None = None
        self._is_time = False
        self._before: list[Any] | None = None
        self._handlers: dict[int, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # Before a signal may kill again.
        self._save()
        if self._is_time:
            # Even a last word may be stuck in the terminal: the thread goes on watching.
            return
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        if self._thread is not None:
            os.write(self._tell, b"\0")
            self._thread.join()
        os.close(self._tell)
        os.close(self._told)

    def watch(self, loop: AbstractEventLoop, leave: Callable[[], object]) -> None:
        """Have ``leave`` called on the loop when it is time; for the main thread only."""
        with suppress(termios.error, ValueError):
            self._before = termios.tcgetattr(sys.__stdin__.fileno())  # type: ignore[union-attr]
        self._thread = Thread(target=self._watch, args=(loop, leave), daemon=True, name="ending")
        self._thread.start()
        for number in _SIGNALS:
            self._handlers[number] = signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, _: object) -> None:
        # No lock may be taken here: this may have interrupted who holds it.
        os.write(self._tell, bytes([number]))

    def _watch(self, loop: AbstractEventLoop, leave: Callable[[], object]) -> None:
        poll, end, number = select.poll(), 0.0, 0
        poll.register(self._told, select.POLLIN)
        # Asked for nothing it still tells a hang-up.
        poll.register(0, 0)
        while True:
            left = (end - monotonic()) * 1000 if end else None
            if left is not None and left <= 0:
                break
            happened = dict(poll.poll(left))
            if self._told in happened:
                number = os.read(self._told, 1)[0]
                if number == 0:
                    return
                end = end or monotonic() + _TOLD
            if 0 in happened:
                poll.unregister(0)
                if happened[0] & select.POLLNVAL:
                    continue
                hung_up = monotonic() + _HUNG_UP
                end = min(end, hung_up) if end else hung_up
            if end:
                self._is_time = True
                # A loop that is closed has left already.
                with suppress(RuntimeError):
                    loop.call_soon_threadsafe(leave)
        self._save()
        if self._before is not None:
            with suppress(termios.error):
                termios.tcsetattr(0, termios.TCSANOW, self._before)
        os._exit(128 + (number or signal.SIGHUP))
