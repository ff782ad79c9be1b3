"""What is read rather than judged: details, the state of a pane, the keys; and copied."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from iotriage.tui.actions import ACTIONS
from iotriage.tui.screens.reading import ReadingScreen
from textual.widgets import Input

from .driving import NARROW, WIDE, Driver, driven
from .sources import Remembering

MINER = "/tmp/.x/kworkerds"


async def read_to_the_end(console: Driver) -> str:
    """All that the reading screen says, page by page, one blank between words."""
    screen = console.app.screen
    assert isinstance(screen, ReadingScreen)
    await console.until(lambda: all(line.text != "asking" for line in screen._lines))
    seen = list(console.lines[1:-1])
    while re.search(r"\d+ (more lines )?below", console.lines[-1]):
        before = console.lines
        await console.press("pagedown")
        assert console.lines != before
        seen += console.lines[1:-1]
    assert re.search("^ end | end$", console.lines[-1])
    return " ".join(" ".join(seen).split())


async def open_detail(console: Driver, key: str, name: str, pane: str) -> None:
    await console.press(key, "home", *["down"] * console.keys_of(pane).index(name), "enter")


@pytest.mark.parametrize("size", [NARROW], ids=("narrow",))
async def test_the_detail_of_a_row(demo: Remembering, case: Path, size: tuple[int, int]) -> None:
    async with driven(demo, case, size) as console:
        await console.open()
        await open_detail(console, "5", MINER, "processes")
        assert f"Processes: {MINER}" in console.lines[0]
        said = await read_to_the_end(console)
        assert "not reviewed yet" in said
        assert f"ExecutionCommandLines ({len(lines_of(console))})" in said
        for command_line in lines_of(console):
            assert " ".join(command_line.split()) in said
        assert re.search(r"(once|\d+ times)[ ,]", said)
        for sentence in console.app.pack.questions["processes"].guidance:
            assert sentence in said
        # The raw event, as the agent wrote it.
        assert "Raw events behind this row" in said
        assert f'"Executable": "{MINER}"' in said or f'"Executable":"{MINER}"' in said
        await console.press("s")
        assert console.app.screen is console.app.main
        assert console.counts()[0] == 1
        await open_detail(console, "5", MINER, "processes")
        assert "suspicious (mei, 2026-11-21 12:00:0" in console.text


def lines_of(console: Driver) -> list[str]:
    rows = console.app.rows_of("processes")
    return list(rows.record(console.keys_of("processes").index(MINER))["ExecutionCommandLines"])


@pytest.mark.parametrize("key", "1234")
async def test_every_pane_has_details(demo: Remembering, case: Path, key: str) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open()
        await console.press(key, "enter")
        said = await read_to_the_end(console)
        assert "What to ask yourself" in said
        assert "Raw events behind this row" in said
        assert "could not be fetched" not in said
        assert not said.endswith("Raw events behind this row")
        assert "asking" not in said
        for leave in ("escape", "q"):
            await console.press(leave)
            assert console.app.screen is console.app.main
            await console.press("enter")


async def test_moving_in_what_is_read(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open()
        await console.press("?")
        top = console.lines
        await console.press("end")
        assert console.lines[-1].endswith("end")
        await console.press("home")
        assert console.lines == top
        await console.press("j", "j", "k")
        assert console.lines[1:-2] == top[2:-1]


async def test_help_names_every_key(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.settled()
        await console.press("?")
        said = await read_to_the_end(console)
        for action in ACTIONS:
            assert action.help in said


async def test_the_palette_runs_what_a_key_would(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, WIDE) as console:
        await console.open()
        await console.press("ctrl+p")
        await console.until(lambda: len(console.app.screen_stack) == 2)
        await console.press(*"suspicious")
        await console.until(lambda: "The row is not." in console.text)
        await console.pilot.pause(0.3)
        await console.press("enter")
        await console.until(lambda: console.counts()[0] == 1)
        # And nothing of the toolkit's own.
        await console.press("ctrl+p")
        await console.until(lambda: len(console.app.screen_stack) == 2)
        await console.press(*"theme")
        await console.until(lambda: "No matches found" in console.text)


async def test_the_state_of_a_pane(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, WIDE) as console:
        await console.open()
        await console.press("4", "i")
        said = await read_to_the_end(console)
        assert "status complete" in said
        assert "seconds 0.012" in said
        assert "declare query_parameters" in said or "let " in said
        assert "cam-0231" in said


@pytest.mark.parametrize("pane", ["i", "5i"])
async def test_the_state_of_devices_too(demo: Remembering, case: Path, pane: str) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.settled()
        await console.press(*pane)
        assert "Devices" in console.lines[0]
        assert "complete" in console.text


def copied(sequence: str) -> str:
    match = re.fullmatch(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", sequence)
    assert match
    return base64.b64decode(match[1]).decode()


async def test_a_value_and_the_kql_are_copied(
    demo: Remembering, case: Path, sent: list[str]
) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open()
        await console.press("5", "y")
        assert "Copy which value?" in console.text
        await console.press("down", "enter")
        await console.press("Y")
        value, kql = map(copied, sent)
        assert value == str(console.app.rows_of("processes").record(0)["CntExecutions"])
        assert kql == console.app.rows_of("processes").answer.kql
        # It is not claimed that the terminal has kept it.
        assert all("cannot be known" in toast for toast in console.toasts)
        await console.press("y", "escape")
        assert len(sent) == 2


async def test_copying_inside_tmux(
    demo: Remembering, case: Path, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMUX", "/tmp/tmux-0/default,1,0")
    async with driven(demo, case, NARROW) as console:
        await console.open()
        await console.press("Y")
        (sequence,) = sent
        plain, wrapped = sequence.split("\x1bPtmux;\x1b")
        assert copied(plain) == console.app.rows_of("alerts").answer.kql
        assert wrapped == plain + "\x1b\\"


async def test_what_is_too_long_for_a_clipboard_goes_to_a_file(
    demo: Remembering, case: Path, sent: list[str]
) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open()
        console.app.errands.copying.value({"Column": "x" * 80_000})
        await console.pilot.pause()
        await console.press("enter")
        assert sent == []
        assert "80,000 characters are too long" in console.toasts[0]
        written = Path(console.toasts[0].partition("they are in ")[2])
        assert written.read_text() == "x" * 80_000
        assert not isinstance(console.app.focused, Input)
