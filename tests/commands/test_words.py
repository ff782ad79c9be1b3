"""Words on the command line, in the environment, in config.toml; what is said of wrong ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from .running import Here

CAM = ("--device", "cam-1")


def window(iotriage: Here, *words: str | Path) -> list[str]:
    """The hours asked about, as 03:30 to 23:30."""
    ran = iotriage("ask", "alerts", *words, *CAM, "--format", "json")
    assert ran.status == 0, ran.err
    return [ran.json["window"][end][8:16] for end in ("start", "end")]


def test_the_window_that_is_asked_about(iotriage: Here, evidence: Path) -> None:
    source = ("--evidence", evidence)
    assert window(iotriage, *source) == ["20T00:30", "20T23:30"]
    assert window(iotriage, *source, "--last", "2h") == ["20T21:30", "20T23:30"]
    since = ("--since", "2026-11-20T04:00")
    assert window(iotriage, *source, *since) == ["20T04:00", "20T23:30"]
    both = (*since, "--until", "2026-11-20T06:00+01:00")
    assert window(iotriage, *source, *both) == ["20T04:00", "20T05:00"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--last", "1h", "--since", "2026-11-20"), "--last goes alone"),
        (("--until", "2026-11-20"), "--until needs --since"),
        (("--last", "soon"), "'soon' is no span of time: write 90m, 24h, 7d or 4w"),
        (("--since", "yesterday"), "'yesterday' is no time: write 2026-11-20"),
        (("--since", "2026-11-21", "--until", "2026-11-20"), "ends (2026-11-20T00:00:00Z) before"),
        (("--since", "2027-01-01"), "before it starts"),
        (("--pack", "nosuch"), "no pack 'nosuch': give one of exact, guide"),
        (("--format", "yaml"), "'yaml' is not one of"),
        (("--color",), "No such option"),
        (("--demo",), "give --demo or --evidence, not both"),
        (("--last", "\x1b]0;x\x07"), "'\\x1b]0;x\\x07' is no span of time"),
    ],
)
def test_wrong_words_are_one_line_and_status_2(
    iotriage: Here, evidence: Path, words: tuple[str, ...], said: str
) -> None:
    ran = iotriage("ask", "users", "--evidence", evidence, *CAM, *words)
    assert said in ran.failed(2)


def test_questions_and_devices_that_are_not_there(iotriage: Here, evidence: Path) -> None:
    source = ("--evidence", evidence)
    assert "ask one of devices, alerts, users" in iotriage("ask", "who", *source, *CAM).failed(2)
    assert "no device named: give --device ID" in iotriage("ask", "users", *source).failed(2)
    gone = iotriage("ask", "users", *source, "--device", "cam-11").failed(1)
    assert gone.startswith("no device 'cam-11' between 2026-11-20T00:30:00Z and 2026-11-20T23:30")
    assert gone.endswith("did you mean 'cam-1'?")
    far = iotriage("ask", "users", *source, "--device", "zzzzzz").failed(1)
    assert far.endswith("iotriage devices lists them")
    hub = iotriage("ask", "users", *source, *CAM, "--hub", "plant-9").failed(1)
    assert "no device 'cam-1' on hub 'plant-9'" in hub
    twice = iotriage("ask", "users", *source, "--device", "twin").failed(2)
    assert "on 2 hubs: give --hub, one of plant-7, plant-8" in twice
    ran = iotriage("ask", "users", *source, "--device", "twin", "--hub", "PLANT-8")
    assert ran.status == 0
    hostile = iotriage("ask", "users", *source, "--device", "\x1b]0;x\x07\n").failed(1)
    assert hostile.startswith("no device '\\\\e]0;x\\\\x07")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: None, "there is no such file or folder; give exported evidence"),
        (lambda path: path.mkdir(), "the folder holds no files; give exported evidence"),
        (
            lambda path: path.write_text("hello"),
            "neither JSON, CSV, Parquet nor Event Hubs Capture; export",
        ),
        (lambda path: path.write_bytes(b"PAR1 cut"), "export as JSON Lines, REST, CSV or Parquet"),
        (lambda path: path.write_text('{"a": 1}\n'), "holds no rows of"),
        (lambda path: path.write_text(""), "holds no rows of"),
    ],
    ids=("missing", "empty folder", "text", "cut parquet", "other rows", "empty"),
)
def test_what_is_no_evidence(iotriage: Here, tmp_path: Path, make, said: str) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "input"
    make(path)
    line = iotriage("devices", "--evidence", path).failed(1)
    assert line.startswith(f"{path}: ")
    assert said in line


def configured(world: Path, text: str) -> Path:
    path = world.parent / "config" / "iotriage" / "config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_flags_go_before_variables_before_settings(
    iotriage: Here, evidence: Path, world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(world, f'evidence = "{evidence}"\nlast = "2h"\npack = "guide"\n')
    ran = iotriage("ask", "users", *CAM, "--format", "json")
    assert (ran.status, ran.json["pack"]) == (0, "guide")
    assert window(iotriage) == ["20T21:30", "20T23:30"]
    monkeypatch.setenv("IOTRIAGE_LAST", "3h")
    monkeypatch.setenv("IOTRIAGE_PACK", "exact")
    assert window(iotriage) == ["20T20:30", "20T23:30"]
    assert iotriage("ask", "users", *CAM, "--format", "json").json["pack"] == "exact"
    assert window(iotriage, "--last", "4h") == ["20T19:30", "20T23:30"]
    # A span that is only configured gives way to times that are typed.
    assert window(iotriage, "--since", "2026-11-20T04:00") == ["20T04:00", "20T23:30"]


def test_variables_name_source_device_and_hub(
    iotriage: Here, evidence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IOTRIAGE_EVIDENCE", str(evidence))
    monkeypatch.setenv("IOTRIAGE_DEVICE", "twin")
    monkeypatch.setenv("IOTRIAGE_HUB", "plant-8")
    said = iotriage("ask", "processes", "--format", "json").json
    assert (said["device"], said["hub"]) == ("twin", "plant-8")
    # --demo means the demo, whatever else is set.
    assert "on hub 'plant-8'" in iotriage("ask", "users", "--demo").failed(1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('hub = "a"\nlats = "2h"\n', ":2: Object contains unknown field `lats`"),
        ('hub = "a"\n\nlast = 24\n', ":3: Expected `str | null`, got `int`"),
        ('hub = "a\n', "config.toml: "),
        ("hub = 'a'\nhub = 'b'\n", "config.toml: "),
    ],
    ids=("unknown", "kind", "broken", "twice"),
)
def test_a_wrong_setting_names_file_and_line(
    iotriage: Here, world: Path, text: str, said: str
) -> None:
    path = configured(world, text)
    line = iotriage("devices", "--demo").failed(2)
    assert line.startswith(str(path))
    assert said in line
    # Help is given nevertheless.
    assert iotriage("--help").status == 0


def test_settings_named_by_a_variable(
    iotriage: Here, evidence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IOTRIAGE_CONFIG", str(tmp_path / "mine.toml"))
    assert "names a file that is not there" in iotriage("devices").failed(2)
    (tmp_path / "mine.toml").write_text(f'evidence = "{evidence}"\nlast = "1h"\n')
    assert window(iotriage) == ["20T22:30", "20T23:30"]
    (tmp_path / "mine.toml").write_bytes(b"\xff\xfe")
    assert "cannot be read" in iotriage("devices").failed(2)


def test_what_stands_before_the_command_is_told_where_to_go(iotriage: Here) -> None:
    line = iotriage("--demo", "devices").failed(2)
    assert line == "--demo stands before the command: write it after devices"


def test_version_and_help(iotriage: Here) -> None:
    assert iotriage("--version").text.startswith("iotriage ")
    said = iotriage("ask", "--help")
    assert (said.status, said.err) == (0, "")
    assert "--since TIME" in said.text
