"""What the console costs over SSH, beside other programs, in one run.

    python tests/bench/ssh.py [--others FOLDER]

FOLDER holds ``vd`` and ``harlequin`` (a virtual environment's bin); lnav is taken from PATH. Rows
whose program is not there say so.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from measured import Program

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from log_analytics.__main__ import environment
from log_analytics.az_script import AzScript
from log_analytics.demo import WORKSPACE, demo_workspaces
from log_analytics.service import Service

HERE = Path(__file__).resolve().parent
ROUNDS = 5
MILLION = 1_000_000
BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    BINDINGS = [("q", "quit")]
    ENABLE_COMMAND_PALETTE = False
    def compose(self):
        yield Static("hello")
Bare().run(mouse=False)
"""


def median(measure: Callable[[], float], rounds: int = ROUNDS) -> float:
    return statistics.median(measure() for _ in range(rounds))


class Bench:
    def __init__(self, folder: Path, others: Path | None) -> None:
        self.folder = folder
        found = {name: others / name if others else None for name in ("vd", "harlequin")}
        self.vd = found["vd"] if found["vd"] and found["vd"].exists() else None
        self.harlequin = (
            found["harlequin"] if found["harlequin"] and found["harlequin"].exists() else None
        )
        self.lnav = shutil.which("lnav")
        bare = folder / "bare.py"
        bare.write_text(BARE, "utf-8")
        self.bare = [sys.executable, bare]
        self.iotriage = [
            Path(sys.executable).parent / "iotriage",
            "--demo",
            "--device",
            "cam-0231",
            "--case",
            folder / "case",
        ]
        self.million = [sys.executable, HERE / "million.py"]
        self.lines = folder / "million.log"
        self.env = {"XDG_STATE_HOME": str(folder / "state"), "HOME": str(folder)}
        self.failed = 0

    def tell(self, what: str, seen: float, limit: float, form: str = "{:,.0f}") -> None:
        ok = seen <= limit
        self.failed += not ok
        said = f"{form.format(seen):>12} {form.format(limit):>12}"
        print(f"{what:<62} {said}  {'' if ok else 'OVER'}", flush=True)

    def start(self, command: list[object]) -> tuple[float, int]:
        with Program(command, self.env) as program:  # type: ignore[arg-type]
            return program.settled()

    def framed(self) -> float:
        """Seconds until the frame stands whole, down to the keys in the last line."""
        with Program(self.iotriage, self.env) as program:
            return program.until(lambda lines: bool(lines[0].strip() and lines[-1].strip()))

    def run(self) -> int:
        print(f"{'at 120x40':<62} {'seen':>12} {'limit':>12}")
        self.starting()
        self.moving()
        self.million_rows()
        self.resting()
        self.leaving()
        self.loading()
        return self.failed

    def starting(self) -> None:
        self.start(self.iotriage)
        bare = median(lambda: self.start(self.bare)[0])
        # What comes after it comes too soon for a silence to tell where it ends.
        ours = median(self.framed)
        self.tell("first whole frame, ms (1.6 x the bare app's)", ours * 1e3, bare * 1.6e3)
        if self.harlequin:
            theirs = median(lambda: self.start([self.harlequin])[0], 3)
            self.tell("the same (half of harlequin's)", ours * 1e3, theirs * 500)
        else:
            print("harlequin is not there: its half is not compared")

        def answered() -> tuple[float, int]:
            with Program(self.iotriage, self.env) as program:
                last = program.until("5 Processes 34")
                return last, program.sent

        runs = [answered() for _ in range(ROUNDS)]
        self.tell("bytes until every pane is answered", max(sent for _, sent in runs), 40_000)
        whole = statistics.median(seconds for seconds, _ in runs)
        self.tell("every pane answered, ms (5 x the bare app's start)", whole * 1e3, bare * 5e3)

    def moving(self) -> None:
        with Program(self.iotriage, self.env) as program:
            program.until("5 Processes 34")
            program.settled()
            program.press("5")
            program.settled()
            cursor = [program.press("down")[1] for _ in range(5)]
            pages = [program.press("pagedown")[1]]
            program.press("home")
            program.press("pagedown")
            edge = [program.press("down")[1] for _ in range(14)]
        self.tell("cursor move, bytes", statistics.median(cursor), 450)
        self.tell("one row scrolled at the edge, bytes", statistics.median(edge), 2_000)
        self.tell("page down, bytes", statistics.median(pages), 8_000)

    def million_rows(self) -> None:
        with self.lines.open("w", encoding="utf-8") as file:
            for number in range(MILLION):
                file.write(f"2026-11-20T09:00:00 /usr/bin/tool-{number} --argument {number}\n")
        opened, keys, theirs, shown = [], [], [], []
        moves = ("down", "pagedown") * 10
        # In turns, so that what else the machine does falls on all of them.
        for _ in range(3):
            with Program(self.million, self.env) as program:
                opened.append(program.settled()[0])
                memory = program.memory
                keys.extend(program.press(key)[0] for key in moves)
            if self.vd:
                with Program([self.vd, "-f", "txt", self.lines], self.env) as program:
                    program.settled(quiet=2.0)
                    theirs.extend(program.press(key)[0] for key in moves)
            if self.lnav:
                with Program([self.lnav, "-q", self.lines], self.env) as program:
                    shown.append(program.until(f"tool-{MILLION - 1}"))
        words, ours = "a key in a pane of 1M rows, ms (visidata's)", statistics.median(keys)
        if theirs:
            self.tell(words, ours * 1e3, statistics.median(theirs) * 1e3)
        else:
            print("visidata is not there: its keys are not compared")
        words, ours = "opening that pane, ms (half of lnav's)", statistics.median(opened)
        if shown:
            self.tell(words, ours * 1e3, statistics.median(shown) * 500)
        else:
            print("lnav is not there: its half is not compared")
        self.tell("memory with 1M rows, MB", memory / 1e6, 200)

    def resting(self) -> None:
        with Program(self.bare, self.env) as program:
            program.settled()
            theirs = program.idle(10)[1]
        with Program(self.iotriage, self.env) as program:
            program.until("5 Processes 34")
            program.settled(quiet=1.0)
            sent, cpu = program.idle(10)
        self.tell("ten idle seconds, bytes", sent, 0)
        # The clock of the system counts in hundredths; below three of them nobody can tell.
        self.tell("ten idle seconds, processor ms (a bare app's)", cpu * 1e3, max(theirs * 1e3, 30))

    def loading(self) -> None:
        """Six queries run against a service that takes its time, then the analyst leaves."""
        workspace = self.folder / "workspace"
        workspace.mkdir()
        with Service(workspace) as service, demo_workspaces(service, datetime.now(UTC)):
            az = AzScript(workspace / "az", service.tokens)
            words = environment(service, az)
            env = self.env | {n: t.replace("$PATH", os.environ["PATH"]) for n, t in words.items()}
            where = ["--workspace", WORKSPACE, "--auth", "cli", "--endpoint", service.endpoint]
            device = ["--device", "cam-0231", "--hub", "plant-7"]
            command = [*self.iotriage[:1], *where, *device, "--case", self.folder / "case-online"]
            theirs = median(lambda: self.left(self.bare, self.env, lambda program: None))

            def load(program: Program) -> None:
                program.until("5 Processes 34")
                program.settled()
                service.delay = 30.0
                program.press("+")
                program.settled()
                self.loading_bytes = program.idle(3)[0]

            def left() -> float:
                service.delay = 0.0
                return self.left(command, env, load)

            ours = median(left, 3)
        self.tell("while six panes load, bytes in 3 s", self.loading_bytes, 2_000)
        self.tell(
            "leaving with six queries running, ms (twice a bare app)", ours * 1e3, theirs * 2e3
        )

    def left(
        self, command: list[object], env: dict[str, str], before: Callable[[Program], object]
    ) -> float:
        with Program(command, env) as program:  # type: ignore[arg-type]
            before(program)
            program.settled()
            return program.leave()

    def leaving(self) -> None:
        theirs = median(lambda: self.left(self.bare, self.env, lambda program: None))
        ours = median(
            lambda: self.left(
                self.iotriage, self.env, lambda program: program.until("5 Processes 34")
            )
        )
        self.tell("leaving, ms (twice an idle bare app)", ours * 1e3, theirs * 2e3)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--others", type=Path)
    words = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return 1 if Bench(Path(folder), words.others).run() else 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    # The service that is asked here has queries that nobody waits for any more: they complain when
    # Python is taken from them.
    os._exit(status)
