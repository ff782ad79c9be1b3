"""The demo evidence as files, laid out as a data export to storage lays them out."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime
from pathlib import Path

from . import demo_tables
from .writer import RESOURCE_GROUP, SUBSCRIPTION

_WORKSPACE = (
    f"WorkspaceResourceId=/subscriptions/{SUBSCRIPTION}/resourcegroups/{RESOURCE_GROUP}"
    "/providers/microsoft.operationalinsights/workspaces/plant-logs"
)


def write_export(folder: Path, now: datetime) -> list[Path]:
    """Write :func:`demo_tables` below ``folder`` and return the files written, sorted.

    One container a table, one JSON Lines blob an hour (the real export writes one each five
    minutes), rows in order of TimeGenerated.

    Raises:
        OSError: the folder cannot be written.
    """
    written = []
    for table, rows in demo_tables(now).items():
        hours: dict[str, list[str]] = defaultdict(list)
        for row in sorted(rows, key=lambda row: str(row["TimeGenerated"])):
            line = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
            hours[row["TimeGenerated"][:13]].append(line)
        for hour, lines in hours.items():
            year, month, day, clock = hour[:4], hour[5:7], hour[8:10], hour[11:13]
            blob = folder.joinpath(
                f"am-{table}",
                *_WORKSPACE.split("/"),
                f"y={year}",
                f"m={month}",
                f"d={day}",
                f"h={clock}",
                "m=00",
                "PT05M.json",
            )
            blob.parent.mkdir(parents=True, exist_ok=True)
            blob.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
            written.append(blob)
    return sorted(written)
