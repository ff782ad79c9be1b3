"""Where a KQL text is written: Enter asks, Tab goes through what may stand here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from ...queries.kql.completing import complete
from ...queries.kql.tokens import place_of, with_plain_blanks
from .entry_area import EntryArea

#: Characters of a text that is looked at with each key.
_LONGEST = 20_000
#: Words that are told.
_TOLD = 40


class QueryArea(EntryArea):
    """Says what may come next, and puts it in."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("alt+enter", "new_line", show=False),
        Binding("tab", "complete(1)", show=False),
        Binding("shift+tab", "complete(-1)", show=False),
    ]

    class Earlier(Message):
        """A text that was asked before is wanted, or with 1 the one after it."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    class Completed(Message):
        """What may stand where the cursor is; ``taken`` of it is there already."""

        def __init__(self, words: Sequence[str], taken: str = "") -> None:
            super().__init__()
            self.words = words
            self.taken = taken

    def __init__(self, text: str, parameters: Sequence[str]) -> None:
        super().__init__(text, compact=True, show_line_numbers=False)
        self.cursor_blink = False
        self.highlight_cursor_line = False
        self._parameters = parameters
        self._cycle: _Cycle | None = None

    def action_cursor_up(self, select: bool = False) -> None:
        if not select and self._row == 0:
            self.post_message(self.Earlier(-1))
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        if not select and self._row == self.wrapped_document.height - 1:
            self.post_message(self.Earlier(1))
        else:
            super().action_cursor_down(select)

    @property
    def _row(self) -> int:
        """Of the lines as they are wrapped."""
        return self.wrapped_document.location_to_offset(self.cursor_location).y

    @staticmethod
    def pasted(text: str) -> str:
        """What a pasted text is taken for."""
        return with_plain_blanks(text)

    def put(self, text: str) -> None:
        """Another text, with the cursor at its end."""
        self.text = text
        self.move_cursor(self.document.end)

    def go_to(self, row: int, column: int) -> None:
        """Put the cursor there, or as near as the text goes."""
        row = max(0, min(row, self.document.line_count - 1))
        column = max(0, min(column, len(self.document.get_line(row))))
        self.move_cursor((row, column))

    # Completion

    @property
    def _offset(self) -> int:
        row, column = self.cursor_location
        return sum(len(line) + 1 for line in self.document.lines[:row]) + column

    def _location(self, offset: int) -> tuple[int, int]:
        line, column = place_of(self.text, offset)
        return line - 1, column - 1

    def on_text_area_changed(self) -> None:
        self._look()

    def on_text_area_selection_changed(self) -> None:
        self._look()

    def _look(self) -> None:
        cycle = self._cycle
        if cycle is not None and cycle.holds(self.text, self._offset):
            self.post_message(self.Completed(cycle.words[:_TOLD], cycle.word))
            return
        self._cycle = None
        text = self.text
        words: Sequence[str] = ()
        if 0 < len(text) <= _LONGEST:
            words = complete(text, self._offset, self._parameters).words
        self.post_message(self.Completed(words[:_TOLD]))

    def action_complete(self, by: int) -> None:
        cycle = self._cycle
        if cycle is None or not cycle.holds(self.text, self._offset):
            if len(self.text) > _LONGEST:
                return
            found = complete(self.text, self._offset, self._parameters)
            if not found.words:
                return
            words = found.words[:_TOLD]
            cycle = _Cycle(words, 0 if by > 0 else len(words) - 1, found.start)
            start, end = found.start, found.end
        else:
            start, end = cycle.start, cycle.end
            cycle.at = (cycle.at + by) % len(cycle.words)
        self.replace(cycle.word, self._location(start), self._location(end))
        self.move_cursor(self._location(cycle.end))
        cycle.text = self.text
        self._cycle = cycle
        self._look()


class _Cycle:
    """The words that Tab goes through, for as long as nothing else is done."""

    def __init__(self, words: Sequence[str], at: int, start: int) -> None:
        self.words = words
        self.at = at
        self.start = start
        self.text = ""

    @property
    def word(self) -> str:
        return self.words[self.at]

    @property
    def end(self) -> int:
        return self.start + len(self.word)

    def holds(self, text: str, offset: int) -> bool:
        return text == self.text and offset == self.end
