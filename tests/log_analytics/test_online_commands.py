"""The commands against the server: doctor, workspaces, and which source they take."""

from __future__ import annotations

import json

import pytest
from iotriage.tui.online import labels

from . import faults
from .az_script import AzScript
from .commanding import Run
from .fixture import OTHER, WORKSPACE
from .service import Service

#: Of what the server holds, whatever the day is.
LAST_DAY = ("--since", "2026-11-20T12:00", "--until", "2026-11-21T12:00")


def test_the_doctor_says_every_step(run: Run) -> None:
    status, out, err = run("doctor", "--workspace", WORKSPACE, "--workspace", OTHER)
    assert (status, err) == (0, "")
    lines = out.splitlines()
    steps = [line.partition(":")[0].split(maxsplit=1) for line in lines]
    assert [name for _, name in steps] == [
        "iotriage",
        "terminal",
        "colours",
        "mouse",
        "multiplexer",
        "clipboard",
        "language",
        "settings",
        "case",
        "name",
        "TLS",
        "sign-in",
        f"workspace {WORKSPACE}",
        "SecurityAlert",
        "DefenderIoTRawEvent",
        "SecurityIoTRawEvent",
        "SecurityRecommendation",
        f"workspace {OTHER}",
        "SecurityAlert",
        "DefenderIoTRawEvent",
        "SecurityIoTRawEvent",
    ]
    assert "as mei@example.test, tenant 7e5ca11e-0000-4000-8000-000000000042 (cli)" in out
    assert "TLSv1.3" in out
    assert lines[-2].endswith("DefenderIoTRawEvent: not there")
    assert "29,165 rows, the newest of 2026-11-21T11:" in out


def test_the_doctor_stops_where_it_hurts(run: Run, service: Service, az: AzScript) -> None:
    az.not_signed_in()
    service.revoke_all()
    status, out, _ = run("doctor", "--workspace", WORKSPACE)
    assert status == 1
    assert out.splitlines()[-1].startswith("FAILED  sign-in: sign-in failed (cli): Please run")
    az.sign_in()
    with service.untrusted():
        status, out, _ = run("doctor", "--workspace", WORKSPACE)
    assert status == 1
    assert out.splitlines()[-1].startswith("FAILED  TLS: the certificate of 127.0.0.1 is not")
    service.down()
    status, out, _ = run("doctor", "--workspace", WORKSPACE)
    assert status == 1
    assert out.splitlines()[-1].startswith("FAILED  TLS: 127.0.0.1:")
    status, out, _ = run("doctor", "--workspace", WORKSPACE, "--endpoint", "https://gone.invalid")
    assert status == 1
    assert out.splitlines()[-1].startswith("FAILED  name: gone.invalid cannot be resolved")


def test_the_doctor_looks_at_a_workspace_that_is_not_ours(run: Run) -> None:
    stranger = "99999999-9999-9999-9999-999999999999"
    status, out, _ = run("doctor", "--workspace", stranger, "--workspace", WORKSPACE)
    assert status == 1
    assert f"FAILED  workspace {stranger}: HTTP 404" in out
    assert f"ok      workspace {WORKSPACE}: answers within" in out


def test_the_doctor_of_the_demo(run: Run) -> None:
    status, out, _ = run("doctor", "--demo")
    assert status == 0
    assert "evidence: DEMO, opened in" in out
    assert "SecurityIoTRawEvent: 29,165 rows" in out


def test_the_workspaces_of_the_account(run: Run) -> None:
    status, out, err = run("workspaces")
    assert (status, err) == (0, "")
    assert [line.split()[:2] for line in out.splitlines()] == [
        [WORKSPACE, "demo"],
        [OTHER, "demo-part"],
    ]
    status, out, _ = run("workspaces", "--format", "json")
    assert [one["id"] for one in json.loads(out)] == [WORKSPACE, OTHER]
    assert set(json.loads(out)[0]) == {"id", "name", "subscription", "resource_group", "location"}


def test_a_subscription_that_cannot_be_listed_is_told(run: Run, service: Service) -> None:
    service.faults.add(faults.status(403, message="no"), path="000001/providers")
    status, out, err = run("workspaces")
    assert status == 3
    assert [line.split()[0] for line in out.splitlines()] == [OTHER]
    assert err.startswith("could not be listed: subscription ")


def test_a_list_that_leads_to_another_host_is_not_followed(run: Run, service: Service) -> None:
    page = {"value": [], "nextLink": "https://elsewhere.example/subscriptions"}
    service.faults.add(faults.body(json.dumps(page).encode()), path="/subscriptions$")
    status, _, err = run("workspaces")
    assert status == 1
    assert "another host" in err


def test_nothing_to_choose_from_without_a_console(run: Run) -> None:
    for words in (["--workspace", "choose"], ["--auth", "cli"]):
        status, _, err = run("devices", *words)
        assert status == 2
        assert "iotriage workspaces lists them" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--workspace", "plant"], "is no workspace ID"),
        (["--workspace", WORKSPACE, "--workspace", "choose"], "goes alone"),
        (["--workspace", WORKSPACE, "--demo"], "--demo or --workspace, not both"),
        (["--workspace", WORKSPACE, "--evidence", "x"], "--evidence or --workspace, not both"),
        (["--workspace", WORKSPACE, "--endpoint", "http://x"], "is not encrypted"),
        (["--workspace", WORKSPACE, "--auth", "password"], "--auth"),
        (["--workspace", WORKSPACE, "--cloud", "moon"], "--cloud"),
        (["--workspace", WORKSPACE, "--timeout", "0"], "--timeout"),
        (["--workspace", WORKSPACE, "--timeout", "nan"], "--timeout"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_words_that_cannot_be_used(run: Run, words: list[str], said: str) -> None:
    status, out, err = run("devices", *words)
    (line,) = err.splitlines()
    assert (status, out) == (2, "")
    assert said in line


def test_what_is_typed_outweighs_what_is_configured(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IOTRIAGE_WORKSPACE", f"{WORKSPACE} {OTHER}")
    status, out, _ = run("devices", "--format", "json", *LAST_DAY)
    assert status == 0
    answer = json.loads(out)
    assert answer["source"] == f"WORKSPACES {WORKSPACE} + {OTHER}"
    assert {row["Workspace"] for row in answer["rows"]} == {"11111111", "66666666"}
    _, out, _ = run("devices", "--format", "json", "--demo")
    assert json.loads(out)["source"] == "DEMO"
    _, out, _ = run("devices", "--format", "json", "--workspace", OTHER, *LAST_DAY)
    answer = json.loads(out)
    assert answer["source"] == f"WORKSPACE {OTHER}"
    assert "Workspace" not in answer["rows"][0]


def test_workspaces_are_told_apart_by_their_first_part_where_that_is_enough() -> None:
    alike = WORKSPACE.replace("5555", "5556")
    assert labels((WORKSPACE, OTHER)) == {WORKSPACE: "11111111", OTHER: "66666666"}
    assert labels((WORKSPACE, alike)) == {WORKSPACE: WORKSPACE, alike: alike}


def test_one_workspace_that_is_gone_leaves_the_other(run: Run, service: Service) -> None:
    service.faults.add(faults.status(500), times=None, workspace=OTHER)
    words = ["--workspace", WORKSPACE, "--workspace", OTHER, *LAST_DAY, "--timeout", "5"]
    status, out, _ = run("ask", "users", "--device", "cam-0231", "--format", "json", *words)
    answer = json.loads(out)
    assert (status, answer["status"]) == (3, "partial")
    assert {row["Workspace"] for row in answer["rows"]} == {"11111111"}
    assert any("66666666: not answered: HTTP 500" in notice for notice in answer["notices"])


def test_a_report_of_a_workspace(run: Run) -> None:
    words = ["--device", "cam-0231", "--workspace", WORKSPACE, *LAST_DAY]
    status, out, _ = run("report", *words, "--format", "json")
    report = json.loads(out)
    assert (status, report["source"]) == (0, f"WORKSPACE {WORKSPACE}")
    assert report["counts"]["unreviewed"] > 20
