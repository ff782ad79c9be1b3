"""Every pane with how it stands: those that have no tab, and why, among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from ...queries.language import tr
from ..widgets.answer_table import AnswerTable, RowView
from ..widgets.one_line import OneLine

#: (name of the pane, (key, title, number of rows, how it stands)).
Entry = tuple[str, tuple[str, ...]]


class MorePanes(ModalScreen[str | None]):
    """Typing filters the panes; Enter gives the name of one back, Esc None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("up", "table('cursor_up')", show=False),
        Binding("down", "table('cursor_down')", show=False),
        Binding("pageup", "table('page_up')", show=False),
        Binding("pagedown", "table('page_down')", show=False),
    ]

    def __init__(
        self, entries: Callable[[], Sequence[Entry]], active: str, *, ascii_only: bool = False
    ) -> None:
        """``active``: the pane the cursor stands on at first."""
        super().__init__()
        self._entries = entries
        self._shown: list[Entry] = []
        self._active = active
        self._ascii = ascii_only
        self._field = Input(placeholder=tr("type to filter"), select_on_focus=False)
        self._field.cursor_blink = False
        self._table = AnswerTable(ascii_only=ascii_only)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog tall"):
            title = OneLine(ascii_only=self._ascii)
            title.set_runs(
                [(tr("Panes"), "accent")],
                right=[(tr("Enter goes there, Esc goes back"), "muted")],
            )
            yield title
            yield self._field
            yield self._table

    def on_mount(self) -> None:
        self._field.focus()
        self._table.set_empty_text(tr("No pane has this in its line."))
        self.draw(keep_cursor=False)
        names = [name for name, _ in self._shown]
        # The table knows only then how many rows it has room for.
        self.call_after_refresh(self._table.move_to, names.index(self._active))

    def draw(self, *, keep_cursor: bool = True) -> None:
        """The panes as they stand by now."""
        needle = self._field.value.casefold()
        self._shown = [entry for entry in self._entries() if needle in _line(entry)]
        self._table.set_rows(
            ("", tr("Pane"), tr("Rows"), tr("State")),
            [RowView("", cells) for _, cells in self._shown],
            numeric=frozenset({2}),
            keep_cursor=keep_cursor,
        )

    def on_input_changed(self) -> None:
        self.draw(keep_cursor=False)

    def on_key(self, event: events.Key) -> None:
        if self.focused is not self._field and event.is_printable and event.character:
            # It came in one burst with the key that opened this.
            self._field.insert_text_at_cursor(event.character)
            event.stop()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        # Where it came in one burst with the text, the table has not followed yet.
        self.draw()
        if self._shown:
            self.dismiss(self._shown[self._table.cursor_row][0])

    def on_answer_table_row_selected(self) -> None:
        self.dismiss(self._shown[self._table.cursor_row][0])

    def action_table(self, move: str) -> None:
        getattr(self._table, f"action_{move}")()

    def action_leave(self) -> None:
        if self._field.value:
            self._field.value = ""
        else:
            self.dismiss(None)


def _line(entry: Entry) -> str:
    return " ".join(entry[1]).casefold()
