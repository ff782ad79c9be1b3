"""What workers tell the console: worker, message, handler, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from ..queries.questions import Pack
    from ..queries.source import DeviceCode, Source, Waiting
    from ..queries.window import Window
    from .investigation import Arrival, Delay, HintsArrival
    from .opening import WorkspaceWanted
    from .places import Place


class Opened(Message):
    """The source is open, or could not be opened.

    Attributes:
        pack: the one that fits the source.
        place: where this case and source were left.
        complaint: why that cannot be told.
    """

    def __init__(
        self,
        source: Source | None,
        window: Window | None,
        problem: str = "",
        *,
        pack: Pack | None = None,
        place: Place | None = None,
        complaint: str = "",
    ) -> None:
        super().__init__()
        self.pack = pack
        self.source = source
        self.window = window
        self.problem = problem
        self.place = place
        self.complaint = complaint


class WorkspacesFound(Message):
    """There are workspaces to choose one of."""

    def __init__(self, wanted: WorkspaceWanted) -> None:
        super().__init__()
        self.wanted = wanted


class OpeningGoesOn(Message):
    """What is read of the source, or what it waits for."""

    def __init__(self, words: str = "", waiting: Waiting | None = None) -> None:
        super().__init__()
        self.words = words
        self.waiting = waiting


class CodeGiven(Message):
    """Somebody has to sign in with a code; None: nobody has to any more."""

    def __init__(self, code: DeviceCode | None) -> None:
        super().__init__()
        self.code = code


class Arrived(Message):
    """A worker has an answer."""

    def __init__(self, arrival: Arrival) -> None:
        super().__init__()
        self.arrival = arrival


class HintsCame(Message):
    """A worker has the hints of a pane."""

    def __init__(self, arrival: HintsArrival) -> None:
        super().__init__()
        self.arrival = arrival


class Delayed(Message):
    """An answer waits for something, or does not any more."""

    def __init__(self, delay: Delay) -> None:
        super().__init__()
        self.delay = delay


class Fetched(Message):
    """A worker has what is behind a row; ``show`` draws it where it was wanted."""

    def __init__(self, show: Callable[[], None]) -> None:
        super().__init__()
        self.show = show
