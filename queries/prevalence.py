"""How rare a row is: on how many devices of its hub it is seen, and whether it is new here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .answers import Answer, NoticeKind, Status, Value, rfc3339
from .asking import Scope
from .language import tr
from .questions import Question
from .source import Cancellation, Source
from .window import Window

#: How far back what came before the window is looked at.
LOOK_BACK = timedelta(days=30)

_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
#: Answers can lack rows or events for these reasons.
_LACKING = frozenset({NoticeKind.UNREAD, NoticeKind.CUT})
_COLUMNS = ("Column", "Value", "DevicesWithIt", "Devices", "FirstSeen", "SeenBefore", "HeardSince")
_Texts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """Where a row, or a value inside one, is seen.

    Attributes:
        devices: of the hub, this one included; at least so many where not everything is known.
        first: on this device since the look-back began, UTC; None where the time is no time.
        is_new: not before the window; None where that cannot be known.
    """

    devices: int
    first: datetime | None
    is_new: bool | None


class Prevalence:
    """What is known of all rows of one pane.

    Attributes:
        devices: of the hub that sent events of this kind since the look-back began.
        heard_since: when this device first did, UTC; None where it did not.
        unknown: why it cannot be said how rare anything is; "" where it can.
        cannot_be_new: why nothing can be called new; "" where it can.
        is_partial: there may be more devices, and earlier events, than were seen.
    """

    def __init__(self, question: Question, scope: Scope, answer: Answer) -> None:
        if answer.rows and (lacking := {*question.keys, *_COLUMNS} - {*answer.names}):
            columns = ", ".join(sorted(lacking))
            why = tr("the pack's answer lacks the column(s) {columns}", columns=columns)
            answer = Answer(answer.question, status=Status.FAILED, failure=why)
        self._keys = question.keys
        self._window = scope.window
        self._seen: dict[tuple[_Texts, str, str], Seen] = {}
        records = answer.records() if answer.status is not Status.FAILED else []
        self.devices = max((record["Devices"] or 0 for record in records), default=0)
        self.heard_since = _earliest(record["HeardSince"] for record in records)
        self.is_partial = answer.status is not Status.COMPLETE or any(
            notice.kind in _LACKING for notice in answer.notices
        )
        self.unknown = self._why_unknown(scope, answer)
        self.cannot_be_new = self._why_not_new(question, answer)
        for record in records:
            place = (self._key_of(record), record["Column"], record["Value"])
            self._seen[place] = Seen(
                record["DevicesWithIt"],
                record["FirstSeen"],
                None if self.cannot_be_new else not record["SeenBefore"],
            )

    @classmethod
    def failed(cls, question: Question, scope: Scope, why: str) -> Prevalence:
        """One that was never answered."""
        return cls(question, scope, Answer(question.name, status=Status.FAILED, failure=why))

    def row(self, record: Mapping[str, Value]) -> Seen | None:
        """Of the row itself; None where nothing is known of it."""
        return self._seen.get((self._key_of(record), "", ""))

    def value(self, record: Mapping[str, Value], column: str, value: str) -> Seen | None:
        """Of one value of a set inside the row."""
        return self._seen.get((self._key_of(record), column, value))

    def values(self, record: Mapping[str, Value], column: str) -> list[Seen]:
        """Of each value of a set that something is known of."""
        found = (self.value(record, column, text) for text in record.get(column) or ())
        return [seen for seen in found if seen is not None]

    def look_back_words(self) -> str:
        """What the window is compared with."""
        if self.cannot_be_new or self.heard_since is None:
            return self.cannot_be_new
        return tr(
            "compared with the time from {start} to {end}",
            start=rfc3339(self.heard_since.replace(microsecond=0)),
            end=rfc3339(self._window.start),
        )

    def _key_of(self, record: Mapping[str, Value]) -> _Texts:
        return tuple("" if record.get(key) is None else str(record[key]) for key in self._keys)

    def _why_unknown(self, scope: Scope, answer: Answer) -> str:
        if answer.status is Status.FAILED:
            return answer.failure
        if not scope.hub:
            return tr("it is not known on which hub this device is")
        if self.devices < 2:
            return tr("no other device of this hub is known to send such events")
        return ""

    def _why_not_new(self, question: Question, answer: Answer) -> str:
        if answer.status is Status.FAILED:
            return answer.failure
        if self.heard_since is None or self.heard_since >= self._window.start:
            return tr(
                "no {names} of this device is known before the window",
                names=tr(" or ").join(question.raw_events) or tr(question.title),
            )
        return ""


def prevalence_of(
    source: Source, question: Question, scope: Scope, cancellation: Cancellation | None = None
) -> Prevalence:
    """Asks ``question.prevalence``, which looks further back than the window."""
    start, end = scope.window.start, scope.window.end
    since = start - LOOK_BACK if start - _EARLIEST > LOOK_BACK else _EARLIEST
    query = question.prevalence_query(scope.device, scope.hub, scope.window, since)
    answer = source.ask(query, Window(since, end), cancellation or Cancellation())
    return Prevalence(question, scope, answer)


def _earliest(moments: Iterable[Value]) -> datetime | None:
    return min((moment for moment in moments if isinstance(moment, datetime)), default=None)
