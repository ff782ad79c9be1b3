"""A line whose parts give way to each other where there is no room for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len, get_character_cell_size

from .one_line import Run
from .text_cells import crop, ellipsis

#: A part of a line as it may stand there: whole first, each form shorter than the one before.
Forms = Sequence[Sequence[Run]]


def width_of(runs: Iterable[Run]) -> int:
    """In cells."""
    return sum(cell_len(text) for text, _ in runs)


def fitted(parts: Sequence[Forms], order: Iterable[int], room: int) -> list[list[Run]]:
    """The parts in the longest forms for which there is room.

    Args:
        parts: of printable text.
        order: places of parts; each time one is named it takes its next form, until all fit.
        room: in cells. It may not do for the shortest forms.
    """
    taken = [0] * len(parts)
    sizes = [[width_of(form) for form in forms] for forms in parts]
    for place in order:
        if sum(size[at] for size, at in zip(sizes, taken, strict=True)) <= room:
            break
        taken[place] = min(taken[place] + 1, len(parts[place]) - 1)
    return [list(forms[at]) for forms, at in zip(parts, taken, strict=True)]


def head(text: str, room: int, ascii_only: bool = False) -> str:
    """Printable text in at most ``room`` cells: cut at its end, with a sign of the cut."""
    if cell_len(text) <= room:
        return text
    sign = ellipsis(room, ascii_only)
    return crop(text, 0, room - len(sign)).rstrip() + sign


def tail(text: str, room: int, ascii_only: bool = False) -> str:
    """The same, cut at its beginning: the end of a path says most."""
    if cell_len(text) <= room:
        return text
    sign = ellipsis(room, ascii_only)
    start, left = len(text), room - len(sign)
    while (left := left - get_character_cell_size(text[start - 1])) >= 0:
        start -= 1
    return sign + text[start:]
