"""What a case says, for who reads it: how findings stand, what covers them, what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import RLock

from ...queries.answers import Value
from .baselines import Baselines, BaselineSummary, Covering
from .findings import Finding, Key, Verdict, place_of
from .journal import Journal
from .judgements import Cover, Entry, Happening, Judgement, Sign, Standing, drift_of
from .ledger import Ledger


class CaseReader:
    """The reading side of a case; may be asked from any thread."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._ledger = Ledger(journal)
        self._baselines = Baselines(())
        self._baselines_version = -1
        self._lock = RLock()

    def judgement(self, finding: Finding) -> Judgement | None:
        """The last word on a finding; None when it was never judged, or all of it undone."""
        with self._lock:
            return self._ledger.judgement(finding)

    def standing(
        self, finding: Finding, record: Mapping[str, Value], sets: Sequence[str]
    ) -> Standing:
        """How the finding stands, held against its row of now.

        Its own verdict counts before any baseline.

        Args:
            record: the row of the present answer.
            sets: the set columns of its question; only values gained there are drift.
        """
        with self._lock:
            judgement = self._ledger.judgement(finding)
            if judgement is None or judgement.verdict is Verdict.UNREVIEWED:
                covered = self._current_baselines().cover(finding, record, sets)
                if covered is None:
                    return Standing(Sign.UNREVIEWED, judgement)
                cover, drift = covered
                return Standing(Sign.DRIFTED if drift else Sign.EXPECTED, judgement, drift, cover)
        drift = {} if finding.value else drift_of(judgement.row, record, sets)
        return Standing(Sign.DRIFTED if drift else Sign(judgement.verdict), judgement, drift)

    def judged(self, device: str, hub: str) -> list[Finding]:
        """Every finding of the device that has a judgement, in the order first judged."""
        with self._lock:
            return self._ledger.findings(place_of(device, hub))

    def suspicious_devices(self) -> set[tuple[str, str]]:
        """(device, hub in lower case) of every finding that is called suspicious."""
        with self._lock:
            return {(finding.device, finding.hub.lower()) for finding in self._ledger.suspicious()}

    def also_suspicious(self, finding: Finding) -> list[str]:
        """Ids of the other devices on which the same is called suspicious, in their order."""
        own = finding.device, finding.hub.lower()
        with self._lock:
            alike = self._ledger.suspicious_alike(finding.likeness)
            return sorted({f.device for f in alike if (f.device, f.hub.lower()) != own})

    def baselines(self) -> list[BaselineSummary]:
        """The baselines of the case that hold, in the order of their names."""
        with self._lock:
            return self._current_baselines().summaries()

    def covers(self, question: str, hub: str) -> bool:
        """Whether any baseline speaks of this question on this hub."""
        with self._lock:
            return bool(self._current_baselines().of(question, hub))

    def covered_keys(self, question: str, hub: str) -> Mapping[Key, Cover]:
        """The keys of the rows (not values) that baselines cover; :meth:`standing` says how."""
        with self._lock:
            return self._current_baselines().keys(question, hub)

    def _current_baselines(self) -> Baselines:
        if self._baselines_version != self._ledger.baselines_version:
            lines = [line for line in self._journal.baselines() if self._ledger.counts(line)]
            self._baselines = Baselines(lines)
            self._baselines_version = self._ledger.baselines_version
        return self._baselines

    def history(self, finding: Finding) -> list[Entry]:
        """All that was ever entered about a finding, oldest first."""
        with self._lock:
            return self._ledger.history(finding)

    def case_history(self, device: str | None = None, hub: str = "") -> list[Happening]:
        """All that was ever entered, oldest first: about one device, or in the whole case."""
        with self._lock:
            return self._ledger.happenings(None if device is None else place_of(device, hub))

    def coverings(self) -> list[Covering]:
        """Every finding of every baseline that holds."""
        with self._lock:
            return self._current_baselines().all()
