"""How keys are spelled: by people, and by what reads the terminal."""

from __future__ import annotations

import re
import unicodedata

from ..queries.language import tr, translatable

#: What is written differently from how it is read; the rest is the name with a capital.
_WRITTEN = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
}
_ARROWS = str.maketrans({"↑": "Up", "↓": "Down", "←": "Left", "→": "Right"})
_NAMED = frozenset(
    ["enter", "tab", "space", "backspace", "insert", "delete", "home", "end", "pageup", "pagedown"]
    + ["up", "down", "left", "right"]
    + [f"f{number}" for number in range(1, 13)]
)
_ALIASES = {
    "return": "enter",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "pgdown": "pagedown",
    "ins": "insert",
    "del": "delete",
    "esc": "escape",
}
_CHARACTERS = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
_BACK = {name: unicode_name for unicode_name, name in _CHARACTERS.items()}
#: The terminal sends one and the same for both.
_SAME = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+j": "enter", "ctrl+h": "backspace"}
#: They keep their meaning: nobody shall be locked in.
_KEPT = {
    "escape": translatable("it leaves fields and dialogues"),
    "ctrl+c": translatable("it interrupts"),
    "ctrl+q": translatable("it ends iotriage at once"),
}
_MODIFIED = re.compile(r"((?:(?:ctrl|shift|alt)\+)+)(.+)")


def key_named(text: str) -> str:
    """The key that somebody means, as it is read from the terminal.

    Raises:
        ValueError: there is no such key, or it is not to be had; says what to write.
    """
    key = _spelled(text)
    if key in _SAME:
        raise ValueError(
            tr(
                "is sent by terminals as {sent}: write {key!r}",
                sent=written(_SAME[key]),
                key=_SAME[key],
            )
        )
    if key in _KEPT:
        raise ValueError(tr("keeps its meaning ({why}): choose another key", why=tr(_KEPT[key])))
    return key


def _spelled(text: str) -> str:
    if len(text) == 1:
        return _character(text)
    name = text.strip().lower()
    found = _MODIFIED.fullmatch(name)
    if found is None:
        name = _ALIASES.get(name, name)
        # Every emoji has a name too.
        if name in _NAMED or name in _KEPT or (_printed(name) and _printed(name).isascii()):
            return name
        raise ValueError(tr("is no key: write 'm', '/', 'ctrl+n', 'f5', 'pageup' or the like"))
    modifiers, base = set(found[1][:-1].split("+")), _ALIASES.get(found[2], found[2])
    if modifiers == {"shift"} and len(base) == 1:
        raise ValueError(
            tr("is written as what it types, such as {example!r}", example=base.upper())
        )
    if base not in _NAMED and not (re.fullmatch(r"[a-z]", base) and "shift" not in modifiers):
        raise ValueError(tr("is no key that terminals send: write 'ctrl+n', 'alt+n' or the like"))
    order = [one for one in ("alt", "ctrl", "shift") if one in modifiers]
    return "+".join([*order, base])


def _character(char: str) -> str:
    if not char.isprintable():
        raise ValueError(tr("is no key: write its name, such as 'tab'"))
    if char.isalnum():
        return char
    name = unicodedata.name(char, "").lower().replace("-", "_").replace(" ", "_")
    return _CHARACTERS.get(name, name)


def _printed(key: str) -> str:
    """What a key prints; nothing for those that print nothing."""
    if len(key) == 1:
        return key
    for name in (_BACK.get(key, key), key):
        for spelled in (name.replace("_", " "), name.replace("_", "-", 1).replace("_", " ")):
            try:
                return unicodedata.lookup(spelled)
            except KeyError:
                continue
    return ""


def printed(key: str) -> str:
    """The character that a key types, or nothing."""
    return " " if key == "space" else "" if key in _NAMED else _printed(key)


def written(key: str, ascii_only: bool = False) -> str:
    """The key as people write it: Ctrl+Z, PgUp, /; arrows in words for ``ascii_only``."""
    *modifiers, base = key.split("+")
    text = _WRITTEN.get(base) or ("" if base in _NAMED else _printed(base)) or base.capitalize()
    if modifiers and len(text) == 1:
        text = text.upper()
    text = "+".join([*(one.capitalize() for one in modifiers), text])
    return text.translate(_ARROWS) if ascii_only else text
