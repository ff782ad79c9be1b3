"""A terminal that changes its size every 50 ms: what stands there at the end is right."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from conftest import process
from real_terminal import Terminal

#: Some are too small for anything; 1x1 is what a window is that is being dragged shut.
SIZES = [
    *((120, 40), (60, 15), (59, 15), (20, 5), (1, 1), (400, 100)),
    *((61, 16), (120, 30), (1, 100), (200, 50)),
]


def storm(terminal: Terminal, last: tuple[int, int]) -> None:
    for size in (*SIZES, last):
        terminal.resize(*size)
        end = time.monotonic() + 0.05
        while (left := end - time.monotonic()) > 0:
            terminal.pump(left)


def stands(terminal: Terminal) -> list[str]:
    """The screen, but for how long an answer took."""
    return [re.sub(r" · [\d.]+ m?s\b", "", line) for line in terminal.lines]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day of a device with every table there, so that nothing stands behind how long it took."""
    folder = tmp_path_factory.mktemp("whole")
    rows = [process(hour, f"/bin/tool{hour % 3} --run") for hour in range(24)]
    alert = {
        "TimeGenerated": "2026-11-20T12:00:00Z",
        "AlertName": "Reverse shells",
        "AlertSeverity": "High",
        "ExtendedProperties": json.dumps({"DeviceId": "cam-1"}),
        "ResourceId": rows[0]["AssociatedResourceId"],
    }
    tables = {"SecurityIoTRawEvent": rows, "DefenderIoTRawEvent": rows, "SecurityAlert": [alert]}
    for name, table in tables.items():
        (folder / f"{name}.json").write_text("".join(f"{json.dumps(row)}\n" for row in table))
    return folder


#: What is pressed, and what is seen then: as it loads, with a dialog, with a screen on top.
STEPS = (
    (("\r",), "1 Alerts 1  2 0  3 0  4 0  5 3"),
    (("5",), "Processes  complete · 3 rows"),
    (("n", "still being written"), "still being written"),
    (("escape", "?"), "Pick a device"),
)


def fresh_screens(terminal: Terminal) -> list[list[str]]:
    """What stands there after each step."""
    terminal.until("cam-1")
    seen = []
    for keys, then in STEPS:
        terminal.press(*keys)
        terminal.until(then)
        terminal.until(lambda: "asking" not in terminal.text)
        terminal.quiet(0.5)
        seen.append(stands(terminal))
    return seen


@pytest.mark.parametrize("size", [(60, 15)], ids=("60x15",))
def test_it_is_as_if_it_had_begun_at_that_size(
    size: tuple[int, int], env: dict[str, str], whole: Path, tmp_path: Path
) -> None:
    words = ("--evidence", whole, "--case")
    with Terminal(*words, tmp_path / "fresh", env=env, size=size) as terminal:
        fresh = fresh_screens(terminal)
    with Terminal(*words, tmp_path / "resized", env=env, size=(80, 24)) as terminal:
        terminal.until("cam-1")
        for (keys, _), expected in zip(STEPS, fresh, strict=True):
            terminal.press(*keys)
            storm(terminal, size)
            # Nothing tells when a busy machine is done with the last size.
            terminal.until(lambda expected=expected: stands(terminal) == expected)
        terminal.press("escape", "q")
        assert terminal.ended(10)
        assert (terminal.status, terminal.restored) == (0, True)


def test_too_small_says_what_it_needs(env: dict[str, str], small: Path, case: Path) -> None:
    with Terminal("--evidence", small, "--case", case, env=env, size=(59, 15)) as terminal:
        terminal.until("iotriage needs 60x15 cells; this is 59x15.")
        terminal.resize(80, 14)
        terminal.until("iotriage needs 60x15 cells; this is 80x14.")
        terminal.resize(20, 5)
        terminal.until(lambda: " ".join(terminal.text.split()).startswith("iotriage needs 60x15"))
        terminal.resize(60, 15)
        terminal.until("cam-1")
        terminal.press("\r")
        terminal.until(" 5 3")
        terminal.resize(400, 100)
        terminal.until(lambda: len(terminal.lines) == 100 and "Devices" in terminal.text)
        terminal.press("q")
        assert terminal.ended(10)
