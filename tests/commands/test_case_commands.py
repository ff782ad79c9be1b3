"""The commands about baselines and case files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest
from iotriage.queries.packs.loading import load_pack
from iotriage.tui.casebook.casebook import Casebook
from iotriage.tui.casebook.findings import Verdict, finding_of
from iotriage.tui.cli import _defaults_of, commands, run
from iotriage.tui.settings import Settings, as_defaults

USERS = load_pack("exact").questions["users"]


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A case in which one user of cam-1 is expected, and kept as a baseline for the hub."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    path = tmp_path / "case.iotriage"
    record = {"UserName": "root\x1b]0;x\x07", "GroupNames": "root", "UserIds": ["0"]}
    with Casebook.open(path, "mei") as casebook:
        finding = finding_of(USERS, "cam-1", "plant-7", record)
        casebook.mark([(finding, record)], Verdict.EXPECTED)
        assert casebook.keep_baseline("hub", "cam-1", "plant-7", "cameras") == 1
    return path


def said(capsysbinary: pytest.CaptureFixture[bytes]) -> tuple[str, str]:
    out, err = capsysbinary.readouterr()
    return out.decode(), err.decode()


def test_a_baseline_goes_from_one_case_to_another_once(
    case: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    file, other = tmp_path / "base.jsonl", tmp_path / "other.iotriage"
    assert run(["baseline", "export", "--case", str(case), "-o", str(file)]) == 0
    assert run(["baseline", "export", "--case", str(case), "-o", str(file)]) == 1
    assert "is there already and stays as it is" in said(capsysbinary)[1]
    assert run(["baseline", "import", str(file), "--case", str(other)]) == 0
    assert "1 finding added, 0 known already" in said(capsysbinary)[1]
    assert run(["baseline", "import", str(file), "--case", str(other)]) == 0
    assert "0 findings added, 1 known already" in said(capsysbinary)[1]
    assert run(["baseline", "show", "--case", str(other)]) == 0
    out, _ = said(capsysbinary)
    assert out.startswith("cameras  hub plant-7  1 finding  ")
    assert run(["baseline", "export", "--case", str(other)]) == 0
    assert said(capsysbinary)[0] == file.read_text()
    assert file.read_text().isascii()
    assert "\x1b" not in file.read_text()


def test_the_configured_case_is_the_one_that_is_shown(
    case: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'case = "{case}"\n')
    monkeypatch.setenv("IOTRIAGE_CONFIG", str(config))
    assert run(["baseline", "show"]) == 0
    assert said(capsysbinary)[0].startswith("cameras  hub plant-7")


def test_a_bad_line_is_refused_by_its_number_and_the_rest_taken(
    case: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = tmp_path / "base.jsonl"
    run(["baseline", "export", "--case", str(case), "-o", str(file)])
    file.write_text(file.read_text() + '{"half":\n')
    assert run(["baseline", "import", str(file), "--case", str(tmp_path / "new")]) == 3
    _, err = said(capsysbinary)
    assert "1 finding added" in err
    assert f"{file}: line 3" in err


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["baseline", "export", "nope"], "no baseline 'nope'"),
        (["baseline", "drop", "nope"], "no baseline 'nope'"),
        (["baseline", "import", "/nowhere/at/all"], "cannot be read: No such file"),
    ],
)
def test_what_is_not_there_is_one_line(
    case: Path, capsysbinary: pytest.CaptureFixture[bytes], words: list[str], complaint: str
) -> None:
    assert run([*words, "--case", str(case)]) == 1
    _, err = said(capsysbinary)
    assert err.count("\n") == 1
    assert complaint in err


def test_a_dropped_baseline_is_gone_until_undone(
    case: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run(["baseline", "drop", "cameras", "--case", str(case)]) == 0
    assert run(["baseline", "show", "--case", str(case)]) == 0
    out, err = said(capsysbinary)
    assert out == ""
    assert "no baselines" in err
    with Casebook.open(case, "mei") as casebook:
        casebook.undo()
    run(["baseline", "show", "--case", str(case)])
    assert said(capsysbinary)[0].startswith("cameras")


def test_a_case_that_is_not_there_is_not_made_to_be_shown(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run(["baseline", "show", "--case", str(tmp_path / "none")]) == 1
    assert "there is no such case" in said(capsysbinary)[1]
    assert not (tmp_path / "none").exists()


def test_check_tells_a_sound_case_from_a_damaged_one_and_saves_what_it_can(
    case: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run(["case", "check", str(case)]) == 0
    assert "It is sound: 2 entries." in said(capsysbinary)[0]
    whole = case.read_bytes()
    damaged = tmp_path / "damaged"
    damaged.write_bytes(whole.replace(b"cameras", b"cameraz"))
    assert damaged.read_bytes() != whole
    saved = tmp_path / "saved"
    assert run(["case", "check", str(damaged), "--save", str(saved)]) == 1
    out, _ = said(capsysbinary)
    assert "1 entry saved" in out
    assert damaged.read_bytes() == whole.replace(b"cameras", b"cameraz")
    assert run(["case", "check", str(saved)]) == 0


def test_check_of_nothing_is_one_line(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run(["case", "check", str(tmp_path / "none")]) == 1
    out, err = said(capsysbinary)
    assert (out, err.count("\n")) == ("", 1)


def test_the_case_that_is_configured_is_the_one_that_is_checked(
    case: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    assert run(["case", "check"]) == 1
    said(capsysbinary)
    settings = tmp_path / "config" / "iotriage" / "config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f'case = "{case}"\n', "utf-8")
    assert run(["case", "check"]) == 0
    settings.write_text('case = "gone"\n', "utf-8")
    monkeypatch.setenv("IOTRIAGE_CASE", str(case))
    assert run(["case", "check"]) == 0


def test_no_command_is_taken_for_the_value_of_an_option() -> None:
    """``case`` is both: what is configured for one may not become the other's value."""

    def look(command: click.Command, defaults: dict[str, Any]) -> None:
        for option in command.params:
            assert not isinstance(defaults.get(str(option.name)), dict), option.name
        for name, inner in getattr(command, "commands", {}).items():
            if name in defaults:
                look(inner, defaults[name])

    defaults = _defaults_of(commands, as_defaults(Settings(case="here")))
    look(commands, defaults)
    assert defaults["case_path"] == defaults["report"]["case_path"] == "here"
    assert defaults["baseline"]["show"]["case_path"] == "here"
