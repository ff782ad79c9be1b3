"""The environment of a shell in a terminal, with nothing of the machine's own settings."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

HUB = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Devices/IotHubs/plant-7"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A wait in vain is tried once more: on a busy machine it may be the machine that was late."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=["waited in vain"]))


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    kept = {
        name: os.environ[name]
        for name in ("PATH", "HOME", "IOTRIAGE_EDITABLE")
        if name in os.environ
    }
    for name in ("STATE", "CONFIG", "DATA", "CACHE"):
        kept[f"XDG_{name}_HOME"] = str(tmp_path / name.lower())
    return kept | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "IOTRIAGE_ANALYST": "mei"}


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return tmp_path / "case.iotriage"


def process(hour: int, command_line: str, **other: Any) -> dict[str, Any]:
    """A raw event of cam-1; ``other`` columns replace its own."""
    at = f"2026-11-20T{hour:02d}:30:00Z"
    details = {
        "TimestampUTC": at,
        "Executable": command_line.split(" ", maxsplit=1)[0],
        "CommandLine": command_line,
        "UserId": "0",
    }
    row = {
        "TimeGenerated": at,
        "DeviceId": "cam-1",
        "AssociatedResourceId": HUB,
        "IoTRawEventId": f"{hour}-{command_line}",
        "RawEventName": "ProcessCreate",
        "EventDetails": json.dumps(details),
        "IsEmpty": False,
    }
    return row | other


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day of one device with three programs: quick to open."""
    path = tmp_path_factory.mktemp("small") / "SecurityIoTRawEvent.json"
    rows = [process(hour, f"/bin/tool{hour % 3} --run") for hour in range(24)]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    return path
