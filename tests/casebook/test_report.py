"""The report: its counts, its order, and that all three formats say the same."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from iotriage.queries.answers import Answer, Notice, NoticeKind, Status
from iotriage.queries.questions import Question
from iotriage.tui.casebook.casebook import Casebook, Sign
from iotriage.tui.casebook.findings import Verdict, finding_of
from iotriage.tui.casebook.report import Presence, Report, build_report, render

from .gfm import inlines, parsed, rows, text
from .samples import (
    ALERTS,
    PROCESSES,
    alert,
    alerts,
    found,
    process,
    processes,
    subject,
    ticking,
)

SHELL = process("/bin/sh", "sh", "sh -i")
CURL = process("/usr/bin/curl", "curl")
MINER = process("/tmp/miner", "./miner -o 203.0.113.66:3333")
TOP = process("/usr/bin/top", "top")
BRUTE = alert(1, "Brute force attack succeeded", "See http://evil.example")
ADDED = alert(2, "Local user added")


@pytest.fixture
def casebook(tmp_path: Path) -> Iterator[Casebook]:
    with Casebook.open(tmp_path / "case", "mei@corp.example", ticking()) as casebook:
        yield casebook


@pytest.fixture
def answered() -> list[tuple[Question, Answer]]:
    return [(ALERTS, alerts(ADDED, BRUTE)), (PROCESSES, processes(SHELL, CURL, MINER, TOP))]


@pytest.fixture
def report(casebook: Casebook, answered: list[tuple[Question, Answer]]) -> Report:
    """One finding of every kind."""
    gone = process("/bin/gone", "gone")
    taken_back = process("/bin/back")
    casebook.mark([(found(MINER), MINER)], Verdict.SUSPICIOUS, "Talks to a pool.\n\n# Not ours")
    casebook.mark([(found(CURL), CURL)], Verdict.EXPECTED, "one\ntwo")
    before = process("/bin/sh", "sh")
    casebook.mark([(found(before), before)], Verdict.EXPECTED)
    casebook.mark([(found(BRUTE, ALERTS), BRUTE)], Verdict.SUSPICIOUS)
    value = found(SHELL).with_value("ExecutionCommandLines", "sh -i")
    casebook.mark([(value, SHELL)], Verdict.SUSPICIOUS)
    casebook.mark([(found(gone), gone)], Verdict.SUSPICIOUS)
    casebook.mark([(found(taken_back), taken_back)], Verdict.EXPECTED)
    casebook.mark([(found(taken_back), taken_back)], Verdict.UNREVIEWED)
    return build_report(subject(), answered, casebook)


def test_counts(report: Report) -> None:
    assert report.counts == {
        Sign.SUSPICIOUS: 3,
        Sign.EXPECTED: 1,
        Sign.DRIFTED: 1,
        Sign.UNREVIEWED: 2,
    }
    assert report.elsewhere == {**dict.fromkeys(Sign, 0), Sign.SUSPICIOUS: 1}


def test_what_was_judged_elsewhere_is_marked_so(report: Report) -> None:
    (gone,) = (r for r in report.findings if r.presence is not Presence.PRESENT)
    assert gone.finding.key == (("Executable", "/bin/gone"),)
    assert gone.presence is Presence.ABSENT
    assert gone.row["ExecutionCommandLines"] == ["gone"]


@pytest.mark.parametrize(
    "change",
    [
        {"status": Status.PARTIAL},
        {"status": Status.TRUNCATED},
        {"status": Status.FAILED, "rows": (), "failure": "no network"},
        {"notices": (Notice(NoticeKind.CUT, "Cut at 128 values."),)},
        None,
    ],
)
def test_what_was_not_answered_is_not_called_absent(
    casebook: Casebook, change: dict[str, Any] | None
) -> None:
    gone = process("/bin/gone")
    casebook.mark([(found(gone), gone)], Verdict.SUSPICIOUS)
    answered = [(PROCESSES, replace(processes(SHELL), **change))] if change else []
    report = build_report(subject(), answered, casebook)
    assert report.findings[-1].presence is Presence.UNKNOWN
    assert sum(report.elsewhere.values()) == 1


def test_a_value_that_the_row_has_lost_is_absent(casebook: Casebook) -> None:
    value = found(SHELL).with_value("ExecutionCommandLines", "sh -i")
    casebook.mark([(value, SHELL)], Verdict.SUSPICIOUS)
    now = process("/bin/sh", "sh")
    report = build_report(subject(), [(PROCESSES, processes(now))], casebook)
    assert [r.presence for r in report.findings] == [Presence.PRESENT, Presence.ABSENT]
    assert report.counts[Sign.SUSPICIOUS] == 0


def test_other_devices_stay_out(casebook: Casebook) -> None:
    theirs = finding_of(PROCESSES, "cam-2", "plant-7", MINER)
    casebook.mark([(theirs, MINER)], Verdict.SUSPICIOUS)
    assert build_report(subject(), [], casebook).findings == ()


def test_json_says_all_of_it(report: Report) -> None:
    text = render(report, "json")
    assert text.isascii()
    facts = json.loads(text)
    assert (facts["device"], facts["hub"], facts["source"]) == ("cam-1", "plant-7", "DEMO")
    assert facts["window"] == {"start": "2026-11-20T12:00:00Z", "end": "2026-11-21T12:00:00Z"}
    assert facts["counts"] == {"suspicious": 3, "expected": 1, "drifted": 1, "unreviewed": 2}
    by_name = {f["key"].get("Executable"): f for f in facts["findings"] if f["value"] is None}
    miner = by_name["/tmp/miner"]
    assert miner == {
        "question": "processes",
        "key": {"Executable": "/tmp/miner"},
        "value": None,
        "verdict": "suspicious",
        "note": "Talks to a pool.\n\n# Not ours",
        "by": "mei@corp.example",
        "at": "2026-11-20T12:00:00Z",
        "drift": {},
        "first_seen": {},
        "covered_by": None,
        "also_suspicious_on": [],
        "hints": [],
        "presence": "in this window",
        "alert": None,
        "row": {**MINER, "MinObservedTime": "2026-11-20T12:00:00Z"},
    }
    assert by_name["/bin/sh"]["verdict"] == "expected"
    assert by_name["/bin/sh"]["drift"] == {"ExecutionCommandLines": ["sh -i"]}
    top = by_name["/usr/bin/top"]
    assert (top["verdict"], top["by"], top["at"], top["note"]) == ("unreviewed", None, None, None)
    (alert,) = (f["alert"] for f in facts["findings"] if f["key"].get("SystemAlertId") == "alert-1")
    assert alert == {
        "known_by": "live_name",
        "name": "Successful Bruteforce attempt",
        "severities": {"legacy_agent": "High"},
        "meaning": "Many failed sign-ins were followed by one that worked.",
        "remedy": "Review the sign-in run and what the account did next; if hostile, reset the"
        " passwords involved and look for malware.",
        "tactics": ["Credential Access", "Initial Access"],
        "tactics_suggested": True,
        "techniques": [
            {"id": "T1110.001", "name": "Password Guessing"},
            {"id": "T0859", "name": "Valid Accounts"},
        ],
        "techniques_suggested": True,
        "entities": [],
        "entities_whole": True,
    }
    (value,) = (f["value"] for f in facts["findings"] if f["value"])
    assert value == {"ExecutionCommandLines": "sh -i"}
    question = facts["questions"][1]
    assert question["sha256"] == processes(SHELL, CURL, MINER, TOP).sha256()
    assert (question["kql"], question["status"]) == ("SecurityIoTRawEvent", "complete")


def test_csv_has_a_line_a_finding(report: Report) -> None:
    lines = list(csv.DictReader(io.StringIO(render(report, "csv"))))
    assert len(lines) == len(report.findings)
    by_key = {line["key"]: line for line in lines if not line["value"]}
    miner = by_key["Executable=/tmp/miner"]
    assert (miner["verdict"], miner["drifted"]) == ("suspicious", "no")
    assert miner["note"] == "Talks to a pool.\\n\\n# Not ours"
    shell = by_key["Executable=/bin/sh"]
    assert (shell["verdict"], shell["drifted"]) == ("expected", "yes")
    assert shell["drift"] == "ExecutionCommandLines=sh -i"
    assert json.loads(shell["row"])["CntExecutions"] == 1


def test_markdown_tells_it_in_order(report: Report) -> None:
    markdown = render(report, "markdown")
    assert [text(token) for token in inlines(markdown, "heading_open")] == [
        "Findings on cam-1",
        "Verdicts",
        "Drifted",
        "Processes: /bin/sh",
        "Suspicious",
        "High: Brute force attack succeeded",
        "Processes: /tmp/miner",
        "Processes: /bin/sh, Command lines: sh -i",
        "Processes: /bin/gone",
        "Expected",
        "Processes",
        "Not yet reviewed",
        "Alerts",
        "Processes",
        "Alerts in time",
        "What could not be known",
        "Appendix: who decided what, and when",
        "Appendix: what was asked, and what came back",
        "Alerts",
        "Processes",
    ]
    paragraphs = [text(token) for token in inlines(markdown, "paragraph_open")]
    decided = "Suspicious, decided by mei@corp.example on 2026-11-20 12:00:00 UTC."
    assert paragraphs[paragraphs.index(decided) + 1 :][:2] == ["Talks to a pool.", "# Not ours"]
    assert "Command lines: sh -i" in paragraphs
    assert any("Not in this window" in paragraph for paragraph in paragraphs)
    cells = rows(markdown)
    assert ["Suspicious", "3", "1"] in cells
    assert ["Not yet reviewed", "2", "0"] in cells
    alerts = [row for row in cells if len(row) == 5 and row[1] == "High"]
    assert [row[2:] for row in alerts] == [
        ["Brute force attack succeeded", "T1110.001, T0859 (suggested)", "suspicious"],
        ["Local user added", "", "not yet reviewed"],
    ]
    expected = next(row for row in cells if row[0] == "/usr/bin/curl")
    assert expected[3:] == ["one / two", "in this window"]


def test_markdown_of_nothing_at_all(casebook: Casebook) -> None:
    report = build_report(subject(device="", hub="", source=""), [], casebook)
    markdown = render(report, "markdown")
    assert "Findings on a device without a name" in markdown
    for sentence in (
        "Nothing was found suspicious.",
        "Nothing is expected.",
        "Everything was reviewed.",
        "No alert named this device in this window.",
        "Every question was answered whole",
        "Nothing was ever entered about this device.",
    ):
        assert sentence in markdown
    assert markdown.endswith("\n")


def test_markdown_says_what_could_not_be_known(casebook: Casebook) -> None:
    silent = Notice(NoticeKind.SILENT, "The agent was silent from 09:00 to 11:00 on cam_1.")
    failed = Answer("alerts", status=Status.FAILED, failure="no network at www.evil.example")
    answered = [
        (ALERTS, failed),
        (PROCESSES, replace(processes(SHELL), status=Status.TRUNCATED).noting(silent)),
    ]
    markdown = render(build_report(subject(), answered, casebook), "markdown")
    lines = [text(token) for token in inlines(markdown, "paragraph_open")]
    assert "Alerts: failed: no network at www.evil.example" in lines
    assert "Processes: the answer was cut at the limit of the source" in lines
    assert f"Processes: {silent.text}" in lines


def test_markdown_counts_the_rows_and_values_it_leaves_out(casebook: Casebook) -> None:
    many = [process(f"/bin/{n}") for n in range(130)]
    busy = process("/bin/busy", *(f"line {n}" for n in range(50)))
    answered = [(PROCESSES, processes(busy, *many))]
    markdown = render(build_report(subject(), answered, casebook), "markdown")
    assert "31 more of these are in the JSON report." in markdown
    assert "`line 19` and 30 more |" in markdown


def test_the_query_stands_whole_in_the_appendix(casebook: Casebook) -> None:
    kql = 'let device = "```\n# x";\nSecurityIoTRawEvent\n| take 1'
    report = build_report(subject(), [(PROCESSES, processes(SHELL, kql=kql))], casebook)
    (fence,) = (t for t in parsed(render(report, "markdown")) if t.type == "fence")
    assert (fence.content, fence.info) == (f"{kql}\n", "kusto")
