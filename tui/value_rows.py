"""The values inside one row, each of which can have a verdict of its own."""

from __future__ import annotations

from collections.abc import Mapping

from ..queries.answers import Status, Value
from ..queries.language import tr, translatable
from ..queries.questions import Question
from .casebook.casebook import Casebook
from .casebook.findings import Finding, members
from .casebook.judgements import Sign
from .deliveries import DrillDown
from .pane_rows import ASCII_SIGNS, SIGNS
from .widgets.table_lines import RowView
from .widgets.text_cells import cell_text

LABELS = (
    translatable("Column"),
    translatable("Value"),
    translatable("Count"),
    translatable("First"),
    translatable("Last"),
)


class ValueRows:
    """One row a value of a set column, in the order of the columns."""

    def __init__(
        self,
        question: Question,
        finding: Finding,
        record: Mapping[str, Value],
        casebook: Casebook,
        *,
        ascii_only: bool = False,
    ) -> None:
        self.record = record
        self._question = question
        self._finding = finding
        self._casebook = casebook
        self._ascii = ascii_only
        self._seen: dict[tuple[str, str], Mapping[str, Value]] = {}
        self.values = [
            (column, value) for column in question.sets for value in members(record.get(column))
        ]

    def learn(self, behind: DrillDown) -> None:
        """Counts and times have come; values that a cut set lacked come with them."""
        if behind.values.status is Status.FAILED:
            return
        for seen in behind.values.records():
            pair = (seen["Column"], seen["Value"])
            self._seen[pair] = seen
            if pair not in self.values and pair[0] in self._question.sets:
                self.values.append(pair)

    def finding(self, index: int) -> Finding:
        """The finding that the value is; its identity is the row's, and the value."""
        return self._finding.with_value(*self.values[index])

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, index: int, /) -> RowView:
        column, value = self.values[index]
        judgement = self._casebook.judgement(self.finding(index))
        sign = Sign(judgement.verdict) if judgement else Sign.UNREVIEWED
        seen = self._seen.get((column, value), {})
        cells = (
            cell_text(column, ascii=self._ascii),
            cell_text(value, ascii=self._ascii) or tr("(empty)"),
            f"{seen['Count']:,}" if seen else "",
            cell_text(seen["FirstObserved"], short=True) if seen else "",
            cell_text(seen["LastObserved"], short=True) if seen else "",
        )
        tone = "" if sign is Sign.UNREVIEWED else str(sign)
        return RowView((ASCII_SIGNS if self._ascii else SIGNS)[sign], cells, tone)
