"""Questions and packs: what can be asked, and how an answer to it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from .answers import Value, rfc3339
from .literals import Parameter, prologue
from .window import Window


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """A column of the pane: its name in the answer and the heading an analyst reads."""

    column: str
    label: str


@dataclass(frozen=True, slots=True)
class Query:
    """A text and the values it is asked with."""

    question: str
    parameters: Mapping[str, Parameter]
    text: str

    @property
    def kql(self) -> str:
        """The whole text that is sent, ready to paste into the portal.

        Raises:
            LiteralError: a value that no query text can carry.
        """
        return prologue(self.parameters) + self.text


@dataclass(frozen=True, slots=True)
class Question:
    """One .kql text with what is needed to read its rows.

    Attributes:
        name: the same in every pack (``alerts``, ``users``, ...).
        keys: columns that tell one row from another; the identity of a finding.
        names: key columns whose text is a ``;``-separated list in no fixed order.
        sets: dynamic columns that are sets of strings.
        counts: set column -> the column that counts its distinct values.
        shown: columns of the pane, in order; the others appear in the detail.
        guidance: what the analyst should ask of the rows.
        tables: tables the text reads.
        raw_events: RawEventNames that answer it; empty where it needs none.
        remarks: what any answer to it leaves unsaid, whatever was heard of the device.
        is_pane: it is shown as a pane; the others are asked for their own purpose.
        text: the query, shared fragments included, without prologue.
        events: drill-down to the raw events behind one row; takes ``key<Column>`` parameters.
            Empty where the pack has none.
        values: drill-down to each value of the row's sets (Column, Value, Count, FirstObserved,
            LastObserved); parameters as ``events``. Empty where the pack has none.
        parameters: values it is asked with beside the scope; those of a pack are to be replaced.
        prevalence: on how many devices of the hub each row, and each value of its main set, is
            seen, and since when on this one; takes ``lookBackStart``. Gives the key columns,
            Column and Value ("" for the row itself), DevicesWithIt, Devices, FirstSeen,
            SeenBefore and HeardSince. Empty where the pack has none.
        is_about_fleet: it is asked of more than the device; opened beside the panes of the pack,
            it stays when another device is opened.
    """

    name: str
    title: str
    keys: tuple[str, ...]
    names: tuple[str, ...]
    sets: tuple[str, ...]
    counts: Mapping[str, str]
    shown: tuple[ShownColumn, ...]
    guidance: tuple[str, ...]
    tables: tuple[str, ...]
    text: str
    events: str
    values: str
    raw_events: tuple[str, ...] = ()
    is_pane: bool = True
    remarks: tuple[str, ...] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    prevalence: str = ""
    is_about_fleet: bool = False

    def query(self, device: str, hub: str, window: Window) -> Query:
        """What is sent for one device; ``device`` is not read by the picker's question."""
        return Query(self.name, self._parameters(device, hub, window), self.text)

    def events_query(
        self, device: str, hub: str, window: Window, record: Mapping[str, Value]
    ) -> Query:
        """The raw events behind the row whose key columns ``record`` holds."""
        return self._drill_down(self.events, device, hub, window, record)

    def values_query(
        self, device: str, hub: str, window: Window, record: Mapping[str, Value]
    ) -> Query:
        """Each value of that row's sets with its count, first and last seen."""
        return self._drill_down(self.values, device, hub, window, record)

    def prevalence_query(
        self, device: str, hub: str, window: Window, look_back_start: datetime
    ) -> Query:
        """How rare the rows of ``window`` are among the rows since ``look_back_start``."""
        parameters = self._parameters(device, hub, window) | {"lookBackStart": look_back_start}
        return Query(f"{self.name} prevalence", parameters, self.prevalence)

    def _drill_down(
        self, text: str, device: str, hub: str, window: Window, record: Mapping[str, Value]
    ) -> Query:
        parameters = self._parameters(device, hub, window)
        for column in self.keys:
            value = record.get(column)
            parameters[f"key{column}"] = value if isinstance(value, str) else _plain(value)
        return Query(self.name, parameters, text)

    def _parameters(self, device: str, hub: str, window: Window) -> dict[str, Parameter]:
        return {
            "device": device,
            "hub": hub,
            "windowStart": window.start,
            "windowEnd": window.end,
            **self.parameters,
        }


def _plain(value: Value) -> str:
    if isinstance(value, datetime):
        return rfc3339(value)
    return "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Pack:
    """A folder of questions."""

    name: str
    title: str
    questions: Mapping[str, Question]

    @property
    def panes(self) -> tuple[str, ...]:
        """The questions that are shown as panes: the five first, then as the pack has them."""
        return tuple(name for name, question in self.questions.items() if question.is_pane)

    @property
    def tables(self) -> frozenset[str]:
        """All that its questions read."""
        return frozenset(table for each in self.questions.values() for table in each.tables)

    def told_apart_by(self, column: str) -> Pack:
        """The same questions of several sources at once: a column says whose each row is."""
        questions = {
            name: replace(
                question,
                keys=(*question.keys, column),
                shown=(*question.shown, ShownColumn(column, column)),
            )
            for name, question in self.questions.items()
        }
        return replace(self, questions=questions)
