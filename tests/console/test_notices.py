"""Why a pane is empty: each reason looks different from nothing having happened."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from iotriage.queries.evidence.source import Evidence

from .driving import NARROW, WIDE, driven
from .evidence import event, evidence, heard, user
from .sources import NOW, Remembering, Told


async def state_of(
    source: Evidence, case: Path, key: str, device: str = "cam-1", size: Any = NARROW
) -> str:
    """The screen with the device's pane on it, one blank between words."""
    async with driven(source, case, size, demo=False, evidence="x", device=device) as console:
        await console.until(lambda: console.app.scope is not None)
        await console.settled()
        await console.press(key)
        text = console.text
    source.close()
    return " ".join(text.split())


async def test_nothing_happened(case: Path) -> None:
    listening = [
        event("ListeningPorts", hour + 0.5, {}, device="cam-1") | {"IsEmpty": True}
        for hour in range(24)
    ]
    said = await state_of(evidence(*listening, *heard()), case, "3")
    assert "Ports complete · 0 rows" in said
    assert "No rows: the agent was heard from, and nothing of this kind was seen." in said


async def test_the_agent_cannot_know(case: Path) -> None:
    heart = [event("Heartbeat", hour + 0.5, {"x": 1}) for hour in range(24)]
    said = await state_of(evidence(*heart), case, "2")
    assert "Users cannot know · 0 rows" in said
    assert "Cannot know: this device has the micro agent, which does not report users." in said


async def test_the_window_is_empty(case: Path) -> None:
    rows = [user(1), *heard(device="cam-2")]
    async with driven(evidence(*rows), case, NARROW, demo=False, evidence="x") as console:
        await console.settled()
        await console.press("w", *"2026-11-21T09:00 2026-11-21T10:00", "enter")
        await console.settled()
        console.app.scoping.open_device("cam-1", "plant")
        console.app.main.show_pane("users")
        await console.settled()
        said = " ".join(console.text.split())
    assert "Users empty window · 0 rows" in said
    assert "Empty window: no raw event of this device between 2026-11-21T09:00:00Z and" in said


async def test_the_agent_was_silent(case: Path) -> None:
    rows = [*heard()[:3], *heard()[15:], *[user(hour + 0.4) for hour in (0, 1, 20)]]
    said = await state_of(evidence(*rows), case, "2", size=WIDE)
    assert "Users complete · 1 row" in said
    assert "the agent was silent from about" in said


async def test_the_agent_dropped_events(case: Path) -> None:
    lost = event("DroppedEventsStatistics", 2, {"DroppedEvents": 41})
    said = await state_of(evidence(*heard(), lost), case, "4", size=WIDE)
    assert "Logins silent · 0 rows" in said
    assert "Silent: the agent says it dropped 41 events: not everything was sent." in said


async def test_a_table_is_missing(case: Path) -> None:
    some = {"SecurityIoTRawEvent": [*heard()], "SecurityAlert": []}
    said = await state_of(Evidence.of_rows("SMALL", some, NOW), case, "4", size=WIDE)
    assert "Logins missing table · 0 rows" in said
    assert "Missing table: there is no table DefenderIoTRawEvent here; read the rest." in said


async def test_no_table_to_answer_from(case: Path) -> None:
    some = {"SecurityIoTRawEvent": heard(), "DefenderIoTRawEvent": []}
    said = await state_of(Evidence.of_rows("SMALL", some, NOW), case, "1")
    assert "Alerts cannot know · 0 rows" in said
    assert "Cannot know: there is no table SecurityAlert here: alerts cannot be known." in said


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (heard(), "the agent was heard from, but sent no LocalUsers in this window"),
        ([user(hour + 0.5) for hour in range(24)], ""),
    ],
    ids=("not sent", "whole"),
)
async def test_the_info_screen_says_it_in_full(
    rows: Sequence[Any], sentence: str, case: Path
) -> None:
    source = evidence(*rows)
    async with driven(source, case, WIDE, device="cam-1") as console:
        await console.until(lambda: console.app.scope is not None)
        await console.settled()
        await console.press("2", "i")
        assert "complete" in console.text
        assert sentence in " ".join(console.text.split())
        assert ("remark" in console.text) is bool(sentence)
        assert "The KQL that was asked" in console.text
    source.close()


async def test_coverage_that_failed_is_said(demo: Remembering, case: Path) -> None:
    source = Told(demo, failing={"coverage": "no time left"})
    async with driven(source, case, WIDE) as console:
        await console.open()
        await console.press("2")
        assert "whether the agent was heard from is unknown: no time left" in console.text
