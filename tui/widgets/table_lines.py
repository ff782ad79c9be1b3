"""A row of a table as one line of text, and which cells of it wear which style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from .table_columns import GAP, GUTTER, Columns
from .text_cells import crop, ellipsis, fit, shown

TONES = frozenset(
    {"suspicious", "expected", "drifted", "muted", "high", "medium", "low", "informational"}
)
#: Tones of a whole row; the others colour its left part, sign and accent column included.
WHOLE = frozenset({"expected", "muted"})


@dataclass(frozen=True, slots=True)
class RowView:
    """One row as it is drawn.

    Attributes:
        sign: one cell at the left, or nothing.
        cells: printable text, one for each label.
        tone: one of TONES, or nothing.
        marked: chosen together with others.
    """

    sign: str
    cells: tuple[str, ...]
    tone: str = ""
    marked: bool = False


class Rows(Protocol):
    """Where rows come from: asked only for the ones on the screen, and for a sample."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> RowView: ...


@dataclass(frozen=True, slots=True)
class View:
    """What part of the columns is on the screen.

    Attributes:
        columns: where they stand.
        room: cells of a line, gutter included.
        x: cells by which the part that is not frozen is scrolled.
        numeric: columns aligned to the right.
        accent: the column up to which a row wears its tone.
        ascii_only: signs are ASCII.
    """

    columns: Columns
    room: int
    x: int = 0
    numeric: frozenset[int] = frozenset()
    accent: int = 0
    ascii_only: bool = False

    def text(self, cells: Sequence[str]) -> str:
        """What stands right of the gutter, in exactly ``room - GUTTER`` cells."""
        texts = [
            self._fit(cells[at] if at < len(cells) else "", width, at in self.numeric)
            for at, width in enumerate(self.columns.widths)
        ]
        whole, columns = (" " * GAP).join(texts), self.columns
        if columns.total <= self.room:
            return self._fit(whole, self.room - GUTTER)
        start, width = columns.frozen - GUTTER + self.x, self.room - columns.frozen
        rest = crop(whole, start, columns.total - GUTTER - start).rstrip(" ")
        tail = self._fit(rest, width)
        if self.x and width > 0 and crop(whole, start - 1, 1).strip():
            tail = ellipsis(1, self.ascii_only) + crop(tail, 1, width - 1)
        return crop(whole, 0, columns.frozen - GUTTER) + tail

    def pieces(self, row: RowView, mark: str, tone: str) -> list[tuple[str, bool]]:
        """The line of a row as (text, whether it wears the tone), as few pieces as can be.

        Each change of style costs some forty bytes on the way to the terminal, as much as
        forty letters.
        """
        line = f"{mark}{crop(shown(row.sign), 0, 1)} {self.text(row.cells)}"
        if not tone:
            return [(line, False)]
        if tone in WHOLE:
            return [(line, True)]
        edge = self.accent_end()
        return [(crop(line, 0, edge), True), (crop(line, edge, self.room - edge), False)]

    def accent_end(self) -> int:
        """Where the tone ends: after the accent column, or after the gutter if that is away."""
        columns, at = self.columns, self.accent
        if not 0 <= at < len(columns.widths):
            return GUTTER
        end = columns.starts[at] + columns.widths[at]
        if columns.starts[at] >= columns.frozen:
            end = max(GUTTER, end - self.x)
        return min(end, self.room - 1)

    def _fit(self, text: str, width: int, right: bool = False) -> str:
        return fit(text, width, right=right, ascii_only=self.ascii_only)


def thumb(top: int, page: int, count: int, height: int) -> range:
    """The lines of a bar ``height`` cells high that stand for the page which is shown."""
    if count <= page:
        return range(0)
    size = max(1, height * page // count)
    start = round((height - size) * top / (count - page))
    return range(start, start + size)
