"""The offer to go on where the case was left."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical

from ...queries.language import tr
from ..widgets.one_line import OneLine
from .dialogs import Confirm


class GoOn(Confirm):
    """Says where that was, one thing a line; gives back whether to go there."""

    def __init__(self, where: tuple[str, ...], *, ascii_only: bool = False) -> None:
        super().__init__(tr("Go on where you were?"), ascii_only=ascii_only)
        self._where = where

    def compose(self) -> ComposeResult:
        lines = [
            (self._question, "accent"),
            ("", "plain"),
            *((text, "plain") for text in self._where),
            ("", "plain"),
            (tr("Enter or y: yes.  Esc or n: no, pick a device."), "muted"),
        ]
        with Vertical(classes="dialog"):
            for text, tone in lines:
                line = OneLine(ascii_only=self._ascii)
                line.set_runs([(text, tone)])
                yield line
