"""``devices`` and ``ask``: what they print, in every form."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.packs.loading import PANES
from iotriage.queries.printable import printable
from iotriage.queries.questions import Query
from iotriage.queries.source import Cancellation

from .running import HOSTILE, Here

SHAPE = [
    *("question", "pack", "device", "hub", "window", "source", "status", "notices"),
    *("statistics", "columns", "rows"),
]
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
CAM = ("--device", "cam-1")


def test_devices_as_json(iotriage: Here, evidence: Path) -> None:
    ran = iotriage("devices", "--evidence", evidence, "--format", "json")
    assert (ran.status, ran.err) == (0, "")
    assert list(ran.json) == SHAPE
    assert (ran.json["question"], ran.json["device"], ran.json["hub"]) == ("devices", "", "")
    assert ran.json["source"] == f"EVIDENCE {evidence}"
    found = {(row["DeviceId"], row["Hub"]): row for row in ran.json["rows"]}
    cam = found["cam-1", "plant-7"]
    assert (cam["Alerts"], cam["HighestSeverity"]) == (2, "High")
    assert cam["LastSeen"] == "2026-11-20T23:30:00Z"
    assert {("twin", "plant-7"), ("twin", "plant-8"), ("bad" + HOSTILE, "plant-7")} < set(found)
    assert ran.json["rows"][0] == cam


def test_a_pane_as_json(iotriage: Here, evidence: Path) -> None:
    ran = iotriage("ask", "processes", "--evidence", evidence, *CAM, "--format", "json")
    said = ran.json
    assert ran.status == 0
    assert list(said) == SHAPE
    assert (said["question"], said["pack"], said["device"]) == ("processes", "exact", "cam-1")
    assert said["hub"] == "plant-7"
    assert said["window"] == {"start": "2026-11-20T00:30:00Z", "end": "2026-11-20T23:30:01Z"}
    assert said["status"] == "complete"
    assert said["notices"] == []
    assert said["statistics"]["seconds"] > 0
    types = {column["name"]: column["type"] for column in said["columns"]}
    assert [list(row) for row in said["rows"]] == [list(types)] * 2
    assert types["CntExecutions"] == "long"
    shell, miner = said["rows"]
    assert shell["ExecutionCommandLines"] == [f"/bin/sh -c job{n}" for n in range(3)]
    assert (shell["Executable"], shell["CntExecutions"]) == ("/bin/sh", 24)
    assert miner["ExecutionCommandLines"] == ["/tmp/.x/miner -o 203.0.113.66:3333"]
    assert all(
        INSTANT.fullmatch(row[name])
        for row in said["rows"]
        for name in types
        if types[name] == "datetime"
    )


@pytest.mark.parametrize("question", [*PANES, "devices", "coverage"])
def test_every_question_in_every_form(iotriage: Here, evidence: Path, question: str) -> None:
    words = ("ask", question, "--evidence", evidence, *CAM, "--format")
    facts = iotriage(*words, "json").json
    names = [column["name"] for column in facts["columns"]]
    lines = list(csv.reader(io.StringIO(iotriage(*words, "csv").text)))
    assert lines[0] == names
    assert len(lines) == len(facts["rows"]) + 1
    for text in (iotriage(*words, "markdown").text, iotriage(*words, "table").text):
        assert "\x1b" not in text
        assert len(text.splitlines()) >= len(facts["rows"]) + 1


def test_the_table_is_what_the_console_shows(iotriage: Here, evidence: Path) -> None:
    ran = iotriage("ask", "processes", "--evidence", evidence, *CAM)
    head, *lines = ran.text.splitlines()
    assert re.split(r" {2,}", head)[:2] == ["Executable", "Runs"]
    assert len({line.index("/") for line in lines}) == 1
    assert lines[0].startswith("/bin/sh ")


def test_piped_text_holds_nothing_that_commands_a_terminal(iotriage: Here, evidence: Path) -> None:
    bad = ("--device", "bad" + HOSTILE, "--hub", "plant-7")
    for form in ("table", "csv", "markdown", "json"):
        for words in (("devices",), ("ask", "processes", *bad)):
            ran = iotriage(*words, "--evidence", evidence, "--format", form)
            assert ran.status == 0
            for line in ran.text.splitlines():
                assert printable(line) == line
    said = iotriage("ask", "processes", *bad, "--evidence", evidence, "--format", "json").json
    assert said["rows"][0]["ExecutionCommandLines"] == [f"/bin/echo {HOSTILE}"]


@pytest.mark.parametrize("question", PANES)
def test_the_kql_gives_the_same_rows(iotriage: Here, evidence: Path, question: str) -> None:
    """Pasted into another tool, it must not need anything else."""
    words = ("ask", question, "--evidence", evidence, *CAM, "--format")
    kql, facts = iotriage(*words, "kql"), iotriage(*words, "json").json
    assert kql.status == 0
    source = Evidence.open(evidence, datetime(2026, 11, 22, tzinfo=UTC))
    query = Query(question, {}, kql.text)
    answer = source.ask(query, source.extent(), Cancellation())
    source.close()
    assert answer.failure == ""
    assert len(answer.rows) == len(facts["rows"])
    key = {"alerts": "SystemAlertId", "users": "UserName"}.get(question)
    if key is not None:
        assert [row[key] for row in answer.records()] == [row[key] for row in facts["rows"]]


def test_the_guides_own_pack(iotriage: Here, evidence: Path) -> None:
    words = ("ask", "processes", "--evidence", evidence, *CAM, "--pack", "guide")
    assert iotriage(*words, "--format", "json").json["pack"] == "guide"
    assert "SecurityIoTRawEvent" in iotriage(*words, "--format", "kql").text


def test_a_line_that_cannot_be_read_makes_the_answer_partial(
    iotriage: Here, evidence: Path, tmp_path: Path
) -> None:
    whole = (evidence / "am-SecurityIoTRawEvent" / "PT05M.json").read_text("utf-8")
    (tmp_path / "cut.json").write_text(whole[:-40], "utf-8")
    ran = iotriage("ask", "processes", "--evidence", tmp_path / "cut.json", *CAM)
    assert ran.status == 3
    assert "/bin/sh" in ran.text
    assert ran.err.splitlines()[0] == "status: partial"
    assert f"1 row could not be read, first at {tmp_path}/cut.json:29" in ran.err
    said = iotriage(
        *("ask", "processes", "--evidence", tmp_path / "cut.json", *CAM, "--format", "json")
    )
    assert (said.status, said.json["status"]) == (3, "partial")
    assert any("could not be read" in text for text in said.json["notices"])
    listed = iotriage("devices", "--evidence", tmp_path / "cut.json")
    assert listed.status == 3


def test_what_cannot_be_known_is_said_beside_the_rows(iotriage: Here, evidence: Path) -> None:
    ran = iotriage("ask", "users", "--evidence", evidence, "--device", "twin", "--hub", "plant-8")
    assert ran.status == 0
    assert len(ran.text.splitlines()) == 1
    assert "remark: the agent was heard from, but sent no LocalUsers in this window" in ran.err
    assert "silent: the agent was silent" in ran.err
