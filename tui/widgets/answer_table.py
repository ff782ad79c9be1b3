"""A table of any number of rows that costs what its visible lines cost."""

from __future__ import annotations

from collections.abc import Iterator

from textual import events
from textual.message import Message

from .table_drawing import RowCanvas
from .table_lines import TONES, Rows, RowView
from .text_cells import shown

__all__ = ["TONES", "AnswerTable", "RowView", "Rows"]


class AnswerTable(RowCanvas):
    """Rows under a fixed header, a cursor row, and a sign at the left of each row.

    It has actions and no keys: the application's registry binds them.
    """

    class RowHighlighted(Message):
        """The cursor stands on another row, or the rows are new."""

        def __init__(self, table: AnswerTable, index: int) -> None:
            super().__init__()
            self.table = table
            self.index = index

        @property
        def control(self) -> AnswerTable:
            return self.table

    class RowSelected(RowHighlighted):
        """The row was opened: Enter, or a second click."""

    # Rows

    def set_rows(
        self,
        labels: tuple[str, ...],
        rows: Rows,
        *,
        numeric: frozenset[int] = frozenset(),
        frozen: int = 1,
        accent: int = 0,
        keep_cursor: bool = False,
    ) -> None:
        """Show other rows.

        Args:
            labels: of the header, one a column; the last column takes the width that is left.
            rows: asked for a row each time it is drawn.
            numeric: columns aligned to the right.
            frozen: columns at the left that stay when the others scroll sideways.
            accent: the column up to which a row wears its tone.
            keep_cursor: leave cursor and view where they are, as far as there are rows.
        """
        self._labels = tuple(shown(label, self.ascii_only) for label in labels)
        self._rows = rows
        self._numeric, self._frozen, self._accent = numeric, frozen, accent
        self._cursor = max(0, min(self._cursor, len(rows) - 1)) if keep_cursor else 0
        self._sample()
        self._arrange()
        if keep_cursor:
            self._reveal()
        else:
            self.scroll_to(0, 0, animate=False, force=True)
        self.refresh()
        if self.row_count:
            self.post_message(self.RowHighlighted(self, self._cursor))

    def set_empty_text(self, text: str) -> None:
        """What stands there when there is no row."""
        if text != self._empty:
            self._empty = text
            self.refresh()

    @property
    def cursor_row(self) -> int:
        """Index of the row under the cursor; 0 as well when there is none."""
        return self._cursor

    @cursor_row.setter
    def cursor_row(self, index: int) -> None:
        self.move_to(index)

    def move_to(self, index: int) -> None:
        """Put the cursor on the row nearest to ``index`` and bring it into view."""
        index = max(0, min(index, self.row_count - 1))
        old, self._cursor = self._cursor, index
        scrolled = self._reveal()
        if index == old:
            return
        if not scrolled:
            self.refresh_row(old)
            self.refresh_row(index)
        self.post_message(self.RowHighlighted(self, index))

    # Actions

    def action_cursor_up(self) -> None:
        self.move_to(self._cursor - 1)

    def action_cursor_down(self) -> None:
        self.move_to(self._cursor + 1)

    def action_page_up(self) -> None:
        self.move_to(self._cursor - max(1, self._page - 1))

    def action_page_down(self) -> None:
        self.move_to(self._cursor + max(1, self._page - 1))

    def action_first(self) -> None:
        self.move_to(0)

    def action_last(self) -> None:
        self.move_to(self.row_count - 1)

    def action_scroll_left(self) -> None:
        self._sideways([x for x in self._stops() if x < self.scroll_offset.x][-1:])

    def action_scroll_right(self) -> None:
        self._sideways([x for x in self._stops() if x > self.scroll_offset.x][:1])

    def action_select(self) -> None:
        if self.row_count:
            self.post_message(self.RowSelected(self, self._cursor))

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or not 1 <= offset.y <= self._page:
            return
        index = self._top + offset.y - 1
        if index < self.row_count:
            self.move_to(index)
            if event.chain == 2:
                self.action_select()

    # Places

    def _reveal(self) -> bool:
        """Scroll as far as the cursor needs it; whether that moved anything."""
        top, ahead = self._top, min(self.scroll_jump, self._page) - 1
        if self._cursor < top:
            top = self._cursor - ahead
        elif self._cursor >= top + self._page:
            top = self._cursor - self._page + 1 + ahead
        top = max(0, min(top, self.row_count - self._page))
        if top == self._top:
            return False
        self.scroll_to(y=top, animate=False, force=True)
        return True

    def _stops(self) -> Iterator[int]:
        """Where a step sideways may halt: at each column, and inside one wider than a step."""
        columns, most = self._columns, self.max_scroll_x
        step = max(4, (self._room - columns.frozen) // 2)
        places = [start for start in columns.starts if start >= columns.frozen]
        for at, place in enumerate(places):
            end = places[at + 1] if at + 1 < len(places) else columns.total
            for x in range(place, max(place + 1, end), step):
                if x - columns.frozen >= most:
                    yield most
                    return
                yield x - columns.frozen
        yield most

    def _sideways(self, stop: list[int]) -> None:
        if stop:
            self.scroll_to(x=stop[0], animate=False, force=True)

    def on_resize(self) -> None:
        self._arrange()
        self._reveal()
