"""Small screens that ask for one thing: a note, a window, a place for the summary, a value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen
from textual.widgets import Input

from ...queries.language import tr, translatable
from ..widgets.answer_table import AnswerTable, RowView
from ..widgets.entry_area import EntryArea
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


class WriteNote(ModalScreen[str | None]):
    """A note of one line or several; Enter gives it back, Esc gives None."""

    BINDINGS: ClassVar[list[BindingType]] = [*ESCAPE]

    def __init__(self, value: str, *, ascii_only: bool = False) -> None:
        super().__init__()
        self._value = value
        self._ascii = ascii_only

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            title = OneLine(ascii_only=self._ascii)
            title.set_runs([(tr("Note"), "accent")])
            yield title
            area = EntryArea(self._value, compact=True, show_line_numbers=False)
            area.cursor_blink = False
            area.highlight_cursor_line = False
            area.move_cursor(area.document.end)
            yield area
            for text in (
                tr("Enter saves it, Ctrl+J begins a new line, Esc leaves it as it was."),
                tr("An empty note takes it away."),
            ):
                line = OneLine(ascii_only=self._ascii)
                line.set_runs([(text, "muted")])
                yield line

    def on_entry_area_submitted(self) -> None:
        self.dismiss(self.query_one(EntryArea).text)

    def action_dismiss_none(self) -> None:
        self.dismiss(None)


_UNDOABLE = translatable("Enter or y: yes.  Esc or n: no.  One undo takes all of them back.")


class Confirm(ModalScreen[bool | None]):
    """A question; Enter or y is yes, Esc or n no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "answer(False)", show=False),
        Binding("enter,y", "answer(True)", show=False),
    ]

    def __init__(self, question: str, *, hint: str = _UNDOABLE, ascii_only: bool = False) -> None:
        """``hint``: what the keys do, and whether that can be taken back."""
        super().__init__()
        self._question = question
        self._hint = hint
        self._ascii = ascii_only

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            for text, tone in (
                (self._question, "accent"),
                ("", "plain"),
                (tr(self._hint), "muted"),
            ):
                line = OneLine(ascii_only=self._ascii)
                line.set_runs([(text, tone)])
                yield line

    def action_answer(self, yes: bool) -> None:
        self.dismiss(yes)


class TableKeys(Screen[Any], inherit_bindings=False):
    """The keys that move in the one table of a small screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "table('cursor_up')", show=False),
        Binding("down,j", "table('cursor_down')", show=False),
        Binding("pageup", "table('page_up')", show=False),
        Binding("pagedown", "table('page_down')", show=False),
        Binding("home", "table('first')", show=False),
        Binding("end", "table('last')", show=False),
        Binding("left", "table('scroll_left')", show=False),
        Binding("right", "table('scroll_right')", show=False),
    ]

    def action_table(self, move: str) -> None:
        getattr(self.query_one(AnswerTable), f"action_{move}")()


class PickOne(TableKeys, ModalScreen[int | None]):
    """Rows to choose one of; Enter gives back its index, Esc None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *ESCAPE,
        Binding("enter", "pick", show=False),
    ]

    def __init__(
        self,
        title: str,
        labels: tuple[str, ...],
        rows: Sequence[tuple[str, ...]],
        *,
        cursor: int = 0,
        escape: str = translatable("goes back"),
        ascii_only: bool = False,
    ) -> None:
        """``cursor``: the row it stands on at first; ``escape``: what Esc does, in words."""
        super().__init__()
        self._title = title
        self._cursor = cursor
        self._escape = escape
        self._labels = labels
        self._rows = [RowView("", row) for row in rows]
        self._ascii = ascii_only

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog tall"):
            title = OneLine(ascii_only=self._ascii)
            title.set_runs(
                [(self._title, "accent")],
                right=[(tr("Enter chooses, Esc {escape}", escape=tr(self._escape)), "muted")],
            )
            yield title
            yield AnswerTable(ascii_only=self._ascii)

    def on_mount(self) -> None:
        table = self.query_one(AnswerTable)
        table.set_rows(self._labels, self._rows)
        # The table knows only then how many rows it has room for.
        self.call_after_refresh(table.move_to, self._cursor)

    def action_pick(self) -> None:
        self.dismiss(self.query_one(AnswerTable).cursor_row)

    def on_answer_table_row_selected(self) -> None:
        self.action_pick()

    def action_dismiss_none(self) -> None:
        self.dismiss(None)
