"""The hints of a pane: its rows held against each other, a list, and the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..answers import Answer, Status
from ..asking import Scope, ask
from ..language import tr
from ..questions import Pack, Question
from ..source import Cancellation, Source, Tell, nobody
from .hint import Hint, Hinted, gravest_first
from .rows_of_rules import ROWS
from .rules import Rule, RuleSet, hints_name, matched_rules

if TYPE_CHECKING:
    from .threats import Threats

#: The panes whose rows hints are given for.
HINTED_PANES = ("users", "ports", "logins", "processes")


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
        said = Hinted()
        asked = pack.questions.get(hints_name(question.name))
        if asked is not None:
            matches = ask(source, asked, scope, cancellation, tell=tell)
            said = replace(said, failure=matches.failure)
            for place, hint in self._matched(question, answer, matches):
                found[place].append(hint)
            said = replace(said, remarks=_remarks(matches))
        elif question.name in ROWS and self.rules.of(question.name):
            text = tr(
                "Rules are held against the rows of the pack exact, and these are other rows."
            )
            said = replace(said, remarks=(text,))
        return replace(said, hints={place: gravest_first(hints) for place, hints in found.items()})

    def _matched(
        self, question: Question, answer: Answer, matches: Answer
    ) -> list[tuple[int, Hint]]:
        places = {_key(question, record): at for at, record in enumerate(answer.records())}
        rules = self.rules.of(question.name)
        merged: dict[tuple[int, int], Hint] = {}
        for record in matches.records():
            place = places.get(_key(question, record))
            if place is None:
                # The row came, or went, between the two answers.
                continue
            for rule in matched_rules(rules, record):
                at = (place, rules.index(rule))
                merged[at] = _with(merged.get(at), rule, record)
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


def _remarks(matches: Answer) -> tuple[str, ...]:
    if matches.status in (Status.COMPLETE, Status.FAILED):
        return ()
    return (tr("The rules were answered in part: rows without a hint may deserve one."),)
