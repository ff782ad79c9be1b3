"""What the detail of an alert says: what it means, what to check first, what it names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..queries.alert_catalogue import KnownBy, known_of, published_words
from ..queries.alert_values import AlertValue, values_of
from ..queries.answers import Value
from ..queries.attack import attack_of, tactics_in_play, technique_words
from ..queries.entities import Entity, graph_of
from ..queries.language import tr
from ..queries.questions import Pack
from ..queries.wording import counted
from .detail_lines import NAMES
from .leads import Checked, Lead, Leading
from .widgets.lines_view import Line

#: Characters of a value that are shown.
_SHOWN = 300
#: Cells by which a line is set in that Enter follows.
_IN = 4


def alert_lines(record: Mapping[str, Value], pack: Pack, leading: Leading) -> list[Line]:
    """Meaning, remedy, what to check first, ATT&CK, entities; lines to follow have a target."""
    match, graph = known_of(record), graph_of(record.get("Entities"))
    entry, attack = match.entry, attack_of(record, match.entry)
    lines = []
    if entry is None:
        lines.append(Line(tr(str(match.by)), "warning", NAMES, tr("Meaning")))
    else:
        lines.append(Line(tr(entry.meaning), "plain", NAMES, tr("Meaning")))
        if entry.remedy:
            lines.append(Line(tr(entry.remedy), "plain", NAMES, tr("Remedy")))
        told = f"{_known_words(match.by, entry.name)}: {published_words(entry)}"
        lines.append(Line(told, "muted", NAMES))
        values = values_of(record, graph)
        lines += [Line(), Line(tr("What to check first"), "title")]
        checks = leading.checks(entry, values)
        for checked in checks:
            lines += _check_lines(checked, pack)
        if not checks:
            lines.append(Line(tr("no pane of this pack shows it"), "muted", 2))
    lines += [Line(), Line("ATT&CK", "title")]
    lines += _attack_lines(tr("tactics"), attack.tactics, own=attack.tactics_own)
    techniques = [technique_words(technique) for technique in attack.techniques]
    lines += _attack_lines(tr("techniques"), techniques, own=attack.techniques_own)
    if graph.entities or graph.problems:
        lines += [Line(), Line(tr("What it names"), "title")]
        lines += [Line(problem, "warning", 2) for problem in graph.problems]
        lines += [
            _entity_line(depth, by, entity, again) for depth, by, entity, again in graph.walk()
        ]
    return [*lines, Line()]


def _known_words(by: KnownBy, name: str) -> str:
    return f"{tr(str(by))} ({name})"


def _check_lines(checked: Checked, pack: Pack) -> list[Line]:
    if not checked.question:
        return [Line(tr(checked.reason), "muted", 2)]
    title = tr(pack.questions[checked.question].title)
    lines = [Line(f"{title}: {tr(checked.reason)}", "plain", 2)]
    if checked.absence:
        lines.append(Line(checked.absence, "muted", _IN))
    for lead in checked.leads:
        lines.append(Line(lead_words(lead, checked.unseen), "plain", _IN, target=lead))
    return lines


def lead_words(lead: Lead, unseen: Sequence[AlertValue] = ()) -> str:
    """What the alert names, where it does, and how many rows have it."""
    if lead.value is None:
        if not unseen:
            return tr("all rows")
        names = ", ".join(_short(value.text) for value in unseen)
        return tr("all rows; none has {values}", values=names)
    rows = "" if lead.rows is None else f", {counted(lead.rows, 'row')}"
    return f"{_short(lead.value.text)} ({_short(lead.value.where)}{rows})"


def _short(text: str) -> str:
    """Enough to know it by; the row below has all of it."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} ..."


def target_text(target: object) -> str:
    """What a line that was chosen names; blank for a pane as a whole."""
    if isinstance(target, Entity):
        return target.value or target.name
    return target.value.text if isinstance(target, Lead) and target.value else ""


def _attack_lines(label: str, names: Sequence[str], *, own: bool) -> list[Line]:
    if not names:
        return [Line(tr("(none)"), "muted", NAMES, f"  {label}")]
    whose = tr("the alert's own") if own else tr("suggested")
    return [Line(f"{', '.join(names)} ({whose})", "plain", NAMES, f"  {label}")]


def _entity_line(depth: int, by: str, entity: Entity | None, again: bool) -> Line:
    indent = _IN + 2 * min(depth, 10)
    to = f"{by}: " if by else ""
    if entity is None:
        return Line(to + tr("(not among them)"), "muted", indent)
    text = _short(f"{to}{entity.kind} {entity.name}")
    if again:
        return Line(tr("{entity} (above)", entity=text), "muted", indent)
    return Line(text, "plain", indent, target=entity)


def tactic_lines(records: Iterable[Mapping[str, Value]]) -> list[Line]:
    """Which tactics the alerts of a pane speak of, in the order of an attack."""
    lines = [Line(), Line(tr("Tactics in play, in the order of an attack"), "title")]
    for tactic, tally in tactics_in_play(records).items():
        told = [
            tr("{alerts} themselves", alerts=counted(tally.own, "alert")) if tally.own else "",
            tr("suggested for {alerts}", alerts=counted(tally.suggested, "alert"))
            if tally.suggested
            else "",
        ]
        lines.append(Line(", ".join(filter(None, told)), "plain", NAMES, f"  {tactic}"))
    return lines if len(lines) > 2 else []
