"""Arithmetic of a time axis in cells: what falls where, and which moments get a label."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from ...queries.alert_columns import SEVERITIES
from ...queries.language import tr, translatable
from ...queries.window import Window

#: From the gravest; what a source calls otherwise is OTHER, at the end.
OTHER = translatable("Other")

#: In cells as wide as in characters, in every language: ticks are counted in them.
_MONTHS = (
    *(translatable("Jan"), translatable("Feb"), translatable("Mar"), translatable("Apr")),
    *(translatable("May"), translatable("Jun"), translatable("Jul"), translatable("Aug")),
    *(translatable("Sep"), translatable("Oct"), translatable("Nov"), translatable("Dec")),
)
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_STEPS = (
    *(n * _MINUTE for n in (1, 2, 5, 10, 15, 30)),
    *(n * _HOUR for n in (1, 2, 3, 6, 12)),
    *(n * _DAY for n in (1, 2, 7, 14, 28, 91, 182, 365, 730, 1826, 3652, 36525, 365250)),
)
#: No picture shows less.
_CLOSEST = timedelta(minutes=1)
#: Blank cells from the end of a label to the next, at least.
_AIR = 8
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def place(window: Window, moment: datetime, width: int) -> int | None:
    """The cell of ``width`` that ``moment`` falls into; None outside the window."""
    if width <= 0 or not window.start <= moment < window.end:
        return None
    return (moment - window.start) * width // window.length


def column(window: Window, moment: datetime, width: int) -> int:
    """As :func:`place`, counted on beyond both ends of the window."""
    return (moment - window.start) * max(1, width) // window.length


def closer(window: Window, moment: datetime, halvings: int) -> Window:
    """The part of the window around ``moment`` that is left when it is halved so often."""
    length = max(window.length / 2**halvings, min(_CLOSEST, window.length))
    start = min(max(moment - length / 2, window.start), window.end - length)
    return Window(start, start + length)


def most_halvings(window: Window) -> int:
    """How often it can be halved."""
    return max(0, (window.length // _CLOSEST).bit_length() - 1)


def beside(columns: Sequence[int], index: int, by: int) -> int:
    """Index of the first of those in the next taken column, or, ``by`` -1, in the one before.

    Where there is none it stays.
    """
    here = columns[index]
    others = [there for there in columns if (there - here) * by > 0]
    return columns.index(min(others, key=lambda there: abs(there - here))) if others else index


def seen_bar(
    window: Window, first: datetime, last: datetime, width: int, *, ascii_only: bool = False
) -> str:
    """``···■■■··``: which part of the window lies between two moments, each cell touched by it.

    What is outside of the window is not drawn; of a stretch wholly outside nothing is.
    """
    blank, full = (".", "#") if ascii_only else ("·", "■")
    first, last = sorted(
        at if at.tzinfo is not None else at.replace(tzinfo=UTC) for at in (first, last)
    )
    if last < window.start or first >= window.end:
        return blank * width
    begin = place(window, max(first, window.start), width) or 0
    end = place(window, last, width) if last < window.end else width - 1
    size = (end or 0) - begin + 1
    return blank * begin + full * size + blank * (width - begin - size)


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
    """``03:14``, with its date where the window is longer than two days.

    Where a minute is wide on the screen, with its seconds.
    """
    moment = moment.astimezone(UTC)
    time = f"{moment:%H:%M:%S}" if window.length <= timedelta(minutes=30) else f"{moment:%H:%M}"
    return f"{_label(moment, _DAY)} {time}" if window.length > timedelta(days=2) else time


def _label(moment: datetime, step: int) -> str:
    if step < _HOUR:
        return f"{moment:%H:%M}"
    if step < _DAY:
        return tr("{hour}h", hour=f"{moment:%H}")
    if step < 91 * _DAY:
        return tr("{month} {day:02}", month=tr(_MONTHS[moment.month - 1]), day=moment.day)
    if step < 730 * _DAY:
        return tr("{month} {year}", month=tr(_MONTHS[moment.month - 1]), year=moment.year)
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
