"""How long a question goes on after it was cancelled. Run: python tests/bench/cancelling.py

A query that would run for minutes is cancelled at different moments, from another thread as the
console does it; printed are milliseconds from the cancel to the answer.
"""

from __future__ import annotations

import statistics
import threading
import time
from datetime import UTC, datetime, timedelta

from iotriage.queries.evidence.source import Evidence
from iotriage.queries.questions import Query
from iotriage.queries.source import Cancellation
from iotriage.queries.window import Window

LIMIT_MS = 200
ROUNDS = 30
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SLOW = (
    "SecurityIoTRawEvent | extend k = 1"
    " | join kind=inner (SecurityIoTRawEvent | extend k = 1) on k"
    " | summarize dcount(strcat(EventDetails, EventDetails1))"
)


def main() -> int:
    rows = [
        {
            "Type": "SecurityIoTRawEvent",
            "TimeGenerated": "2026-11-21T11:00:00Z",
            "DeviceId": f"cam-{number}",
            "EventDetails": f'{{"CommandLine":"run {number}"}}',
        }
        for number in range(30_000)
    ]
    source = Evidence.of_rows("BENCH", {"SecurityIoTRawEvent": rows}, NOW)
    window = Window(NOW - timedelta(days=1), NOW)
    query = Query("slow", {}, SLOW)
    took = []
    for round_ in range(ROUNDS):
        stop = Cancellation()
        answered = threading.Event()
        asking = threading.Thread(
            target=lambda stop=stop, answered=answered: (
                source.ask(query, window, stop),
                answered.set(),
            )
        )
        asking.start()
        time.sleep(0.02 + 0.02 * round_)
        began = time.perf_counter()
        stop.cancel()
        answered.wait()
        took.append((time.perf_counter() - began) * 1000)
        asking.join()
    source.close()
    print(
        f"cancel to answer, {ROUNDS} rounds: median {statistics.median(took):.1f} ms,"
        f" worst {max(took):.1f} ms, limit {LIMIT_MS} ms"
    )
    return int(max(took) > LIMIT_MS)


if __name__ == "__main__":
    raise SystemExit(main())
