"""The investigation of the issue, from the command line to the written summary."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from real_terminal import Terminal

MINER = "/tmp/.x/kworkerds"


def cursor_line(terminal: Terminal, name: str) -> bool:
    """Whether the cursor of the pane stands on the row of ``name``."""
    return any(re.search(rf"▌. {re.escape(name)} ", line) for line in terminal.lines)


def go_to(terminal: Terminal, name: str) -> None:
    terminal.press("home")
    for _ in range(40):
        if cursor_line(terminal, name):
            return
        terminal.press("down")
    pytest.fail(f"no row {name} in:\n{terminal.text}")


@pytest.mark.parametrize(
    ("size", "term"),
    [((120, 40), "xterm-256color"), ((80, 24), "screen-256color")],
    ids=("120x40", "80x24"),
)
def test_the_whole_run(
    size: tuple[int, int], term: str, env: dict[str, str], case: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    env["TERM"] = term
    with Terminal("--demo", "--case", case, env=env, size=size, cwd=folder) as terminal:
        # The header says which source it is, before anything is asked.
        terminal.until("DEMO")
        terminal.until("cam-0231")
        terminal.press(*"cam-0231", "enter")
        for number, title in enumerate(("Alerts", "Users", "Ports", "Logins", "Processes"), 1):
            terminal.press(str(number))
            terminal.until(f"{title}  complete · ")
        assert "plant-7 / cam-0231" in terminal.lines[0]

        terminal.press("2")
        go_to(terminal, "svc-backup")
        terminal.press("s")
        terminal.press("5")
        go_to(terminal, MINER)
        terminal.press("s")
        terminal.until("5 Processes 34 !1")
        go_to(terminal, "/usr/bin/ffmpeg")
        terminal.press("e", "up", "n")
        terminal.press("records the picture | since 2025", "enter")
        terminal.until("! 2   ✓ 1   ~ 0   ")

        terminal.press("x")
        terminal.until("findings-cam-0231-")
        proposed = re.search(r"findings-cam-0231-\d{8}T\d{6}Z\.md", terminal.text)
        assert proposed
        terminal.press("enter")
        terminal.until("written to")
        terminal.press("q")
        assert terminal.ended(10)
        assert terminal.status == 0
        assert terminal.restored

    (written,) = folder.iterdir()
    assert written.name == proposed[0]
    holds_exactly_that(written.read_text("utf-8"))


def holds_exactly_that(markdown: str) -> None:
    parts = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", markdown, re.M | re.S))
    counts = dict(re.findall(r"^\| ([A-Z][\w ]+) \| (\d+) \|$", parts["Verdicts"], re.M))
    # 75 in the five panes, and what the further ones tell.
    assert int(counts.pop("Not yet reviewed")) > 75
    assert counts == {"Suspicious": "2", "Drifted": "0", "Expected": "1"}
    titles = re.findall(r"^### (.*)$", parts["Suspicious"], re.M)
    assert len(titles) == 2
    assert titles[0].startswith("Users: `svc-backup`")
    assert titles[1] == f"Processes: `{MINER}`"
    assert "decided by mei on" in parts["Suspicious"]
    (row,) = (line for line in parts["Expected"].splitlines() if "ffmpeg" in line)
    assert "`/usr/bin/ffmpeg`" in row
    assert "records the picture" in row
    assert "Drifted" not in parts
    assert "| Source | `DEMO` |" in markdown or "| Source | DEMO |" in markdown
