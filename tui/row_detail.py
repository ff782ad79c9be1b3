"""What the detail of a row says, as lines. Knows no widget but the line itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.cells import cell_len

from ..queries.alert_catalogue import ADDED
from ..queries.alert_columns import in_words
from ..queries.answers import Answer, Status, Value, jsonable
from ..queries.hints.hint import Hint, Hinted
from ..queries.language import tr
from ..queries.prevalence import Prevalence
from ..queries.questions import Question
from ..queries.wording import counted
from .actions import Action
from .alert_detail import tactic_lines
from .casebook.findings import text_of
from .casebook.judgements import Entry, Happening, Sign, Standing
from .investigation import DrillDown
from .keymap import Keymap
from .rarity import rarity_lines, seen_words
from .widgets.lines_view import Line
from .widgets.text_cells import cell_text

_EVENTS_SHOWN = 100
#: In the name of a measurement that is in bytes.
_IN_BYTES = ("memory", "bytes")
#: Cells for the names of columns; the longest published ones fit.
_NAMES = 28


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
    lines = _verdict_lines(standing, behind)
    if elsewhere:
        lines.insert(-1, Line(_elsewhere_words(elsewhere), "suspicious"))
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
    lines += _titled(tr("What to ask yourself"), [tr(sentence) for sentence in question.guidance])
    lines += _titled(tr("Who decided what"), [_entry_words(entry) for entry in history])
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
    return [Line(text or tr("(empty)"), "plain" if text else "muted", _NAMES, name)]


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
        parts.append(_seen_words(seen))
    if hint.example:
        parts.append(tr("such as {example}", example=hint.example))
    return ", ".join(parts)


def _titled(title: str, sentences: Sequence[str]) -> list[Line]:
    if not sentences:
        return []
    return [Line(), Line(title, "title"), *(Line(sentence, "plain", 2) for sentence in sentences)]


def _elsewhere_words(devices: Sequence[str]) -> str:
    count = counted(len(devices), "device")
    named = ", ".join(devices[:5]) + (" …" if len(devices) > 5 else "")
    return tr("also suspicious on {devices}: {names}", devices=count, names=named)


def _verdict_lines(standing: Standing | None, behind: DrillDown | None) -> list[Line]:
    if standing is None:
        return [Line(tr("not reviewed yet"), "muted"), Line()]
    lines = []
    judgement, cover = standing.judgement, standing.covered_by
    if cover is not None:
        reach = tr("hub {hub}", hub=cover.hub) if cover.scope == "hub" else tr("the whole fleet")
        given = tr(
            "given by {analyst} on {device}, {moment} UTC",
            analyst=cover.by,
            device=cover.device,
            moment=cell_text(cover.at),
        )
        lines.append(
            Line(
                tr("expected by baseline {name} for {reach}", name=cover.name, reach=reach),
                str(standing.sign),
            )
        )
        lines.append(Line(given, "muted", 2))
    elif judgement is not None and standing.sign is not Sign.UNREVIEWED:
        text = tr(
            "{verdict} ({analyst}, {moment} UTC)",
            verdict=tr(str(judgement.verdict)),
            analyst=judgement.by,
            moment=cell_text(judgement.at),
        )
        lines.append(Line(text, str(standing.sign)))
    else:
        lines.append(Line(tr("not reviewed yet"), "muted"))
    if standing.sign is Sign.DRIFTED:
        lines.append(Line(tr("drifted: since then it has gained"), "drifted"))
        for column, gained in standing.drift.items():
            known = _known_values(column, behind)
            for value in gained:
                lines.append(Line(f"{column}: {value}", "drifted", 2))
                if seen := known.get(value):
                    lines.append(Line(tr("first seen {seen}", seen=_seen_words(seen)), "muted", 4))
    if judgement is not None:
        lines += [Line(text, "plain", 2) for text in judgement.note.splitlines()]
    return [*lines, Line()]


def _known_values(column: str, behind: DrillDown | None) -> dict[str, dict[str, Value]]:
    """What the drill-down says of each value of a column; nothing while it has not come."""
    if behind is None or behind.values.status is Status.FAILED:
        return {}
    return {seen["Value"]: seen for seen in behind.values.records() if seen["Column"] == column}


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
        text: Line(words, "warning" if seen.is_new else "muted", _NAMES)
        for text, seen in found.items()
        if seen and (words := seen_words(prevalence, seen))
    }


def _set_lines(
    name: str, values: Any, behind: DrillDown | None, rarity: Mapping[str, Line]
) -> list[Line]:
    """Each value with its count, first and last seen, and how rare it is, once those have come."""
    known = _known_values(name, behind)
    # The drill-down may know values that a cut set does not hold.
    ordered = list(known) + [value for value in map(text_of, values) if value not in known]
    if not ordered:
        return [Line(tr("(none)"), "muted", _NAMES, name)]
    lines: list[Line] = []
    for value in ordered:
        label = "" if lines else f"{name} ({len(ordered)})"
        lines.append(Line(value or tr("(empty)"), "plain", _NAMES, label))
        if seen := known.get(value):
            lines.append(Line(_seen_words(seen), "muted", _NAMES))
        if value in rarity:
            lines.append(rarity[value])
    return lines


def _seen_words(seen: Mapping[str, Value]) -> str:
    count, first, last = seen["Count"], seen["FirstObserved"], seen["LastObserved"]
    if first == last:
        if count == 1:
            return tr("once at {moment} UTC", moment=cell_text(first))
        return tr("{count:,} times at {moment} UTC", count=count, moment=cell_text(first))
    return tr(
        "{count:,} times, {first} to {last} UTC",
        count=count,
        first=cell_text(first),
        last=cell_text(last),
    )


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
        lines.append(Line(text_of(said), "plain", _NAMES, cell_text(moment)))
    return lines


def _pairs(record: Mapping[str, Value]) -> str:
    pairs = (f"{name}: {text_of(jsonable(value))}" for name, value in record.items() if value)
    return "; ".join(pairs)


def _entry_words(entry: Entry | Happening) -> str:
    parts = [cell_text(entry.at), entry.by, tr(str(entry.kind))]
    if entry.verdict:
        parts.append(tr(str(entry.verdict)))
    if entry.note:
        parts.append(tr("note: {note}", note=entry.note))
    if entry.undone:
        parts.append(tr("(undone since)"))
    return " · ".join(parts)


def case_lines(happenings: Sequence[Happening]) -> list[Line]:
    """Everything that was entered in the case, the newest first."""
    if not happenings:
        return [Line(tr("nothing has been decided in this case yet"), "muted")]
    lines = []
    for happening in reversed(happenings):
        lines.append(Line(_entry_words(happening), "plain", 2))
        if happening.baseline is not None:
            lines.append(Line(tr("baseline {baseline}", baseline=happening.baseline), "muted", 4))
        if (finding := happening.finding) is not None:
            key = ", ".join(text for _, text in finding.key)
            inside = f", {finding.value[0]}: {finding.value[1]}" if finding.value else ""
            more = (
                tr(" and {count:,} more", count=happening.count - 1) if happening.count > 1 else ""
            )
            where = f"{finding.hub} / {finding.device}  {tr(finding.question)}: {key}{inside}{more}"
            lines.append(Line(where, "muted", 4))
    return lines


def pane_lines(
    question: Question,
    answer: Answer | None,
    hinted: Hinted | None = None,
    refused: Sequence[str] = (),
) -> list[Line]:
    """How a pane stands: status, what cannot be known, measurements, hints, the KQL.

    Args:
        refused: of each rule that is not used, why.
    """
    if answer is None:
        return [Line(tr("not answered yet"), "muted")]
    calm = answer.status is Status.COMPLETE
    lines = [Line(tr(str(answer.status)), "plain" if calm else "warning", _NAMES, tr("status"))]
    if answer.failure:
        lines.append(Line(answer.failure, "warning", _NAMES, tr("why")))
    lines += [
        Line(notice.text, "warning", _NAMES, tr(str(notice.kind))) for notice in answer.notices
    ]
    for name, value in answer.statistics.items():
        lines.append(_measured(name, value))
    if question.name == "alerts":
        lines += tactic_lines(answer.records())
    lines += _titled(tr("What to ask yourself"), [tr(sentence) for sentence in question.guidance])
    if hinted is not None:
        said = [tr("{count} rows have hints", count=len(hinted.hints)), *hinted.remarks]
        if hinted.failure:
            said.append(tr("the rules could not be asked: {why}", why=hinted.failure))
        lines += _titled(tr("Hints"), said)
    lines += _titled(tr("Rules that are not used"), refused)
    return lines + _titled(tr("The KQL that was asked"), answer.kql.splitlines())


def _measured(name: str, value: Value) -> Line:
    """A measurement with its unit: fractions are seconds, whole numbers count bytes or others."""
    # After a comma stands where it was measured.
    kind, comma, where = name.partition(",")
    if isinstance(value, float):
        text = f"{value:,.3f} s"
    elif isinstance(value, int) and not isinstance(value, bool):
        text = _bytes(value) if any(word in kind for word in _IN_BYTES) else f"{value:,}"
    else:
        text = cell_text(value)
    label = f"{tr(kind)}{comma}{where}"
    if cell_len(label) < _NAMES:
        return Line(text, "plain", _NAMES, label)
    return Line(f"{label}: {text}")


def _bytes(count: float) -> str:
    for unit in ("bytes", "KiB", "MiB"):
        if count < 1024:
            return (
                tr("{count:,.0f} bytes", count=count) if unit == "bytes" else f"{count:,.1f} {unit}"
            )
        count /= 1024
    return f"{count:,.1f} GiB"


def key_lines(
    keymap: Keymap, ascii_only: bool = False, leads_to: Callable[[Action], str] = lambda _: ""
) -> list[Line]:
    """Every key, and by which names other keys are given.

    ``leads_to``: the title of the pane that an action goes to, where its place alone says which.
    """
    keys = [action.written(ascii_only) for action in keymap.actions]
    width = max(map(len, keys)) + 2
    told = [
        Line(_help(action, leads_to(action)), "plain", width, shown)
        for action, shown in zip(keymap.actions, keys, strict=True)
    ]
    names = ", ".join(action.id for action in keymap.actions)
    others = Line(
        tr("[keys] in config.toml gives other keys, by these names: {names}.", names=names), "muted"
    )
    return [*told, Line(), others]


def _help(action: Action, title: str) -> str:
    return f"{tr(action.help)} ({title})" if title else tr(action.help)
