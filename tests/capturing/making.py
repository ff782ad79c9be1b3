"""A source full of traps, what must be captured of it in plain Python, and captures of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import msgspec
from iotriage.queries.answers import Answer, Status
from iotriage.queries.evidence import slicing
from iotriage.queries.evidence.captured import Captured, Wanted
from iotriage.queries.evidence.capturing import capture
from iotriage.queries.evidence.engine import connect
from iotriage.queries.evidence.made_rows import create_tables
from iotriage.queries.evidence.reports import LoadReport
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.evidence.tables import TABLES
from iotriage.queries.questions import Query
from iotriage.queries.source import Cancellation, Tell, cut_at, nobody
from iotriage.queries.window import Window

START = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
WINDOW = Window(START, START + timedelta(hours=12))
NOW = WINDOW.end + timedelta(minutes=5)
DEVICE, HUB = 'cam-1 "; SecurityAlert', "plant-7"
WANTED = Wanted("SCRIPTED", DEVICE, HUB, WINDOW.start, WINDOW.end, "--last 12h")
HUBS = "/subscriptions/s/providers/Microsoft.Devices/IotHubs"
DETAILS = (
    '{"UserName":"root","Result":"Success","RemoteAddress":"203.0.113.7"}',
    '{"CommandLine":"\\u0000 \\u202e \u202e \\" \\\\"}',
    '{"half":"\\ud83d"}',
    "no JSON",
    "",
    "[]",
    "\x00\x1b[2J\u2028\r\n\x7f",
)

Row = dict[str, Any]


def made() -> dict[str, list[Row]]:
    """Events within the window and at its edges, of others too; 40 at one moment; some twice."""
    events = []
    moments = [WINDOW.start + timedelta(minutes=7 * number) for number in range(100)]
    moments += [WINDOW.start + timedelta(hours=3, microseconds=5)] * 40
    moments += [WINDOW.start - timedelta(microseconds=1), WINDOW.end]
    moments += [WINDOW.end - timedelta(microseconds=1)]
    for number, moment in enumerate(moments):
        for device, hub in ((DEVICE, HUB), ("other", HUB), (DEVICE, "plant-8")):
            events.append(event(number, moment, device, hub))
    # Its name holds that of the hub: a pack that asks for a part of the name sees it.
    events.append(event(900, moments[5], DEVICE, "PLANT-70"))
    events += [dict(row) for row in events[3:30:3]]
    alerts = [
        alert(number, WINDOW.start + timedelta(hours=number / 2), hub)
        for number in range(-1, 26)
        for hub in (HUB, "Plant-7", "plant-8")
    ]
    micro = [event(500 + n, moments[n], DEVICE, HUB) for n in range(9)]
    return {"SecurityAlert": alerts, "SecurityIoTRawEvent": events, "DefenderIoTRawEvent": micro}


def event(number: int, moment: datetime, device: str, hub: str) -> Row:
    return {
        "TimeGenerated": moment,
        "TimeStamp": moment - timedelta(seconds=1) if number % 3 else None,
        "DeviceId": device,
        "AssociatedResourceId": f"{HUBS}/{hub}",
        "RawEventName": ("Login", "ProcessCreate", "LocalUsers")[number % 3],
        "EventDetails": DETAILS[number % len(DETAILS)],
        "IoTRawEventId": str(number),
        "IsEmpty": (None, True, False)[number % 3],
    }


def alert(number: int, moment: datetime, hub: str) -> Row:
    return {
        "TimeGenerated": moment,
        "ResourceId": f"{HUBS}/{hub}",
        "SystemAlertId": f"{hub}-{number}",
        "AlertSeverity": "High",
        "AlertName": "Odd \x1b]0;sign-in",
        "ExtendedProperties": '{"DeviceId":"cam-1 \\"; SecurityAlert"}',
        "ConfidenceScore": (0.1 + 0.2, float("nan"), float("-inf"), None)[number % 4],
    }


def source_of(tables: dict[str, list[Row]], name: str = "SCRIPTED") -> Evidence:
    """Evidence that holds rows as often as they are given, as a workspace does."""
    connection = connect()
    create_tables(connection)
    for table, rows in tables.items():
        columns = TABLES[table]
        marks = ", ".join("?" for _ in columns)
        connection.executemany(
            f'INSERT INTO "{table}" VALUES ({marks})',
            [[_cell(row.get(name), kind) for name, kind in columns.items()] for row in rows],
        )
    return Evidence._sealed(name, connection, LoadReport(tables=set(tables)), NOW)


def _cell(value: Any, kind: str) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return "" if value is None and kind == "string" else value


class Scripted:
    """Evidence that counts what it is asked, and fails as a test wants."""

    def __init__(self, evidence: Evidence, row_cap: int = 500_000) -> None:
        self._evidence = evidence
        self.row_cap = row_cap
        self.missing_tables = evidence.missing_tables
        self.notices = evidence.notices
        self.name = evidence.name
        self.asked: list[Query] = []
        self.fail: Callable[[Query, int], Answer | None] = lambda query, number: None

    def ask(
        self, query: Query, window: Window, cancellation: Cancellation, tell: Tell = nobody
    ) -> Answer:
        self.asked.append(query)
        failed = self.fail(query, len(self.asked))
        if failed is not None:
            return failed
        answer = self._evidence.ask(query, window, cancellation, tell)
        if len(answer.rows) > self.row_cap:
            return Answer(
                query.question,
                answer.columns,
                answer.rows[: self.row_cap],
                Status.TRUNCATED,
                (*answer.notices, cut_at(self.row_cap)),
                answer.kql,
            )
        return answer

    def default_window(self) -> Window:
        return WINDOW

    latest = extent = default_window

    def close(self) -> None:
        self._evidence.close()

    @property
    def fetched(self) -> list[Query]:
        """What was asked for rows."""
        return [query for query in self.asked if query.question == "rows"]


def failed(query: Query, why: str = "HTTP 503: busy", *, too_large: bool = False) -> Answer:
    return Answer(query.question, status=Status.FAILED, failure=why, too_large=too_large)


def small_slices(patch: Any, rows: int = 30) -> None:
    """As if the service gave little at once."""
    patch.setattr(slicing, "ROWS", rows)


def captured(source: Any, store: Path, wanted: Wanted = WANTED, **more: Any) -> Captured:
    return capture(source, wanted, store, version="0", clock=lambda: NOW, **more)


def changed(**changes: Any) -> Wanted:
    """WANTED, with something else in it."""
    return msgspec.structs.replace(WANTED, **changes)


Cells = Counter[tuple[Any, ...]]


def expected(tables: dict[str, list[Row]], wanted: Wanted = WANTED) -> dict[str, Cells]:
    """What a store must hold, by table: every cell of every row, as often as it was there."""

    def is_wanted(table: str, row: Row) -> bool:
        place = row["ResourceId" if table == "SecurityAlert" else "AssociatedResourceId"]
        return (
            wanted.start <= row["TimeGenerated"] < wanted.end
            and wanted.hub.lower() in place.lower()
            and (table == "SecurityAlert" or row["DeviceId"] == wanted.device)
        )

    return {
        table: Counter(
            tuple(_plain(_cell(mended(row.get(name)), kind)) for name, kind in columns.items())
            for row in tables.get(table, ())
            if is_wanted(table, row)
        )
        for table, columns in TABLES.items()
    }


def mended(value: Any) -> Any:
    return '{"half": "\ufffd"}' if value == DETAILS[2] else value


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, float) else value


def held(store: Path) -> dict[str, Cells]:
    """What a store holds, read by DuckDB alone."""
    with duckdb.connect(str(store), read_only=True) as connection:
        held_tables = {name for (name,) in connection.execute("SHOW TABLES").fetchall()}
        return {
            table: Counter(
                tuple(map(_plain, row))
                for row in connection.execute(
                    f'SELECT {", ".join(columns)} FROM "{table}"'
                ).fetchall()
            )
            for table, columns in TABLES.items()
            if table in held_tables
        } | {table: Counter() for table in TABLES.keys() - held_tables}


def told(captured: Captured) -> list[tuple[Any, ...]]:
    """The slices without the moments of their fetching."""
    return [(s.table, s.start, s.end, s.state, s.rows, s.sha256) for s in captured.manifest.slices]


def files(store: Path) -> Iterable[str]:
    return sorted(path.name for path in store.parent.iterdir())
