"""The hints of a pane: its rows held against each other, a list, and the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..answers import Answer, Status
from ..asking import Scope, ask
from ..language import tr
from ..questions import Pack, Question
from ..source import Cancellation, Source, Tell, nobody
from .hint import Hint, Hinted, gravest_first
from .rules import Rule, RuleSet, matched_rules

if TYPE_CHECKING:
    from .threats import Threats


@dataclass(frozen=True, slots=True)
class Hinting:
    """What rows are held against."""

    rules: RuleSet
    threats: Threats | None = None

    def hints(
        self,
        source: Source,
        pack: Pack,
        answer: Answer,
        scope: Scope,
        cancellation: Cancellation | None = None,
        *,
        tell: Tell = nobody,
    ) -> Hinted:
        """The hints for the rows of an answer; the rules are asked, the rest is here."""
        # What nobody needs before there are rows.
        from .own import own_hints  # noqa: PLC0415

        question = pack.questions[answer.question]
        found: dict[int, list[Hint]] = defaultdict(list)
        for place, hint in own_hints(question.name, answer.records(), self.threats):
            found[place].append(hint)
        asked = self.rules.asked(question.name)
        failures: list[str] = []
        remarks: list[str] = []
        for name, rules in asked.items():
            if name not in pack.questions:
                remarks.append(
                    tr("Rules are held against the rows of the pack exact, and these are others.")
                )
                continue
            matches = ask(source, pack.questions[name], scope, cancellation, tell=tell)
            if matches.status is Status.FAILED:
                failures.append(matches.failure)
            elif matches.status is not Status.COMPLETE:
                remarks.append(
                    tr("The rules were answered in part: rows without a hint may deserve one.")
                )
            for place, hint in _matched(question, answer, matches, rules):
                found[place].append(hint)
        return Hinted(
            {place: gravest_first(hints) for place, hints in found.items()},
            "; ".join(dict.fromkeys(failures)),
            tuple(dict.fromkeys(remarks)),
        )


def _matched(
    question: Question, answer: Answer, matches: Answer, rules: Sequence[Rule]
) -> list[tuple[int, Hint]]:
    places = {_key(question, record): at for at, record in enumerate(answer.records())}
    merged: dict[tuple[int, str], Hint] = {}
    for record in matches.records():
        place = places.get(_key(question, record))
        if place is None:
            # The row came, or went, between the two answers.
            continue
        for label, rule in matched_rules(rules, record).items():
            merged[place, label] = _with(merged.get((place, label)), rule, record)
    return [(place, hint) for (place, _), hint in merged.items()]


def _key(question: Question, record: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(record.get(column) for column in question.keys)


def _with(hint: Hint | None, rule: Rule, record: Mapping[str, Any]) -> Hint:
    """The rule's hint for a row, with one more group of events."""
    if hint is None:
        parts = [tr("Sigma rule {file}", file=rule.source), rule.id]
        if rule.author:
            parts.append(tr("by {author}", author=rule.author))
        return Hint(
            tr(rule.title),
            tr(rule.why),
            rule.level,
            rule.techniques,
            ", ".join(part for part in parts if part),
            record["Count"],
            record["FirstObserved"],
            record["LastObserved"],
            record["Example"],
        )
    earliest, latest = record["FirstObserved"], record["LastObserved"]
    return replace(
        hint,
        count=(hint.count or 0) + record["Count"],
        first=min((m for m in (hint.first, earliest) if m), default=None),
        last=max((m for m in (hint.last, latest) if m), default=None),
        example=min(hint.example, record["Example"]),
    )
