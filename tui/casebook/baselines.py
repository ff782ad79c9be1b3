"""Baselines: expected verdicts of one device that hold for its hub, or for the whole fleet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ...queries.answers import Value, rfc3339
from .findings import Finding, Key, Likeness
from .journal import Draft
from .judgements import Cover, Judgement, Scope, drift_of
from .lines import Kind, Line


@dataclass(frozen=True, slots=True)
class BaselineSummary:
    """One baseline of a case.

    Attributes:
        scope, hub: it holds for this hub; for all where the scope is "fleet" (hub is empty then).
        findings: expected ones in it.
        by, at: who last put something into it here, and when, UTC.
    """

    name: str
    scope: Scope
    hub: str
    findings: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Covering:
    """One expected finding of a baseline.

    Attributes:
        hub: that it holds for; empty for all.
        note: that its verdict was given with.
        row: that it was judged on.
    """

    finding: Finding
    cover: Cover
    hub: str
    note: str
    row: Mapping[str, Any]

    @property
    def slot(self) -> tuple[str, str, str, Likeness]:
        """What a later entry replaces an earlier one by."""
        return self.cover.name, self.cover.scope, self.hub.lower(), self.finding.likeness


class Baselines:
    """What the baselines of a case cover, found by question and key."""

    def __init__(self, lines: Iterable[Line]) -> None:
        """``lines``: the entries about baselines that count, in their order."""
        kept: dict[tuple[str, str, str, Likeness], tuple[Covering, Line]] = {}
        for line in lines:
            if line.kind == Kind.DROP:
                name = json.loads(line.extra or "{}")["name"]
                kept = {slot: entry for slot, entry in kept.items() if slot[0] != name}
            else:
                covering = _covering(line)
                # Anew, so that the order is that of the last word.
                kept.pop(covering.slot, None)
                kept[covering.slot] = covering, line
        self._kept = kept
        self._asked: dict[tuple[str, str], dict[Likeness, list[Covering]]] = {}

    def summaries(self) -> list[BaselineSummary]:
        """In the order of their names."""
        groups: dict[tuple[str, Scope, str], list[tuple[Covering, Line]]] = {}
        for covering, line in self._kept.values():
            group = covering.cover.name, covering.cover.scope, covering.hub.lower()
            groups.setdefault(group, []).append((covering, line))
        found = []
        for (name, scope, _), entries in groups.items():
            covering, last = entries[-1]
            by, at = json.loads(last.by), datetime.fromisoformat(last.at)
            found.append(BaselineSummary(name, scope, covering.hub, len(entries), by, at))
        return sorted(found, key=lambda summary: (summary.name, summary.scope, summary.hub))

    def names(self) -> set[str]:
        return {slot[0] for slot in self._kept}

    def all(self) -> list[Covering]:
        return [covering for covering, _ in self._kept.values()]

    def of(self, question: str, hub: str) -> Mapping[Likeness, Sequence[Covering]]:
        """What holds on a hub, by likeness; first what was said for the hub, then the newest."""
        asked = question, hub.lower()
        if asked not in self._asked:
            found: dict[Likeness, list[Covering]] = {}
            for covering, _ in reversed(self._kept.values()):
                wanted = covering.cover.scope == "fleet" or covering.hub.lower() == asked[1]
                if wanted and covering.finding.question == question:
                    found.setdefault(covering.finding.likeness, []).append(covering)
            for several in found.values():
                several.sort(key=lambda covering: covering.cover.scope == "fleet")
            self._asked[asked] = found
        return self._asked[asked]

    def cover(
        self, finding: Finding, record: Mapping[str, Value], sets: Sequence[str]
    ) -> tuple[Cover, dict[str, list[str]]] | None:
        """The baseline a finding stands by and what its row has beyond it; None without one.

        One that explains the whole row goes before one that does not.
        """
        found = self.of(finding.question, finding.hub).get(finding.likeness, ())
        held = [
            (covering.cover, {} if finding.value else drift_of(covering.row, record, sets))
            for covering in found
        ]
        return min(held, key=lambda one: sum(map(len, one[1].values())), default=None)

    def keys(self, question: str, hub: str) -> dict[Key, Cover]:
        """The rows (not values) that are covered, by their key as it was found."""
        return {
            several[0].finding.key: several[0].cover
            for several in self.of(question, hub).values()
            if several[0].finding.value is None
        }


def _covering(line: Line) -> Covering:
    extra = json.loads(line.extra or "{}")
    finding = Finding.from_json(line.finding or "")
    cover = Cover(
        name=extra["name"],
        scope=extra["scope"],
        by=extra["by"],
        at=datetime.fromisoformat(extra["at"]),
        device=finding.device,
        hub=finding.hub,
    )
    note = json.loads(line.note or '""')
    return Covering(finding, cover, extra["hub"], note, json.loads(line.row or "{}"))


def kept_draft(finding: Finding, judgement: Judgement, name: str, scope: Scope) -> Draft:
    """The entry that keeps an expected verdict in a baseline."""
    extra = {
        "name": name,
        "scope": scope,
        "hub": finding.hub if scope == "hub" else "",
        "by": judgement.by,
        "at": rfc3339(judgement.at),
    }
    return Draft(
        Kind.BASELINE,
        finding,
        verdict="expected",
        note=judgement.note or None,
        row=json.dumps(judgement.row, separators=(",", ":")),
        extra=json.dumps(extra),
    )


def dropped_draft(name: str) -> Draft:
    return Draft(Kind.DROP, extra=json.dumps({"name": name}))
