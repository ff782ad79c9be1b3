"""Up to when a workspace is written to: its last day ends there, or now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from iotriage.queries.held import Held
from iotriage.queries.log_analytics.source import LogAnalytics
from iotriage.queries.window import Window

from .fixture import NOW

DAY = timedelta(days=1)
LONG_AGO = NOW - 40 * DAY
NOBODY: Any = None


def workspace(**newest: datetime) -> LogAnalytics:
    held = tuple(Held(table, LONG_AGO - DAY, moment, 1) for table, moment in newest.items())
    return LogAnalytics(NOBODY, "guid", "name", held, lambda: NOW)


def test_recommendations_of_others_do_not_keep_silent_devices_alive() -> None:
    """Defender for Cloud writes into the same table for as long as there is anything to assess."""
    source = workspace(SecurityIoTRawEvent=LONG_AGO, SecurityRecommendation=NOW)
    end = LONG_AGO + timedelta(seconds=1)
    assert source.latest() == Window(end - DAY, end)
    (notice,) = source.notices
    assert notice.text == "nothing has come to this workspace since 2026-10-12T12:00:00Z"
    assert workspace(SecurityAlert=NOW, SecurityRecommendation=LONG_AGO).latest().end == NOW


def test_where_there_is_nothing_else_recommendations_are_all_that_came() -> None:
    source = workspace(SecurityRecommendation=NOW)
    assert source.latest().end == NOW
    assert source.notices == ()
