"""Questions of one's own, added to a pack of one's own."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from ..language import tr
from ..private_files import write_private
from ..questions import Question
from .finding import PackError, text_of
from .loading import load_pack

#: The pack that questions are saved in.
OWN = "own"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_BEGIN = 'title = {title}\n# Every other question is that of this pack.\nextends = "exact"\n'


def is_taken(packs: Path, name: str) -> bool:
    """Whether a question of that name is there, or a file that would be written over.

    Raises:
        PackError: the pack is there and cannot be used, or the name is none.
    """
    if not _NAME.fullmatch(name):
        raise PackError(tr("a question's name is letters, digits and _"))
    folder = packs / OWN
    if not (folder / "pack.toml").exists():
        return name in load_pack("exact").questions or (folder / f"{name}.kql").exists()
    return name in load_pack(OWN, packs).questions or (folder / f"{name}.kql").exists()


def save_question(packs: Path, name: str, question: Question, *, replace: bool = False) -> Path:
    """Put the question into the pack; gives back its .kql file.

    Args:
        replace: let it take the place of one of the same name.

    Raises:
        PackError: the name is taken, or the pack cannot be added to; it is what it was.
        OSError: it cannot be written.
    """
    folder = packs / OWN
    file = folder / "pack.toml"
    if not replace and is_taken(packs, name):
        raise PackError(tr("there is a question {name} already", name=name))
    before = text_of(file) if file.exists() else _BEGIN.format(title=_quoted(_title()))
    entry = _entry(name, question)
    after = _without(before, name).rstrip("\n") + "\n\n" + entry
    _hold(before, after, name, file)
    text = folder / f"{name}.kql"
    write_private(text, question.text.encode("utf-8"), durable=True)
    write_private(file, after.encode("utf-8"), durable=True)
    return text


def _title() -> str:
    return tr("Questions of our own")


def _entry(name: str, question: Question) -> str:
    shown = "".join(
        f"    {{ column = {_quoted(each.column)}, label = {_quoted(each.label)} }},\n"
        for each in question.shown
    )
    lines = [
        f"[questions.{name}]",
        f"title = {_quoted(question.title)}",
        f"text = {_quoted(f'{name}.kql')}",
        f"keys = {_list(question.keys)}",
        *([f"sets = {_list(question.sets)}"] if question.sets else []),
        f"tables = {_list(question.tables)}",
        f"shown = [\n{shown}]",
        "guidance = []",
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    # What JSON escapes, TOML escapes alike; it takes no raw DEL.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(items: tuple[str, ...]) -> str:
    return "[" + ", ".join(map(_quoted, items)) + "]"


def _without(source: str, name: str) -> str:
    """Without the table of a question, as it is written here or by hand."""
    lines = source.splitlines(keepends=True)
    table = re.compile(rf"\s*\[\s*questions\s*\.\s*{name}\s*(\.[^\]]*)?\]\s*(#.*)?$")
    kept, inside = [], False
    for line in lines:
        if re.match(r"\s*\[[^\[\]]*\]\s*(#.*)?$", line):
            inside = table.match(line) is not None
        if not inside:
            kept.append(line)
    return "".join(kept)


def _hold(before: str, after: str, name: str, file: Path) -> None:
    """Whether nothing but the one question would change.

    Raises:
        PackError: more would; a pack that was written by hand may be of any form.
    """
    try:
        old, new = tomllib.loads(before), tomllib.loads(after)
        for content in (old, new):
            content.setdefault("questions", {}).pop(name, None)
    except (tomllib.TOMLDecodeError, AttributeError):
        old, new = {"before": 1}, {}
    if old != new:
        raise PackError(tr("question {name} cannot be added: write it by hand", name=name), file)
