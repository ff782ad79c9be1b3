"""Numbers in sentences."""

from __future__ import annotations

from .language import spoken, tr


def counted(count: int, noun: str, plural: str = "") -> str:
    """``1 row``, ``1,204 rows``; ``plural`` where it is not the noun and an s."""
    if spoken() != "en":
        # The nouns of other languages are told with their counter, and know no plural.
        return tr("{count} " + noun, count=f"{count:,}")
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def bytes_words(number: float) -> str:
    """``12 kB``, ``3.4 GB``; decimal units, as disks are sold."""
    for unit in ("B", "kB", "MB"):
        if number < 999.5:
            return f"{number:.0f} {unit}"
        number /= 1000
    return f"{number:,.1f} GB"
