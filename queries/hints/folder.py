"""A folder of Sigma rules, read as what anybody may have put there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from ..language import tr
from ..printable import printable
from .hint import RulesError
from .rules import Rule, RuleSet
from .sigma import Refusal, translated

_ENDINGS = (".yml", ".yaml")
_MOST_FILES, _MOST_RULES = 5000, 500
_MOST_BYTES = 256 * 1024
#: Brackets in a condition; its parser takes twice as long for each that stands in another.
_DEEPEST = 8
#: Lists and maps in brackets, each in another.
_MOST_BRACKETS = 40


class _Loader(yaml.SafeLoader):
    """Plain values, each written where it stands: a few aliases can stand for terabytes, and each
    bracket in another makes the scanner slower."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            self._refuse(tr("aliases are not read: write the value out"))
        return super().compose_node(parent, index)

    def fetch_flow_collection_start(self, token: Any) -> None:
        if self.flow_level > _MOST_BRACKETS:
            raise RecursionError
        super().fetch_flow_collection_start(token)

    def _refuse(self, why: str) -> None:
        mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
        raise yaml.MarkedYAMLError(problem=why, problem_mark=mark)


def rules_in(folder: Path) -> RuleSet:
    """Every rule below a folder, files in the order of their names.

    Raises:
        RulesError: no such folder, nothing in it that is called a rule, or too much.
    """
    shown = printable(str(folder))
    if not folder.is_dir():
        raise RulesError(
            tr("{folder}: there is no such folder; --rules takes one of Sigma rules", folder=shown)
        )
    files = sorted(path for path in folder.rglob("*") if path.suffix in _ENDINGS and path.is_file())
    if not files:
        raise RulesError(tr("{folder}: no rule in it: no name ends in .yml", folder=shown))
    if len(files) > _MOST_FILES:
        raise RulesError(_too_many(shown, _MOST_FILES, tr("files")))
    rules: list[Rule] = []
    refused: list[str] = []
    for file in files:
        for found in _rules_of(file, str(file.relative_to(folder))):
            if isinstance(found, Rule):
                rules.append(found)
            else:
                refused.append(f"{printable(str(file))}{found}")
    if len(rules) > _MOST_RULES:
        raise RulesError(_too_many(shown, _MOST_RULES, tr("rules")))
    return RuleSet(tuple(rules), refused=tuple(refused))


def _too_many(folder: str, most: int, what: str) -> str:
    return tr(
        "{folder}: more than {most} {what}: give a folder with fewer",
        folder=folder,
        most=most,
        what=what,
    )


def _rules_of(file: Path, source: str) -> Iterator[Rule | str]:
    """The rules of a file; for what is none, what to write after the file's name."""
    try:
        if file.stat().st_size > _MOST_BYTES:
            yield tr(": more than {most} KiB", most=_MOST_BYTES // 1024)
            return
        text = file.read_text("utf-8")
        contents = list(yaml.load_all(text, _Loader))
    except UnicodeDecodeError:
        yield tr(": it is not UTF-8")
        return
    except OSError as error:
        yield f": {error.strerror}"
        return
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        yield f":{line}: {printable(' '.join(str(error.problem).split()))}"
        return
    except (yaml.YAMLError, ValueError) as error:
        yield f": {printable(' '.join(str(error).split()))[:200]}"
        return
    except RecursionError:
        yield tr(": it is nested too deeply")
        return
    for content in contents:
        if content is None:
            continue
        if not isinstance(content, dict):
            yield tr(": no rule: it has no title and no detection")
            continue
        title = printable(" ".join(str(content.get("title", "")).split()))[:80]
        try:
            _check_depth(content)
            yield translated(content, printable(source))
        except Refusal as refusal:
            yield f", {title}: {refusal}" if title else f": {refusal}"


def _check_depth(content: dict[Any, Any]) -> None:
    detection = content.get("detection")
    given = detection.get("condition") if isinstance(detection, dict) else None
    for condition in given if isinstance(given, list) else [given]:
        depth = deepest = 0
        for char in str(condition):
            depth += {"(": 1, ")": -1}.get(char, 0)
            deepest = max(deepest, depth)
        if deepest > _DEEPEST:
            raise Refusal(tr("it is nested too deeply"))
