"""Rules as the console runs them: a condition in KQL, and the words that say why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from ..literals import literal
from ..questions import Pack, Question, ShownColumn
from .hint import hints_name
from .rows_of_rules import ROWS, RuleRows

BUILT_IN = Path(__file__).with_name("built_in")
#: What they are translated to, made by ``python tests/queries/shipping.py``.
SHIPPED = Path(__file__).with_name("rules.json")
#: Kusto's strcat takes 64 arguments.
_STRCAT = 60


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One Sigma rule, translated.

    Attributes:
        id: the rule's own UUID; empty where it gives none.
        why: its description.
        techniques: of MITRE ATT&CK, such as T1059.004.
        source: the file it stands in, below its folder.
        pane: whose rows it is held against.
        condition: KQL over the columns of that pane's RuleRows.
    """

    id: str
    title: str
    why: str
    level: str
    techniques: tuple[str, ...]
    author: str
    source: str
    pane: str
    condition: str


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules that are asked.

    Attributes:
        rules: the built-in ones.
        own: the team's.
        refused: one line for each that cannot be asked.
    """

    rules: tuple[Rule, ...]
    own: tuple[Rule, ...] = ()
    refused: tuple[str, ...] = ()

    def of(self, pane: str) -> tuple[Rule, ...]:
        """The built-in rules for a pane."""
        return tuple(rule for rule in self.rules if rule.pane == pane)

    def asked(self, pane: str) -> dict[str, tuple[Rule, ...]]:
        """Question -> its rules. The team's are asked by themselves: the built-in ones come
        translated, and are not to fail with them."""
        own = tuple(rule for rule in self.own if rule.pane == pane)
        both = {hints_name(pane): self.of(pane), f"{pane}_own_hints": own}
        return {name: rules for name, rules in both.items() if rules}


@cache
def built_in_rules() -> RuleSet:
    """The rules of the program, translated when it was built."""
    return RuleSet(msgspec.json.decode(SHIPPED.read_bytes(), type=tuple[Rule, ...]))


def open_rules(folder: str | None) -> RuleSet:
    """The built-in rules, and the team's own from a folder.

    Raises:
        RulesError: no such folder, or no rule in it.
    """
    built_in = built_in_rules()
    if not folder:
        return built_in
    # pySigma takes as long to load as a question to be answered.
    from .folder import rules_in  # noqa: PLC0415

    found = rules_in(Path(folder))
    return RuleSet(built_in.rules, found.rules, found.refused)


#: The tables whose rows rules are held against.
_READ = frozenset({"SecurityIoTRawEvent", "DefenderIoTRawEvent"})


def with_hints(pack: Pack, rules: RuleSet) -> Pack:
    """The pack with questions that hold the rules against the rows of its panes."""
    asked = dict(pack.questions)
    for pane, rows in ROWS.items():
        question = pack.questions.get(pane)
        # Rows that are told apart in another way are other rows.
        if question is None or question.keys != rows.keys or not _READ & {*question.tables}:
            continue
        for name, of_pane in rules.asked(pane).items():
            asked[name] = _question(name, rows, of_pane)
    return Pack(pack.name, pack.title, asked)


def _question(name: str, rows: RuleRows, rules: Sequence[Rule]) -> Question:
    matched = _sum_of(
        f'iff({rule.condition}, {literal(f"{label};")}, "")'
        for label, rule in zip(_labels(rules), rules, strict=True)
    )
    text = (
        f"{rows.prefix()}{rows.text}"
        f"| extend Rules = {matched}\n"
        '| where Rules != ""\n'
        "| summarize Count = sum(Hits), FirstObserved = min(StartTime),"
        " LastObserved = max(EndTime), Example = min(Example)"
        f" by {', '.join(rows.keys)}, Rules\n"
        f"| order by {', '.join(f'{key} asc' for key in (*rows.keys, 'Rules'))}\n"
    )
    columns = (*rows.keys, "Rules", "Count", "Example")
    return Question(
        name=name,
        title=name,
        keys=(*rows.keys, "Rules"),
        names=(),
        sets=(),
        counts={},
        shown=tuple(ShownColumn(column, column) for column in columns),
        guidance=(),
        tables=tuple(sorted(_READ)),
        text=text,
        events="",
        values="",
        is_pane=False,
    )


def _sum_of(texts: Iterable[str]) -> str:
    """Texts one after another, in as many calls as that takes."""
    parts = list(texts)
    while len(parts) > 1:
        parts = [_strcat(parts[at : at + _STRCAT]) for at in range(0, len(parts), _STRCAT)]
    return parts[0]


def _strcat(parts: Sequence[str]) -> str:
    return f"strcat({', '.join(parts)})" if len(parts) > 1 else parts[0]


def matched_rules(rules: Sequence[Rule], record: Mapping[str, object]) -> dict[str, Rule]:
    """Those that a row of the answer names, by what it calls them."""
    known = dict(zip(_labels(rules), rules, strict=True))
    return {label: known[label] for label in str(record["Rules"]).split(";")[:-1]}


def _labels(rules: Sequence[Rule]) -> list[str]:
    """What the answer calls each rule: its file, and which of its rules where there are more."""
    names = [rule.source.rpartition(".")[0].replace(";", "_") for rule in rules]
    counts, seen = Counter(names), Counter[str]()
    labels = []
    for name in names:
        seen[name] += 1
        labels.append(name if counts[name] == 1 else f"{name} {seen[name]}")
    return labels
