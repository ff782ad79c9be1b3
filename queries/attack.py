"""Tactics and techniques of ATT&CK: those of an alert itself, else those that we suggest."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from .alert_catalogue import AlertEntry, known_of
from .answers import Value

#: In the order of an attack; those of ATT&CK for ICS stand where their like stand.
TACTICS = (
    *("Reconnaissance", "Resource Development", "Initial Access", "Execution", "Persistence"),
    *("Privilege Escalation", "Defense Evasion", "Evasion", "Credential Access", "Discovery"),
    *("Lateral Movement", "Collection", "Command and Control", "Exfiltration"),
    *("Inhibit Response Function", "Impair Process Control", "Impact"),
)
_PLACES = {tactic.replace(" ", "").lower(): at for at, tactic in enumerate(TACTICS)}
#: Values of one cell that are looked at; a real alert has three at most.
_MOST = 50


@dataclass(frozen=True, slots=True)
class Attack:
    """What an alert may be a part of.

    Attributes:
        tactics_own, techniques_own: the alert itself names them; else they are suggested.
        techniques: ids such as T1110.001; of ATT&CK for ICS as well where they are suggested.
    """

    tactics: tuple[str, ...]
    tactics_own: bool
    techniques: tuple[str, ...]
    techniques_own: bool


def attack_of(record: Mapping[str, Value], entry: AlertEntry | None) -> Attack:
    """From the Tactics and Techniques of a row of the alerts, else from the catalogue."""
    tactics = tuple(map(tactic_name, _listed(record.get("Tactics"))))
    techniques = _listed(record.get("Techniques"))
    return Attack(
        tactics=tactics or (entry.tactics if entry else ()),
        tactics_own=bool(tactics),
        techniques=techniques or ((*entry.techniques, *entry.ics) if entry else ()),
        techniques_own=bool(techniques),
    )


def _listed(value: Value) -> tuple[str, ...]:
    """A list with commas, or a JSON array, which newer rows have."""
    if isinstance(value, str):
        if value.lstrip().startswith("["):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                value = value.strip(' []"')
        if isinstance(value, str):
            value = re.split("[,;]", value)
    if not isinstance(value, list | tuple):
        return ()
    texts = (part.strip(' "') for part in value[:_MOST] if isinstance(part, str))
    return tuple(dict.fromkeys(text for text in texts if text))


def tactic_name(tactic: str) -> str:
    """``CredentialAccess`` as ATT&CK writes it; what it does not know stays as it is."""
    place = _PLACES.get(tactic.replace(" ", "").lower())
    return tactic if place is None else TACTICS[place]


@dataclass(slots=True)
class Tally:
    """How many alerts name a tactic themselves, and for how many it is suggested."""

    own: int = 0
    suggested: int = 0


def tactics_in_play(records: Iterable[Mapping[str, Value]]) -> dict[str, Tally]:
    """Tactic -> its alerts, in the order of an attack; unknown ones last."""
    found: dict[str, Tally] = {}
    for record in records:
        attack = attack_of(record, known_of(record).entry)
        for tactic in attack.tactics:
            tally = found.setdefault(tactic, Tally())
            if attack.tactics_own:
                tally.own += 1
            else:
                tally.suggested += 1
    places = {tactic: at for at, tactic in enumerate(TACTICS)}
    order = sorted(found, key=lambda tactic: (places.get(tactic, len(places)), tactic))
    return {tactic: found[tactic] for tactic in order}


@cache
def _names() -> dict[str, str]:
    file = resources.files(__package__).joinpath("attack_techniques.tsv")
    with file.open(encoding="utf-8") as lines:
        return {row["id"]: row["name"] for row in csv.DictReader(lines, delimiter="\t")}


def technique_words(technique: str) -> str:
    """``T1110.001 Password Guessing``; the id alone where its name is not known here."""
    words = " ".join(filter(None, (technique, technique_name(technique))))
    # T0 and three digits: of ATT&CK for ICS.
    return f"{words} (ICS)" if re.fullmatch(r"T0\d{3}", technique, re.ASCII) else words


def technique_name(technique: str) -> str:
    """Blank where its name is not known here."""
    return _names().get(technique.upper(), "")
