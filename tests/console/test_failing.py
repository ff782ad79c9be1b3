"""What is told of answers that failed, and of how much there was to answer."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from iotriage.queries.answers import Answer, Notice, NoticeKind, Status
from iotriage.queries.packs.loading import PANES

from .driving import CAM, NARROW, SIZES, driven
from .sources import Remembering, Told

sizes = pytest.mark.parametrize("size", SIZES, ids=("wide", "narrow"))
#: Some 300 characters, as the service words it.
LONG = (
    "HTTP 400: BadArgumentError: The request had some invalid properties: SEM0100: 'where'"
    " operator: failed to resolve column or scalar expression named 'EventDetailz'"
    " (at line 14, column 9); the workspace 11111111-2222-4333-8444-555555555555 may lack the"
    " table, or this pack may be older than its schema"
)


@sizes
async def test_a_long_reason_is_read_in_full(
    demo: Remembering, case: Path, size: tuple[int, int]
) -> None:
    source = Told(demo, failing={"processes": LONG})
    async with driven(source, case, size) as console:
        await console.open()
        await console.press("5")
        assert " Processes  failed (r asks again)" in console.text
        words = " ".join(console.text.split())
        if size == NARROW:
            assert f"This could not be answered: {LONG} r asks again." in words
        below = [line[32:] for line in console.lines] if size != NARROW else console.lines
        assert LONG in " ".join(" ".join(below).split())
        assert "5 Processes failed" in console.text
        assert len(console.app.rows_of("users").answer.rows) == 10


@sizes
async def test_everything_fails_at_once_and_comes_back(
    demo: Remembering, case: Path, size: tuple[int, int]
) -> None:
    source = Told(demo, failing=dict.fromkeys((*PANES, "coverage"), LONG))
    async with driven(source, case, size) as console:
        await console.open()
        for number, name in enumerate(PANES, 1):
            await console.press(str(number))
            assert f" {console.pane(name).title}  failed (r asks again)" in console.text
            assert "failed to resolve column" in " ".join(console.text.split())
        assert all(console.app.tab(name)[1] == "failed" for name in PANES)
        source.failing.clear()
        for key in "12345":
            await console.press(key, "r")
        await console.settled()
        assert [str(console.app.rows_of(name).answer.status) for name in PANES] == ["complete"] * 5


async def test_the_device_that_was_named_waits_for_the_devices(
    demo: Remembering, case: Path
) -> None:
    source = Told(demo, failing={"devices": "the service is busy"})
    async with driven(source, case, NARROW, device=CAM) as console:
        await console.settled()
        assert "This could not be answered: the service is busy" in console.text
        source.failing.clear()
        await console.press("r")
        await console.until(lambda: console.app.scope is not None)
        await console.settled()
        assert console.app.scope.device == CAM


@sizes
async def test_rows_that_are_missing_are_said_first(
    demo: Remembering, case: Path, size: tuple[int, int]
) -> None:
    said = "5,000 of more than 5,000 rows: narrow the window"

    def cut(answer: Answer) -> Answer:
        if answer.question != "processes":
            return answer
        remark = Notice(NoticeKind.REMARK, "the service is slow today")
        whole = answer.noting(remark, Notice(NoticeKind.CUT, said))
        return replace(whole, status=Status.TRUNCATED)

    async with driven(Told(demo, change=cut), case, size) as console:
        await console.open()
        await console.press("5")
        line = next(line for line in console.lines if " Processes  truncated" in line)
        assert said[:40] in line
        if size != NARROW:
            assert line.endswith(f"{said} (+1: i) · 18 with hints")
        await console.press("/", *"sh", "enter")
        assert "of 34 rows" in console.text


async def test_measurements_have_their_units(demo: Remembering, case: Path) -> None:
    measured = {
        "seconds": 1.25,
        "server execution": 0.5,
        "server cpu": "00:00:00.0156250",
        "server memory peak": 25_165_824,
        "server rows scanned": 1_234_567,
        "server memory peak, law-iot-production-eu": 512,
    }

    def weighed(answer: Answer) -> Answer:
        return replace(answer, statistics=measured)

    async with driven(Told(demo, change=weighed), case) as console:
        await console.open()
        await console.press("2", "i")
        words = " ".join(console.text.split())
    for said in (
        "seconds 1.250 s",
        "server execution 0.500 s",
        "server cpu 00:00:00.0156250",
        "server memory peak 24.0 MiB",
        "server rows scanned 1,234,567",
        "server memory peak, law-iot-production-eu: 512 bytes",
    ):
        assert said in words


@sizes
async def test_the_timeline_claims_nothing_that_is_not_known(
    demo: Remembering, case: Path, size: tuple[int, int]
) -> None:
    source = Told(demo, failing={"alerts": "gone"}, held={"alerts": threading.Event()})
    async with driven(source, case, size) as console:
        await console.until(lambda: console.app.devices is not None)
        console.send(*CAM, "enter")
        await console.until(lambda: console.app.rows("processes"))
        assert "no alerts" not in console.text
        source.held["alerts"].set()
        await console.settled()
        assert "no alerts" not in console.text
        assert "it is not known which alerts there are" in console.text
        source.failing.clear()
        console.app.set_window(console.app.scope.window.scaled(0.01))
        await console.settled()
        assert "no alerts in this window" in console.text
