"""A world without settings of its own, and a small evidence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .running import Here, rows, write


@pytest.fixture(autouse=True)
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder; nothing of the machine's own settings is seen."""
    for name in os.environ:
        if name.startswith(("IOTRIAGE_", "XDG_")) and name != "IOTRIAGE_EDITABLE":
            monkeypatch.delenv(name)
    for name in ("STATE", "CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(scope="session")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("small") / "export", rows())


@pytest.fixture
def iotriage(capsysbinary: pytest.CaptureFixture[bytes]) -> Here:
    return Here(capsysbinary)
