"""What was decided, as lines: of one row, of a whole case."""

from __future__ import annotations

from collections.abc import Sequence

from ..queries.language import tr
from ..queries.wording import counted
from .casebook.judgements import Entry, Happening, Sign, Standing
from .deliveries import DrillDown
from .detail_lines import known_values, observed_words
from .widgets.lines_view import Line
from .widgets.text_cells import cell_text


def verdict_lines(standing: Standing | None, behind: DrillDown | None) -> list[Line]:
    """The verdict that a row has, and what it has gained since."""
    if standing is None:
        return [Line(tr("not reviewed yet"), "muted"), Line()]
    lines = []
    judgement, cover = standing.judgement, standing.covered_by
    if cover is not None:
        reach = tr("hub {hub}", hub=cover.hub) if cover.scope == "hub" else tr("the whole fleet")
        given = tr(
            "given by {analyst} on {device}, {moment} UTC",
            analyst=cover.by,
            device=cover.device,
            moment=cell_text(cover.at),
        )
        lines.append(
            Line(
                tr("expected by baseline {name} for {reach}", name=cover.name, reach=reach),
                str(standing.sign),
            )
        )
        lines.append(Line(given, "muted", 2))
    elif judgement is not None and standing.sign is not Sign.UNREVIEWED:
        text = tr(
            "{verdict} ({analyst}, {moment} UTC)",
            verdict=tr(str(judgement.verdict)),
            analyst=judgement.by,
            moment=cell_text(judgement.at),
        )
        lines.append(Line(text, str(standing.sign)))
    else:
        lines.append(Line(tr("not reviewed yet"), "muted"))
    if standing.sign is Sign.DRIFTED:
        lines.append(Line(tr("drifted: since then it has gained"), "drifted"))
        for column, gained in standing.drift.items():
            known = known_values(column, behind)
            for value in gained:
                lines.append(Line(f"{column}: {value}", "drifted", 2))
                if seen := known.get(value):
                    lines.append(
                        Line(tr("first seen {seen}", seen=observed_words(seen)), "muted", 4)
                    )
    if judgement is not None:
        lines += [Line(text, "plain", 2) for text in judgement.note.splitlines()]
    return [*lines, Line()]


def elsewhere_words(devices: Sequence[str]) -> str:
    """On which other devices the same finding is called suspicious."""
    count = counted(len(devices), "device")
    named = ", ".join(devices[:5]) + (" …" if len(devices) > 5 else "")
    return tr("also suspicious on {devices}: {names}", devices=count, names=named)


def entry_words(entry: Entry | Happening) -> str:
    """When, who, what, and whether it holds still."""
    parts = [cell_text(entry.at), entry.by, tr(str(entry.kind))]
    if entry.verdict:
        parts.append(tr(str(entry.verdict)))
    if entry.note:
        parts.append(tr("note: {note}", note=entry.note))
    if entry.undone:
        parts.append(tr("(undone since)"))
    return " · ".join(parts)


def case_lines(happenings: Sequence[Happening]) -> list[Line]:
    """Everything that was entered in the case, the newest first."""
    if not happenings:
        return [Line(tr("nothing has been decided in this case yet"), "muted")]
    lines = []
    for happening in reversed(happenings):
        lines.append(Line(entry_words(happening), "plain", 2))
        if happening.baseline is not None:
            lines.append(Line(tr("baseline {baseline}", baseline=happening.baseline), "muted", 4))
        if (finding := happening.finding) is not None:
            key = ", ".join(text for _, text in finding.key)
            inside = f", {finding.value[0]}: {finding.value[1]}" if finding.value else ""
            more = (
                tr(" and {count:,} more", count=happening.count - 1) if happening.count > 1 else ""
            )
            where = f"{finding.hub} / {finding.device}  {tr(finding.question)}: {key}{inside}{more}"
            lines.append(Line(where, "muted", 4))
    return lines
