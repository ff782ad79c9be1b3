"""What may stand where somebody is writing: tables, columns, names of the text, KQL's words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from ..evidence.tables import TABLES
from .tokens import Kind, Token, tokens
from .words import AGGREGATES, BEGINNINGS, COMPARISONS, OPERATORS, SCALARS

#: Before these, a source of rows is expected.
_BEFORE_SOURCE = frozenset(("union", "join", "lookup", ",", "("))


@dataclass(frozen=True, slots=True)
class Completion:
    """Words that may take the place of ``text[start:end]``, the likeliest first."""

    start: int
    end: int
    words: tuple[str, ...] = ()


def complete(
    text: str,
    offset: int,
    parameters: Collection[str] = (),
    tables: Mapping[str, Collection[str]] = TABLES,
) -> Completion:
    """What the word at ``offset``, in characters, may become.

    Args:
        parameters: names that have a value before the text begins.
        tables: table -> its columns.
    """
    found = tokens(text)
    start = offset
    for token in found:
        if token.start < offset <= token.end:
            if token.kind in (Kind.STRING, Kind.OPEN, Kind.COMMENT, Kind.NUMBER):
                ended = token.kind in (Kind.STRING, Kind.NUMBER) and token.end == offset
                if not ended or token.kind is Kind.NUMBER:
                    return Completion(offset, offset)
            elif token.kind is Kind.WORD:
                start = token.start
    begun = text[start:offset]
    before = [t for t in found if t.end <= start and t.kind not in (Kind.BLANK, Kind.COMMENT)]
    words = _fitting(_expected(before, found, parameters, tables), begun)
    return Completion(start, offset, words)


def _expected(
    before: list[Token],
    found: list[Token],
    parameters: Collection[str],
    tables: Mapping[str, Collection[str]],
) -> Iterable[str]:
    last = before[-1].text if before else ";"
    lets, assigned = _names(found)
    if last == "|":
        return OPERATORS
    if last == ";":
        return (*tables, *lets, *BEGINNINGS)
    if last == "let":
        return ()
    statement = _statement(before)
    columns = _columns(found, tables)
    names = (*columns, *assigned, *lets, *parameters)
    if last == "=" and _is_let(statement):
        return (*tables, *lets, *BEGINNINGS[1:], *SCALARS, *parameters)
    if last in _BEFORE_SOURCE and _wants_source(statement):
        return (*tables, *lets)
    functions = SCALARS
    if _operator(statement) == "summarize":
        functions = (*AGGREGATES, *SCALARS)
    return (*names, *functions, *COMPARISONS)


def _names(found: list[Token]) -> tuple[list[str], list[str]]:
    """(names of lets, other names that get a value in the text)."""
    said = [t for t in found if t.kind not in (Kind.BLANK, Kind.COMMENT)]
    lets: dict[str, None] = {}
    assigned: dict[str, None] = {}
    for at, token in enumerate(said[:-1]):
        if token.kind is Kind.WORD and said[at + 1].text == "=":
            (lets if at and said[at - 1].text == "let" else assigned)[token.text] = None
    return list(lets), [name for name in assigned if name not in ("kind", "isfuzzy")]


def _columns(found: list[Token], tables: Mapping[str, Collection[str]]) -> list[str]:
    """Of the tables that the text reads; of all where it reads none yet."""
    named = {t.text for t in found if t.kind is Kind.WORD} & set(tables)
    read = [table for table in tables if table in named] or list(tables)
    return list(dict.fromkeys(column for table in read for column in tables[table]))


def _statement(before: list[Token]) -> list[Token]:
    """What of the statement stands before."""
    for at in range(len(before) - 1, -1, -1):
        if before[at].text == ";":
            return before[at + 1 :]
    return before


def _is_let(statement: list[Token]) -> bool:
    return len(statement) == 3 and statement[0].text == "let"


def _operator(statement: list[Token]) -> str:
    """The operator whose arguments are being written."""
    depth = 0
    for at in range(len(statement) - 1, -1, -1):
        text = statement[at].text
        depth += (text in ")]}") - (text in "([{")
        if text == "|" and depth <= 0 and at + 1 < len(statement):
            return statement[at + 1].text
    return statement[0].text if statement else ""


def _wants_source(statement: list[Token]) -> bool:
    """Whether what is being written is read from, and no argument of a function."""
    words = [t.text for t in statement]
    if words[-1] == "(":
        before = words[-2] if len(words) > 1 else ""
        return before in ("", "(", ",", "union", "join", "lookup", "toscalar", "materialize") or (
            len(words) > 3 and words[-3] == "=" and words[-4] in ("kind", "isfuzzy")
        )
    if words[-1] == ",":
        return _operator(statement) == "union" or words[0] == "union"
    return words[-1] in ("union", "join", "lookup")


def _fitting(words: Iterable[str], begun: str) -> tuple[str, ...]:
    """Those that go on as it was begun: in its case first, then in any, then from within."""
    every = list(dict.fromkeys(words))
    low = begun.lower()
    exact = [word for word in every if word.startswith(begun)]
    any_case = [word for word in every if word.lower().startswith(low)]
    within = [word for word in every if low in word.lower()] if len(begun) > 1 else []
    fitting = dict.fromkeys((*exact, *any_case, *within))
    return tuple(word for word in fitting if word != begun)
