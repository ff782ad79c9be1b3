"""The palette: the same actions as everywhere, nothing of Textual's own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.app import SystemCommand

from ..queries.language import tr

if TYPE_CHECKING:
    from .console import Console


def palette_commands(console: Console) -> Iterable[SystemCommand]:
    """Each action with its keys; chosen, it does what its key does on the main screen."""

    async def run(name: str) -> None:
        await console.run_action(f"screen.{name}", console.main)

    for action in console.keymap.actions:
        if action.name != "palette":
            keys = action.written(console.ascii_only) or tr("no key")
            label = console.panes.label(action)
            yield SystemCommand(
                label[:1].upper() + label[1:],
                # The palette reads markup.
                f"{tr(action.help)}  ({keys})".replace("[", r"\["),
                lambda name=action.name: console.run_worker(run(name)),
            )
