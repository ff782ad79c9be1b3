"""A picture of when alerts came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip

from ...queries.alert_columns import SEVERITIES
from ...queries.language import tr, translatable
from ...queries.window import Window
from .styled_parts import StyledParts
from .text_cells import fit, shown
from .time_axis import (
    OTHER,
    buckets,
    closer,
    column,
    marked,
    moment_text,
    most_halvings,
    place,
    ticks,
)

__all__ = ["Timeline", "buckets"]

_ALWAYS = frozenset({"High", "Medium", "Low"})
_BLOCKS = "▁▂▃▄▅▆▇█"
#: A block is full at this many alerts, or at the busiest cell's count where that is more:
#: two alerts never look like a storm.
_FULL = 8
NO_ALERTS = translatable("no alerts in this window")


class Timeline(StyledParts):
    """One line a severity, time from left to right, the moments (UTC) below.

    ``compact`` shows one line for all alerts, in the colour of the gravest, above it the count
    of each severity in words.

    The picture can be brought closer to the selected alert; it then says so, and of how many
    alerts it shows how many.
    """

    ALLOW_SELECT = False
    PARTS: ClassVar[frozenset[str]] = frozenset(
        {
            "timeline--labels",
            "timeline--empty",
            *(f"timeline--{severity.lower()}" for severity in (*SEVERITIES, OTHER)),
        }
    )
    DEFAULT_CSS = """
    Timeline {
        height: auto;
        .timeline--labels { color: $text-muted; }
        .timeline--empty { color: $text-muted; }
        .timeline--high { color: $text-error; text-style: bold; }
        .timeline--medium { color: $text-warning; }
        .timeline--low { color: $text-primary; }
        .timeline--informational { color: $text-muted; }
        .timeline--other { color: $text-muted; }
    }
    """

    def __init__(
        self,
        *,
        compact: bool = False,
        ascii_only: bool = False,
        names: Mapping[str, str] | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """``names``: what a severity is called on the screen, where not by its own name."""
        super().__init__(id=id, classes=classes)
        self.compact = compact
        self.ascii_only = ascii_only
        self._names = names or {}
        self._empty = tr(NO_ALERTS)
        self._window: Window | None = None
        #: The part of the window that is seen, and how often it was halved for that.
        self._seen: Window | None = None
        self._halvings = 0
        self._points: tuple[tuple[datetime, str], ...] = ()
        self._selected: datetime | None = None
        self._shown: tuple[str, ...] = SEVERITIES[:3]
        self._counts: dict[str, list[int]] = {}
        self._drawn_for: tuple[int, bool] | None = None

    def set_alerts(
        self,
        window: Window,
        points: Sequence[tuple[datetime, str]],
        empty_text: str | None = None,
    ) -> None:
        """Show (moment, severity) pairs; those outside the window are left out.

        ``empty_text`` says why there are none, where that is not known of itself.
        """
        if window != self._window:
            self._seen, self._halvings = window, 0
        self._window, self._points = window, tuple(points)
        self._empty = tr(NO_ALERTS) if empty_text is None else empty_text
        totals = buckets(window, self._points, 1)
        self._shown = tuple(name for name in totals if name in _ALWAYS or totals[name][0])
        self._drawn_for = None
        self.refresh(layout=True)

    def set_selected(self, moment: datetime | None) -> None:
        """Mark the place of one alert, or none; a closer picture goes along with it."""
        if moment == self._selected:
            return
        self._selected = moment
        if self._seen and moment and place(self._seen, moment, 1) is None:
            self._look()
        else:
            self.refresh(Region(0, self._axis, self.size.width, 1))

    def zoom(self, by: int) -> None:
        """Show half the time (1) or twice the time (-1), around the selected alert."""
        if self._window is None or (by > 0 and self._selected is None):
            return
        halvings = min(max(0, self._halvings + by), most_halvings(self._window))
        if halvings != self._halvings:
            self._halvings = halvings
            self._look()

    def _look(self) -> None:
        assert self._window is not None
        moment = self._selected or self._window.start
        self._seen = closer(self._window, moment, self._halvings)
        self._drawn_for = None
        self.refresh(layout=True)

    def column_of(self, moment: datetime) -> int:
        """Of the picture, whether it is seen or not: what is in one column looks like one."""
        return column(self._seen, moment, self._span) if self._seen else 0

    def set_compact(self, compact: bool) -> None:
        """One line of density instead of one a severity."""
        if compact != self.compact:
            self.compact = compact
            self._drawn_for = None
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        if self.compact:
            return 3
        return max(5, len(self._shown) + 1 + bool(self._halvings))

    @property
    def _axis(self) -> int:
        """The line of the labels."""
        return 2 if self.compact else len(self._shown)

    @property
    def _left(self) -> int:
        """Cells before the picture."""
        if self.compact:
            return 1
        return 2 + max(cell_len(self._called(severity)) for severity in self._shown)

    @property
    def _span(self) -> int:
        """Cells of the picture."""
        return max(0, self.size.width - self._left - 1)

    def _called(self, severity: str) -> str:
        return shown(self._names.get(severity, tr(severity)), self.ascii_only)

    def render_line(self, y: int) -> Strip:
        if self._seen is None:
            return self._strip([("", self._style("labels"))])
        if self._drawn_for != (self._span, self.compact):
            self._counts = buckets(self._seen, self._points, self._span)
            self._drawn_for = (self._span, self.compact)
        if y == self._axis:
            return self._strip([(self._labels(self._seen), self._style("labels"))])
        if y > self._axis:
            words = self._closeness() if y == self._axis + 1 else ""
            return self._strip([(words, self._style("labels"))])
        if not self._halvings and not any(map(any, self._counts.values())):
            return self._strip([(f" {self._empty}" if y == 0 else "", self._style("empty"))])
        if self.compact:
            return self._strip(self._legend() if y == 0 else self._together())
        severity = self._shown[y]
        text = fit(f" {self._called(severity)}", self._left, ascii_only=self.ascii_only)
        text += self._density(self._counts[severity])
        return self._strip([(text, self._style(severity.lower()))])

    def _density(self, counts: Sequence[int]) -> str:
        most = max(_FULL, *(max(row, default=0) for row in self._counts.values()))
        return "".join(self._cell(count, most) for count in counts)

    def _cell(self, count: int, most: int) -> str:
        if count == 0:
            return " "
        if count == 1:
            return "." if self.ascii_only else "·"
        level = -(-count * len(_BLOCKS) // most)
        if self.ascii_only:
            return ":" if level <= 4 else "#"
        return _BLOCKS[level - 1]

    def _legend(self) -> list[tuple[str, Style]]:
        pieces = []
        for severity in self._shown:
            if total := sum(self._counts[severity]):
                pieces.append(
                    (f" {self._called(severity)} {total} ", self._style(severity.lower()))
                )
        return [*pieces, (self._closeness(), self._style("labels"))]

    def _closeness(self) -> str:
        """``zoom 4x: 5 of 16 alerts, 21:02 to 03:02``; nothing where all is seen."""
        if not self._halvings or self._window is None or self._seen is None:
            return ""
        inside = [place(self._window, moment, 1) for moment, _ in self._points].count(0)
        seen = [place(self._seen, moment, 1) for moment, _ in self._points].count(0)
        words = tr(
            " zoom {factor}x: {seen} of {count} alerts",
            factor=2**self._halvings,
            seen=seen,
            count=inside,
        )
        if self.compact:
            return words
        start, end = (moment_text(self._window, at) for at in (self._seen.start, self._seen.end))
        return tr("{words}, {start} to {end}", words=words, start=start, end=end)

    def _together(self) -> list[tuple[str, Style]]:
        columns = list(zip(*self._counts.values(), strict=True))
        most = max(_FULL, *map(sum, columns))
        names = tuple(self._counts)
        runs: list[tuple[str, Style]] = [(" ", self._style("labels"))]
        for counts in columns:
            text = self._cell(sum(counts), most)
            gravest = next((name for name, count in zip(names, counts, strict=True) if count), "")
            style = self._style(gravest.lower()) if gravest else runs[-1][1]
            if style == runs[-1][1]:
                text = runs.pop()[0] + text
            runs.append((text, style))
        return runs

    def _labels(self, window: Window) -> str:
        cell, text, mark = None, "", "^" if self.ascii_only else "▲"
        if self._selected is not None:
            cell = place(window, self._selected, self._span)
            text = moment_text(window, self._selected)
        line = marked(ticks(window, self._span), self._span, cell, mark, text)
        return " " * self._left + line

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"timeline--{name}")

    def _strip(self, runs: list[tuple[str, Style]]) -> Strip:
        """Nothing raw goes to the terminal; blanks at the end wear the last style."""
        segments = [Segment(shown(text, self.ascii_only), style) for text, style in runs if text]
        strip, style = Strip(segments), runs[-1][1] if runs else None
        return strip.adjust_cell_length(self.size.width, style)
