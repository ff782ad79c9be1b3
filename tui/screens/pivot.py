"""Where else a value occurs: a row for each device, kind of event and column."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from ...queries.language import tr
from ..pane_rows import PaneRows
from ..widgets.answer_table import AnswerTable
from ..widgets.one_line import OneLine, Run
from .dialogs import TableKeys


class PivotScreen(TableKeys, ModalScreen[int | None]):
    """Enter gives back the index of a row, Esc None; ``f`` calls ``reach``."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", show=False),
        Binding("enter", "open", show=False),
        Binding("f", "reach", show=False),
    ]

    def __init__(self, title: str, reach: Callable[[], object], *, ascii_only: bool = False):
        super().__init__()
        self._title = title
        self._reach = reach
        self._ascii = ascii_only
        self._rows: PaneRows | None = None
        self._state: list[Run] = []
        self._empty = ""
        self._ready = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="reading"):
            yield OneLine(ascii_only=self._ascii, classes="title")
            yield OneLine(ascii_only=self._ascii, classes="state")
            yield AnswerTable(ascii_only=self._ascii)
            keys = OneLine(ascii_only=self._ascii, classes="keys")
            keys.set_runs([(tr(" Esc back  Enter opens the device  f this hub or all"), "muted")])
            yield keys

    def on_mount(self) -> None:
        self.query_one(".title", OneLine).set_runs([(f" {self._title}", "accent")])
        self._ready = True
        self._draw()
        self.query_one(AnswerTable).focus()

    def show(self, rows: PaneRows | None, state: list[Run], empty: str) -> None:
        """What has come back, or that it is being asked; ``empty`` stands where no row is."""
        self._rows, self._state, self._empty = rows, state, empty
        self._draw()

    def _draw(self) -> None:
        # Before it is made and while it is being left there is nothing to draw on.
        if not self._ready or not self.query(AnswerTable):
            return
        self.query_one(".state", OneLine).set_runs([(" ", "plain"), *self._state])
        table = self.query_one(AnswerTable)
        table.set_empty_text(self._empty)
        if self._rows is None:
            table.set_rows((), [])
        else:
            table.set_rows(self._rows.labels, self._rows, numeric=self._rows.numeric)

    def on_answer_table_row_selected(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        table = self.query_one(AnswerTable)
        if table.row_count:
            self.dismiss(table.cursor_row)

    def action_reach(self) -> None:
        self._reach()

    def action_leave(self) -> None:
        self.dismiss(None)
