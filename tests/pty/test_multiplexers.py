"""A whole investigation at 80x24 inside tmux and GNU screen, by keys that both leave alone."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from iotriage.tui.casebook.casebook import Casebook
from iotriage.tui.casebook.findings import Verdict
from multiplexers import COLUMNS, ROWS, Multiplexer, Screen, Tmux

#: Modes in which a terminal tells of the mouse.
MOUSE = re.compile(rb"\x1b\[\?(?:9|1000|1001|1002|1003|1005|1006|1015|1016)h")
MINER = "/tmp/.x/kworkerds"


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"there is no {program} here")


def investigation(inside: Multiplexer) -> None:
    """From the first screen to the written summary."""
    inside.until("cam-0231")
    inside.press("cam-0231", then="1 of 41")
    inside.press("\r", then="plant-7 / cam-0231")
    for number, title in enumerate(("Alerts", "Users", "Ports", "Logins", "Processes"), 1):
        inside.press(str(number), then=f"{title}  complete · ")
    inside.press("\t", then="Connections  complete")
    inside.press("\x1b[Z", then="Processes  complete")

    # The filter, what it leaves, and a verdict on that.
    inside.press("/", then="Enter keeps the filter")
    inside.press("kworkerds", then="4 of 34 rows")
    inside.press("\r", then="e expected")
    inside.press("j", "j", then=lambda: re.search(rf"▌. {MINER}", inside.text))
    inside.press("s", then="! 1   ✓ 0   ~ 0   ")
    # Everything about the row.
    inside.press("k", "\r", then=f"Processes: {MINER}")
    inside.until(lambda: "asking" not in inside.text)
    inside.press("\x1b", then="4 of 34 rows")
    inside.press("/", then="Enter keeps the filter")
    inside.press("\x1b", then="complete · 34 rows")

    inside.press("2", then="Users  complete")
    inside.press("\x1b[F", "k", then=lambda: re.search(r"▌. svc-backup", inside.text))
    inside.press("s", then="! 2   ✓ 0   ~ 0   ")
    inside.press("5", then="Processes  complete")
    inside.press("\x1b[H", then=lambda: re.search(r"▌. /bin/sh", inside.text))
    inside.press("\x1b[B", "j", then=lambda: re.search(r"▌. /usr/bin/ffmpeg", inside.text))
    inside.press("e", "k", then="! 2   ✓ 1   ~ 0   ")
    inside.press("n", then="Enter saves it")
    inside.press("records the picture since 2025", then="since 2025")
    inside.press("\r", then=lambda: "Enter saves it" not in inside.text)

    inside.press("w", then="1 last hour")
    inside.press("12h", "\r", then="UTC (12 h)")
    inside.until("5 Processes 3")
    inside.press("w", then="1 last hour")
    inside.press("2", "\r", then="UTC (24 h)")
    inside.until("! 2   ✓ 1   ~ 0   ")
    inside.press("x", then="findings-cam-0231-")
    inside.press("\r", then="written to")


def check(folder: Path, case: Path) -> None:
    (written,) = folder.glob("findings-cam-0231-*.md")
    parts = dict(
        re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", written.read_text("utf-8"), re.M | re.S)
    )
    counts = dict(re.findall(r"^\| ([A-Z][\w ]+) \| (\d+) \|$", parts["Verdicts"], re.M))
    assert int(counts.pop("Not yet reviewed")) > 75
    assert counts == {"Suspicious": "2", "Drifted": "0", "Expected": "1"}
    titles = re.findall(r"^### (.*)$", parts["Suspicious"], re.M)
    assert titles[1] == f"Processes: `{MINER}`"
    assert "records the picture since 2025" in parts["Expected"]
    with Casebook.open(case, "mei") as book:
        judged = {
            dict(finding.key).get("Executable") or dict(finding.key)["UserName"]: word
            for finding in book.judged("cam-0231", "plant-7")
            if (word := book.judgement(finding))
        }
    assert {name: word.verdict for name, word in judged.items()} == {
        MINER: Verdict.SUSPICIOUS,
        "svc-backup": Verdict.SUSPICIOUS,
        "/usr/bin/ffmpeg": Verdict.EXPECTED,
    }
    assert judged["/usr/bin/ffmpeg"].note == "records the picture since 2025"


@needs("tmux")
def test_inside_tmux(env: dict[str, str], case: Path, tmp_path: Path) -> None:
    with Tmux("--demo", "--case", case, env=env, folder=tmp_path) as tmux:
        investigation(tmux)
        assert not tmux.asks_for_the_mouse()
        # Both have seen the same bytes, and both show the same.
        tmux.until(lambda: "written to" not in tmux.text)
        tmux.until(lambda: tmux.painted == tmux.lines)
        assert tmux.lines[ROWS - 1].startswith(" e expected")
        assert max(map(len, tmux.lines)) <= COLUMNS
        # What tmux pastes has no sign unless it is asked for one.
        tmux.tmux("set-buffer", "sequences\nsuspicious q\n")
        tmux.tmux("paste-buffer", "-t", "one")
        tmux.until("23 characters came at once")
        tmux.type("q")
        tmux.until(tmux.status.exists)
        assert tmux.status.read_text("utf-8") == "0\n"
        sent = tmux.raw
    assert MOUSE.findall(sent) == []
    check(tmp_path, case)


def low_bytes(lines: list[str]) -> list[str]:
    return ["".join(chr(ord(char) & 0xFF) for char in line).rstrip() for line in lines]


@needs("screen")
def test_inside_screen(env: dict[str, str], case: Path, tmp_path: Path) -> None:
    with Screen("--demo", "--case", case, env=env, folder=tmp_path) as screen:
        investigation(screen)
        screen.until(lambda: "written to" not in screen.text)
        screen.until(lambda: low_bytes(screen.painted) == screen.copied)
        screen.type("q")
        screen.until(screen.status.exists)
        assert screen.status.read_text("utf-8") == "0\n"
        sent = screen.raw
    assert MOUSE.findall(sent) == []
    check(tmp_path, case)
