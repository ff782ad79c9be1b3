"""What iotriage capture and capture verify say, and how they end."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from iotriage.queries.evidence import slicing
from iotriage.queries.evidence.source import Evidence

from .running import Here, Run

PLACE = ("--hub", "plant-7", "--device", "cam-1")


@pytest.fixture
def store(world: Path) -> Path:
    return world / "cam.store"


@pytest.fixture
def captured(iotriage: Here, evidence: Path, store: Path) -> Run:
    return iotriage("capture", "--evidence", evidence, "--device", "cam-1", "-o", store)


def test_it_tells_what_it_took_and_is_verified(
    captured: Run, iotriage: Here, evidence: Path, store: Path
) -> None:
    assert (captured.status, captured.err) == (0, "")
    first, *lines = captured.text.splitlines()
    assert first.startswith(f"{store}: 28 rows of cam-1 on plant-7 from EVIDENCE {evidence}, 2026-")
    assert lines[:4] == [
        "SecurityAlert: 2 rows in 1 slice",
        "SecurityIoTRawEvent: 26 rows in 1 slice",
        "DefenderIoTRawEvent: 0 rows in 1 slice",
        "SecurityRecommendation: not in the source",
    ]
    ran = iotriage("capture", "verify", store)
    assert (ran.status, ran.err) == (0, "")
    assert ran.text.splitlines()[0] == first.replace(": ", ": sound: ", 1)
    assert ran.text.splitlines()[1:] == lines, "the sum that was told at first"
    digest = lines[4].removeprefix("manifest SHA-256: ")
    assert [len(part) for part in digest.split()] == [8] * 8


def test_the_answers_are_those_of_the_archive(
    captured: Run, iotriage: Here, evidence: Path, store: Path
) -> None:
    for question in ("alerts", "processes", "users"):
        words = ("ask", question, *PLACE, "--format", "csv", "--evidence")
        there, here = iotriage(*words, evidence), iotriage(*words, store)
        assert (here.status, here.out) == (there.status, there.out) == (0, here.out)
        assert "a capture of EVIDENCE" in here.err
    wider = iotriage("ask", "alerts", *PLACE, "--evidence", store, "--since", "2026-11-01")
    assert wider.status == 3
    assert "is not in this capture" in wider.err


def test_a_changed_row_is_a_line_and_a_status(captured: Run, iotriage: Here, store: Path) -> None:
    with duckdb.connect(str(store)) as connection:
        connection.execute("UPDATE SecurityAlert SET Description = 'x\x1b[2J'")
    ran = iotriage("capture", "verify", store)
    assert (ran.status, ran.err) == (1, "")
    problem, said, *_ = ran.text.splitlines()
    assert problem.startswith("SecurityAlert: 2026-11-20T00:")
    assert "a row was changed" in problem
    assert said == f"{store}: not as it was captured: 1 problem"


def test_what_does_not_come_is_named_and_fetched_later(
    iotriage: Here, evidence: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slicing, "ROWS", 9)
    words = ("capture", "--evidence", evidence, "--device", "cam-1", "--last", "24h", "-o", store)
    ask = Evidence.ask

    def failing(self: Evidence, query: object, window: object, *more: object) -> object:
        from iotriage.queries.answers import Answer, Status

        if query.question == "rows" and query.text.startswith("SecurityAlert"):
            return Answer("rows", status=Status.FAILED, failure="HTTP 500: \x1b[2J no")
        return ask(self, query, window, *more)

    monkeypatch.setattr(Evidence, "ask", failing)
    ran = iotriage(*words)
    assert ran.status == 3
    assert "SecurityAlert: 0 rows in 1 slice" in ran.text
    assert "SecurityAlert from 2026-11-19T23:30:01Z to 2026-11-20T23:30:01Z was" in ran.err
    assert ran.err.endswith("Z was not captured: HTTP 500: \\e[2J no\n")
    verified = iotriage("capture", "verify", store)
    assert (verified.status, verified.err) == (3, ran.err)
    asked = iotriage("ask", "alerts", *PLACE, "--evidence", store)
    assert asked.status == 3
    assert "was not captured" in asked.err
    monkeypatch.setattr(Evidence, "ask", ask)
    ran = iotriage(*words)
    assert (ran.status, ran.err) == (0, f"{store}: going on, 4 slices kept\n")
    assert "SecurityAlert: 2 rows in 1 slice" in ran.text
    assert iotriage("capture", "verify", store).status == 0
    said = iotriage(*words).failed(1)
    assert said == f"{store}: holds this capture whole already; give another name to -o"


def test_an_interrupt_keeps_what_came_and_says_so(
    iotriage: Here, evidence: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from iotriage.queries.evidence import capturing

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    words = ("capture", "--evidence", evidence, "--device", "cam-1", "-o", store)
    with monkeypatch.context() as patch:
        patch.setattr(capturing, "write_capture", interrupted)
        ran = iotriage(*words)
    assert ran.status == 130
    assert [line for line in ran.err.splitlines() if line] == [
        f"{store}: 3 slices kept: the same command goes on from there",
        "iotriage: stopped",
    ]
    assert not store.exists()
    # With the words of another window it is another capture.
    other = iotriage(*words, "--last", "1h").failed(1)
    assert "is a capture of cam-1 on plant-7" in other
    assert iotriage(*words).status == 0


def test_wrong_words(iotriage: Here, evidence: Path, store: Path) -> None:
    source = ("--evidence", evidence)
    assert "give -o STORE" in iotriage("capture", *source, "--device", "cam-1").failed(2)
    assert "give --device ID" in iotriage("capture", *source, "-o", store).failed(2)
    one = iotriage("capture", *source, "--device", "cam-9", "-o", store).failed(1)
    assert "no device 'cam-9'" in one
    twin = iotriage("capture", *source, "--device", "twin", "-o", store).failed(2)
    assert "give --hub, one of plant-7, plant-8" in twin
    guids = [f"{number}1111111-2222-3333-4444-555555555555" for number in (1, 2)]
    several = [word for guid in guids for word in ("--workspace", guid)]
    ran = iotriage("capture", *several, "--device", "cam-1", "-o", store)
    assert "a capture is of one workspace" in ran.failed(2)
    there = store.parent / "none" / "cam.store"
    ran = iotriage("capture", *source, "--device", "cam-1", "-o", there)
    assert "there is no such folder" in ran.failed(1)
    store.write_text("mine")
    ran = iotriage("capture", *source, "--device", "cam-1", "-o", store)
    assert "is there and is no store" in ran.failed(1)
    assert "is no store" in iotriage("capture", "verify", store).failed(1)
    assert "no such file" in iotriage("capture", "verify", there).failed(1)
    before = iotriage("capture", "--device", "cam-1", "verify", store)
    assert "--device is for capture, not for capture verify" in before.failed(2)
    assert store.read_text() == "mine"
