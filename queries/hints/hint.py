"""A hint: why a row deserves a look, in words, with what that rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

#: Severities of Sigma, the gravest first; they order hints and are no verdict.
LEVELS = ("critical", "high", "medium", "low", "informational")
#: The panes whose rows hints are given for.
HINTED_PANES = ("users", "ports", "logins", "processes")


class RulesError(ValueError):
    """What rows are to be held against cannot be used: which, why and what to do, in one line."""


def hints_name(pane: str) -> str:
    """The name of the question that holds the built-in rules against the rows of a pane."""
    return f"{pane}_hints"


@dataclass(frozen=True, slots=True)
class Hint:
    """It says what was seen, and never what that means.

    Attributes:
        title: what was seen.
        why: why somebody should look, in a sentence.
        level: of LEVELS; orders rows, and is no verdict.
        techniques: of MITRE ATT&CK.
        source: whose rule it is: file, id and author; or what else said so.
        count: raw events, or runs where the agent counted those; None where that is not known.
        first, last: when that was seen; None where it is not known.
        example: in the words of the device.
    """

    title: str
    why: str
    level: str
    techniques: tuple[str, ...]
    source: str
    count: int | None = None
    first: datetime | None = None
    last: datetime | None = None
    example: str = ""


@dataclass(frozen=True, slots=True)
class Hinted:
    """The hints of a pane.

    Attributes:
        hints: place of a row in the answer -> its hints, the gravest first.
        failure: why the rules could not be asked; one line, empty where they were.
        remarks: what these hints cannot say.
    """

    hints: Mapping[int, tuple[Hint, ...]] = field(default_factory=dict)
    failure: str = ""
    remarks: tuple[str, ...] = ()

    def first(self, places: Sequence[int]) -> list[int]:
        """The places with the rows that have hints before the others, the gravest first."""
        hinted = sorted((p for p in places if p in self.hints), key=self._grave)
        return hinted + [place for place in places if place not in self.hints]

    def _grave(self, place: int) -> tuple[list[int], int]:
        levels = sorted(LEVELS.index(hint.level) for hint in self.hints[place])
        # Of two rows that begin alike, the one with more to say comes first.
        return [*levels, len(LEVELS)], place


def gravest_first(hints: Sequence[Hint]) -> tuple[Hint, ...]:
    """In the order in which they are told."""
    return tuple(sorted(hints, key=lambda hint: (LEVELS.index(hint.level), hint.title)))
