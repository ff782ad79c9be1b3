"""The server, for its own tests; and that none of them leaves a token anywhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .commanding import run
from .fixture import _served, az, demo_evidence, demo_service, service
from .service import Service

__all__ = ["_served", "az", "demo_evidence", "demo_service", "run", "service"]


@pytest.fixture(scope="session", autouse=True)
def _no_token_is_left(
    demo_service: Service, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """After all tests: no case, log, report or crash of theirs holds one.

    The folders of ``az`` hold what its tokens are made of.
    """
    yield
    secrets = [secret.encode() for secret in demo_service.tokens.secrets]
    files = [
        path
        for path in tmp_path_factory.getbasetemp().rglob("*")
        if path.is_file() and not (path.parent / "az").exists()
    ]
    assert [str(f) for f in files if any(s in f.read_bytes() for s in secrets)] == []
