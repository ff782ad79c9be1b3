"""The built-in demo evidence: a scripted intrusion, the same on every machine."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .alert_table import OTHER_ALERTS
from .alerts import alert_rows
from .clock import Clock, Dice
from .fleet import FLEET, Agent
from .micro import micro_days
from .recommendations import recommendation_rows
from .routine import ordinary_days
from .side_stories import SIDE_STORIES
from .small_stories import SMALL_STORIES
from .story import STORY_DEVICE, intrusion
from .story_alerts import STORY_ALERTS
from .writer import HUB, DeviceLog

__all__ = ["HUB", "STORY_DEVICE", "demo_tables"]

_STORIES = {STORY_DEVICE: intrusion} | SIDE_STORIES | SMALL_STORIES


def demo_tables(now: datetime) -> dict[str, list[dict[str, Any]]]:
    """The rows of the four tables of Defender for IoT up to ``now``.

    Rows are as a data export holds them: times are ISO 8601 text in UTC, EventDetails is JSON
    text. They come device by device, not in order of time. The same ``now`` (seconds are cut
    off, without a zone it is UTC) gives the same rows; another one shifts every time and nothing
    else.
    """
    clock = Clock(now)
    tables: dict[str, list[dict[str, Any]]] = {
        "SecurityAlert": alert_rows((*STORY_ALERTS, *OTHER_ALERTS), clock),
        "SecurityIoTRawEvent": [],
        "DefenderIoTRawEvent": [],
        "SecurityRecommendation": recommendation_rows(clock),
    }
    for seed, device in enumerate(FLEET.values(), 7001):
        log, dice = DeviceLog(device, clock, tables[device.table]), Dice(seed)
        if story := _STORIES.get(device.name):
            story(log, dice)
        elif device.agent is Agent.MICRO:
            micro_days(log, dice)
        else:
            ordinary_days(log, dice)
    return tables
