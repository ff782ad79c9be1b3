"""Lines of the frame: status at the top, panes in the middle, keys at the bottom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from .styled_parts import StyledParts
from .text_cells import ellipsis, fit, shown

#: (text, tone): a run of text in one style.
Run = tuple[str, str]

_TONES = ("plain", "strong", "muted", "accent", "suspicious", "expected", "drifted", "warning")


class OneLine(StyledParts):
    """Runs of text on one line or a few, cut with a sign where they do not fit."""

    ALLOW_SELECT = False
    PARTS: ClassVar[frozenset[str]] = frozenset({f"one-line--{tone}" for tone in _TONES})
    DEFAULT_CSS = """
    OneLine {
        height: 1;
        .one-line--strong { text-style: bold; }
        .one-line--muted { color: $text-muted; }
        .one-line--accent { color: $primary; text-style: bold; }
    }
    """

    def __init__(
        self, *, ascii_only: bool = False, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.ascii_only = ascii_only
        self._left: Sequence[Sequence[Run]] = ((),)
        self._right: Sequence[Run] = ()
        self._gives_way = -1

    def set_runs(
        self, *lines: Sequence[Run], right: Sequence[Run] = (), gives_way: int = -1
    ) -> None:
        """Show these lines; ``right`` stands at the end of the last one, and gives way first.

        ``gives_way``: place of the run that is cut before those after it are, on every line.
        """
        if (lines, right, gives_way) != (self._left, self._right, self._gives_way):
            self._left, self._right, self._gives_way = lines, right, gives_way
            self.refresh()

    @property
    def text(self) -> str:
        """What it says, unstyled and uncut."""
        runs = [run for line in self._left for run in line] + list(self._right)
        return "".join(shown(text, self.ascii_only) for text, _ in runs)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y >= len(self._left):
            return Strip.blank(width, self.rich_style)
        runs = [(shown(text, self.ascii_only), tone) for text, tone in self._left[y]]
        if y == len(self._left) - 1 and self._right:
            right = [(shown(text, self.ascii_only), tone) for text, tone in self._right]
            room = width - sum(cell_len(text) for text, _ in runs) - 2
            if room >= 8:
                right = _cut(right, room, self.ascii_only)
                gap = width - sum(cell_len(text) for text, _ in (*runs, *right))
                runs = [*runs, (" " * gap, "plain"), *right]
        if 0 <= self._gives_way < len(runs):
            text, tone = runs[self._gives_way]
            others = sum(cell_len(text) for text, _ in runs) - cell_len(text)
            room = max(0, min(cell_len(text), width - others))
            runs[self._gives_way] = (fit(text, room, ascii_only=self.ascii_only), tone)
        runs = _cut(runs, width, self.ascii_only)
        segments = [Segment(text, self._style(tone)) for text, tone in runs]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _style(self, tone: str) -> Style:
        return self.get_component_rich_style(f"one-line--{tone}")


def _cut(runs: Sequence[Run], width: int, ascii_only: bool) -> list[Run]:
    kept: list[Run] = []
    room = width
    for text, tone in runs:
        size = cell_len(text)
        if size <= room:
            kept.append((text, tone))
            room -= size
            continue
        if room:
            kept.append((fit(text, room, ascii_only=ascii_only), tone))
        elif kept:
            # The sign of the cut takes the place of the last cell that fitted.
            last, last_tone = kept[-1]
            shortened = fit(last, cell_len(last) - 1, ascii_only=ascii_only).rstrip()
            kept[-1] = (shortened + ellipsis(1, ascii_only), last_tone)
        break
    return kept
