"""The rows of a pane as they are drawn: an answer held against the casebook, filtered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cached_property

from ..queries.alert_catalogue import in_words
from ..queries.answers import Answer, Value
from ..queries.language import tr
from ..queries.questions import Question
from ..queries.window import Window
from .casebook.casebook import Casebook
from .casebook.findings import Finding, finding_of, members, text_of
from .casebook.judgements import Sign, Standing
from .seen import LABEL, SeenColumn, seen_column
from .selection import Selection
from .widgets.table_lines import RowView
from .widgets.text_cells import cell_text

SIGNS = {Sign.SUSPICIOUS: "!", Sign.EXPECTED: "✓", Sign.DRIFTED: "~", Sign.UNREVIEWED: ""}
ASCII_SIGNS = SIGNS | {Sign.EXPECTED: "+"}
#: A row without a verdict of its own in which a value has one.
VALUE_SIGN = ":"
_SEVERITIES = frozenset({"high", "medium", "low", "informational"})
_OPEN = Sign.UNREVIEWED
Key = tuple[tuple[str, str], ...]
_NUMBERS = frozenset({"long", "int", "real", "decimal"})


class PaneRows:
    """Asked for a row when it is drawn; signs are known for all rows."""

    def __init__(
        self,
        question: Question,
        answer: Answer,
        casebook: Casebook,
        device: str,
        hub: str,
        *,
        ascii_only: bool = False,
        window: Window | None = None,
    ) -> None:
        """``window``: the stretch in which rows were seen, where that is to be drawn."""
        self.question = question
        self.answer = answer
        self._casebook = casebook
        self._device, self._hub = device, hub
        self._ascii = ascii_only
        places = {name: place for place, name in enumerate(answer.names)}
        shown = [column for column in question.shown if column.column in places]
        self._labels = tuple(tr(column.label) for column in shown)
        self._cells = [places[column.column] for column in shown]
        self._numeric = frozenset(
            at for at, place in enumerate(self._cells) if answer.columns[place].type in _NUMBERS
        )
        #: Draws when each row was seen.
        self.seen: SeenColumn | None = None
        if window is not None:
            self.seen = seen_column(shown, self._cells, window, ascii_only=ascii_only)
        self._severity = places.get("AlertSeverity")
        self.accent = next(
            (at for at, place in enumerate(self._cells) if place == self._severity), 0
        )
        self.standings: dict[int, Standing] = {}
        self._visible: list[int] | None = None
        self.hidden = 0
        self.selection = Selection()
        #: Of each row, how many of its values have a verdict of their own.
        self.judged_values: Counter[int] = Counter()
        self._value_signs: Counter[Sign] = Counter()
        self.judge_again()

    # Verdicts

    def judge_again(self) -> None:
        """Read every verdict anew; most rows have none, so only the judged are looked up."""
        self.standings, self.judged_values, self._value_signs = {}, Counter(), Counter()
        for finding in self._casebook.judged(self._device, self._hub):
            if finding.question != self.question.name:
                continue
            place = self._keys.get(finding.key)
            if place is None:
                continue
            record = self.record_at(place)
            standing = self._casebook.standing(finding, record, self.question.sets)
            if finding.value is None:
                self.standings[place] = standing
            elif standing.sign is not Sign.UNREVIEWED and _holds_value(record, finding.value):
                self.judged_values[place] += 1
                self._value_signs[standing.sign] += 1
        self._take_covered()

    def _take_covered(self) -> None:
        """Rows that nobody judged here, and a baseline expects."""
        if not self._casebook.covers(self.question.name, self._hub):
            return
        for key in self._casebook.covered_keys(self.question.name, self._hub):
            place = self._keys.get(key)
            if place is None or (place in self.standings and self._sign(place) is not _OPEN):
                continue
            finding, record = self.finding_at(place)
            standing = self._casebook.standing(finding, record, self.question.sets)
            if standing.sign is not _OPEN:
                self.standings[place] = standing

    @cached_property
    def _keys(self) -> dict[Key, int]:
        """Key of a finding -> place of its row; made when there is a verdict to place."""
        return {self.finding_at(place)[0].key: place for place in range(len(self.answer.rows))}

    def counts(self) -> Counter[Sign]:
        """How many rows, and values with a verdict of their own, stand how; hidden ones too."""
        counts = self._value_signs + Counter(s.sign for s in self.standings.values())
        counts[Sign.UNREVIEWED] += len(self.answer.rows) - len(self.standings)
        return counts

    # Which rows are shown

    def choose(self, needle: str, hide_expected: bool) -> None:
        """Show only rows that hold ``needle`` (``!needle``: that do not), maybe not the expected.

        Case does not matter; every column is searched, shown or not.
        """
        inverse = needle.startswith("!")
        wanted = (needle[1:] if inverse else needle).casefold()
        if not wanted and not hide_expected:
            self._visible, self.hidden = None, 0
            return
        self._visible, self.hidden = [], 0
        for place in range(len(self.answer.rows)):
            if hide_expected and self._sign(place) is Sign.EXPECTED:
                self.hidden += 1
                continue
            if wanted and self._holds(place, wanted) is inverse:
                continue
            self._visible.append(place)

    def _holds(self, place: int, wanted: str) -> bool:
        row = self.answer.rows[place]
        if any(wanted in text_of(value).casefold() for value in row):
            return True
        # How grave an alert is may stand there in another language than in the answer.
        return self._severity is not None and wanted in self._cell(row, self._severity).casefold()

    def _sign(self, place: int) -> Sign:
        standing = self.standings.get(place)
        return standing.sign if standing else Sign.UNREVIEWED

    # Rows as the table asks for them

    @property
    def labels(self) -> tuple[str, ...]:
        return self.seen.insert(self._labels, tr(LABEL)) if self.seen else self._labels

    @property
    def numeric(self) -> frozenset[int]:
        """Columns aligned to the right."""
        if self.seen is None or not self.seen.width:
            return self._numeric
        return frozenset(at + (at >= self.seen.at) for at in self._numeric)

    def __len__(self) -> int:
        return len(self.answer.rows) if self._visible is None else len(self._visible)

    def __getitem__(self, index: int, /) -> RowView:
        place = self.place(index)
        row, sign = self.answer.rows[place], self._sign(place)
        tone = "" if sign is Sign.UNREVIEWED else str(sign)
        if not tone and self._severity is not None:
            severity = str(row[self._severity]).lower()
            tone = severity if severity in _SEVERITIES else ""
        cells = tuple(self._cell(row, at) for at in self._cells)
        if self.seen is not None and self.seen.width:
            cells = self.seen.insert(cells, self.seen.cell(row))
        shown = (ASCII_SIGNS if self._ascii else SIGNS)[sign]
        if not shown and self.judged_values[place]:
            shown = VALUE_SIGN
        return RowView(shown, cells, tone, marked=self.selection.holds(index, place))

    def _cell(self, row: Sequence[Value], at: int) -> str:
        text = cell_text(row[at], ascii=self._ascii, short=True)
        return in_words("AlertSeverity", text) if at == self._severity else text

    def place(self, index: int) -> int:
        """Place in the answer of the row shown at ``index``."""
        return index if self._visible is None else self._visible[index]

    def record_at(self, place: int) -> dict[str, Value]:
        return dict(zip(self.answer.names, self.answer.rows[place], strict=True))

    def record(self, index: int) -> dict[str, Value]:
        """{column: value} of the row shown at ``index``."""
        return self.record_at(self.place(index))

    def finding(self, index: int) -> tuple[Finding, Mapping[str, Value]]:
        return self.finding_at(self.place(index))

    # Rows chosen together

    def toggle(self, index: int) -> None:
        """Choose the row, or leave it out again."""
        self.selection.places ^= {self.place(index)}

    def end_stretch(self) -> None:
        """What lies between the two ends is chosen."""
        self.selection.places |= {self.place(index) for index in self.selection.stretch()}
        self.selection.anchor = None

    def choose_all(self) -> None:
        """Every row that is shown; none, where all of them are chosen already."""
        shown = {self.place(index) for index in range(len(self))}
        if shown <= self.selection.places:
            self.selection.clear()
        else:
            self.selection.places |= shown
            self.selection.wholesale = True

    def chosen(self, index: int) -> list[int]:
        """Places of the rows a verdict is for: the chosen ones, else the one at ``index``."""
        self.end_stretch()
        return sorted(self.selection.places) or [self.place(index)]

    def finding_at(self, place: int) -> tuple[Finding, Mapping[str, Value]]:
        record = self.record_at(place)
        return finding_of(self.question, self._device, self._hub, record), record

    def standing(self, index: int) -> Standing | None:
        return self.standings.get(self.place(index))


def _holds_value(record: Mapping[str, Value], value: tuple[str, str]) -> bool:
    column, text = value
    return text in members(record.get(column))


def window_words(window: Window) -> str:
    """``Nov 20 09:00 → Nov 21 09:00 UTC (24 h)``; the year where it is not the same throughout."""
    form = tr("%b %d %H:%M")
    years = window.start.year != window.end.year
    start = window.start.strftime(tr("%Y {form}", form=form) if years else form)
    end = window.end.strftime(tr("%Y {form}", form=form) if years else form)
    return f"{start} → {end} UTC ({length_words(window.length)})"


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
