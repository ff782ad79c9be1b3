"""Where the columns of a table stand: arithmetic on cells, nothing drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

#: Cells before the first column: cursor mark, sign, blank.
GUTTER = 3
#: Cells between two columns.
GAP = 2
#: A text column is not wider while the last one wants the room, and never made narrower; what
#: stays in view while the others scroll tells one row from another and keeps more.
WIDEST = 40
NARROWEST = 12
_FROZEN_NARROWEST = 24
#: What the last column, which takes what is left, should at least be left with ...
_LAST = 24
#: ... and how far one can scroll into it sideways.
_LAST_WIDEST = 400


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths and places of columns, in cells.

    Attributes:
        widths: of each column.
        starts: of each column from the left edge, gutter included.
        frozen: cells at the left that do not scroll sideways, gutter included.
        total: cells of a whole row.
    """

    widths: tuple[int, ...] = ()
    starts: tuple[int, ...] = ()
    frozen: int = GUTTER
    total: int = GUTTER


def arrange(
    natural: Sequence[int],
    labels: Sequence[int],
    room: int,
    numeric: frozenset[int] = frozenset(),
    frozen: int = 1,
) -> Columns:
    """Columns for a table ``room`` cells wide.

    Numbers are never cut. Text columns give way, the widest first, until the last column has
    enough; if that does not do, the table is wider than its room and scrolls sideways.

    Args:
        natural: cells that the longest sampled text of each column takes, label included.
        labels: cells of each label.
        room: cells of a row on the screen.
        numeric: columns that hold numbers.
        frozen: how many columns at the left stay while the others scroll.
    """
    if not natural:
        return Columns(total=max(room, GUTTER))
    last = len(natural) - 1
    widths = [
        size if at in numeric else min(size, _LAST_WIDEST if at == last else WIDEST)
        for at, size in enumerate(natural)
    ]
    least = widths[:] if last in numeric else [*widths[:last], min(widths[last], _LAST)]
    least[last] = max(least[last], labels[last])
    free = room - GUTTER - GAP * last
    floors = [
        size
        if at in numeric
        else min(size, max(_FROZEN_NARROWEST if at < frozen else NARROWEST, labels[at]))
        for at, size in enumerate(widths)
    ]
    while sum(widths[:last]) + least[last] > free:
        slack = [(widths[at], at) for at in range(last) if widths[at] > floors[at]]
        if not slack:
            break
        widths[max(slack)[1]] -= 1
    # What is left over when the last column has all it can use goes to those that were held back.
    spare = free - sum(widths)
    for at in sorted(range(last), key=lambda at: natural[at]):
        more = max(0, min(spare, natural[at] - widths[at]))
        widths[at] += more
        spare -= more
    if last not in numeric:
        widths[last] = max(widths[last], free - sum(widths[:last]))
    starts = tuple(accumulate((width + GAP for width in widths[:last]), initial=GUTTER))
    total = starts[last] + widths[last]
    # A frozen part that fills the screen would leave nothing to scroll.
    edges = (GUTTER, *(start + width + GAP for start, width in zip(starts, widths, strict=True)))
    fixed = max(edge for edge in edges[: min(frozen, last) + 1] if edge <= max(GUTTER, room * 0.6))
    return Columns(tuple(widths), starts, fixed, max(total, room))
