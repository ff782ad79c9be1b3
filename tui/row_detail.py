"""What the detail of a row says, as lines. Knows no widget but the line itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..queries.answers import Answer, Status, Value, jsonable
from ..queries.questions import Question
from .actions import ACTIONS
from .casebook.findings import text_of
from .casebook.judgements import Entry, Sign, Standing
from .investigation import DrillDown
from .widgets.text_cells import cell_text

Line = tuple[str, str, int]
_EVENTS_SHOWN = 100


def row_lines(
    question: Question,
    record: Mapping[str, Value],
    standing: Standing | None,
    history: list[Entry],
    behind: DrillDown | None,
) -> list[Line]:
    """(text, tone, indent) a paragraph: verdict, values, what to ask, raw events.

    ``behind`` is None while the values and events are being fetched.
    """
    lines = _verdict_lines(standing)
    sets = set(question.sets)
    for name, value in record.items():
        if name in sets:
            lines += _set_lines(name, value or [], behind)
        else:
            text = cell_text(value) if not isinstance(value, str) else value
            lines.append((name, "label", 0))
            lines.append((text or "(empty)", "plain" if text else "muted", 2))
    if question.guidance:
        lines += [("", "plain", 0), ("What to ask yourself", "title", 0)]
        lines += [(sentence, "plain", 2) for sentence in question.guidance]
    if history:
        lines += [("", "plain", 0), ("Who decided what", "title", 0)]
        lines += [(_entry_words(entry), "plain", 2) for entry in history]
    if question.events:
        lines += _event_lines(behind)
    return lines


def _verdict_lines(standing: Standing | None) -> list[Line]:
    if standing is None or standing.judgement is None:
        return [("not reviewed yet", "muted", 0), ("", "plain", 0)]
    judgement = standing.judgement
    lines: list[Line] = []
    if standing.sign is not Sign.UNREVIEWED:
        tone = str(standing.sign)
        text = f"{judgement.verdict} ({judgement.by}, {cell_text(judgement.at)} UTC)"
        lines.append((text, tone, 0))
    else:
        lines.append(("not reviewed yet", "muted", 0))
    if standing.sign is Sign.DRIFTED:
        lines.append(("drifted: since then it has gained", "drifted", 0))
        for column, gained in standing.drift.items():
            lines += [(f"{column}: {value}", "drifted", 2) for value in gained]
    lines += [(text, "plain", 2) for text in judgement.note.splitlines()]
    return [*lines, ("", "plain", 0)]


def _set_lines(name: str, values: Any, behind: DrillDown | None) -> list[Line]:
    """Each value with its count, first and last seen, once those have come."""
    known: dict[str, dict[str, Value]] = {}
    if behind is not None and behind.values.status is not Status.FAILED:
        known = {r["Value"]: r for r in behind.values.records() if r["Column"] == name}
    # The drill-down may know values that a cut set does not hold.
    ordered = list(known) + [value for value in map(text_of, values) if value not in known]
    lines: list[Line] = [(f"{name} ({len(ordered)})", "label", 0)]
    for value in ordered:
        seen = known.get(value)
        lines.append((value or "(empty)", "plain", 2))
        if seen:
            first, last = cell_text(seen["FirstObserved"]), cell_text(seen["LastObserved"])
            lines.append((f"{seen['Count']} times, {first} to {last} UTC", "muted", 4))
    return lines


def _event_lines(behind: DrillDown | None) -> list[Line]:
    lines: list[Line] = [("", "plain", 0), ("Raw events behind this row", "title", 0)]
    if behind is None:
        return [*lines, ("asking …", "muted", 2)]
    events = behind.events
    if events.status is Status.FAILED:
        return [*lines, (f"could not be fetched: {events.failure}", "warning", 2)]
    records = events.records()
    if len(records) > _EVENTS_SHOWN:
        text = f"the newest {_EVENTS_SHOWN} of {len(records)} that were fetched"
        lines.append((text, "muted", 2))
    for record in records[:_EVENTS_SHOWN]:
        moment = record.get("EventTime") or record.get("TimeGenerated")
        details = record.get("EventDetails")
        said = details if details else _pairs(record)
        lines.append((cell_text(moment), "label", 2))
        lines.append((text_of(said), "plain", 4))
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
    return " · ".join(parts)


def pane_lines(question: Question, answer: Answer | None) -> list[Line]:
    """How a pane stands: status, what cannot be known, measurements, the KQL."""
    if answer is None:
        return [("not answered yet", "muted", 0)]
    calm = answer.status is Status.COMPLETE
    lines: list[Line] = [(f"status: {answer.status}", "plain" if calm else "warning", 0)]
    if answer.failure:
        lines.append((answer.failure, "warning", 2))
    for notice in answer.notices:
        lines += [(str(notice.kind), "label", 0), (notice.text, "plain", 2)]
    for name, value in answer.statistics.items():
        shown = f"{value:.3f}" if isinstance(value, float) else str(value)
        lines.append((f"{name}: {shown}", "muted", 0))
    lines += [("", "plain", 0), ("What to ask yourself", "title", 0)]
    lines += [(sentence, "plain", 2) for sentence in question.guidance]
    lines += [("", "plain", 0), ("The KQL that was asked", "title", 0)]
    lines += [(text, "plain", 2) for text in answer.kql.splitlines()]
    return lines


def key_lines() -> list[Line]:
    """Every key, from the registry."""
    width = max(len(action.shown) for action in ACTIONS)
    return [(f"{action.shown:<{width}}  {action.help}", "plain", 1) for action in ACTIONS]
