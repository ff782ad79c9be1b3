"""SQL for a cell of a row as the column of a table wants it."""

from __future__ import annotations

from .tables import SQL_TYPES


def cast(expression: str, kind: str) -> str:
    """SQL for a text as a column of the Kusto type; what does not fit is null, text never is."""
    if kind == "string":
        return f"coalesce({expression}, '')"
    if kind == "datetime":
        return in_calendar(f"(TRY_CAST({expression} AS TIMESTAMPTZ) AT TIME ZONE 'UTC')")
    return f"TRY_CAST({expression} AS {SQL_TYPES[kind]})"


def in_calendar(moment: str) -> str:
    return f"CASE WHEN year({moment}) BETWEEN 1 AND 9998 THEN {moment} END"
