"""The trap data, opened once a session for every test that only asks it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from held import TRAPS, opened
from iotriage.queries.evidence.source import Evidence
from shapes import write_json_lines


@pytest.fixture(scope="session")
def trap_evidence(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evidence]:
    """The trap tables as JSON Lines."""
    folder = tmp_path_factory.mktemp("traps") / "export"
    evidence = opened(write_json_lines(folder, TRAPS))
    yield evidence
    evidence.close()
