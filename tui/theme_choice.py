"""Which theme to draw with, where none is asked for: what the terminal says of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..queries.language import tr
from ..themes import Theme, ThemeError, load_theme
from .settings import settings_path

#: Terminals that never had colours, and entries that say so by their name.
_COLOURLESS = re.compile(r"vt\d.*|.*-(m|mono)")
#: What draws takes any other for one of sixteen colours.
_MANY = ("256color", "kitty")


@dataclass(frozen=True, slots=True)
class Choice:
    """A theme, and why it is this one."""

    theme: str
    why: str


def own_themes() -> Path:
    """Where themes of one's own lie."""
    return settings_path().parent / "themes"


def open_theme(wanted: str | None, environment: Mapping[str, str]) -> Theme:
    """The theme that was asked for, else the one that suits the terminal.

    Raises:
        ThemeError: no such theme, or one with a mistake.
    """
    return load_theme(choose(wanted, environment).theme, own_themes())


def mistake(error: ThemeError) -> str:
    """What is wrong with a theme, in the language of the analyst."""
    inner = {
        name: mistake(value) if isinstance(value, ThemeError) else value
        for name, value in error.values.items()
    }
    return tr(error.english, **inner)


def choose(wanted: str | None, environment: Mapping[str, str]) -> Choice:
    """What is asked for outweighs what the terminal says, NO_COLOR included."""
    if wanted:
        return Choice(wanted, tr("it was asked for"))
    if environment.get("NO_COLOR"):
        return Choice("monochrome", tr("NO_COLOR is set"))
    term = environment.get("TERM", "")
    if _COLOURLESS.fullmatch(term):
        return Choice("monochrome", tr("TERM={term} has no colours", term=term))
    light = background_is_light(environment)
    told = tr("the terminal does not tell its background")
    if light is not None:
        told = (
            tr("COLORFGBG tells of a light background")
            if light
            else tr("COLORFGBG tells of a dark background")
        )
    if colours(environment) == 16:
        return Choice(
            "ansi-light" if light else "ansi-dark", tr("16 colours are sure, and {told}", told=told)
        )
    return Choice("light" if light else "dark", told)


def colours(environment: Mapping[str, str]) -> int:
    """How many colours the terminal says it has; 16 where it does not say."""
    if environment.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return 1 << 24
    return 256 if environment.get("TERM", "").rpartition("-")[2] in _MANY else 16


def background_is_light(environment: Mapping[str, str]) -> bool | None:
    """By COLORFGBG, ``text;background`` in the sixteen colours; None where it does not say."""
    _, found, ground = environment.get("COLORFGBG", "").rpartition(";")
    if not found or not re.fullmatch(r"\d{1,2}", ground) or int(ground) > 15:
        return None
    return int(ground) == 7 or int(ground) > 8
