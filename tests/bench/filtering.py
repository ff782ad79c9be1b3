"""How long a pane of 100,000 rows keeps the console from anything else, as ratios of one run.

A script: ``python tests/bench/filtering.py``. Beside each figure stands what the simple way takes
that goes through all rows at once; while that lasts no key is answered.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from console.driving import CAM, Driver, console_on
from console.sources import Told
from iotriage.queries.answers import Answer
from iotriage.queries.demo import demo_tables
from iotriage.queries.evidence.source import Evidence
from iotriage.tui.casebook.casebook import Casebook

ROWS = 100_000
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def larger(answer: Answer) -> Answer:
    if answer.question != "processes":
        return answer
    rows = answer.rows
    numbered = ((f"{row[0]}-{n}", *row[1:]) for n in range(ROWS) for row in [rows[n % len(rows)]])
    return replace(answer, rows=tuple(numbered))


class Pulse:
    """How long the loop has been held up, at most, since it was asked last."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._task = asyncio.create_task(self._beat())

    async def _beat(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0)
            self.longest = max(self.longest, time.perf_counter() - began)
            await asyncio.sleep(0.001)

    def taken(self) -> float:
        longest, self.longest = self.longest, 0.0
        return longest


async def measure(folder: Path) -> None:
    source = Told(Evidence.of_rows("DEMO", demo_tables(NOW), NOW), larger)
    with Casebook.open(folder / "case", "bench") as book:
        app = console_on(source, book)
        async with app.run_test(size=(120, 40)) as pilot:
            console = Driver(app, pilot)
            await console.open(CAM)
            await console.press("5", "end")
            rows, pulse = app.rows_of("processes"), Pulse()
            began = time.perf_counter()
            places = [rows._key_at(place) for place in range(ROWS)]
            simple = time.perf_counter() - began
            assert len(set(places)) == ROWS
            pulse.taken()
            await console.press("s")
            told("the first verdict", pulse.taken(), simple)
            await console.press("/")
            for key in "kworkerds-99":
                pulse.taken()
                began = time.perf_counter()
                await console.press(key)
                await console.until(lambda: not rows.is_busy, 60)
                whole = time.perf_counter() - began
                told(f"{rows._needle}: {len(rows):,} rows", pulse.taken(), whole)
            pulse.taken()
            await console.press("escape", "/")
            pulse.taken()
            console.send(*"useradd")
            await console.until(lambda: rows._needle == "useradd" and not rows.is_busy, 60)
            told("another text, typed at once", pulse.taken(), simple)


def told(what: str, longest: float, simple: float) -> None:
    print(
        f"{what:32} holds up for {longest * 1000:5.0f} ms at most,"
        f" {longest / simple:6.1%} of the {simple * 1000:,.0f} ms it all takes"
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="iotriage-bench-") as name:
        asyncio.run(measure(Path(name)))
