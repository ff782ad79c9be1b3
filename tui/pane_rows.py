"""The rows of a pane as they are drawn: an answer held against the casebook, filtered."""

from __future__ import annotations

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
from .casebook.findings import Finding
from .casebook.judgements import Sign, Standing
from .judged_rows import JudgedRows
from .rarity import RarityColumn
from .searching import Search
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
        self.judged = JudgedRows(question, answer, casebook, device, hub)
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
        self.selection = Selection()

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
        return self.judged.is_placing or (self._search is not None and not self._search.done)

    @property
    def looked_at(self) -> float:
        """How far it has come with that, from 0 to 1."""
        search = self._search
        at = search.at if search and not search.done else self.judged.looked_at
        return at / max(1, len(self.answer.rows))

    def look_on(self, seconds: float = inf) -> None:
        """Go on with what is not done, for about so long."""
        if self.judged.is_placing:
            self.judged.look_on(seconds)
        elif self._search is not None:
            self._search.go_on(seconds)
        self._visible = None if self._search is None else self._search.found
        self.hidden = 0
        if self._hides_expected:
            hidden = {at for at, how in self.judged.standings.items() if how.sign is Sign.EXPECTED}
            self.hidden = len(hidden)
            self._visible = [place for place in self._places() if place not in hidden]
        if self._ranks is not None:
            self._visible = sorted(self._places(), key=self._ranks.__getitem__)
        if self.hints_first and self.hinted is not None and self.hinted.hints:
            self._visible = self.hinted.first(self._places())

    def _places(self) -> Sequence[int]:
        """Of the rows that are shown, in their order."""
        return range(len(self.answer.rows)) if self._visible is None else self._visible

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
        return len(self._places())

    def __getitem__(self, index: int, /) -> RowView:
        place = self.place(index)
        row, sign = self.answer.rows[place], self.judged.sign(place)
        tone = "" if sign is Sign.UNREVIEWED else str(sign)
        if not tone and self._severity is not None:
            severity = str(row[self._severity]).lower()
            tone = severity if severity in _SEVERITIES else ""
        cells = tuple(self._cell(row, at) for at in self._cells)
        if self.seen is not None and self.seen.width:
            cells = self.seen.insert(cells, self.seen.cell(row))
        if self.rarity is not None:
            cells = self.rarity.insert(cells, self.rarity.cell(self.judged.record(place)))
        shown = (ASCII_SIGNS if self._ascii else SIGNS)[sign]
        if not shown and self.judged.values[place]:
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

    def record(self, index: int) -> dict[str, Value]:
        """{column: value} of the row shown at ``index``."""
        return self.judged.record(self.place(index))

    def finding(self, index: int) -> tuple[Finding, Mapping[str, Value]]:
        return self.judged.finding(self.place(index))

    # Rows chosen together

    def toggle(self, index: int) -> None:
        """Choose the row, or leave it out again."""
        self.selection.places ^= {self.place(index)}

    def turn_stretch(self, index: int) -> None:
        """Begin a stretch at the row, or end the one that was begun."""
        if self.selection.anchor is None:
            self.selection.anchor = self.selection.cursor = index
        else:
            self.end_stretch()

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

    def standing(self, index: int) -> Standing | None:
        return self.judged.standings.get(self.place(index))
