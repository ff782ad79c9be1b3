"""Every English text of the source that is translated, with where it stands."""

from __future__ import annotations

import ast
import csv
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path

import click
from iotriage.queries.alert_catalogue import KnownBy, entry_for
from iotriage.queries.answers import NoticeKind, Status
from iotriage.queries.evidence.reports import Form
from iotriage.queries.hints.rules import built_in_rules
from iotriage.queries.packs.loading import BUILT_IN, load_pack
from iotriage.tui.actions import ACTIONS
from iotriage.tui.casebook.findings import Verdict
from iotriage.tui.casebook.judgements import Sign
from iotriage.tui.casebook.lines import Kind
from iotriage.tui.casebook.report import Presence
from iotriage.tui.cli import commands
from iotriage.tui.command_help import paragraphs

ROOT = Path(__file__).parents[2]
#: Which argument of a call is a text to translate.
_KEYS = {"tr": 0, "translatable": 0, "ThemeError": 0, "counted": 1}
_ENUMS: tuple[type[StrEnum], ...] = (
    *(Status, NoticeKind, Sign, Verdict, Presence, Kind, Form, KnownBy),
)


def texts() -> dict[str, str]:
    """English -> one place where it stands."""
    found: dict[str, str] = {}
    for where, text in (*_marked(), *_declared(), *_helps(commands)):
        found.setdefault(text, where)
    return found


def _marked() -> Iterator[tuple[str, str]]:
    """What stands in a call of tr or translatable, and the nouns that are counted."""
    files = (file for room in ("queries", "tui", "themes") for file in (ROOT / room).rglob("*.py"))
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            where = f"{file.relative_to(ROOT)}:{node.lineno}"
            text = _KEYS.get(node.func.id)
            if text is None or len(node.args) <= text:
                continue
            argument = node.args[text]
            assert not isinstance(argument, ast.JoinedStr), f"{where}: no key for a translation"
            if isinstance(argument, ast.Constant):
                yield where, f"{{count}} {argument.value}" if text else argument.value


def _declared() -> Iterator[tuple[str, str]]:
    """What is data, and translated where it is shown."""
    for action in ACTIONS:
        yield from (("actions", action.label), ("actions", action.help))
    for enum in _ENUMS:
        yield from ((enum.__name__, str(member)) for member in enum)
    for name in BUILT_IN:
        for question in load_pack(name).questions.values():
            labels = (shown.label for shown in question.shown)
            for text in (question.title, *labels, *question.guidance):
                yield f"pack {name}", text
    for rule in built_in_rules().rules:
        yield from ((rule.source, text) for text in (rule.title, rule.why))
    with (ROOT / "queries" / "alert_catalogue.tsv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            for column in ("meaning", "remediation"):
                if row[column]:
                    yield "alert_catalogue.tsv", row[column]
            entry = entry_for(row["alert_type"], row["name"])
            assert entry
            yield from (("alert_catalogue.tsv", check.reason) for check in entry.checks)
            # A name of an event or a table is one word, and stays.
            for part in entry.look_at.split(", "):
                if " " in part:
                    yield "alert_catalogue.tsv", part


def _helps(command: click.Command) -> Iterable[tuple[str, str]]:
    where = f"help of {command.name}"
    yield from ((where, text) for text in paragraphs(command.help or ""))
    for option in command.params:
        if isinstance(option, click.Option) and option.help:
            yield where, option.help
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            yield from _helps(inner)
