"""The casebook: verdicts and notes on findings, as console, report and counts read them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any, Self

from platformdirs import user_state_path

from ...queries.answers import Value, jsonable, rfc3339
from ...queries.printable import printable
from .findings import Finding, Verdict
from .journal import CaseError, Draft, Journal, Kind
from .judgements import Entry, Judgement, Ledger, Sign, Standing, drift_of

__all__ = ["CaseError", "Casebook", "Entry", "Judgement", "Sign", "Standing", "default_case_path"]


def default_case_path() -> Path:
    """The case that is opened when none is named."""
    return user_state_path("iotriage") / "case.iotriage"


def _now() -> datetime:
    return datetime.now(UTC)


class Casebook:
    """One case, open. What is written is on disk when the call returns.

    Every method may be called from any thread, and raises :class:`CaseError` when the file
    cannot be read or written; the case then stands as before.
    """

    def __init__(self, journal: Journal, analyst: str, clock: Callable[[], datetime]) -> None:
        self._journal = journal
        self._analyst = analyst
        self._clock = clock
        self._ledger = Ledger()
        self._lock = RLock()

    @classmethod
    def open(
        cls,
        path: Path,
        analyst: str,
        clock: Callable[[], datetime] = _now,
        patience: float = 10.0,
    ) -> Casebook:
        """Open the case at ``path``, or make it when there is none.

        Args:
            path: one SQLite file; its folder is made (0700) when missing.
            analyst: who gives the verdicts.
            clock: tells the time of an entry; aware.
            patience: seconds to wait for another console's lock.

        Raises:
            CaseError: damaged, foreign, newer, read-only or locked file; it is left as it was.
        """
        casebook = cls(Journal.open(path, patience), analyst, clock)
        try:
            casebook.refresh()
        except CaseError:
            casebook.close()
            raise
        return casebook

    @property
    def path(self) -> Path:
        return self._journal.path

    def mark(
        self,
        marks: Sequence[tuple[Finding, Mapping[str, Value]]],
        verdict: Verdict,
        note: str | None = None,
    ) -> None:
        """Give every finding, with the row it has now, this verdict; one undo takes all back.

        Args:
            verdict: UNREVIEWED takes a verdict back.
            note: None keeps the note each finding has; empty removes it.
        """
        drafts = [
            Draft(Kind.MARK, finding, verdict=verdict, note=note, row=_row(record))
            for finding, record in marks
        ]
        if drafts:
            self._write(lambda: drafts)

    def note(self, finding: Finding, record: Mapping[str, Value], text: str) -> None:
        """Set the note on a finding, whatever its verdict; an empty text removes it."""
        drafts = [Draft(Kind.NOTE, finding, note=text, row=_row(record))]
        self._write(lambda: drafts)

    def undo(self) -> str | None:
        """Take back the case's last verdict or note, whoever gave it.

        Returns:
            What was taken back, fit to be shown; None when there is nothing.
        """
        return self._step(Kind.UNDO, self._ledger.last_done)

    def redo(self) -> str | None:
        """Bring back what was undone last, unless something new was marked since."""
        return self._step(Kind.REDO, self._ledger.last_undone)

    def _step(self, kind: Kind, last: Callable[[], int | None]) -> str | None:
        target: int | None = None

        def drafts() -> list[Draft]:
            nonlocal target
            target = last()
            return [] if target is None else [Draft(kind, target=target)]

        with self._lock:
            self._write(drafts)
            return None if target is None else self._described(target)

    def _write(self, drafts: Callable[[], Sequence[Draft]]) -> None:
        """``drafts`` is asked once the case is held and the last word of it is known."""
        with self._lock:
            with self._journal.writing() as news:
                self._ledger.add(news)
                at = rfc3339(self._clock())
                lines = self._journal.append(at, self._analyst, drafts())
            self._ledger.add(lines)

    def _described(self, batch: int) -> str:
        lines = self._ledger.batch(batch)
        finding = Finding.from_json(lines[0].finding or "")
        parts = [text for _, text in (*finding.key, *([finding.value] if finding.value else []))]
        what = printable(" ".join([finding.question, *parts]))
        if len(lines) > 1:
            what += f" and {len(lines) - 1} more"
        return f"note on {what}" if lines[0].kind == Kind.NOTE else f"{lines[0].verdict}: {what}"

    def judgement(self, finding: Finding) -> Judgement | None:
        """The last word on a finding; None when it was never judged, or all of it undone."""
        with self._lock:
            return self._ledger.judgement(finding.identity)

    def standing(
        self, finding: Finding, record: Mapping[str, Value], sets: Sequence[str]
    ) -> Standing:
        """How the finding stands, held against its row of now.

        Args:
            record: the row of the present answer.
            sets: the set columns of its question; only values gained there are drift.
        """
        judgement = self.judgement(finding)
        if judgement is None or judgement.verdict is Verdict.UNREVIEWED:
            return Standing(Sign.UNREVIEWED, judgement)
        drift = {} if finding.value else drift_of(judgement.row, record, sets)
        return Standing(Sign.DRIFTED if drift else Sign(judgement.verdict), judgement, drift)

    def judged(self, device: str, hub: str) -> list[Finding]:
        """Every finding of the device that has a judgement, in the order first judged."""
        with self._lock:
            findings = self._ledger.findings()
        return [f for f in findings if f.device == device and f.hub.lower() == hub.lower()]

    def suspicious_devices(self) -> set[tuple[str, str]]:
        """(device, hub in lower case) of every finding that is called suspicious."""
        with self._lock:
            return {
                (finding.device, finding.hub.lower())
                for finding in self._ledger.findings()
                if (judgement := self._ledger.judgement(finding.identity))
                and judgement.verdict is Verdict.SUSPICIOUS
            }

    def everything(self) -> list[tuple[Finding | None, Entry]]:
        """Every entry of the case, oldest first, with its finding; None for undo and redo."""
        with self._lock:
            return self._ledger.everything()

    def history(self, finding: Finding) -> list[Entry]:
        """All that was ever entered about a finding, oldest first."""
        with self._lock:
            return self._ledger.history(finding.identity)

    def refresh(self) -> bool:
        """Read what other consoles have entered; True when there was something new."""
        with self._lock:
            return self._ledger.add(self._journal.news())

    def close(self) -> None:
        with self._lock:
            self._journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _row(record: Mapping[str, Any]) -> str:
    return json.dumps(jsonable(dict(record)), ensure_ascii=True, separators=(",", ":"), default=str)
