"""A case on disk, and the look at one that must not be opened."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from iotriage.tui.casebook.casebook import Casebook, CaseError, Judgement
from iotriage.tui.casebook.findings import Verdict

from .samples import found, process

ROWS = [process(f"/bin/tool-{number}", "x" * number) for number in range(60)]


def words(casebook: Casebook) -> list[Judgement | None]:
    return [casebook.judgement(found(row)) for row in ROWS]


def live_copy(path: Path, copy: Path, marks: int) -> Path:
    """The case as a kill may leave it: all but the first of ``marks`` only in its log."""
    with Casebook.open(path, "kim") as casebook:
        casebook.mark([(found(ROWS[0]), ROWS[0])], Verdict.SUSPICIOUS)
        casebook.refresh()
        for row in ROWS[1:marks]:
            casebook.mark([(found(row), row)], Verdict.SUSPICIOUS)
        shutil.copy(path, copy)
        shutil.copy(f"{path}-wal", f"{copy}-wal")
    return copy


def refused(path: Path, patience: float = 0.05) -> str:
    """The complaint of a case that must not be opened; the file must be as it was."""
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(CaseError) as caught:
        Casebook.open(path, "kim", patience=patience).close()
    assert (path.read_bytes() if path.is_file() else b"") == before
    text = str(caught.value)
    assert str(path) in text
    assert "\n" not in text
    assert text.count(": ") >= 2, "what, where and what to do"
    return text
