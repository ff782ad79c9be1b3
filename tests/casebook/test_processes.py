"""Several processes on one case: killed in the middle of it, and writing side by side."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from iotriage.tui.casebook.casebook import Casebook
from iotriage.tui.casebook.findings import Verdict

from .marker import finding

_ROUNDS = int(os.environ.get("IOTRIAGE_KILLS", "15"))


def marking(path: Path, analyst: str, count: int) -> subprocess.Popen[str]:
    marker = Path(__file__).with_name("marker.py")
    return subprocess.Popen(
        [sys.executable, str(marker), str(path), analyst, str(count)],
        stdout=subprocess.PIPE,
        text=True,
    )


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "case"
    chance = random.Random(7)
    acknowledged: dict[str, int] = {}
    for number in range(_ROUNDS):
        analyst = f"mei-{number}"
        with marking(path, analyst, 10**6) as child:
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(chance.uniform(0, 0.05))
            child.kill()
            acknowledged[analyst] = 1 + len(child.stdout.read().split())
        with Casebook.open(path, "after") as casebook:
            for name, count in acknowledged.items():
                for mark in range(count):
                    judgement = casebook.judgement(finding(name, mark))
                    assert judgement is not None, (name, mark)
                    assert judgement.verdict is Verdict.EXPECTED
                    assert judgement.by == name
    assert sum(acknowledged.values()) > _ROUNDS


def test_a_kill_while_the_case_is_made_leaves_a_case_or_none(tmp_path: Path) -> None:
    chance = random.Random(8)
    for number in range(_ROUNDS):
        path = tmp_path / str(number) / "case"
        with marking(path, "mei", 1) as child:
            time.sleep(chance.uniform(0.02, 0.2))
            child.kill()
        with Casebook.open(path, "after") as casebook:
            assert len(casebook.judged("cam-1", "plant-7")) <= 1


@pytest.mark.parametrize("made_before", [True, False])
def test_two_writers_at_once(tmp_path: Path, made_before: bool) -> None:
    path = tmp_path / "case"
    if made_before:
        Casebook.open(path, "before").close()
    children = [marking(path, analyst, 100) for analyst in ("mei", "kim")]
    with children[0], children[1]:
        for child in children:
            out, _ = child.communicate(timeout=120)
            assert child.returncode == 0
            assert len(out.split()) == 100
    with Casebook.open(path, "after") as casebook:
        assert len(casebook.judged("cam-1", "plant-7")) == 200
        undone = 0
        while casebook.undo():
            undone += 1
        assert undone == 200
