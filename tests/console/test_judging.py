"""Verdicts, notes, undo, what a filter leaves, and the case opened again."""

from __future__ import annotations

from pathlib import Path

import pytest
from iotriage.queries.answers import Answer
from iotriage.tui.casebook.casebook import Casebook
from textual import events
from textual.widgets import TextArea

from .driving import CAM, NARROW, WIDE, Driver, driven, ticking
from .sources import Remembering, Told

MINER = "/tmp/.x/kworkerds"
NOTE = "the camera's own recorder, says mei | 100%"


async def judge(console: Driver, pane: str, name: str, key: str) -> None:
    """Put the cursor on the row that begins with ``name`` and press ``key``."""
    rows = console.keys_of(pane)
    await console.press("home", *["down"] * rows.index(name), key)


@pytest.mark.parametrize("size", [NARROW], ids=("narrow",))
async def test_an_investigation(demo: Remembering, case: Path, size: tuple[int, int]) -> None:
    async with driven(demo, case, size) as console:
        await console.open()
        await console.press("2")
        await judge(console, "users", "svc-backup", "s")
        await console.press("5")
        await judge(console, "processes", MINER, "s")
        await judge(console, "processes", "/usr/bin/ffmpeg", "e")
        # The verdict takes the cursor to the row below: the note is for the one above.
        await console.press("up", "n", *NOTE, "enter")
        assert console.counts() == (2, 1, 0, 75)
        assert "! 2   ✓ 1   ~ 0   " in "\n".join(console.lines[:2])
        assert "2 Users 10 !1" in console.text
        assert "5 Processes 34 !1" in console.text
        assert any(line.lstrip("▌ │┃").startswith("✓ /usr/bin/ffmpeg") for line in shown(console))
    # Another day, the same case.
    async with driven(demo, case, size) as console:
        await console.open()
        assert console.counts() == (2, 1, 0, 75)
        await console.press("5")
        await judge(console, "processes", "/usr/bin/ffmpeg", "enter")
        await console.until(lambda: "1 more" in console.text or "times" in console.text)
        assert "expected (mei, " in console.text
        assert NOTE in console.text


def shown(console: Driver) -> list[str]:
    """The lines of the panes, without the picker beside them."""
    left = 31 if console.app.main.is_wide else 0
    return [line[left:] for line in console.lines]


async def test_undo_and_redo_say_what_they_did(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open()
        await console.press("5", "s", "e")
        assert console.counts() == (1, 1, 0, 76)
        await console.press("ctrl+z")
        assert console.counts() == (1, 0, 0, 77)
        await console.press("ctrl+z", "ctrl+z")
        assert console.counts() == (0, 0, 0, 78)
        assert console.toasts == [
            "undone: expected: processes /sbin/ausearch",
            "undone: suspicious: processes /bin/sh",
            "nothing to be undone",
        ]
        console.forget_toasts()
        await console.press("ctrl+r", "ctrl+r", "ctrl+r")
        assert console.counts() == (1, 1, 0, 76)
        assert console.toasts == [
            "brought back: suspicious: processes /bin/sh",
            "brought back: expected: processes /sbin/ausearch",
            "nothing to be brought back",
        ]


async def test_a_verdict_is_taken_back_and_changed(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open()
        await console.press("4", "s", "home", "e")
        assert console.counts() == (0, 1, 0, 77)
        await console.press("home", "u")
        assert console.counts() == (0, 0, 0, 78)


async def test_a_verdict_is_on_disk_before_the_key_is_answered(
    demo: Remembering, case: Path
) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open()
        await console.press("5", "s")
        with Casebook.open(case, "tomas") as other:
            finding, _ = console.app.rows_of("processes").finding(0)
            assert str(other.judgement(finding).verdict) == "suspicious"


async def test_a_case_that_cannot_be_written_leaves_the_sign_away(
    demo: Remembering, case: Path
) -> None:
    book = Casebook.open(case, "mei", ticking())
    async with driven(demo, book, NARROW) as console:
        await console.open()
        book.close()
        await console.press("5", "s")
        assert console.counts() == (0, 0, 0, 78)
        assert console.toasts
        assert all(said.startswith(f"case {case}: ") for said in console.toasts)
        assert "SQLite says" in console.text


async def test_escape_leaves_a_note_as_it_was_and_an_empty_one_takes_it_away(
    demo: Remembering, case: Path
) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open()
        await console.press("5", "n", *"who?", "enter", "n")
        assert console.app.screen.query_one(TextArea).text == "who?"
        await console.press(*" no", "escape", "n")
        assert console.app.screen.query_one(TextArea).text == "who?"
        await console.press(*["backspace"] * 4, "enter", "n")
        assert console.app.screen.query_one(TextArea).text == ""
        # A note is no verdict.
        assert console.counts() == (0, 0, 0, 78)


async def test_a_filter_and_its_inverse(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, WIDE) as console:
        await console.open()
        await console.press("5", "/", *"/TMP/.x")
        hits = console.keys_of("processes")
        assert f"Processes  complete · {len(hits)} of 34 rows" in console.text
        assert "filter /TMP/.x" in console.text
        await console.press("enter", "s")
        assert console.app.casebook.judged(CAM, "plant-7")[0].key == (("Executable", hits[0]),)
        # Typing anew replaces what was looked for.
        await console.press("/", *"!/tmp/.x", "enter")
        rest = console.keys_of("processes")
        assert sorted([*hits, *rest]) == sorted(
            row[0] for row in console.app.rows_of("processes").answer.rows
        )
        assert not set(hits) & set(rest)
        await console.press("/", *"zzzz")
        assert "No row is left by the filter" in console.text
        await console.press("enter", "s", "n", "enter", "y", "e")
        assert len(console.app.casebook.judged(CAM, "plant-7")) == 1
        await console.press("/", "escape")
        assert len(console.keys_of("processes")) == 34
        assert "filter" not in "\n".join(shown(console)[:-1])


async def test_a_filter_stays_with_its_pane(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, WIDE) as console:
        await console.open()
        await console.press("/", *"shell", "tab", "down")
        assert console.app.focused is console.pane("users").table
        assert console.pane("users").table.cursor_row == 1
        needles = {name: console.pane(name).needle for name in ("alerts", "users", "processes")}
        assert needles == {"alerts": "shell", "users": "", "processes": ""}
        assert f"Alerts  complete · {len(console.keys_of('alerts'))} of 16 rows" in console.text
        assert 0 < len(console.keys_of("alerts")) < 16


async def test_hiding_what_is_expected(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open()
        await console.press("5", "e", "e", "h")
        assert "32 of 34 rows" in console.text
        assert "2 expected hidden" in console.text
        before = console.keys_of("processes")
        # Row after row: what is judged goes, and the next one is under the cursor.
        await console.press("home", "e", "e")
        assert console.keys_of("processes") == before[2:]
        assert console.counts() == (0, 4, 0, 74)
        await console.press("h")
        assert len(console.keys_of("processes")) == 34


async def test_what_has_changed_since_is_to_be_reviewed_again(
    demo: Remembering, case: Path
) -> None:
    """The device has been seen with one command line fewer when it was judged."""

    def earlier(answer: Answer) -> Answer:
        if answer.question != "processes" or "ExecutionCommandLines" not in answer.names:
            return answer
        place = answer.names.index("ExecutionCommandLines")
        rows = [(*row[:place], row[place][:1], *row[place + 1 :]) for row in answer.rows]
        return Answer(answer.question, answer.columns, tuple(rows))

    async with driven(Told(demo, change=earlier), case, NARROW) as console:
        await console.open()
        await console.press("5", "e")
    async with driven(demo, case, NARROW) as console:
        await console.open()
        assert console.counts() == (0, 0, 1, 78)
        await console.press("5")
        assert any("▌~ /bin/sh" in line for line in console.lines)
        await console.press("enter")
        assert "drifted: since then it has gained" in console.text
        # Judged again, it is expected with all that it has now.
        await console.press("e")
        assert console.counts() == (0, 1, 0, 77)


async def test_a_verdict_is_the_devices_own(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open()
        await console.press("5", "s")
        await console.press("d", *"hmi-0003", "enter")
        await console.settled()
        assert console.app.scope.device == "hmi-0003"
        assert console.counts()[:3] == (0, 0, 0)


async def test_a_pasted_note_keeps_its_lines(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open()
        await console.press("5", "n")
        console.app.post_message(events.Paste("see the ticket\nand the rest"))
        await console.pilot.pause()
        await console.press("enter")
        finding, _ = console.app.rows_of("processes").finding(0)
        assert console.app.casebook.judgement(finding).note == "see the ticket\nand the rest"
        await console.press("up", "enter")
        await console.until(lambda: "  see the ticket\n   and the rest" in console.text)
