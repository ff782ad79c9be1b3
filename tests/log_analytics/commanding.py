"""The fixture ``run``: commands against the server."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from iotriage.queries.log_analytics import service as online_service
from iotriage.tui import cli

from .az_script import AzScript
from .service import Service

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    service: Service,
    az: AzScript,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    tmp_path: object,
) -> Run:
    """A command with the server as its service: (status, output, errors)."""
    monkeypatch.setenv("SSL_CERT_FILE", service.ca_file)
    monkeypatch.setenv("IOTRIAGE_ENDPOINT", service.endpoint)
    monkeypatch.setenv("IOTRIAGE_MANAGEMENT", service.endpoint)
    monkeypatch.setenv("IOTRIAGE_TIMEOUT", "20")
    monkeypatch.setattr(online_service, "Limits", partial(online_service.Limits, pauses=(0.01,)))
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))

    def command(*words: str) -> tuple[int, str, str]:
        capfd.readouterr()
        status = cli.run(list(words))
        out, err = capfd.readouterr()
        return status, out, err

    return command
