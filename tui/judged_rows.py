"""Which rows of an answer, and which values in them, have a verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ..queries.answers import Answer, Value
from ..queries.questions import Question
from .casebook.casebook import Casebook
from .casebook.findings import Finding, Key, finding_of, members
from .casebook.judgements import Sign, Standing
from .searching import Placing


class JudgedRows:
    """Most rows have no verdict: only the judged are looked up, by their place in the answer.

    Attributes:
        standings: of each row that has a verdict of its own, or by a baseline.
        values: of each row, how many of its values have a verdict of their own.
        is_placing: there are verdicts on rows that have not been found yet, if they are here.
    """

    def __init__(
        self, question: Question, answer: Answer, casebook: Casebook, device: str, hub: str
    ) -> None:
        self._question = question
        self._answer = answer
        self._casebook = casebook
        self._device, self._hub = device, hub
        self.standings: dict[int, Standing] = {}
        self.values: Counter[int] = Counter()
        self._value_signs: Counter[Sign] = Counter()
        #: Nobody needs to know where the rows of findings stand before there are verdicts.
        self._placing = Placing(len(answer.rows), self._key_at)
        self.is_placing = False
        self.judge_again()

    def judge_again(self) -> None:
        """Read every verdict anew."""
        self._judge()
        if self.is_placing:
            # All rows of most panes; of the others the first ones, and look_on goes on.
            self._placing.go_on(0)
            self._judge()

    def look_on(self, seconds: float) -> None:
        """Go on looking for the rows of verdicts, for about so long."""
        self._placing.go_on(seconds)
        if self._placing.done:
            self._judge()

    @property
    def looked_at(self) -> int:
        """The last row that was gone through."""
        return self._placing.at

    def _judge(self) -> None:
        self.standings, self.values, self._value_signs = {}, Counter(), Counter()
        self.is_placing = False
        for finding in self._casebook.judged(self._device, self._hub):
            if finding.question != self._question.name:
                continue
            place = self._place_of(finding.key)
            if place is None:
                continue
            record = self.record(place)
            standing = self._casebook.standing(finding, record, self._question.sets)
            if finding.value is None:
                self.standings[place] = standing
            elif standing.sign is not Sign.UNREVIEWED and _holds_value(record, finding.value):
                self.values[place] += 1
                self._value_signs[standing.sign] += 1
        self._take_covered()

    def _take_covered(self) -> None:
        """Rows that nobody judged here, and a baseline expects."""
        name, hub = self._question.name, self._hub
        if not self._casebook.covers(name, hub):
            return
        for key in self._casebook.covered_keys(name, hub):
            place = self._place_of(key)
            if place is None or self.sign(place) is not Sign.UNREVIEWED:
                continue
            standing = self._casebook.standing(*self.finding(place), self._question.sets)
            if standing.sign is not Sign.UNREVIEWED:
                self.standings[place] = standing

    def _place_of(self, key: Key) -> int | None:
        """Place of the row; None as well while it is not known yet."""
        place = self._placing.places.get(key)
        if place is None and not self._placing.done:
            self.is_placing = True
        return place

    def sign(self, place: int) -> Sign:
        standing = self.standings.get(place)
        return standing.sign if standing else Sign.UNREVIEWED

    def counts(self) -> Counter[Sign]:
        """How many rows, and values with a verdict of their own, stand how; hidden ones too."""
        counts = self._value_signs + Counter(s.sign for s in self.standings.values())
        counts[Sign.UNREVIEWED] += len(self._answer.rows) - len(self.standings)
        return counts

    def record(self, place: int) -> dict[str, Value]:
        """{column: value} of the row at this place in the answer."""
        return dict(zip(self._answer.names, self._answer.rows[place], strict=True))

    def finding(self, place: int) -> tuple[Finding, Mapping[str, Value]]:
        record = self.record(place)
        finding = finding_of(self._question, self._device, self._hub, record)
        # A verdict may be about to be given there.
        self._placing.places.setdefault(finding.key, place)
        return finding, record

    def _key_at(self, place: int) -> Key:
        return self.finding(place)[0].key


def _holds_value(record: Mapping[str, Value], value: tuple[str, str]) -> bool:
    column, text = value
    return text in members(record.get(column))
