"""What goes wrong, what the pane says of it, and how the command ends: failures.md is the table.

IOTRIAGE_UPDATE=1 writes it anew, to be read before it is kept.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from iotriage.queries.answers import Answer, Status
from iotriage.queries.log_analytics import service as online_service
from iotriage.queries.log_analytics import source as online_source
from iotriage.queries.packs.loading import load_pack
from iotriage.queries.source import Cancellation, Waiting
from iotriage.tui import cli
from iotriage.tui.widgets.pane import empty_words

from .az_script import AzScript
from .failing import FAILURES, WORKSPACE, scene
from .online import QUICK, named, opened
from .service import Service

TABLE = Path(__file__).with_name("failures.md")
LIMITS = replace(QUICK, query=2.0, grace=1.0, body=1 << 20, patience=2)
QUESTION = load_pack("exact").questions["processes"]
_HEAD = """# What fails, what the pane says, how the command ends

Made by test_failures.py, which also checks it. "Again" is how often the question was asked again
by itself before that; "exit" is the status of `iotriage ask`.

| what goes wrong | the pane says | again | exit |
|---|---|---|---|
"""


def said(answer: Answer) -> str:
    """The state of the pane, and below it what it says in place of rows or beside them."""
    if answer.rows:
        words = [f"{answer.status}, {'rows' if len(answer.rows) > 1 else 'row'}"]
        words += [notice.text for notice in answer.notices]
    else:
        words = [line for line in empty_words(answer).splitlines() if line]
    return " / ".join(words)


def settled(text: str, service: Service) -> str:
    """Without what is different in each run."""
    text = text.replace(f"localhost:{service.port}", "HOST").replace("localhost", "HOST")
    text = re.sub(r"\b0x[0-9a-f]{6,}\b", "0x…", text)
    text = re.sub(r"\b\d+ min (?=ahead|behind)", "N min ", text)
    return text.replace("|", "\\|")


def online(service: Service, az: AzScript, name: str) -> tuple[Answer, list[Waiting]]:
    """The answer of an open workspace, and the pauses that were told."""
    heard: list[Waiting] = []
    with opened(service, limits=LIMITS) as source, scene(service, az) as stage:
        FAILURES[name](stage)
        window = source.latest()
        query = QUESTION.query("cam-0231", "plant-7", window)
        answer = source.ask(
            query,
            window,
            Cancellation(),
            lambda waiting: heard.append(waiting) if waiting else None,
        )
    return answer, [waiting for waiting in heard if waiting.until is not None]


def command(service: Service, az: AzScript, name: str) -> int:
    """How ``iotriage ask`` ends."""
    words = ["ask", "processes", "--device", "cam-0231", "--since", "2026-11-20T12:00"]
    words += ["--until", "2026-11-21T12:00", "--workspace", WORKSPACE, "--format", "csv"]
    with scene(service, az) as stage:
        stage.patch.setenv("SSL_CERT_FILE", service.ca_file)
        FAILURES[name](stage)
        return cli.run([*words, "--endpoint", named(service)])


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = partial(
        online_service.Limits,
        query=LIMITS.query,
        grace=LIMITS.grace,
        body=LIMITS.body,
        pauses=LIMITS.pauses,
        patience=LIMITS.patience,
    )
    monkeypatch.setattr(online_service, "Limits", quick)
    monkeypatch.setattr(online_source, "ROW_CAP", 500)


def written() -> dict[str, str]:
    """The rows of the table by their first cell."""
    if not TABLE.exists():
        return {}
    lines = [line for line in TABLE.read_text("utf-8").splitlines() if line.startswith("| ")]
    return {line.split("|")[1].strip(): line for line in lines[1:]}


@pytest.mark.parametrize("name", FAILURES)
def test_the_table_says_what_happens(
    service: Service, az: AzScript, name: str, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    answer, pauses = online(service, az, name)
    exit_status = command(service, az, name)
    out, err = capsysbinary.readouterr()
    row = f"| {name} | {settled(said(answer), service)} | {len(pauses)} | {exit_status} |"
    expected = {Status.COMPLETE: 0, Status.FAILED: 1}.get(answer.status, 3)
    assert exit_status == expected, err.decode()
    if exit_status == 1:
        (line,) = err.decode().splitlines()
        assert line.startswith("iotriage: ")
        assert out == b""
    assert b"Traceback" not in err
    assert not [s for s in service.tokens.secrets if s.encode() in out + err]
    if os.environ.get("IOTRIAGE_UPDATE"):
        rows = written() | {name: row}
        ordered = [rows[each] for each in FAILURES if each in rows]
        TABLE.write_text(_HEAD + "\n".join(ordered) + "\n", "utf-8")
    assert written().get(name) == row


def test_the_table_is_whole_and_long_enough() -> None:
    assert list(written()) == list(FAILURES)
    assert len(FAILURES) >= 30


def test_asking_again_after_the_failure_is_over(service: Service, az: AzScript) -> None:
    """Every failure of the service ends with it: the next question is answered."""
    with opened(service, limits=LIMITS) as source:
        window = source.latest()
        query = QUESTION.query("cam-0231", "plant-7", window)
        whole = source.ask(query, window, Cancellation())
        for name in FAILURES:
            with scene(service, az) as stage:
                if "Retry-After" in name or "trickle" in name or "no answer" in name:
                    continue
                FAILURES[name](stage)
                source.ask(query, window, Cancellation())
            again = source.ask(query, window, Cancellation())
            assert again.status is Status.COMPLETE, (name, again.failure)
            assert again.sha256() == whole.sha256(), name
