"""The columns of an alert that are read in words: how grave it is, when it was raised."""

from __future__ import annotations

from collections.abc import Container

from .language import tr, translatable

#: From the gravest.
SEVERITIES = (
    translatable("High"),
    translatable("Medium"),
    translatable("Low"),
    translatable("Informational"),
)
_OURS = frozenset({"Meaning", "Remedy"})


def in_words(column: str, text: str) -> str:
    """A text of an alert as the analyst reads it: what is ours in it, and how grave it is.

    Answers hold the English, so that they are the same, and hash the same, in every language.
    """
    if column in _OURS or (column == "AlertSeverity" and text in SEVERITIES):
        return tr(text)
    return ", ".join(map(tr, text.split(", "))) if column == "LookAt" else text


def raised_column(names: Container[str]) -> str:
    """The column that tells when an alert was raised; a later state has a later TimeGenerated."""
    return "FirstGenerated" if "FirstGenerated" in names else "TimeGenerated"
