"""Hints beside the rows they are for, where an answer is printed."""

from __future__ import annotations

from dataclasses import replace

from ..queries.answers import Answer, Column, Notice, NoticeKind, Status
from ..queries.hints.hint import Hinted
from ..queries.language import tr
from ..queries.questions import Pack, ShownColumn

NAME = "Hints"


def with_hint_column(answer: Answer, hinted: Hinted) -> Answer:
    """A column more: what was seen, a text for each hint."""
    rows = tuple(
        (*row, [f"{hint.title} ({hint.source})" for hint in hinted.hints.get(place, ())])
        for place, row in enumerate(answer.rows)
    )
    said = [Notice(NoticeKind.UNREAD, text) for text in hinted.remarks]
    if hinted.failure:
        text = tr("the rules could not be asked: {why}", why=hinted.failure)
        said.append(Notice(NoticeKind.UNREAD, text))
    whole = answer.status is Status.COMPLETE and not said
    status = answer.status if whole or answer.status is not Status.COMPLETE else Status.PARTIAL
    columns = (*answer.columns, Column(NAME, "dynamic"))
    return replace(answer, columns=columns, rows=rows, status=status).noting(*said)


def with_hints_shown(pack: Pack, name: str) -> Pack:
    """The pack with that column in one of its questions."""
    question = pack.questions[name]
    shown = (*question.shown, ShownColumn(NAME, NAME))
    sets = (*question.sets, NAME)
    return replace(
        pack, questions={**pack.questions, name: replace(question, shown=shown, sets=sets)}
    )
