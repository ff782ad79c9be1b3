"""Several processes on one case: killed in the middle of it, and writing side by side.

IOTRIAGE_KILLS and IOTRIAGE_WRITERS say how many; 1000 and 200 are the full numbers.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from iotriage.tui.casebook.casebook import Casebook
from iotriage.tui.casebook.check import check_case
from iotriage.tui.casebook.findings import Verdict

from . import marker, writers

_KILLS = int(os.environ.get("IOTRIAGE_KILLS", "12"))
_WRITERS = int(os.environ.get("IOTRIAGE_WRITERS", "20"))
#: Kills of one case: its entries are all read again after each.
_KILLS_OF_ONE = 25


def running(script: str, *arguments: object) -> subprocess.Popen[str]:
    path = Path(__file__).with_name(script)
    return subprocess.Popen(
        [sys.executable, str(path), *map(str, arguments)], stdout=subprocess.PIPE, text=True
    )


def see_that_all_is_there(path: Path, acknowledged: dict[str, int]) -> None:
    with Casebook.open(path, "after") as casebook:
        for analyst, count in acknowledged.items():
            for number in range(count):
                for finding in marker.findings(analyst, number):
                    judgement = casebook.judgement(finding)
                    assert judgement is not None, (analyst, number)
                    assert (judgement.verdict, judgement.by) == (Verdict.EXPECTED, analyst)
            # The one that was not acknowledged is there whole, or not at all.
            rest = [casebook.judgement(f) is None for f in marker.findings(analyst, count)]
            assert len(set(rest)) == 1, analyst


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    chance = random.Random(7)
    total = 0
    acknowledged: dict[str, int] = {}
    for number in range(_KILLS):
        path = tmp_path / f"case-{number // _KILLS_OF_ONE}"
        if number % _KILLS_OF_ONE == 0:
            acknowledged = {}
        analyst = f"mei-{number}"
        with running("marker.py", path, analyst, 10**6) as child:
            assert child.stdout is not None
            if chance.random() < 0.8:
                child.stdout.readline()
                acknowledged[analyst] = 1
            time.sleep(chance.uniform(0, 0.05))
            child.kill()
            acknowledged[analyst] = acknowledged.get(analyst, 0) + len(child.stdout.read().split())
        if path.exists() or Path(f"{path}-wal").exists():
            see_that_all_is_there(path, acknowledged)
            if number % _KILLS_OF_ONE == _KILLS_OF_ONE - 1 or number == _KILLS - 1:
                assert check_case(path).ok
        total += acknowledged[analyst]
    assert total > _KILLS


def test_a_kill_while_the_case_is_made_leaves_a_case_or_none(tmp_path: Path) -> None:
    chance = random.Random(8)
    for number in range(_KILLS):
        path = tmp_path / str(number) / "case"
        with running("marker.py", path, "mei", 1) as child:
            time.sleep(chance.uniform(0.02, 0.2))
            child.kill()
        with Casebook.open(path, "after") as casebook:
            assert len(casebook.judged("cam-1", "plant-7")) <= 1


@pytest.mark.parametrize("made_before", [True, False])
def test_two_writers_at_once(tmp_path: Path, made_before: bool) -> None:
    path = tmp_path / "case"
    if made_before:
        Casebook.open(path, "before").close()
    children = [running("marker.py", path, analyst, 100) for analyst in ("mei", "kim")]
    with children[0], children[1]:
        for child in children:
            out, _ = child.communicate(timeout=120)
            assert child.returncode == 0
            assert len(out.split()) == 100
    see_that_all_is_there(path, {"mei": 100, "kim": 100})
    with Casebook.open(path, "after") as casebook:
        undone = 0
        while casebook.undo():
            undone += 1
        assert undone == 200


def test_many_writers_at_once(tmp_path: Path) -> None:
    path = tmp_path / "case"
    processes, threads, marks = max(1, _WRITERS // 10), min(10, _WRITERS), 5
    names = [f"process-{number}" for number in range(processes)]
    children = [running("writers.py", path, name, threads, marks) for name in names]
    try:
        for child in children:
            child.communicate(timeout=300)
            assert child.returncode == 0
    finally:
        for child in children:
            child.kill()
    with Casebook.open(path, "after") as casebook:
        assert len(casebook.judged("cam-1", "plant-7")) == processes * threads * marks
        for name in names:
            judgement = casebook.judgement(writers.finding(name, threads - 1, marks - 1))
            assert judgement is not None
            assert judgement.by == name
    assert check_case(path).ok
