"""``report``: the summary from the command line."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from console.packs import seven
from iotriage.queries.asking import Scope, ask
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.packs.loading import PANES, load_pack
from iotriage.tui.casebook.casebook import Casebook
from iotriage.tui.casebook.findings import Verdict, finding_of

from .running import Here

CAM = ("--device", "cam-1")


@pytest.fixture
def case(evidence: Path, tmp_path: Path) -> Path:
    """The miner is suspicious, and the shell as it should be."""
    path = tmp_path / "case.iotriage"
    source = Evidence.open(evidence, datetime(2026, 11, 22, tzinfo=UTC))
    question = load_pack("exact").questions["processes"]
    answer = ask(source, question, Scope("cam-1", "plant-7", source.extent()))
    source.close()
    with Casebook.open(path, "mei") as book:
        for record in answer.records():
            finding = finding_of(question, "cam-1", "plant-7", record)
            miner = "miner" in record["Executable"]
            verdict = Verdict.SUSPICIOUS if miner else Verdict.EXPECTED
            book.mark([(finding, record)], verdict, "see T-12" if miner else None)
    return path


def test_panes_beyond_the_five_are_asked_where_there_is_something(
    iotriage: Here, tmp_path: Path
) -> None:
    """And each question of a pack is known to ``ask``."""
    pack, where = seven(tmp_path), ("--demo", "--device", "cam-0231")
    ran = iotriage("report", *where, "--pack", pack, "--case", tmp_path / "c", "--format", "json")
    assert ran.status == 0
    names = [asked["question"] for asked in ran.json["questions"]]
    assert names == [*PANES, "remotes"]
    found = [f["key"] for f in ran.json["findings"] if f["question"] == "remotes"]
    asked = iotriage("ask", "remotes", *where, "--pack", pack, "--format", "json").json
    assert found == [{"RemoteAddress": row["RemoteAddress"]} for row in asked["rows"]] != []
    told = iotriage("ask", "usb", *where, "--pack", pack, "--format", "json").json
    assert told["rows"] == []
    assert "the agent was heard from, but sent no Peripheral in this window" in told["notices"]
    known = "ask one of devices, alerts, users, ports, logins, processes, coverage, remotes, usb"
    assert iotriage("ask", "usbs", *where, "--pack", pack).failed(2).endswith(known)


def test_as_json(iotriage: Here, evidence: Path, case: Path) -> None:
    ran = iotriage("report", "--evidence", evidence, *CAM, "--case", case, "--format", "json")
    assert (ran.status, ran.err) == (0, "")
    said = ran.json
    assert {"device", "hub", "window", "source", "counts", "findings"} < set(said)
    assert (said["device"], said["hub"]) == ("cam-1", "plant-7")
    # Two processes, two alerts, a user.
    assert said["counts"] == {"suspicious": 1, "expected": 1, "drifted": 0, "unreviewed": 3}
    (found,) = (f for f in said["findings"] if f["verdict"] == "suspicious")
    assert {"question", "key", "value", "verdict", "note", "by", "at", "drift", "row"} < set(found)
    assert (found["question"], found["key"]) == ("processes", {"Executable": "/tmp/.x/miner"})
    assert (found["note"], found["by"], found["value"]) == ("see T-12", "mei", None)
    assert found["row"]["CntExecutions"] == 1


def test_markdown_and_csv(iotriage: Here, evidence: Path, case: Path) -> None:
    words = ("report", "--evidence", evidence, *CAM, "--case", case)
    ran = iotriage(*words)
    assert ran.status == 0
    suspicious = ran.text.partition("## Suspicious")[2].partition("\n## ")[0]
    assert "### Processes: `/tmp/.x/miner`" in suspicious
    assert "> see `T-12`" in suspicious
    lines = list(csv.DictReader(io.StringIO(iotriage(*words, "--format", "csv").text)))
    assert [line["verdict"] for line in lines].count("unreviewed") == 3


def test_a_file_is_written_once(iotriage: Here, evidence: Path, case: Path, world: Path) -> None:
    words = ("report", "--evidence", evidence, *CAM, "--case", case)
    first = iotriage(*words, "-o", "out.md")
    assert (first.status, first.out, first.err) == (0, b"", "")
    before = (world / "out.md").read_bytes()
    said = iotriage(*words, "-o", "out.md", "--format", "json").failed(1)
    assert said == "out.md is there already and stays as it is: give another name"
    assert (world / "out.md").read_bytes() == before
    assert "cannot be written" in iotriage(*words, "-o", "no/out.md").failed(1)
    dashed = iotriage(*words, "-o", "-", "--format", "json")
    assert json.loads(dashed.out)["device"] == "cam-1"


def test_a_new_case_is_said_to_be_new(iotriage: Here, evidence: Path, tmp_path: Path) -> None:
    path = tmp_path / "new.iotriage"
    ran = iotriage("report", "--evidence", evidence, *CAM, "--case", path, "--format", "json")
    assert ran.status == 0
    assert ran.err == f"case {path} is new: nothing is judged in it yet\n"
    assert ran.json["counts"]["suspicious"] == 0


def test_a_case_that_is_none(iotriage: Here, evidence: Path, tmp_path: Path) -> None:
    path = tmp_path / "case.txt"
    path.write_text("not a case at all")
    before = path.read_bytes()
    said = iotriage("report", "--evidence", evidence, *CAM, "--case", path).failed(1)
    assert str(path) in said
    assert path.read_bytes() == before


def test_a_report_on_half_the_evidence_is_said_to_be_in_part(
    iotriage: Here, evidence: Path, tmp_path: Path
) -> None:
    whole = (evidence / "am-SecurityIoTRawEvent" / "PT05M.json").read_text("utf-8")
    (tmp_path / "cut.json").write_text(whole[:-40], "utf-8")
    ran = iotriage("report", "--evidence", tmp_path / "cut.json", *CAM)
    assert ran.status == 3
    assert "## What could not be known" in ran.text
    assert "there is no table SecurityAlert here" in ran.text
    assert "could not be read" in ran.text


def test_who_reports(
    iotriage: Here, evidence: Path, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IOTRIAGE_ANALYST", "tomas")
    monkeypatch.setenv("IOTRIAGE_CASE", str(case))
    said = iotriage("report", "--evidence", evidence, *CAM, "--format", "json").json
    assert said["analyst"] == "tomas"
    assert said["counts"]["suspicious"] == 1
    assert {f["by"] for f in said["findings"]} == {"mei", None}
