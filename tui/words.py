"""Answers, what they wait for, and windows, in a few words."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from ..queries.answers import Answer, Status
from ..queries.language import tr, translatable
from ..queries.source import Waiting
from ..queries.window import Window


def status_words(answer: Answer, again: str = "r") -> str:
    """How a pane that was answered stands, in a word or two; why it failed is told elsewhere.

    ``again`` is the key that asks again.
    """
    if answer.status is Status.FAILED:
        return tr("failed ({again} asks again)", again=again)
    kinds = {str(notice.kind) for notice in answer.notices}
    if not answer.rows:
        for kind in ("cannot know", "empty window", "silent", "missing table"):
            if kind in kinds:
                return tr(kind)
    return tr(str(answer.status))


def reason_words(waiting: Waiting) -> str:
    """What is waited for; where a countdown stands beside it, that says that it waits."""
    return waiting.why if waiting.until is not None else tr("waiting: {why}", why=waiting.why)


def countdown_words(waiting: Waiting, now: float) -> str:
    """``asks again in 7 s``; nothing where nobody knows when. ``now`` is of time.monotonic."""
    if waiting.until is None:
        return ""
    left = ceil(waiting.until - now)
    return (
        tr("asks again in {left}", left=seconds_words(left)) if left > 0 else tr("asks again now")
    )


def seconds_words(seconds: int) -> str:
    """``7 s``, ``2 min 05 s``."""
    return (
        tr("{seconds} s", seconds=seconds)
        if seconds < 100
        else tr("{minutes} min {seconds:02} s", minutes=seconds // 60, seconds=seconds % 60)
    )


def window_words(window: Window, now: datetime) -> str:
    """``Nov 20 09:00 → Nov 21 09:00 UTC (24 h)``; years as :func:`ends_words` tells them."""
    return f"{ends_words(window, now)} ({length_words(window.length)})"


def ends_words(window: Window, now: datetime, form: str = translatable("%b %d %H:%M")) -> str:
    """Start and end, with the year where that is not this one, twice where there are two."""
    years = {window.start.year, window.end.year}
    short = tr(form)
    long = tr("%Y {form}", form=short)
    start = window.start.strftime(short if years == {now.year} else long)
    end = window.end.strftime(short if len(years) == 1 else long)
    return f"{start} → {end} UTC"


def length_words(length: timedelta) -> str:
    """The two largest units at most: ``24 h``, ``7 d``, ``1 h 30 min``."""
    minutes = round(length / timedelta(minutes=1))
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days == 1 and not hours and not minutes:
        return tr("24 h")
    parts = [(days, tr("d")), (hours, tr("h")), (minutes, tr("min"))]
    words = [f"{count} {unit}" for count, unit in parts if count]
    return " ".join(words[:2]) or tr("under a minute")
