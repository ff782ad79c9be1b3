"""A process of many consoles: each thread opens the case for itself and marks.

Arguments: the case file, a name for the process, how many threads, how many marks each.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from iotriage.tui.casebook.casebook import Casebook
from iotriage.tui.casebook.findings import Finding, Verdict


def finding(process: str, thread: int, mark: int) -> Finding:
    key = (("Executable", f"/{process}/{thread}/{mark}"),)
    return Finding("cam-1", "plant-7", "processes", key)


def main(path: str, process: str, threads: str, marks: str) -> None:
    def write(thread: int) -> None:
        # Two hundred of them wait for each other longer than a console would.
        with Casebook.open(Path(path), process, patience=120) as casebook:
            for mark in range(int(marks)):
                found = finding(process, thread, mark)
                casebook.mark([(found, dict(found.key))], Verdict.SUSPICIOUS)

    with ThreadPoolExecutor(int(threads)) as pool:
        list(pool.map(write, range(int(threads))))


if __name__ == "__main__":
    main(*sys.argv[1:])
