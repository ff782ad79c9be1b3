"""What may be typed for a window."""

from __future__ import annotations

from ...queries.language import tr, translatable
from ...queries.source import Source
from ...queries.window import Window, WindowError, parse_moment, parse_span

_CHOICES = {"1": "1h", "2": "24h", "3": "7d", "4": "30d"}
WINDOW_HINTS = (
    translatable("1 last hour   2 last day   3 last week   4 last month   5 all there is"),
    translatable("or a span (90m, 6h, 3d), or two times: 2026-11-20T09:00 2026-11-20T12:00 (UTC)"),
    translatable("Enter asks again for this window.  Esc goes back."),
)


def window_from(text: str, source: Source) -> Window:
    """A choice by its number, a span back from the newest row, or two times.

    Raises:
        WindowError: anything else.
    """
    words = text.split()
    if words == ["5"]:
        return source.extent()
    match words:
        case [one]:
            end = source.latest().end
            return Window(end - parse_span(_CHOICES.get(one, one)), end)
        case [start, end]:
            return Window(parse_moment(start), parse_moment(end))
    raise WindowError(tr("write a number from 1 to 5, a span such as 6h, or two times"))
