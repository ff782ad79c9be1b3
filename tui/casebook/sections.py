"""The sections of the summary, in Markdown: every text escaped where it comes in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...queries.alert_columns import raised_column
from ...queries.answers import Status
from ...queries.language import tr, translatable
from ...queries.wording import counted
from .alert_facts import techniques_cell
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
    Sign.SUSPICIOUS: translatable("suspicious"),
    Sign.DRIFTED: translatable("drifted"),
    Sign.EXPECTED: translatable("expected"),
    Sign.UNREVIEWED: translatable("not yet reviewed"),
}
_STATUS = {
    Status.PARTIAL: translatable("answered only in part"),
    Status.TRUNCATED: translatable("the answer was cut at the limit of the source"),
    Status.FAILED: translatable("failed"),
    Status.COMPLETE: translatable("complete"),
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
        (tr("Device"), cell(subject.device)),
        (tr("Hub"), cell(subject.hub)),
        (
            tr("Window"),
            Markdown(
                tr(
                    "{start} to {end} ({length})",
                    start=moment(start),
                    end=moment(end),
                    length=span(end - start),
                )
            ),
        ),
        (tr("Source"), cell(subject.source)),
        (tr("Question pack"), cell(subject.pack)),
        (tr("Written"), moment(subject.at)),
        (tr("By"), cell(subject.analyst)),
        (tr("With"), Markdown(f"iotriage {inline(subject.version, table=True)}")),
    ]
    return table((tr("What was asked"), ""), [(Markdown(name), text) for name, text in rows])


def counts(report: Report) -> Markdown:
    head = [tr("Verdict"), tr("In this window")]
    if any(report.elsewhere.values()):
        head.append(tr("Judged before, not seen in this window"))
    columns = (report.counts, report.elsewhere)[: len(head) - 1]
    rows = [
        [Markdown(tr(word).capitalize()), *(Markdown(counts[sign]) for counts in columns)]
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
            techniques_cell(reported),
            Markdown(tr(_SIGNS[reported.sign])),
        ]
        for reported in alerts
    ]
    head = (tr("Time"), tr("Severity"), tr("Alert"), tr("Techniques"), tr("Verdict"))
    return table(head, rows)


def unknown(reported: ReportedQuestion) -> list[Markdown]:
    answer = reported.answer
    sentences = [inline(notice.text) for notice in answer.notices]
    if answer.status is not Status.COMPLETE:
        status = tr(_STATUS[answer.status])
        why = f": {inline(answer.failure)}" if answer.failure else ""
        sentences.insert(0, Markdown(f"{status}{why}"))
    sentences += [inline(sentence) for sentence in reported.unhinted]
    title = inline(tr(reported.question.title))
    return [Markdown(f"{title}: {sentence}") for sentence in sentences]


def appended(reported: ReportedQuestion) -> Asked:
    answer = reported.answer
    rows = counted(len(answer.rows), "row")
    return Asked(
        title=inline(tr(reported.question.title)),
        status=Markdown(f"{tr(_STATUS[answer.status])}, {rows}"),
        sha256=code(reported.sha256),
        kql=code_block(answer.kql, "kusto"),
    )


def history(report: Report) -> Markdown | None:
    """Who entered what about the device, and when; None where nobody did."""
    if not report.history:
        return None
    titles = {reported.question.name: tr(reported.question.title) for reported in report.questions}
    rows = [
        (
            Markdown(happening.seq),
            moment(happening.at),
            inline(happening.by, table=True),
            Markdown(
                _deed(happening, titles) + (tr(" (undone since)") if happening.undone else "")
            ),
            note_cell(happening.note or ""),
        )
        for happening in report.history
    ]
    return table((tr("Entry"), tr("When"), tr("By"), tr("What"), tr("Note")), rows)


def _deed(happening: Happening, titles: Mapping[str, str]) -> str:
    what = _named_finding(happening.finding, titles) if happening.finding else ""
    if happening.count > 1:
        what += tr(" and {count} more", count=happening.count - 1)
    match happening.kind:
        case Kind.MARK:
            return f"{tr(str(happening.verdict))}: {what}"
        case Kind.NOTE:
            return tr("note on {finding}", finding=what)
        case Kind.UNDO:
            return tr("took back entry {target}", target=happening.target)
        case Kind.REDO:
            return tr("brought back entry {target}", target=happening.target)
        case Kind.BASELINE:
            return tr(
                "into baseline {baseline}: {finding}",
                baseline=cell(happening.baseline or ""),
                finding=what,
            )
        case Kind.DROP:
            return tr("dropped baseline {baseline}", baseline=cell(happening.baseline or ""))


def _named_finding(finding: Finding, titles: Mapping[str, str]) -> str:
    title = inline(titles.get(finding.question, finding.question), table=True)
    pairs = [*finding.key, *([finding.value] if finding.value else [])]
    return f"{title} {', '.join(cell(text) for _, text in pairs) or tr('(no name)')}"


def or_none(text: str) -> Markdown:
    return code(text) or Markdown(tr("a device without a name"))
