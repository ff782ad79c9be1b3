"""Going through very many rows some at a time, so that whoever draws and types goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from time import perf_counter

from ..queries.answers import Value
from .casebook.findings import Key, text_of

#: Rows that are always gone through at once: they cost less than anybody sees.
_AT_ONCE = 500

Row = Sequence[Value]


class Gradual:
    """Something that is done to one place after the other.

    Attributes:
        at: the last place that was gone through.
        done: there is none left.
    """

    def __init__(self, places: Iterator[int]) -> None:
        self._left = places
        self.at = 0
        self.done = False

    def go_on(self, seconds: float) -> None:
        """For about so long."""
        if self.done:
            return
        end = perf_counter() + seconds
        for count, place in enumerate(self._left):
            self._look(place)
            self.at = place
            if count >= _AT_ONCE and perf_counter() >= end:
                return
        self.done = True

    def _look(self, place: int) -> None:
        raise NotImplementedError


class Search(Gradual):
    """The places of the rows that hold a text, or, after ``!``, that do not.

    Case does not matter; every column is searched. After ``=`` the text is all of a value, or
    all of one value of a set.

    Attributes:
        found: in ascending order, as far as it has come.
    """

    def __init__(
        self,
        rows: Sequence[Row],
        needle: str,
        before: Search | None = None,
        told: Callable[[Row], str] | None = None,
    ) -> None:
        """``before``: a search in the same rows, which ends here; what it knows is made use of.

        ``told``: what else is said of a row, and searched as well.
        """
        self._told = told
        self._rows = rows
        self.is_inverse = needle.startswith("!")
        text = needle[self.is_inverse :].casefold()
        self.is_whole = text.startswith("=") and len(text) > 1
        self.wanted = text[self.is_whole :]
        self.found: list[int] = []
        narrows = before is not None and self._narrows(before)
        places = chain(before.found, before._left) if before and narrows else iter(range(len(rows)))
        super().__init__(places)

    def _narrows(self, before: Search) -> bool:
        """Whether a row that the other has refused cannot be one of these."""
        if self.is_whole or before.is_whole:
            return False
        if self.is_inverse or before.is_inverse:
            return self.is_inverse and before.is_inverse and self.wanted in before.wanted
        return before.wanted in self.wanted

    def _look(self, place: int) -> None:
        row = self._rows[place]
        if (self._has_whole(row) if self.is_whole else self._has_part(row)) is not self.is_inverse:
            self.found.append(place)

    def _has_part(self, row: Row) -> bool:
        wanted = self.wanted
        return any(wanted in text.casefold() for value in row for text in _texts(value)) or (
            self._told is not None and wanted in self._told(row).casefold()
        )

    def _has_whole(self, row: Row) -> bool:
        wanted = self.wanted
        return any(wanted == text.casefold() for value in row for text in _texts(value)) or (
            self._told is not None and wanted == self._told(row).casefold()
        )


def _texts(value: Value) -> Sequence[str]:
    """What is read of a cell; of a set each value, as it came and not as JSON escapes it."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list | tuple):
        return [text_of(part) for part in value]
    return (text_of(value),)


class Placing(Gradual):
    """Learns where the row of each finding stands.

    Attributes:
        places: key -> place, as far as it has come; of two rows with one key the last.
    """

    def __init__(self, count: int, key_at: Callable[[int], Key]) -> None:
        super().__init__(iter(range(count)))
        self._key_at = key_at
        self.places: dict[Key, int] = {}

    def _look(self, place: int) -> None:
        self.places[self._key_at(place)] = place
