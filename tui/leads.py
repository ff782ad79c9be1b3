"""From an alert to the rows it is about: which pane, and the filter that leaves them there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

from ..queries.alert_catalogue import AlertEntry
from ..queries.alert_values import AlertValue, Kind
from ..queries.entities import Entity
from ..queries.printable import printable
from .searching import Row, Search

#: The rows of a pane; None where it was not answered.
RowsOf = Callable[[str], Sequence[Row] | None]
#: Seconds that may go by until the detail of an alert is there; rows are not counted after that.
_SECONDS = 0.2
#: Values of one kind that are offered, characters of a filter.
_OFFERED, _LONGEST = 5, 500
#: Of these groups the first stands of which the pane has a row.
_MEANT: Mapping[str, tuple[tuple[Kind, ...], ...]] = {
    "users": (("word",), ("user",)),
    "logins": (("address", "user"),),
    "bruteforce": (("address",),),
    "sessions": (("address", "user"),),
    "ports": (("address", "port"),),
    "connections": (("address", "port"), ("executable",)),
    "firewall": (("port", "address"),),
    "processes": (("command",), ("executable",), ("user", "address")),
}
#: Found as a whole value only: they are part of too much.
_WHOLE = frozenset(("word", "port"))
#: Panes of the device as a whole: no value of an alert chooses rows of theirs.
_OTHERS: tuple[tuple[Kind, ...], ...] = ()
#: Where an entity would be looked for first.
_HOMES: Mapping[str, tuple[str, ...]] = {
    "ip": ("logins", "connections", "ports", "processes"),
    "account": ("users", "logins", "processes"),
    "process": ("processes",),
    "file": ("processes",),
    "url": ("processes", "connections"),
    "dns": ("processes", "connections"),
}
#: ASCII but quotes and backslashes: stands in the JSON of a set as it does in a text.
_PLAIN = re.compile(r"[ !#-\[\]-~]+")


@dataclass(frozen=True, slots=True)
class Lead:
    """A pane and the filter for it; all rows where that is blank.

    Attributes:
        value: of the alert, that the filter is made of; None where it is for all rows.
        rows: how many it leaves; None where that was not counted.
    """

    question: str
    needle: str
    value: AlertValue | None
    rows: int | None


@dataclass(frozen=True, slots=True)
class Checked:
    """What to check in one pane, and why.

    There is a lead at least, but where ``question`` is blank, which is beyond the console, and
    where the pane is absent.

    Attributes:
        unseen: values of the alert that no row has.
        absence: why the pane was not asked; blank where it was.
    """

    question: str
    reason: str
    leads: tuple[Lead, ...]
    unseen: tuple[AlertValue, ...] = ()
    absence: str = ""


class Leading:
    """Finds rows for what alerts name, for about as long as nobody notices."""

    def __init__(
        self,
        panes: Iterable[str],
        rows_of: RowsOf,
        absence_of: Callable[[str], str] = lambda _: "",
    ) -> None:
        """``absence_of``: why a pane was not asked; blank where it was."""
        self._panes = tuple(panes)
        self._rows_of = rows_of
        self._absence_of = absence_of
        self._end = perf_counter() + _SECONDS

    def checks(self, entry: AlertEntry, values: Sequence[AlertValue]) -> list[Checked]:
        """What to check first, in the panes that there are."""
        return [
            self._checked(check.question, check.reason, values)
            if check.question
            else Checked("", check.reason, ())
            for check in entry.checks
            if not check.question or check.question in self._panes
        ]

    def _checked(self, question: str, reason: str, values: Sequence[AlertValue]) -> Checked:
        if absence := self._absence_of(question):
            return Checked(question, reason, (), absence=absence)
        unseen: list[AlertValue] = []
        for group in _MEANT.get(question, _OTHERS):
            meant = [value for value in values if value.kind in group]
            found = (self._lead(question, v, is_whole=v.kind in _WHOLE) for v in meant)
            leads = [lead for lead in found if lead]
            if leads:
                return Checked(question, reason, tuple(leads[:_OFFERED]))
            unseen += [value for value in meant if value.kind != "word"]
        everything = Lead(question, "", None, None)
        return Checked(question, reason, (everything,), tuple(unseen[:_OFFERED]))

    def entity(self, entity: Entity) -> Lead | None:
        """The first pane that has a row with it; None where none has."""
        there = [name for name in self._panes if name != "alerts" and not self._absence_of(name)]
        homes = [name for name in _HOMES.get(entity.kind, ()) if name in there]
        others = [name for name in there if name not in homes]
        for text in dict.fromkeys(filter(None, (entity.value, entity.name))):
            value = AlertValue("word", text, entity.kind)
            for name in (*homes, *others):
                if lead := self._lead(name, value, is_whole=name in others):
                    return lead
        return None

    def _lead(self, question: str, value: AlertValue, *, is_whole: bool) -> Lead | None:
        """None where no row of the pane has the value, be it only as a part of another."""
        rows = self._rows_of(question)
        part = "" if is_whole else _part_of(value.text)
        if rows is None:
            # The wider filter: whether a row has exactly this is not known.
            return Lead(question, part, value, None) if part else None
        if len(value.text) <= _LONGEST and printable(value.text) == value.text:
            lead = self._counted(question, f"={value.text}", value, rows)
            if lead is not None:
                return lead
        return self._counted(question, part, value, rows) if part else None

    def _counted(
        self, question: str, needle: str, value: AlertValue, rows: Sequence[Row]
    ) -> Lead | None:
        search = Search(rows, needle)
        search.go_on(max(0.0, self._end - perf_counter()))
        # Where there was no time to see whether one has exactly this, the wider filter is safer.
        if not search.found and (search.done or search.is_whole):
            return None
        return Lead(question, needle, value, len(search.found) if search.done else None)


def _part_of(text: str) -> str:
    """The longest part of a text that a filter can hold, and finds wherever the text stands."""
    longest = max(_PLAIN.findall(text), key=len, default="")
    return longest.lstrip("!= ")[:_LONGEST].rstrip()
