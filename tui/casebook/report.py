"""The report: how every finding of a device stands, for people and for machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

from ...queries.answers import Answer, NoticeKind, Status, Value
from ...queries.hints.hint import HINTED_PANES, Hint, Hinted
from ...queries.language import tr
from ...queries.questions import Question
from ...queries.window import Window
from .casebook import Casebook, Cover, Happening, Judgement, Sign
from .findings import Finding, Verdict, finding_of, members

Format = Literal["markdown", "json", "csv"]
#: When a value of a finding's row was first seen, by set column and value.
FirstSeen = Mapping[Finding, Mapping[tuple[str, str], datetime]]


class Presence(StrEnum):
    """Whether a finding is in the answers the report was made from."""

    PRESENT = "in this window"
    ABSENT = "not in this window"
    UNKNOWN = "not known whether in this window"


@dataclass(frozen=True, slots=True)
class ReportSubject:
    """What was asked about, where, when and by whom."""

    device: str
    hub: str
    window: Window
    source: str
    pack: str
    version: str
    analyst: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReportedQuestion:
    """A question with its answer and the answer's SHA-256 (hex).

    Attributes:
        unhinted: why its rows may have no hint though they deserve one; each in a line.
    """

    question: Question
    answer: Answer
    sha256: str
    unhinted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportedFinding:
    """A finding as it stands.

    Attributes:
        question: None when nobody asked it this time.
        row: as it is now; as it was when judged, where it is not in the answers.
        covered_by: the baseline it stands by, where it has no verdict of its own.
        also_suspicious_on: other devices on which the same is called suspicious.
        first_seen: (set column, value) -> when, as far as that is known.
        hints: why its row deserves a look; evidence, whatever the verdict.
    """

    finding: Finding
    question: Question | None
    sign: Sign
    judgement: Judgement | None
    drift: Mapping[str, list[str]]
    row: Mapping[str, Value]
    presence: Presence
    covered_by: Cover | None = None
    also_suspicious_on: tuple[str, ...] = ()
    first_seen: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    hints: tuple[Hint, ...] = ()

    @property
    def verdict(self) -> Verdict:
        if self.covered_by:
            return Verdict.EXPECTED
        return self.judgement.verdict if self.judgement else Verdict.UNREVIEWED

    @property
    def own_judgement(self) -> Judgement | None:
        """What its verdict comes from; None where that is a baseline, or there is none."""
        return None if self.covered_by else self.judgement

    @property
    def note(self) -> str:
        return self.judgement.note if self.judgement else ""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the three formats say.

    Attributes:
        counts: findings in this window by sign; a drifted one counts as drifted only.
        elsewhere: findings judged earlier that are not (known to be) in this window, by sign.
        findings: rows in the order of the answers, then values, then what is elsewhere.
        history: all that was ever entered about the device, oldest first.
    """

    subject: ReportSubject
    counts: Mapping[Sign, int]
    elsewhere: Mapping[Sign, int]
    findings: tuple[ReportedFinding, ...]
    questions: tuple[ReportedQuestion, ...]
    history: tuple[Happening, ...] = ()


def build_report(
    subject: ReportSubject,
    answered: Sequence[tuple[Question, Answer]],
    casebook: Casebook,
    first_seen: FirstSeen | None = None,
    hinted: Mapping[str, Hinted] | None = None,
) -> Report:
    """Hold every row of the answers, and every earlier verdict, against the casebook.

    Args:
        answered: the panes of the device, alerts included, in the order to be shown.
        first_seen: for drifted findings, where their drill-down was asked.
        hinted: the hints of each pane that has any; None where nobody looked for hints.
    """
    judged = casebook.judged(subject.device, subject.hub)
    rows = list(_rows(subject, answered, casebook, first_seen or {}, hinted or {}))
    seen = {reported.finding.identity: reported for reported in rows}
    asked = {question.name: (question, answer) for question, answer in answered}
    for finding in judged:
        judgement = casebook.judgement(finding)
        if judgement is None or (finding.value is None and finding.identity in seen):
            continue
        if judgement.verdict is not Verdict.UNREVIEWED or judgement.note:
            parent = seen.get(finding.row().identity)
            reported = _earlier(finding, judgement, parent, asked)
            also = tuple(casebook.also_suspicious(finding))
            rows.append(replace(reported, also_suspicious_on=also))
    return Report(
        subject=subject,
        counts=_tally(r for r in rows if r.presence is Presence.PRESENT),
        elsewhere=_tally(r for r in rows if r.presence is not Presence.PRESENT),
        findings=tuple(rows),
        questions=tuple(
            ReportedQuestion(q, a, a.sha256(), _unhinted(q, a, hinted)) for q, a in answered
        ),
        history=tuple(casebook.case_history(subject.device, subject.hub)),
    )


def _rows(
    subject: ReportSubject,
    answered: Sequence[tuple[Question, Answer]],
    casebook: Casebook,
    first_seen: FirstSeen,
    hinted: Mapping[str, Hinted],
) -> Iterator[ReportedFinding]:
    for question, answer in answered:
        hints = hinted.get(question.name, Hinted()).hints
        for place, record in enumerate(answer.records()):
            finding = finding_of(question, subject.device, subject.hub, record)
            standing = casebook.standing(finding, record, question.sets)
            yield ReportedFinding(
                finding=finding,
                question=question,
                sign=standing.sign,
                judgement=standing.judgement,
                drift=standing.drift,
                row=record,
                presence=Presence.PRESENT,
                covered_by=standing.covered_by,
                also_suspicious_on=tuple(casebook.also_suspicious(finding)),
                first_seen=first_seen.get(finding, {}),
                hints=hints.get(place, ()),
            )


def _unhinted(
    question: Question, answer: Answer, hinted: Mapping[str, Hinted] | None
) -> tuple[str, ...]:
    if hinted is None or question.name not in HINTED_PANES or not answer.rows:
        return ()
    said = hinted.get(question.name)
    if said is None:
        return (tr("its rows were not held against the rules for hints"),)
    failed = (tr("the rules could not be asked: {why}", why=said.failure),) if said.failure else ()
    return (*failed, *said.remarks)


def _earlier(
    finding: Finding,
    judgement: Judgement,
    parent: ReportedFinding | None,
    asked: Mapping[str, tuple[Question, Answer]],
) -> ReportedFinding:
    """A judged value, or a judged row that the answers do not have."""
    question, answer = asked.get(finding.question, (None, None))
    presence = Presence.ABSENT
    if parent and finding.value and finding.value[1] in members(parent.row.get(finding.value[0])):
        presence = Presence.PRESENT
    elif answer is None or answer.status is not Status.COMPLETE or _is_cut(answer):
        presence = Presence.UNKNOWN
    return ReportedFinding(
        finding=finding,
        question=question,
        sign=Sign(judgement.verdict),
        judgement=judgement,
        drift={},
        row=parent.row if parent and presence is Presence.PRESENT else judgement.row,
        presence=presence,
        hints=parent.hints if parent and presence is Presence.PRESENT else (),
    )


def _is_cut(answer: Answer) -> bool:
    return any(notice.kind is NoticeKind.CUT for notice in answer.notices)


def _tally(findings: Iterator[ReportedFinding]) -> dict[Sign, int]:
    counts = dict.fromkeys(Sign, 0)
    for reported in findings:
        counts[reported.sign] += 1
    return counts


def render(report: Report, format: Format) -> str:
    """The report as text that ends in a line feed.

    Markdown is for reading, and cuts what is long; JSON holds every fact whole, as
    ``report.schema.json`` describes; CSV has one line a finding, its values made printable.
    """
    # Only here: no other use of the casebook should wait for the template engine.
    match format:
        case "markdown":
            from .summary import summary  # noqa: PLC0415

            return summary(report)
        case "json":
            from .report_facts import json_report  # noqa: PLC0415

            return json_report(report)
        case "csv":
            from .report_facts import csv_report  # noqa: PLC0415

            return csv_report(report)
