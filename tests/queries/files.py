"""Small files of evidence, and what is read from them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from iotriage.queries.answers import Answer, NoticeKind, Status
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.questions import Query
from iotriage.queries.source import Cancellation, SourceError
from iotriage.queries.window import Window

NOW = datetime(2026, 3, 3, tzinfo=UTC)
ALWAYS = Window(datetime(1900, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC))
NOON = "2026-03-02T12:00:00Z"


def event(user: str, when: Any = NOON) -> dict[str, Any]:
    """A LocalUsers event as exported; ``when`` is left out where it is ``...``."""
    row = {
        "TimeGenerated": when,
        "DeviceId": "cam",
        "AssociatedResourceId": "/iotHubs/plant",
        "RawEventName": "LocalUsers",
        "SourceSystem": "agent",
        "EventDetails": json.dumps({"UserName": user, "UserId": "7"}),
        "Type": "SecurityIoTRawEvent",
    }
    return {name: value for name, value in row.items() if value is not ...}


def alert(name: str) -> dict[str, Any]:
    """An alert as exported."""
    return {
        "TimeGenerated": NOON,
        "AlertName": name,
        "AlertSeverity": "High",
        "SystemAlertId": f"id of {name}",
        "ExtendedProperties": json.dumps({"DeviceId": "cam"}),
        "ResourceId": "/iotHubs/plant",
        "Type": "SecurityAlert",
    }


def line(row: Any) -> bytes:
    """A row as one line of JSON; bytes are a line already."""
    return row if isinstance(row, bytes) else json.dumps(row).encode()


def write_lines(path: Path, *rows: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(line(row) + b"\n" for row in rows))
    return path


def write_parquet(path: Path, *rows: dict[str, Any]) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(list(rows)), path)
    return path


def asked(source: Evidence, text: str, window: Window = ALWAYS, **parameters: Any) -> Answer:
    """The answer to any KQL, failed or not."""
    return source.ask(Query("console", parameters, text), window, Cancellation())


def refused(answer: Answer) -> str:
    """A failed answer holds no row, and says why in one line."""
    assert answer.status is Status.FAILED
    assert (answer.rows, answer.columns) == ((), ())
    assert len(answer.failure.splitlines()) == 1
    assert "Traceback" not in answer.failure
    return answer.failure


@dataclass(frozen=True)
class Opened:
    """Evidence that was read, and what its tests ask of it."""

    evidence: Evidence

    def ask(self, text: str) -> Answer:
        answer = asked(self.evidence, text)
        assert answer.failure == ""
        return answer

    def users(self) -> list[str]:
        """Names of the users in SecurityIoTRawEvent, in order."""
        text = "SecurityIoTRawEvent | project u = tostring(parse_json(EventDetails).UserName)"
        return [row[0] for row in self.ask(f"{text} | order by u asc").rows]

    def alerts(self) -> list[str]:
        return [row[0] for row in self.ask("SecurityAlert | project AlertName").rows]

    def notice(self, kind: NoticeKind) -> str:
        """The one notice of this kind."""
        (found,) = [each.text for each in self.evidence.notices if each.kind is kind]
        return found


@contextmanager
def reading(path: Path) -> Iterator[Opened]:
    evidence = Evidence.open(path, NOW)
    try:
        yield Opened(evidence)
    finally:
        evidence.close()


def refusal(path: Path) -> str:
    """Why the evidence there cannot be opened: one line that names the place."""
    with pytest.raises(SourceError) as caught:
        Evidence.open(path, NOW)
    text = str(caught.value)
    assert str(path) in text
    assert len(text.splitlines()) == 1
    assert "Traceback" not in text
    return text
