"""The built-in demo evidence as two workspaces."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice

from iotriage.queries.answers import rfc3339
from iotriage.queries.demo import demo_tables
from iotriage.queries.evidence.source import Evidence

from .service import Service

WORKSPACE = "11111111-2222-3333-4444-555555555555"
OTHER = "66666666-7777-8888-9999-000000000000"


@contextmanager
def demo_workspaces(service: Service, now: datetime) -> Iterator[Evidence]:
    """Both on the server while this lasts; gives the evidence of the first.

    The second holds a part of the same: the last two days, every other alert, and neither
    DefenderIoTRawEvent nor SecurityRecommendation.
    """
    tables = demo_tables(now)
    since = rfc3339(now - timedelta(days=2))
    recent = [row for row in tables["SecurityIoTRawEvent"] if row["TimeGenerated"] >= since]
    part = {
        "SecurityAlert": list(islice(tables["SecurityAlert"], 0, None, 2)),
        "SecurityIoTRawEvent": recent,
    }
    first = Evidence.of_rows("DEMO", tables, now)
    second = Evidence.of_rows("PART", part, now)
    try:
        service.add_workspace(WORKSPACE, first, "demo")
        service.add_workspace(
            OTHER,
            second,
            "demo-part",
            subscription="5b5c7d1e-0000-4000-8000-000000000002",
            location="northeurope",
        )
        yield first
    finally:
        del service.workspaces[WORKSPACE], service.workspaces[OTHER]
        first.close()
        second.close()
