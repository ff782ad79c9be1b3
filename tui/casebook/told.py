"""Findings in the summary: told at length, or listed one row each; every text escaped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ...queries.alert_columns import in_words
from ...queries.hints.hint import Hint
from ...queries.language import tr
from ...queries.wording import counted
from .alert_facts import explained
from .cells import SHOWN_VALUES, evidence, labels, moment, named, value_cell, values_cell
from .findings import text_of
from .judgements import Cover
from .markdown import Markdown, cell, code, inline, table
from .report import Presence, ReportedFinding

#: Rows nobody has judged that are printed; the rest is counted.
_SHOWN_ROWS = 100


@dataclass(frozen=True, slots=True)
class Told:
    """A finding that somebody decided on, told at length."""

    title: Markdown
    decision: Markdown
    also: Markdown
    hints: tuple[Markdown, ...]
    drift: tuple[Markdown, ...]
    note: tuple[Markdown, ...]
    alert: tuple[Markdown, ...]
    evidence: Markdown


@dataclass(frozen=True, slots=True)
class Listed:
    """Findings of one question, one row each."""

    title: Markdown
    rows: Markdown
    left_out: int


def told(reported: ReportedFinding) -> Told:
    names = labels(reported.question)
    return Told(
        title=_title(reported),
        decision=Markdown(_decision(reported) + _whereabouts(reported)),
        also=_also(reported.also_suspicious_on),
        hints=tuple(_hint(hint) for hint in reported.hints),
        drift=tuple(
            Markdown(f"{inline(names.get(column, column))}: {_gained(reported, column)}")
            for column in reported.drift
        ),
        note=tuple(inline(line) for line in _lines(reported.note)),
        alert=explained(reported),
        evidence=evidence(reported.row, names),
    )


def _title(reported: ReportedFinding) -> Markdown:
    finding, row = reported.finding, reported.row
    if finding.question == "alerts" and row.get("AlertName"):
        severity = in_words("AlertSeverity", text_of(row.get("AlertSeverity")))
        words = [inline(severity), inline(text_of(row["AlertName"]))]
        title = ": ".join(word for word in words if word)
    else:
        key = ", ".join(code(text) for _, text in finding.key) or tr("(no name)")
        title = f"{_question_title(reported)}: {key}"
    if finding.value:
        column, value = finding.value
        title += f", {inline(labels(reported.question).get(column, column))}: {code(value)}"
    return Markdown(title)


def _question_title(reported: ReportedFinding) -> Markdown:
    question = reported.question
    return inline(tr(question.title) if question else reported.finding.question)


def _gained(reported: ReportedFinding, column: str) -> Markdown:
    """The values a column has gained, each with when it was first seen where that is known."""
    values = reported.drift[column]
    parts = []
    for value in values[:SHOWN_VALUES]:
        at = reported.first_seen.get((column, value))
        seen = tr(" (first seen {moment})", moment=moment(at)) if at else ""
        parts.append((code(value) or tr("(empty)")) + seen)
    rest = len(values) - len(parts)
    return Markdown(", ".join(parts) + (tr(" and {rest} more", rest=rest) if rest else ""))


def _hint(hint: Hint) -> Markdown:
    """What was seen, by whose rule, and an example in the words of the device."""
    source = ", ".join((*hint.techniques, hint.source))
    example = f": {code(hint.example)}" if hint.example else ""
    return Markdown(f"{inline(hint.title)} ({inline(source)}){example}")


def _also(devices: Sequence[str]) -> Markdown:
    """Where else the same is called suspicious; empty where it is not."""
    if not devices:
        return Markdown("")
    on = counted(len(devices), "device")
    return Markdown(
        tr(
            "Also suspicious on {devices}: {names}.",
            devices=on,
            names=values_cell(devices, table=False),
        )
    )


def _decision(reported: ReportedFinding) -> str:
    cover, judgement = reported.covered_by, reported.judgement
    if cover:
        given = _given(cover.by, cover.at)
        on = code(cover.device) or tr("a device without a name")
        return tr(
            "Covered by {baseline}: expected, decided by {given} for {device}.",
            baseline=_baseline(cover),
            given=given,
            device=on,
        )
    if judgement is None:
        return tr("Nobody has decided yet.")
    return tr(
        "{verdict}, decided by {given}.",
        verdict=tr(str(judgement.verdict)).capitalize(),
        given=_given(judgement.by, judgement.at),
    )


def _given(by: str, at: datetime) -> str:
    return tr("{analyst} on {moment}", analyst=inline(by) or tr("somebody"), moment=moment(at))


def _baseline(cover: Cover, *, in_table: bool = False) -> Markdown:
    name = cell(cover.name) if in_table else code(cover.name)
    return Markdown(tr("baseline {name} of the {scope}", name=name, scope=tr(cover.scope)))


def _whereabouts(reported: ReportedFinding) -> str:
    match reported.presence:
        case Presence.PRESENT:
            return ""
        case Presence.ABSENT:
            return tr(" Not in this window: the evidence below is what was judged.")
    return tr(" Not looked for this time, or not answered: the evidence below is what was judged.")


def _lines(text: str) -> list[str]:
    """The lines of a note that say something."""
    return [line for line in text.replace("\r", "\n").split("\n") if line.strip()]


def lists(
    findings: Sequence[ReportedFinding], listed: Callable[[Sequence[ReportedFinding]], Listed]
) -> list[Listed]:
    """One list a question."""
    groups: dict[str, list[ReportedFinding]] = {}
    for reported in findings:
        groups.setdefault(reported.finding.question, []).append(reported)
    return [listed(group) for group in groups.values()]


def expected(group: Sequence[ReportedFinding]) -> Listed:
    head = [tr("Finding"), tr("By"), tr("When"), tr("Note"), tr("Seen")]
    rows = [_expected_cells(reported) for reported in group]
    if any(reported.covered_by for reported in group):
        head.append(tr("By way of"))
        for reported, cells in zip(group, rows, strict=True):
            cover = reported.covered_by
            cells.append(
                _baseline(cover, in_table=True) if cover else Markdown(tr("its own verdict"))
            )
    head += _also_column(group, rows)
    return Listed(_question_title(group[0]), table(head, rows), left_out=0)


def _expected_cells(reported: ReportedFinding) -> list[Markdown]:
    word = reported.covered_by or reported.judgement
    return [
        _finding_cell(reported),
        inline(word.by, table=True) if word else Markdown(""),
        moment(word.at) if word else Markdown(""),
        note_cell(reported.note),
        Markdown(tr(reported.presence.value)),
    ]


def _also_column(group: Sequence[ReportedFinding], rows: Iterable[list[Markdown]]) -> list[str]:
    """A column more where one of the group is called suspicious elsewhere; its heading."""
    if not any(reported.also_suspicious_on for reported in group):
        return []
    for reported, cells in zip(group, rows, strict=False):
        cells.append(values_cell(reported.also_suspicious_on, table=True))
    return [tr("Also suspicious on")]


def _finding_cell(reported: ReportedFinding) -> Markdown:
    finding, row = reported.finding, reported.row
    if finding.question == "alerts" and row.get("AlertName"):
        return inline(text_of(row["AlertName"]), table=True)
    pairs = [*finding.key, *([finding.value] if finding.value else [])]
    return Markdown(", ".join(cell(text) for _, text in pairs) or tr("(no name)"))


def note_cell(note: str) -> Markdown:
    return Markdown(" / ".join(inline(line, table=True) for line in _lines(note)))


def unreviewed(group: Sequence[ReportedFinding]) -> Listed:
    question = group[0].question
    names = [shown.column for shown in question.shown] if question else []
    names = names or [column for column, _ in group[0].finding.key]
    head: list[str] = [named(column, labels(question)) for column in names]
    shown = group[:_SHOWN_ROWS]
    rows = [
        [value_cell(column, reported.row.get(column)) for column in names] for reported in shown
    ]
    if any(reported.note for reported in group):
        head.append(tr("Note"))
        for reported, cells in zip(shown, rows, strict=True):
            cells.append(note_cell(reported.note))
    head += _also_column(shown, rows)
    left_out = len(group) - len(shown)
    return Listed(_question_title(group[0]), table(head, rows), left_out)
