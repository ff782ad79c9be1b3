"""Every byte that goes to a real terminal when the evidence is hostile throughout."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from conftest import process
from real_terminal import Terminal

MARK = "SEVMTE8="
PAYLOADS = (
    f"\x1b]52;c;{MARK}\x07",
    f"\x1b]52;c;{MARK}\x1b\\",
    "\x1b]0;OWNED\x07",
    "\x1b]2;OWNED\x1b\\",
    "\x1bkOWNED\x1b\\",
    "\x1b]8;;http://evil.example\x1b\\OWNED",
    "\x1bPtmux;\x1b\x1b]0;OWNED\x07\x1b\\",
    "\x1b[2J\x1b[31;5mOWNED\x1b[21t\x1b[6n",
    f"\u009b2J\u009d52;c;{MARK}\u009c",
    "\u202eOWNED\u2066\u200b\u200d\ufeff",
    "a\r\n\t\0\b\x7f\x0e",
)
#: What the toolkit itself sends: colours and moves, modes, its queries, the pointer's shape.
OURS = re.compile(
    rb"\x1b\[[0-9;:]*[mHJKABCDGr]"
    rb"|\x1b\[[?>=<][0-9;]*(?:[hlu]|\$p)"
    rb"|\x1b\[[0-9;]*(?:t|\$p)"
    rb"|\x1b\]22;[a-z_-]*\x07"
    rb"|\x1b[=>M]"
    rb"|\x1b\[c"
)
#: The beginnings of what was smuggled in, raw.
THEIRS = re.compile(rb"\x1b\](?:52|0|2|8);|\x1b[Pk]|\x1b\[2J\x1b\[31|OWNED\x1b|OWNED\x07")
#: Characters that command a terminal or hide; line ends come from leaving the screen.
COMMANDS = re.compile(
    "[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    events = [
        process(hour, f"/bin/x{hour}{text} --arg {text}", DeviceId=f"cam-{text}", AgentVersion=text)
        for hour, text in enumerate(PAYLOADS * 2)
    ]
    everything = "".join(PAYLOADS)
    events += [process(hour, f"/bin/y{hour} {everything}") for hour in range(24)]
    alerts = [
        {
            "TimeGenerated": "2026-11-20T12:00:00Z",
            "AlertName": f"Alert {text}",
            "DisplayName": text,
            "AlertSeverity": "High",
            "Description": text,
            "ExtendedProperties": json.dumps({"DeviceId": "cam-1", "x": text}),
            "SystemAlertId": f"id{text}",
            "RemediationSteps": text,
            "CompromisedEntity": text,
            "ResourceId": events[0]["AssociatedResourceId"],
        }
        for text in PAYLOADS
    ]
    for table, rows in (("SecurityIoTRawEvent", events), ("SecurityAlert", alerts)):
        text = "".join(f"{json.dumps(row)}\n" for row in rows)
        (folder / f"{table}.json").write_text(text, "utf-8")
    return folder


def looks_around(terminal: Terminal, panes: str) -> None:
    """Every screen there is, on the device whose every text is hostile."""
    terminal.until("Devices  ")
    terminal.press("j", "j", "end", "home")
    terminal.press("cam-1\r")
    terminal.until("Alerts  ")
    terminal.until(f"1 Alerts {len(PAYLOADS)}")
    terminal.until("5 Processes 24")
    for key in panes:
        terminal.press(key, "s", "e", "u", "n", "why", "enter")
        terminal.press("home", "enter", "pagedown", "end", "escape")
        terminal.press("y", "end", "escape", "i", "end", "escape", "/", "y1", "enter")
        terminal.press("/", "escape", "ctrl+z", "H", "end", "escape")
    terminal.press("ctrl+p", "escape")


@pytest.mark.parametrize("size", [(120, 40)], ids=("120x40",))
def test_nothing_of_theirs_is_sent(
    size: tuple[int, int], hostile: Path, case: Path, env: dict[str, str], tmp_path: Path
) -> None:
    with Terminal(
        "--evidence", hostile, "--case", case, env=env, size=size, cwd=tmp_path
    ) as terminal:
        looks_around(terminal, "15" if size[0] > 100 else "5")
        terminal.press("x", "enter")
        terminal.until("written to")
        terminal.press("q")
        assert terminal.ended(10)
        assert (terminal.status, terminal.restored) == (0, True)
    sent = bytes(terminal.raw)
    # They were on the screen, as text that shows what it is.
    assert b"\\e]52;c;SEVMTE8=" in sent
    assert b"\\u202eOWNED" in sent
    assert not THEIRS.search(sent)
    rest = OURS.sub(b"", sent).decode("utf-8")
    assert [rest[max(0, at.start() - 20) : at.end() + 20] for at in COMMANDS.finditer(rest)] == []
