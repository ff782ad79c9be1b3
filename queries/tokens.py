"""Keeping access tokens out of everything that is shown or written."""

from __future__ import annotations

import re

#: Three parts of a JSON Web Token (RFC 7519), or what stands after Bearer; refresh tokens of
#: Entra begin with a digit and a dot, or M.
_SHAPES = re.compile(
    r"eyJ[\w-]{5,}(?:\.[\w-]*){1,4}|(?i:(?<=bearer )[\w.~+/=-]{8,})|\b[01]\.A[\w-]{60,}"
)
_known: set[str] = set()


def keep_out(token: str) -> None:
    """Never let this text through, whatever it looks like."""
    # A short one would blot out ordinary words.
    if len(token) >= 8:
        _known.add(token)


def without_tokens(text: str) -> str:
    """``text`` with every token, known or of a token's shape, replaced by ``(token)``."""
    for token in _known:
        text = text.replace(token, "(token)")
    return _SHAPES.sub("(token)", text)
