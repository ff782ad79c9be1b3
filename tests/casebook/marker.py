"""A second console: marks findings, and says each number once its mark is on disk.

Arguments: the case file, the analyst, how many marks.
"""

from __future__ import annotations

import sys
from pathlib import Path

from iotriage.tui.casebook.casebook import Casebook
from iotriage.tui.casebook.findings import Finding, Verdict


def finding(analyst: str, number: int) -> Finding:
    return Finding("cam-1", "plant-7", "processes", (("Executable", f"/{analyst}/{number}"),))


def main(path: str, analyst: str, count: str) -> None:
    with Casebook.open(Path(path), analyst) as casebook:
        for number in range(int(count)):
            row = {"Executable": f"/{analyst}/{number}"}
            casebook.mark([(finding(analyst, number), row)], Verdict.EXPECTED)
            print(number, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
