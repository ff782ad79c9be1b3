"""What comes back from a source: one Answer, always with its status."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

#: A cell: str, int, float, bool, datetime (aware, UTC), list or dict (dynamic), or None.
Value = Any


class Status(StrEnum):
    """How far an answer can be trusted to be whole."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    TRUNCATED = "truncated"
    FAILED = "failed"


class NoticeKind(StrEnum):
    """Why an answer may say less than the device did."""

    CANNOT_KNOW = "cannot know"
    SILENT = "silent"
    MISSING_TABLE = "missing table"
    EMPTY_WINDOW = "empty window"
    UNREAD = "unread"
    CUT = "cut"
    REMARK = "remark"


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence about what an answer cannot say."""

    kind: NoticeKind
    text: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column's name and its Kusto type (string, datetime, long, int, real, bool, dynamic)."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows for one question, with what is known about their completeness.

    Attributes:
        question: name of the question.
        columns: in the order of each row's cells.
        rows: tuples as wide as ``columns``.
        kql: the text that was sent, prologue included.
        failure: why it failed, one line; empty unless status is FAILED.
        too_large: it failed for its size or its time, and a narrower window may be answered.
        place: line and column, both from 1, of the question's own text where it failed for a
            mistake there; None where nobody knows.
        statistics: ``seconds`` (float) and whatever else the source measured.
    """

    question: str
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Value, ...], ...] = ()
    status: Status = Status.COMPLETE
    notices: tuple[Notice, ...] = ()
    kql: str = ""
    failure: str = ""
    too_large: bool = False
    place: tuple[int, int] | None = None
    statistics: dict[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def records(self) -> list[dict[str, Value]]:
        """Each row as {column: value}."""
        names = self.names
        return [dict(zip(names, row, strict=True)) for row in self.rows]

    def noting(self, *notices: Notice) -> Answer:
        """This answer with notices added, none twice."""
        fresh = tuple(n for n in dict.fromkeys(notices) if n not in self.notices)
        return replace(self, notices=self.notices + fresh) if fresh else self

    def sha256(self) -> str:
        """Hash of columns and rows, the same wherever the same answer came from."""
        body = [[[c.name, c.type] for c in self.columns], jsonable(self.rows)]
        text = json.dumps(body, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def rfc3339(moment: datetime) -> str:
    """UTC with ``Z``; a fraction only where there is one."""
    text = moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return text if "." not in text else text[:-1].rstrip("0") + "Z"


def jsonable(value: Value) -> Any:
    """The value as JSON knows it: datetimes as RFC 3339 text, sets as arrays."""
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, dict):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [jsonable(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
