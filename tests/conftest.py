"""What every test of the project may ask for, and a world without caches of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from iotriage.queries.language import speak
from kusto_parser.fixture import kusto_parser

__all__ = ["kusto_parser"]


def pytest_xdist_auto_num_workers() -> int:
    """Two more than there are processors: tests in a terminal wait most of their time."""
    return (os.cpu_count() or 1) + 2


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Whatever a test speaks, the next one begins in English."""
    speak("en")
    yield
    speak("en")


@pytest.fixture(scope="session", autouse=True)
def _own_caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Translations are remembered for this run, by all of its processes, and for no other."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(shared / "caches"))
        # The commands speak as the locale does, and their tests expect English.
        for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
            if os.environ.get(name, "").startswith("ja"):
                patch.setenv(name, "C.UTF-8")
        yield
