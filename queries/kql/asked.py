"""A text that somebody asked, as a question: its name, its title, what tells its rows apart."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from ..answers import Answer, Value
from ..evidence.tables import TABLES
from ..language import tr
from ..questions import Question, ShownColumn
from .tokens import Kind, meaning, place_of, tokens

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEYS = re.compile(r"//\s*keys\s*:\s*(.*)", re.IGNORECASE)
#: Characters of a title.
_TITLE = 28


class KeysError(ValueError):
    """Keys that the answer has not; ``place``: line and column, from 1, of the text."""

    def __init__(self, text: str, place: tuple[int, int]) -> None:
        super().__init__(text)
        self.place = place


def draft_of(text: str) -> Question:
    """The question to ask first: what tells its rows apart is known when they have come."""
    said = [token for token in meaning(text) if token.kind is Kind.WORD]
    tables = tuple(table for table in TABLES if any(token.text == table for token in said))
    return Question(
        name=name_of(text),
        title=title_of(text),
        keys=(),
        names=(),
        sets=(),
        counts={},
        shown=(),
        guidance=(),
        tables=tables,
        text=text.strip() + "\n",
        events="",
        values="",
    )


def question_of(text: str, answer: Answer) -> Question:
    """The question with what its answer tells of its columns.

    Keys are the columns that a line ``// keys: A, B`` of the text names, else all that hold one
    value. A set is a column that holds nothing but lists of texts.

    Raises:
        KeysError: a column that is named, and is not there.
    """
    draft = draft_of(text)
    plain = [c.name for c in answer.columns if c.type != "dynamic" and _NAME.fullmatch(c.name)]
    sets = tuple(
        column.name
        for place, column in enumerate(answer.columns)
        if column.type == "dynamic"
        and _NAME.fullmatch(column.name)
        and _are_sets([row[place] for row in answer.rows])
    )
    keys = _named(text, answer) or tuple(plain) or answer.names
    return Question(
        name=draft.name,
        title=draft.title,
        keys=keys,
        names=(),
        sets=tuple(column for column in sets if column not in keys),
        counts={},
        shown=tuple(ShownColumn(name, name) for name in answer.names),
        guidance=(),
        tables=draft.tables,
        text=draft.text,
        events="",
        values="",
    )


def name_of(text: str) -> str:
    """The same for the same text, so that verdicts on its rows are found again."""
    body = text.strip().encode("utf-8", "backslashreplace")
    return f"kql_{hashlib.sha256(body).hexdigest()[:16]}"


def title_of(text: str) -> str:
    """Its first words."""
    words = " ".join("".join(t.text for t in tokens(text) if t.kind is not Kind.COMMENT).split())
    return words if len(words) <= _TITLE else f"{words[: _TITLE - 1].rstrip()}…"


def _are_sets(cells: Sequence[Value]) -> bool:
    lists = [cell for cell in cells if cell not in (None, "")]
    return all(
        isinstance(cell, list) and all(isinstance(item, str) for item in cell) for cell in lists
    ) and (bool(lists) or not cells)


def _named(text: str, answer: Answer) -> tuple[str, ...]:
    for token in tokens(text):
        found = _KEYS.match(token.text) if token.kind is Kind.COMMENT else None
        if found is None:
            continue
        keys = tuple(dict.fromkeys(filter(None, (key.strip() for key in found[1].split(",")))))
        for key in keys:
            if key not in answer.names:
                at = token.start + token.text.find(key, found.start(1))
                raise KeysError(
                    tr(
                        "keys names {column!r}, and the answer has {known}",
                        column=key,
                        known=", ".join(answer.names),
                    ),
                    place_of(text, at),
                )
        return keys
    return ()
