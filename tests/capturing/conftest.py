"""The server, and places for stores."""

from __future__ import annotations

from pathlib import Path

import pytest
from log_analytics.fixture import _served, az, demo_evidence, demo_service, service

__all__ = ["_served", "az", "demo_evidence", "demo_service", "service"]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    folder = tmp_path / "kept"
    folder.mkdir()
    return folder / "cam.store"
