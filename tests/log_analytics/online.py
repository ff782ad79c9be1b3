"""Workspaces of the test server as the console opens them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import pytest
from iotriage.queries.log_analytics.clouds import CLOUDS
from iotriage.queries.log_analytics.service import Limits, Service
from iotriage.queries.log_analytics.sign_in import shared_token
from iotriage.queries.log_analytics.source import LogAnalytics
from iotriage.queries.source import ShowCode, nobody

from . import service as server
from .fixture import NOW, WORKSPACE

#: Nobody waits in a test.
QUICK = Limits(query=20, grace=2, connect=5, pauses=(0.01, 0.01, 0.01), patience=2)


def named(service: server.Service) -> str:
    """The server's address by a name, which can be lost."""
    return service.endpoint.replace("127.0.0.1", "localhost")


@contextmanager
def client(
    service: server.Service,
    limits: Limits = QUICK,
    auth: str = "cli",
    show_code: ShowCode = nobody,
    cache: str = "memory",
) -> Iterator[Service]:
    """A connection to the server, signed in as ``auth`` says."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", service.ca_file)
        cloud = CLOUDS["public"].at(named(service), None)
        made = Service(cloud, shared_token(auth, cloud, show_code, cache), limits)
        try:
            yield made
        finally:
            made.close()


@contextmanager
def opened(
    service: server.Service,
    workspace: str = WORKSPACE,
    limits: Limits = QUICK,
    now: datetime = NOW,
) -> Iterator[LogAnalytics]:
    """A workspace, looked into."""
    with client(service, limits) as made:
        yield LogAnalytics.open(made, workspace, lambda: now)


def hurried(**changes: float) -> Limits:
    """QUICK, with other limits."""
    return replace(QUICK, **changes)  # type: ignore[arg-type]
