"""What iotriage import says and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

from iotriage.tui.status_line import StatusLine
from iotriage.tui.store_commands import Pace

from .running import Here


def rows(*devices: str) -> str:
    row = {"TimeGenerated": "2026-07-14T20:00:00Z", "EventDetails": "{}", "RawEventName": "Login"}
    return "".join(
        json.dumps(row | {"DeviceId": device, "Type": "SecurityIoTRawEvent"}) + "\n"
        for device in devices
    )


def test_it_tells_what_it_read_and_what_is_there_now(iotriage: Here, tmp_path: Path) -> None:
    raw, store = tmp_path / "raw", tmp_path / "plant.store"
    raw.mkdir()
    (raw / "a.json").write_text(rows("a", "a", "b"))
    ran = iotriage("import", raw, "-o", store)
    assert (ran.status, ran.err) == (0, "")
    assert ran.text.splitlines() == [
        f"{store}: 1 file read",
        "SecurityAlert: 0 rows, 0 new",
        "SecurityIoTRawEvent: 2 rows, 2 new",
        "DefenderIoTRawEvent: 0 rows, 0 new",
        "1 repeated row dropped",
    ]
    (raw / "b.json").write_text(rows("c"))
    ran = iotriage("import", raw, "-o", store)
    assert ran.text.splitlines()[0] == f"{store}: 1 file read, 1 file known already"
    assert ran.text.splitlines()[2] == "SecurityIoTRawEvent: 3 rows, 1 new"
    asked = iotriage("devices", "--evidence", store, "--format", "json").json
    assert [row["DeviceId"] for row in asked["rows"]] == ["a", "b", "c"]
    assert asked["status"] == "complete"


def test_what_could_not_be_read_is_told_and_is_a_status(iotriage: Here, tmp_path: Path) -> None:
    raw, store = tmp_path / "\x1b[2Jraw.json", tmp_path / "plant.store"
    raw.write_text(rows("a") + "{broken\n")
    ran = iotriage("import", raw, "-o", store)
    assert ran.status == 3
    assert ran.err == f"1 row could not be read, first at {tmp_path}/\\e[2Jraw.json:2\n"
    assert iotriage("devices", "--evidence", store).status == 3


def test_wrong_words(iotriage: Here, tmp_path: Path) -> None:
    raw, store = tmp_path / "raw.json", tmp_path / "notes.txt"
    raw.write_text(rows("a"))
    store.write_text("mine")
    assert "no store" in iotriage("import", raw, "-o", store).failed(1)
    assert store.read_text() == "mine"
    assert "no such file" in iotriage("import", tmp_path / "x", "-o", store).failed(1)
    assert "no such folder" in iotriage("import", raw, "-o", tmp_path / "x" / "y").failed(1)
    assert "--output" in iotriage("import", raw).failed(2)
    assert "PATH" in iotriage("import", "-o", store).failed(2)


def test_how_fast_and_how_long_still() -> None:
    said: list[str] = []

    class Line(StatusLine):
        def say(self, words: str) -> None:
            said.append(words)

    now = [100.0]
    pace = Pace(Line(), clock=lambda: now[0])
    pace.progress("reading", 0, 3_000_000_000)
    now[0] += 10
    pace.progress("reading", 1_000_000_000, 3_000_000_000)
    pace.progress("sorting SecurityAlert", 0, 100)
    now[0] += 60
    pace.progress("sorting SecurityAlert", 20, 100)
    assert said == [
        "reading 0 B of 3.0 GB",
        "reading 1.0 GB of 3.0 GB, 100 MB/s, 20 s left",
        "sorting SecurityAlert: 0 %",
        "sorting SecurityAlert: 20 %, 4 min left",
    ]
