"""Arithmetic of a time axis in cells: what falls where, and which moments get a label."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from ...queries.window import Window

#: From the gravest; what a source calls otherwise is OTHER, at the end.
SEVERITIES = ("High", "Medium", "Low", "Informational")
OTHER = "Other"

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_STEPS = (
    *(n * _MINUTE for n in (1, 2, 5, 10, 15, 30)),
    *(n * _HOUR for n in (1, 2, 3, 6, 12)),
    *(n * _DAY for n in (1, 2, 7, 14, 28, 91, 182, 365, 730, 1826, 3652, 36525, 365250)),
)
#: Blank cells from the end of a label to the next, at least.
_AIR = 8
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def place(window: Window, moment: datetime, width: int) -> int | None:
    """The cell of ``width`` that ``moment`` falls into; None outside the window."""
    if width <= 0 or not window.start <= moment < window.end:
        return None
    return (moment - window.start) * width // window.length


def buckets(
    window: Window, points: Sequence[tuple[datetime, str]], width: int
) -> dict[str, list[int]]:
    """How many points of each severity fall into each of ``width`` cells.

    The keys are SEVERITIES, and OTHER where there are such, in that order. Points outside the
    window count nowhere; every other one counts once.
    """
    counts = {severity: [0] * width for severity in (*SEVERITIES, OTHER)}
    spelled = {severity.lower(): severity for severity in SEVERITIES}
    for moment, severity in points:
        cell = place(window, moment, width)
        if cell is not None:
            counts[spelled.get(severity.lower(), OTHER)][cell] += 1
    if not any(counts[OTHER]):
        del counts[OTHER]
    return counts


def ticks(window: Window, width: int) -> list[tuple[int, str]]:
    """(cell, label) along an axis of ``width`` cells, UTC, no two labels touching.

    Hours in windows up to two days, dates in longer ones, years in very long ones.
    """
    seconds = window.length // timedelta(seconds=1) or 1
    dates = window.length > timedelta(days=2)
    least = _DAY if dates else _MINUTE
    for step in _STEPS:
        size = len(_label(window.start, step)) + _AIR
        if step >= least and step * width >= seconds * size:
            break
    start = (window.start - _EPOCH) // timedelta(seconds=1)
    whole = step if window.start.minute or window.start.second or dates else _HOUR
    first = -(-start // min(step, whole)) * min(step, whole)
    found: list[tuple[int, str]] = []
    free = 0
    for second in range(first, start + seconds + 1, step):
        moment = _EPOCH + timedelta(seconds=second)
        cell = place(window, moment, width)
        label = _label(moment, step)
        if cell is not None and cell >= free and cell + len(label) <= width:
            found.append((cell, label))
            free = cell + len(label) + 1
    return found


def moment_text(window: Window, moment: datetime) -> str:
    """``03:14``, with its date where the window is longer than two days."""
    moment = moment.astimezone(UTC)
    time = f"{moment:%H:%M}"
    return f"{_label(moment, _DAY)} {time}" if window.length > timedelta(days=2) else time


def _label(moment: datetime, step: int) -> str:
    if step < _HOUR:
        return f"{moment:%H:%M}"
    if step < _DAY:
        return f"{moment:%H}h"
    if step < 91 * _DAY:
        return f"{_MONTHS[moment.month - 1]} {moment.day:02}"
    if step < 730 * _DAY:
        return f"{_MONTHS[moment.month - 1]} {moment.year}"
    return str(moment.year)


def marked(
    labels: Sequence[tuple[int, str]], width: int, cell: int | None, mark: str, moment: str
) -> str:
    """The label line in ``width`` cells, with the mark and its time where ``cell`` is.

    A label that the mark or its time would touch gives way.
    """
    placed = list(labels)
    if cell is not None:
        text = mark + moment
        start = cell
        if cell + len(text) > width:
            text, start = moment + mark, cell - len(moment)
        if start < 0:
            text, start = mark, cell
        end = start + len(text)
        placed = [(at, label) for at, label in labels if at + len(label) < start or at > end]
        placed = sorted([*placed, (start, text)])
    line = ""
    for at, label in placed:
        line = line.ljust(at) + label
    return line.ljust(width)[:width]
