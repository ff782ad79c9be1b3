"""The report for machines: JSON as its schema says, and CSV."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from ...queries.answers import jsonable, rfc3339
from ...queries.hints.hint import Hint
from .alert_facts import alert_facts
from .csv_text import csv_text
from .judgements import Cover, Happening, Sign
from .report import Report, ReportedFinding, ReportedQuestion, ReportSubject

_CSV_HEAD = (
    *("device", "hub", "window_start", "window_end", "question", "key", "value", "verdict"),
    *("drifted", "presence", "note", "by", "at", "drift", "row"),
    *("covered_by", "also_suspicious_on", "hints"),
)


def report_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) that every JSON report fulfils."""
    text = files(__package__).joinpath("report.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def json_report(report: Report) -> str:
    return json.dumps(_facts(report), ensure_ascii=True, indent=2, default=str) + "\n"


def csv_report(report: Report) -> str:
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
        "history": [_happening_facts(happening) for happening in report.history],
    }


def _finding_facts(reported: ReportedFinding) -> dict[str, Any]:
    finding, judgement = reported.finding, reported.own_judgement
    return {
        "question": finding.question,
        "key": dict(finding.key),
        "value": dict([finding.value]) if finding.value else None,
        "verdict": reported.verdict,
        "note": reported.note or None,
        "by": judgement.by if judgement else None,
        "at": rfc3339(judgement.at) if judgement else None,
        "drift": dict(reported.drift),
        "first_seen": _first_seen(reported),
        "covered_by": _cover_facts(reported.covered_by) if reported.covered_by else None,
        "also_suspicious_on": list(reported.also_suspicious_on),
        "hints": [_hint_facts(hint) for hint in reported.hints],
        "presence": reported.presence,
        "alert": alert_facts(reported),
        "row": jsonable(dict(reported.row)),
    }


def _hint_facts(hint: Hint) -> dict[str, Any]:
    return {
        "title": hint.title,
        "why": hint.why,
        "level": hint.level,
        "techniques": list(hint.techniques),
        "source": hint.source,
        "count": hint.count,
        "first": rfc3339(hint.first) if hint.first else None,
        "last": rfc3339(hint.last) if hint.last else None,
        "example": hint.example,
    }


def _first_seen(reported: ReportedFinding) -> dict[str, dict[str, str]]:
    """Of the gained values, as far as it is known."""
    return {
        column: {
            value: rfc3339(at)
            for value in values
            if (at := reported.first_seen.get((column, value)))
        }
        for column, values in reported.drift.items()
    }


def _cover_facts(cover: Cover) -> dict[str, Any]:
    return {
        "name": cover.name,
        "scope": cover.scope,
        "by": cover.by,
        "at": rfc3339(cover.at),
        "device": cover.device,
        "hub": cover.hub,
    }


def _happening_facts(happening: Happening) -> dict[str, Any]:
    finding = happening.finding
    return {
        "seq": happening.seq,
        "at": rfc3339(happening.at),
        "by": happening.by,
        "kind": happening.kind,
        "question": finding.question if finding else None,
        "key": dict(finding.key) if finding else None,
        "value": dict([finding.value]) if finding and finding.value else None,
        "findings": happening.count,
        "verdict": happening.verdict,
        "note": happening.note,
        "undone": happening.undone,
        "target": happening.target,
        "baseline": happening.baseline,
    }


def _question_facts(reported: ReportedQuestion) -> dict[str, Any]:
    answer = reported.answer
    return {
        "question": reported.question.name,
        "title": reported.question.title,
        "status": answer.status,
        "failure": answer.failure or None,
        "notices": [*(notice.text for notice in answer.notices), *reported.unhinted],
        "rows": len(answer.rows),
        "sha256": reported.sha256,
        "kql": answer.kql,
    }


def _csv_row(subject: ReportSubject, reported: ReportedFinding) -> list[str]:
    finding, judgement = reported.finding, reported.own_judgement
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
        reported.covered_by.name if reported.covered_by else "",
        "; ".join(reported.also_suspicious_on),
        "; ".join(hint.title for hint in reported.hints),
    ]
