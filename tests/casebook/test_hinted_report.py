"""Hints in the summary: evidence of what is suspicious, whatever a device wrote in them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from iotriage.queries.hints.hint import Hint, Hinted
from iotriage.tui.casebook.casebook import Casebook
from iotriage.tui.casebook.findings import Verdict
from iotriage.tui.casebook.report import build_report, render
from iotriage.tui.casebook.report_facts import report_schema
from jsonschema import Draft202012Validator
from markdown_it.token import Token

from .gfm import parsed
from .samples import HOSTILE, NOON, PROCESSES, found, process, processes, subject, ticking

MINER, SHELL = process("/tmp/miner", "./miner"), process("/bin/sh", "sh")


@pytest.fixture
def casebook(tmp_path: Path) -> Iterator[Casebook]:
    with Casebook.open(tmp_path / "case", "mei", ticking()) as casebook:
        casebook.mark([(found(MINER), MINER)], Verdict.SUSPICIOUS)
        yield casebook


def hint(words: str = "Program run", example: str = "./miner") -> Hint:
    return Hint(words, f"{words}.", "high", ("T1059",), f"rule {words}", 3, NOON, NOON, example)


def rendered(casebook: Casebook, hinted: dict[str, Hinted] | None, form: str) -> str:
    answered = [(PROCESSES, processes(MINER, SHELL))]
    return render(build_report(subject(), answered, casebook, hinted=hinted), form)  # type: ignore[arg-type]


def test_a_suspicious_finding_tells_by_what_it_was_hinted(casebook: Casebook) -> None:
    hinted = {"processes": Hinted({0: (hint(),), 1: (hint("Shell"),)})}
    markdown = rendered(casebook, hinted, "markdown")
    assert "- Program run (T1059, rule Program run): `./miner`" in markdown
    # What nobody judged is listed, and its hints are in the JSON.
    assert "rule Shell" not in markdown
    assert "suspicious, decided by" not in markdown.partition("Hinted by")[2]
    report = json.loads(rendered(casebook, hinted, "json"))
    Draft202012Validator(report_schema()).validate(report)
    first, second = report["findings"]
    assert first["verdict"] == "suspicious"
    assert second["verdict"] == "unreviewed"
    assert [h["title"] for h in second["hints"]] == ["Shell"]
    assert first["hints"][0] == {
        "title": "Program run",
        "why": "Program run.",
        "level": "high",
        "techniques": ["T1059"],
        "source": "rule Program run",
        "count": 3,
        "first": "2026-11-20T12:00:00Z",
        "last": "2026-11-20T12:00:00Z",
        "example": "./miner",
    }
    rows = list(csv.DictReader(io.StringIO(rendered(casebook, hinted, "csv"))))
    assert [row["hints"] for row in rows] == ["Program run", "Shell"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_in_a_hint_stays_text(casebook: Casebook, hostile: str) -> None:
    hinted = {"processes": Hinted({0: (hint(f"a{hostile}b", hostile),)})}
    tokens = parsed(rendered(casebook, hinted, "markdown"))
    plain = parsed(rendered(casebook, {"processes": Hinted({0: (hint(),)})}, "markdown"))
    kinds = ("heading_open", "bullet_list_open", "list_item_open", "table_open", "fence")
    assert [t.type for t in tokens if t.type in kinds] == [t.type for t in plain if t.type in kinds]
    assert inside(tokens) <= inside(plain)


def inside(tokens: list[Token]) -> set[str]:
    """What there is besides text: code, links, images, HTML."""
    return {child.type for token in tokens for child in token.children or ()}


@pytest.mark.parametrize(
    ("hinted", "says"),
    [
        ({}, "its rows were not held against the rules for hints"),
        ({"processes": Hinted(failure="HTTP 503")}, "could not be asked: HTTP 503"),
        ({"processes": Hinted(remarks=("in part",))}, "in part"),
        ({"processes": Hinted()}, None),
        (None, None),
    ],
)
def test_hints_that_are_missing_are_said(
    casebook: Casebook, hinted: dict[str, Hinted] | None, says: str | None
) -> None:
    unknown = rendered(casebook, hinted, "markdown").partition("## What could not be known")[2]
    unknown = unknown.partition("## ")[0]
    if says is None:
        assert "Every question was answered whole" in unknown
    else:
        assert says in unknown
