"""How rare the rows of a pane are, in words and as an order. Knows no widget but the line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from ..queries.answers import Answer, Value
from ..queries.language import tr, translatable
from ..queries.questions import Question
from .widgets.lines_view import Line
from .widgets.text_cells import cell_text

if TYPE_CHECKING:
    from ..queries.prevalence import Prevalence, Seen

_LABEL, _BRIEF_LABEL = translatable("Seen on"), translatable("New")
_NUMBERS = frozenset({"long", "int"})


class RarityColumn:
    """On how many of the hub's devices each row is seen, and what is new about it.

    Attributes:
        at: its index among the columns that are shown.
        prevalence: None while it is being asked.
        is_brief: there is room only for what is new.
    """

    def __init__(self, question: Question, answer: Answer, shown: Sequence[int], ascii_only: bool):
        """``shown``: places of the shown columns in a row of the answer."""
        kinds = [answer.columns[place].type for place in shown]
        # Before the first moment: what follows is wide, and this is told from the left.
        self.at = next((at for at, kind in enumerate(kinds) if kind == "datetime"), len(kinds))
        self.prevalence: Prevalence | None = None
        self.is_brief = False
        self._sets = question.sets
        self._counts = next(
            (place for place, kind in zip(shown, kinds, strict=True) if kind in _NUMBERS), None
        )
        self._pending = "..." if ascii_only else "…"

    @property
    def label(self) -> str:
        return tr(_BRIEF_LABEL if self.is_brief else _LABEL)

    def insert(self, cells: tuple[str, ...], cell: str) -> tuple[str, ...]:
        """``cells`` of the other columns with ``cell`` where this one stands."""
        return (*cells[: self.at], cell, *cells[self.at :])

    def cell(self, record: Mapping[str, Value]) -> str:
        """``1/41 new``, ``40/41 +2 new``; in brief ``new``, ``+2``; ``?`` where nobody knows."""
        prevalence = self.prevalence
        if prevalence is None:
            return self._pending
        row = prevalence.row(record)
        doubt = "?" if prevalence.is_partial else ""
        count = sum(bool(seen.is_new) for seen in self._values(record))
        fresh = ""
        if row is not None and row.is_new:
            fresh = tr("new{doubt}", doubt=doubt)
        elif count and self.is_brief:
            fresh = f"+{count}{doubt}"
        elif count:
            fresh = tr("+{count} new{doubt}", count=count, doubt=doubt)
        if self.is_brief:
            return "?" if row is None or row.is_new is None else fresh
        return f"{devices_words(prevalence, row)} {fresh}".rstrip()

    def order(self, answer: Answer) -> list[int]:
        """Places of the rows: seen on the fewest devices first, itself or by one of its values;
        of these the newest here, then the least frequent. What is not known comes last."""
        prevalence = self.prevalence
        if prevalence is None or prevalence.unknown:
            return list(range(len(answer.rows)))
        names = answer.names

        def rank(place: int) -> tuple[float, float, float, int]:
            row = answer.rows[place]
            record = dict(zip(names, row, strict=True))
            own = prevalence.row(record)
            seen = [*([own] if own else []), *self._values(record)]
            if not seen:
                return float("inf"), 0.0, 0.0, place
            fewest = min(each.devices for each in seen)
            newest = max(_seconds(each.first) for each in seen if each.devices == fewest)
            count = row[self._counts] if self._counts is not None else 0
            return fewest, -newest, count or 0, place

        return sorted(range(len(answer.rows)), key=rank)

    def _values(self, record: Mapping[str, Value]) -> list[Seen]:
        assert self.prevalence is not None
        return [seen for column in self._sets for seen in self.prevalence.values(record, column)]


def _seconds(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0


def devices_words(prevalence: Prevalence, seen: Seen | None) -> str:
    """``1/41``; ``1+/41`` where more devices may have it; ``?`` where nobody knows."""
    if prevalence.unknown or seen is None:
        return "?"
    return f"{seen.devices}{'+' if prevalence.is_partial else ''}/{prevalence.devices}"


def seen_words(prevalence: Prevalence, seen: Seen) -> str:
    """``new, on 1 of 41 devices, here since 2026-11-21 03:15:02 UTC``."""
    words = []
    if seen.is_new:
        words.append(tr("perhaps new") if prevalence.is_partial else tr("new"))
    if not prevalence.unknown:
        how_many = {"count": seen.devices, "devices": prevalence.devices}
        if prevalence.is_partial:
            words.append(tr("on at least {count} of {devices} devices", **how_many))
        else:
            words.append(tr("on {count} of {devices} devices", **how_many))
    if seen.first is not None:
        words.append(tr("here since {moment} UTC", moment=cell_text(seen.first)))
    return ", ".join(words)


def rarity_lines(prevalence: Prevalence | None, record: Mapping[str, Value]) -> list[Line]:
    """What the detail of a row says of it, with what it is compared with."""
    if prevalence is None:
        return [Line(tr("on how many devices it is seen is still being asked"), "muted"), Line()]
    lines = []
    seen = prevalence.row(record)
    if seen is not None and (words := seen_words(prevalence, seen)):
        lines.append(Line(words, "warning" if seen.is_new else "plain"))
    if prevalence.unknown:
        why = tr("how rare it is cannot be known: {why}", why=prevalence.unknown)
        lines.append(Line(why, "warning"))
    elif seen is None:
        lines.append(Line(tr("how rare it is cannot be known"), "warning"))
    if prevalence.cannot_be_new and prevalence.cannot_be_new != prevalence.unknown:
        why = tr("whether it is new cannot be known: {why}", why=prevalence.cannot_be_new)
        lines.append(Line(why, "warning"))
    elif not prevalence.cannot_be_new:
        lines.append(Line(prevalence.look_back_words(), "muted", 2))
    return [*lines, Line()]
