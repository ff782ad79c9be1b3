"""A pack of seven panes: the five as exact asks them, and two that need other events."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import iotriage.queries.packs.loading as loading
from iotriage.queries.packs.loading import REQUIRED
from iotriage.queries.questions import Question, ShownColumn

EXACT = Path(loading.__file__).parent / "exact"
#: cam-0231 of the demo sends these.
REMOTES = """events
| where RawEventName == "ConnectionCreate"
| extend RemoteAddress = tostring(d.RemoteAddress)
| summarize Connections = count(), FirstObserved = min(EventTime) by RemoteAddress
| order by RemoteAddress asc
"""
#: It does not send these.
USB = """events
| where RawEventName == "Peripheral"
| summarize Plugged = count() by Name = tostring(d.Name)
"""
_ENTRY = """
[questions.{name}]
title = "{title}"
text = "{name}.kql"
fragments = ["fragments/events.kql"]
keys = ["{key}"]
tables = ["SecurityIoTRawEvent", "DefenderIoTRawEvent"]
raw_events = {raw_events}
shown = [{{ column = "{key}", label = "{key}" }}, {{ column = "{count}", label = "{count}" }}]
guidance = ["Would you expect it?"]
"""


def seven(folder: Path) -> Path:
    """The pack, written to a new folder."""
    pack = folder / "seven"
    shutil.copytree(EXACT, pack)
    file = pack / "pack.toml"
    parts = re.split(r"(?m)^(?=\[questions\.)", file.read_text("utf-8"))
    asked = [part for part in parts[1:] if re.match(r"\[questions\.(\w+)\]", part)[1] in REQUIRED]  # type: ignore[index]
    remotes = _ENTRY.format(
        name="remotes",
        title="Remotes",
        key="RemoteAddress",
        count="Connections",
        raw_events='["ConnectionCreate"]',
    )
    usb = _ENTRY.format(
        name="usb",
        title="USB devices",
        key="Name",
        count="Plugged",
        raw_events='["Peripheral"]',
    )
    # Where they stand in the file is not where their panes stand.
    file.write_text("".join([parts[0], remotes, *asked, usb]), "utf-8")
    (pack / "remotes.kql").write_text(REMOTES, "utf-8")
    (pack / "usb.kql").write_text(USB, "utf-8")
    return pack


def opened(name: str = "mine", title: str = "Mine", text: str = "", **other: object) -> Question:
    """A question to open besides those of a pack."""
    asked = text or "SecurityAlert | take 3 | project Name = AlertName | order by Name asc"
    words = {
        "keys": ("Name",),
        "names": (),
        "sets": (),
        "counts": {},
        "shown": (ShownColumn("Name", "Name"),),
        "guidance": (),
        "tables": ("SecurityAlert",),
        "events": "",
        "values": "",
    }
    return Question(name=name, title=title, text=asked, **(words | other))  # type: ignore[arg-type]
