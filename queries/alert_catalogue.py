"""What the published alerts mean, what to do about them and where to look."""

from __future__ import annotations

import csv
from collections.abc import Container
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from .answers import Answer, Column
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

_PANES = {
    "ProcessCreate": translatable("Processes"),
    "Process": translatable("Processes"),
    "Login": translatable("Logins"),
    "LocalUsers": translatable("Users"),
    "ListeningPorts": translatable("Ports"),
}

#: From the gravest.
SEVERITIES = (
    translatable("High"),
    translatable("Medium"),
    translatable("Low"),
    translatable("Informational"),
)
_OURS = frozenset({"Meaning", "Remedy"})
ADDED = (Column("Meaning", "string"), Column("Remedy", "string"), Column("LookAt", "string"))


@dataclass(frozen=True, slots=True)
class AlertEntry:
    """One published alert, in our words."""

    name: str
    alert_type: str
    meaning: str
    remedy: str
    technique: str
    evidence: str

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


@cache
def _catalogue() -> tuple[dict[str, AlertEntry], dict[str, AlertEntry]]:
    """By lower-case AlertType, by lower-case name; the first of several stands."""
    by_type: dict[str, AlertEntry] = {}
    by_name: dict[str, AlertEntry] = {}
    file = resources.files(__package__).joinpath("alert_catalogue.tsv")
    with file.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            entry = AlertEntry(
                row["name"],
                row["alert_type"],
                row["meaning"],
                row["remediation"],
                row["attack_technique_suggested"],
                row["evidence_to_open_suggested"],
            )
            if entry.alert_type:
                by_type.setdefault(entry.alert_type.lower(), entry)
            by_name.setdefault(entry.name.lower(), entry)
    return by_type, by_name


def entry_for(alert_type: str, alert_name: str) -> AlertEntry | None:
    """By AlertType, else by the display name as published or as seen in live rows."""
    by_type, by_name = _catalogue()
    name = alert_name.strip().lower()
    # Aggregated ids look like IoT_Bruteforce_Fail/2026-11-20.
    kind = alert_type.strip().lower().partition("/")[0]
    return by_type.get(kind) or by_name.get(name) or by_type.get(_LIVE_NAMES.get(name, "").lower())


def in_words(column: str, text: str) -> str:
    """A text of an alert as the analyst reads it: what is ours in it, and how grave it is.

    Answers hold the English, so that they are the same, and hash the same, in every language.
    """
    if column in _OURS or (column == "AlertSeverity" and text in SEVERITIES):
        return tr(text)
    return ", ".join(map(tr, text.split(", "))) if column == "LookAt" else text


def raised_column(names: Container[str]) -> str:
    """The column that tells when an alert was raised; a later state has a later TimeGenerated."""
    return "FirstGenerated" if "FirstGenerated" in names else "TimeGenerated"


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
