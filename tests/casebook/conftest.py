"""The case that the tests of the file start from."""

from __future__ import annotations

from pathlib import Path

import pytest
from iotriage.tui.casebook.casebook import Casebook
from iotriage.tui.casebook.findings import Verdict

from .cases import ROWS
from .samples import found, ticking


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A case with a mark on every row, closed."""
    path = tmp_path / "new" / "folder" / "case.iotriage"
    with Casebook.open(path, "mei", ticking()) as casebook:
        for row in ROWS:
            casebook.mark([(found(row), row)], Verdict.EXPECTED, "fine")
    return path
