"""Values of a row as Markdown: times, sets and sentences, each as it reads best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from ...queries.alert_columns import in_words
from ...queries.answers import Value
from ...queries.language import tr
from ...queries.questions import Question
from .findings import members, text_of
from .markdown import Markdown, cell, code, inline, table

#: Values of a set that are printed; the rest is counted.
SHOWN_VALUES = 20

#: Columns that hold words and sentences: read better as prose than as code.
_PROSE = frozenset(
    (
        *("AlertName", "AlertSeverity", "Description", "Status", "Meaning", "Remedy", "LookAt"),
        *("Result", "Role"),
    )
)


def moment(at: datetime) -> Markdown:
    """UTC to the second."""
    return Markdown(f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(' ', 'seconds')} UTC")


def span(length: timedelta) -> Markdown:
    """A length of time in days, hours, minutes and seconds, those that are none left out."""
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = (
        (days, tr("d")),
        (hours, tr("h")),
        (minutes, tr("min")),
        (seconds, tr("s")),
    )
    return Markdown(" ".join(f"{count} {unit}" for count, unit in parts if count) or f"0 {tr('s')}")


def labels(question: Question | None) -> dict[str, str]:
    """Column -> the heading an analyst reads."""
    return {shown.column: tr(shown.label) for shown in question.shown} if question else {}


def named(column: str, names: Mapping[str, str]) -> Markdown:
    return inline(names.get(column, column), table=True)


def value_cell(column: str, value: Value) -> Markdown:
    """One cell of a row, for a table."""
    match value:
        case None:
            return Markdown("")
        case bool():
            return Markdown(tr("yes") if value else tr("no"))
        case int() | float():
            return Markdown(text_of(value))
        case datetime():
            return moment(value)
        case str():
            text = in_words(column, value)
            return inline(text, table=True) if column in _PROSE else cell(text)
        case list() | tuple() | set() | frozenset():
            return values_cell(members(value), table=True)
    return cell(text_of(value))


def values_cell(values: Sequence[str], *, table: bool) -> Markdown:
    """The values of a set beside each other; many are cut, and counted."""
    escaped = cell if table else code
    shown = [escaped(value) or tr("(empty)") for value in values[:SHOWN_VALUES]]
    rest = len(values) - len(shown)
    return Markdown(", ".join(shown) + (tr(" and {rest} more", rest=rest) if rest else ""))


def evidence(row: Mapping[str, Value], names: Mapping[str, str]) -> Markdown:
    """Every column of a row that holds something, those of the pane first."""
    columns = [*(c for c in names if c in row), *(c for c in row if c not in names)]
    rows = [(named(c, names), value_cell(c, row[c])) for c in columns]
    return table((tr("Evidence"), tr("Value")), [(name, value) for name, value in rows if value])
