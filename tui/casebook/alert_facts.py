"""What is known of an alert beside its row, for the summary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...queries.alert_catalogue import known_of
from ...queries.attack import attack_of, technique_name, technique_words
from ...queries.entities import graph_of
from ...queries.language import tr
from .cells import values_cell
from .markdown import Markdown, inline
from .report import ReportedFinding


def is_alert(reported: ReportedFinding) -> bool:
    return reported.finding.question == "alerts" and reported.finding.value is None


def alert_facts(reported: ReportedFinding) -> dict[str, Any] | None:
    """As the schema has them; None for what is no alert. In English, whatever is spoken."""
    if not is_alert(reported):
        return None
    match = known_of(reported.row)
    entry, attack = match.entry, attack_of(reported.row, match.entry)
    graph = graph_of(reported.row.get("Entities"))
    return {
        "known_by": match.by.name.lower(),
        "name": entry.name if entry else None,
        "severities": dict(entry.severities) if entry else {},
        "meaning": entry.meaning if entry else None,
        "remedy": (entry.remedy or None) if entry else None,
        "tactics": list(attack.tactics),
        "tactics_suggested": bool(attack.tactics) and not attack.tactics_own,
        "techniques": [
            {"id": technique, "name": technique_name(technique) or None}
            for technique in attack.techniques
        ],
        "techniques_suggested": bool(attack.techniques) and not attack.techniques_own,
        "entities": [{"kind": entity.kind, "name": entity.name} for entity in graph.entities],
        "entities_whole": not graph.problems,
    }


def explained(reported: ReportedFinding) -> tuple[Markdown, ...]:
    """The same as sentences; none for what is no alert."""
    if not is_alert(reported):
        return ()
    match = known_of(reported.row)
    entry, attack = match.entry, attack_of(reported.row, match.entry)
    graph = graph_of(reported.row.get("Entities"))
    lines = []
    if entry is None:
        lines.append(inline(tr(str(match.by))))
    elif "Meaning" not in reported.row:
        lines.append(inline(tr(entry.meaning)))
    if attack.tactics:
        names = _names(attack.tactics)
        lines.append(_whose(tr("Tactics: {names}", names=names), own=attack.tactics_own))
    if attack.techniques:
        names = _names([technique_words(technique) for technique in attack.techniques])
        lines.append(_whose(tr("Techniques: {names}", names=names), own=attack.techniques_own))
    if graph.entities:
        told = [f"{entity.kind} {entity.name}" for entity in graph.entities]
        lines.append(Markdown(tr("It names: {names}", names=values_cell(told, table=False))))
    return (*lines, *(inline(problem) for problem in graph.problems))


def techniques_cell(reported: ReportedFinding) -> Markdown:
    """Ids, and whether they are the alert's own."""
    attack = attack_of(reported.row, known_of(reported.row).entry)
    if not attack.techniques:
        return Markdown("")
    ids = ", ".join(inline(technique, table=True) for technique in attack.techniques)
    return _whose(ids, own=attack.techniques_own)


def _names(texts: Sequence[str]) -> str:
    return ", ".join(map(inline, texts))


def _whose(text: str, *, own: bool) -> Markdown:
    whose = tr("the alert's own") if own else tr("suggested")
    return Markdown(f"{text} ({whose})")
