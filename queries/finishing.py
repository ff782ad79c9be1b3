"""Turning a source's raw rows into an Answer: one shape, whoever answered."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from .alert_catalogue import explained
from .answers import Answer, Notice, NoticeKind, Value, jsonable
from .language import tr
from .questions import Question
from .uncollected import uncollected

#: Kusto documents a silent cap of 128 values for sets made by its older aggregates.
_SUSPECT_SET = 128


def plain_value(value: Any, kind: str) -> Value:
    """One cell as the Kusto type promises it: text is never null, datetimes are aware UTC."""
    if value is None:
        return "" if kind == "string" else None
    if kind == "datetime":
        # Beyond the calendar means that the device wrote nonsense: Kusto has null there.
        if not isinstance(value, datetime) or value.year in (1, 9999):
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    if kind == "dynamic" and isinstance(value, str):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    if kind == "string":
        return value if isinstance(value, str) else str(value)
    if isinstance(value, timedelta):
        return _timespan_text(value)
    return list(value) if isinstance(value, tuple | set) else value


def _timespan_text(value: timedelta) -> str:
    """As Kusto writes a timespan: ``[-][d.]hh:mm:ss[.fffffff]``."""
    sign, size = ("-", -value) if value < timedelta(0) else ("", value)
    minutes, seconds = divmod(size.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days = f"{size.days}." if size.days else ""
    fraction = f".{size.microseconds:06d}0" if size.microseconds else ""
    return f"{sign}{days}{hours:02d}:{minutes:02d}:{seconds:02d}{fraction}"


def finished(answer: Answer, question: Question) -> Answer:
    """Sets sorted, alerts explained, sets that were cut pointed out."""
    with uncollected(len(answer.rows)):
        return _finished(answer, question)


def _finished(answer: Answer, question: Question) -> Answer:
    places = {name: place for place, name in enumerate(answer.names)}
    sets = [places[column] for column in question.sets if column in places]
    if sets:
        answer = replace(answer, rows=tuple(_with_sorted_sets(row, sets) for row in answer.rows))
    if question.name == "coverage" and "Slots" in places:
        answer = replace(
            answer, rows=tuple(_with_sorted_slots(row, places["Slots"]) for row in answer.rows)
        )
    answer = answer.noting(*_cut_sets(answer, question, places))
    return explained(answer) if question.name == "alerts" else answer


def _with_sorted_sets(row: tuple[Value, ...], sets: Sequence[int]) -> tuple[Value, ...]:
    cells = list(row)
    for place in sets:
        cells[place] = sorted({_as_text(item) for item in _items(cells[place])})
    return tuple(cells)


def _items(cell: Value) -> Sequence[Value]:
    """What a set holds; what somebody's own pack calls a set and is none holds itself."""
    if cell is None or cell == "":
        return ()
    return cell if isinstance(cell, list) else (cell,)


def _with_sorted_slots(row: tuple[Value, ...], place: int) -> tuple[Value, ...]:
    # Numbers, so no set of texts; sorted all the same, or equal answers would hash differently.
    return (*row[:place], sorted(row[place] or ()), *row[place + 1 :])


def _as_text(item: Value) -> str:
    return item if isinstance(item, str) else json.dumps(jsonable(item), ensure_ascii=False)


def _cut_sets(answer: Answer, question: Question, places: Mapping[str, int]) -> list[Notice]:
    notices = []
    for column in question.sets:
        if column not in places:
            continue
        counter = question.counts.get(column)
        for row in answer.rows:
            size = len(row[places[column]])
            if counter is not None and counter in places:
                counted = row[places[counter]]
                cut = isinstance(counted, int) and counted > size
                total = tr(" of {counted}", counted=counted)
            else:
                cut, total = size == _SUSPECT_SET, ""
            if cut:
                notices.append(
                    Notice(
                        NoticeKind.CUT,
                        tr(
                            "{column} holds {size}{total} values in at least one row: the"
                            " service cuts long sets; the row's detail fetches the rest",
                            column=column,
                            size=size,
                            total=total,
                        ),
                    )
                )
                break
    return notices
