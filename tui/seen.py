"""The column that draws when each row was first and last seen, within the window."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ..queries.answers import Value
from ..queries.language import translatable
from ..queries.questions import ShownColumn
from ..queries.window import Window
from .widgets.time_axis import seen_bar

LABEL = translatable("Seen")
_FIRST = frozenset({"FirstObserved", "MinObservedTime"})
_LAST = frozenset({"LastObserved", "MaxObservedTime"})


class SeenColumn:
    """Stands right after the later of the two moments.

    Attributes:
        at: its index among the columns that are shown.
        width: cells there is room for; none at first.
    """

    def __init__(
        self, at: int, places: tuple[int, int], window: Window, *, ascii_only: bool
    ) -> None:
        self.at = at
        self.width = 0
        self._first, self._last = places
        self._window = window
        self._ascii = ascii_only

    def cell(self, row: Sequence[Value]) -> str:
        """The picture of one row; nothing where a moment is not known."""
        first, last = row[self._first], row[self._last]
        if not (isinstance(first, datetime) and isinstance(last, datetime)):
            return ""
        return seen_bar(self._window, first, last, self.width, ascii_only=self._ascii)

    def insert(self, cells: tuple[str, ...], cell: str) -> tuple[str, ...]:
        """``cells`` of the other columns with ``cell`` where this one stands."""
        return (*cells[: self.at], cell, *cells[self.at :]) if self.width else cells


def seen_column(
    shown: Sequence[ShownColumn], places: Sequence[int], window: Window, *, ascii_only: bool
) -> SeenColumn | None:
    """None where no two columns say when a row was first and last seen.

    Args:
        places: of each shown column in a row of the answer.
    """
    first, last = _index(shown, _FIRST), _index(shown, _LAST)
    if first is None or last is None:
        return None
    at = max(first, last) + 1
    return SeenColumn(at, (places[first], places[last]), window, ascii_only=ascii_only)


def _index(shown: Sequence[ShownColumn], names: frozenset[str]) -> int | None:
    # The device's own clock may be anything, and is not what the window is told in.
    return next(
        (
            at
            for at, column in enumerate(shown)
            if column.column in names and "local" not in column.label.lower()
        ),
        None,
    )
