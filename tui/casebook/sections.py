"""The sections of the summary, in Markdown: every text escaped where it comes in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...queries.alert_catalogue import raised_column
from ...queries.answers import Status
from .cells import (
    moment,
    span,
    value_cell,
)
from .findings import Finding, text_of
from .judgements import Happening, Sign
from .lines import Kind
from .markdown import Markdown, cell, code, code_block, inline, table
from .report import Presence, Report, ReportedFinding, ReportedQuestion, ReportSubject
from .told import note_cell

_SIGNS = {
    Sign.SUSPICIOUS: "suspicious",
    Sign.DRIFTED: "drifted",
    Sign.EXPECTED: "expected",
    Sign.UNREVIEWED: "not yet reviewed",
}
_STATUS = {
    Status.PARTIAL: "answered only in part",
    Status.TRUNCATED: "the answer was cut at the limit of the source",
    Status.FAILED: "failed",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in the appendix."""

    title: Markdown
    status: Markdown
    sha256: Markdown
    kql: Markdown


def asked_table(subject: ReportSubject) -> Markdown:
    start, end = subject.window.start, subject.window.end
    rows = [
        ("Device", cell(subject.device)),
        ("Hub", cell(subject.hub)),
        ("Window", Markdown(f"{moment(start)} to {moment(end)} ({span(end - start)})")),
        ("Source", cell(subject.source)),
        ("Question pack", cell(subject.pack)),
        ("Written", moment(subject.at)),
        ("By", cell(subject.analyst)),
        ("With", Markdown(f"iotriage {inline(subject.version, table=True)}")),
    ]
    return table(("What was asked", ""), [(Markdown(name), text) for name, text in rows])


def counts(report: Report) -> Markdown:
    head = ["Verdict", "In this window"]
    if any(report.elsewhere.values()):
        head.append("Judged before, not seen in this window")
    columns = (report.counts, report.elsewhere)[: len(head) - 1]
    rows = [
        [Markdown(word.capitalize()), *(Markdown(counts[sign]) for counts in columns)]
        for sign, word in _SIGNS.items()
    ]
    return table(head, rows)


def timeline(findings: Sequence[ReportedFinding]) -> Markdown | None:
    alerts = [
        reported
        for reported in findings
        if reported.finding.question == "alerts"
        and reported.finding.value is None
        and reported.presence is Presence.PRESENT
    ]
    if not alerts:
        return None
    moment_column = raised_column(alerts[0].row)
    alerts.sort(key=lambda reported: text_of(reported.row.get(moment_column)))
    columns = (moment_column, "AlertSeverity", "AlertName")
    rows = [
        [
            *(value_cell(column, reported.row.get(column)) for column in columns),
            Markdown(_SIGNS[reported.sign]),
        ]
        for reported in alerts
    ]
    return table(("Time", "Severity", "Alert", "Verdict"), rows)


def unknown(reported: ReportedQuestion) -> list[Markdown]:
    answer = reported.answer
    sentences = [inline(notice.text) for notice in answer.notices]
    if answer.status is not Status.COMPLETE:
        status = _STATUS[answer.status]
        why = f": {inline(answer.failure)}" if answer.failure else ""
        sentences.insert(0, Markdown(f"{status}{why}"))
    title = inline(reported.question.title)
    return [Markdown(f"{title}: {sentence}") for sentence in sentences]


def appended(reported: ReportedQuestion) -> Asked:
    answer = reported.answer
    rows = "1 row" if len(answer.rows) == 1 else f"{len(answer.rows)} rows"
    return Asked(
        title=inline(reported.question.title),
        status=Markdown(f"{_STATUS.get(answer.status, 'complete')}, {rows}"),
        sha256=code(reported.sha256),
        kql=code_block(answer.kql, "kusto"),
    )


def history(report: Report) -> Markdown | None:
    """Who entered what about the device, and when; None where nobody did."""
    if not report.history:
        return None
    titles = {reported.question.name: reported.question.title for reported in report.questions}
    rows = [
        (
            Markdown(happening.seq),
            moment(happening.at),
            inline(happening.by, table=True),
            Markdown(_deed(happening, titles) + (" (undone since)" if happening.undone else "")),
            note_cell(happening.note or ""),
        )
        for happening in report.history
    ]
    return table(("Entry", "When", "By", "What", "Note"), rows)


def _deed(happening: Happening, titles: Mapping[str, str]) -> str:
    what = _named_finding(happening.finding, titles) if happening.finding else ""
    if happening.count > 1:
        what += f" and {happening.count - 1} more"
    match happening.kind:
        case Kind.MARK:
            return f"{happening.verdict}: {what}"
        case Kind.NOTE:
            return f"note on {what}"
        case Kind.UNDO:
            return f"took back entry {happening.target}"
        case Kind.REDO:
            return f"brought back entry {happening.target}"
        case Kind.BASELINE:
            return f"into baseline {cell(happening.baseline or '')}: {what}"
        case Kind.DROP:
            return f"dropped baseline {cell(happening.baseline or '')}"


def _named_finding(finding: Finding, titles: Mapping[str, str]) -> str:
    title = inline(titles.get(finding.question, finding.question), table=True)
    pairs = [*finding.key, *([finding.value] if finding.value else [])]
    return f"{title} {', '.join(cell(text) for _, text in pairs) or '(no name)'}"


def or_none(text: str) -> Markdown:
    return code(text) or Markdown("a device without a name")
