"""Hostile text on every screen: it is shown, and does nothing."""

from __future__ import annotations

import base64
import csv
import io
import json
import time
from pathlib import Path

import pytest
from casebook import gfm
from iotriage.queries.answers import Answer, Notice, NoticeKind
from iotriage.queries.packs.loading import PANES
from iotriage.queries.source import SourceError
from iotriage.tui.widgets.lines_view import wrapped
from rich.cells import cell_len
from textual import events

from .driving import NARROW, Driver, assert_plain, driven, unclean
from .hostile import TEXTS, Hostile
from .sources import Remembering, Told

sizes = pytest.mark.parametrize("size", [NARROW], ids=("narrow",))


@pytest.fixture
def source(demo: Remembering) -> Told:
    hostile = Hostile()
    name = f"EVIDENCE {TEXTS[0]}{TEXTS[3]}"
    return Told(demo, change=hostile, asks=hostile.meant, name=name)


async def walk(console: Driver, *keys: str) -> None:
    for key in keys:
        await console.press(key)
        assert_plain(console)


@sizes
async def test_every_screen(source: Told, case: Path, size: tuple[int, int]) -> None:
    async with driven(source, case, size) as console:
        await console.settled()
        await walk(console, "j", "pagedown", "end", "home", "right", "i", "end", "escape")
        await walk(console, "enter")
        await console.settled()
        assert_plain(console)
        for number, name in enumerate(PANES, 1):
            await walk(console, str(number), "end", "right")
            assert len(console.app.rows_of(name)) > 0
            await walk(console, "up", "enter")
            await console.until(lambda: "asking" not in console.text)
            await walk(console, "pagedown", "end")
            await console.press("escape")
            await walk(console, "i", "end")
            await console.press("escape")
            await walk(console, "y", "end")
            await console.press("escape")
        await walk(console, "/", "1", "0", "enter", "/", "escape", "H", "end", "escape", "?")
        await walk(console, "escape")
        assert len(console.app.screen_stack) == 1


@sizes
async def test_every_action(
    source: Told, case: Path, size: tuple[int, int], sent: list[str], world: Path
) -> None:
    async with driven(source, case, size) as console:
        await console.settled()
        await walk(console, "enter")
        await console.settled()
        await console.press("5")
        await console.press(*"sesesesese")
        assert_plain(console)
        await walk(console, "ctrl+z", "ctrl+z", "ctrl+r", "space", "v", "down", "v", "s", "h")
        for toast in console.toasts:
            assert unclean(toast) == []
        # Long ones are never the whole screen.
        assert max(map(len, console.toasts)) < 600
        console.forget_toasts()
        await walk(console, "h", "home", "y", "enter", "Y")
        for sequence in sent:
            assert sequence.startswith("\x1b]52;c;")
            text = base64.b64decode(sequence[7:-1]).decode("utf-8")
            assert [char for char in unclean(text) if char != "\n"] == []
        await walk(console, "x", "enter", "x", "ctrl+u")
        await console.press(*"a.json", "enter", "x", "ctrl+u", *"a.csv", "enter")
        assert_plain(console)
    made = {path.suffix: path for path in world.iterdir()}
    assert len(made) == 3
    assert unclean(made[".md"].name) == []
    exported(made[".md"].read_text("utf-8"), made[".json"], made[".csv"])


def exported(markdown: str, facts: Path, lines: Path) -> None:
    # Whatever is no table, paragraph, code or heading came out of somebody's text.
    gfm.parsed(markdown)
    assert [char for char in unclean(markdown) if char != "\n"] == []
    findings = json.loads(facts.read_text("utf-8"))["findings"]
    csv.field_size_limit(10**7)
    cells = list(csv.reader(io.StringIO(lines.read_text("utf-8"))))
    assert len(cells) == len(findings) + 1
    for row in cells:
        for cell in row:
            assert unclean(cell) == []
            assert not cell.startswith(("=", "+", "-", "@"))


async def test_a_hostile_note_is_kept_and_does_nothing(demo: Remembering, case: Path) -> None:
    """Pasted from elsewhere, or written into the case by another console."""
    async with driven(demo, case, NARROW) as console:
        await console.open("sens-0404")
        await console.press("5")
        finding, record = console.app.rows_of("processes").finding(0)
        for text in [*TEXTS[:4], *TEXTS[5:8], *TEXTS[14:17:2]]:
            await console.press("home", "n")
            console.app.post_message(events.Paste(text))
            await console.pilot.pause()
            await console.press("enter")
            console.app.casebook.note(finding, record, text)
            console.app.verdicts.write(lambda: None)
            assert console.app.casebook.judgement(finding).note == text
            await walk(console, "n")
            await console.press("escape")
            await walk(console, "enter")
            await console.press("escape")
        await walk(console, "H", "end", "pageup")


async def test_hostile_text_in_the_small_fields(demo: Remembering, case: Path) -> None:
    """Filters, windows and names of files, pasted."""
    async with driven(demo, case, NARROW) as console:
        await console.open("sens-0404")
        for text in (*TEXTS[:3], TEXTS[6], TEXTS[14], TEXTS[16]):
            for keys in (("5", "/"), ("w",), ("x", "ctrl+u"), ("d",)):
                await console.press(*keys)
                console.app.post_message(events.Paste(text))
                await console.pilot.pause()
                assert_plain(console)
                await walk(console, "enter")
                await console.press("escape", "escape")
            assert all(unclean(toast) == [] for toast in console.toasts)
            console.forget_toasts()


@sizes
async def test_hostile_failures(demo: Remembering, case: Path, size: tuple[int, int]) -> None:
    failing = dict(zip((*PANES, "coverage"), (*TEXTS[:4], TEXTS[7], TEXTS[18]), strict=True))
    source = Told(demo, failing=failing)
    async with driven(source, case, size) as console:
        await console.open()
        for key in "12345":
            await walk(console, key, "i", "end")
            await console.press("escape", "r")
        source.failing = {"devices": TEXTS[1] + TEXTS[6]}
        await walk(console, "d", "escape", "escape")
        console.app.scoping.ask_again("devices")
        await console.settled()
        assert_plain(console)


async def test_a_hostile_reason_for_not_opening(case: Path) -> None:
    async with driven(SourceError(TEXTS[0] + TEXTS[1]), case) as console:
        await console.until(lambda: not console.app.is_running or console.app.return_value)
        # The command makes it printable: what the console gives back is what was said.
        assert console.app.return_value == TEXTS[0] + TEXTS[1]


async def test_hostile_notices(demo: Remembering, case: Path) -> None:
    kinds = dict(zip(PANES, NoticeKind, strict=False))

    def noted(answer: Answer) -> Answer:
        kind = kinds.get(answer.question, NoticeKind.REMARK)
        return answer.noting(*(Notice(kind, text) for text in TEXTS[:8]))

    async with driven(Told(demo, change=noted), case) as console:
        await console.open("sens-0404")
        for key in "12345":
            await walk(console, key, "i", "end", "escape")


@pytest.mark.parametrize("char", ["x", "日", "ab ", "e\u0301", "\u1161"])
def test_what_is_long_is_wrapped_in_no_time(char: str) -> None:
    """Half a megabyte in one value: opening its row must not hold the console up."""
    text = char * (500_000 // len(char))
    began = time.process_time()
    pieces = wrapped(text, 100)
    assert time.process_time() - began < 2
    assert "".join(pieces).replace(" ", "") == text.replace(" ", "")
    assert max(map(cell_len, pieces)) <= 100


async def test_the_readers_of_markdown_would_notice() -> None:
    """The check above can fail."""
    for text in ("<b>x</b>", "[x](http://evil.example)", "![x](http://evil.example/p.png)"):
        with pytest.raises(AssertionError):
            gfm.parsed(f"# Findings\n\n{text}\n")
