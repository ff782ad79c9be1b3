"""Ctrl+C while DuckDB sorts."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def at_ctrl_c(interrupt: Callable[[], object]) -> Iterator[None]:
    """Call ``interrupt`` as soon as Ctrl+C comes, from a thread, and let the signal go its way.

    The main thread does not notice a signal before DuckDB looks for one, which it does for a
    minute not, once a sort goes to the disk. Elsewhere than in the main thread nothing is done.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    told, tells = socket.socketpair()
    tells.setblocking(False)

    def watch() -> None:
        while number := told.recv(1):
            if number[0] == signal.SIGINT:
                interrupt()

    thread = threading.Thread(target=watch, daemon=True, name="ctrl-c")
    thread.start()
    before = signal.set_wakeup_fd(tells.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        tells.close()
        thread.join()
        told.close()
