"""The one escaper for Markdown: text of a device becomes text, on every renderer.

Backslashes do not do it: GitHub makes links of e-mail addresses, mentions, issue numbers and
emoji codes after the escapes are gone. Only a code span is left alone by all of them, so
whatever is not a plain word stands in one. What a parser reads is exactly ``printable(text)``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from ...queries.language import tr
from ...queries.printable import printable

#: Characters of a table cell and of a line of prose; the whole text is in the JSON report.
CELL_LIMIT = 300
LINE_LIMIT = 2000

_BACKTICKS = re.compile("`+")
#: A pipe after a backslash: no two table parsers agree on an escape for it inside a code span.
_ESCAPED_PIPE = re.compile(r"(?<=\\)\|")
_CHAR = r"(?:[A-Za-z0-9]|[^\x00-\x7f])"
_PLAIN = re.compile(rf"[(\"']*{_CHAR}+(?:['-]{_CHAR}+)*[)\"',;:!?.]*")
_END = re.compile(r"(?<![.,;!?])[.,;!?]* *$")
#: Plain words that some renderer would still act on: list numbers, issue keys, commit hashes,
#: the beginning of a web address.
_ACTED_ON = re.compile(
    r"\W*(?:\d+[.)].*|(?:.*\b)?[a-z]+-\d.*|[0-9a-f]{7,}\W*|www\W*|(?:https?|ftp|mailto|xmpp):.*)",
    re.IGNORECASE | re.ASCII,
)


class Markdown(str):
    """Text that is Markdown already."""

    __slots__ = ()


def cell(text: str) -> Markdown:
    """A table cell with the text of a device, as code; cut when long, and saying so."""
    return _cut(text, CELL_LIMIT, lambda shown: _code(shown, table=True))


def code(text: str) -> Markdown:
    """The same outside of a table."""
    return _cut(text, CELL_LIMIT, lambda shown: _code(shown, table=False))


def inline(text: str, *, table: bool = False) -> Markdown:
    """A line of prose: plain words stay as they are, the others stand in code.

    Args:
        table: it stands in a table cell, where a pipe needs an escape of its own.
    """
    return _cut(text, LINE_LIMIT, lambda shown: _prose(shown, table))


def code_block(text: str, language: str = "") -> Markdown:
    """A fenced block; lines stay lines, everything else is made printable."""
    body = "\n".join(printable(line) for line in text.replace("\r\n", "\n").split("\n"))
    longest = max((len(run) for run in _BACKTICKS.findall(body)), default=0)
    fence = "`" * max(3, longest + 1)
    return Markdown(f"{fence}{language}\n{body}\n{fence}")


def _cut(text: str, limit: int, escape: Callable[[str], str]) -> Markdown:
    shown = printable(text)
    rest = len(shown) - limit
    if rest <= 0:
        return Markdown(escape(shown))
    return Markdown(
        tr("{text} (cut: {count} more characters)", text=escape(shown[:limit] + "…"), count=rest)
    )


def _prose(text: str, table: bool) -> str:
    # Plain and other words by turns; a run of other words makes one span.
    runs: list[tuple[bool, list[str]]] = []
    for word in re.split("( +)", text):
        blank = not word.strip(" ")
        plain = runs[-1][0] if blank and runs else blank or _is_plain(word)
        if not runs or runs[-1][0] != plain:
            runs.append((plain, []))
        runs[-1][1].append(word)
    parts = []
    for plain, words in runs:
        body = "".join(words)
        if plain:
            parts.append(body)
        else:
            # What ends a sentence, and the blank after it, are the paragraph's.
            end = _END.search(body)
            bare = body[: end.start()] if end and end.start() else body.rstrip(" ")
            parts.append(_code(bare, table) + body[len(bare) :])
    return _kept_edges("".join(parts))


def _is_plain(word: str) -> bool:
    return bool(_PLAIN.fullmatch(word)) and not _ACTED_ON.fullmatch(word)


def _kept_edges(text: str) -> str:
    """Blanks at the ends as entities, since parsers strip them."""
    bare = text.strip(" \u3000")
    if not bare:
        return _entities(text)
    start = text.index(bare)
    return _entities(text[:start]) + bare + _entities(text[start + len(bare) :])


def _entities(text: str) -> str:
    return "".join(f"&#{ord(char)};" for char in text)


def _code(text: str, table: bool) -> str:
    if not table:
        return _span(text)
    pieces = [_span(piece).replace("|", "\\|") for piece in _ESCAPED_PIPE.split(text)]
    return "&#124;".join(pieces)


def _span(text: str) -> str:
    if not text.strip(" "):
        # Parsers do not agree on how much of a blank span is stripped.
        return _entities(text)
    # The shortest run that does not occur: very long ones are not read as code any more.
    taken = {len(run) for run in _BACKTICKS.findall(text)}
    fence = "`" * next(n for n in range(1, len(taken) + 2) if n not in taken)
    pad = " " if "`" in (text[0], text[-1]) or text[0] == text[-1] == " " else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def table(head: Sequence[str], rows: Iterable[Sequence[Markdown]]) -> Markdown:
    """A pipe table under a head of our own words; one row of cells a line."""
    lines = [list(map(str, head)), ["---"] * len(head), *rows]
    return Markdown("\n".join(f"| {' | '.join(cells)} |" for cells in lines))
