"""The drawing of a table: only the lines on the screen are ever made."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from .styled_parts import StyledParts
from .table_columns import GUTTER, Columns, arrange
from .table_lines import TONES, Rows, View, thumb
from .text_cells import LIMIT, fit, shown

#: Rows whose texts say how wide a column is.
_SAMPLE = 160
_FAR = 40


class RowCanvas(ScrollView, StyledParts, can_focus=True, inherit_bindings=False):
    """Rows under a fixed header, on the line API; what moves the cursor lives above it."""

    ALLOW_SELECT = False
    PARTS: ClassVar[frozenset[str]] = frozenset(
        {
            "answer-table--row",
            "answer-table--header",
            "answer-table--cursor",
            "answer-table--cursor-idle",
            "answer-table--marked",
            "answer-table--empty",
            *(f"answer-table--tone-{tone}" for tone in TONES),
        }
    )
    DEFAULT_CSS = """
    RowCanvas {
        scrollbar-size: 0 0;
        .answer-table--header { color: $text-muted; text-style: bold; }
        .answer-table--cursor { background: $primary 35%; text-style: bold; }
        .answer-table--marked { background: $foreground 10%; }
        .answer-table--empty { color: $text-muted; }
        .answer-table--tone-suspicious { color: $text-error; text-style: bold; }
        .answer-table--tone-expected { color: $text-muted; }
        .answer-table--tone-drifted { color: $text-warning; }
        .answer-table--tone-muted { color: $text-disabled; }
        .answer-table--tone-high { color: $text-error; text-style: bold; }
        .answer-table--tone-medium { color: $text-warning; }
        .answer-table--tone-low { color: $text-primary; }
        .answer-table--tone-informational { color: $text-muted; }
        /* Sixteen colours have no shades: dim and reverse say the same. */
        &:ansi .answer-table--cursor { background: ansi_default; text-style: bold reverse; }
        &:ansi .answer-table--marked { background: ansi_default; text-style: underline; }
        &:ansi .answer-table--tone-expected { text-style: dim; }
        &:ansi .answer-table--tone-muted { text-style: dim; }
    }
    """

    def __init__(
        self,
        *,
        ascii_only: bool = False,
        empty_text: str = "",
        scroll_jump: int = 1,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """``scroll_jump``: rows the view goes on when the cursor leaves it.

        A view that moves is drawn whole, some 6 KB at 120x40: over a slow link a longer jump
        makes that rare.
        """
        super().__init__(id=id, classes=classes)
        self.scroll_jump = max(1, scroll_jump)
        self.ascii_only = ascii_only
        # Of a row: nothing, the cursor, marked, both.
        self._marks, self._bar = (" >*#", "|") if ascii_only else (" ▌┃█", "▕")
        self._empty = empty_text
        self._wrapped: tuple[tuple[str, int], list[str]] = (("", 0), [])
        self._labels: tuple[str, ...] = ()
        self._rows: Rows = ()
        self._numeric: frozenset[int] = frozenset()
        self._frozen = 1
        self._accent = 0
        self._natural: list[int] = []
        self._columns = Columns()
        self._cursor = 0

    @property
    def row_count(self) -> int:
        return len(self._rows)

    def refresh_row(self, index: int) -> None:
        """Draw one row again, if it is on the screen."""
        y = index - self._top + 1
        if 1 <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    @property
    def _top(self) -> int:
        return self.scroll_offset.y

    @property
    def _page(self) -> int:
        return max(1, self.size.height - 1)

    @property
    def _room(self) -> int:
        """Cells of a line; the last cell is the bar's when there is more than a page."""
        return self.size.width - (self.row_count > self._page)

    @property
    def _view(self) -> View:
        return View(
            self._columns,
            self._room,
            self.scroll_offset.x,
            self._numeric,
            self._accent,
            self.ascii_only,
        )

    def _sample(self) -> None:
        """Measure the first rows, and some far ones: numbers grow, texts differ."""
        self._natural = [cell_len(label) for label in self._labels]
        self._measure(range(min(_SAMPLE, self.row_count)))
        if self.row_count > _SAMPLE:
            self._measure(range(self.row_count - 1, _SAMPLE, -(self.row_count // _FAR + 1)))

    def _measure(self, indices: range) -> None:
        for index in indices:
            for at, text in enumerate(self._rows[index].cells[: len(self._natural)]):
                self._natural[at] = max(self._natural[at], cell_len(text[: LIMIT + 1]))

    def _arrange(self) -> None:
        if not self.size:
            return
        top = min(self._top, max(0, self.row_count - self._page))
        self._measure(range(top, min(self.row_count, top + self._page)))
        labels = [cell_len(label) for label in self._labels]
        self._columns = arrange(self._natural, labels, self._room, self._numeric, self._frozen)
        bar = self.size.width - self._room
        self.virtual_size = Size(self._columns.total + bar, self.row_count + 1)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        if round(old_value) != round(new_value):
            self.refresh(Region(0, 1, self.size.width, self.size.height - 1))

    def watch_has_focus(self, _value: bool) -> None:
        super().watch_has_focus(_value)
        self.refresh_row(self._cursor)

    # Drawing

    def render_line(self, y: int) -> Strip:
        room, width = self._room, self.size.width
        if not self.row_count:
            return self._blank_line(y, width)
        if y == 0:
            style = self.get_component_rich_style("answer-table--header")
            text = " " * GUTTER + self._view.text(self._labels)
            return self._strip([(text + " " * (width - room), style)], width)
        index = self._top + y - 1
        if index >= self.row_count:
            return self._strip([(" " * width, self._style("row"))], width)
        row, cursor = self._rows[index], index == self._cursor
        mark = self._marks[cursor + 2 * row.marked]
        ground = "marked" if row.marked else "row"
        tone = row.tone if row.tone in TONES else ""
        if cursor:
            # One style where the cursor stands: colours of tones are not made for its ground,
            # and it is the line that is drawn most often.
            ground, tone = ("cursor", "") if self.has_focus else ("cursor-idle", tone)
        pieces = self._view.pieces(row, mark, tone)
        if room < width:
            bar = thumb(self._top, self._page, self.row_count, self._page)
            text, toned = pieces[-1]
            pieces[-1] = (text + (self._bar if y - 1 in bar else " "), toned)
        styles = (self._style(ground), self._style(ground, tone))
        return self._strip([(text, styles[toned]) for text, toned in pieces], width)

    def _style(self, ground: str, tone: str = "") -> Style:
        style = self.get_component_rich_style(f"answer-table--{ground}")
        if not tone:
            return style
        colour = self.get_component_rich_style(f"answer-table--tone-{tone}")
        return style + colour + Style(bgcolor=style.bgcolor)

    def _strip(self, runs: list[tuple[str, Style]], width: int) -> Strip:
        """The last place before the terminal: whatever came here, nothing raw goes on."""
        segments = [Segment(shown(text, self.ascii_only), style) for text, style in runs]
        return Strip(segments).adjust_cell_length(width)

    def _blank_line(self, y: int, width: int) -> Strip:
        style = self.get_component_rich_style("answer-table--empty")
        lines = self._empty_lines(width)
        line = " " * GUTTER + lines[y - 1] if 0 < y <= len(lines) else ""
        return self._strip([(fit(line, width, ascii_only=self.ascii_only), style)], width)

    def _empty_lines(self, width: int) -> list[str]:
        """The text that stands for no rows, wrapped once for all its lines."""
        if self._wrapped[0] != (self._empty, width):
            room = max(1, width - GUTTER - 1)
            lines = [
                line.plain
                for paragraph in self._empty.split("\n")
                for line in Text(shown(paragraph[:LIMIT], self.ascii_only)).wrap(
                    self.app.console, room
                )
            ]
            self._wrapped = ((self._empty, width), lines)
        return self._wrapped[1]
