"""Every key, as lines."""

from __future__ import annotations

from collections.abc import Callable

from ..queries.language import tr
from .actions import Action
from .keymap import Keymap
from .widgets.lines_view import Line


def key_lines(
    keymap: Keymap, ascii_only: bool = False, leads_to: Callable[[Action], str] = lambda _: ""
) -> list[Line]:
    """Every key, and by which names other keys are given.

    ``leads_to``: the title of the pane that an action goes to, where its place alone says which.
    """
    keys = [action.written(ascii_only) for action in keymap.actions]
    width = max(map(len, keys)) + 2
    told = [
        Line(_help(action, leads_to(action)), "plain", width, shown)
        for action, shown in zip(keymap.actions, keys, strict=True)
    ]
    names = ", ".join(action.id for action in keymap.actions)
    others = Line(
        tr("[keys] in config.toml gives other keys, by these names: {names}.", names=names), "muted"
    )
    return [*told, Line(), others]


def _help(action: Action, title: str) -> str:
    return f"{tr(action.help)} ({title})" if title else tr(action.help)
