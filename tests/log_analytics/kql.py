"""What the server itself reads in a query's text: values, missing tables, places of errors."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from iotriage.queries.answers import Answer
from iotriage.queries.evidence.tables import TABLES

_LET = re.compile(
    r"\s*let\s+(?P<name>[A-Za-z_]\w*)\s*=\s*(?:"
    r'"(?P<text>(?:[^"\\\n]|\\["\\nrt])*)"'
    r"|long\((?P<long>-?\d+)\)"
    r"|datetime\((?P<time>[\d\-:.TZ]+)\)"
    r"|(?P<bool>true|false)\b"
    r")\s*;"
)
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
_TOKEN = re.compile(
    r"""(?P<skip>//[^\n]*|@"(?:[^"]|"")*"|@'(?:[^']|'')*'|```.*?```"""
    r"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?P<word>[A-Za-z_]\w*)|(?P<sign>[^\s\w])""",
    re.S,
)


class UnresolvedError(Exception):
    """A table that the workspace does not have."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def split_prologue(text: str) -> tuple[dict[str, Any], str]:
    """The values that stand as ``let name = literal;`` before the question, and the question."""
    values: dict[str, Any] = {}
    place = 0
    while found := _LET.match(text, place):
        try:
            values[found["name"]] = _value(found)
        except ValueError:
            break
        place = found.end()
    return values, text[place:]


def _value(found: re.Match[str]) -> Any:
    if found["text"] is not None:
        return _ESCAPE.sub(lambda hit: _ESCAPED.get(hit[1], hit[1]), found["text"])
    if found["long"] is not None:
        return int(found["long"])
    if found["time"] is not None:
        moment = datetime.fromisoformat(found["time"])
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return found["bool"] == "true"


def without_missing(text: str, present: Collection[str]) -> str:
    """The text with what a fuzzy union cannot find blanked out, every line and column kept.

    Raises:
        UnresolvedError: a missing table is named anywhere else.
    """
    missing = set(TABLES) - set(present)
    if not missing:
        return text
    tokens = [token for token in _TOKEN.finditer(text) if not token["skip"]]
    words = [token[0] for token in tokens]
    for at, word in enumerate(words):
        if word != "union":
            continue
        operands = _fuzzy_operands(words, at + 1)
        lost = [o for o in operands if missing & set(words[o.start : o.stop])]
        if lost and len(lost) == len(operands):
            break
        kept = 0
        for operand in operands:
            # The comma before an operand stays where both of its sides have something.
            if kept == 0 or operand in lost:
                comma = range(operand.start - (operand != operands[0]), operand.start)
                text = _blanked(text, tokens, comma)
            if operand in lost:
                text = _blanked(text, tokens, operand)
                words[operand.start : operand.stop] = [""] * len(operand)
            else:
                kept += 1
    for word in words:
        if word in missing:
            raise UnresolvedError(word)
    return text


def _fuzzy_operands(words: list[str], at: int) -> list[range]:
    """Places of each operand's tokens; none where the union is not fuzzy."""
    fuzzy = False
    while words[at + 1 : at + 2] == ["="]:
        fuzzy |= words[at] == "isfuzzy" and words[at + 2] == "true"
        at += 3
    found: list[range] = []
    depth, begin = 0, at
    for place in range(at, len(words) + 1):
        word = words[place] if place < len(words) else ";"
        if depth == 0 and word in (",", "|", ";", ")"):
            found.append(range(begin, place))
            begin = place + 1
            if word != ",":
                break
        depth += (word in ("(", "[", "{")) - (word in (")", "]", "}"))
    return found if fuzzy else []


def _blanked(text: str, tokens: list[re.Match[str]], places: range) -> str:
    if not places:
        return text
    start, end = tokens[places[0]].start(), tokens[places[-1]].end()
    return text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]


def syntax_error(text: str, answer: Answer) -> dict[str, Any] | None:
    """The service's words for a text that the engine could not parse; None for other failures."""
    if answer.place is None or not answer.failure.startswith("syntax error: "):
        return None
    line, place = answer.place[0], answer.place[1] - 1
    lines = text.split("\n")
    rest = lines[line - 1][place:] if line <= len(lines) else ""
    word = re.match(r"\w+|\S|", rest.lstrip() or "")
    token = word[0] if word else ""
    inner = {
        "code": "SYN0002",
        "message": f"Query could not be parsed at '{token}' on line [{line},{place}]",
        "line": line,
        "pos": place,
        "token": token,
    }
    message = "A recognition error occurred in the query."
    return {"code": "SyntaxError", "message": message, "innererror": inner}


def semantic_error(text: str, failure: str) -> dict[str, Any]:
    """The service's words for a text that says nothing to the engine."""
    column = re.search(r'Referenced column "(.*?)" not found|Alias with name ""(.*?)"" ex', failure)
    function = re.search(r"the function (\w+)", failure)
    table = re.match(r"the evidence holds no (\S+): ", failure)
    if table:
        return unresolved(text, table[1], "table or column")
    if column:
        return unresolved(text, column[1] or column[2], "column or scalar")
    if function:
        return _semantic("SEM0260", f"Unknown function: '{function[1]}'.", text, function[1])
    return _semantic("SEM0001", failure, text, "")


def unresolved(text: str, name: str, kind: str = "table or column") -> dict[str, Any]:
    """A name that stands for nothing; told with the operator after it, as Kusto does."""
    operator = re.search(rf"\b{re.escape(name)}\b\s*\|\s*([a-z-]+)", text)
    if kind != "table or column":
        operator = re.search(rf"\|\s*([a-z-]+)[^|]*\b{re.escape(name)}\b", text)
    where = f"'{operator[1]}' operator: " if operator else ""
    return _semantic(
        "SEM0100", f"{where}Failed to resolve {kind} expression named '{name}'", text, name
    )


def _semantic(code: str, message: str, text: str, name: str) -> dict[str, Any]:
    inner: dict[str, Any] = {"code": code, "message": message}
    places = (t.start() for t in _TOKEN.finditer(text) if name and t["word"] == name)
    if (place := next(places, None)) is not None:
        inner["line"] = text.count("\n", 0, place) + 1
        inner["pos"] = place - (text.rfind("\n", 0, place) + 1)
    return {"code": "SemanticError", "message": "A semantic error occurred.", "innererror": inner}
