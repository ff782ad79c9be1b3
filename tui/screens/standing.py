"""How a device stands, as the frame around its panes tells it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counts:
    """Findings of the device in this window, by how they stand."""

    suspicious: int
    expected: int
    drifted: int
    unreviewed: int

    @property
    def to_review(self) -> int:
        """A drifted finding is to be reviewed like one that never was."""
        return self.unreviewed + self.drifted


@dataclass(frozen=True, slots=True)
class Tab:
    """A pane, as the line above the panes names it.

    Attributes:
        key: the digit that leads to it; empty where none does.
        count: of its rows; ``failed``, or dots while there is no answer.
        sign: ``!`` and the number of suspicious rows, where there are any.
    """

    name: str
    key: str
    title: str
    count: str
    sign: str
