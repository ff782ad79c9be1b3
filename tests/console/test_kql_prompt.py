"""The prompt: what is asked becomes a pane, what fails is told at its place and never lost."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from iotriage.queries.kql.asked import name_of
from iotriage.queries.packs.loading import load_pack
from iotriage.queries.source import Waiting
from iotriage.tui.query_history import QueryHistory
from iotriage.tui.screens.kql_prompt import KqlPrompt
from iotriage.tui.widgets.query_area import QueryArea
from textual import events

from .driving import CAM, NARROW, Driver, assert_plain, driven
from .sources import Remembering, Told

TEXT = (
    "SecurityIoTRawEvent\n| where DeviceId == device\n| summarize Events = count() by RawEventName"
)


async def prompted(console: Driver, *keys: str) -> QueryArea:
    """The prompt of the open device."""
    await console.press(":", *keys)
    await console.until(lambda: isinstance(console.app.screen, KqlPrompt))
    await console.pilot.pause()
    return console.app.screen.query_one(QueryArea)


async def paste(console: Driver, text: str) -> None:
    console.app.post_message(events.Paste(text))
    await console.pilot.pause()


async def asked(console: Driver, text: str) -> None:
    """Ask a text, and wait for its pane."""
    await prompted(console)
    await paste(console, text)
    await console.press("enter")
    await console.until(lambda: not isinstance(console.app.screen, KqlPrompt))
    await console.until(lambda: console.app.rows(name_of(text)) is not None)
    await console.until(lambda: console.app.main._active == name_of(text))
    await console.settled()


async def failed(console: Driver, text: str, said: str) -> None:
    area = console.app.screen.query_one(QueryArea)
    area.put("")
    await paste(console, text)
    await console.press("enter")
    await console.until(lambda: said in " ".join(console.text.split()))
    assert area.text == text


async def test_an_answer_is_a_pane_like_any(demo: Remembering, case: Path) -> None:
    source = Told(demo)
    async with driven(source, case) as console:
        await console.open()
        await asked(console, TEXT)
        assert [name for name, _ in source.asked].count(name_of(TEXT)) == 1
        rows = console.app.rows_of(name_of(TEXT))
        assert rows.question.keys == ("RawEventName", "Events")
        assert len(rows) > 3
        assert "SecurityIoTRawEvent | where…" in console.text
        suspicious = console.app.counts().suspicious
        await console.press("s")
        await console.until(lambda: console.app.counts().suspicious == suspicious + 1)
        await console.press("x", *"s.json", "enter")
        await console.until(lambda: list(Path().glob("*.json")))
        (file,) = Path().glob("*.json")
        report = json.loads(file.read_text())
        found = [f for f in report["findings"] if f["question"] == name_of(TEXT)]
        assert sorted({f["verdict"] for f in found}) == ["suspicious", "unreviewed"]
        assert TEXT in json.dumps(report, ensure_ascii=False).replace("\\n", "\n")
    # The same text finds its verdicts again.
    async with driven(demo, case) as console:
        await console.open()
        assert console.app.counts().suspicious == suspicious
        await asked(console, f"\n{TEXT}  ")
        assert console.app.counts().suspicious == suspicious + 1


async def test_a_mistake_is_told_with_its_place_and_the_cursor_goes_there(
    demo: Remembering, case: Path
) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open()
        area = await prompted(console)
        await failed(
            console, "SecurityAlert\n| wher a == 1", "line 2, column 3: syntax error: no op"
        )
        assert area.cursor_location == (1, 2)
        await failed(console, "\n\nSecurityAlert\n| where Foo == 1", "line 4, column 9: ")
        assert area.cursor_location == (3, 8)
        await failed(console, "Nope", "line 1, column 1: the evidence holds no Nope")
        await failed(console, "print x = nope(1)", "column 11: not possible with offline")
        await failed(
            console, "// keys: A\nprint x = 1", "column 10: keys names 'A', and the answer has x"
        )
        assert area.cursor_location == (0, 9)
        # What is typed goes on from there.
        await console.type("x")
        assert area.text == "// keys: xA\nprint x = 1"
        assert console.app.panes.names == console.app.pack.panes


async def test_enter_goes_on_where_a_text_is_not_whole(demo: Remembering, case: Path) -> None:
    source = Told(demo)
    async with driven(source, case) as console:
        await console.open()
        area = await prompted(console)
        await paste(console, "SecurityAlert |")
        await console.press("enter")
        assert area.text == "SecurityAlert |\n"
        assert "not whole yet" in console.text
        await paste(console, "where (")
        await console.press("ctrl+j")
        assert area.text == "SecurityAlert |\nwhere (\n"
        assert not [name for name, _ in source.asked if name.startswith("kql_")]


async def test_words_are_completed_and_gone_through(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open()
        area = await prompted(console)
        await console.type("SecurityI")
        assert "SecurityIoTRawEvent" in console.text
        await console.press("tab")
        assert area.text == "SecurityIoTRawEvent"
        await paste(console, " | where Raw")
        for expected in ("RawEventCategory", "RawEventName", "RawEventType"):
            await console.press("tab")
            assert area.text == f"SecurityIoTRawEvent | where {expected}"
        await console.press("shift+tab")
        assert area.text.endswith("RawEventName")
        # What is typed ends it, and Tab begins anew.
        await paste(console, " == dev")
        await console.press("tab")
        assert area.text.endswith("RawEventName == device")
        await paste(console, ' and "Sec')
        await console.press("tab")
        assert area.text.endswith('"Sec')


async def test_earlier_texts_come_back(demo: Remembering, case: Path) -> None:
    for text in ("first", "second\n| line"):
        QueryHistory().add(text)
    async with driven(demo, case) as console:
        await console.open()
        area = await prompted(console)
        await paste(console, "draft")
        await console.press("up")
        assert area.text == "second\n| line"
        await console.press("up")
        assert area.cursor_location[0] == 0
        await console.press("up")
        assert area.text == "first"
        await console.press("up", "down", "down", "down")
        assert area.text == "draft"
        # Left with Esc, it is there when the prompt is opened again.
        await console.press("escape", ":")
        assert (await prompted(console)).text == "draft:"
        console.app.screen.query_one(QueryArea).put("")
        await console.press("escape")
        await asked(console, TEXT)
        assert QueryHistory().texts() == ["first", "second\n| line", TEXT]
        assert (await prompted(console)).text == ""


async def test_an_answer_that_takes_long_is_waited_for_and_can_be_stopped(
    demo: Remembering, case: Path
) -> None:
    gate, name = threading.Event(), name_of(TEXT)
    source = Told(demo, held={name: gate}, waits={name: Waiting("HTTP 429: throttled")})
    async with driven(source, case) as console:
        await console.open()
        area = await prompted(console)
        await paste(console, TEXT)
        await console.press("enter")
        await console.until(lambda: "waiting: HTTP 429: throttled" in console.text)
        await console.press("enter", "escape")
        assert source.cancelled == [(name, CAM)]
        assert "stopped" in console.text
        assert area.text == TEXT
        gate.set()
        await console.pilot.pause(0.05)
        assert console.app.rows(name) is None
        await console.press("enter")
        await console.until(lambda: console.app.rows(name) is not None)
        assert [question for question, _ in source.asked].count(name) == 2


async def test_a_question_is_saved_and_there_at_the_next_start(
    demo: Remembering, case: Path, tmp_path: Path
) -> None:
    packs = tmp_path / "config" / "iotriage" / "packs"
    source = Told(demo)
    async with driven(source, case) as console:
        await console.open()
        await prompted(console)
        await paste(console, "SecurityAlert | wher 1 == 1")
        await console.press("ctrl+o")
        await console.until(lambda: "syntax error" in console.text)
        assert not packs.exists()
        console.app.screen.query_one(QueryArea).put(TEXT)
        await console.press("ctrl+o")
        await console.until(lambda: "Name of the question" in console.text)
        await console.type("a b")
        await console.press("enter")
        await console.until(lambda: "letters, digits and _" in console.text)
        before = [name for name, _ in source.asked].count(name_of(TEXT))
        for answers in ((), ("n",), ("y",)):
            await console.press("ctrl+o")
            await console.until(lambda: "Name of the question" in console.text)
            await console.type("kinds")
            await console.press("enter", *answers)
            await console.until(lambda: isinstance(console.app.screen, KqlPrompt))
        # What was answered just now is not asked again.
        assert [name for name, _ in source.asked].count(name_of(TEXT)) == before
        assert [toast for toast in console.toasts if "saved in" in toast]
    question = load_pack("own", packs).questions["kinds"]
    assert (question.text, question.keys) == (TEXT + "\n", ("RawEventName", "Events"))
    async with driven(demo, case, pack="own") as console:
        await console.open()
        await console.until(lambda: console.app.rows("kinds") is not None)
        assert console.app.pack.panes[-1] == "kinds"


async def test_without_a_device_there_is_nothing_to_ask(demo: Remembering, case: Path) -> None:
    async with driven(demo, case) as console:
        await console.settled()
        console.app.errands.ask_kql()
        await console.pilot.pause()
        assert not isinstance(console.app.screen, KqlPrompt)
        assert "pick a device first" in " ".join(console.toasts)
        # In the picker a colon is typed: addresses hold them.
        await console.press("tab", "c", ":")
        assert not isinstance(console.app.screen, KqlPrompt)


HOSTILE = (
    'print x = "\x1b]0;owned\x07\x9b2J \u202eexe.\u200b \u0301\u0301\u0301\u0301[/x]"'
    "\r\n// \u2028\t| a"
)


async def test_hostile_text_is_only_text(demo: Remembering, case: Path) -> None:
    QueryHistory().add(HOSTILE)
    async with driven(demo, case, NARROW) as console:
        await console.open()
        await prompted(console)
        await console.press("up")
        assert_plain(console)
        console.app.screen.query_one(QueryArea).put("")
        await paste(console, HOSTILE)
        assert_plain(console)
        await console.press("enter")
        await console.until(lambda: "column" in console.text or "x" in console.app.panes.names[-1])
        assert_plain(console)
        assert console.counts()[:2] == (0, 0)


async def test_a_pasted_text_keeps_its_indents(demo: Remembering, case: Path) -> None:
    async with driven(demo, case) as console:
        await console.open()
        area = await prompted(console)
        await paste(console, "SecurityAlert\r\n\t| where\u00a01 == 1\r\n")
        assert area.text == "SecurityAlert\n    | where 1 == 1"


@pytest.mark.parametrize("spoil", ["history", "pack"])
async def test_a_file_that_is_in_the_way_costs_no_text(
    demo: Remembering, case: Path, tmp_path: Path, spoil: str
) -> None:
    if spoil == "history":
        QueryHistory().path.parent.mkdir(parents=True)
        QueryHistory().path.write_text("{")
    else:
        own = tmp_path / "config" / "iotriage" / "packs" / "own"
        own.mkdir(parents=True)
        (own / "pack.toml").write_text("title = [")
    async with driven(demo, case) as console:
        await console.open()
        area = await prompted(console)
        await paste(console, TEXT)
        if spoil == "history":
            await console.until(lambda: "remove the file" in " ".join(console.toasts))
            await console.press("enter")
            await console.until(lambda: console.app.rows(name_of(TEXT)) is not None)
            assert QueryHistory().path.read_text() == "{"
        else:
            await console.press("ctrl+o")
            await console.until(lambda: "Name of the question" in console.text)
            await console.type("kinds")
            await console.press("enter")
            await console.until(lambda: "pack.toml" in console.text)
            assert area.text == TEXT
