"""The status line: source, device, window, pack and verdict counts, in the room there is."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ...queries.language import tr, translatable
from ...queries.window import Window
from ..widgets.giving_way import Forms, fitted, head, tail, width_of
from ..widgets.one_line import Run
from ..widgets.text_cells import shown
from ..words import ends_words, window_words
from .standing import Counts

if TYPE_CHECKING:
    from .desk import Desk

#: Cells of a source and of a hub that has to give way, wide and narrow.
_SOURCE, _HUB = (30, 20, 12), (12, 6)
#: Between what stands at the left and the counts.
_GAP = 2
_NAME, _OF, _ON, _DEVICE, _WHEN, _PACK, _COUNTS = range(7)
#: Who gives way first; last of all the device is cut, and the counts never are.
_ORDER = (_PACK, _COUNTS, _WHEN, _OF, _OF, _NAME, _ON, _COUNTS, _WHEN, _OF, _ON, _WHEN)

#: (left, right) of one line.
Line = tuple[list[Run], list[Run]]


def status_lines(desk: Desk, width: int, ascii_only: bool, *, lines: int) -> list[Line]:
    """The status on one line or on two, none wider than ``width`` cells."""
    parts: list[Forms] = [[[]] for _ in range(7)]
    parts[_NAME] = [[(" iotriage  ", "accent")], [(" ", "plain")]]
    parts[_OF] = _source_forms(shown(desk.source_words, ascii_only), ascii_only)
    if desk.scope is None:
        words = tr("{key} keys ", key=desk.keymap.key("help", ascii_only))
        parts[_COUNTS] = [[(shown(words, ascii_only), "muted")]]
        return [_line(parts, parts[_COUNTS], width, ascii_only)]
    scope = desk.scope
    hub = shown(scope.hub or tr("(no hub)"), ascii_only)
    hubs = [hub, *(head(hub, room, ascii_only) for room in _HUB)]
    parts[_ON] = [[(f"  {text} / ", "strong")] for text in hubs]
    parts[_DEVICE] = [[(shown(desk.device_name or scope.device, ascii_only), "strong")]]
    counts = _count_forms(desk.counts(), ascii_only)
    parts[_WHEN] = _window_forms(scope.window, desk.clock(), ascii_only)
    parts[_PACK] = [[(f"  {shown(desk.pack.name, ascii_only)}", "muted")], []]
    if lines == 1:
        return [_line(parts, counts, width, ascii_only)]
    above, below = parts.copy(), parts.copy()
    above[_WHEN], above[_PACK] = [[]], [[]]
    below[_NAME] = below[_OF] = below[_ON] = below[_DEVICE] = [[]]
    return [_line(above, [[]], width, ascii_only), _line(below, counts, width, ascii_only)]


def _line(parts: list[Forms], counts: Forms, width: int, ascii_only: bool) -> Line:
    parts = [*parts[:_COUNTS], counts]
    gap = _GAP if any(counts) else 0
    runs = fitted(parts, _ORDER, width - gap)
    right = runs.pop()
    over = sum(map(width_of, runs)) + gap + width_of(right) - width
    if over > 0 and runs[_DEVICE]:
        ((device, tone),) = runs[_DEVICE]
        room = max(1, width_of(runs[_DEVICE]) - over)
        runs[_DEVICE] = [(head(device, room, ascii_only), tone)]
    return [run for part in runs for run in part], right


def _source_forms(source: str, ascii_only: bool) -> Forms:
    """A long path by its end, and at last only what kind of source it is."""
    kind, _, path = source.partition(" ")
    texts = [source]
    if path:
        rooms = [max(1, room - len(kind) - 1) for room in _SOURCE]
        texts = [f"{kind} {tail(path, room, ascii_only)}" for room in rooms] + [kind]
    return [[(head(text, _SOURCE[0], ascii_only), "strong")] for text in texts]


def _window_forms(window: Window, now: datetime, ascii_only: bool) -> Forms:
    """With its length, without, its days, and nothing."""
    days = ends_words(window, now, translatable("%b %d"))
    texts = [window_words(window, now), ends_words(window, now), days]
    plain = [text.replace("→", "-") if ascii_only else text for text in texts]
    return [[(f"  {shown(text, ascii_only)}", "muted")] for text in plain] + [[]]


def _count_forms(counts: Counts, ascii_only: bool) -> Forms:
    """With air between them, and with less."""
    judged = (
        ("!", counts.suspicious, "suspicious"),
        ("+" if ascii_only else "✓", counts.expected, "expected"),
        ("~", counts.drifted, "drifted"),
    )
    forms = []
    for gap in ("   ", "  ", " "):
        runs: list[Run] = []
        for sign, count, tone in judged:
            runs += [(f"{sign} {count}", tone if count else "muted"), (gap, "plain")]
        forms.append([*runs, (tr("{count} to review ", count=counts.to_review), "muted")])
    return forms
