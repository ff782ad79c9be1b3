"""The values inside a row, to be judged one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from ...queries.language import tr
from ..value_rows import LABELS, ValueRows
from ..widgets.answer_table import AnswerTable
from ..widgets.one_line import OneLine
from .dialogs import TableKeys


class ValuesScreen(TableKeys, ModalScreen[None]):
    """``judge`` (index, verdict) and ``note`` (index) do what the keys say."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", show=False),
        Binding("e", "judge('expected')", show=False),
        Binding("s", "judge('suspicious')", show=False),
        Binding("u", "judge('unreviewed')", show=False),
        Binding("n", "note", show=False),
    ]

    def __init__(
        self,
        title: str,
        rows: ValueRows,
        judge: Callable[[int, str], bool],
        note: Callable[[int], None],
        *,
        ascii_only: bool = False,
    ) -> None:
        super().__init__()
        self._title = title
        self._rows = rows
        self._judge = judge
        self._note = note
        self._ascii = ascii_only

    def compose(self) -> ComposeResult:
        with Vertical(classes="reading"):
            title = OneLine(ascii_only=self._ascii, classes="title")
            title.set_runs([(tr(" Values of {title}", title=self._title), "accent")])
            yield title
            yield AnswerTable(
                ascii_only=self._ascii, empty_text=tr("This row holds no sets of values.")
            )
            keys = OneLine(ascii_only=self._ascii, classes="keys")
            keys.set_runs(
                [
                    (
                        tr(" Esc back  e expected  s suspicious  u unreviewed  n note"),
                        "muted",
                    )
                ]
            )
            yield keys

    def on_mount(self) -> None:
        self.draw(keep_cursor=False)
        self.query_one(AnswerTable).focus()

    def draw(self, *, keep_cursor: bool = True) -> None:
        """The values anew: a verdict was given, or their counts have come."""
        for table in self.query(AnswerTable):  # None where the screen is being left.
            table.set_rows(
                tuple(map(tr, LABELS)),
                self._rows,
                numeric=frozenset({2}),
                frozen=1,
                keep_cursor=keep_cursor,
            )

    def action_judge(self, verdict: str) -> None:
        table = self.query_one(AnswerTable)
        if table.row_count and self._judge(table.cursor_row, verdict):
            self.draw()
            table.action_cursor_down()

    def action_note(self) -> None:
        table = self.query_one(AnswerTable)
        if table.row_count:
            self._note(table.cursor_row)

    def action_leave(self) -> None:
        self.dismiss(None)
