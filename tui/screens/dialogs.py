"""Small screens that ask for one thing: a note, a window, a place for the summary, a value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from ..widgets.answer_table import AnswerTable, RowView
from ..widgets.one_line import OneLine

ESCAPE: list[BindingType] = [Binding("escape", "dismiss_none", "Cancel", show=False)]


class AskText(ModalScreen[str | None]):
    """A title, what to write, one line of text; Enter gives it back, Esc gives None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *ESCAPE,
        Binding("ctrl+y", "alternative", "Other", show=False),
    ]

    def __init__(
        self,
        title: str,
        hints: tuple[str, ...],
        value: str = "",
        *,
        alternative: str | None = None,
        ascii_only: bool = False,
    ) -> None:
        """``alternative``: what is given back for Ctrl+Y, where that means something."""
        super().__init__()
        self._title = title
        self._hints = hints
        self._value = value
        self._alternative = alternative
        self._ascii = ascii_only

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            title = OneLine(ascii_only=self._ascii)
            title.set_runs([(self._title, "accent")])
            yield title
            field = Input(value=self._value, select_on_focus=False)
            field.cursor_blink = False
            yield field
            for hint in self._hints:
                line = OneLine(ascii_only=self._ascii)
                line.set_runs([(hint, "muted")])
                yield line

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value)

    def action_dismiss_none(self) -> None:
        self.dismiss(None)

    def action_alternative(self) -> None:
        if self._alternative is not None:
            self.dismiss(self._alternative)


class PickOne(ModalScreen[int | None]):
    """Rows to choose one of; Enter gives back its index, Esc None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *ESCAPE,
        Binding("enter", "pick", show=False),
        Binding("up,k", "table('cursor_up')", show=False),
        Binding("down,j", "table('cursor_down')", show=False),
        Binding("pageup", "table('page_up')", show=False),
        Binding("pagedown", "table('page_down')", show=False),
        Binding("home", "table('first')", show=False),
        Binding("end", "table('last')", show=False),
        Binding("left", "table('scroll_left')", show=False),
        Binding("right", "table('scroll_right')", show=False),
    ]

    def __init__(
        self,
        title: str,
        labels: tuple[str, ...],
        rows: Sequence[tuple[str, ...]],
        *,
        ascii_only: bool = False,
    ) -> None:
        super().__init__()
        self._title = title
        self._labels = labels
        self._rows = [RowView("", row) for row in rows]
        self._ascii = ascii_only

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog tall"):
            title = OneLine(ascii_only=self._ascii)
            title.set_runs(
                [(self._title, "accent")], right=[("Enter chooses, Esc goes back", "muted")]
            )
            yield title
            yield AnswerTable(ascii_only=self._ascii)

    def on_mount(self) -> None:
        self.query_one(AnswerTable).set_rows(self._labels, self._rows)

    def action_table(self, move: str) -> None:
        getattr(self.query_one(AnswerTable), f"action_{move}")()

    def action_pick(self) -> None:
        self.dismiss(self.query_one(AnswerTable).cursor_row)

    def on_answer_table_row_selected(self) -> None:
        self.action_pick()

    def action_dismiss_none(self) -> None:
        self.dismiss(None)
