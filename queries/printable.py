"""The one function that makes text from a device fit to be shown."""

from __future__ import annotations

import unicodedata

#: Cc controls, Cf format characters (bidi, zero width), Cs lone surrogates, Co private use,
#: Cn unassigned, Zl and Zp separators: none of them shows what it is.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1b": "\\e", "\0": "\\0"}
#: Characters that are letters or marks to Unicode, and blank or a shifted line to an eye.
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f")


def _hidden(char: str) -> bool:
    return (
        char in _BLANKS
        or unicodedata.category(char) in _HIDDEN
        or (char.isspace() and char not in " \u3000")
        or "\ufe00" <= char <= "\ufe0f"
        or "\U000e0100" <= char <= "\U000e01ef"
    )


def _escape(char: str) -> str:
    if short := _SHORT.get(char):
        return short
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def printable(text: str) -> str:
    """``text`` with every character that hides, moves or commands made a visible escape.

    A run of more than two combining marks is escaped too: stacked marks draw over
    neighbouring lines. A backslash that is already there stays as it is, so an escape is for
    reading, never for turning back.
    """
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks = 0
    for char in text:
        if unicodedata.category(char) in ("Mn", "Me"):
            marks += 1
            keep = marks <= 2 and len(shown) > 0 and not _hidden(char)
            shown.append(char if keep else _escape(char))
            continue
        marks = 0
        shown.append(_escape(char) if _hidden(char) else char)
    return "".join(shown)


def printable_lines(text: str) -> str:
    """Made printable line by line: what is pasted may not command a terminal either."""
    return "\n".join(printable(line) for line in text.split("\n"))
