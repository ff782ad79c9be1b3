"""Verdicts, notes, undo and drift, over one and over several openings of a case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from iotriage.tui.casebook.casebook import Casebook, Sign, default_case_path
from iotriage.tui.casebook.findings import Finding, Verdict
from iotriage.tui.casebook.journal import Kind

from .samples import NOON, PROCESSES, found, process, texts, ticking

SHELL = process("/bin/sh", "sh")
CURL = process("/usr/bin/curl", "curl")
SETS = PROCESSES.sets


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "case.iotriage"


@pytest.fixture
def casebook(path: Path) -> Iterator[Casebook]:
    with Casebook.open(path, "mei", ticking()) as casebook:
        yield casebook


def sign(casebook: Casebook, record: dict[str, object]) -> Sign:
    return casebook.standing(found(record), record, SETS).sign


def test_a_mark_says_who_when_and_what_the_row_was(casebook: Casebook) -> None:
    casebook.mark([(found(SHELL), SHELL)], Verdict.SUSPICIOUS, "why?")
    judgement = casebook.judgement(found(SHELL))
    assert judgement is not None
    assert (judgement.verdict, judgement.note) == (Verdict.SUSPICIOUS, "why?")
    assert (judgement.by, judgement.at) == ("mei", NOON)
    assert judgement.row == {**SHELL, "MinObservedTime": "2026-11-20T12:00:00Z"}
    assert casebook.judgement(found(CURL)) is None


def test_a_mark_is_there_for_the_next_opening(casebook: Casebook, path: Path) -> None:
    casebook.mark([(found(SHELL), SHELL)], Verdict.EXPECTED)
    with Casebook.open(path, "kim") as other:
        assert sign(other, SHELL) is Sign.EXPECTED
        judgement = other.judgement(found(SHELL))
        assert judgement is not None
        assert judgement.by == "mei"


def test_a_mark_keeps_the_note_unless_told(casebook: Casebook) -> None:
    casebook.note(found(SHELL), SHELL, "first")
    assert sign(casebook, SHELL) is Sign.UNREVIEWED
    casebook.mark([(found(SHELL), SHELL)], Verdict.EXPECTED)
    assert note(casebook) == "first"
    casebook.mark([(found(SHELL), SHELL)], Verdict.SUSPICIOUS, "second")
    assert note(casebook) == "second"
    casebook.note(found(SHELL), SHELL, "third")
    assert note(casebook) == "third"
    assert sign(casebook, SHELL) is Sign.SUSPICIOUS
    casebook.mark([(found(SHELL), SHELL)], Verdict.SUSPICIOUS, "")
    assert note(casebook) == ""


def note(casebook: Casebook) -> str | None:
    judgement = casebook.judgement(found(SHELL))
    return judgement.note if judgement else None


def test_a_note_does_not_change_who_gave_the_verdict(casebook: Casebook, path: Path) -> None:
    casebook.mark([(found(SHELL), SHELL)], Verdict.EXPECTED)
    with Casebook.open(path, "kim", lambda: NOON + timedelta(days=9)) as other:
        other.note(found(SHELL), SHELL, "seen")
        judgement = other.judgement(found(SHELL))
    assert judgement is not None
    assert (judgement.by, judgement.at, judgement.note) == ("mei", NOON, "seen")


def test_a_note_alone_says_who_wrote_it(casebook: Casebook) -> None:
    casebook.note(found(SHELL), SHELL, "hm")
    judgement = casebook.judgement(found(SHELL))
    assert judgement is not None
    assert (judgement.verdict, judgement.by, judgement.at) == (Verdict.UNREVIEWED, "mei", NOON)


def test_unreviewed_takes_a_verdict_back(casebook: Casebook) -> None:
    casebook.mark([(found(SHELL), SHELL)], Verdict.SUSPICIOUS)
    casebook.mark([(found(SHELL), SHELL)], Verdict.UNREVIEWED)
    assert sign(casebook, SHELL) is Sign.UNREVIEWED


def test_one_undo_takes_a_whole_batch_back(casebook: Casebook) -> None:
    casebook.mark([(found(SHELL), SHELL)], Verdict.SUSPICIOUS)
    casebook.mark([(found(SHELL), SHELL), (found(CURL), CURL)], Verdict.EXPECTED)
    assert casebook.undo() == "expected: processes /bin/sh and 1 more"
    assert sign(casebook, SHELL) is Sign.SUSPICIOUS
    assert casebook.judgement(found(CURL)) is None
    assert casebook.redo() == "expected: processes /bin/sh and 1 more"
    assert sign(casebook, CURL) is Sign.EXPECTED


def test_undo_goes_back_to_the_beginning_and_redo_to_the_end(casebook: Casebook) -> None:
    for verdict in (Verdict.SUSPICIOUS, Verdict.EXPECTED):
        casebook.mark([(found(SHELL), SHELL)], verdict)
    casebook.note(found(SHELL), SHELL, "n")
    assert casebook.undo() == "note on processes /bin/sh"
    assert casebook.undo() == "expected: processes /bin/sh"
    assert casebook.undo() == "suspicious: processes /bin/sh"
    assert casebook.undo() is None
    assert casebook.judgement(found(SHELL)) is None
    assert casebook.redo() == "suspicious: processes /bin/sh"
    assert sign(casebook, SHELL) is Sign.SUSPICIOUS
    assert casebook.redo() == "expected: processes /bin/sh"
    assert casebook.redo() == "note on processes /bin/sh"
    assert casebook.redo() is None
    assert note(casebook) == "n"


def test_a_new_mark_ends_redoing(casebook: Casebook) -> None:
    casebook.mark([(found(SHELL), SHELL)], Verdict.SUSPICIOUS)
    casebook.undo()
    casebook.mark([(found(CURL), CURL)], Verdict.EXPECTED)
    assert casebook.redo() is None
    assert casebook.judgement(found(SHELL)) is None


def test_undo_and_redo_work_across_openings(path: Path) -> None:
    with Casebook.open(path, "mei", ticking()) as casebook:
        casebook.mark([(found(SHELL), SHELL)], Verdict.SUSPICIOUS)
        casebook.mark([(found(CURL), CURL)], Verdict.EXPECTED)
    with Casebook.open(path, "kim", ticking()) as casebook:
        assert casebook.undo() == "expected: processes /usr/bin/curl"
    with Casebook.open(path, "mei", ticking()) as casebook:
        assert casebook.undo() == "suspicious: processes /bin/sh"
        assert casebook.redo() == "suspicious: processes /bin/sh"
    with Casebook.open(path, "mei", ticking()) as casebook:
        assert sign(casebook, SHELL) is Sign.SUSPICIOUS
        assert casebook.redo() == "expected: processes /usr/bin/curl"


def test_undo_says_what_it_did_in_printable_text(casebook: Casebook) -> None:
    evil = process("\x1b[2J\ud800")
    value = found(evil).with_value("ExecutionCommandLines", "\u202ex")
    casebook.mark([(value, evil)], Verdict.EXPECTED)
    assert casebook.undo() == "expected: processes \\e[2J\\ud800 \\u202ex"


def test_history_keeps_everything(casebook: Casebook) -> None:
    casebook.mark([(found(SHELL), SHELL)], Verdict.SUSPICIOUS, "a")
    casebook.undo()
    casebook.redo()
    casebook.undo()
    casebook.mark([(found(CURL), CURL)], Verdict.EXPECTED)
    casebook.note(found(SHELL), SHELL, "b")
    entries = casebook.history(found(SHELL))
    assert [entry.kind for entry in entries] == [
        *(Kind.MARK, Kind.UNDO, Kind.REDO, Kind.UNDO),
        Kind.NOTE,
    ]
    assert [entry.undone for entry in entries] == [True, False, False, False, False]
    assert [entry.note for entry in entries] == ["a", None, None, None, "b"]
    assert [entry.target for entry in entries] == [None, 1, 1, 1, None]
    assert entries[0].verdict is Verdict.SUSPICIOUS
    assert casebook.history(found(process("/never"))) == []


def test_nothing_marked_is_nothing_to_undo(casebook: Casebook) -> None:
    casebook.mark([], Verdict.EXPECTED)
    assert casebook.undo() is None
    assert casebook.redo() is None


def test_two_casebooks_see_each_other(casebook: Casebook, path: Path) -> None:
    with Casebook.open(path, "kim", ticking()) as other:
        assert not other.refresh()
        casebook.mark([(found(SHELL), SHELL)], Verdict.SUSPICIOUS)
        assert other.refresh()
        assert not other.refresh()
        assert sign(other, SHELL) is Sign.SUSPICIOUS
        other.mark([(found(SHELL), SHELL)], Verdict.EXPECTED)
        # Not refreshed: an undo still takes back the last word of the case.
        assert casebook.undo() == "expected: processes /bin/sh"
        assert sign(casebook, SHELL) is Sign.SUSPICIOUS


def test_judged_lists_what_still_counts(casebook: Casebook) -> None:
    other = Finding("cam-2", "plant-7", "processes", (("Executable", "/bin/sh"),))
    casebook.mark([(found(SHELL), SHELL), (other, SHELL)], Verdict.EXPECTED)
    casebook.mark([(found(CURL), CURL)], Verdict.EXPECTED)
    assert casebook.judged("cam-1", "PLANT-7") == [found(SHELL), found(CURL)]
    casebook.undo()
    assert casebook.judged("cam-1", "plant-7") == [found(SHELL)]
    assert casebook.judged("cam-1", "plant-8") == []


@pytest.mark.parametrize("verdict", [Verdict.EXPECTED, Verdict.SUSPICIOUS])
def test_a_gained_value_is_drift(casebook: Casebook, verdict: Verdict) -> None:
    casebook.mark([(found(SHELL), SHELL)], verdict)
    now = process("/bin/sh", "sh", "sh -i", "sh -x")
    standing = casebook.standing(found(now), now, SETS)
    assert standing.sign is Sign.DRIFTED
    assert standing.drift == {"ExecutionCommandLines": ["sh -i", "sh -x"]}
    assert standing.judgement is not None
    assert standing.judgement.verdict is verdict


def test_drift_ends_when_the_verdict_is_given_again(casebook: Casebook) -> None:
    casebook.mark([(found(SHELL), SHELL)], Verdict.EXPECTED)
    now = process("/bin/sh", "sh", "sh -i")
    assert sign(casebook, now) is Sign.DRIFTED
    casebook.note(found(now), now, "a note is no verdict")
    assert sign(casebook, now) is Sign.DRIFTED
    casebook.mark([(found(now), now)], Verdict.EXPECTED)
    assert sign(casebook, now) is Sign.EXPECTED
    casebook.undo()
    assert sign(casebook, now) is Sign.DRIFTED


def test_counts_times_and_lost_values_are_no_drift(casebook: Casebook) -> None:
    casebook.mark([(found(SHELL), SHELL)], Verdict.EXPECTED)
    now = process("/bin/sh", runs=99) | {"MinObservedTime": NOON + timedelta(hours=1)}
    assert casebook.standing(found(now), now, SETS).drift == {}
    assert sign(casebook, now) is Sign.EXPECTED


def test_a_column_the_other_pack_lacks_is_no_drift(casebook: Casebook) -> None:
    judged = {k: v for k, v in SHELL.items() if k != "ExecutingUsers"}
    casebook.mark([(found(judged), judged)], Verdict.EXPECTED)
    assert sign(casebook, SHELL) is Sign.EXPECTED
    casebook.mark([(found(SHELL), SHELL)], Verdict.EXPECTED)
    assert sign(casebook, judged) is Sign.EXPECTED


def test_a_set_that_was_empty_can_drift(casebook: Casebook) -> None:
    judged = SHELL | {"ExecutingUsers": None}
    casebook.mark([(found(judged), judged)], Verdict.EXPECTED)
    assert casebook.standing(found(SHELL), SHELL, SETS).drift == {
        "ExecutingUsers": ["Id:0, Name:root"]
    }


def test_a_verdict_on_a_value_does_not_touch_the_row(casebook: Casebook) -> None:
    value = found(SHELL).with_value("ExecutionCommandLines", "sh")
    casebook.mark([(value, SHELL)], Verdict.SUSPICIOUS)
    assert sign(casebook, SHELL) is Sign.UNREVIEWED
    now = process("/bin/sh", "sh", "sh -i")
    assert casebook.standing(value, now, SETS).sign is Sign.SUSPICIOUS


def test_unreviewed_cannot_drift(casebook: Casebook) -> None:
    casebook.mark([(found(SHELL), SHELL)], Verdict.UNREVIEWED)
    now = process("/bin/sh", "sh -i")
    assert sign(casebook, now) is Sign.UNREVIEWED


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=texts, line=texts, note=texts, analyst=st.text(max_size=5))
def test_every_text_survives(
    tmp_path_factory: pytest.TempPathFactory, name: str, line: str, note: str, analyst: str
) -> None:
    path = tmp_path_factory.mktemp("texts") / "case"
    record = process(name, line)
    with Casebook.open(path, analyst, ticking()) as casebook:
        casebook.mark([(found(record), record)], Verdict.EXPECTED, note)
    with Casebook.open(path, "other") as casebook:
        standing = casebook.standing(found(record), record, SETS)
        assert standing.sign is Sign.EXPECTED
        assert standing.judgement is not None
        assert _same(standing.judgement.note, note)
        assert _same(standing.judgement.by, analyst)


def _same(one: str, two: str) -> bool:
    return one.encode("utf-16", "surrogatepass") == two.encode("utf-16", "surrogatepass")


def test_the_default_case_stands_in_the_state_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/somewhere")
    assert default_case_path() == Path("/somewhere/iotriage/case.iotriage")
