"""The keys of the analyst: the registry of actions, with what config.toml changes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..queries.language import tr
from ..queries.printable import printable
from .actions import ACTIONS, Action
from .key_names import key_named, printed, written

#: Without a key for these, nobody would find out how to go on.
_NEEDED = ("help", "leave")


class KeymapError(ValueError):
    """Keys that cannot be had: file, line and what to change, in one line."""


@dataclass(frozen=True, slots=True)
class Keymap:
    """Every action with its keys."""

    actions: tuple[Action, ...] = ACTIONS

    def action(self, name: str) -> Action:
        """The action of an id."""
        return next(action for action in self.actions if action.id == name)

    def on(self, key: str) -> str:
        """The id of the action that a key does; nothing where it does none."""
        return next((action.id for action in self.actions if key in action.keys), "")

    def footer(self) -> list[Action]:
        """Those that the footer shows, the most wanted first."""
        shown = (action for action in self.actions if action.footer and action.keys)
        return sorted(shown, key=lambda action: action.footer)

    def key(self, name: str, ascii_only: bool = False) -> str:
        """The first key of an action as people write it; where it has none, where it is found."""
        keys = self.action(name).keys
        return written(keys[0], ascii_only) if keys else tr("the palette")

    def letter(self, name: str) -> str:
        """The first character that is typed for an action; nothing where none is."""
        return next(filter(None, map(printed, self.action(name).keys)), "")

    def bindings(self) -> dict[str, str]:
        """Keys by the id of their action, for the toolkit; there is no key for none."""
        return {action.id: ",".join(action.keys) or "none" for action in self.actions}


#: The keys as they come.
REGISTRY = Keymap()


def keymap_from(
    wanted: Mapping[str, Any], place: Callable[[str], str] = lambda _: "[keys]"
) -> Keymap:
    """The registry with other keys; ``place`` says where the entry of an action stands.

    Raises:
        KeymapError: an action or a key that is not known, or two actions on one key.
    """
    known = {action.id: action for action in ACTIONS}
    for name, keys in wanted.items():
        at = f"{place(name)}: {printable(name)}"
        if name not in known:
            raise KeymapError(
                tr(
                    "{at}: no such action: give one of {known}",
                    at=at,
                    known=", ".join(sorted(known)),
                )
            )
        known[name] = replace(known[name], keys=_keys(keys, at))
        if not known[name].keys and name in _NEEDED:
            raise KeymapError(tr("{at}: needs a key: give it one", at=at))
    actions = tuple(known.values())
    for name in wanted:
        for other in actions:
            for key in known[name].keys:
                if other.id != name and key in other.keys:
                    raise KeymapError(
                        tr(
                            "{at}: {key} is on {name} and on {other}: give one of them another"
                            " key, or none: {id} = []",
                            at=place(name),
                            key=written(key),
                            name=name,
                            other=other.id,
                            id=other.id,
                        )
                    )
    return Keymap(actions)


def _keys(wanted: Any, at: str) -> tuple[str, ...]:
    texts = [wanted] if isinstance(wanted, str) else wanted
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise KeymapError(tr("{at}: give a key in quotes, or a list of them", at=at))
    keys: list[str] = []
    for text in texts:
        try:
            key = key_named(text)
        except ValueError as error:
            raise KeymapError(
                tr("{at}: '{key}' {reason}", at=at, key=printable(text), reason=error)
            ) from None
        if key not in keys:
            keys.append(key)
    return tuple(keys)
