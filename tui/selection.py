"""Which rows of a pane are chosen together."""

from __future__ import annotations


class Selection:
    """Rows chosen together: places in the answer, and a stretch that follows the cursor."""

    def __init__(self) -> None:
        self.places: set[int] = set()
        self.anchor: int | None = None
        self.cursor = 0
        #: Chosen by a filter rather than one by one.
        self.wholesale = False

    def holds(self, index: int, place: int) -> bool:
        return place in self.places or index in self.stretch()

    def stretch(self) -> range:
        """Indices between where the stretch began and the cursor, both included."""
        if self.anchor is None:
            return range(0)
        return range(min(self.anchor, self.cursor), max(self.anchor, self.cursor) + 1)

    def clear(self) -> None:
        self.places.clear()
        self.anchor, self.wholesale = None, False
