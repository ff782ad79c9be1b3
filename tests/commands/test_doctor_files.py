"""What iotriage doctor says of each file of evidence."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from .running import Here


def line(device: str) -> str:
    row = {"TimeGenerated": "2026-07-14T20:00:00Z", "DeviceId": device, "EventDetails": "{}"}
    return json.dumps(row | {"RawEventName": "Login", "Type": "SecurityIoTRawEvent"}) + "\n"


def files(ran: Any) -> list[str]:
    """The lines below "files"."""
    lines = ran.text.splitlines()
    (start,) = [n for n, text in enumerate(lines) if text.startswith("-       files: ")]
    below = [lines[start]]
    for text in lines[start + 1 :]:
        if not text.startswith("        "):
            break
        below.append(text.strip())
    return below


def test_each_file_has_a_line_and_each_trouble_another(iotriage: Here, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(line("a") + "{oops\n" + line("b"))
    (tmp_path / "b.csv").write_text('TimeGenerated,SystemAlertId\n"1/2/2026, 1:00 AM",x\n')
    (tmp_path / "c.txt").write_text("Exported on Tuesday.\n")
    (tmp_path / "link").symlink_to(Path("/etc"))
    ran = iotriage("doctor", "--evidence", tmp_path)
    assert ran.status == 0, ran.text
    head, *rest = files(ran)
    assert head == "-       files: 2 files read, 1 refused"
    assert [" ".join(text.split()) for text in rest] == [
        "path files form rows of which",
        "a.json 1 JSON Lines 2 SecurityIoTRawEvent 2",
        "b.csv 1 CSV 1 SecurityAlert 1",
        f"{tmp_path}/c.txt: refused: neither JSON, CSV, Parquet nor Event Hubs Capture",
        f"{tmp_path}/a.json: 1 row could not be read, first at {tmp_path}/a.json:2",
        f"{tmp_path}/b.csv: it does not say the zone of its times: read as UTC; its dates may have"
        " day or month first: read with month first",
        f"{tmp_path}/link: never opened: a link that leads out of the folder",
    ]


def test_ten_thousand_files_are_few_lines(iotriage: Here, tmp_path: Path) -> None:
    for number in range(600):
        folder = tmp_path / f"am-SecurityIoTRawEvent/y=2026/m=07/d={number // 100}/h={number % 100}"
        folder.mkdir(parents=True)
        # The same records again and again: they count once.
        (folder / "PT1H.json").write_text(line("a"))
        (folder / "spoilt").write_bytes(b"\x1f\x8boops")
    ran = iotriage("doctor", "--evidence", tmp_path)
    head, *rest = files(ran)
    assert head == ("-       files: 600 files read, 600 refused, 599 rows there more than once")
    assert [" ".join(text.split()) for text in rest[1:7]] == [
        f"am-SecurityIoTRawEvent/y=2026/m=07/d={day}/… 100 JSON Lines 100 SecurityIoTRawEvent 100"
        for day in range(6)
    ]
    assert rest[-1] == "and 550 more like these"
    assert len(rest) == 1 + 6 + 50 + 1


def test_names_in_an_archive_are_only_shown(iotriage: Here, tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("good\x1b[2J\u202e.json", line("a"))
        archive.writestr("bad\x1b]52;c;aGk=\x07", "prose")
    (tmp_path / "a.zip").write_bytes(out.getvalue())
    ran = iotriage("doctor", "--evidence", tmp_path)
    assert ran.status == 0
    assert "good\\e[2J\\u202e.json" in ran.text
    assert "bad\\e]52;c;aGk=\\x07: refused" in ran.text
    assert not set("\x1b\x07\u202e") & set(ran.text)


def test_where_nothing_is_evidence_each_file_is_still_told(iotriage: Here, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Exported on Tuesday.\n")
    (tmp_path / "b.bin").write_bytes(bytes(range(256)))
    ran = iotriage("doctor", "--evidence", tmp_path)
    assert ran.status == 1
    assert "FAILED  evidence: " in ran.text
    head, *rest = files(ran)
    assert head == "-       files: 0 files read, 2 refused"
    assert [text.split(": ")[0] for text in rest] == [f"{tmp_path}/a.txt", f"{tmp_path}/b.bin"]
