"""The query endpoint: a workspace's evidence answers, encoded as the service does it."""

from __future__ import annotations

import asyncio
import json
import math
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from iotriage.queries.answers import Answer, Status, rfc3339
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.questions import Query
from iotriage.queries.source import Cancellation
from iotriage.queries.window import Window

from .errors import bad_argument, failed, forbidden, not_found, timed_out, too_many_rows
from .kql import (
    UnresolvedError,
    semantic_error,
    split_prologue,
    syntax_error,
    unresolved,
    without_missing,
)
from .wire import JSON, Reply, Request

PATH = re.compile(r"/v1/workspaces/([^/]+)/query")
_EVER = Window(datetime(1900, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC))
_ROWS_AT_ONCE = 1000
_DEFAULT_WAIT = 180.0


@dataclass
class Workspace:
    """One that the server knows; ``forbidden`` may be set while it runs."""

    guid: str
    evidence: Evidence
    name: str
    tables: frozenset[str]
    subscription: str
    resource_group: str
    location: str
    forbidden: bool = False
    _answers: dict[tuple[str, Window], Answer] = field(default_factory=dict)

    def ask(self, text: str, window: Window, cancellation: Cancellation) -> Answer:
        """The evidence's answer, computed once: it does not change, and tests ask the same."""
        key = (text, window)
        if key not in self._answers:
            values, question = split_prologue(text)
            answer = self.evidence.ask(Query("asked", values, question), window, cancellation)
            if answer.status is Status.FAILED and values and not cancellation.cancelled:
                # The text as a whole tells the error's place as the client counts it.
                answer = self.evidence.ask(Query("asked", {}, text), window, cancellation)
            if answer.status is Status.FAILED:
                return answer
            self._answers[key] = answer
        return self._answers[key]


def asked(body: bytes) -> str:
    """The query's text in a request's body, empty where there is none."""
    try:
        content = json.loads(body)
    except (ValueError, UnicodeDecodeError):
        return ""
    text = content.get("query") if isinstance(content, dict) else None
    return text if isinstance(text, str) else ""


async def answered(
    request: Request,
    workspace: Workspace | None,
    *,
    pool: ThreadPoolExecutor,
    row_cap: int,
    takes: float,
) -> Reply:
    """The reply to a query by somebody who is signed in; ``takes`` at least so many seconds."""
    if workspace is None:
        return not_found()
    if workspace.forbidden:
        return forbidden()
    text = asked(request.body)
    if not text:
        return bad_argument({"code": "MissingQuery", "message": "The query is missing"})
    try:
        content = json.loads(request.body)
        window = window_of(content.get("timespan"))
        if content.get("workspaces"):
            raise ValueError("this server asks one workspace at a time")
    except ValueError as error:
        return bad_argument({"code": "InvalidProperty", "message": str(error)})
    preferences = request.headers.get("prefer", "")
    wait = re.search(r"wait=(\d+)", preferences)
    cancellation = Cancellation()

    def work() -> Reply:
        return _reply(
            workspace, text, window, cancellation, row_cap, "include-statistics=true" in preferences
        )

    try:
        async with asyncio.timeout(float(wait[1]) if wait else _DEFAULT_WAIT):
            loop = asyncio.get_running_loop()
            reply, _ = await asyncio.gather(loop.run_in_executor(pool, work), asyncio.sleep(takes))
            return reply
    except TimeoutError:
        return timed_out()
    finally:
        cancellation.cancel()


def window_of(timespan: Any) -> Window:
    """The window of ``start/end``, ``start/PT…``, ``PT…`` (up to now) or nothing.

    Raises:
        ValueError: it is none of these, or ends before it starts.
    """
    if not timespan:
        return _EVER
    first, _, second = str(timespan).partition("/")
    if not second:
        now = datetime.now(UTC)
        return Window(now - _duration(first), now)
    start = _moment(first)
    end = start + _duration(second) if second.startswith("P") else _moment(second)
    return Window(start, end)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _duration(text: str) -> timedelta:
    found = re.fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?", text)
    if not found:
        raise ValueError(f"{text!r} is no span of time")
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def _reply(
    workspace: Workspace,
    text: str,
    window: Window,
    cancellation: Cancellation,
    row_cap: int,
    statistics: bool,
) -> Reply:
    began = time.monotonic()
    try:
        visible = without_missing(text, workspace.tables)
    except UnresolvedError as error:
        return bad_argument(unresolved(text, error.name))
    answer = workspace.ask(visible, window, cancellation)
    if answer.status is Status.FAILED:
        if answer.failure == "the evidence is closed":
            return failed(500, "InternalServerError", answer.failure)
        failure = answer.failure
        return bad_argument(syntax_error(visible, answer) or semantic_error(visible, failure))
    rows = encoded_rows(answer, row_cap)
    columns = [{"name": column.name, "type": column.type} for column in answer.columns]
    more: dict[str, Any] = {}
    if statistics:
        size = len(answer.rows), len(rows)
        more["statistics"] = _statistics(time.monotonic() - began, *size)
    if len(answer.rows) > row_cap or answer.status is Status.TRUNCATED:
        more["error"] = too_many_rows(row_cap)
    head = '{"tables":[{"name":"PrimaryResult","columns":' + json.dumps(columns) + ',"rows":['
    tail = "]}]" + (f",{json.dumps(more)[1:-1]}" if more else "") + "}"
    return Reply(200, b"".join([head.encode(), rows, tail.encode()]), {"Content-Type": JSON})


def encoded_rows(answer: Answer, row_cap: int) -> bytes:
    """The rows as JSON without the outer brackets.

    A part at a time, so that no other thread of this process waits for long.
    """
    kinds = [column.type for column in answer.columns]
    parts = []
    for start in range(0, min(len(answer.rows), row_cap), _ROWS_AT_ONCE):
        some = answer.rows[start : min(start + _ROWS_AT_ONCE, row_cap)]
        cells = [[_cell(c, kind) for c, kind in zip(row, kinds, strict=True)] for row in some]
        text = json.dumps(cells, ensure_ascii=False, separators=(",", ":"))
        parts.append(text[1:-1].encode())
    return b",".join(parts)


def _cell(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "dynamic":
        return json.dumps(value, ensure_ascii=False, default=str)
    if kind in ("decimal", "timespan"):
        return str(value)
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def _statistics(seconds: float, rows: int, size: int) -> dict[str, Any]:
    cache = {"memory": {"hits": 12, "misses": 0, "total": 12}, "disk": {"hits": 0, "misses": 0}}
    cpu = {"user": "00:00:00", "kernel": "00:00:00", "totalCpu": f"00:00:{seconds:07.4f}"}
    read = {"extents": {"total": 1, "scanned": 1}, "rows": {"total": rows, "scanned": rows}}
    return {
        "query": {
            "executionTime": round(seconds, 4),
            "resourceUsage": {"cache": cache, "cpu": cpu, "memory": {"peakPerNode": 33554432}},
            "inputDatasetStatistics": read,
            "datasetStatistics": [{"tableRowCount": rows, "tableSize": size}],
        }
    }
