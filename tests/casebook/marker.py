"""A second console: marks findings, and says each number once its mark is on disk.

Arguments: the case file, the analyst, how many marks. Every third is given to several findings,
and after every fourth it looks for what others have entered, as a console does.
"""

from __future__ import annotations

import sys
from pathlib import Path

from iotriage.tui.casebook.casebook import Casebook
from iotriage.tui.casebook.findings import Finding, Verdict


def findings(analyst: str, number: int) -> list[Finding]:
    """What the mark of this number is given to."""
    return [
        Finding("cam-1", "plant-7", "processes", (("Executable", f"/{analyst}/{number}/{part}"),))
        for part in range(20 if number % 3 == 2 else 1)
    ]


def main(path: str, analyst: str, count: str) -> None:
    with Casebook.open(Path(path), analyst) as casebook:
        for number in range(int(count)):
            marks = [(found, dict(found.key)) for found in findings(analyst, number)]
            casebook.mark(marks, Verdict.EXPECTED)
            print(number, flush=True)
            if number % 4 == 3:
                casebook.refresh()


if __name__ == "__main__":
    main(*sys.argv[1:])
