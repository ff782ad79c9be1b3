"""Which failure comes when: the script that tests write."""

from __future__ import annotations

import re
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from .exchange import Exchange

Play = Callable[[Exchange], Awaitable[None]]


@dataclass(frozen=True)
class Fault:
    """What happens to one exchange; ``name`` for messages."""

    name: str
    play: Play


@dataclass
class _Rule:
    fault: Fault
    left: int | None
    where: re.Pattern[str] | None
    workspace: str | None
    path: re.Pattern[str]

    def fits(self, path: str, query: str, workspace: str) -> bool:
        return (
            self.path.search(path) is not None
            and (self.where is None or self.where.search(query) is not None)
            and self.workspace in (None, workspace)
        )


class Script:
    """Which fault comes next."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[_Rule] = []

    def add(
        self,
        fault: Fault,
        *,
        times: int | None = 1,
        where: str | None = None,
        workspace: str | None = None,
        path: str = "/query$",
    ) -> None:
        """Have the fault happen so many times, always where ``times`` is None.

        Args:
            where: only to queries in whose text this regex is found.
            workspace: only to queries of this one.
            path: only to requests in whose path this regex is found.
        """
        pattern = re.compile(where) if where is not None else None
        with self._lock:
            self._rules.append(_Rule(fault, times, pattern, workspace, re.compile(path)))

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    def take(self, path: str, query: str, workspace: str) -> Fault | None:
        """The fault that this request meets; the first that fits is used up first."""
        with self._lock:
            for rule in self._rules:
                if rule.fits(path, query, workspace):
                    if rule.left is not None:
                        rule.left -= 1
                        if not rule.left:
                            self._rules.remove(rule)
                    return rule.fault
        return None
