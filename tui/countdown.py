"""The seconds until something is asked again, on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.timer import Timer

    from .console import Console


class Countdown:
    """Lets the seconds be seen of whatever is asked again; no clock runs but for that."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._ticker: Timer | None = None

    @property
    def is_running(self) -> bool:
        return self._ticker is not None

    def follow(self) -> None:
        """Begin, go on or end, as what is waited for now wants it."""
        console = self._console
        waiting = [console.waiting(name) for name in ("devices", *console.panes.names)]
        counts = any(wait is not None and wait.until is not None for wait in waiting)
        if counts and self._ticker is None:
            self._ticker = console.set_interval(1.0, self._tick)
        elif self._ticker is not None and not counts:
            self._ticker.stop()
            self._ticker = None

    def _tick(self) -> None:
        if self._console.is_over:
            return
        self._console.main.count_down()
        self.follow()
