"""Several sources asked as one: their rows in one answer, each with where it came from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cmp_to_key
from threading import Thread
from typing import Any

from ..answers import Answer, Column, Notice, NoticeKind, Status, Value
from ..language import tr
from ..questions import Query
from ..source import Cancellation, Source, Tell, Waiting, nobody
from ..window import Window

#: The column, and the key, that tells one workspace's rows from another's.
WORKSPACE = "Workspace"
_ORDER = re.compile(r"\|\s*(?:order|sort)\s+by\s+([^|]+)\Z")
_WORST = (Status.TRUNCATED, Status.PARTIAL, Status.COMPLETE)


class Workspaces:
    """Asks all of its sources at once; one that fails takes none of the others with it."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        """``sources``: by the text that stands in the column."""
        self._sources = dict(sources)

    @property
    def name(self) -> str:
        names = (source.name.partition(" ")[2] for source in self._sources.values())
        return f"WORKSPACES {' + '.join(names)}"

    @property
    def missing_tables(self) -> frozenset[str]:
        """What none of them holds."""
        return frozenset.intersection(*(s.missing_tables for s in self._sources.values()))

    @property
    def notices(self) -> tuple[Notice, ...]:
        return tuple(
            _of(label, notice)
            for label, source in self._sources.items()
            for notice in source.notices
        )

    def default_window(self) -> Window:
        return self.latest()

    def latest(self) -> Window:
        return max((s.latest() for s in self._sources.values()), key=lambda window: window.end)

    def extent(self) -> Window:
        extents = [source.extent() for source in self._sources.values()]
        return Window(min(e.start for e in extents), max(e.end for e in extents))

    def ask(
        self, query: Query, window: Window, cancellation: Cancellation, tell: Tell = nobody
    ) -> Answer:
        """One answer out of all; the row behind a drill-down is asked for where it is."""
        wanted = query.parameters.get(f"key{WORKSPACE}")
        asked = {
            label: source
            for label, source in self._sources.items()
            if wanted is None or label == wanted
        }
        answers: dict[str, Answer] = {}

        def ask(label: str, source: Source) -> None:
            try:
                answers[label] = source.ask(query, window, cancellation, _telling(label, tell))
            except Exception as error:
                why = f"{type(error).__name__}: {error}"[:300]
                answers[label] = Answer(query.question, status=Status.FAILED, failure=why)

        threads = [
            Thread(target=ask, args=pair, daemon=True, name=f"ask-{pair[0]}")
            for pair in asked.items()
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return merged(query, {label: answers[label] for label in asked})

    def close(self) -> None:
        for source in self._sources.values():
            source.close()


def _telling(label: str, tell: Tell) -> Tell:
    def told(waiting: Waiting | None) -> None:
        tell(waiting and replace(waiting, why=f"{label}: {waiting.why}"))

    return told


def _of(label: str, notice: Notice) -> Notice:
    return replace(notice, text=f"{label}: {notice.text}")


def merged(query: Query, answers: Mapping[str, Answer]) -> Answer:
    """The answers as one: a column says whose a row is, rows stand in the order of the query."""
    good = {label: a for label, a in answers.items() if a.status is not Status.FAILED}
    kql = next((answer.kql for answer in answers.values() if answer.kql), "")
    if not good:
        why = "; ".join(f"{label}: {answer.failure}" for label, answer in answers.items())
        failure = why or tr("no workspace was asked")
        place = next((answer.place for answer in answers.values() if answer.place), None)
        return Answer(query.question, status=Status.FAILED, kql=kql, failure=failure, place=place)
    columns = {c.name: c for answer in good.values() for c in answer.columns}
    rows = [
        (*(record.get(name, _empty(columns[name])) for name in columns), label)
        for label, answer in good.items()
        for record in answer.records()
    ]
    notices = [_of(label, n) for label, answer in good.items() for n in answer.notices]
    lost = [label for label in answers if label not in good]
    for label in lost:
        text = tr("not answered: {failure}", failure=answers[label].failure)
        notices.insert(0, _of(label, Notice(NoticeKind.UNREAD, text)))
    status = min((answer.status for answer in good.values()), key=_WORST.index)
    if lost and status is Status.COMPLETE:
        status = Status.PARTIAL
    return Answer(
        query.question,
        (*columns.values(), Column(WORKSPACE, "string")),
        tuple(_sorted(rows, list(columns), query.text)),
        status,
        tuple(dict.fromkeys(notices)),
        kql,
        statistics=_statistics(answers),
    )


def _empty(column: Column) -> Value:
    return "" if column.type == "string" else None


def _statistics(answers: Mapping[str, Answer]) -> dict[str, Any]:
    """The longest time is what was waited for; the rest is each one's own."""
    found: dict[str, Any] = {}
    for label, answer in answers.items():
        for name, value in answer.statistics.items():
            if name == "seconds":
                found[name] = max(value, found.get(name, 0.0))
            else:
                found[f"{name}, {label}"] = value
    return found


def _sorted(
    rows: Sequence[tuple[Value, ...]], names: Sequence[str], text: str
) -> list[tuple[Value, ...]]:
    """By the last ``order by`` of the text; as they came where there is none."""
    match = _ORDER.search(text.strip())
    if match is None:
        return list(rows)
    order: list[tuple[int, bool]] = []
    for part in match[1].split(","):
        words = part.split()
        if not words or words[0] not in names:
            return list(rows)
        # Kusto sorts downwards unless it is told otherwise.
        order.append((names.index(words[0]), "asc" not in words[1:]))

    def compare(one: tuple[Value, ...], other: tuple[Value, ...]) -> int:
        for place, descending in order:
            result = _compared(one[place], other[place])
            if result:
                return -result if descending else result
        return 0

    return sorted(rows, key=cmp_to_key(compare))


def _compared(one: Value, other: Value) -> int:
    # Null is the smallest: first upwards, last downwards.
    if one is None or other is None:
        return (one is not None) - (other is not None)
    try:
        return int(one > other) - int(one < other)
    except TypeError:
        return 0
