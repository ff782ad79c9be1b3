"""What the detail of a row says, as lines. Knows no widget but the line itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..queries.alert_catalogue import ADDED
from ..queries.answers import Answer, Status, Value, jsonable
from ..queries.questions import Question
from .actions import ACTIONS
from .casebook.findings import Finding, text_of
from .casebook.judgements import Entry, Sign, Standing
from .investigation import DrillDown
from .widgets.lines_view import Line
from .widgets.text_cells import cell_text

_EVENTS_SHOWN = 100
#: Cells for the names of columns; the longest published ones fit.
_NAMES = 28


def row_lines(
    question: Question,
    record: Mapping[str, Value],
    standing: Standing | None,
    history: list[Entry],
    behind: DrillDown | None,
) -> list[Line]:
    """Verdict, values, what to ask, who decided what, raw events.

    ``behind`` is None while the values and events are being fetched.
    """
    lines = _verdict_lines(standing)
    sets = set(question.sets)
    for name in _ordered(question, record):
        value = record[name]
        if name in sets:
            lines += _set_lines(name, value or [], behind)
        else:
            text = value if isinstance(value, str) else cell_text(value)
            lines.append(Line(text or "(empty)", "plain" if text else "muted", _NAMES, name))
    lines += _titled("What to ask yourself", question.guidance)
    lines += _titled("Who decided what", [_entry_words(entry) for entry in history])
    if question.events:
        lines += _event_lines(behind)
    return lines


def _ordered(question: Question, record: Mapping[str, Value]) -> list[str]:
    """What the pane shows first, then what explains it, then the rest."""
    first = [shown.column for shown in question.shown] + [column.name for column in ADDED]
    return [name for name in first if name in record] + [n for n in record if n not in first]


def _titled(title: str, sentences: Sequence[str]) -> list[Line]:
    if not sentences:
        return []
    return [Line(), Line(title, "title"), *(Line(sentence, "plain", 2) for sentence in sentences)]


def _verdict_lines(standing: Standing | None) -> list[Line]:
    if standing is None or standing.judgement is None:
        return [Line("not reviewed yet", "muted"), Line()]
    judgement = standing.judgement
    lines: list[Line] = []
    if standing.sign is not Sign.UNREVIEWED:
        tone = str(standing.sign)
        text = f"{judgement.verdict} ({judgement.by}, {cell_text(judgement.at)} UTC)"
        lines.append(Line(text, tone))
    else:
        lines.append(Line("not reviewed yet", "muted"))
    if standing.sign is Sign.DRIFTED:
        lines.append(Line("drifted: since then it has gained", "drifted"))
        for column, gained in standing.drift.items():
            lines += [Line(f"{column}: {value}", "drifted", 2) for value in gained]
    lines += [Line(text, "plain", 2) for text in judgement.note.splitlines()]
    return [*lines, Line()]


def _set_lines(name: str, values: Any, behind: DrillDown | None) -> list[Line]:
    """Each value with its count, first and last seen, once those have come."""
    known: dict[str, dict[str, Value]] = {}
    if behind is not None and behind.values.status is not Status.FAILED:
        known = {r["Value"]: r for r in behind.values.records() if r["Column"] == name}
    # The drill-down may know values that a cut set does not hold.
    ordered = list(known) + [value for value in map(text_of, values) if value not in known]
    if not ordered:
        return [Line("(none)", "muted", _NAMES, name)]
    lines: list[Line] = []
    for value in ordered:
        label = "" if lines else f"{name} ({len(ordered)})"
        lines.append(Line(value or "(empty)", "plain", _NAMES, label))
        if seen := known.get(value):
            lines.append(Line(_seen_words(seen), "muted", _NAMES))
    return lines


def _seen_words(seen: Mapping[str, Value]) -> str:
    count, first, last = seen["Count"], seen["FirstObserved"], seen["LastObserved"]
    if first == last:
        return f"{'once' if count == 1 else f'{count:,} times'} at {cell_text(first)} UTC"
    return f"{count:,} times, {cell_text(first)} to {cell_text(last)} UTC"


def _event_lines(behind: DrillDown | None) -> list[Line]:
    lines = [Line(), Line("Raw events behind this row", "title")]
    if behind is None:
        return [*lines, Line("asking", "muted", 2)]
    events = behind.events
    if events.status is Status.FAILED:
        return [*lines, Line(f"could not be fetched: {events.failure}", "warning", 2)]
    records = events.records()
    if len(records) > _EVENTS_SHOWN:
        text = f"the newest {_EVENTS_SHOWN} of {len(records)} that were fetched"
        lines.append(Line(text, "muted", 2))
    for record in records[:_EVENTS_SHOWN]:
        moment = record.get("EventTime") or record.get("TimeGenerated")
        details = record.get("EventDetails")
        said = details if details else _pairs(record)
        lines.append(Line(text_of(said), "plain", _NAMES, cell_text(moment)))
    return lines


def _pairs(record: Mapping[str, Value]) -> str:
    pairs = (f"{name}: {text_of(jsonable(value))}" for name, value in record.items() if value)
    return "; ".join(pairs)


def _entry_words(entry: Entry) -> str:
    parts = [cell_text(entry.at), entry.by, str(entry.kind)]
    if entry.verdict:
        parts.append(str(entry.verdict))
    if entry.note:
        parts.append(f"note: {entry.note}")
    if entry.undone:
        parts.append("(undone since)")
    return " · ".join(parts)


def case_lines(entries: Sequence[tuple[Finding | None, Entry]]) -> list[Line]:
    """Every entry of the case, the newest first; what an undo was about stands with it."""
    if not entries:
        return [Line("nothing has been decided in this case yet", "muted")]
    lines = []
    for finding, entry in reversed(entries):
        lines.append(Line(_entry_words(entry), "plain", 2))
        if finding is not None:
            key = ", ".join(text for _, text in finding.key)
            inside = f", {finding.value[0]}: {finding.value[1]}" if finding.value else ""
            where = f"{finding.hub} / {finding.device}  {finding.question}: {key}{inside}"
            lines.append(Line(where, "muted", 4))
    return lines


def pane_lines(question: Question, answer: Answer | None) -> list[Line]:
    """How a pane stands: status, what cannot be known, measurements, the KQL."""
    if answer is None:
        return [Line("not answered yet", "muted")]
    calm = answer.status is Status.COMPLETE
    lines = [Line(str(answer.status), "plain" if calm else "warning", _NAMES, "status")]
    if answer.failure:
        lines.append(Line(answer.failure, "warning", _NAMES, "why"))
    lines += [Line(notice.text, "warning", _NAMES, str(notice.kind)) for notice in answer.notices]
    for name, value in answer.statistics.items():
        shown = f"{value:.3f}" if isinstance(value, float) else str(value)
        lines.append(Line(shown, "plain", _NAMES, name))
    lines += _titled("What to ask yourself", question.guidance)
    return lines + _titled("The KQL that was asked", answer.kql.splitlines())


def key_lines() -> list[Line]:
    """Every key, from the registry."""
    width = max(len(action.shown) for action in ACTIONS) + 2
    return [Line(action.help, "plain", width, action.shown) for action in ACTIONS]
