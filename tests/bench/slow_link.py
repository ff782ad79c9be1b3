"""The console over a slow link: python tests/bench/slow_link.py

The round trip is 300 ms, the rate 64 kbit/s. A relay stands between the pseudo-terminal and the
analyst. It reads no faster than the link, so that the console feels a line that is full, and hands
on keys and output half a round trip late.
"""

from __future__ import annotations

import os
import select
import statistics
import sys
import tempfile
import time
from collections import deque
from pathlib import Path

from measured import KEYS, Program
from ssh import Bench

HALF_TRIP = 0.15
RATE = 64_000 / 8
#: A packet; smaller pieces are put together on the way.
PIECE = 512


class Link:
    """Between a program and an analyst; ``received`` has (moment, bytes) as they arrive."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._master = program._master
        self._keys: deque[tuple[float, bytes]] = deque()
        self._output: deque[tuple[float, int]] = deque()
        self._free_at = 0.0
        self.received: list[tuple[float, int]] = []

    def press(self, key: str) -> float:
        """The moment it was pressed."""
        now = time.perf_counter()
        self._keys.append((now + HALF_TRIP, KEYS.get(key, key.encode())))
        return now

    def run(self, seconds: float, quiet: float | None = None) -> None:
        """Carry what there is; ends early when nothing has arrived for ``quiet`` seconds."""
        end = time.perf_counter() + seconds
        began = time.perf_counter()
        while (now := time.perf_counter()) < end:
            while self._keys and self._keys[0][0] <= now:
                os.write(self._master, self._keys.popleft()[1])
            while self._output and self._output[0][0] <= now:
                moment, size = self._output.popleft()
                self.received.append((moment, size))
            if now >= self._free_at and select.select([self._master], [], [], 0)[0]:
                size = len(os.read(self._master, PIECE))
                self._free_at = max(now, self._free_at) + size / RATE
                self._output.append((self._free_at + HALF_TRIP, size))
            last = max(self.received[-1][0] if self.received else 0.0, began)
            if quiet and not self._keys and not self._output and now - last > quiet:
                return
            time.sleep(0.001)

    def answer(self, key: str) -> tuple[float, int]:
        """(seconds until the answer is whole, its bytes)."""
        before = len(self.received)
        pressed = self.press(key)
        self.run(10, quiet=0.6)
        new = self.received[before:]
        return (new[-1][0] - pressed if new else 0.0), sum(size for _, size in new)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), None)
        with Program(bench.iotriage, bench.env) as program:
            program.until("5 Processes 34")
            program.settled(quiet=1.0)
            link = Link(program)
            link.answer("5")
            cursor = [link.answer("down") for _ in range(8)]
            pages = [link.answer("pagedown"), link.answer("home"), link.answer("pagedown")]
            link.answer("home")
            before = len(link.received)
            for _ in range(60):
                link.press("down")
                link.run(1 / 30)
            last = time.perf_counter()
            link.run(10, quiet=0.6)
            held = link.received[before:]
    said = [
        ("cursor key, ms until whole (median)", statistics.median(s for s, _ in cursor), 0.4),
        ("page, ms until whole (worst)", max(s for s, _ in pages), 1.4),
        ("60 keys at 30 a second, ms from the last to its answer", held[-1][0] - last, 1.4),
    ]
    print(f"{'300 ms round trip, 64 kbit/s':<62} {'seen':>8} {'limit':>8}")
    for what, seen, limit in said:
        over = "" if seen <= limit else "OVER"
        print(f"{what:<62} {seen * 1e3:>8,.0f} {limit * 1e3:>8,.0f}  {over}")
    print(
        f"bytes: cursor {cursor[-1][1]:,}, page {pages[0][1]:,}, "
        f"60 keys {sum(size for _, size in held):,}"
    )
    return int(any(seen > limit for _, seen, limit in said))


if __name__ == "__main__":
    sys.exit(main())
