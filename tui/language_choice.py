"""Which language to speak: what is asked for, else what the locale says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..queries.language import LANGUAGES, tr

_FLAG = "--lang"
_VARIABLE = "IOTRIAGE_LANG"


@dataclass(frozen=True, slots=True)
class Choice:
    """A language, one of LANGUAGES, and why it is this one."""

    language: str
    why: str


def asked_for(
    words: Sequence[str], environment: Mapping[str, str], setting: str | None
) -> str | None:
    """What flag, variable or setting ask for; None where none does.

    Read before anything else is, so that also a mistake in the other words is told in that
    language. A language that is not known is complained of with the other words.
    """
    found: str | None = None
    for at, word in enumerate(words):
        if word == _FLAG and at + 1 < len(words):
            found = words[at + 1]
        elif word.startswith(f"{_FLAG}="):
            found = word.removeprefix(f"{_FLAG}=")
    found = found or environment.get(_VARIABLE) or setting
    return found if found in LANGUAGES else None


def choose(asked: str | None, environment: Mapping[str, str], *, utf8: bool) -> Choice:
    """What is asked for outweighs the locale; where that is not UTF-8 it is English all the same.

    The reason is told in the language of now.
    """
    named = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next(filter(None, named), "")
    wanted = asked or ("ja" if locale.partition(".")[0].partition("_")[0] == "ja" else "en")
    if wanted != "en" and not utf8:
        return Choice("en", tr("{language} needs a locale of UTF-8", language=wanted))
    if asked:
        return Choice(wanted, tr("it was asked for"))
    return Choice(wanted, tr("of the locale {locale}", locale=locale or tr("(not set)")))
