"""Tokens stay in memory: not in logs, not in crashes, not in errors; the sign-in only if asked."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from iotriage.queries.answers import Status
from iotriage.queries.log_analytics.failures import ServiceFailure
from iotriage.queries.log_analytics.logs import keep_off_the_screen
from iotriage.queries.log_analytics.sign_in import who
from iotriage.queries.log_analytics.source import LogAnalytics
from iotriage.queries.source import Cancellation, DeviceCode
from iotriage.tui.crash import crash_words

from . import faults
from .az_script import AzScript
from .fixture import NOW, WORKSPACE
from .online import client, opened
from .service import Service


def secret_of(service: Service) -> str:
    return service.token()


def test_what_the_libraries_log_goes_to_the_file_without_tokens(
    service: Service, az: AzScript, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "logs" / "azure.log"
    keep_off_the_screen(log)
    keep_off_the_screen(log)
    service.faults.add(faults.cut_body(), times=1, where="hubAlerts")
    with opened(service) as source:
        window = source.latest()
        from iotriage.queries.packs.loading import load_pack

        query = load_pack("exact").questions["alerts"].query("cam-0231", "plant-7", window)
        assert source.ask(query, window, Cancellation()).status is Status.COMPLETE
    token = secret_of(service)
    for name in ("azure.identity", "msal", "asyncio"):
        logging.getLogger(name).warning("Bearer %s and \x1b[31m %s", token, token)
    text = log.read_text("utf-8")
    assert text.count("Incomplete download") == 1
    assert text.count("Bearer (token) and ") == 3
    assert token not in text
    assert "\x1b" not in text
    assert capfd.readouterr().err == ""


def test_a_crash_says_no_token(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    token = secret_of(service)
    try:
        raise RuntimeError(f"sent Authorization: Bearer {token} with {token}")
    except RuntimeError as error:
        words = crash_words(error)
    (log,) = tmp_path.rglob("crash.log")
    assert token not in words + log.read_text("utf-8")
    assert "RuntimeError: sent Authorization: Bearer (token) with (token)" in log.read_text("utf-8")


def test_a_failure_says_no_token(service: Service) -> None:
    token = secret_of(service)
    assert token not in str(ServiceFailure(f"{token[:500]} was not taken"))


def test_a_token_says_whose_it_is_or_nothing() -> None:
    for text in ("", "x", "a.b.c", "a.eyJ9.c", "a.bnVsbA.c", "a.W10.c", "..", "a.e30.c"):
        assert who(text) == {}


class TestKeptSignIn:
    """A device-code sign-in is kept between runs only where somebody has asked for that."""

    @pytest.fixture(autouse=True)
    def _home(self, service: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("AZURE_AUTHORITY_HOST", service.endpoint)
        monkeypatch.delenv("AZURE_TENANT_ID", raising=False)
        monkeypatch.delenv("AZURE_CLIENT_ID", raising=False)
        for name in ("HOME", "XDG_STATE_HOME"):
            monkeypatch.setenv(name, str(tmp_path / name.lower()))
            (tmp_path / name.lower()).mkdir()
        self.home = tmp_path
        self.codes: list[DeviceCode] = []
        self.service = service
        service.tokens.audience = None

    def _show(self, code: DeviceCode | None) -> None:
        if code is not None:
            self.codes.append(code)
        self.service.entra.approve()

    def sign_in(self, cache: str) -> None:
        with client(self.service, auth="device", show_code=self._show, cache=cache) as made:
            LogAnalytics.open(made, WORKSPACE, lambda: NOW)

    def files(self) -> list[Path]:
        return [path for path in self.home.rglob("*") if path.is_file()]

    def test_in_memory_it_ends_with_the_program(self) -> None:
        self.sign_in("memory")
        self.sign_in("memory")
        assert len(self.codes) == 2
        assert self.files() == []

    def test_unencrypted_in_words_it_outlives_the_program(self) -> None:
        self.sign_in("unencrypted")
        self.sign_in("unencrypted")
        assert len(self.codes) == 1
        record = self.home / "xdg_state_home" / "iotriage" / "sign-in.json"
        assert record.stat().st_mode & 0o077 == 0
        # What the test asked to be kept is not to be found by the search after all tests.
        for path in self.files():
            path.unlink()

    def test_encrypted_without_a_keyring_fails_in_words(self) -> None:
        from iotriage.queries.source import SourceError

        with pytest.raises(SourceError, match=r"sign-in failed \(device\): .*encrypt"):
            self.sign_in("encrypted")
        assert self.codes == []
