"""The same work on many things, some of them at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import TypeVar

from ..source import Cancellation

_T = TypeVar("_T")
#: A source may well let some of them wait.
_AT_ONCE = 4


def each_at_once(
    work: Callable[[_T], object], things: Iterable[_T], cancellation: Cancellation
) -> None:
    """Do it with each; what ends one, or an interrupt, cancels the others and is raised."""
    with ThreadPoolExecutor(_AT_ONCE, "capture") as pool:
        futures = [pool.submit(work, thing) for thing in things]
        try:
            done, _ = wait(futures, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
        except BaseException:
            cancellation.cancel()
            for future in futures:
                future.cancel()
            raise
