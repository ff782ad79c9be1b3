"""Numbers in sentences."""

from __future__ import annotations


def counted(count: int, noun: str, plural: str = "") -> str:
    """``1 row``, ``1,204 rows``; ``plural`` where it is not the noun and an s."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
