"""Answers that wait for their turn, for somebody to sign in, or to be asked again."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from iotriage.queries.answers import Answer
from iotriage.queries.packs.loading import PANES
from iotriage.queries.source import Waiting
from iotriage.tui.messages import Delayed
from iotriage.tui.widgets.answer_table import AnswerTable

from .driving import CAM, NARROW, Driver, Hand, assert_plain, driven
from .hostile import TEXTS
from .sources import Remembering, Told

sizes = pytest.mark.parametrize("size", [NARROW], ids=("narrow",))
BUSY = "HTTP 503: the service is busy"
LONG = "HTTP 503: " + " ".join(f"word{number}" for number in range(45))


def held(*names: str) -> dict[str, threading.Event]:
    return {name: threading.Event() for name in names}


async def opened(console: Driver) -> None:
    """The device is open, whatever still waits."""
    await console.until(lambda: console.app.devices is not None)
    console.send(*CAM, "enter")
    await console.until(lambda: console.app.rows("processes") and console.app.rows("alerts"))


def beside(console: Driver) -> str:
    """The words of the picker."""
    width = console.app.main.picker.size.width
    return " ".join(" ".join(line[:width] for line in console.lines).split())


@sizes
async def test_what_is_waited_for_is_said(
    demo: Remembering, case: Path, size: tuple[int, int]
) -> None:
    source = Told(
        demo, held=held("users"), waits={"users": Waiting("5 questions are being answered")}
    )
    async with driven(source, case, size) as console:
        await opened(console)
        await console.press("2")
        assert " Users  waiting: 5 questions are being answered" in console.text
        assert "asks again" not in console.text
        assert "2 Users …" in console.text
        # Nobody knows when: no clock runs, and nothing is sent by itself.
        assert not console.app.countdown.is_running
        source.ears["users"][0](None)
        await console.until(lambda: "asking …" in console.text)
        assert "waiting" not in console.text
        source.held["users"].set()
        await console.settled()
        assert "Users  complete" in console.text


@sizes
async def test_the_seconds_are_counted_until_the_answer_comes(
    demo: Remembering, case: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    hand = Hand()
    source = Told(demo, held=held("ports"), waits={"ports": Waiting(BUSY, hand() + 7)})
    async with driven(source, case, size, seconds=hand) as console:
        await opened(console)
        await console.press("3")
        await console.until(lambda: f"{BUSY} · asks again in 7 s (r asks now)" in console.text)
        assert "3 Ports …" in console.text
        drawn: list[AnswerTable] = []
        monkeypatch.setattr(AnswerTable, "refresh", lambda table, *_, **__: drawn.append(table))
        for left in (6, 5):
            hand.seconds += 1
            await console.until(lambda left=left: f"asks again in {left} s" in console.text)
        # Only the line with the seconds is drawn each second.
        assert drawn == []
        monkeypatch.undo()
        hand.seconds += 60
        await console.until(lambda: "asks again now" in console.text)
        source.held["ports"].set()
        await console.settled()
        assert "asks again" not in console.text
        assert "Ports  complete" in console.text
        assert not console.app.countdown.is_running


async def test_longer_waits_are_told_in_minutes(demo: Remembering, case: Path) -> None:
    hand = Hand()
    source = Told(demo, held=held("users"), waits={"users": Waiting(BUSY, hand() + 125)})
    async with driven(source, case, NARROW, seconds=hand) as console:
        await opened(console)
        await console.press("2")
        assert "asks again in 2 min 05 s" in console.text
        source.held["users"].set()
        await console.settled()


@sizes
async def test_a_long_reason_gives_way_to_the_seconds_and_is_told_in_full_below(
    demo: Remembering, case: Path, size: tuple[int, int]
) -> None:
    hand = Hand()
    source = Told(demo, held=held("users"), waits={"users": Waiting(LONG, hand() + 9)})
    async with driven(source, case, size, seconds=hand) as console:
        await opened(console)
        await console.press("2")
        line = next(line for line in console.lines if " Users  HTTP 503" in line)
        assert line.endswith("… · asks again in 9 s (r asks now)")
        assert LONG in " ".join(console.text.split())
        source.held["users"].set()
        await console.settled()


async def test_asking_at_once_during_the_countdown(demo: Remembering, case: Path) -> None:
    hand = Hand()
    source = Told(demo, held=held("logins"), waits={"logins": Waiting(BUSY, hand() + 50)})
    async with driven(source, case, NARROW, seconds=hand) as console:
        await opened(console)
        await console.press("4")
        await console.until(lambda: "asks again in 50 s" in console.text)
        old = source.held["logins"]
        source.held.clear()
        source.waits.clear()
        await console.press("r")
        await console.until(lambda: console.app.rows("logins"))
        assert ("logins", CAM) in source.cancelled
        assert source.asked.count(("logins", CAM)) == 2
        answer = console.app.rows_of("logins").answer
        # What the old one still waits for, and what it answers, is nobody's any more.
        source.ears["logins"][0](Waiting("the old one", hand() + 5))
        old.set()
        await console.pilot.pause(0.3)
        assert console.app.rows_of("logins").answer is answer
        assert "the old one" not in console.text
        assert not console.app.countdown.is_running


async def test_late_words_are_dropped(demo: Remembering, case: Path) -> None:
    source = Told(demo)
    async with driven(source, case, NARROW) as console:
        await console.open()
        await console.press("2")
        investigation = console.app.investigation
        source.ears["users"][0](Waiting("too late", 1.0))
        await console.pilot.pause()
        assert investigation.waiting("users") is None
        assert "too late" not in console.text
        console.app.scoping.set_window(console.app.scope.window.scaled(0.5))
        source.ears["users"][0](Waiting("too late", 1.0))
        await console.settled()
        assert "too late" not in console.text


async def test_another_device_forgets_what_was_waited_for(demo: Remembering, case: Path) -> None:
    hand = Hand()
    waits = {name: Waiting(BUSY, hand() + 50) for name in PANES}
    source = Told(demo, held=held(*PANES), waits=waits)
    async with driven(source, case, seconds=hand) as console:
        await console.settled()
        console.send(*CAM, "enter")
        await console.until(lambda: console.text.count("asks again in 50 s") == 2)
        late = list(source.held.values())
        source.held.clear()
        source.waits.clear()
        await console.press("d", *"hmi-0003", "enter")
        await console.settled()
        assert "asks again" not in console.text
        await console.until(lambda: not console.app.countdown.is_running)
        for gate in late:
            gate.set()


@sizes
async def test_the_devices_wait(demo: Remembering, case: Path, size: tuple[int, int]) -> None:
    hand = Hand()
    source = Told(demo, held=held("devices"), waits={"devices": Waiting(BUSY, hand() + 7)})
    async with driven(source, case, size, seconds=hand) as console:
        await console.until(lambda: "Devices  asks again in 7 s" in console.text)
        assert BUSY in beside(console)
        assert "r asks now." in console.text
        hand.seconds += 1
        await console.until(lambda: "Devices  asks again in 6 s" in console.text)
        gate = source.held.pop("devices")
        source.waits.clear()
        await console.press("r")
        await console.settled()
        assert CAM in console.text
        assert "asks again" not in console.text
        gate.set()


@sizes
async def test_the_opening_waits(demo: Remembering, case: Path, size: tuple[int, int]) -> None:
    hand, told, gate = Hand(), threading.Event(), threading.Event()
    why = "workspace 11111111-2222: HTTP 503"

    def opens(tell: object, _: object) -> Remembering:
        assert told.wait(20)
        tell(Waiting(why, hand() + 3))  # type: ignore[operator]
        assert gate.wait(20)
        tell(None)  # type: ignore[operator]
        return demo

    async with driven(None, case, size, opens=opens, seconds=hand) as console:
        assert "reading the evidence" in console.text
        told.set()
        await console.until(lambda: "Devices  asks again in 3 s" in console.text)
        assert why in beside(console)
        # There is nothing yet that could be asked at once.
        assert "r asks" not in console.text
        hand.seconds += 1
        await console.until(lambda: "Devices  asks again in 2 s" in console.text)
        gate.set()
        await console.settled()
        assert CAM in console.text
        assert not console.app.countdown.is_running


@sizes
async def test_hostile_reasons(demo: Remembering, case: Path, size: tuple[int, int]) -> None:
    hand = Hand()
    source = Told(demo, held=held("users", "devices"))
    async with driven(source, case, size, seconds=hand) as console:
        await console.until(lambda: "devices" in source.ears)
        for until in (None, hand() + 5):
            for text in TEXTS:
                source.ears["devices"][0](Waiting(text, until))
                await console.pilot.pause()
                assert_plain(console)
        source.held["devices"].set()
        await opened(console)
        await console.press("2")
        for until in (None, hand() + 5):
            for text in TEXTS:
                source.ears["users"][0](Waiting(text, until))
                await console.pilot.pause()
                assert_plain(console)
                assert until is None or "asks again in 5 s (r asks now)" in console.text
        source.held["users"].set()
        await console.settled()


async def test_a_terminal_that_shows_ascii_only(demo: Remembering, case: Path) -> None:
    hand = Hand()
    source = Told(demo, held=held("users"), waits={"users": Waiting("été", hand() + 7)})
    async with driven(source, case, NARROW, seconds=hand, ascii_only=True) as console:
        await opened(console)
        await console.press("2")
        assert " - asks again in 7 s (r asks now)" in console.text
        assert console.text.isascii()
        source.held["users"].set()
        await console.settled()


async def test_an_empty_pane_claims_nothing_before_it_is_known(
    demo: Remembering, case: Path
) -> None:
    def emptied(answer: Answer) -> Answer:
        return Answer("users", answer.columns) if answer.question == "users" else answer

    source = Told(demo, change=emptied, held=held("coverage"))
    async with driven(source, case, NARROW) as console:
        await opened(console)
        await console.press("2")
        await console.until(lambda: console.app.rows("users") is not None)
        assert "Whether the agent was heard from is still being asked." in console.text
        source.held["coverage"].set()
        await console.settled()
        assert "the agent was heard from, and nothing of this kind was seen" in console.text


async def test_words_for_nobody(demo: Remembering, case: Path) -> None:
    """A worker may say something before the source is known to be open."""
    gate = threading.Event()

    def opens(*_: object) -> Remembering:
        assert gate.wait(20)
        return demo

    async with driven(None, case, opens=opens) as console:
        console.app.post_message(Delayed(None))
        await console.pilot.pause()
        gate.set()
        await console.settled()
