"""Baselines: what they cover, where, and what they never do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from iotriage.tui.casebook.casebook import Casebook, Sign
from iotriage.tui.casebook.findings import Finding, Verdict, finding_of
from iotriage.tui.casebook.judgements import Standing

from .samples import ALERTS, NOON, PROCESSES, alert, found, process, ticking

SHELL = process("/bin/sh", "sh", "sh -x")
CURL = process("/usr/bin/curl", "curl")
MINER = process("/tmp/miner", "./miner")
SETS = PROCESSES.sets


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "case"


@pytest.fixture
def casebook(path: Path) -> Iterator[Casebook]:
    """cam-1 on plant-7, with a verdict of every kind."""
    with Casebook.open(path, "mei", ticking()) as casebook:
        casebook.mark([(found(SHELL), SHELL)], Verdict.EXPECTED, "the agent's")
        casebook.mark([(found(CURL), CURL)], Verdict.EXPECTED)
        casebook.mark([(found(MINER), MINER)], Verdict.SUSPICIOUS)
        yield casebook


def on(device: str, hub: str, record: dict[str, Any]) -> Finding:
    return finding_of(PROCESSES, device, hub, record)


def standing(casebook: Casebook, device: str, hub: str, record: dict[str, Any]) -> Standing:
    return casebook.standing(on(device, hub, record), record, SETS)


def test_a_hub_baseline_covers_every_device_of_the_hub(casebook: Casebook) -> None:
    assert casebook.keep_baseline("hub", "cam-1", "Plant-7", "cameras") == 2
    covered = standing(casebook, "cam-2", "PLANT-7", SHELL)
    assert (covered.sign, covered.judgement) == (Sign.EXPECTED, None)
    assert covered.covered_by is not None
    assert (covered.covered_by.name, covered.covered_by.scope) == ("cameras", "hub")
    assert (covered.covered_by.by, covered.covered_by.at) == ("mei", NOON)
    assert covered.covered_by.device == "cam-1"
    assert standing(casebook, "cam-2", "plant-8", SHELL).sign is Sign.UNREVIEWED
    assert standing(casebook, "cam-2", "plant-7", MINER).sign is Sign.UNREVIEWED


def test_a_fleet_baseline_covers_every_hub(casebook: Casebook) -> None:
    casebook.keep_baseline("fleet", "cam-1", "plant-7", "all")
    assert standing(casebook, "cam-2", "plant-8", SHELL).sign is Sign.EXPECTED
    assert standing(casebook, "cam-2", "", CURL).sign is Sign.EXPECTED


def test_what_the_baselines_row_does_not_have_is_drift(casebook: Casebook) -> None:
    casebook.keep_baseline("hub", "cam-1", "plant-7", "cameras")
    row = process("/bin/sh", "sh", "sh -i", runs=9)
    drifted = standing(casebook, "cam-2", "plant-7", row)
    assert drifted.sign is Sign.DRIFTED
    assert drifted.drift == {"ExecutionCommandLines": ["sh -i"]}
    assert drifted.covered_by is not None
    assert standing(casebook, "cam-2", "plant-7", process("/bin/sh", "sh")).sign is Sign.EXPECTED


def test_a_baseline_that_knows_the_whole_row_goes_first(casebook: Casebook) -> None:
    casebook.keep_baseline("hub", "cam-1", "plant-7", "narrow")
    more = process("/bin/sh", "sh", "sh -i")
    casebook.mark([(on("cam-9", "plant-8", more), more)], Verdict.EXPECTED)
    casebook.keep_baseline("fleet", "cam-9", "plant-8", "wide")
    covered = standing(casebook, "cam-2", "plant-7", process("/bin/sh", "sh -i"))
    assert covered.covered_by is not None
    assert (covered.sign, covered.covered_by.name) == (Sign.EXPECTED, "wide")
    both = standing(casebook, "cam-2", "plant-7", process("/bin/sh", "sh"))
    assert both.covered_by is not None
    assert both.covered_by.name == "narrow", "what was said for the hub goes first"


@pytest.mark.parametrize("verdict", [Verdict.EXPECTED, Verdict.SUSPICIOUS])
def test_the_own_verdict_counts_first(casebook: Casebook, verdict: Verdict) -> None:
    casebook.keep_baseline("fleet", "cam-1", "plant-7", "all")
    casebook.mark([(on("cam-2", "plant-7", SHELL), SHELL)], verdict, "own")
    own = standing(casebook, "cam-2", "plant-7", SHELL)
    assert (own.sign, own.covered_by) == (Sign(verdict), None)
    casebook.mark([(on("cam-2", "plant-7", SHELL), SHELL)], Verdict.UNREVIEWED)
    again = standing(casebook, "cam-2", "plant-7", SHELL)
    assert again.sign is Sign.EXPECTED
    assert again.covered_by is not None
    assert again.judgement is not None
    assert again.judgement.note == "own"


def test_values_are_covered_by_value(casebook: Casebook) -> None:
    value = found(CURL).with_value("ExecutionCommandLines", "curl")
    casebook.mark([(value, CURL)], Verdict.EXPECTED)
    assert casebook.keep_baseline("hub", "cam-1", "plant-7", "cameras") == 3
    there = on("cam-2", "plant-7", CURL)
    other = there.with_value("ExecutionCommandLines", "curl evil")
    same = there.with_value("ExecutionCommandLines", "curl")
    assert casebook.standing(same, CURL, SETS).sign is Sign.EXPECTED
    assert casebook.standing(other, CURL, SETS).sign is Sign.UNREVIEWED


def test_alerts_stay_out_of_a_baseline(casebook: Casebook) -> None:
    once = alert(1, "Brute force")
    casebook.mark([(found(once, ALERTS), once)], Verdict.EXPECTED)
    assert casebook.keep_baseline("hub", "cam-1", "plant-7", "cameras") == 2


def test_covered_keys_are_those_of_the_rows(casebook: Casebook) -> None:
    assert not casebook.covers("processes", "plant-7")
    assert casebook.covered_keys("processes", "plant-7") == {}
    value = found(CURL).with_value("ExecutionCommandLines", "curl")
    casebook.mark([(value, CURL)], Verdict.EXPECTED)
    casebook.keep_baseline("hub", "cam-1", "plant-7", "cameras")
    assert set(casebook.covered_keys("processes", "PLANT-7")) == {found(SHELL).key, found(CURL).key}
    assert casebook.covers("processes", "plant-7")
    assert not casebook.covers("processes", "plant-8")
    assert not casebook.covers("users", "plant-7")


def test_baselines_are_listed_with_who_and_when(casebook: Casebook, path: Path) -> None:
    casebook.keep_baseline("hub", "cam-1", "plant-7", "cameras")
    with Casebook.open(path, "kim", lambda: NOON) as other:
        assert other.keep_baseline("fleet", "cam-1", "plant-7", "all") == 2
    assert casebook.refresh()
    everything, cameras = casebook.baselines()
    assert (everything.name, everything.scope, everything.hub) == ("all", "fleet", "")
    assert (everything.findings, everything.by, everything.at) == (2, "kim", NOON)
    assert (cameras.name, cameras.scope, cameras.hub) == ("cameras", "hub", "plant-7")


def test_keeping_again_takes_the_present_verdicts(casebook: Casebook) -> None:
    casebook.keep_baseline("hub", "cam-1", "plant-7", "cameras")
    row = process("/bin/sh", "sh", "sh -x", "sh -i")
    casebook.mark([(found(row), row)], Verdict.EXPECTED)
    casebook.keep_baseline("hub", "cam-1", "plant-7", "cameras")
    (summary,) = casebook.baselines()
    assert summary.findings == 2
    assert standing(casebook, "cam-2", "plant-7", row).sign is Sign.EXPECTED


def test_keeping_and_dropping_can_be_undone(casebook: Casebook, path: Path) -> None:
    casebook.keep_baseline("hub", "cam-1", "plant-7", "cameras")
    assert casebook.drop_baseline("cameras")
    assert not casebook.drop_baseline("cameras")
    assert casebook.baselines() == []
    assert standing(casebook, "cam-2", "plant-7", SHELL).sign is Sign.UNREVIEWED
    assert casebook.undo() == "baseline cameras dropped"
    assert standing(casebook, "cam-2", "plant-7", SHELL).sign is Sign.EXPECTED
    assert casebook.undo() == "baseline cameras: 2 findings"
    assert not casebook.covers("processes", "plant-7")
    assert casebook.redo() == "baseline cameras: 2 findings"
    with Casebook.open(path, "kim") as other:
        assert [summary.name for summary in other.baselines()] == ["cameras"]


def test_nothing_expected_makes_no_baseline(casebook: Casebook) -> None:
    assert casebook.keep_baseline("hub", "cam-5", "plant-7", "empty") == 0
    assert casebook.baselines() == []
    with pytest.raises(ValueError, match="needs a name"):
        casebook.keep_baseline("hub", "cam-1", "plant-7", "  ")


def test_a_baseline_is_no_judgement_of_its_device(casebook: Casebook) -> None:
    before = casebook.judged("cam-1", "plant-7"), casebook.history(found(SHELL))
    casebook.keep_baseline("hub", "cam-1", "plant-7", "cameras")
    assert (casebook.judged("cam-1", "plant-7"), casebook.history(found(SHELL))) == before
    assert casebook.judged("cam-2", "plant-7") == []


def test_suspicious_is_pointed_out_and_never_copied(casebook: Casebook, path: Path) -> None:
    there = on("cam-2", "plant-8", MINER)
    assert casebook.also_suspicious(there) == ["cam-1"]
    assert casebook.also_suspicious(found(MINER)) == []
    assert casebook.standing(there, MINER, SETS).sign is Sign.UNREVIEWED
    casebook.mark([(there, MINER)], Verdict.SUSPICIOUS)
    assert casebook.also_suspicious(found(MINER)) == ["cam-2"]
    assert casebook.also_suspicious(on("cam-3", "plant-7", MINER)) == ["cam-1", "cam-2"]
    assert casebook.suspicious_devices() == {("cam-1", "plant-7"), ("cam-2", "plant-8")}
    with Casebook.open(path, "kim") as other:
        assert other.undo() == "suspicious: processes /tmp/miner"
        assert other.also_suspicious(found(MINER)) == []
        other.mark([(there, MINER)], Verdict.EXPECTED)
    casebook.refresh()
    assert casebook.also_suspicious(found(MINER)) == []
    assert casebook.suspicious_devices() == {("cam-1", "plant-7")}


def test_another_value_or_row_is_not_the_same(casebook: Casebook) -> None:
    value = on("cam-2", "plant-7", MINER).with_value("ExecutionCommandLines", "./miner")
    assert casebook.also_suspicious(value) == []
    assert casebook.also_suspicious(on("cam-2", "plant-7", SHELL)) == []
