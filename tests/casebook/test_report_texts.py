"""No text, whatever it is, breaks a report."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from iotriage.queries.answers import Notice, NoticeKind
from iotriage.queries.printable import printable
from iotriage.tui.casebook.casebook import Casebook
from iotriage.tui.casebook.findings import Verdict, finding_of
from iotriage.tui.casebook.markdown import CELL_LIMIT
from iotriage.tui.casebook.report import build_report, render

from .gfm import inlines, read, rows, text
from .samples import (
    ALERTS,
    HOSTILE,
    PROCESSES,
    alert,
    alerts,
    found,
    process,
    processes,
    subject,
    texts,
    ticking,
)


@pytest.fixture
def casebook(tmp_path: Path) -> Iterator[Casebook]:
    with Casebook.open(tmp_path / "case", "mei@corp.example", ticking()) as casebook:
        yield casebook


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    names=st.lists(texts, min_size=5, max_size=5),
    note=texts,
    verdict=st.sampled_from(Verdict),
)
def test_no_text_breaks_any_format(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], note: str, verdict: Verdict
) -> None:
    device, hub, name, line, sentence = names
    row, warning = process(name, line), alert(1, name, sentence)
    asked = subject(device, hub, line)
    answered = [(ALERTS, alerts(warning)), (PROCESSES, processes(row, kql=sentence))]
    answered[0] = (ALERTS, answered[0][1].noting(Notice(NoticeKind.REMARK, sentence)))
    with Casebook.open(tmp_path_factory.mktemp("report") / "case", name, ticking()) as casebook:
        for question, record in ((ALERTS, warning), (PROCESSES, row)):
            finding = finding_of(question, device, hub, record)
            casebook.mark([(finding, record)], verdict, note)
            casebook.mark([(finding.with_value("Gone", line), record)], verdict, note)
        report = build_report(asked, answered, casebook)
    markdown = render(report, "markdown")
    headings = [text(token) for token in inlines(markdown, "heading_open")]
    assert headings[0] == f"Findings on {read(device, CELL_LIMIT) or 'a device without a name'}"
    assert headings.count("Verdicts") == 1
    assert headings[-3] == "Appendix: what was asked, and what came back"
    cells = rows(markdown)
    assert cells[1:3] == [["Device", read(device, CELL_LIMIT)], ["Hub", read(hub, CELL_LIMIT)]]
    if verdict is not Verdict.UNREVIEWED and name:
        assert any(read(name, CELL_LIMIT) in row for row in cells)
    assert markdown.encode()
    assert len(json.loads(render(report, "json"))["findings"]) == len(report.findings)
    assert len(list(csv.reader(io.StringIO(render(report, "csv"))))) == len(report.findings) + 1


@pytest.mark.parametrize("hostile", HOSTILE)
def test_evidence_stands_in_its_cell_letter_by_letter(casebook: Casebook, hostile: str) -> None:
    row, warning = process(hostile, hostile), alert(1, "Alert", hostile)
    casebook.mark([(found(row), row)], Verdict.SUSPICIOUS, hostile)
    casebook.mark([(found(warning, ALERTS), warning)], Verdict.SUSPICIOUS)
    answered = [(ALERTS, alerts(warning)), (PROCESSES, processes(row))]
    cells = rows(render(build_report(subject(), answered, casebook), "markdown"))
    shown = printable(hostile)
    assert ["Command lines", shown or "(empty)"] in cells
    if shown:
        assert ["Executable", shown] in cells
        assert ["Description", shown] in cells
