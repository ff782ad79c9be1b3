"""Hints beside printed rows and in the summary, and what is said of bad rules and lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from .running import Here

ON = ("--demo", "--device", "cam-0231")
LISTED = "On the list of threats (threats.txt, line 1)"


def test_rows_are_printed_with_why_they_deserve_a_look(iotriage: Here, tmp_path: Path) -> None:
    warned = tmp_path / "threats.txt"
    warned.write_text("203.0.113.0/24\n")
    ran = iotriage("ask", "logins", *ON, "--hints", "--threats", warned, "--format", "json")
    assert (ran.status, ran.err) == (0, "")
    assert ran.json["columns"][-1] == {"name": "Hints", "type": "dynamic"}
    told = {row["UserName"]: row["Hints"] for row in ran.json["rows"] if row["Result"] == "Success"}
    assert told["adaeze"] == []
    listed = [row["IPAddress"] for row in ran.json["rows"] if LISTED in row["Hints"]]
    assert listed
    assert all("203.0.113.66" in addresses for addresses in listed)


def test_the_summary_tells_the_hints_of_what_is_found(iotriage: Here, tmp_path: Path) -> None:
    ran = iotriage("report", *ON, "--format", "json", "--case", tmp_path / "case")
    assert ran.status == 0, ran.err
    (found,) = [f for f in ran.json["findings"] if f["key"] == {"Executable": "/sbin/auditctl"}]
    assert found["verdict"] == "unreviewed"
    (hint,) = found["hints"]
    assert (hint["techniques"], hint["example"]) == (["T1562.012"], "auditctl -e 0")


BAD = {
    "rules": ("--rules", "there is no such folder"),
    "threats": ("--threats", "cannot be read: No such file"),
}


@pytest.mark.parametrize("what", BAD)
def test_what_cannot_be_used_is_one_line(iotriage: Here, what: str) -> None:
    option, says = BAD[what]
    line = iotriage("ask", "processes", *ON, option, "nowhere").failed(2)
    assert line.startswith("nowhere")
    assert says in line


def test_hints_are_for_some_panes_only(iotriage: Here) -> None:
    line = iotriage("ask", "alerts", *ON, "--hints").failed(2)
    assert line == "--hints is for users, ports, logins, processes: leave it away"
