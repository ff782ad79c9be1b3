"""``iotriage pack``, and packs of one's own in every command that asks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .running import HOSTILE, Here

ENTRY = """\
title = {title}
extends = "exact"

[questions.shells]
title = "Shells"
text = "shells.kql"
keys = ["Executable"]
tables = ["SecurityIoTRawEvent"]
shown = [{{ column = "Executable", label = "What" }}]
guidance = []
"""
SHELLS = """\
SecurityIoTRawEvent
| where DeviceId == device and RawEventName == "ProcessCreate"
| extend Executable = tostring(parse_json(EventDetails).Executable)
| where Executable endswith "sh"
| distinct Executable
"""


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "config" / "iotriage" / "packs" / "team"
    folder.mkdir(parents=True)
    (folder / "pack.toml").write_text(ENTRY.format(title='"Ours"'))
    (folder / "shells.kql").write_text(SHELLS)
    return folder


def test_a_pack_of_ones_own_is_asked_by_its_name(
    iotriage: Here, team: Path, evidence: Path
) -> None:
    where = ("--evidence", evidence, "--device", "cam-1", "--pack", "team")
    done = iotriage("ask", "shells", *where, "--format", "json")
    assert (done.status, done.json["pack"]) == (0, "team")
    assert done.json["rows"] == [{"Executable": "/bin/sh"}]
    assert iotriage("ask", "processes", *where).status == 0
    assert "give one of exact, guide, endpoint, team, or" in iotriage(
        "ask", "x", "--pack", "tam"
    ).failed(2)


def test_beside_another_config_lie_other_packs(
    iotriage: Here, team: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.toml").write_text("")
    monkeypatch.setenv("IOTRIAGE_CONFIG", str(tmp_path / "config.toml"))
    assert "team" not in iotriage("pack", "list").text
    team.parent.rename(tmp_path / "packs")
    assert "team" in iotriage("pack", "list").text


def test_packs_are_listed(iotriage: Here, team: Path) -> None:
    done = iotriage("pack", "list")
    assert done.status == 0
    exact, guide, endpoint, ours = done.text.splitlines()
    assert exact.startswith("exact  ")
    assert guide.startswith("guide  ")
    assert endpoint.startswith("endpoint  ")
    assert ours.split("  ")[0::2] == ["team", "Ours"]
    assert ours.endswith(str(team))
    listed = json.loads(iotriage("pack", "list", "--format", "json").out)
    assert [one["name"] for one in listed] == ["exact", "guide", "endpoint", "team"]
    assert listed[3]["folder"] == str(team)
    assert listed[3]["questions"] == listed[0]["questions"] + 1


def test_a_pack_that_cannot_be_used_is_listed_with_its_reason(iotriage: Here, team: Path) -> None:
    (team / "pack.toml").write_text("title = 5\n")
    done = iotriage("pack", "list")
    assert done.status == 1
    assert "team  cannot be used: " in done.text
    assert f"{team}/pack.toml:1: " in done.text


def test_a_sound_pack_and_one_with_a_mistake(iotriage: Here, team: Path) -> None:
    done = iotriage("pack", "check", "team")
    assert done.status == 0
    assert done.text.startswith("team: 1 question checked: 0 errors, 0 warnings\n")
    assert "not checked by Microsoft's parser: " in done.text
    (team / "shells.kql").write_text(SHELLS.replace("endswith", "endwith"))
    for name in ("team", str(team)):
        done = iotriage("pack", "check", name)
        assert done.status == 1
        first, summary, _ = done.text.splitlines()
        assert first.startswith(f"{team}/shells.kql:4:")
        assert ": error: shells: offline: syntax error: " in first
        assert summary == "team: 1 question checked: 1 error, 0 warnings"
    found = iotriage("pack", "check", team, "--format", "json").json
    assert (found["pack"], found["sound"]) == ("team", False)
    assert found["kusto_parser"]["checked"] is False
    (problem,) = found["problems"]
    assert (problem["line"], problem["question"]) == (4, "shells")
    assert problem["file"] == str(team / "shells.kql")


def test_what_is_no_pack_is_wrong_usage(iotriage: Here, tmp_path: Path) -> None:
    assert "no pack 'nix'" in iotriage("pack", "check", "nix").failed(2)
    assert iotriage("pack", "check").status == 2


def test_a_folder_without_a_pack_is_said_to_lack_it(iotriage: Here, tmp_path: Path) -> None:
    done = iotriage("pack", "check", tmp_path)
    assert done.status == 1
    first, summary = done.text.splitlines()
    assert first == f"{tmp_path}/pack.toml: error: there is no such file; a pack needs it"
    assert "cannot be loaded" in summary


def test_what_a_pack_says_commands_no_terminal(iotriage: Here, team: Path) -> None:
    hostile = json.dumps(HOSTILE).replace("\x7f", "")
    (team / "pack.toml").write_text(ENTRY.format(title=hostile))
    (team / "shells.kql").write_text(f"print '{HOSTILE.splitlines()[0]}")
    outs = [iotriage("pack", "list"), iotriage("pack", "check", "team")]
    extends = ENTRY.format(title='"x"').replace('"exact"', hostile)
    (team / "pack.toml").write_text(extends)
    outs += [iotriage("pack", "list"), iotriage("pack", "check", "team")]
    outs.append(iotriage("ask", "shells", "--pack", "team"))
    for done in outs:
        for char in "\x1b\x9b\u202e\u200b\x07":
            assert char not in done.text + done.err
