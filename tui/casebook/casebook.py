"""The casebook: verdicts and notes on findings, as console, report and counts read them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from platformdirs import user_state_path

from ...queries.answers import Value, jsonable, rfc3339
from ...queries.language import tr
from ...queries.printable import printable
from ...queries.wording import counted
from .baseline_text import Imported, imported_draft, new_ones, read_baseline, text_of_baseline
from .baselines import BaselineSummary, dropped_draft, kept_draft
from .findings import Finding, Verdict, place_of
from .journal import CaseError, Draft, Journal, Kind
from .judgements import (
    Cover,
    Entry,
    Happening,
    Judgement,
    Scope,
    Sign,
    Standing,
)
from .reading import CaseReader

__all__ = [
    "BaselineSummary",
    "CaseError",
    "Casebook",
    "Cover",
    "Entry",
    "Happening",
    "Imported",
    "Judgement",
    "Sign",
    "Standing",
    "default_case_path",
    "export_baseline",
    "import_baseline",
]


def default_case_path() -> Path:
    """The case that is opened when none is named."""
    return user_state_path("iotriage") / "case.iotriage"


def _now() -> datetime:
    return datetime.now(UTC)


class Casebook(CaseReader):
    """One case, open. What is written is on disk when the call returns.

    Every method may be called from any thread, and raises :class:`CaseError` when the file
    cannot be read or written; the case then stands as before.
    """

    def __init__(self, journal: Journal, analyst: str, clock: Callable[[], datetime]) -> None:
        super().__init__(journal)
        self._analyst = analyst
        self._clock = clock

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
        journal = Journal.open(path, patience)
        try:
            return cls(journal, analyst, clock)
        except CaseError:
            journal.close()
            raise

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
            self.enter(lambda: drafts)

    def note(self, finding: Finding, record: Mapping[str, Value], text: str) -> None:
        """Set the note on a finding, whatever its verdict; an empty text removes it."""
        drafts = [Draft(Kind.NOTE, finding, note=text, row=_row(record))]
        self.enter(lambda: drafts)

    def undo(self) -> str | None:
        """Take back what was entered last, whoever did: verdicts, a note, a baseline.

        Returns:
            What was taken back, fit to be shown; None when there is nothing.
        """
        return self._step(Kind.UNDO, self._ledger.last_done)

    def redo(self) -> str | None:
        """Bring back what was undone last, unless something new was entered since."""
        return self._step(Kind.REDO, self._ledger.last_undone)

    def _step(self, kind: Kind, last: Callable[[], int | None]) -> str | None:
        target: int | None = None

        def drafts() -> list[Draft]:
            nonlocal target
            target = last()
            return [] if target is None else [Draft(kind, target=target)]

        with self._lock:
            self.enter(drafts)
            return None if target is None else self._described(target)

    def enter(self, drafts: Callable[[], Sequence[Draft]]) -> int:
        """Write drafts as one batch; they are asked for once the case is held and its last word
        is known.

        Returns:
            How many there were.
        """
        with self._lock:
            with self._journal.writing() as news:
                self._ledger.add(news)
                at = rfc3339(self._clock())
                lines = self._journal.append(at, self._analyst, drafts())
            self._ledger.add(lines)
            return len(lines)

    def _described(self, batch: int) -> str:
        lines = self._ledger.batch(batch)
        if lines[0].extra is not None:
            name = printable(json.loads(lines[0].extra)["name"])
            count = counted(len(lines), "finding")
            dropped = lines[0].kind == Kind.DROP
            return (
                tr("baseline {name} dropped", name=name)
                if dropped
                else tr("baseline {name}: {findings}", name=name, findings=count)
            )
        finding = Finding.from_json(lines[0].finding or "")
        parts = [text for _, text in (*finding.key, *([finding.value] if finding.value else []))]
        what = printable(" ".join([tr(finding.question), *parts]))
        if len(lines) > 1:
            what += tr(" and {count} more", count=len(lines) - 1)
        return (
            tr("note on {finding}", finding=what)
            if lines[0].kind == Kind.NOTE
            else f"{tr(str(lines[0].verdict))}: {what}"
        )

    # Baselines

    def keep_baseline(self, scope: Scope, device: str, hub: str, name: str) -> int:
        """Let what is expected on a device now hold for its hub, or for all; one undo takes back.

        Alerts stay out, since the id of one never comes again. What the baseline held already
        stays in it; where both speak of a finding, the present verdict counts.

        Returns:
            Findings that were put into it.

        Raises:
            ValueError: the name is empty.
        """
        if not name.strip():
            raise ValueError(tr("a baseline needs a name"))

        def drafts() -> list[Draft]:
            return [
                kept_draft(finding, judgement, name, scope)
                for finding in self._ledger.findings(place_of(device, hub))
                if finding.question != "alerts"
                and (judgement := self._ledger.judgement(finding))
                and judgement.verdict is Verdict.EXPECTED
            ]

        return self.enter(drafts)

    def drop_baseline(self, name: str) -> bool:
        """Let a baseline hold no more, whatever its scopes; False when there is none."""
        return bool(
            self.enter(
                lambda: [dropped_draft(name)] if name in self._current_baselines().names() else []
            )
        )

    def refresh(self) -> bool:
        """Read what other consoles have entered; True when there was something new.

        To be called about once a second: it also moves what was entered here out of the log.
        """
        with self._lock:
            self._journal.settle()
            return self._ledger.add(self._journal.news())

    def close(self) -> None:
        with self._lock:
            self._journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def export_baseline(
    casebook: Casebook, name: str | None = None, scope: Scope | None = None, hub: str | None = None
) -> str:
    """Baselines as text (see :mod:`.baseline_text`); each argument that is given narrows it."""
    return text_of_baseline(
        covering
        for covering in casebook.coverings()
        if name in (None, covering.cover.name)
        and scope in (None, covering.cover.scope)
        and (hub is None or hub.lower() == covering.hub.lower())
    )


def import_baseline(casebook: Casebook, text: str, source_name: str) -> Imported:
    """Take the baselines of a text into the case; one undo takes back, twice adds nothing.

    Args:
        text: as :func:`export_baseline` writes it.
        source_name: where it came from, for the history.

    Raises:
        CaseError: the case cannot be written.
    """
    coverings, refused = read_baseline(text)

    def drafts() -> list[Draft]:
        news = new_ones(coverings, casebook.coverings())
        return [imported_draft(covering, source_name) for covering in news]

    added = casebook.enter(drafts) if coverings else 0
    return Imported(added, len(coverings) - added, refused)


def _row(record: Mapping[str, Any]) -> str:
    return json.dumps(jsonable(dict(record)), ensure_ascii=True, separators=(",", ":"), default=str)
