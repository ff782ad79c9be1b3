"""An application that holds nothing but a table, and counts what is asked of it."""

from __future__ import annotations

from typing import Any

from iotriage.tui.widgets.answer_table import AnswerTable, RowView
from textual.app import App, ComposeResult
from textual.strip import Strip

LABELS = ("Executable", "Runs", "Command lines")
NUMERIC = frozenset({1})


class Counted:
    """Rows made when asked for, and how often that was."""

    def __init__(self, count: int, tone: str = "") -> None:
        self.count = count
        self.tone = tone
        self.asked = 0

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> RowView:
        assert 0 <= index < self.count
        self.asked += 1
        return RowView("", (f"/bin/{index}", str(index), f"run {index} " + "x" * 90), self.tone)


class TableApp(App[None]):
    def __init__(self, **options: Any) -> None:
        super().__init__()
        self.table = AnswerTable(**options)
        self.said: list[tuple[str, int]] = []
        self.drawn: list[int] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.table.focus()
        real = self.table.render_line

        def counting(y: int) -> Strip:
            self.drawn.append(y)
            return real(y)

        self.table.render_line = counting  # type: ignore[method-assign]

    def on_answer_table_row_highlighted(self, message: AnswerTable.RowHighlighted) -> None:
        self.said.append(("highlighted", message.index))

    def on_answer_table_row_selected(self, message: AnswerTable.RowSelected) -> None:
        self.said.append(("selected", message.index))

    @property
    def lines(self) -> list[str]:
        return [self.table.render_line(y).text for y in range(self.table.size.height)]
