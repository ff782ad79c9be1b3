"""What a terminal shows and what it is to show: only the difference needs to be sent.

Textual draws whole regions, every piece of text with its full colours before it and a reset after
it. Over a slow line that is most of what is sent. Here its output is read into cells, and only the
cells that have changed go out, with only the attributes that change.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rich.cells import get_character_cell_size

#: Text and SGR codes of a cell; None where nobody knows what stands there. The right half of a
#: wide character has no text.
Cell = tuple[str, str]
Row = list[Cell | None]

_TOKEN = re.compile(r"\x1b\[(\d+);(\d+)H|\x1b\[([\d;]*)m|(\n)|([^\x1b\n\r\x07\x08\t]+)")
#: Unchanged cells that are sent again rather than skipped: a move costs as much.
_GAP = 4


class NotDrawingError(ValueError):
    """Text that does something else than moving, colouring and writing."""


class Grid:
    """The cells of a screen, and where its cursor stands (row, column, from 0)."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.rows: list[Row] = [[None] * width for _ in range(height)]
        self.cursor = (0, 0)

    def draw(self, data: str) -> None:
        """Apply what Textual writes for a frame.

        Raises:
            NotDrawingError: nothing has been applied then.
        """
        tokens = []
        at = 0
        for match in _TOKEN.finditer(data):
            if match.start() != at:
                raise NotDrawingError
            at = match.end()
            tokens.append(match)
        if at != len(data):
            raise NotDrawingError
        y, x = self.cursor
        style = ""
        for match in tokens:
            text = match[5]
            if text is not None:
                x = self._write(y, x, text, style)
            elif match[3] is not None:
                style = "" if match[3] in ("", "0") else match[3]
            elif match[1] is not None:
                y, x = int(match[1]) - 1, int(match[2]) - 1
            else:
                # Each line that follows begins with a move.
                y, x = y + 1, 0
        self.cursor = (min(y, self.height - 1), min(x, self.width - 1))

    def _write(self, y: int, x: int, text: str, style: str) -> int:
        """Put the text there; gives back the column after it."""
        if not 0 <= y < self.height:
            return x
        row = self.rows[y]
        if text.isascii():
            end = min(x + len(text), self.width)
            if x < end:
                self._split(row, x, end)
                row[x:end] = [(char, style) for char in text[: end - x]]
            return x + len(text)
        for char in text:
            size = get_character_cell_size(char)
            if size == 0:
                if 0 < x <= self.width and (before := row[x - 1]) is not None:
                    row[x - 1] = (before[0] + char, before[1])
                continue
            if x + size <= self.width:
                self._split(row, x, x + size)
                row[x] = (char, style)
                if size == 2:
                    row[x + 1] = ("", style)
            x += size
        return x

    def _split(self, row: Row, start: int, end: int) -> None:
        """What is left of a wide character that is half written over is a space."""
        if (cell := row[start]) is not None and not cell[0] and start > 0:
            row[start - 1] = (" ", cell[1])
        if end < self.width and (cell := row[end]) is not None and not cell[0]:
            row[end] = (" ", cell[1])

    def copy(self) -> Grid:
        """Another grid with the same cells."""
        other = Grid(self.width, self.height)
        other.rows = [row.copy() for row in self.rows]
        other.cursor = self.cursor
        return other

    def scrolled(self, top: int, bottom: int, by: int) -> Grid:
        """As a terminal leaves it that scrolls its rows ``top`` to ``bottom`` up by ``by``."""
        other = self.copy()
        region = other.rows[top : bottom + 1]
        blank: list[Row] = [[(" ", "")] * self.width for _ in range(abs(by))]
        region = region[by:] + blank if by > 0 else blank + region[:by]
        other.rows[top : bottom + 1] = region
        return other


class Pen:
    """Writes moves, attributes and text, none that is not needed."""

    def __init__(self, style: str | None) -> None:
        """``style``: that the terminal has now; None where that is unknown."""
        self.style = style
        self._parts: list[str] = []
        self._at: tuple[int, int] | None = None

    def move(self, y: int, x: int) -> None:
        if self._at == (y, x):
            return
        if self._at is not None and self._at[0] == y and 0 < x - self._at[1] < 1000:
            step = x - self._at[1]
            self._parts.append("\x1b[C" if step == 1 else f"\x1b[{step}C")
        elif self._at is not None and x == 0 and self._at[0] + 1 == y:
            self._parts.append("\r\n")
        else:
            self._parts.append(_to(y, x))
        self._at = (y, x)

    def write(self, cells: Sequence[Cell]) -> None:
        """Cells of one row, from where the pen stands."""
        assert self._at is not None
        for text, style in cells:
            if style != self.style:
                self._parts.append(transition(self.style, style))
                self.style = style
            self._parts.append(text)
        self._at = (self._at[0], self._at[1] + len(cells))

    def scroll(self, top: int, bottom: int, by: int) -> None:
        """Scroll rows up by ``by``, down where it is negative; as every terminal knows how to."""
        if self.style != "":
            self._parts.append("\x1b[m")
            self.style = ""
        self._parts.append(f"\x1b[{top + 1};{bottom + 1}r")
        if by > 0:
            self._parts.append(_to(bottom, 0) + "\n" * by)
        else:
            self._parts.append(_to(top, 0) + "\x1bM" * -by)
        self._parts.append("\x1b[r")
        self._at = None

    @property
    def text(self) -> str:
        return "".join(self._parts)


def _to(y: int, x: int) -> str:
    if x:
        return f"\x1b[{y + 1};{x + 1}H"
    return f"\x1b[{y + 1}H" if y else "\x1b[H"


def difference(shown: Grid, wanted: Grid, style: str | None) -> tuple[str, str | None]:
    """What makes a terminal that shows ``shown`` show ``wanted``, and the style it is left with.

    Both have the same size. Cells that are not known in ``wanted`` are left as they are.
    """
    changed = [y for y in range(shown.height) if shown.rows[y] != wanted.rows[y]]
    pen = Pen(style)
    _repaint(pen, shown, wanted, changed)
    best = pen
    if len(changed) > 1 and (found := _shift(shown, wanted, changed)) is not None:
        top, bottom, by = found
        other = Pen(style)
        other.scroll(top, bottom, by)
        moved = shown.scrolled(top, bottom, by)
        _repaint(other, moved, wanted, range(top, bottom + 1))
        _repaint(other, shown, wanted, [y for y in changed if not top <= y <= bottom])
        if len(other.text) < len(best.text):
            best = other
    if best.text or shown.cursor != wanted.cursor:
        best.move(*wanted.cursor)
    return best.text, best.style


def _repaint(pen: Pen, shown: Grid, wanted: Grid, changed: Sequence[int]) -> None:
    for y in changed:
        old, new = shown.rows[y], wanted.rows[y]
        for start, end in _runs(old, new):
            pen.move(y, start)
            pen.write([cell for cell in new[start:end] if cell is not None])


def _runs(old: Row, new: Row) -> list[tuple[int, int]]:
    """Stretches of a row to be written; short gaps between changes are written along."""
    runs: list[tuple[int, int]] = []
    for x, cell in enumerate(new):
        if cell is None or cell == old[x]:
            continue
        start, end = x, x + 1
        # Both halves of a wide character go together.
        if not cell[0] and x > 0 and new[x - 1] is not None:
            start -= 1
        if end < len(new) and (after := new[end]) is not None and not after[0]:
            end += 1
        if runs and start - runs[-1][1] <= _GAP and None not in new[runs[-1][1] : start]:
            runs[-1] = (runs[-1][0], max(end, runs[-1][1]))
        else:
            runs.append((start, end))
    return runs


def _shift(shown: Grid, wanted: Grid, changed: Sequence[int]) -> tuple[int, int, int] | None:
    """Rows that have moved up or down together: (top, bottom, up by)."""
    top, bottom = changed[0], changed[-1]
    places: dict[tuple[Cell | None, ...], list[int]] = {}
    for y in range(top, bottom + 1):
        places.setdefault(tuple(shown.rows[y]), []).append(y)
    votes: dict[int, int] = {}
    for y in range(top, bottom + 1):
        for old in places.get(tuple(wanted.rows[y]), ()):
            if old != y:
                votes[old - y] = votes.get(old - y, 0) + 1
    if not votes:
        return None
    by = max(votes, key=lambda step: (votes[step], -abs(step)))
    return (top, bottom, by) if votes[by] > 1 else None


@lru_cache(maxsize=4096)
def transition(old: str | None, new: str) -> str:
    """The SGR sequence from one style to another; ``old`` None where it is unknown."""
    if new == "":
        return "\x1b[m"
    if old is None:
        return f"\x1b[0;{new}m"
    attributes, ground = _parted(old)
    wanted_attributes, wanted_ground = _parted(new)
    if not attributes <= wanted_attributes:
        return f"\x1b[0;{new}m"
    codes = sorted(wanted_attributes - attributes, key=int)
    for place, default in (("fg", "39"), ("bg", "49")):
        if ground.get(place) != wanted_ground.get(place):
            codes.append(wanted_ground.get(place) or default)
    text = f"\x1b[{';'.join(codes)}m"
    whole = f"\x1b[0;{new}m"
    return text if len(text) < len(whole) else whole


@lru_cache(maxsize=4096)
def _parted(style: str) -> tuple[frozenset[str], dict[str, str]]:
    """(attributes, colours by their place) of SGR codes."""
    attributes: set[str] = set()
    ground: dict[str, str] = {}
    codes = style.split(";") if style else []
    while codes:
        code = codes.pop(0)
        place = "fg" if code[:1] == "3" or (len(code) == 2 and code[0] == "9") else "bg"
        if code in ("38", "48"):
            count = 4 if codes[:1] == ["2"] else 2
            ground[place] = ";".join([code, *codes[:count]])
            del codes[:count]
        elif (len(code) == 2 and code[0] in "349") or (len(code) == 3 and code[:2] == "10"):
            ground[place] = code
        else:
            attributes.add(code)
    return frozenset(attributes), ground
