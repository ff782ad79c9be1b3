"""A verdict on one value inside a row: an address, a command line."""

from __future__ import annotations

import json
from pathlib import Path

from .driving import NARROW, WIDE, driven
from .sources import Remembering

SHELL = "/bin/bash"
REVERSE = "/dev/tcp/"


async def test_one_command_line_is_suspicious_and_the_row_is_not(
    demo: Remembering, case: Path, world: Path
) -> None:
    for size in (WIDE, NARROW):
        async with driven(demo, case, size) as console:
            await console.open()
            await console.press("5")
            names = console.keys_of("processes")
            await console.press("home", *["down"] * names.index(SHELL), "enter")
            await console.until(lambda: "v values" in console.text)
            await console.press("v")
            await console.until(lambda: "Values of Processes" in console.text)
            table = console.app.screen.query_one("AnswerTable")
            wanted = next(
                at
                for at, (_, value) in enumerate(console.app.screen._rows.values)
                if REVERSE in value
            )
            await console.press("home", *["down"] * wanted)
            assert table.cursor_row == wanted
            await console.press("s")
            line = next(line for line in console.lines if "bash -c /bin/sh -i" in line)
            assert line.lstrip("▌ ").startswith("!")
            await console.press("escape")
            assert console.counts()[0] == 1
            row = next(line for line in console.lines if f" {SHELL} " in line)
            assert ": " + SHELL in row
            await console.press("ctrl+z")
            assert console.counts()[0] == 0
    async with driven(demo, case) as console:
        await console.open()
        await console.press("5", "home", *["down"] * names.index(SHELL), "enter")
        await console.until(lambda: "v values" in console.text)
        await console.press("v", "home", *["down"] * wanted, "s", "up", "n", *"calls out")
        await console.press("enter", "escape", "x")
        await console.until(lambda: "Write the summary" in console.text)
        field = console.app.screen.query_one("Input")
        field.value = "out.json"
        await console.press("enter")
    report = json.loads((world / "out.json").read_text())
    (finding,) = [one for one in report["findings"] if one["verdict"] == "suspicious"]
    assert finding["question"] == "processes"
    assert finding["key"] == {"Executable": SHELL}
    assert REVERSE in finding["value"]["ExecutionCommandLines"]
    assert finding["note"] == "calls out"


async def test_a_row_without_sets_offers_no_values(demo: Remembering, case: Path) -> None:
    async with driven(demo, case) as console:
        await console.open()
        await console.press("1", "enter")
        await console.until(lambda: "Raw events" in console.text or "Meaning" in console.text)
        assert "v values" not in console.text
        await console.press("v")
        assert "Values of" not in console.text
