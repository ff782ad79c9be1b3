"""Asking a question as the console and the commands both do, so that they agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .answers import Answer, Status, Value
from .coverage import notices_for
from .questions import Pack, Query, Question
from .source import Cancellation, Source, Tell, nobody
from .window import Window


@dataclass(frozen=True, slots=True)
class Scope:
    """What is asked about."""

    device: str
    hub: str
    window: Window


def ask(
    source: Source,
    question: Question,
    scope: Scope,
    cancellation: Cancellation | None = None,
    *,
    tell: Tell = nobody,
) -> Answer:
    """The question's answer, finished, without what only the coverage can tell."""
    # What alerts mean is not needed before there are some.
    from .finishing import finished  # noqa: PLC0415

    query = question.query(scope.device, scope.hub, scope.window)
    answer = source.ask(query, scope.window, cancellation or Cancellation(), tell)
    return finished(answer, question)


def ask_whole(
    source: Source,
    pack: Pack,
    question: Question,
    scope: Scope,
    cancellation: Cancellation | None = None,
    *,
    tell: Tell = nobody,
) -> Answer:
    """The answer with every notice, the coverage asked along with it."""
    answer = ask(source, question, scope, cancellation, tell=tell)
    coverage = None
    if question.raw_events:
        coverage = ask(source, pack.questions["coverage"], scope, cancellation, tell=tell)
    return read_against(answer, question, coverage, scope, source)


def read_against(
    answer: Answer, question: Question, coverage: Answer | None, scope: Scope, source: Source
) -> Answer:
    """The answer with the notices that its device's coverage gives rise to."""
    return answer.noting(
        *notices_for(question, answer, coverage, scope.window, source.missing_tables)
    )


def drill_down(
    source: Source,
    question: Question,
    scope: Scope,
    record: Mapping[str, Value],
    cancellation: Cancellation | None = None,
) -> tuple[Answer, Answer]:
    """(values, events) behind one row; a pack without drill-down gives empty answers."""
    stop = cancellation or Cancellation()
    where = (scope.device, scope.hub, scope.window, record)

    def answered(query: Query) -> Answer:
        return source.ask(query, scope.window, stop) if query.text else Answer(question.name)

    return answered(question.values_query(*where)), answered(question.events_query(*where))


def as_failed(question: Question, why: str) -> Answer:
    """An answer that never came."""
    return replace(Answer(question.name), status=Status.FAILED, failure=why)
