"""Text of any length, wrapped and scrolled, drawn line by line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from .styled_parts import StyledParts
from .text_cells import crop, fit, shown

_TONES = ("title", "label", "plain", "muted", "suspicious", "expected", "drifted", "warning")


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph.

    Attributes:
        text: as it came; made printable when it is drawn.
        indent: cells by which all its lines are set in.
        label: what stands before it, within the indent.
        target: what it leads to; such a line can be chosen.
    """

    text: str = ""
    tone: str = "plain"
    indent: int = 0
    label: str = ""
    target: object = None


class LinesView(ScrollView, StyledParts, can_focus=True, inherit_bindings=False):
    """Paragraphs wrapped at the width; made printable here, whatever they hold."""

    PARTS: ClassVar[frozenset[str]] = frozenset({f"lines-view--{tone}" for tone in _TONES})
    DEFAULT_CSS = """
    LinesView {
        scrollbar-size: 0 0;
        .lines-view--title { text-style: bold; }
        .lines-view--label { color: $text-muted; }
        .lines-view--muted { color: $text-muted; }
    }
    """

    def __init__(
        self, *, ascii_only: bool = False, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.ascii_only = ascii_only
        self._paragraphs: tuple[Line, ...] = ()
        self._wrapped: list[tuple[str, str, str]] = []
        #: Of each line that can be chosen, where it begins among the wrapped ones, and its place.
        self._choices: list[tuple[int, int]] = []
        self._chosen = 0

    def set_lines(self, lines: tuple[Line, ...]) -> None:
        """Show other paragraphs; the view stays where it was as far as it can."""
        self._paragraphs = lines
        self._wrap()

    def on_resize(self) -> None:
        self._wrap()

    def _wrap(self) -> None:
        width = max(1, self.size.width - 1)
        self._wrapped, self._choices = [], []
        for place, line in enumerate(self._paragraphs):
            is_chosen = False
            if line.target is not None:
                is_chosen = len(self._choices) == self._chosen
                self._choices.append((len(self._wrapped), place))
            tone = "title" if is_chosen else line.tone
            label = f">{self._label(line)[1:]}" if is_chosen else self._label(line)
            pieces = wrapped(shown(line.text, self.ascii_only), width - line.indent)
            self._wrapped.append((label, pieces[0], tone))
            self._wrapped += [(" " * line.indent, piece, tone) for piece in pieces[1:]]
        self.virtual_size = Size(self.size.width, len(self._wrapped))
        self.refresh()

    def _label(self, line: Line) -> str:
        return fit(shown(line.label, self.ascii_only), line.indent, ascii_only=self.ascii_only)

    @property
    def chosen(self) -> object:
        """What the chosen line leads to; None where no line leads anywhere."""
        if self._chosen >= len(self._choices):
            return None
        return self._paragraphs[self._choices[self._chosen][1]].target

    def choose(self, by: int) -> None:
        """Choose another line, so many further down; after the last comes the first."""
        if not self._choices:
            return
        self._chosen = (self._chosen + by) % len(self._choices)
        self._wrap()
        at = self._choices[self._chosen][0]
        top = int(self.scroll_offset.y)
        if not top <= at < top + self.size.height:
            self._to(at - self.size.height // 2)

    @property
    def below(self) -> int:
        """Lines that are further down than what is seen."""
        return max(0, len(self._wrapped) - int(self.scroll_offset.y) - self.size.height)

    def render_line(self, y: int) -> Strip:
        at, width = y + int(self.scroll_offset.y), self.size.width
        if at >= len(self._wrapped):
            return Strip.blank(width, self.rich_style)
        label, text, tone = self._wrapped[at]
        style = self.get_component_rich_style(f"lines-view--{tone}")
        segments = [Segment(crop(text, 0, width - len(label)), style)]
        if label:
            muted = self.get_component_rich_style("lines-view--label")
            segments.insert(0, Segment(label, muted))
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def action_cursor_up(self) -> None:
        self._to(self.scroll_offset.y - 1)

    def action_cursor_down(self) -> None:
        self._to(self.scroll_offset.y + 1)

    def action_page_up(self) -> None:
        self._to(self.scroll_offset.y - max(1, self.size.height - 1))

    def action_page_down(self) -> None:
        self._to(self.scroll_offset.y + max(1, self.size.height - 1))

    def action_first(self) -> None:
        self._to(0)

    def action_last(self) -> None:
        self._to(len(self._wrapped))

    def _to(self, y: float) -> None:
        self.scroll_to(y=y, animate=False, force=True)


def wrapped(text: str, width: int) -> list[str]:
    """Printable text in pieces of at most ``width`` cells, broken at blanks where there are any."""
    width = max(4, width)
    if not text:
        return [""]
    pieces: list[str] = []
    at = 0
    while at < len(text):
        # More characters than a line can hold, marks included; never all of a megabyte.
        rest = text[at : at + 4 * width]
        piece = rest if cell_len(rest) <= width else _first_line(rest, width)
        pieces.append(piece)
        at += len(piece)
        while text[at : at + 1] == " ":
            at += 1
    return pieces


def _first_line(text: str, width: int) -> str:
    piece = crop(text, 0, width).rstrip()
    # A wide character that would lie half outside comes as a blank: it goes to the next line.
    while piece and not text.startswith(piece):
        piece = piece[:-1]
    blank = piece.rfind(" ", width // 2)
    if blank > 0 and text[len(piece) : len(piece) + 1] not in ("", " "):
        piece = piece[:blank]
    return piece or text[:1]
