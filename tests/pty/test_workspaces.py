"""The online console as it is really run: command, SDK, TLS and server, in a terminal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from log_analytics import faults
from log_analytics.az_script import AzScript
from log_analytics.exchange import Exchange
from log_analytics.fixture import OTHER, WORKSPACE, _served, az, demo_service, service
from log_analytics.service import Service
from real_terminal import Terminal

__all__ = ["_served", "az", "demo_service", "service"]


@pytest.fixture
def online(env: dict[str, str], service: Service, az: AzScript, tmp_path: Path) -> dict[str, str]:
    """The environment of somebody whose service is the server."""
    home = tmp_path / "home"
    home.mkdir()
    return env | {
        "PATH": f"{az.folder}:{env['PATH']}",
        "HOME": str(home),
        "SSL_CERT_FILE": service.ca_file,
        "IOTRIAGE_ENDPOINT": service.endpoint,
        "IOTRIAGE_MANAGEMENT": service.endpoint,
        "AZURE_AUTHORITY_HOST": service.endpoint,
    }


def echo_token() -> faults.Fault:
    """An error that repeats the request's headers, as debugging proxies do."""

    async def play(exchange: Exchange) -> None:
        said = f"you sent {exchange.request.headers['authorization']} and this is a test"
        await faults.status(400, "SyntaxError", said).play(exchange)

    return faults.Fault("echo", play)


def leaks(service: Service, folder: Path, *texts: bytes) -> list[str]:
    """Where one of the server's secrets stands: in a file below ``folder``, or in a text."""
    secrets = [secret.encode() for secret in service.tokens.secrets]
    held = {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    held |= {f"text {number}": text for number, text in enumerate(texts)}
    return [name for name, content in held.items() if any(s in content for s in secrets)]


def test_an_investigation_that_leaves_no_token_anywhere(
    online: dict[str, str], service: Service, tmp_path: Path
) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    words = ["--workspace", WORKSPACE, "--device", "cam-0231", "--case", str(tmp_path / "case")]
    with Terminal(*words, env=online, size=(120, 40), cwd=folder) as terminal:
        terminal.until("plant-7 / cam-0231")
        for number, title in enumerate(("Alerts", "Users", "Ports", "Logins", "Processes"), 1):
            terminal.press(str(number))
            terminal.until(f"{title}  complete · ")
        terminal.press("2", "s")
        terminal.until("! 1 ")
        service.faults.add(echo_token(), times=None, where="let portSnapshots")
        terminal.press("3", "r")
        terminal.until("you sent Bearer (token) and")
        service.down()
        terminal.press("4", "r")
        terminal.until("refuses the connection")
        service.up()
        terminal.press("r")
        terminal.until("Logins  complete · ")
        terminal.press("x", "enter")
        terminal.until("written to")
        terminal.press("q")
        assert terminal.ended(10)
        assert terminal.status == 0
        assert terminal.restored
        raw = bytes(terminal.raw)
    (report,) = folder.glob("findings-*.md")
    assert "svc-backup" in report.read_text("utf-8")
    assert "Bearer (token)" in report.read_text("utf-8")
    assert leaks(service, tmp_path, raw) == []
    assert any(seen.headers.get("authorization") for seen in service.requests)


def test_a_code_typed_on_another_machine(
    online: dict[str, str], service: Service, tmp_path: Path
) -> None:
    words = ["--workspace", "choose", "--auth", "device", "--case", str(tmp_path / "case")]
    with Terminal(*words, env=online, size=(80, 24)) as terminal:
        terminal.until("https://login.microsoft.example/device")
        code = re.search(r"\b[A-Z0-9]{9}\b", terminal.text)
        assert code, terminal.text
        service.entra.approve()
        terminal.until("demo-part")
        terminal.press("down", "enter")
        terminal.until("cam-0231")
        terminal.press("enter")
        terminal.until("complete · ")
        assert "WORKSPACE demo-part" in terminal.lines[0]
        terminal.press("q")
        assert terminal.ended(10)
        assert terminal.status == 0
        raw = bytes(terminal.raw)
    remembered = (tmp_path / "state" / "iotriage" / "workspace").read_text("utf-8")
    assert remembered.strip() == OTHER
    assert leaks(service, tmp_path, raw) == []


def test_a_workspace_that_cannot_be_asked_is_said_after_the_screen_is_given_back(
    online: dict[str, str], az: AzScript, tmp_path: Path
) -> None:
    az.not_signed_in()
    with Terminal("--workspace", WORKSPACE, env=online, size=(80, 24)) as terminal:
        assert terminal.ended(20)
        assert terminal.status == 1
        assert terminal.restored
        last = bytes(terminal.raw).rpartition(b"\x1b[?1049l")[2].decode()
    assert "Please run 'az login' to set up an account" in last
    assert "Traceback" not in last
