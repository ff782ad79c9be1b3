"""Fixtures for every test that needs the server; a conftest imports those it wants."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from iotriage.queries.evidence.source import Evidence

from .az_script import AzScript
from .demo import OTHER, WORKSPACE, demo_workspaces
from .service import Service

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)

__all__ = ["NOW", "OTHER", "WORKSPACE", "az", "demo_evidence", "demo_service", "service"]


@pytest.fixture(scope="session")
def _served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, Evidence]]:
    with (
        Service(tmp_path_factory.mktemp("service")) as service,
        demo_workspaces(service, NOW) as evidence,
    ):
        yield service, evidence


@pytest.fixture(scope="session")
def demo_service(_served: tuple[Service, Evidence]) -> Service:
    """The server with the demo evidence in WORKSPACE and a part of it in OTHER."""
    return _served[0]


@pytest.fixture(scope="session")
def demo_evidence(_served: tuple[Service, Evidence]) -> Evidence:
    """What WORKSPACE answers from."""
    return _served[1]


@pytest.fixture
def service(demo_service: Service) -> Iterator[Service]:
    """The same, for a test that scripts it: as at first before and after."""
    demo_service.reset()
    yield demo_service
    demo_service.up()
    demo_service.reset()


@pytest.fixture
def az(
    demo_service: Service, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[AzScript]:
    """An ``az`` that the server knows, first on PATH and signed in."""
    script = AzScript(tmp_path_factory.mktemp("az"), demo_service.tokens)
    monkeypatch.setenv("PATH", script.path())
    yield script
    script.close()
