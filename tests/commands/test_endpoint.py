"""Commands on evidence of Defender for Endpoint alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from oracle.endpoint_rows import CAM, GATE, TWIN, trap_tables

from .running import Here


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def text(value: Any) -> Any:
        return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value

    file = tmp_path_factory.mktemp("endpoint") / "rows.json"
    rows = [row for rows in trap_tables().values() for row in rows]
    lines = (json.dumps({name: text(cell) for name, cell in row.items()}) for row in rows)
    file.write_text("".join(f"{line}\n" for line in lines))
    return file


def test_the_pack_that_fits_is_asked(iotriage: Here, export: Path) -> None:
    ran = iotriage("devices", "--evidence", export, "--format", "json")
    assert (ran.json["pack"], ran.json["rows"][0]["DeviceId"]) == ("endpoint", CAM)
    words = ("connections", "--evidence", export, "--format", "json")
    assert iotriage("ask", *words, "--device", CAM).json["rows"]
    named = iotriage("ask", "alerts", *words[1:], "--device", "Gate.plant.example").json
    assert (named["device"], named["hub"]) == (GATE, "")
    asked = iotriage("ask", *words, "--device", CAM, "--pack", "guide")
    assert "pack guide has no question 'connections'" in asked.failed(2)


def test_a_name_that_several_devices_have_is_not_enough(iotriage: Here, export: Path) -> None:
    ran = iotriage("ask", "users", "--evidence", export, "--device", "cam-7")
    assert f"2 devices are called 'cam-7': give --device one of {CAM}, {TWIN}" in ran.failed(2)


def test_a_capture_goes_on_by_the_name_of_the_device(
    iotriage: Here, export: Path, tmp_path: Path
) -> None:
    store = tmp_path / "gate.store"
    words = ("capture", "--evidence", export, "--device", "Gate.plant.example", "-o", store)
    ran = iotriage(*words)
    assert ran.status == 0
    assert "SecurityIoTRawEvent" not in ran.text
    assert "DeviceInfo: 2 rows" in ran.text
    again = iotriage("ask", "alerts", "--evidence", store, "--device", GATE, "--format", "json")
    assert again.json["pack"] == "endpoint"
    assert [row["MatchedBy"] for row in again.json["rows"]] == [
        "DeviceId",
        "DeviceName",
        "DeviceId",
    ]
    assert "holds this capture whole already" in iotriage(*words).failed(1)
