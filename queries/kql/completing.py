"""What may stand where somebody is writing: tables, columns, names of the text, KQL's words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from ..evidence.tables import TABLES
from .tokens import Kind, Token, tokens
from .words import AGGREGATES, BEGINNINGS, COMPARISONS, OPERATORS, SCALARS

_OPENING, _CLOSING = ("(", "[", "{"), (")", "]", "}")
#: Operators that read another source of rows, and what a bracket with one in it stands behind.
_READERS = ("union", "join", "lookup")
_READING = ("", *_READERS, "toscalar", "materialize")
_BEFORE_SOURCE = frozenset((*_READERS, ",", "("))
#: Words after which an operand comes.
_SAYING = frozenset((*COMPARISONS, *(word for each in OPERATORS for word in each.split())))


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
    functions: tuple[str, ...] = SCALARS
    if "summarize" in (_operator(_within(statement)[1]), statement[0].text):
        functions = (*AGGREGATES, *SCALARS)
    if _is_operand(before[-1]):
        return (*COMPARISONS, *names, *functions)
    return (*names, *functions, *COMPARISONS)


def _is_operand(token: Token) -> bool:
    """Whether something is to be said of it, rather than it of something."""
    if token.kind is Kind.WORD:
        return token.text not in _SAYING
    return token.kind in (Kind.STRING, Kind.NUMBER) or token.text in _CLOSING


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


def _within(statement: list[Token]) -> tuple[str, list[str]]:
    """(what the bracket that is open stands behind, the words since then outside of others)."""
    words: list[str] = []
    depth = 0
    for at in range(len(statement) - 1, -1, -1):
        text = statement[at].text
        if text in _CLOSING:
            depth += 1
        elif text in _OPENING and depth:
            depth -= 1
        elif text in _OPENING:
            return (statement[at - 1].text if at else "", words[::-1])
        elif not depth:
            words.append(text)
    return "", words[::-1]


def _operator(words: list[str]) -> str:
    """The operator whose arguments are being written."""
    at = len(words) - 1 - words[::-1].index("|") if "|" in words else -1
    rest = words[at + 1 :]
    if at < 0 and rest[:1] == ["let"]:
        rest = rest[3:]
    return rest[0] if rest else ""


def _wants_source(statement: list[Token]) -> bool:
    """Whether what is being written is read from, and no argument of a function."""
    opened_by, words = _within(statement)
    if not words:
        if opened_by in ("(", ","):
            # What a bracket of its own may hold, the place where it stands says.
            return _wants_source(statement[:-1])
        # "= (" is that of "kind=inner (" as well: its word stands before the bracket.
        return opened_by in _READING or _operator(_within(statement[:-1])[1]) in _READERS
    return _operator(words) == "union" or words[-1] in _READERS


def _fitting(words: Iterable[str], begun: str) -> tuple[str, ...]:
    """Those that go on as it was begun: in its case first, then in any, then from within."""
    every = list(dict.fromkeys(words))
    low = begun.lower()
    exact = [word for word in every if word.startswith(begun)]
    any_case = [word for word in every if word.lower().startswith(low)]
    within = [word for word in every if low in word.lower()] if len(begun) > 1 else []
    fitting = dict.fromkeys((*exact, *any_case, *within))
    return tuple(word for word in fitting if word != begun)
