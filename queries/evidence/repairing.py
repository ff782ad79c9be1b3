"""JSON text that DuckDB refuses and Python takes."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

_SURROGATE = re.compile(r"[\ud800-\udfff]")


def first_wins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """For ``object_pairs_hook``: of a key that is repeated the first counts, as in DuckDB."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        found.setdefault(key, value)
    return found


def parsed(text: str) -> Any:
    """Raises ValueError for what is no JSON, or is nested too deeply to be held."""
    try:
        return json.loads(text, object_pairs_hook=first_wins)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def repaired(text: str) -> str | None:
    """A JSON object or array made fit for DuckDB; None where it is neither.

    Half a surrogate pair becomes U+FFFD.
    """
    try:
        row = parsed(text)
    except ValueError:
        return None
    return dumped(row) if isinstance(row, dict | list) else None


def dumped(value: Any) -> str:
    """JSON text without half surrogates."""
    try:
        return msgspec.json.encode(value).decode()
    except (UnicodeEncodeError, TypeError, OverflowError):
        # Half a surrogate pair, or a number past 64 bits: the slow way knows them.
        pass
    return _SURROGATE.sub("\ufffd", json.dumps(value, ensure_ascii=False))
