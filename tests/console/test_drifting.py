"""Judgements that stay attached to what was judged: drift, baselines, a second console."""

from __future__ import annotations

from pathlib import Path

from iotriage.tui.casebook.casebook import Casebook
from iotriage.tui.casebook.findings import Verdict

from .driving import WIDE, driven, ticking
from .evidence import event, evidence, heard, user
from .sources import Remembering

CURL = "/usr/bin/curl"


def ran(hours: float, line: str, device: str = "cam-1") -> dict[str, object]:
    details = {"Executable": CURL, "CommandLine": line, "UserId": "0"}
    return event("ProcessCreate", hours, details, device=device)


async def to_curl(console: object) -> None:
    names = console.keys_of("processes")  # type: ignore[attr-defined]
    await console.press("5", "home", *["down"] * names.index(CURL))  # type: ignore[attr-defined]


async def test_expected_then_a_new_command_line_then_drifted_then_judged_again(
    case: Path, world: Path
) -> None:
    before = evidence(*heard(), ran(5, "curl http://10.0.0.1/time"))
    async with driven(before, case) as console:
        await console.open("cam-1")
        await to_curl(console)
        await console.press("e")
        assert console.counts()[1] == 1
    after = evidence(
        *heard(), ran(5, "curl http://10.0.0.1/time"), ran(1, "curl http://203.0.113.66/x")
    )
    async with driven(after, case) as console:
        await console.open("cam-1")
        await to_curl(console)
        suspicious, expected, drifted, to_review = console.counts()
        assert (suspicious, expected, drifted) == (0, 0, 1)
        assert to_review == len(console.keys_of("processes"))
        row = next(line for line in console.lines if CURL in line)
        assert f"~ {CURL}" in row
        await console.press("enter")
        await console.until(lambda: "first seen" in console.text)
        assert "drifted: since then it has gained" in console.text
        assert "ExecutionCommandLines: curl http://203.0.113.66/x" in console.text
        assert "once at 2026-11-21 11:00:00 UTC" in console.text
        await console.press("escape", "x")
        await console.until(lambda: "Write the summary" in console.text)
        console.app.screen.query_one("Input").value = "drift.md"
        await console.press("enter")
        summary = (world / "drift.md").read_text()
        assert "curl http://203.0.113.66/x" in summary
        assert summary.index("Drifted") < summary.index("## Not yet reviewed")
        await to_curl(console)
        await console.press("e")
        assert console.counts()[1:3] == (1, 0)
    async with driven(after, case) as console:
        await console.open("cam-1")
        assert console.counts()[1:3] == (1, 0)


async def test_a_baseline_leaves_a_second_device_only_what_is_its_own(
    demo: Remembering, case: Path
) -> None:
    async with driven(demo, case) as console:
        await console.open("cam-0203")
        for pane in "235":
            await console.press(pane, "a", "e", "enter")
        kept = console.counts()[1]
        await console.press("b")
        await console.until(lambda: "as a baseline for" in console.text)
        await console.press("enter")
        await console.until(lambda: "Name of the baseline" in console.text)
        await console.press("enter")
        assert f"{kept} findings kept in baseline cam-0203" in console.toasts
    async with driven(demo, case, WIDE) as console:
        await console.open("cam-0208")
        suspicious, expected, _, to_review = console.counts()
        assert suspicious == 0
        total = sum(len(console.app.rows_of(name)) for name in ("users", "ports", "processes"))
        assert expected >= total - 3
        await console.press("5", "home", "enter")
        await console.until(lambda: "expected by baseline cam-0203 for hub plant-7" in console.text)
        assert "given by mei on cam-0203" in console.text
        await console.press("escape", "h")
        assert to_review == console.counts()[3]
    async with driven(demo, case) as console:
        # On the device that was broken into, what the intruder did is left to review.
        await console.open()
        await console.press("5", "h")
        left = console.keys_of("processes")
        assert "/tmp/.x/kworkerds" in left
        assert "/usr/bin/ffmpeg" not in left
        await console.press("2", "h")
        assert "svc-backup" in console.keys_of("users")
        assert "root" not in console.keys_of("users")


async def test_a_covered_row_that_gains_a_value_has_drifted(case: Path) -> None:
    both = evidence(
        *heard(device="cam-1"),
        *heard(device="cam-2"),
        ran(5, "curl http://10.0.0.1/time", "cam-1"),
        ran(5, "curl http://10.0.0.1/time", "cam-2"),
        ran(1, "curl http://203.0.113.66/x", "cam-2"),
    )
    async with driven(both, case) as console:
        await console.open("cam-1")
        await to_curl(console)
        await console.press("e", "b", "enter", "enter")
    async with driven(both, case) as console:
        await console.open("cam-2")
        assert console.counts()[2] == 1


async def test_suspicious_elsewhere_is_pointed_out_and_never_copied(case: Path) -> None:
    both = evidence(
        *heard(device="cam-1"),
        *heard(device="cam-2"),
        user(3, "svc-backup", device="cam-1"),
        user(3, "svc-backup", device="cam-2"),
    )
    async with driven(both, case) as console:
        await console.open("cam-1")
        await console.press("2", "s")
        assert console.counts()[0] == 1
    async with driven(both, case) as console:
        await console.open("cam-2")
        assert console.counts()[0] == 0
        await console.press("2", "enter")
        await console.until(lambda: "also suspicious on 1 device: cam-1" in console.text)


async def test_another_console_on_the_case_is_seen_within_a_second(
    demo: Remembering, case: Path
) -> None:
    async with driven(demo, case) as console:
        await console.open()
        rows = console.app.rows_of("users")
        finding, record = rows.finding(0)
        with Casebook.open(case, "tomas", ticking()) as other:
            other.mark([(finding, record)], Verdict.SUSPICIOUS)
        await console.until(lambda: console.counts()[0] == 1, seconds=5)
        await console.press("H")
        await console.until(lambda: "tomas" in console.text)
        assert "History of the case" in console.text


async def test_the_history_of_a_case_that_has_none(demo: Remembering, case: Path) -> None:
    async with driven(demo, case) as console:
        await console.open()
        await console.press("H")
        assert "nothing has been decided in this case yet" in console.text
