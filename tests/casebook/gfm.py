"""Reads Markdown back as GitHub's flavour, links guessed from bare text included."""

from __future__ import annotations

import itertools

from iotriage.queries.printable import printable
from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER = MarkdownIt("gfm-like", {"linkify": True})

#: What a summary is made of. Anything else came out of somebody's text.
_OURS = {
    *("heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "fence"),
    *("table_open", "table_close", "thead_open", "thead_close", "tbody_open", "tbody_close"),
    *("tr_open", "tr_close", "th_open", "th_close", "td_open", "td_close"),
    *("blockquote_open", "blockquote_close"),
    *("bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"),
    *("text", "code_inline"),
}


def parsed(markdown: str) -> list[Token]:
    """The tokens, after a look that none is of a kind a device could have made."""
    tokens = _PARSER.parse(markdown)
    inside = [child for token in tokens for child in token.children or ()]
    kinds = {token.type for token in (*tokens, *inside)}
    assert kinds <= _OURS, kinds - _OURS
    return tokens


def text(token: Token) -> str:
    """What a reader sees of an inline token."""
    return "".join(child.content for child in token.children or ())


def read(hostile: str, limit: int) -> str:
    """What a reader should see of it."""
    shown = printable(hostile)
    rest = len(shown) - limit
    return f"{shown[:limit]}… (cut: {rest} more characters)" if rest > 0 else shown


def plain(token: Token) -> str:
    """What stands outside of code, where a renderer looks for mentions and the like."""
    return " ".join(child.content for child in token.children or () if child.type == "text")


def inlines(markdown: str, inside: str) -> list[Token]:
    """The inline token of every element that opens with ``inside``."""
    tokens = parsed(markdown)
    return [after for token, after in itertools.pairwise(tokens) if token.type == inside]


def rows(markdown: str) -> list[list[str]]:
    """Every table row as the texts of its cells."""
    found: list[list[str]] = []
    tokens = parsed(markdown)
    for token, after in itertools.pairwise(tokens):
        if token.type == "tr_open":
            found.append([])
        if token.type in ("th_open", "td_open"):
            found[-1].append(text(after))
    return found
