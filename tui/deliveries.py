"""What workers bring, on its way to the thread that draws."""

from __future__ import annotations

from dataclasses import dataclass

from ..queries.answers import Answer
from ..queries.hints.hint import Hinted
from ..queries.source import Waiting


@dataclass(frozen=True, slots=True)
class Arrival:
    """An answer; ``generation`` tells whether anyone still waits."""

    generation: int
    question: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Delay:
    """What an answer waits for; None once it is being asked."""

    generation: int
    question: str
    waiting: Waiting | None


@dataclass(frozen=True, slots=True)
class HintsArrival:
    """The hints of a pane."""

    generation: int
    question: str
    hinted: Hinted


@dataclass(frozen=True, slots=True)
class DrillDown:
    """The values and the raw events behind one row."""

    values: Answer
    events: Answer
