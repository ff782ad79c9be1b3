"""What workers tell the console: worker, message, handler, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

from textual.message import Message

from ..queries.asking import Scope
from ..queries.source import Source
from ..queries.window import Window
from .investigation import Arrival


class Opened(Message):
    """The source is open, or could not be opened."""

    def __init__(self, source: Source | None, window: Window | None, problem: str = "") -> None:
        super().__init__()
        self.source = source
        self.window = window
        self.problem = problem


class Located(Message):
    """The device named on the command line was found on its hub, or was not."""

    def __init__(self, scope: Scope | None, problem: str = "") -> None:
        super().__init__()
        self.scope = scope
        self.problem = problem


class ReadingProgress(Message):
    """A file of the evidence is being read."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words


class Arrived(Message):
    """A worker has an answer."""

    def __init__(self, arrival: Arrival) -> None:
        super().__init__()
        self.arrival = arrival


class Fetched(Message):
    """A worker has what is behind a row; ``show`` draws it where it was wanted."""

    def __init__(self, show: Callable[[], None]) -> None:
        super().__init__()
        self.show = show
