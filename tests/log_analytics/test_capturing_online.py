"""iotriage capture against the server, which throttles, cuts, breaks off and comes back."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from capturing import making
from iotriage.queries.evidence import slicing
from iotriage.queries.evidence.capture_opening import open_capture
from iotriage.queries.evidence.captured import Wanted
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.held import OPTIONAL
from iotriage.queries.window import Window

from . import faults
from .commanding import Run
from .fixture import NOW, OTHER, WORKSPACE
from .service import Service

ROWS = "order by TimeGenerated asc"
EVENTS = rf"SecurityIoTRawEvent\n(?s:.*){ROWS}"
WINDOW = ("--since", "2026-11-21T00:00", "--until", "2026-11-21T11:30")
PLACE = ("--device", "cam-0231", "--hub", "plant-7", *WINDOW)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "cam.store"


def held_by(store: Path, evidence: Evidence) -> dict[str, making.Cells]:
    """What the same device has in the archive that the server answers from."""
    with open_capture(store) as (_, captured):
        wanted = captured.manifest.wanted
    beside = store.with_name("archive.store")
    same = Wanted(evidence.name, wanted.device, wanted.hub, wanted.start, wanted.end)
    making.captured(evidence, beside, same)
    return making.held(beside)


def test_a_service_that_throttles_cuts_and_breaks_off(
    run: Run,
    service: Service,
    demo_evidence: Evidence,
    store: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(slicing, "ROWS", 400)
    service.row_cap = 150
    service.faults.add(faults.status(429, retry_after=0), where=ROWS)
    service.faults.add(faults.status(413), where=ROWS)
    service.faults.add(faults.partial(), where=ROWS)
    service.faults.add(faults.cut_body(), where=ROWS)
    status, out, err = run("capture", "--workspace", WORKSPACE, *PLACE, "-o", str(store))
    assert (status, err) == (0, "")
    assert f"from WORKSPACE {WORKSPACE}, 2026-11-21T00:00:00Z to 2026-11-21T11:30:00Z" in out
    assert making.held(store) == held_by(store, demo_evidence)
    assert service.peak <= 4
    assert len({seen.fault for seen in service.queries}) == 5, "none, and each of the four"
    status, verified, err = run("capture", "verify", str(store))
    assert (status, err) == (0, "")
    assert verified.splitlines()[-1] == out.splitlines()[-1]


def test_a_service_that_comes_back(
    run: Run, service: Service, demo_evidence: Evidence, store: Path
) -> None:
    service.faults.add(faults.status(503), times=None, where=EVENTS)
    words = ("capture", "--workspace", WORKSPACE, *PLACE, "-o", str(store))
    status, _, err = run(*words)
    assert status == 3
    assert err.startswith("SecurityIoTRawEvent from 2026-11-21T00:00:00Z to 2026-11-21T11:30:00Z")
    assert "was not captured: HTTP 503" in err
    service.faults.clear()
    service.requests.clear()
    assert run(*words)[0] == 0
    rows = [seen for seen in service.queries if ROWS in seen.query]
    assert len(rows) == 1, "what was there is not asked for again"
    assert making.held(store) == held_by(store, demo_evidence)


def test_a_table_that_is_not_there(run: Run, service: Service, store: Path) -> None:
    # Its last day: nobody writes to it any more.
    words = ("--device", "cam-0231", "--hub", "plant-7", "-o", str(store))
    status, out, err = run("capture", "--workspace", OTHER, *words)
    assert (status, err) == (0, "")
    assert "DefenderIoTRawEvent: not in the source" in out
    evidence = Evidence.open(store, NOW)
    assert evidence.missing_tables == {"DefenderIoTRawEvent", *OPTIONAL}
    window = evidence.default_window()
    assert window == Window(window.end - timedelta(days=1), window.end)
    assert f"{window.start:%Y-%m-%dT%H:%M:%SZ} to {window.end:%Y-%m-%dT%H:%M:%SZ}" in out
    evidence.close()


def test_nobody_answers(run: Run, service: Service, store: Path) -> None:
    service.faults.add(faults.status(503), times=None, where=r"summarize Rows = count\(\), Char")
    status, out, err = run("capture", "--workspace", WORKSPACE, *PLACE, "-o", str(store))
    assert (status, out) == (1, "")
    assert "cannot be counted: HTTP 503" in err
    assert len(err.splitlines()) == 1
    assert list(store.parent.glob("*.store*")) + list(store.parent.glob(".cam*")) == []


@pytest.mark.parametrize("pack", ["exact", "guide"])
def test_what_the_workspace_has_no_table_of_is_not_asked_for(
    run: Run, service: Service, store: Path, pack: str
) -> None:
    """Whatever the pack reads of it: a capture takes all that Defender for IoT writes."""
    words = ("--workspace", OTHER, *PLACE, "--pack", pack)
    status, out, err = run("capture", *words, "-o", str(store))
    assert (status, err) == (0, "")
    for table in ("DefenderIoTRawEvent", "SecurityRecommendation"):
        assert f"{table}: not in the source" in out
        assert not any(q.query.count(table) and ROWS in q.query for q in service.queries)


def test_an_interrupt_while_it_is_fetched(run: Run, service: Service, store: Path) -> None:
    """In a process of its own, as a terminal does it."""
    alerts = rf"SecurityAlert\n(?s:.*){ROWS}"
    service.faults.add(faults.never_answer(), times=None, where=EVENTS)
    words = ("capture", "--workspace", WORKSPACE, *PLACE, "-o", str(store))
    iotriage = str(Path(sys.executable).parent / "iotriage")
    with subprocess.Popen([iotriage, *words], stderr=subprocess.PIPE, text=True) as going:
        folder = store.parent / ".cam.store.capture"
        deadline = time.monotonic() + 30
        while len(list(folder.glob("*.slice"))) < 3:
            assert time.monotonic() < deadline
            assert going.poll() is None
            time.sleep(0.01)
        going.send_signal(signal.SIGINT)
        _, err = going.communicate(timeout=10)
    assert going.returncode == 130
    assert [line for line in err.splitlines() if line] == [
        f"{store}: 3 slices kept: the same command goes on from there",
        "iotriage: stopped",
    ]
    service.faults.clear()
    service.requests.clear()
    status, _, err = run(*words)
    assert (status, err) == (0, f"{store}: going on, 3 slices kept\n")
    assert [q.query for q in service.queries if re.search(alerts, q.query)] == []
