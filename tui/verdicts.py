"""What is decided: on disk first, then on the screen, whoever decided it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..queries.language import tr, translatable
from .casebook.casebook import CaseError

if TYPE_CHECKING:
    from .console import Console


class Verdicts:
    """Writes to the casebook, and redraws what a verdict changes."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last_complaint = ""

    def follow(self) -> None:
        """See what other consoles on this case have decided; draws only where they have."""
        try:
            news = self._console.casebook.refresh()
        except CaseError as error:
            if str(error) != self._last_complaint:
                self._last_complaint = str(error)
                self._console.tell(self._last_complaint, bad=True)
            return
        self._last_complaint = ""
        if news:
            self._redraw()

    def write(self, write: Callable[[], object]) -> bool:
        """False when it could not be written."""
        try:
            write()
        except CaseError as error:
            self._console.tell(str(error), bad=True)
            return False
        self._redraw()
        return True

    def undo(self) -> None:
        self._step(
            self._console.casebook.undo,
            translatable("undone: {deed}"),
            translatable("nothing to be undone"),
        )

    def redo(self) -> None:
        self._step(
            self._console.casebook.redo,
            translatable("brought back: {deed}"),
            translatable("nothing to be brought back"),
        )

    def _step(self, step: Callable[[], str | None], done: str, nothing: str) -> None:
        told: list[str | None] = []
        if self.write(lambda: told.append(step())):
            self._console.tell(tr(done, deed=told[0]) if told[0] else tr(nothing))

    def marked(self, name: str, *, moves_on: bool) -> None:
        """Verdicts were given; after a single one the cursor goes on to the next row."""
        pane = self._console.main.pane(name)
        pane.tell_state()
        if moves_on:
            pane.table.action_cursor_down()

    def _redraw(self) -> None:
        main = self._console.main
        for name in self._console.board.judge_again():
            main.draw_pane(name, keep_cursor=True)
        main.draw_devices(keep_cursor=True)
        main.draw_frame()
