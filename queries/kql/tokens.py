"""The tokens of a KQL text, whole or half written: every character belongs to one of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

#: Words with a hyphen in them; anywhere else it is a minus.
_HYPHENED = (
    "make-series|mv-apply|mv-expand|parse-kv|parse-where|project-away|project-keep"
    "|project-rename|project-reorder|sample-distinct|top-hitters|top-nested"
)
_TOKEN = re.compile(
    r"(?P<blank>\s+)"
    r"|(?P<comment>//[^\n\r\u2028\u2029]*)"
    r"""|(?P<string>[hH]?(?:@"(?:[^"]|"")*"|@'(?:[^']|'')*'|```.*?```|~~~.*?~~~"""
    r"""|"(?:[^"\\\n\r]|\\[^\n\r])*"|'(?:[^'\\\n\r]|\\[^\n\r])*'))"""
    r"""|(?P<open>[hH]?(?:@["'].*|(?:```|~~~).*|["'][^\n\r]*))"""
    r"|(?P<number>\d\w*(?:\.\d\w*)?)"
    rf"|(?P<word>(?:{_HYPHENED})(?![\w-])|[^\W\d]\w*)"
    r"|(?P<sign>[=!<>]=|=~|!~|<>|\.\.|.)",
    re.DOTALL,
)
_OPENING, _CLOSING = "([{", ")]}"
#: After these something has to follow.
_UNFINISHED = frozenset((*"|,=([{+*/%.<>", "==", "!=", "=~", "!~", "<=", ">=", ".."))
_UNFINISHED_WORDS = frozenset(
    ("and", "or", "by", "on", "in", "has", "contains", "let", "where", "extend", "project")
)


class Kind(Enum):
    """What a token is; OPEN is a string that does not end."""

    BLANK = auto()
    COMMENT = auto()
    STRING = auto()
    OPEN = auto()
    NUMBER = auto()
    WORD = auto()
    SIGN = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """``start`` is its offset in the text, in characters."""

    kind: Kind
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def tokens(text: str) -> list[Token]:
    """All of them, in order; joined they are the text."""
    found = []
    for match in _TOKEN.finditer(text):
        kind = Kind[(match.lastgroup or "sign").upper()]
        found.append(Token(kind, match[0], match.start()))
    return found


def meaning(text: str) -> list[Token]:
    """The tokens that say something to Kusto."""
    return [t for t in tokens(text) if t.kind not in (Kind.BLANK, Kind.COMMENT)]


def with_plain_blanks(text: str) -> str:
    """With blanks for tabs and for those that pages are set with; strings stay as they are."""
    return "".join(
        re.sub(r"[^\S\n]", " ", token.text.replace("\t", "    "))
        if token.kind is Kind.BLANK
        else token.text
        for token in tokens(text)
    )


def is_whole(text: str) -> bool:
    """Whether somebody who ends here may have ended: nothing is open, something is asked."""
    found = meaning(text)
    if not found or any(token.kind is Kind.OPEN and _spans_lines(token) for token in found):
        return False
    depth = 0
    for token in found:
        if token.kind is Kind.SIGN:
            depth += (token.text in _OPENING) - (token.text in _CLOSING)
    last = found[-1]
    if depth > 0 or last.text in _UNFINISHED:
        return False
    if last.kind is Kind.WORD and last.text in _UNFINISHED_WORDS:
        return False
    return _asks(found)


def _asks(found: list[Token]) -> bool:
    """Whether there is a statement that is no ``let``."""
    begins = True
    for token in found:
        if token.text == ";" and token.kind is Kind.SIGN:
            begins = True
        elif begins:
            if token.text != "let":
                return True
            begins = False
    return False


def _spans_lines(token: Token) -> bool:
    return token.text.lstrip("hH").startswith(("```", "~~~"))


def place_of(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of an offset; only ``\\n`` ends a line, as for the engine."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def place_of_name(text: str, name: str) -> tuple[int, int] | None:
    """Where a name stands for the first time, outside of strings and comments."""
    for token in tokens(text):
        if token.kind is Kind.WORD and token.text == name:
            return place_of(text, token.start)
    return None
