"""What the detail of a row says, as lines. Knows no widget but the line itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..queries.alert_catalogue import ADDED
from ..queries.alert_columns import in_words
from ..queries.answers import Status, Value, jsonable
from ..queries.hints.hint import Hint
from ..queries.language import tr
from ..queries.prevalence import Prevalence
from ..queries.questions import Question
from .casebook.findings import text_of
from .casebook.judgements import Entry, Standing
from .decided_lines import elsewhere_words, entry_words, verdict_lines
from .deliveries import DrillDown
from .detail_lines import NAMES, known_values, observed_words, titled
from .rarity import rarity_lines, seen_words
from .widgets.lines_view import Line
from .widgets.text_cells import cell_text

_EVENTS_SHOWN = 100


def row_lines(
    question: Question,
    record: Mapping[str, Value],
    standing: Standing | None,
    history: list[Entry],
    behind: DrillDown | None,
    *,
    elsewhere: Sequence[str] = (),
    prevalence: Prevalence | None = None,
    explained: Sequence[Line] = (),
    hints: Sequence[Hint] = (),
) -> list[Line]:
    """Verdict, hints, values, what to ask, who decided what, raw events.

    Args:
        behind: None while the values and events are being fetched.
        elsewhere: other devices on which the same finding is called suspicious.
        prevalence: how rare the rows of the pane are; None while that is not known.
        explained: what is known of it beside its values; stands after those of the pane, in the
            place of what the catalogue has added to the row.
        hints: why the row deserves a look.
    """
    lines = verdict_lines(standing, behind)
    if elsewhere:
        lines.insert(-1, Line(elsewhere_words(elsewhere), "suspicious"))
    lines += _hint_lines(hints)
    if question.prevalence:
        lines += rarity_lines(prevalence, record)
    first = [shown.column for shown in question.shown if shown.column in record]
    added = [column.name for column in ADDED if column.name in record and not explained]
    seen = {*first, *(column.name for column in ADDED)}
    rest = [*added, *(name for name in record if name not in seen)]
    for names, then in ((first, explained), (rest, ())):
        for name in names:
            rarity = _rarity_of_values(prevalence, record, name)
            lines += _value_lines(question, name, record[name], behind, rarity)
        lines += then
    lines += titled(tr("What to ask yourself"), [tr(sentence) for sentence in question.guidance])
    lines += titled(tr("Who decided what"), [entry_words(entry) for entry in history])
    if question.events:
        lines += _event_lines(behind)
    return lines


def _value_lines(
    question: Question,
    name: str,
    value: Value,
    behind: DrillDown | None,
    rarity: Mapping[str, Line],
) -> list[Line]:
    if name in question.sets:
        return _set_lines(name, value or [], behind, rarity)
    text = in_words(name, value) if isinstance(value, str) else cell_text(value)
    return [Line(text or tr("(empty)"), "plain" if text else "muted", NAMES, name)]


def _hint_lines(hints: Sequence[Hint]) -> list[Line]:
    if not hints:
        return []
    lines = [Line(tr("Why this deserves a look"), "title")]
    for hint in hints:
        lines.append(Line(hint.title, "title", 2))
        lines.append(Line(hint.why, "plain", 4))
        lines.append(Line(" · ".join((*hint.techniques, hint.source)), "muted", 4))
        if said := _hint_seen(hint):
            lines.append(Line(said, "muted", 4))
    return [*lines, Line()]


def _hint_seen(hint: Hint) -> str:
    """How often and when, and an example."""
    parts = []
    if hint.count is not None and hint.first is not None:
        seen = {"Count": hint.count, "FirstObserved": hint.first, "LastObserved": hint.last}
        parts.append(observed_words(seen))
    if hint.example:
        parts.append(tr("such as {example}", example=hint.example))
    return ", ".join(parts)


def _rarity_of_values(
    prevalence: Prevalence | None, record: Mapping[str, Value], column: str
) -> dict[str, Line]:
    """Value -> how rare it is, as a line; of those that something is known of."""
    if prevalence is None:
        return {}
    values = record[column]
    texts = map(text_of, values if isinstance(values, list) else ())
    found = {text: prevalence.value(record, column, text) for text in texts}
    return {
        text: Line(words, "warning" if seen.is_new else "muted", NAMES)
        for text, seen in found.items()
        if seen and (words := seen_words(prevalence, seen))
    }


def _set_lines(
    name: str, values: Any, behind: DrillDown | None, rarity: Mapping[str, Line]
) -> list[Line]:
    """Each value with its count, first and last seen, and how rare it is, once those have come."""
    known = known_values(name, behind)
    # The drill-down may know values that a cut set does not hold.
    ordered = list(known) + [value for value in map(text_of, values) if value not in known]
    if not ordered:
        return [Line(tr("(none)"), "muted", NAMES, name)]
    lines: list[Line] = []
    for value in ordered:
        label = "" if lines else f"{name} ({len(ordered)})"
        lines.append(Line(value or tr("(empty)"), "plain", NAMES, label))
        if seen := known.get(value):
            lines.append(Line(observed_words(seen), "muted", NAMES))
        if value in rarity:
            lines.append(rarity[value])
    return lines


def _event_lines(behind: DrillDown | None) -> list[Line]:
    lines = [Line(), Line(tr("Raw events behind this row"), "title")]
    if behind is None:
        return [*lines, Line(tr("asking"), "muted", 2)]
    events = behind.events
    if events.status is Status.FAILED:
        return [
            *lines,
            Line(tr("could not be fetched: {reason}", reason=events.failure), "warning", 2),
        ]
    records = events.records()
    if len(records) > _EVENTS_SHOWN:
        text = tr(
            "the newest {shown} of {fetched} that were fetched",
            shown=_EVENTS_SHOWN,
            fetched=len(records),
        )
        lines.append(Line(text, "muted", 2))
    for record in records[:_EVENTS_SHOWN]:
        moment = record.get("EventTime") or record.get("TimeGenerated")
        details = record.get("EventDetails")
        said = details if details else _pairs(record)
        lines.append(Line(text_of(said), "plain", NAMES, cell_text(moment)))
    return lines


def _pairs(record: Mapping[str, Value]) -> str:
    pairs = (f"{name}: {text_of(jsonable(value))}" for name, value in record.items() if value)
    return "; ".join(pairs)
