"""Which questions are being asked, and whether what comes back is still waited for."""

from __future__ import annotations

from ..queries.source import Cancellation, Waiting
from .deliveries import Delay


class Running:
    """Each time a question is asked it has another generation: late answers are told by theirs."""

    def __init__(self) -> None:
        self._counter = 0
        self._generations: dict[str, int] = {}
        self._cancellations: dict[str, Cancellation] = {}
        self._waiting: dict[str, Waiting] = {}

    def begin(self, name: str) -> tuple[int, Cancellation]:
        """A new generation, and what stops it; what ran under this name is cancelled."""
        self.forget(name)
        self._counter += 1
        self._generations[name] = self._counter
        self._cancellations[name] = cancellation = Cancellation()
        return self._counter, cancellation

    def end(self, name: str) -> None:
        """It has been answered."""
        self._waiting.pop(name, None)
        self._cancellations.pop(name, None)

    def forget(self, name: str) -> None:
        """Cancel it, and take it for never asked."""
        running = self._cancellations.get(name)
        self.end(name)
        self._generations.pop(name, None)
        if running is not None:
            running.cancel()

    def close(self) -> None:
        for name in self.begun:
            self.forget(name)

    @property
    def begun(self) -> tuple[str, ...]:
        """Whatever was asked, answered or not."""
        return tuple(self._generations)

    @property
    def names(self) -> tuple[str, ...]:
        """What is being asked now."""
        return tuple(self._cancellations)

    def is_newest(self, name: str, generation: int) -> bool:
        """Whether it is this asking that is waited for, or was answered last."""
        return self._generations.get(name) == generation

    def hear(self, delay: Delay) -> bool:
        """Keep what an answer waits for; False where that is old, or known already."""
        name = delay.question
        if name not in self._cancellations or not self.is_newest(name, delay.generation):
            return False
        known = self._waiting.pop(name, None)
        if delay.waiting is not None:
            self._waiting[name] = delay.waiting
        return delay.waiting != known

    def waiting(self, name: str) -> Waiting | None:
        """What the answer waits for; None where it does not, or is not asked."""
        return self._waiting.get(name)
