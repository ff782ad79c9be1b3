"""What the lines of all details have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..queries.answers import Status, Value
from ..queries.language import tr
from .deliveries import DrillDown
from .widgets.lines_view import Line
from .widgets.text_cells import cell_text

#: Cells for the names of columns; the longest published ones fit.
NAMES = 28


def titled(title: str, sentences: Sequence[str]) -> list[Line]:
    """A heading and what stands under it; nothing where that is nothing."""
    if not sentences:
        return []
    return [Line(), Line(title, "title"), *(Line(sentence, "plain", 2) for sentence in sentences)]


def known_values(column: str, behind: DrillDown | None) -> dict[str, dict[str, Value]]:
    """What the drill-down says of each value of a column; nothing while it has not come."""
    if behind is None or behind.values.status is Status.FAILED:
        return {}
    return {seen["Value"]: seen for seen in behind.values.records() if seen["Column"] == column}


def observed_words(seen: Mapping[str, Value]) -> str:
    """How often, first and last, of a record with Count, FirstObserved and LastObserved."""
    count, first, last = seen["Count"], seen["FirstObserved"], seen["LastObserved"]
    if first == last:
        if count == 1:
            return tr("once at {moment} UTC", moment=cell_text(first))
        return tr("{count:,} times at {moment} UTC", count=count, moment=cell_text(first))
    return tr(
        "{count:,} times, {first} to {last} UTC",
        count=count,
        first=cell_text(first),
        last=cell_text(last),
    )
