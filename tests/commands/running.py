"""Running commands in this process or in one of their own, on a small exported evidence."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from iotriage.tui import cli

DAY = "2026-11-20"
HUBS = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Devices/IotHubs"
#: What a device might write to command a terminal or to break a table.
HOSTILE = "\x1b]0;owned\x07\x9b2J \u202eexe.\u200b | `x` [a](http://evil.example) <b>\n=1+1"


@dataclass(frozen=True)
class Run:
    """How a command ended; ``out`` is bytes as they went down the pipe."""

    status: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode("utf-8")

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.out))

    def failed(self, status: int) -> str:
        """The one line it must have said, and nothing else."""
        assert (self.status, self.out) == (status, b""), self.err
        (line,) = self.err.splitlines()
        assert line.startswith("iotriage: ")
        return line.removeprefix("iotriage: ")


class Here:
    """``iotriage`` within the process of the test."""

    def __init__(self, capture: pytest.CaptureFixture[bytes]) -> None:
        self._capture = capture

    def __call__(self, *words: str | Path) -> Run:
        self._capture.readouterr()
        status = cli.run([str(word) for word in words])
        out, err = self._capture.readouterr()
        return Run(status, out, err.decode("utf-8"))


def apart(*words: str | Path, env: Mapping[str, str] | None = None) -> Run:
    """``iotriage`` as a process of its own, with pipes for output."""
    done = subprocess.run(
        [Path(sys.executable).parent / "iotriage", *map(str, words)],
        capture_output=True,
        check=False,
        env=env,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )
    return Run(done.returncode, done.stdout, done.stderr.decode("utf-8"))


def event(
    name: str, hour: int, details: Mapping[str, Any], device: str = "cam-1", hub: str = "plant-7"
) -> dict[str, Any]:
    at = f"{DAY}T{hour:02d}:30:00Z"
    return {
        "TimeGenerated": at,
        "DeviceId": device,
        "AssociatedResourceId": f"{HUBS}/{hub}",
        "IoTRawEventId": f"{name}-{hour}-{device}-{hub}",
        "RawEventName": name,
        "EventDetails": json.dumps({"TimestampUTC": at, **details}),
        "IsEmpty": False,
        "AgentVersion": "0.0.12",
    }


def process(hour: int, command_line: str, **where: str) -> dict[str, Any]:
    executable = command_line.split(maxsplit=1)[0] if command_line.split() else ""
    details = {"Executable": executable, "CommandLine": command_line, "UserId": "0"}
    return event("ProcessCreate", hour, details, **where)


def alert(hour: int, name: str, severity: str = "High", device: str = "cam-1") -> dict[str, Any]:
    return {
        "TimeGenerated": f"{DAY}T{hour:02d}:30:00Z",
        "DisplayName": name,
        "AlertName": name,
        "AlertSeverity": severity,
        "Description": f"{name} on {device}",
        "ExtendedProperties": json.dumps({"DeviceId": device}),
        "SystemAlertId": f"{name}-{hour}",
        "ResourceId": f"{HUBS}/plant-7",
        "Status": "New",
    }


def rows() -> dict[str, list[dict[str, Any]]]:
    """A day of cam-1, of twin on two hubs, and of a device that is hostile throughout."""
    return {
        "SecurityIoTRawEvent": [
            *(process(hour, f"/bin/sh -c job{hour % 3}") for hour in range(24)),
            process(3, "/tmp/.x/miner -o 203.0.113.66:3333"),
            event("LocalUsers", 4, {"UserName": "root", "GroupNames": "root;adm", "UserId": "0"}),
            process(5, "/bin/true", device="twin"),
            process(5, "/bin/true", device="twin", hub="plant-8"),
            process(6, f"/bin/echo {HOSTILE}", device="bad" + HOSTILE),
        ],
        "DefenderIoTRawEvent": [],
        "SecurityAlert": [alert(3, "Crypto Coin Miner"), alert(9, "Odd sign-in", "Low")],
    }


def write(folder: Path, tables: Mapping[str, list[dict[str, Any]]]) -> Path:
    """As data export lays it out, in short."""
    for table, content in tables.items():
        place = folder / f"am-{table}"
        place.mkdir(parents=True)
        text = "".join(f"{json.dumps(row)}\n" for row in content)
        (place / "PT05M.json").write_text(text, "utf-8")
    return folder
