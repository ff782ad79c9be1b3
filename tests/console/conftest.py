"""The demo evidence, opened once a session, and a world without settings of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from iotriage.queries.demo import demo_tables
from iotriage.queries.evidence.source import Evidence
from textual.drivers.headless_driver import HeadlessDriver

from .sources import NOW, Remembering


@pytest.fixture(scope="session")
def demo() -> Iterator[Remembering]:
    """The demo evidence as of a frozen clock."""
    evidence = Evidence.of_rows("DEMO", demo_tables(NOW), NOW)
    yield Remembering(evidence)
    evidence.close()


@pytest.fixture(autouse=True)
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder; nothing of the machine's own settings is seen."""
    for name in os.environ:
        if name.startswith(("IOTRIAGE_", "XDG_")) or name in ("TMUX", "DISPLAY", "WAYLAND_DISPLAY"):
            monkeypatch.delenv(name)
    for name in ("STATE", "CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("TERM", "xterm-256color")
    # No test may touch the clipboard of the desktop it runs on.
    monkeypatch.setenv("SSH_TTY", "/dev/pts/0")
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return tmp_path / "case.iotriage"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was sent to the terminal beside the screen, in order."""
    texts: list[str] = []

    def write(_: HeadlessDriver, data: str) -> None:
        # The toolkit tells the terminal the shape of the pointer.
        if not data.startswith("\x1b]22;"):
            texts.append(data)

    monkeypatch.setattr(HeadlessDriver, "write", write)
    return texts
