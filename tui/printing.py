"""Answers as text: a table for people, JSON and CSV for machines, Markdown for tickets, KQL."""

from __future__ import annotations

import json
from typing import Any

from ..queries.alert_columns import in_words
from ..queries.answers import Answer, jsonable, rfc3339
from ..queries.asking import Scope
from ..queries.language import tr
from ..queries.printable import printable
from ..queries.questions import Pack
from .casebook.csv_text import csv_text
from .casebook.findings import text_of
from .casebook.markdown import Markdown, cell, table

_WIDEST = 60


def as_json(answer: Answer, pack: Pack, scope: Scope, source: str) -> str:
    """One object; datetimes are RFC 3339 UTC, sets are arrays."""
    body: dict[str, Any] = {
        "question": answer.question,
        "pack": pack.name,
        "device": scope.device,
        "hub": scope.hub,
        "window": {"start": rfc3339(scope.window.start), "end": rfc3339(scope.window.end)},
        "source": source,
        "status": str(answer.status),
        "notices": [notice.text for notice in answer.notices],
        "statistics": jsonable(answer.statistics),
        "columns": [{"name": column.name, "type": column.type} for column in answer.columns],
        "rows": [jsonable(record) for record in answer.records()],
    }
    if answer.failure:
        body["failure"] = answer.failure
    return json.dumps(body, ensure_ascii=True, indent=1) + "\n"


def as_csv(answer: Answer) -> str:
    """Every column; sets as JSON arrays; no cell starts a formula."""
    rows = [[text_of(jsonable(value)) for value in row] for row in answer.rows]
    return csv_text(answer.names, rows)


def as_markdown(answer: Answer) -> str:
    """One pipe table."""
    rows = [
        [
            cell(in_words(name, text_of(jsonable(value))))
            for name, value in zip(answer.names, row, strict=True)
        ]
        for row in answer.rows
    ]
    return str(table([Markdown(name) for name in answer.names], rows)) + "\n"


def as_table(answer: Answer, pack: Pack) -> str:
    """The columns the console shows, aligned, long values cut with a sign."""
    # Cell widths come from the widgets' helper so that wide characters stay aligned.
    from .widgets.text_cells import cell_text, fit  # noqa: PLC0415

    question = pack.questions[answer.question]
    places = {name: place for place, name in enumerate(answer.names)}
    shown = [column for column in question.shown if column.column in places]
    heads = [tr(column.label) for column in shown]
    lines = [
        [in_words(c.column, cell_text(row[places[c.column]])) for c in shown] for row in answer.rows
    ]
    widths = [
        min(_WIDEST, max(_width(text) for text in column))
        for column in zip(heads, *lines, strict=True)
    ]
    rendered = [
        "  ".join(fit(text, width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in (heads, *lines)
    ]
    return "\n".join(rendered) + "\n"


def _width(text: str) -> int:
    from rich.cells import cell_len  # noqa: PLC0415

    return cell_len(text)


def notices_text(answer: Answer) -> list[str]:
    """One line a notice, for the error stream."""
    lines = (
        []
        if str(answer.status) == "complete"
        else [tr("status: {status}", status=tr(str(answer.status)))]
    )
    return [
        *lines,
        *(f"{tr(str(notice.kind))}: {printable(notice.text)}" for notice in answer.notices),
    ]
