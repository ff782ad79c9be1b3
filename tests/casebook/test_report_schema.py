"""Every JSON report, whatever the device said, is what its published schema says."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from iotriage.queries.answers import Answer, Column, Notice, NoticeKind, Status
from iotriage.tui.casebook.casebook import Casebook, Sign
from iotriage.tui.casebook.findings import Verdict, finding_of
from iotriage.tui.casebook.report import Report, build_report, render
from iotriage.tui.casebook.report_facts import report_schema

from .gfm import inlines, rows, text
from .samples import (
    ALERTS,
    HOSTILE,
    NOON,
    PROCESSES,
    USERS,
    alert,
    alerts,
    process,
    processes,
    subject,
    texts,
    ticking,
)

VALIDATOR = jsonschema.Draft202012Validator(
    report_schema(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
)


def facts_of(report: Report) -> Any:
    facts = json.loads(render(report, "json"), parse_constant=pytest.fail)
    VALIDATOR.validate(facts)
    return facts


def report_with_everything(folder: Path, names: list[str], verdict: Verdict) -> Report:
    """Verdicts, notes, values, drift, baselines, suspicions elsewhere, undos, failures."""
    device, hub, name, line, note = names
    row, more, warning = process(name, line), process(name, line, f"{line}+"), alert(1, name, line)
    with Casebook.open(folder / "case", name, ticking()) as casebook:
        finding = finding_of(PROCESSES, device, hub, row)
        other = finding_of(PROCESSES, f"{device}2", hub, row)
        casebook.mark([(other, row)], Verdict.EXPECTED, note)
        casebook.keep_baseline("hub", f"{device}2", hub, f"of {name}")
        third = finding_of(PROCESSES, f"{device}3", f"{hub}3", row)
        casebook.mark([(third, row)], Verdict.SUSPICIOUS, note)
        casebook.mark([(finding, row)], verdict, note)
        casebook.mark([(finding.with_value("ExecutingUsers", line), row)], verdict)
        casebook.mark([(finding_of(ALERTS, device, hub, warning), warning)], verdict, note)
        casebook.undo()
        casebook.redo()
        casebook.note(finding_of(USERS, device, hub, {"UserName": line}), {"x": None}, note)
        noted = alerts(warning).noting(Notice(NoticeKind.REMARK, note))
        answered = [
            (ALERTS, replace(noted, status=Status.TRUNCATED)),
            (PROCESSES, processes(more, kql=note)),
            (USERS, Answer("users", status=Status.FAILED, failure=note)),
        ]
        seen = {finding: {("ExecutionCommandLines", f"{line}+"): NOON + timedelta(microseconds=9)}}
        return build_report(subject(device, hub, line), answered, casebook, seen)


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(report_schema())


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(names=st.lists(texts, min_size=5, max_size=5), verdict=st.sampled_from(Verdict))
def test_hostile_reports_fulfil_the_schema(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], verdict: Verdict
) -> None:
    report = report_with_everything(tmp_path_factory.mktemp("schema"), names, verdict)
    facts = facts_of(report)
    assert len(facts["findings"]) == len(report.findings)
    assert len(facts["history"]) == len(report.history)


@settings(max_examples=60, deadline=None)
@given(names=st.lists(texts, min_size=6, max_size=6))
def test_alerts_that_name_anything_fulfil_the_schema(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    kind, name, first, second, tactic, technique = names
    entities = [
        {"$id": first, "Type": kind, "Name": name, "Host": {"$ref": second}},
        {"$id": second, "Type": "account", "Name": second, "Host": {"$ref": first}},
        {"Type": "ip", "Address": name},
    ]
    told = {
        **{"AlertType": "IoT_ReverseShell", "Entities": json.dumps(entities)},
        **{"Tactics": json.dumps([tactic]), "Techniques": technique},
    }
    row = alert(1, name) | told
    columns = (*alerts(alert(1, name)).columns, *(Column(column, "string") for column in told))
    answer = Answer("alerts", columns, (tuple(row.values()),))
    with Casebook.open(tmp_path_factory.mktemp("alert") / "case", "mei") as casebook:
        casebook.mark([(finding_of(ALERTS, "cam-1", "plant-7", row), row)], Verdict.SUSPICIOUS)
        report = build_report(subject(), [(ALERTS, answer)], casebook)
    (fact,) = facts_of(report)["findings"]
    assert fact["alert"]["known_by"] == "type"
    assert len(fact["alert"]["entities"]) == 3
    assert fact["alert"]["entities"][2]["name"] == (name.strip() or "(no name)")
    # Read back, there is nothing but what a summary is made of.
    markdown = render(report, "markdown")
    items = [text(token) for token in inlines(markdown, "paragraph_open")]
    assert sum(item.startswith("It names: ") for item in items) == 1


def test_the_schema_refuses_what_is_no_report(tmp_path: Path) -> None:
    facts = facts_of(report_with_everything(tmp_path, ["a", "b", "c", "d", "e"], Verdict.EXPECTED))
    changes: tuple[Callable[[Any], object], ...] = (
        lambda f: f.pop("counts"),
        lambda f: f["counts"].update(drifted=-1),
        lambda f: f["findings"][0].update(verdict="fine"),
        lambda f: f["findings"][0].update(value={"a": "b", "c": "d"}),
        lambda f: f["findings"][0].update(covered_by="x"),
        lambda f: f["history"][0].update(kind="guess"),
        lambda f: f.update(at="2026-11-20"),
        lambda f: f.update(extra=1),
    )
    for change in changes:
        broken = json.loads(json.dumps(facts))
        change(broken)
        assert not VALIDATOR.is_valid(broken)


def everything(folder: Path, verdict: Verdict) -> Report:
    return report_with_everything(folder, ["cam-1", "plant-7", "/bin/sh", "sh", "why"], verdict)


def test_a_covered_row_counts_as_expected_and_names_its_baseline(tmp_path: Path) -> None:
    report = everything(tmp_path, Verdict.UNREVIEWED)
    (row,) = (r for r in report.findings if r.covered_by)
    assert row.sign is Sign.DRIFTED
    answered = [(PROCESSES, processes(process("/bin/sh", "sh")))]
    with Casebook.open(tmp_path / "case", "kim") as casebook:
        report = build_report(subject(), answered, casebook)
    assert report.counts[Sign.EXPECTED] == 1
    (fact,) = (f for f in facts_of(report)["findings"] if f["covered_by"])
    assert (fact["verdict"], fact["by"], fact["at"]) == ("expected", None, None)
    assert fact["covered_by"] == {
        "name": "of /bin/sh",
        "scope": "hub",
        "by": "/bin/sh",
        "at": "2026-11-20T12:00:00Z",
        "device": "cam-12",
        "hub": "plant-7",
    }
    assert fact["also_suspicious_on"] == ["cam-13"]
    cells = rows(render(report, "markdown"))
    assert any("baseline of /bin/sh of the hub" in row for row in cells)
    assert any("Also suspicious on" in row for row in cells)


def test_drift_is_told_with_its_first_seen(tmp_path: Path) -> None:
    report = everything(tmp_path, Verdict.EXPECTED)
    facts = facts_of(report)
    (fact,) = (f for f in facts["findings"] if f["drift"])
    assert fact["drift"] == {"ExecutionCommandLines": ["sh+"]}
    assert fact["first_seen"] == {"ExecutionCommandLines": {"sh+": "2026-11-20T12:00:00.000009Z"}}
    markdown = render(report, "markdown")
    headings = [text(token) for token in inlines(markdown, "heading_open")]
    assert headings.index("Drifted") < headings.index("Suspicious")
    paragraphs = [text(token) for token in inlines(markdown, "paragraph_open")]
    assert "Command lines: sh+ (first seen 2026-11-20 12:00:00 UTC)" in paragraphs
    assert "Also suspicious on 1 device: cam-13." in paragraphs


def test_drift_from_a_baseline_says_whose(tmp_path: Path) -> None:
    markdown = render(everything(tmp_path, Verdict.UNREVIEWED), "markdown")
    paragraphs = [text(token) for token in inlines(markdown, "paragraph_open")]
    assert (
        "Covered by baseline of /bin/sh of the hub: expected, decided by /bin/sh on"
        " 2026-11-20 12:00:00 UTC for cam-12." in paragraphs
    )


def test_the_history_stands_in_the_appendix(tmp_path: Path) -> None:
    report = everything(tmp_path, Verdict.SUSPICIOUS)
    facts = facts_of(report)
    kinds = [(h["kind"], h["findings"], h["undone"], h["target"]) for h in facts["history"]]
    assert kinds == [
        *(("mark", 1, False, None),) * 3,
        *(("undo", 0, False, 6), ("redo", 0, False, 6), ("note", 1, False, None)),
    ]
    cells = rows(render(report, "markdown"))
    at = cells.index(["Entry", "When", "By", "What", "Note"])
    assert cells[at + 1] == [
        *("4", "2026-11-20 12:00:03 UTC", "/bin/sh", "suspicious: Processes /bin/sh", "why"),
    ]
    assert [row[3] for row in cells[at + 4 : at + 7]] == [
        *("took back entry 6", "brought back entry 6", "note on Users sh"),
    ]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_name_breaks_the_tables_of_a_report(tmp_path: Path, hostile: str) -> None:
    report = report_with_everything(tmp_path, [hostile] * 5, Verdict.UNREVIEWED)
    cells = rows(render(report, "markdown"))
    at = cells.index(["Entry", "When", "By", "What", "Note"])
    assert all(len(row) == 5 for row in cells[at : at + 1 + len(report.history)])
