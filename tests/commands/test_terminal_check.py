"""What iotriage doctor says of the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from iotriage import themes
from iotriage.tui.clipboard import NoDesktop
from iotriage.tui.terminal_check import clipboard_step, colour_step, multiplexer_step

from .running import Here

FULL = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
SSH = FULL | {"SSH_TTY": "/dev/pts/3"}


def test_colours_and_the_theme_that_follows() -> None:
    step = colour_step(None, FULL)
    assert (step.name, step.sound) == ("colours", True)
    assert step.said == (
        "16 million colours (COLORTERM=truecolor): theme dark,"
        " since the terminal does not tell its background"
    )
    said = colour_step(None, {"TERM": "xterm", "NO_COLOR": "1"}).said
    assert said == "16 colours (NO_COLOR=1): theme monochrome, since NO_COLOR is set"
    said = colour_step("light", {"TERM": "tmux-256color"}).said
    assert said == "256 colours (by TERM alone): theme light, since it was asked for"


def test_a_theme_that_cannot_be_used_is_a_fault() -> None:
    step = colour_step("drak", FULL)
    assert step.sound is False
    assert "no theme 'drak': give one of dark, light" in step.said


def test_a_theme_of_ones_own_lies_beside_the_settings(world: Path) -> None:
    folder = world.parent / "config" / "iotriage" / "themes"
    folder.mkdir(parents=True)
    dark = Path(themes.__file__).parent / "dark.toml"
    text = dark.read_text("utf-8")
    (folder / "mine.toml").write_text(text.replace('"dark"', '"night shift"'), "utf-8")
    assert "theme night shift, since it was asked for" in colour_step("mine", FULL).said
    (folder / "mine.toml").write_text(text.replace("#6cb6ff", "blue"), "utf-8")
    step = colour_step("mine", FULL)
    assert step.sound is False
    assert f"{folder / 'mine.toml'}:9: accent: no colour 'blue': give" in step.said


def test_which_way_a_copy_goes() -> None:
    def nothing() -> None:
        raise NoDesktop("no helper")

    assert clipboard_step(FULL, lambda: None).sound is True
    over = clipboard_step(SSH, nothing)
    assert over.said.startswith("over SSH; sent to the terminal with OSC 52")
    assert over.said.endswith("none acknowledges; above 56,244 bytes a file is written")
    assert clipboard_step(FULL, nothing).said.startswith("no desktop: no helper; sent to")
    said = clipboard_step({"TERM": "linux"}, nothing).said
    assert said == "no desktop: no helper, and TERM=linux has no clipboard: a file is written"


def test_over_ssh_the_desktop_is_not_even_looked_at() -> None:
    clipboard_step(SSH, lambda: pytest.fail("it was looked at"))


@pytest.mark.parametrize(
    ("clip", "passing", "sound", "said"),
    [
        ("on", "off", True, "tmux, set-clipboard on, allow-passthrough off"),
        ("external", "on", True, "tmux, set-clipboard external, allow-passthrough on"),
        ("external", "off", None, "put 'set -s set-clipboard on' into tmux.conf"),
        ("", "", None, "set-clipboard unknown, allow-passthrough unknown; a copy may end here"),
    ],
)
def test_whether_tmux_lets_a_copy_through(
    clip: str, passing: str, sound: bool | None, said: str
) -> None:
    options = {"set-clipboard": clip, "allow-passthrough": passing}
    step = multiplexer_step({"TMUX": "/tmp/tmux-0/default,1,0"}, options.__getitem__)
    assert step.sound is sound
    assert said in step.said


def test_other_multiplexers_are_named() -> None:
    assert multiplexer_step(FULL).said == "none seen"
    assert multiplexer_step({"STY": "1.x"}).said.startswith("screen")
    assert multiplexer_step({"TERM": "screen"}).said.startswith("screen")
    # The tmux of the machine in front cannot be asked from here.
    assert multiplexer_step({"TERM": "tmux-256color"}).said.startswith("tmux")


def test_the_doctor_tells_all_of_it(
    iotriage: Here, evidence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (SSH | {"IOTRIAGE_THEME": "colour-blind", "TMUX": ""}).items():
        monkeypatch.setenv(name, value)
    ran = iotriage("doctor", "--evidence", evidence)
    assert ran.status == 0, ran.text
    assert "theme colour-blind, since it was asked for" in ran.text
    assert "mouse: never taken" in ran.text
    assert "multiplexer: none seen" in ran.text
    assert "clipboard: over SSH" in ran.text
    monkeypatch.setenv("IOTRIAGE_THEME", "nosuch")
    assert iotriage("doctor", "--evidence", evidence).status == 1
