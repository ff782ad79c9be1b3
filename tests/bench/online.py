"""The online console against the test server: several questions at once, large answers, stopping.

Run it by hand: python tests/bench/online.py
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from queue import Queue

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from console.driving import driven
from iotriage.queries.asking import Scope
from iotriage.queries.log_analytics.source import LogAnalytics
from iotriage.queries.packs.loading import PANES, load_pack
from iotriage.queries.source import Cancellation
from iotriage.tui.deliveries import Arrival
from iotriage.tui.investigation import Investigation
from log_analytics import faults
from log_analytics.az_script import AzScript
from log_analytics.demo import WORKSPACE, demo_workspaces
from log_analytics.fixture import NOW
from log_analytics.online import client
from log_analytics.service import Service

ROUNDS = 5
MANY = 100_000


def six_panes(service: Service, source: LogAnalytics) -> tuple[float, float]:
    """Seconds until the first of six answers and until the last, at 1 s a query."""
    service.delay = 1.0
    arrived: Queue[Arrival] = Queue()
    investigation = Investigation(source, load_pack("exact"), arrived.put)
    began = time.perf_counter()
    investigation.open(Scope("cam-0231", "plant-7", source.latest()))
    arrived.get()
    first = time.perf_counter() - began
    for _ in PANES:
        arrived.get()
    service.delay = 0.0
    return first, time.perf_counter() - began


def stopped(service: Service, source: LogAnalytics) -> float:
    """Seconds from the cancel until the server sees that the client has gone."""
    service.delay = 30.0
    seen = len(service.requests)
    cancellation = Cancellation()
    window = source.latest()
    query = load_pack("exact").questions["users"].query("cam-0231", "plant-7", window)
    thread = threading.Thread(target=source.ask, args=(query, window, cancellation))
    thread.start()
    while len(service.requests) == seen:
        time.sleep(0.001)
    began = time.monotonic()
    cancellation.cancel()
    thread.join()
    while not service.requests[-1].ended:
        time.sleep(0.0005)
    service.delay = 0.0
    return service.requests[-1].ended - began


def many_processes() -> bytes:
    """An answer to the question of the processes pane, 100,000 rows long."""
    types = {
        "Executable": "string",
        "CntExecutions": "long",
        "MinObservedTime": "datetime",
        "MaxObservedTime": "datetime",
        "ExecutingUsers": "dynamic",
        "ExecutionCommandLines": "dynamic",
    }
    rows = [
        [
            f"/usr/bin/tool-{number}",
            number,
            "2026-11-20T13:00:00.1234567Z",
            "2026-11-21T11:00:00.1234567Z",
            '["Id:0, Name:root"]',
            json.dumps([f"/usr/bin/tool-{number} --argument {'x' * 60}", "again"]),
        ]
        for number in range(MANY)
    ]
    columns = [{"name": name, "type": kind} for name, kind in types.items()]
    return json.dumps({"tables": [{"name": "T", "columns": columns, "rows": rows}]}).encode()


async def stall(service: Service, source: LogAnalytics, body: bytes, folder: Path) -> float:
    """The longest time that the console's loop did nothing else while the answer came in."""
    worst = 0.0

    async def beat() -> None:
        nonlocal worst
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0.002)
            now = time.perf_counter()
            worst = max(worst, now - last - 0.002)
            last = now

    async with driven(source, folder / "case", (120, 40)) as driver:
        await driver.open()
        service.faults.add(faults.body(body, "many rows"), where="let processes =")
        await driver.press("5")
        heart = asyncio.create_task(beat())
        await asyncio.sleep(0.05)
        driver.send("r")
        rows = 0
        while rows < MANY:
            await asyncio.sleep(0.01)
            found = driver.app.rows("processes")
            rows = len(found.answer.rows) if found else 0
        await asyncio.sleep(0.3)
        heart.cancel()
    return worst


def line(name: str, seen: str, limit: str) -> None:
    print(f"{name:<58} {seen:>24} {limit:>10}")


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as place,
        Service(Path(place)) as service,
        demo_workspaces(service, NOW),
    ):
        az = AzScript(Path(place) / "az", service.tokens)
        os.environ["PATH"] = az.path()
        with client(service) as made:
            source = LogAnalytics.open(made, WORKSPACE, lambda: NOW)
            six_panes(service, source)
            panes = [six_panes(service, source) for _ in range(ROUNDS)]
            gone = [stopped(service, source) for _ in range(ROUNDS * 4)]
            body = many_processes()
            stalls = [
                asyncio.run(stall(service, source, body, Path(tempfile.mkdtemp(dir=place))))
                for _ in range(ROUNDS)
            ]
    first = statistics.median(first for first, _ in panes)
    last = [last for _, last in panes]
    line("what", "seen (median; worst)", "limit")
    line("six panes at 1 s a query, until the first is there", f"{first:.2f} s", "")
    seen = f"{statistics.median(last):.2f}; {max(last):.2f} s"
    line("the same, until the last is there", seen, "2.4 s")
    seen = f"{statistics.median(gone) * 1000:.1f}; {max(gone) * 1000:.1f} ms"
    line("cancel until the server sees the connection closed", seen, "")
    seen = f"{statistics.median(stalls) * 1000:.0f}; {max(stalls) * 1000:.0f} ms"
    line(f"{MANY:,} rows ({len(body) >> 20} MiB) into a pane: longest stall", seen, "150 ms")


if __name__ == "__main__":
    main()
