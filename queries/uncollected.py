"""Making very many objects without stopping every thread again and again."""

from __future__ import annotations

import atexit
import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_makers = 0
# Or modules in C would find what is theirs still there when Python ends, and say so.
atexit.register(gc.unfreeze)


#: Rows from which a collection is felt.
_MANY = 5_000


@contextmanager
def uncollected(rows: int) -> Iterator[None]:
    """While so many rows are made, no garbage collection; and none of them later on.

    A full collection looks at every object there is while all threads stand still: with a large
    answer in memory a tenth of a second and more, many times while it is being made. Rows hold no
    cycles, so that they go by themselves when nobody refers to them.
    """
    if rows < _MANY:
        yield
        return
    pause()
    try:
        yield
    finally:
        resume()


def pause() -> None:
    """No garbage collection until :func:`resume`."""
    global _makers  # noqa: PLW0603 - collection is switched for the whole process
    with _lock:
        _makers += 1
        gc.disable()


def resume() -> None:
    """Collect again, but nothing of what is there now, once everybody who paused has resumed."""
    global _makers  # noqa: PLW0603
    with _lock:
        if not _makers:
            return
        _makers -= 1
        if not _makers:
            gc.freeze()
            gc.enable()
