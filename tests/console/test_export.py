"""The summary, written from the console."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from pathlib import Path

import pytest

from .driving import CAM, NARROW, Driver, driven
from .sources import Remembering
from .test_judging import MINER, judge

DEFAULT = "findings-cam-0231-20261121T120000Z.md"


async def decided(console: Driver) -> None:
    """Two suspicious, one expected with a note, as the issue tells it."""
    await console.open()
    await console.press("2")
    await judge(console, "users", "svc-backup", "s")
    await console.press("5")
    await judge(console, "processes", MINER, "s")
    await judge(console, "processes", "/usr/bin/ffmpeg", "e")
    await console.press("up", "n", *"its own | recorder", "enter")


async def export(console: Driver, name: str) -> None:
    """Write the summary to ``name`` instead of the proposed one."""
    console.forget_toasts()
    await console.press("x", "ctrl+u")
    console.send(*name)
    await console.press("enter")


async def test_the_three_formats_say_the_same(demo: Remembering, case: Path, world: Path) -> None:
    async with driven(demo, case, NARROW) as console:
        await decided(console)
        await console.press("x")
        assert DEFAULT in console.text
        await console.press("enter")
        assert console.toasts[-1] == f"written to {DEFAULT}"
        await export(console, "a.json")
        await export(console, "B.CSV")
        assert console.toasts == ["written to B.CSV"]
    markdown = (world / DEFAULT).read_text("utf-8")
    facts = json.loads((world / "a.json").read_text("utf-8"))
    lines = list(csv.DictReader(io.StringIO((world / "B.CSV").read_text("utf-8"))))

    assert facts["counts"] == {"suspicious": 2, "expected": 1, "drifted": 0, "unreviewed": 75}
    verdicts = {
        next(iter(finding["key"].values())): (finding["verdict"], finding["note"])
        for finding in facts["findings"]
        if finding["verdict"] != "unreviewed"
    }
    assert verdicts == {
        "svc-backup": ("suspicious", None),
        MINER: ("suspicious", None),
        "/usr/bin/ffmpeg": ("expected", "its own | recorder"),
    }
    assert {line["verdict"] for line in lines} == {"suspicious", "expected", "unreviewed"}
    assert len(lines) == len(facts["findings"]) == 78
    assert [line["note"] for line in lines if line["note"]] == ["its own | recorder"]

    suspicious = markdown.partition("## Suspicious")[2].partition("\n## ")[0]
    titles = re.findall(r"^### (.*)$", suspicious, re.M)
    assert len(titles) == 2
    assert "`svc-backup`" in titles[0]
    assert f"`{MINER}`" in titles[1]
    expected = markdown.partition("## Expected")[2].partition("\n## ")[0]
    assert "/usr/bin/ffmpeg" in expected
    assert "recorder" in expected
    for question in ("alerts", "users", "ports", "logins", "processes"):
        assert demo_sha(facts, question) in markdown
    assert os.stat(world / DEFAULT).st_mode & 0o077 == 0


def demo_sha(facts: dict, question: str) -> str:  # type: ignore[type-arg]
    (found,) = (q["sha256"] for q in facts["questions"] if q["question"] == question)
    return str(found)


REFUSED = {
    "there.md": "there.md is there already and stays as it is: give another name",
    "report.txt": "report.txt: end the name in .md, .json or .csv",
    "report": "report: end the name in .md, .json or .csv",
    "no/folder/a.md": "no/folder/a.md cannot be written: No such file or directory: give another",
    "folder.md": "folder.md is there already",
    "~nobody-of-that-name/a.md": "~nobody-of-that-name/a.md: there is no such home folder",
    "x" * 300 + ".md": "File name too long",
}


async def test_what_cannot_be_written_is_one_line(
    demo: Remembering, case: Path, world: Path
) -> None:
    (world / "there.md").write_text("mine")
    (world / "folder.md").mkdir()
    async with driven(demo, case, NARROW) as console:
        await console.open("sens-0404")
        for name, said in REFUSED.items():
            await export(console, name)
            (toast,) = console.toasts
            assert said in toast
            assert "\n" not in toast
            assert console.app.screen is console.app.main
    assert (world / "there.md").read_text() == "mine"
    assert sorted(path.name for path in world.iterdir()) == ["folder.md", "there.md"]


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
async def test_a_folder_that_may_not_be_written(demo: Remembering, case: Path, world: Path) -> None:
    world.chmod(0o500)
    async with driven(demo, case, NARROW) as console:
        await console.open()
        await export(console, "a.md")
        assert "a.md cannot be written: Permission denied" in console.toasts[0]


async def test_a_full_disk_leaves_nothing_half_written(
    demo: Remembering, case: Path, world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    async with driven(demo, case, NARROW) as console:
        await console.open()
        monkeypatch.setattr(os, "fsync", full)
        await export(console, "a.md")
        assert "a.md cannot be written: No space left on device" in console.toasts[0]
        monkeypatch.undo()
    assert list(world.glob("*.md")) == []


async def test_nothing_is_written_without_a_name(
    demo: Remembering, case: Path, world: Path
) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open()
        await console.press("x", "escape", "x", "ctrl+u", "enter")
        assert console.toasts == []
    assert list(world.iterdir()) == []


async def test_the_clipboard_instead(demo: Remembering, case: Path, sent: list[str]) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open("sens-0404")
        await console.press("x", "ctrl+y")
        assert len(sent) == 1
        assert sent[0].startswith("\x1b]52;c;")
        assert "cannot be known" in console.toasts[0]


async def test_what_is_exported_is_what_was_asked(
    demo: Remembering, case: Path, world: Path
) -> None:
    async with driven(demo, case, NARROW) as console:
        await console.open()
        await console.press("w", *"6h", "enter")
        await console.settled()
        await export(console, "a.json")
    facts = json.loads((world / "a.json").read_text("utf-8"))
    assert facts["window"] == {"start": "2026-11-21T05:59:30Z", "end": "2026-11-21T11:59:30Z"}
    assert (facts["device"], facts["hub"], facts["source"]) == (CAM, "plant-7", "DEMO")
    assert (facts["analyst"], facts["at"]) == ("mei", "2026-11-21T12:00:00Z")
