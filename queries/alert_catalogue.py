"""What the published alerts mean, what to do about them and where to look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path

from .answers import Answer, Column, Value
from .language import tr, translatable

#: Display names of live rows that differ from the published list.
_LIVE_NAMES = {
    "brute force attack succeeded": "IoT_Bruteforce_Success",
    "bruteforce attack succeeded": "IoT_Bruteforce_Success",
    "failed bruteforce": "IoT_Bruteforce_Fail",
    "successful local login on device": "IoT_SucessfulLocalLogin",
    "failed local login attempt on device": "IoT_FailedLocalLogin",
    "crypto coin miner": "IoT_CryptoMiner",
}

#: Catalogues in the file, as people call them.
_CATALOGUES = {
    "micro_agent": translatable("micro agent"),
    "legacy_agent": translatable("legacy agent"),
    "legacy_agent_custom": translatable("custom alerts of the legacy agent"),
    "iot_hub": "IoT Hub",
    "iot_hub_custom": translatable("custom alerts of IoT Hub"),
}

_PANES = {
    "ProcessCreate": translatable("Processes"),
    "Process": translatable("Processes"),
    "Login": translatable("Logins"),
    "LocalUsers": translatable("Users"),
    "ListeningPorts": translatable("Ports"),
}

ADDED = (Column("Meaning", "string"), Column("Remedy", "string"), Column("LookAt", "string"))


class KnownBy(StrEnum):
    """How an alert was found in the catalogues."""

    TYPE = "known by its type"
    NAME = "known by its published name"
    LIVE_NAME = "known by a name that the cloud gives it"
    NOTHING = "in no catalogue, neither by its type nor by its name"


@dataclass(frozen=True, slots=True)
class Check:
    """What to look at first; ``question`` is blank where that is beyond the console."""

    question: str
    reason: str


@dataclass(frozen=True, slots=True)
class AlertEntry:
    """One published alert, in our words.

    Attributes:
        severities: as published, by the catalogue; they need not agree.
        techniques, ics, tactics: of ATT&CK, suggested by us and not by the vendor.
    """

    name: str
    alert_type: str
    meaning: str
    remedy: str
    evidence: str
    techniques: tuple[str, ...]
    ics: tuple[str, ...]
    tactics: tuple[str, ...]
    checks: tuple[Check, ...]
    severities: Mapping[str, str]

    @property
    def look_at(self) -> str:
        """Panes and event names, the panes first."""
        found: dict[str, None] = {}
        for part in self.evidence.replace("/", ";").split(";"):
            name = part.strip()
            if name:
                found[_PANES.get(name, name)] = None
        panes = [name for name in found if name in _PANES.values()]
        return ", ".join([*panes, *(name for name in found if name not in panes)])


@dataclass(frozen=True, slots=True)
class Match:
    """What the catalogues say of an alert; ``entry`` is None where they do not know it."""

    entry: AlertEntry | None
    by: KnownBy


_UNKNOWN = Match(None, KnownBy.NOTHING)


@cache
def _catalogue() -> tuple[dict[str, AlertEntry], dict[str, AlertEntry]]:
    """By lower-case AlertType, by lower-case name; where several say it, they say the same."""
    by_type: dict[str, list[dict[str, str]]] = {}
    by_name: dict[str, list[dict[str, str]]] = {}
    # No alert, no need of it: the first frame is drawn without.
    import csv  # noqa: PLC0415

    with Path(__file__).with_name("alert_catalogue.tsv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            if row["alert_type"]:
                by_type.setdefault(row["alert_type"].lower(), []).append(row)
            by_name.setdefault(row["name"].lower(), []).append(row)
    return (
        {kind: _entry(rows) for kind, rows in by_type.items()},
        {name: _entry(rows) for name, rows in by_name.items()},
    )


def _entry(rows: Sequence[Mapping[str, str]]) -> AlertEntry:
    row = rows[0]
    return AlertEntry(
        name=row["name"],
        alert_type=row["alert_type"],
        meaning=row["meaning"],
        remedy=row["remediation"],
        evidence=row["evidence_to_open_suggested"],
        techniques=_parts(row["attack_technique_suggested"], ";"),
        ics=_parts(row["attack_ics_suggested"], ";"),
        tactics=_parts(row["tactic_suggested"], ";"),
        checks=tuple(_check(text) for text in _parts(row["check_first"], "|")),
        severities={row["catalogue"]: row["severity"] for row in rows},
    )


def _parts(text: str, between: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(between) if part.strip())


def _check(text: str) -> Check:
    question, _, reason = text.partition(": ")
    return Check("" if question == "elsewhere" else question, reason)


def known(alert_type: str, alert_name: str) -> Match:
    """By AlertType, else by the display name as published or as seen in live rows."""
    by_type, by_name = _catalogue()
    name = alert_name.strip().lower()
    # Aggregated ids look like IoT_Bruteforce_Fail/2026-11-20.
    kind = alert_type.strip().lower().partition("/")[0]
    if entry := by_type.get(kind):
        return Match(entry, KnownBy.TYPE)
    if entry := by_name.get(name):
        return Match(entry, KnownBy.NAME)
    if entry := by_type.get(_LIVE_NAMES.get(name, "").lower()):
        return Match(entry, KnownBy.LIVE_NAME)
    return _UNKNOWN


def known_of(record: Mapping[str, Value]) -> Match:
    """What is known of a row of the alerts, in whichever columns a pack has."""
    kind, name = record.get("AlertType"), record.get("AlertName")
    return known(kind if isinstance(kind, str) else "", name if isinstance(name, str) else "")


def entry_for(alert_type: str, alert_name: str) -> AlertEntry | None:
    """What the catalogues say, however it was found; None where they do not know it."""
    return known(alert_type, alert_name).entry


def published_words(entry: AlertEntry) -> str:
    """In which catalogues it stands, and how grave each says it is."""
    severities = set(entry.severities.values())
    names = [tr(_CATALOGUES[catalogue]) for catalogue in entry.severities]
    if len(severities) == 1:
        graver = tr(severities.pop())
        return tr("{catalogues}, there {severity}", catalogues=", ".join(names), severity=graver)
    return ", ".join(
        tr("{catalogues}, there {severity}", catalogues=name, severity=tr(severity))
        for name, severity in zip(names, entry.severities.values(), strict=True)
    )


def explained(answer: Answer) -> Answer:
    """The alerts with Meaning, Remedy and LookAt; "" where the catalogue does not know them."""
    names = answer.names
    if "AlertType" not in names or "AlertName" not in names:
        return answer
    kind, name = names.index("AlertType"), names.index("AlertName")
    rows = []
    for row in answer.rows:
        entry = entry_for(row[kind], row[name])
        added = (entry.meaning, entry.remedy, entry.look_at) if entry else ("", "", "")
        rows.append((*row, *added))
    return replace(answer, columns=answer.columns + ADDED, rows=tuple(rows))
