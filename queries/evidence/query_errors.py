"""What the engine refuses, and where in the text: its own words, without those of its insides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..kql.words import OPERATORS
from ..language import tr
from ..questions import Query

#: Names that an error is about.
_NAMED = re.compile(
    r"""Referenced column "([^"]+)" not found|Alias with name ""([^"]+)\"\""""
    r"""|schema error for '([^']+)'"""
)


class QueryError(Exception):
    """A query that was refused or failed; one line.

    Attributes:
        place: line and column, both from 1, of the mistake in the text; None where nobody knows.
        only_here: the text may be KQL, and this engine cannot answer it.
    """

    def __init__(
        self, text: str, place: tuple[int, int] | None = None, *, only_here: bool = False
    ) -> None:
        super().__init__(text)
        self.place = place
        self.only_here = only_here

    def within(self, query: Query, declared: int = 0) -> QueryError:
        """With its place in the query's own text, before which ``declared`` lines stood."""
        place = self.place
        if place is not None:
            line = place[0] - declared
            place = (line, place[1]) if 0 < line <= query.text.count("\n") + 1 else None
        elif found := _NAMED.search(str(self)):
            place = place_in(query.text, next(filter(None, found.groups())))
        return QueryError(str(self), place, only_here=self.only_here)


def place_in(text: str, name: str) -> tuple[int, int] | None:
    """Line and column of a name, both from 1; None where it does not stand there."""
    # Only a mistake is looked for.
    from ..kql.tokens import place_of_name  # noqa: PLC0415

    return place_of_name(text, name)


#: An operator, as far as the grammar goes; what follows is told where it fails.
_OPERATOR = re.compile(r"\|\s*([A-Za-z][\w-]*)")


def syntax_error(error: Any, text: str) -> QueryError:
    """Without the list of all that might have stood there instead, which fills a screen."""
    if not error.diagnostics:
        return QueryError(one_line(error))
    first = error.diagnostics[0]
    said = first.message.partition(" expecting {")[0]
    line, column = first.span.line, first.span.column
    found = _OPERATOR.match(text.split("\n")[line - 1], column)
    if found and not any(word.split()[0] == found[1] for word in OPERATORS):
        # The grammar stops before the operator that it does not know.
        said, column = tr("no operator is called {name}", name=found[1][:100]), found.start(1)
    return QueryError(tr("syntax error: {said}", said=said[:300]), (line, column + 1))


def unsupported(error: Any, text: str) -> QueryError:
    """KQL that is none here; ``text`` is searched for a function that is told without a place."""
    place = (error.span.line, error.span.column + 1) if error.span else None
    kind, _, name = str(error.construct).rpartition(":")
    words = tr("the function {name}", name=name) if kind == "function" else name
    if place is None:
        place = place_in(text, name)
    why = "" if not error.hint or "in this wave" in error.hint else f": {error.hint}"
    said = tr("not possible with offline evidence: {construct}", construct=words)
    return QueryError(f"{said}{why}"[:500], place, only_here=True)


def one_line(error: Exception) -> str:
    """The first line of what an engine complains of."""
    lines: Sequence[str] = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:500]
