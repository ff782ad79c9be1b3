"""The rows of a pane as they are drawn: an answer held against the casebook, filtered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import inf
from typing import TYPE_CHECKING

from ..queries.alert_columns import in_words
from ..queries.answers import Answer, Value
from ..queries.hints.hint import Hint, Hinted
from ..queries.language import spoken, tr
from ..queries.questions import Question
from ..queries.window import Window
from .casebook.casebook import Casebook
from .casebook.findings import Finding, Key, finding_of, members
from .casebook.judgements import Sign, Standing
from .rarity import RarityColumn
from .searching import Placing, Search
from .seen import LABEL, SeenColumn, seen_column
from .selection import Selection
from .widgets.table_lines import RowView
from .widgets.text_cells import cell_text

if TYPE_CHECKING:
    from ..queries.prevalence import Prevalence

SIGNS = {Sign.SUSPICIOUS: "!", Sign.EXPECTED: "✓", Sign.DRIFTED: "~", Sign.UNREVIEWED: ""}
ASCII_SIGNS = SIGNS | {Sign.EXPECTED: "+"}
#: A row without a verdict of its own in which a value has one.
VALUE_SIGN = ":"
#: A row that nobody judged, and something says why it deserves a look.
HINT_SIGN = "?"
_SEVERITIES = frozenset({"high", "medium", "low", "informational"})
_OPEN = Sign.UNREVIEWED
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
        #: Tells how rare each row is.
        self.rarity: RarityColumn | None = None
        if question.prevalence:
            self.rarity = RarityColumn(question, answer, self._cells, ascii_only)
        self._severity = places.get("AlertSeverity")
        self.accent = next(
            (at for at, place in enumerate(self._cells) if place == self._severity), 0
        )
        self.standings: dict[int, Standing] = {}
        #: None while it is not known which rows have hints.
        self.hinted: Hinted | None = None
        #: Rows with hints stand before the others.
        self.hints_first = False
        self._visible: list[int] | None = None
        #: Of each place, where it stands when the rarest rows come first.
        self._ranks: list[int] | None = None
        self._ranked_by: Prevalence | None = None
        self.hidden = 0
        self._needle = ""
        self._hides_expected = False
        self._search: Search | None = None
        #: Nobody needs to know where the rows of findings stand before there are verdicts.
        self._placing = Placing(len(answer.rows), self._key_at)
        #: There are verdicts on rows that have not been found yet, if they are here.
        self._is_placing = False
        self.selection = Selection()
        #: Of each row, how many of its values have a verdict of their own.
        self.judged_values: Counter[int] = Counter()
        self._value_signs: Counter[Sign] = Counter()
        self.judge_again()

    # Verdicts

    def judge_again(self) -> None:
        """Read every verdict anew; most rows have none, so only the judged are looked up."""
        self._judge()
        if self._is_placing:
            # All rows of most panes; of the others the first ones, and look_on goes on.
            self._placing.go_on(0)
            self._judge()

    def _judge(self) -> None:
        self.standings, self.judged_values, self._value_signs = {}, Counter(), Counter()
        self._is_placing = False
        for finding in self._casebook.judged(self._device, self._hub):
            if finding.question != self.question.name:
                continue
            place = self._place_of(finding.key)
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
            place = self._place_of(key)
            if place is None or (place in self.standings and self._sign(place) is not _OPEN):
                continue
            finding, record = self.finding_at(place)
            standing = self._casebook.standing(finding, record, self.question.sets)
            if standing.sign is not _OPEN:
                self.standings[place] = standing

    def _place_of(self, key: Key) -> int | None:
        """Place of the row; None as well while it is not known yet."""
        place = self._placing.places.get(key)
        if place is None and not self._placing.done:
            self._is_placing = True
        return place

    def counts(self) -> Counter[Sign]:
        """How many rows, and values with a verdict of their own, stand how; hidden ones too."""
        counts = self._value_signs + Counter(s.sign for s in self.standings.values())
        counts[Sign.UNREVIEWED] += len(self.answer.rows) - len(self.standings)
        return counts

    # Which rows are shown

    def choose(self, needle: str, hide_expected: bool, seconds: float = inf) -> None:
        """Show only rows that hold ``needle`` (``!needle``: that do not), maybe not the expected.

        After about so many seconds the rows found so far are shown: :meth:`look_on` goes on.
        """
        if needle != self._needle:
            self._needle = needle
            wanted = needle.removeprefix("!")
            told = self._told if self._severity is not None and spoken() != "en" else None
            before = self._search
            self._search = Search(self.answer.rows, needle, before, told) if wanted else None
        self._hides_expected = hide_expected
        self.look_on(seconds)

    @property
    def is_busy(self) -> bool:
        """Rows, or the places of verdicts, are still looked for."""
        return self._is_placing or (self._search is not None and not self._search.done)

    @property
    def looked_at(self) -> float:
        """How far it has come with that, from 0 to 1."""
        goes_on = self._search if self._search and not self._search.done else self._placing
        return goes_on.at / max(1, len(self.answer.rows))

    def look_on(self, seconds: float = inf) -> None:
        """Go on with what is not done, for about so long."""
        if self._is_placing:
            self._placing.go_on(seconds)
            if self._placing.done:
                self._judge()
        elif self._search is not None:
            self._search.go_on(seconds)
        self._visible = None if self._search is None else self._search.found
        self.hidden = 0
        if self._hides_expected:
            hidden = {at for at, how in self.standings.items() if how.sign is Sign.EXPECTED}
            self.hidden = len(hidden)
            shown = range(len(self.answer.rows)) if self._visible is None else self._visible
            self._visible = [place for place in shown if place not in hidden]
        if self._ranks is not None:
            shown = range(len(self.answer.rows)) if self._visible is None else self._visible
            self._visible = sorted(shown, key=self._ranks.__getitem__)
        if self.hints_first and self.hinted is not None and self.hinted.hints:
            shown = range(len(self.answer.rows)) if self._visible is None else self._visible
            self._visible = self.hinted.first(shown)

    def learn(self, prevalence: Prevalence | None) -> None:
        """How rare the rows are has come; None while it is asked."""
        if self.rarity is not None:
            self.rarity.prevalence = prevalence

    def sort(self, by_rarity: bool) -> None:
        """The rarest rows first, or all as the question gives them; for the next choice."""
        if not by_rarity or self.rarity is None:
            self._ranks = None
        elif self._ranks is None or self._ranked_by is not self.rarity.prevalence:
            self._ranked_by = self.rarity.prevalence
            self._ranks = [0] * len(self.answer.rows)
            for rank, place in enumerate(self.rarity.order(self.answer)):
                self._ranks[place] = rank

    def _told(self, row: Sequence[Value]) -> str:
        """How grave an alert is, which stands on the screen in another language than in the row."""
        return "" if self._severity is None else self._cell(row, self._severity)

    def _sign(self, place: int) -> Sign:
        standing = self.standings.get(place)
        return standing.sign if standing else Sign.UNREVIEWED

    # Rows as the table asks for them

    @property
    def labels(self) -> tuple[str, ...]:
        labels = self.seen.insert(self._labels, tr(LABEL)) if self.seen else self._labels
        return self.rarity.insert(labels, self.rarity.label) if self.rarity else labels

    @property
    def numeric(self) -> frozenset[int]:
        """Columns aligned to the right."""
        numeric = self._numeric
        if self.seen is not None and self.seen.width:
            numeric = frozenset(at + (at >= self.seen.at) for at in numeric)
        if self.rarity is not None:
            numeric = frozenset(at + (at >= self.rarity.at) for at in numeric)
        return numeric

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
        if self.rarity is not None:
            cells = self.rarity.insert(cells, self.rarity.cell(self.record_at(place)))
        shown = (ASCII_SIGNS if self._ascii else SIGNS)[sign]
        if not shown and self.judged_values[place]:
            shown = VALUE_SIGN
        if not shown and self.hints_at(place):
            shown = HINT_SIGN
        return RowView(shown, cells, tone, marked=self.selection.holds(index, place))

    def _cell(self, row: Sequence[Value], at: int) -> str:
        text = cell_text(row[at], ascii=self._ascii, short=True)
        return in_words("AlertSeverity", text) if at == self._severity else text

    def place(self, index: int) -> int:
        """Place in the answer of the row shown at ``index``."""
        return index if self._visible is None else self._visible[index]

    def index_of(self, place: int) -> int | None:
        """Where the row is shown that has this place in the answer; None where it is not."""
        if self._visible is None:
            return place
        return self._visible.index(place) if place in self._visible else None

    def hints_at(self, place: int) -> tuple[Hint, ...]:
        """Why the row deserves a look; empty where nothing says so."""
        return self.hinted.hints.get(place, ()) if self.hinted is not None else ()

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
        while self.is_busy:
            # What is chosen may not depend on how far the search had come.
            self.look_on()
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
        finding = finding_of(self.question, self._device, self._hub, record)
        # A verdict may be about to be given there.
        self._placing.places.setdefault(finding.key, place)
        return finding, record

    def _key_at(self, place: int) -> Key:
        return self.finding_at(place)[0].key

    def standing(self, index: int) -> Standing | None:
        return self.standings.get(self.place(index))


def _holds_value(record: Mapping[str, Value], value: tuple[str, str]) -> bool:
    column, text = value
    return text in members(record.get(column))
