"""What a verdict is about: a row of an answer, or one value inside it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from ...queries.answers import Value, jsonable, rfc3339
from ...queries.questions import Question


class Verdict(StrEnum):
    """What the analyst makes of a finding."""

    EXPECTED = "expected"
    SUSPICIOUS = "suspicious"
    UNREVIEWED = "unreviewed"


#: (column, text) of each key column.
Key = tuple[tuple[str, str], ...]
#: Question, key in order of its columns' names, value.
Likeness = tuple[str, Key, tuple[str, str] | None]


@dataclass(frozen=True, slots=True)
class Finding:
    """The same row, in every window and from every source.

    Attributes:
        question: the name the question has in every pack.
        key: (column, text) of each key column that is not empty, in the question's order.
        value: (column, text) of one value of a set column; None for the row itself.
    """

    device: str
    hub: str
    question: str
    key: Key
    value: tuple[str, str] | None = None

    @property
    def identity(self) -> str:
        """SHA-256, hex; equal for the same finding however its hub is spelled."""
        body = [self.device, self.hub.lower(), self.question, sorted(self.key), self.value]
        text = json.dumps(body, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("ascii")).hexdigest()

    @property
    def place(self) -> str:
        """What all findings of its device share; 16 hex digits."""
        return place_of(self.device, self.hub)

    @property
    def likeness(self) -> Likeness:
        """Equal for the same finding on any device."""
        return self.question, tuple(sorted(self.key)), self.value

    def with_value(self, column: str, value: str) -> Finding:
        """One value inside this row."""
        return replace(self, value=(column, value))

    def row(self) -> Finding:
        """The row a value stands in; a row is its own."""
        return replace(self, value=None)

    def to_json(self) -> str:
        return json.dumps(
            [self.device, self.hub, self.question, self.key, self.value],
            ensure_ascii=True,
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str) -> Finding:
        device, hub, question, key, value = json.loads(text)
        pairs = tuple((column, item) for column, item in key)
        return cls(device, hub, question, pairs, (value[0], value[1]) if value else None)


def place_of(device: str, hub: str) -> str:
    """A device, however its hub is spelled."""
    text = json.dumps([device, hub.lower()], ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:16]


def finding_of(question: Question, device: str, hub: str, record: Mapping[str, Value]) -> Finding:
    """The finding that ``record``, a row of an answer to ``question``, stands for."""
    pairs = (
        (
            column,
            _names(record.get(column)) if column in question.names else text_of(record.get(column)),
        )
        for column in question.keys
    )
    return Finding(device, hub, question.name, tuple(pair for pair in pairs if pair[1]))


def text_of(value: Value) -> str:
    """A cell as the text that identity and comparison use; empty for None.

    A number reads the same whether a source calls it long or real.
    """
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return rfc3339(value)
        case int() | float():
            return str(value)
    return json.dumps(jsonable(value), ensure_ascii=True, sort_keys=True, default=str)


def members(value: Value) -> list[str]:
    """The values of a set cell as texts, in order, none twice."""
    if value is None or value == "":
        return []
    if isinstance(value, str) or not isinstance(value, Iterable) or isinstance(value, Mapping):
        return [text_of(value)]
    return list(dict.fromkeys(text_of(item) for item in value))


def _names(value: Value) -> str:
    """A ``;``-separated list, whatever its order, as one text."""
    parts = value.split(";") if isinstance(value, str) else members(value)
    return ";".join(sorted({part.strip() for part in parts} - {""}))
