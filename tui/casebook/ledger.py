"""The last word on each finding. Of a case only what is asked for is read, then kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from .findings import Finding, Likeness, Verdict
from .journal import Journal
from .judgements import Entry, Happening, Judgement
from .lines import Kind, Line


class Ledger:
    """The entries of a case, folded. Texts are decoded only when somebody asks."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._out: set[int] = set()
        self._undone: list[int] = []
        self._steps: dict[int, list[Line]] = {}
        # By place, by identity, by identity.
        self._places: dict[str, list[Line]] = {}
        self._lines: dict[str, list[Line]] = {}
        self._judgements: dict[str, Judgement | None] = {}
        self._suspicious: dict[str, Finding] | None = None
        self._alike: dict[Likeness, list[Finding]] | None = None
        #: Moves whenever an entry about a baseline was added, undone or redone.
        self.baselines_version = 0
        last = 0
        for line in journal.steps():
            if line.seq != last + 1:
                self._undone.clear()
            self._note_step(line)
            last = line.seq
        if journal.seq != last:
            self._undone.clear()

    # Folding

    def add(self, lines: Iterable[Line]) -> bool:
        """Fold more entries in, in their order; True when there were any."""
        changed: dict[str, Line] = {}
        some = False
        for line in lines:
            some = True
            if line.target is not None:
                self._note_step(line)
                for other in self._journal.of_batch(line.target):
                    self._note_change(other, changed)
            else:
                self._undone.clear()
                self._take(line)
                self._note_change(line, changed)
        for line in changed.values():
            self._suspect(line)
        return some

    def _note_step(self, line: Line) -> None:
        target = line.target or 0
        self._steps.setdefault(target, []).append(line)
        if line.kind == Kind.UNDO:
            self._undone.append(target)
            self._out.add(target)
        else:
            if target in self._undone:
                self._undone.remove(target)
            self._out.discard(target)

    def _take(self, line: Line) -> None:
        if line.place in self._places:
            self._places[line.place].append(line)
        if line.identity is None:
            return
        if line.identity in self._lines:
            self._lines[line.identity].append(line)
        elif line.place in self._places:
            self._lines[line.identity] = [line]

    def _note_change(self, line: Line, changed: dict[str, Line]) -> None:
        if line.extra is not None:
            self.baselines_version += 1
        if line.identity is not None:
            self._judgements.pop(line.identity, None)
            changed[line.identity] = line

    # Undo and redo

    def last_done(self) -> int | None:
        """The batch an undo would take back."""
        seq = self._journal.seq
        while seq > 0:
            line = self._journal.at(seq)
            if line.target is not None:
                seq -= 1
            elif line.batch in self._out:
                seq = line.batch - 1
            else:
                return line.batch
        return None

    def last_undone(self) -> int | None:
        """The batch a redo would bring back; none once something new was marked."""
        return self._undone[-1] if self._undone else None

    def batch(self, number: int) -> Sequence[Line]:
        return self._journal.of_batch(number)

    def counts(self, line: Line) -> bool:
        """Whether an entry was not undone."""
        return line.batch not in self._out

    # Judgements

    def judgement(self, finding: Finding) -> Judgement | None:
        """The last word on a finding; None when nothing that counts was said."""
        identity = finding.identity
        if identity not in self._judgements:
            lines = self._lines_of(finding.place, identity)
            self._judgements[identity] = self._judge(lines)
        return self._judgements[identity]

    def _lines_of(self, place: str, identity: str) -> Sequence[Line]:
        if identity not in self._lines and place not in self._places:
            self._lines[identity] = self._journal.of_finding(place, identity)
        return self._lines.get(identity, ())

    def _judge(self, lines: Sequence[Line]) -> Judgement | None:
        lines = [line for line in lines if self.counts(line)]
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

    def findings(self, place: str) -> list[Finding]:
        """Every finding of a device that has a judgement, oldest first."""
        first: dict[str, Line] = {}
        said: set[str] = set()
        for line in self._place(place):
            if line.identity is not None:
                first.setdefault(line.identity, line)
                if self.counts(line):
                    said.add(line.identity)
        return [_finding(line) for identity, line in first.items() if identity in said]

    def _place(self, place: str) -> Sequence[Line]:
        if place not in self._places:
            self._places[place] = self._journal.of_place(place)
            sorted_out: dict[str, list[Line]] = {}
            for line in self._places[place]:
                if line.identity is not None:
                    sorted_out.setdefault(line.identity, []).append(line)
            self._lines |= sorted_out
        return self._places[place]

    # What is suspicious anywhere

    def suspicious(self) -> Iterable[Finding]:
        """Every finding that is called suspicious now."""
        if self._suspicious is None:
            self._suspicious = {}
            lines: dict[str, list[Line]] = {}
            for line in self._journal.suspicions():
                lines.setdefault(line.identity or "", []).append(line)
            self._lines |= lines
            for last in lines.values():
                self._suspect(last[-1])
        return self._suspicious.values()

    def suspicious_alike(self, likeness: Likeness) -> Sequence[Finding]:
        """Those of one likeness, whatever their device."""
        if self._alike is None:
            alike: dict[Likeness, list[Finding]] = {}
            for finding in self.suspicious():
                alike.setdefault(finding.likeness, []).append(finding)
            self._alike = alike
        return self._alike.get(likeness, ())

    def _suspect(self, line: Line) -> None:
        if self._suspicious is None or line.identity is None:
            return
        lines = self._lines_of(line.place or "", line.identity)
        marks = [word for word in lines if word.kind == Kind.MARK and self.counts(word)]
        if marks and marks[-1].verdict == Verdict.SUSPICIOUS:
            if line.identity not in self._suspicious:
                self._suspicious[line.identity] = _finding(line)
                self._alike = None
        elif self._suspicious.pop(line.identity, None):
            self._alike = None

    # History

    def history(self, finding: Finding) -> list[Entry]:
        """Every entry about a finding, undos and redos included, in their order."""
        lines = list(self._lines_of(finding.place, finding.identity))
        for number in {line.batch for line in lines}:
            lines += self._steps.get(number, ())
        return [self._entry(line) for line in sorted(lines, key=lambda line: line.seq)]

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

    def happenings(self, place: str | None) -> list[Happening]:
        """What was entered about a device, or in the whole case, oldest first."""
        if place is None:
            starts = self._journal.starts()
            if not starts:
                return []
            ends = [line.seq for line in starts[1:]] + [self._journal.seq + 1]
            return [
                self._happening(line, end - line.seq)
                for line, end in zip(starts, ends, strict=True)
            ]
        batches: dict[int, list[Line]] = {}
        for line in self._place(place):
            batches.setdefault(line.batch, []).append(line)
        told = [self._happening(lines[0], len(lines)) for lines in batches.values()]
        told += [
            self._happening(step, 0) for number in batches for step in self._steps.get(number, ())
        ]
        names = {happening.baseline for happening in told} - {None}
        told += [
            happening
            for line in (self._journal.baselines() if names else ())
            if line.kind == Kind.DROP and (happening := self._happening(line, 0)).baseline in names
        ]
        return sorted(told, key=lambda happening: happening.seq)

    def _happening(self, line: Line, count: int) -> Happening:
        extra: dict[str, Any] = json.loads(line.extra or "{}")
        entry = self._entry(line)
        return Happening(
            seq=line.batch,
            at=entry.at,
            by=entry.by,
            kind=entry.kind,
            verdict=entry.verdict,
            note=entry.note,
            finding=_finding(line) if line.finding else None,
            count=count if line.finding else 0,
            undone=entry.undone,
            target=entry.target,
            baseline=extra.get("name"),
        )


def _finding(line: Line) -> Finding:
    return Finding.from_json(line.finding or "")
