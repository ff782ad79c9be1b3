"""The text form of a baseline: whole, mergeable, and never more than expected verdicts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from iotriage.tui.casebook.casebook import (
    Casebook,
    Sign,
    export_baseline,
    import_baseline,
)
from iotriage.tui.casebook.findings import Verdict, finding_of

from .samples import NOON, PROCESSES, found, process, texts, ticking

SHELL = process("/bin/sh", "sh")
CURL = process("/usr/bin/curl", "curl")
SETS = PROCESSES.sets


@pytest.fixture
def text(tmp_path: Path) -> str:
    with Casebook.open(tmp_path / "origin", "mei", ticking()) as casebook:
        casebook.mark([(found(row), row) for row in (CURL, SHELL)], Verdict.EXPECTED, "why")
        casebook.keep_baseline("hub", "cam-1", "plant-7", "cameras")
        casebook.keep_baseline("fleet", "cam-1", "plant-7", "all")
        return export_baseline(casebook)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "case"


def test_the_text_is_a_head_and_sorted_lines(text: str) -> None:
    assert text.isascii()
    head, *lines = map(json.loads, text.splitlines())
    assert head == {"format": "iotriage-baseline", "version": 1}
    order = [(line["key"]["Executable"], line["hub"], line["name"]) for line in lines]
    assert order == [
        *(("/bin/sh", "", "all"), ("/bin/sh", "plant-7", "cameras")),
        *(("/usr/bin/curl", "", "all"), ("/usr/bin/curl", "plant-7", "cameras")),
    ]
    assert (lines[0]["verdict"], lines[0]["by"], lines[0]["note"]) == ("expected", "mei", "why")
    assert (lines[0]["at"], lines[0]["device"]) == ("2026-11-20T12:00:00Z", "cam-1")
    assert lines[0]["row"]["ExecutionCommandLines"] == ["sh"]


def test_what_was_moved_covers_and_names_its_origin(text: str, path: Path) -> None:
    with Casebook.open(path, "kim") as casebook:
        imported = import_baseline(casebook, text, "team.jsonl")
        assert (imported.added, imported.known, imported.refused) == (4, 0, [])
        now = process("/bin/sh", "sh", "sh -i")
        standing = casebook.standing(finding_of(PROCESSES, "gw-1", "plant-7", now), now, SETS)
        assert standing.sign is Sign.DRIFTED
        assert standing.covered_by is not None
        assert (standing.covered_by.by, standing.covered_by.at) == ("mei", NOON)
        assert {summary.by for summary in casebook.baselines()} == {"kim"}
        assert export_baseline(casebook) == text


def test_a_second_import_adds_nothing(text: str, path: Path) -> None:
    with Casebook.open(path, "kim") as casebook:
        import_baseline(casebook, text, "team.jsonl")
        again = import_baseline(casebook, text, "team.jsonl")
        assert (again.added, again.known) == (0, 4)
        assert casebook.undo() == "baseline all: 4 findings"
        assert casebook.undo() is None
        assert casebook.baselines() == []


def test_the_newer_word_wins_whichever_comes_first(text: str, path: Path) -> None:
    with Casebook.open(path, "kim") as casebook:
        row = process("/bin/sh", "sh", "sh -i")
        casebook.mark([(found(row), row)], Verdict.EXPECTED)
        casebook.keep_baseline("hub", "cam-1", "plant-7", "cameras")
        newer = export_baseline(casebook)
    for name, order in (("one", (text, newer)), ("two", (newer, text))):
        with Casebook.open(path.with_name(name), "kim") as casebook:
            for part in order:
                import_baseline(casebook, part, "x")
            there = finding_of(PROCESSES, "gw-1", "plant-7", row)
            assert casebook.standing(there, row, SETS).sign is Sign.EXPECTED
    merged = text + newer.split("\n", 1)[1]
    with Casebook.open(path.with_name("three"), "kim") as casebook:
        assert import_baseline(casebook, merged, "x").added == 4


def test_export_can_be_narrowed(text: str, path: Path) -> None:
    with Casebook.open(path, "kim") as casebook:
        import_baseline(casebook, text, "x")
        assert len(export_baseline(casebook, "all").splitlines()) == 3
        assert len(export_baseline(casebook, scope="hub").splitlines()) == 3
        assert len(export_baseline(casebook, hub="PLANT-7").splitlines()) == 3
        assert len(export_baseline(casebook, "other").splitlines()) == 1


def changed(**facts: Any) -> Callable[[str], str]:
    return lambda line: json.dumps(json.loads(line) | facts)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (changed(verdict="suspicious"), "not 'expected'"),
        (changed(verdict="unreviewed"), "not 'expected'"),
        (changed(verdict=None), "not 'expected'"),
        (changed(scope="world"), "neither 'hub' nor 'fleet'"),
        (changed(scope=["hub"]), "neither 'hub' nor 'fleet'"),
        (changed(question=""), "'question' is empty"),
        (changed(question=7), "'question' is no text"),
        (changed(name=" "), "'name' is empty"),
        (changed(key=[["a", "b"]]), "'key' is no object of texts"),
        (changed(key={"a": 1}), "'key' is no object of texts"),
        (changed(value={"a": "b", "c": "d"}), "more than one value"),
        (changed(row=None), "'row' is no object"),
        (changed(at="yesterday"), "'at' is no time"),
        (changed(at="2026-11-20T12:00:00"), "'at' has no time zone"),
        (changed(at="0001-01-01T00:00:00+14:00"), "'at' is no time"),
        (changed(by=None), "'by' is no text"),
        (lambda _: "[]", "no JSON object"),
        (lambda _: "{", "no JSON"),
        (lambda _: "[" * 100_000, "nested too deep"),
        (lambda line: line.replace('"row": {', '"row": {"x": NaN, '), "no JSON"),
        (lambda _: "<<<<<<< HEAD", "a conflict of a merge"),
        (lambda line: line + " " * (5 << 20), "too long"),
    ],
)
def test_a_bad_line_is_refused_and_the_others_kept(
    text: str, path: Path, change: Callable[[str], str], why: str
) -> None:
    lines = text.splitlines()
    lines[2] = change(lines[2])
    with Casebook.open(path, "kim") as casebook:
        imported = import_baseline(casebook, "\n".join(lines), "x")
        assert (imported.added, imported.known) == (3, 0)
        (refused,) = imported.refused
        assert refused.startswith("line 3: ")
        assert why in refused
        assert sum(summary.findings for summary in casebook.baselines()) == 3


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ("", "line 1: it is no JSON"),
        ("{}", "line 1: this is no baseline"),
        ('{"format": "iotriage-baseline", "version": 2}', "a newer iotriage wrote it"),
        ('{"format": "iotriage-baseline", "version": true}', "is no number"),
        ('{"format": "iotriage-baseline"}', "is no number"),
    ],
)
def test_a_text_that_is_no_baseline_is_refused(text: str, path: Path, head: str, why: str) -> None:
    with Casebook.open(path, "kim") as casebook:
        imported = import_baseline(casebook, head + text[text.index("\n") :], "x")
        assert (imported.added, imported.known) == (0, 0)
        assert why in imported.refused[0]
        assert casebook.undo() is None


def test_line_ends_of_windows_and_blank_lines_do_no_harm(text: str, path: Path) -> None:
    with Casebook.open(path, "kim") as casebook:
        windows = "\ufeff" + text.replace("\n", "\r\n\r\n")
        assert import_baseline(casebook, windows, "x").added == 4


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(device=texts, hub=texts, name=texts, line=texts, note=texts)
def test_every_text_survives_the_journey(
    tmp_path_factory: pytest.TempPathFactory, device: str, hub: str, name: str, line: str, note: str
) -> None:
    folder = tmp_path_factory.mktemp("baseline")
    row = process(name, line)
    with Casebook.open(folder / "one", "mei", ticking()) as casebook:
        casebook.mark([(finding_of(PROCESSES, device, hub, row), row)], Verdict.EXPECTED, note)
        casebook.keep_baseline("hub", device, hub, f"n{name}")
        text = export_baseline(casebook)
    assert len(text.split("\n")) == 3
    with Casebook.open(folder / "two", "kim") as casebook:
        assert import_baseline(casebook, text, "x").refused == []
        assert export_baseline(casebook) == text
        there = finding_of(PROCESSES, "other", hub.upper(), row)
        if hub.upper().lower() == hub.lower():
            assert casebook.standing(there, row, SETS).sign is Sign.EXPECTED


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.one_of(
            texts,
            st.recursive(
                st.none() | st.booleans() | st.floats() | texts,
                lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
                max_leaves=9,
            ).map(json.dumps),
        ),
        max_size=4,
    )
)
def test_no_text_breaks_an_import(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    head = '{"format": "iotriage-baseline", "version": 1}'
    with Casebook.open(tmp_path_factory.mktemp("baseline") / "case", "kim") as casebook:
        imported = import_baseline(casebook, "\n".join([head, *lines]), "x")
        assert imported.added == 0
        assert casebook.baselines() == []
