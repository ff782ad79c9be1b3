"""What the entries of a case come to: the last word on each finding."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from ...queries.answers import Value, jsonable
from .findings import Finding, Verdict, members
from .journal import Kind, Line


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
class Standing:
    """A finding held against its row of today.

    Attributes:
        drift: set column -> the values it has gained since the verdict.
    """

    sign: Sign
    judgement: Judgement | None = None
    drift: Mapping[str, list[str]] = field(default_factory=dict)


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


class Ledger:
    """The entries of a case, folded. Texts are decoded only when somebody asks."""

    def __init__(self) -> None:
        self._batches: dict[int, list[Line]] = {}
        self._findings: dict[str, list[Line]] = {}
        self._steps: dict[int, list[Line]] = {}
        self._done: list[int] = []
        self._undone: list[int] = []
        self._out: set[int] = set()
        self._judgements: dict[str, Judgement | None] = {}

    def add(self, lines: Iterable[Line]) -> bool:
        """Fold more entries in, in their order; True when there were any."""
        some = False
        for line in lines:
            some = True
            if line.target is not None:
                self._step(line, line.target)
                continue
            if line.batch not in self._batches:
                self._batches[line.batch] = []
                self._done.append(line.batch)
                self._undone.clear()
            self._batches[line.batch].append(line)
            identity = line.identity or ""
            self._findings.setdefault(identity, []).append(line)
            self._judgements.pop(identity, None)
        return some

    def _step(self, line: Line, target: int) -> None:
        self._steps.setdefault(target, []).append(line)
        if line.kind == Kind.UNDO:
            self._done.remove(target)
            self._undone.append(target)
            self._out.add(target)
        else:
            self._undone.remove(target)
            self._done.append(target)
            self._out.discard(target)
        for changed in self._batches[target]:
            self._judgements.pop(changed.identity or "", None)

    def last_done(self) -> int | None:
        """The batch an undo would take back."""
        return self._done[-1] if self._done else None

    def last_undone(self) -> int | None:
        """The batch a redo would bring back; none once something new was marked."""
        return self._undone[-1] if self._undone else None

    def batch(self, number: int) -> Sequence[Line]:
        return self._batches[number]

    def judgement(self, identity: str) -> Judgement | None:
        """The last word on a finding; None when nothing that counts was said."""
        if identity not in self._findings:
            return None
        if identity not in self._judgements:
            self._judgements[identity] = self._judge(self._findings[identity])
        return self._judgements[identity]

    def _judge(self, lines: Sequence[Line]) -> Judgement | None:
        lines = [line for line in lines if line.batch not in self._out]
        if not lines:
            return None
        marks = [line for line in lines if line.kind == Kind.MARK]
        notes = [line for line in lines if line.note is not None]
        word = marks[-1] if marks else lines[-1]
        return Judgement(
            verdict=Verdict(word.verdict) if word.verdict else Verdict.UNREVIEWED,
            note=json.loads(notes[-1].note or '""') if notes else "",
            by=json.loads(word.by),
            at=datetime.fromisoformat(word.at),
            row=json.loads(word.row or "{}"),
        )

    def findings(self) -> list[Finding]:
        """Every finding that has a judgement, oldest first."""
        return [
            Finding.from_json(lines[0].finding or "")
            for lines in self._findings.values()
            if any(line.batch not in self._out for line in lines)
        ]

    def everything(self) -> list[tuple[Finding | None, Entry]]:
        """Every entry with the finding it is about, in their order; None for undos and redos."""
        marks = [line for lines in self._batches.values() for line in lines]
        steps = [line for lines in self._steps.values() for line in lines]
        return [
            (Finding.from_json(line.finding) if line.finding else None, self._entry(line))
            for line in sorted([*marks, *steps])
        ]

    def history(self, identity: str) -> list[Entry]:
        """Every entry about a finding, undos and redos included, in their order."""
        lines = list(self._findings.get(identity, ()))
        for number in {line.batch for line in lines}:
            lines += self._steps.get(number, ())
        return [self._entry(line) for line in sorted(lines)]

    def _entry(self, line: Line) -> Entry:
        return Entry(
            seq=line.seq,
            at=datetime.fromisoformat(line.at),
            by=json.loads(line.by),
            kind=Kind(line.kind),
            verdict=Verdict(line.verdict) if line.verdict else None,
            note=None if line.note is None else json.loads(line.note),
            undone=line.batch in self._out,
            target=line.target,
        )


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
