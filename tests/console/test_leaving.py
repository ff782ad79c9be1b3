"""What still comes when the console is left finds nothing to be shown on, and is let go."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from iotriage.queries.source import Waiting
from iotriage.tui.messages import Arrived, Delayed
from textual.message import Message

from .driving import CAM, driven
from .sources import Remembering, Told


async def test_an_answer_that_comes_when_the_screen_is_gone(
    demo: Remembering, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    source = Told(demo, held={"users": gate})
    late: list[type[Message]] = []
    async with driven(source, case) as console:
        app = console.app
        await console.until(lambda: app.devices is not None)
        console.send(*CAM, "enter")
        await console.until(lambda: app.rows("processes") and app.rows("alerts"))
        close_all, post = app._close_all, app.post_message

        def posted(message: Message) -> bool:
            late.append(type(message))
            return post(message)

        async def close_all_and_go_on() -> None:
            await close_all()
            monkeypatch.setattr(app, "post_message", posted)
            (hear,) = source.ears["users"]
            hear(Waiting("HTTP 503", 7.0))
            gate.set()
            # The messages of the console are still heard, as they are by one that is busy ending.
            async with asyncio.timeout(10):
                while not {Delayed, Arrived} <= set(late) or app.message_queue_size:
                    await asyncio.sleep(0.01)

        monkeypatch.setattr(app, "_close_all", close_all_and_go_on)
    assert {Delayed, Arrived} <= set(late)
    assert app.rows("users") is None
