"""How fast the casebook is, as ratios of one run. A script: ``python tests/bench/casebook.py``.

*Opening* is what a console or a report does before it can say how anything stands: a fresh Python
process imports the casebook, opens the case, and answers the first ``standing()``. The processes
with 10,000 verdicts and with none take turns, so that what else the machine does falls on both.
Beside it stands the same without the process, where the fixed cost is smallest and the ratio
largest: what remains is the reading of every byte of the file that the seal is checked with.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from iotriage.tui.casebook.case_file import connect
from iotriage.tui.casebook.casebook import Casebook
from iotriage.tui.casebook.findings import Finding, Verdict

VERDICTS = 10_000
DEVICES = 40
ROUNDS = 25
MARKS = 300

_FIRST_STANDING = """
import sys, time
from pathlib import Path
from iotriage.tui.casebook.casebook import Casebook
from iotriage.tui.casebook.findings import Finding
finding = Finding("cam-1", "plant-7", "processes", (("Executable", "/usr/bin/tool-1"),))
with Casebook.open(Path(sys.argv[1]), "mei") as casebook:
    casebook.standing(finding, {}, ("ExecutionCommandLines",))
"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="iotriage-bench-") as folder:
        empty, full, torn = (Path(folder, name) for name in ("empty", "full", "torn"))
        Casebook.open(empty, "mei").close()
        fill(full, VERDICTS)
        torn.write_bytes(full.read_bytes())
        print(f"{VERDICTS} verdicts on {DEVICES} devices, {full.stat().st_size >> 10} KiB")
        told("a process until the first standing()", taking_turns(process, empty, full), limit=1.5)
        told("Casebook.open until the first standing()", taking_turns(in_process, empty, full))
        told("the same, all findings of one device", taking_turns(device, empty, full))
        told("the same after a kill, unsealed", taking_turns(unsealed, empty, torn))
        marks = [milliseconds(lambda n=n: mark(full, n)) for n in range(3)]
        print(f"opening, marking once, closing and sealing: {statistics.median(marks):.1f} ms")
        marking(full)
    print(
        "a thousand kills: IOTRIAGE_KILLS=1000 python -m pytest -n 0"
        " tests/casebook/test_processes.py -k kill"
    )
    print(
        "two hundred writers: IOTRIAGE_WRITERS=200 python -m pytest -n 0"
        " tests/casebook/test_processes.py -k many"
    )


def finding(number: int) -> Finding:
    key = (("Executable", f"/usr/bin/tool-{number}"),)
    return Finding(f"cam-{number % DEVICES}", "plant-7", "processes", key)


def row(number: int) -> dict[str, object]:
    return {
        "Executable": f"/usr/bin/tool-{number}",
        "CntExecutions": number,
        "MinObservedTime": "2026-11-20T12:00:00Z",
        "MaxObservedTime": "2026-11-20T13:00:00Z",
        "ExecutingUsers": ["Id:0, Name:root"],
        "ExecutionCommandLines": [f"/usr/bin/tool-{number} --quiet", "tool"],
    }


def fill(path: Path, count: int) -> None:
    with Casebook.open(path, "mei") as casebook:
        for start in range(0, count, 100):
            marks = [(finding(number), row(number)) for number in range(start, start + 100)]
            casebook.mark(marks, Verdict.EXPECTED)


def process(path: Path) -> None:
    subprocess.run([sys.executable, "-c", _FIRST_STANDING, str(path)], check=True)


def in_process(path: Path) -> None:
    with Casebook.open(path, "mei") as casebook:
        casebook.standing(finding(1), row(1), ("ExecutionCommandLines",))


def device(path: Path) -> None:
    with Casebook.open(path, "mei") as casebook:
        for found in casebook.judged("cam-1", "plant-7"):
            casebook.standing(found, row(1), ("ExecutionCommandLines",))


def unsealed(path: Path) -> None:
    with closing(connect(path, "rw", 1)) as db:
        db.execute("UPDATE seal SET sum = zeroblob(32)")
    process(path)


def mark(path: Path, number: int) -> None:
    with Casebook.open(path, "mei") as casebook:
        casebook.mark([(finding(number), row(number))], Verdict.SUSPICIOUS)


def marking(path: Path) -> None:
    with Casebook.open(path, "mei") as casebook:
        taken = sorted(
            milliseconds(lambda n=n: casebook.mark([(finding(n), row(n))], Verdict.SUSPICIOUS))
            for n in range(MARKS)
        )
    median, slow = statistics.median(taken), taken[int(MARKS * 0.99)]
    print(f"one mark: median {median:.2f} ms, 99th of a hundred {slow:.2f} ms (limit 16 ms median)")


def taking_turns(
    do: Callable[[Path], None], empty: Path, full: Path
) -> tuple[list[float], list[float]]:
    pairs = [
        (milliseconds(lambda: do(empty)), milliseconds(lambda: do(full))) for _ in range(ROUNDS)
    ]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def milliseconds(do: Callable[[], None]) -> float:
    start = time.perf_counter()
    do()
    return (time.perf_counter() - start) * 1000


def told(what: str, taken: tuple[list[float], list[float]], limit: float | None = None) -> None:
    empty, full = (statistics.median(times) for times in taken)
    end = f" (limit {limit})" if limit else ""
    print(f"{what}: empty {empty:.1f} ms, full {full:.1f} ms: {full / empty:.2f} times{end}")


if __name__ == "__main__":
    main()
