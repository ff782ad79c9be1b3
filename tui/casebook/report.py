"""The report: how every finding of a device stands, for people and for machines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from ...queries.answers import Answer, NoticeKind, Status, Value, jsonable, rfc3339
from ...queries.questions import Question
from ...queries.window import Window
from .casebook import Casebook, Judgement, Sign
from .csv_text import csv_text
from .findings import Finding, Verdict, finding_of, members

Format = Literal["markdown", "json", "csv"]

_CSV_HEAD = (
    *("device", "hub", "window_start", "window_end", "question", "key", "value", "verdict"),
    *("drifted", "presence", "note", "by", "at", "drift", "row"),
)


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
    """A question with its answer and the answer's SHA-256 (hex)."""

    question: Question
    answer: Answer
    sha256: str


@dataclass(frozen=True, slots=True)
class ReportedFinding:
    """A finding as it stands.

    Attributes:
        question: None when nobody asked it this time.
        row: as it is now; as it was when judged, where it is not in the answers.
    """

    finding: Finding
    question: Question | None
    sign: Sign
    judgement: Judgement | None
    drift: Mapping[str, list[str]]
    row: Mapping[str, Value]
    presence: Presence

    @property
    def verdict(self) -> Verdict:
        return self.judgement.verdict if self.judgement else Verdict.UNREVIEWED

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
    """

    subject: ReportSubject
    counts: Mapping[Sign, int]
    elsewhere: Mapping[Sign, int]
    findings: tuple[ReportedFinding, ...]
    questions: tuple[ReportedQuestion, ...]


def build_report(
    subject: ReportSubject, answered: Sequence[tuple[Question, Answer]], casebook: Casebook
) -> Report:
    """Hold every row of the answers, and every earlier verdict, against the casebook.

    Args:
        answered: the panes of the device, alerts included, in the order to be shown.
    """
    rows = list(_rows(subject, answered, casebook))
    seen = {reported.finding.identity: reported for reported in rows}
    asked = {question.name: (question, answer) for question, answer in answered}
    for finding in casebook.judged(subject.device, subject.hub):
        judgement = casebook.judgement(finding)
        if judgement is None or (finding.value is None and finding.identity in seen):
            continue
        if judgement.verdict is not Verdict.UNREVIEWED or judgement.note:
            rows.append(_earlier(finding, judgement, seen.get(finding.row().identity), asked))
    return Report(
        subject=subject,
        counts=_tally(r for r in rows if r.presence is Presence.PRESENT),
        elsewhere=_tally(r for r in rows if r.presence is not Presence.PRESENT),
        findings=tuple(rows),
        questions=tuple(ReportedQuestion(q, a, a.sha256()) for q, a in answered),
    )


def _rows(
    subject: ReportSubject, answered: Sequence[tuple[Question, Answer]], casebook: Casebook
) -> Iterator[ReportedFinding]:
    for question, answer in answered:
        for record in answer.records():
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
            )


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

    Markdown is for reading, and cuts what is long; JSON holds every fact whole; CSV has one
    line a finding, its values made printable.
    """
    match format:
        case "markdown":
            # Only here: no other use of the casebook should wait for the template engine.
            from .summary import summary  # noqa: PLC0415

            return summary(report)
        case "json":
            return json.dumps(_facts(report), ensure_ascii=True, indent=2, default=str) + "\n"
        case "csv":
            return csv_text(_CSV_HEAD, (_csv_row(report.subject, r) for r in report.findings))


def _facts(report: Report) -> dict[str, Any]:
    subject = report.subject
    return {
        "device": subject.device,
        "hub": subject.hub,
        "window": {"start": rfc3339(subject.window.start), "end": rfc3339(subject.window.end)},
        "source": subject.source,
        "pack": subject.pack,
        "version": subject.version,
        "analyst": subject.analyst,
        "at": rfc3339(subject.at),
        "counts": dict(report.counts),
        "not_in_window": dict(report.elsewhere),
        "findings": [_finding_facts(reported) for reported in report.findings],
        "questions": [_question_facts(reported) for reported in report.questions],
    }


def _finding_facts(reported: ReportedFinding) -> dict[str, Any]:
    finding, judgement = reported.finding, reported.judgement
    return {
        "question": finding.question,
        "key": dict(finding.key),
        "value": dict([finding.value]) if finding.value else None,
        "verdict": reported.verdict,
        "note": reported.note or None,
        "by": judgement.by if judgement else None,
        "at": rfc3339(judgement.at) if judgement else None,
        "drift": dict(reported.drift),
        "presence": reported.presence,
        "row": jsonable(dict(reported.row)),
    }


def _question_facts(reported: ReportedQuestion) -> dict[str, Any]:
    answer = reported.answer
    return {
        "question": reported.question.name,
        "title": reported.question.title,
        "status": answer.status,
        "failure": answer.failure or None,
        "notices": [notice.text for notice in answer.notices],
        "rows": len(answer.rows),
        "sha256": reported.sha256,
        "kql": answer.kql,
    }


def _csv_row(subject: ReportSubject, reported: ReportedFinding) -> list[str]:
    finding, judgement = reported.finding, reported.judgement
    drift = (f"{column}={'; '.join(values)}" for column, values in reported.drift.items())
    return [
        subject.device,
        subject.hub,
        rfc3339(subject.window.start),
        rfc3339(subject.window.end),
        finding.question,
        "; ".join(f"{column}={text}" for column, text in finding.key),
        "=".join(finding.value or ()),
        reported.verdict,
        "yes" if reported.sign is Sign.DRIFTED else "no",
        reported.presence,
        reported.note,
        judgement.by if judgement else "",
        rfc3339(judgement.at) if judgement else "",
        "; ".join(drift),
        json.dumps(jsonable(dict(reported.row)), default=str),
    ]
