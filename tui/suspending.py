"""The console is stopped and goes on: the terminal is given back, and taken again."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from typing import Protocol


class Terminal(Protocol):
    """The driver, as far as it gives the terminal back and takes it."""

    def suspend_application_mode(self) -> None: ...
    def resume_application_mode(self) -> None: ...


class Suspending:
    """Heeds SIGTSTP and SIGCONT on the loop.

    The toolkit does so within the signal, where it may wait for a lock that it holds itself; and
    who was stopped by SIGSTOP, without a word, is told by it to take a terminal that it has.
    """

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._is_away = False

    def watch(self) -> None:
        """From now on; for the thread of the loop."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTSTP, self._stop)
        loop.add_signal_handler(signal.SIGCONT, self._go_on)

    def _stop(self) -> None:
        if not self._is_away:
            self._is_away = True
            self._terminal.suspend_application_mode()
        os.kill(os.getpid(), signal.SIGSTOP)

    def _go_on(self) -> None:
        with suppress(OSError):
            if os.tcgetpgrp(0) != os.getpgrp():
                # Sent on in the background, where there is no terminal to be had.
                os.kill(os.getpid(), signal.SIGSTOP)
                return
        if not self._is_away:
            # Whoever stopped us may have left the terminal in any state.
            self._terminal.suspend_application_mode()
        self._is_away = False
        self._terminal.resume_application_mode()
