"""The Markdown summary: what the template is filled with, every text escaped on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from ...queries.alert_catalogue import raised_column
from ...queries.answers import Status
from .cells import evidence, labels, moment, named, span, value_cell, values_cell
from .findings import Verdict, text_of
from .judgements import Judgement, Sign
from .markdown import Markdown, cell, code, code_block, inline, table
from .report import Presence, Report, ReportedFinding, ReportedQuestion, ReportSubject

#: Rows nobody has judged that are printed; the rest is counted.
_SHOWN_ROWS = 100

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
class _Told:
    """A finding that somebody decided on, told at length."""

    title: Markdown
    decision: Markdown
    drift: tuple[Markdown, ...]
    note: tuple[Markdown, ...]
    evidence: Markdown


@dataclass(frozen=True, slots=True)
class _Listed:
    """Findings of one question, one row each."""

    title: Markdown
    rows: Markdown
    left_out: int


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question in the appendix."""

    title: Markdown
    status: Markdown
    sha256: Markdown
    kql: Markdown


def summary(report: Report) -> str:
    """The report as Markdown."""
    by_sign = {sign: [r for r in report.findings if r.sign is sign] for sign in Sign}
    drifted = sorted(by_sign[Sign.DRIFTED], key=lambda r: r.verdict is not Verdict.SUSPICIOUS)
    return _template().render(
        device=_or_none(report.subject.device),
        asked=_asked_table(report.subject),
        counts=_counts(report),
        suspicious=[_told(r) for r in by_sign[Sign.SUSPICIOUS]],
        drifted=[_told(r) for r in drifted],
        expected=_lists(by_sign[Sign.EXPECTED], _expected),
        unreviewed=_lists(by_sign[Sign.UNREVIEWED], _unreviewed),
        timeline=_timeline(report.findings),
        unknown=[line for question in report.questions for line in _unknown(question)],
        appendix=[_appended(question) for question in report.questions],
    )


@cache
def _template() -> Template:
    # Autoescape, with our escaper in the place of the one for HTML.
    environment = ImmutableSandboxedEnvironment(
        autoescape=True,
        finalize=_escaped,
        keep_trailing_newline=True,
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    text = files(__package__).joinpath("summary.md.jinja").read_text("utf-8")
    return environment.from_string(text)


def _escaped(value: object) -> Markup:
    """What is no Markdown yet becomes so, wherever it stands in the template."""
    # Markup itself comes from nothing but the template's own macros.
    done = isinstance(value, Markdown | Markup)
    return Markup(value if done else inline(str(value)))  # noqa: S704


def _asked_table(subject: ReportSubject) -> Markdown:
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


def _counts(report: Report) -> Markdown:
    head = ["Verdict", "In this window"]
    if any(report.elsewhere.values()):
        head.append("Judged before, not seen in this window")
    columns = (report.counts, report.elsewhere)[: len(head) - 1]
    rows = [
        [Markdown(word.capitalize()), *(Markdown(counts[sign]) for counts in columns)]
        for sign, word in _SIGNS.items()
    ]
    return table(head, rows)


def _told(reported: ReportedFinding) -> _Told:
    names = labels(reported.question)
    return _Told(
        title=_title(reported),
        decision=Markdown(_decision(reported.judgement) + _whereabouts(reported)),
        drift=tuple(
            Markdown(f"{inline(names.get(column, column))}: {values_cell(gained, table=False)}")
            for column, gained in reported.drift.items()
        ),
        note=tuple(inline(line) for line in _lines(reported.note)),
        evidence=evidence(reported.row, names),
    )


def _title(reported: ReportedFinding) -> Markdown:
    finding, row = reported.finding, reported.row
    if finding.question == "alerts" and row.get("AlertName"):
        words = [inline(text_of(row.get("AlertSeverity"))), inline(text_of(row["AlertName"]))]
        title = ": ".join(word for word in words if word)
    else:
        key = ", ".join(code(text) for _, text in finding.key) or "(no name)"
        title = f"{_question_title(reported)}: {key}"
    if finding.value:
        column, value = finding.value
        title += f", {inline(labels(reported.question).get(column, column))}: {code(value)}"
    return Markdown(title)


def _question_title(reported: ReportedFinding) -> Markdown:
    question = reported.question
    return inline(question.title if question else reported.finding.question)


def _decision(judgement: Judgement | None) -> str:
    if judgement is None:
        return "Nobody has decided yet."
    by, at = inline(judgement.by) or "somebody", moment(judgement.at)
    return f"{judgement.verdict.capitalize()}, decided by {by} on {at}."


def _whereabouts(reported: ReportedFinding) -> str:
    match reported.presence:
        case Presence.PRESENT:
            return ""
        case Presence.ABSENT:
            return " Not in this window: the evidence below is what was judged."
    return " Not looked for this time, or not answered: the evidence below is what was judged."


def _lines(text: str) -> list[str]:
    """The lines of a note that say something."""
    return [line for line in text.replace("\r", "\n").split("\n") if line.strip()]


def _lists(
    findings: Sequence[ReportedFinding], listed: Callable[[Sequence[ReportedFinding]], _Listed]
) -> list[_Listed]:
    """One list a question."""
    groups: dict[str, list[ReportedFinding]] = {}
    for reported in findings:
        groups.setdefault(reported.finding.question, []).append(reported)
    return [listed(group) for group in groups.values()]


def _expected(group: Sequence[ReportedFinding]) -> _Listed:
    head = ("Finding", "By", "When", "Note", "Seen")
    rows = [
        (
            _finding_cell(reported),
            inline(judgement.by, table=True),
            moment(judgement.at),
            _note_cell(reported),
            Markdown(reported.presence.value),
        )
        for reported in group
        if (judgement := reported.judgement)
    ]
    return _Listed(_question_title(group[0]), table(head, rows), left_out=0)


def _finding_cell(reported: ReportedFinding) -> Markdown:
    finding, row = reported.finding, reported.row
    if finding.question == "alerts" and row.get("AlertName"):
        return inline(text_of(row["AlertName"]), table=True)
    pairs = [*finding.key, *([finding.value] if finding.value else [])]
    return Markdown(", ".join(cell(text) for _, text in pairs) or "(no name)")


def _note_cell(reported: ReportedFinding) -> Markdown:
    return Markdown(" / ".join(inline(line, table=True) for line in _lines(reported.note)))


def _unreviewed(group: Sequence[ReportedFinding]) -> _Listed:
    question = group[0].question
    names = [shown.column for shown in question.shown] if question else []
    names = names or [column for column, _ in group[0].finding.key]
    head = [named(column, labels(question)) for column in names]
    noted = any(reported.note for reported in group)
    rows = [
        [
            *(value_cell(column, reported.row.get(column)) for column in names),
            *([_note_cell(reported)] if noted else []),
        ]
        for reported in group[:_SHOWN_ROWS]
    ]
    body = table([*head, *(["Note"] if noted else [])], rows)
    return _Listed(_question_title(group[0]), body, left_out=max(0, len(group) - _SHOWN_ROWS))


def _timeline(findings: Sequence[ReportedFinding]) -> Markdown | None:
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


def _unknown(reported: ReportedQuestion) -> list[Markdown]:
    answer = reported.answer
    sentences = [inline(notice.text) for notice in answer.notices]
    if answer.status is not Status.COMPLETE:
        status = _STATUS[answer.status]
        why = f": {inline(answer.failure)}" if answer.failure else ""
        sentences.insert(0, Markdown(f"{status}{why}"))
    title = inline(reported.question.title)
    return [Markdown(f"{title}: {sentence}") for sentence in sentences]


def _appended(reported: ReportedQuestion) -> _Asked:
    answer = reported.answer
    rows = "1 row" if len(answer.rows) == 1 else f"{len(answer.rows)} rows"
    return _Asked(
        title=inline(reported.question.title),
        status=Markdown(f"{_STATUS.get(answer.status, 'complete')}, {rows}"),
        sha256=code(reported.sha256),
        kql=code_block(answer.kql, "kusto"),
    )


def _or_none(text: str) -> Markdown:
    return code(text) or Markdown("a device without a name")
