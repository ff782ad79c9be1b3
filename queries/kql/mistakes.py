"""A mistake in a text, told with its place in it."""

from __future__ import annotations

from ..language import tr


def with_place(failure: str, place: tuple[int, int] | None, question: str, text: str) -> str:
    """``failure`` with the line it is about; ``place``: line and column of ``text``, from 1."""
    lines = text.split("\n")
    if place is None or not 0 < place[0] <= len(lines):
        return failure
    line, column = place
    at = tr(
        "line {line}, column {column} of {question}", line=line, column=column, question=question
    )
    return f"{failure} ({at}: {lines[line - 1].strip()[:80]})"
