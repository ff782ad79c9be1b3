"""What is ours to say, in the language of the analyst.

English stands in the source and is the key to every other language. Words of a device, names of
columns, KQL and whatever scripts read are never translated.
"""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("en", "ja")
_FILES = {"ja": "japanese.toml"}

# Of the process and not of a context: sources answer on threads of their own.
_language = LANGUAGES[0]
_texts: Mapping[str, str] | None = None


def speak(language: str) -> None:
    """From now on :func:`tr` gives this one of LANGUAGES."""
    global _language, _texts  # noqa: PLW0603 - one process, one analyst
    _texts = translations(language) if language in _FILES else None
    _language = language


def spoken() -> str:
    """The language of now, one of LANGUAGES."""
    return _language


def translations(language: str) -> dict[str, str]:
    """English -> that language, with the same named placeholders."""
    # English, and whoever only asks for the version, needs neither.
    import tomllib  # noqa: PLC0415
    from importlib import resources  # noqa: PLC0415

    source = resources.files(__package__).joinpath(_FILES[language]).read_text(encoding="utf-8")
    return {
        english: text
        for section in tomllib.loads(source).values()
        for english, text in section.items()
    }


def tr(english: str, /, **values: object) -> str:
    """The text in the language of now, ``{name}`` filled with the value of that name.

    A text that has no translation, such as one of a team's own pack, stays as it is.
    """
    text = english if _texts is None else _texts.get(english, english)
    return text.format(**values) if values else text


def translatable(english: str) -> str:
    """The text itself: it is translated where it is used, and this says that it can be."""
    return english
