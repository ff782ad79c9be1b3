"""What the entries of a case come to: judgements, standings, history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from ...queries.answers import Value, jsonable
from .findings import Finding, Verdict, members
from .lines import Kind

#: What a baseline holds for.
Scope = Literal["hub", "fleet"]


class Sign(StrEnum):
    """How a finding stands now."""

    SUSPICIOUS = "suspicious"
    EXPECTED = "expected"
    DRIFTED = "drifted"
    UNREVIEWED = "unreviewed"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The present verdict on a finding and its note.

    Attributes:
        note: empty when there is none.
        by, at: who gave the verdict (the note, where there was never a verdict), and when, UTC.
        row: the row as it looked then, as JSON knows it (datetimes as RFC 3339 text).
    """

    verdict: Verdict
    note: str
    by: str
    at: datetime
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cover:
    """A baseline that says a finding is expected.

    Attributes:
        name: the baseline's.
        scope: "hub" or "fleet".
        by, at: who gave the verdict it comes from, and when, UTC.
        device, hub: what that verdict was given on.
    """

    name: str
    scope: Scope
    by: str
    at: datetime
    device: str
    hub: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A finding held against its row of today.

    Attributes:
        drift: set column -> the values it has gained since the verdict, or since the baseline.
        covered_by: the baseline it stands by; None where its own verdict counts, or nothing does.
    """

    sign: Sign
    judgement: Judgement | None = None
    drift: Mapping[str, list[str]] = field(default_factory=dict)
    covered_by: Cover | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a finding's history.

    Attributes:
        note: None where the entry left the note as it was.
        undone: the entry no longer counts.
        target: the seq of the first entry of what an undo or redo was about.
    """

    seq: int
    at: datetime
    by: str
    kind: Kind
    verdict: Verdict | None
    note: str | None
    undone: bool
    target: int | None


@dataclass(frozen=True, slots=True)
class Happening:
    """What was entered at once: a verdict or note on some findings, an undo, a baseline.

    Attributes:
        seq: of its first entry.
        finding: the first it was about; None where it was about none.
        count: findings it was about.
        undone: it no longer counts.
        target: the seq of what an undo or redo was about.
        baseline: the name of the baseline it was about; None where it was about none.
    """

    seq: int
    at: datetime
    by: str
    kind: Kind
    verdict: Verdict | None
    note: str | None
    finding: Finding | None
    count: int
    undone: bool
    target: int | None
    baseline: str | None


def drift_of(
    judged: Mapping[str, Any], record: Mapping[str, Value], sets: Sequence[str]
) -> dict[str, list[str]]:
    """What the set columns have gained since the verdict; nothing else is drift.

    A column the judged row did not have (another pack asked) says nothing either way.
    """
    drift = {}
    for column in sets:
        if column in judged and column in record:
            # Through JSON, as the judged row has been: a time is its RFC 3339 text in both.
            before = set(members(judged[column]))
            if gained := [v for v in members(jsonable(record[column])) if v not in before]:
                drift[column] = gained
    return drift
