"""What happened, in its order: for a finding, a device, a case, whatever the clock says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from iotriage.tui.casebook.casebook import Casebook, export_baseline, import_baseline
from iotriage.tui.casebook.findings import Finding, Verdict
from iotriage.tui.casebook.judgements import Happening
from iotriage.tui.casebook.lines import Kind

from .samples import NOON, found, process, ticking

SHELL = process("/bin/sh", "sh")
CURL = process("/usr/bin/curl", "curl")
THERE = Finding("cam-2", "plant-7", "processes", (("Executable", "/bin/sh"),))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "case"


@pytest.fixture
def casebook(path: Path) -> Iterator[Casebook]:
    with Casebook.open(path, "mei", ticking()) as casebook:
        yield casebook


def told(happenings: list[Happening]) -> list[tuple[int, Kind, int, bool]]:
    return [(h.seq, h.kind, h.count, h.undone) for h in happenings]


def test_the_history_of_a_device_and_of_the_case(casebook: Casebook, path: Path) -> None:
    assert casebook.case_history() == casebook.case_history("cam-1", "plant-7") == []
    both = [(found(SHELL), SHELL), (found(CURL), CURL)]
    casebook.mark([*both, (THERE, SHELL)], Verdict.EXPECTED, "ours")
    casebook.mark([(THERE, SHELL)], Verdict.SUSPICIOUS)
    casebook.undo()
    casebook.keep_baseline("hub", "cam-1", "plant-7", "cameras")
    casebook.drop_baseline("cameras")
    assert told(casebook.case_history()) == [
        (1, Kind.MARK, 3, False),
        (4, Kind.MARK, 1, True),
        (5, Kind.UNDO, 0, False),
        (6, Kind.BASELINE, 2, False),
        (8, Kind.DROP, 0, False),
    ]
    first, *_, baseline, drop = casebook.case_history()
    assert (first.by, first.at, first.note) == ("mei", NOON, "ours")
    assert (first.verdict, first.finding) == (Verdict.EXPECTED, found(SHELL))
    assert (baseline.baseline, drop.baseline) == ("cameras", "cameras")
    assert told(casebook.case_history("cam-1", "PLANT-7")) == [
        (1, Kind.MARK, 2, False),
        (6, Kind.BASELINE, 2, False),
        (8, Kind.DROP, 0, False),
    ]
    theirs = casebook.case_history("cam-2", "plant-7")
    assert told(theirs) == [
        (1, Kind.MARK, 1, False),
        (4, Kind.MARK, 1, True),
        (5, Kind.UNDO, 0, False),
    ]
    assert theirs[2].target == 4
    with Casebook.open(path, "kim") as other:
        assert other.case_history() == casebook.case_history()
        assert other.case_history("cam-2", "plant-7") == theirs


def test_a_history_goes_on_while_it_is_looked_at(casebook: Casebook, path: Path) -> None:
    casebook.mark([(found(SHELL), SHELL)], Verdict.EXPECTED)
    assert len(casebook.case_history("cam-1", "plant-7")) == 1
    with Casebook.open(path, "kim") as other:
        other.mark([(found(CURL), CURL)], Verdict.SUSPICIOUS)
        other.undo()
    assert len(casebook.case_history("cam-1", "plant-7")) == 1
    assert casebook.refresh()
    again = casebook.case_history("cam-1", "plant-7")
    assert told(again) == [
        *((1, Kind.MARK, 1, False), (2, Kind.MARK, 1, True), (3, Kind.UNDO, 0, False)),
    ]
    assert [happening.by for happening in again] == ["mei", "kim", "kim"]


def test_an_import_is_in_the_history(casebook: Casebook, tmp_path: Path) -> None:
    casebook.mark([(found(SHELL), SHELL)], Verdict.EXPECTED)
    casebook.keep_baseline("fleet", "cam-1", "plant-7", "all")
    text = export_baseline(casebook)
    with Casebook.open(tmp_path / "other", "kim", ticking()) as other:
        import_baseline(other, text, "team.jsonl")
        (happening,) = other.case_history()
        assert (happening.kind, happening.by, happening.baseline) == (Kind.BASELINE, "kim", "all")


def test_a_clock_that_jumps_back_does_not_change_the_order(path: Path) -> None:
    seconds = iter([0, 100, 50, -(10**6), 7, 3, 3, 9, 9])

    def clock() -> datetime:
        return NOON + timedelta(seconds=next(seconds))

    with Casebook.open(path, "mei", clock) as casebook:
        for verdict in (Verdict.EXPECTED, Verdict.SUSPICIOUS, Verdict.EXPECTED):
            casebook.mark([(found(SHELL), SHELL)], verdict)
        casebook.keep_baseline("hub", "cam-1", "plant-7", "cameras")
        more = process("/bin/sh", "sh", "sh -i")
        casebook.mark([(found(more), more)], Verdict.EXPECTED)
        casebook.keep_baseline("hub", "cam-1", "plant-7", "cameras")
    with Casebook.open(path, "kim", clock) as casebook:
        assert [entry.seq for entry in casebook.history(found(SHELL))] == [1, 2, 3, 5]
        assert [entry.at for entry in casebook.history(found(SHELL))][2] < NOON + timedelta(60)
        judgement = casebook.judgement(found(SHELL))
        assert judgement is not None
        assert judgement.row["ExecutionCommandLines"] == ["sh", "sh -i"]
        assert casebook.standing(THERE, more, ("ExecutionCommandLines",)).drift == {}
        assert casebook.undo() == "baseline cameras: 1 finding"
        assert casebook.undo() == "expected: processes /bin/sh"
        judgement = casebook.judgement(found(SHELL))
        assert judgement is not None
        assert judgement.at == NOON + timedelta(seconds=50)


def test_what_was_read_in_parts_is_what_is_read_at_once(path: Path) -> None:
    """However the case is asked while it grows, it says what a fresh reading says."""
    with Casebook.open(path, "mei", ticking()) as casebook, Casebook.open(path, "kim") as other:
        for number in range(12):
            row = process(f"/bin/{number % 4}", "x")
            (casebook if number % 3 else other).mark(
                [(found(row), row)], list(Verdict)[number % 3], f"n{number}"
            )
            if number % 4 == 3:
                other.undo()
            if number % 5 == 4:
                casebook.redo()
            if number % 2:
                other.judged("cam-1", "plant-7")
                other.suspicious_devices()
            casebook.refresh()
            other.refresh()
            with Casebook.open(path, "new") as new:
                for reader in (casebook, other):
                    for place in range(4):
                        finding = found(process(f"/bin/{place}"))
                        assert reader.judgement(finding) == new.judgement(finding)
                        assert reader.history(finding) == new.history(finding)
                    assert reader.judged("cam-1", "plant-7") == new.judged("cam-1", "plant-7")
                    assert reader.suspicious_devices() == new.suspicious_devices()
                    assert reader.case_history() == new.case_history()
