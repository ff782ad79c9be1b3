"""The console's table with a million rows that are made as they are drawn; q leaves."""

from __future__ import annotations

from iotriage.queries.uncollected import pause, resume

# As the console starts.
pause()

from iotriage.tui.driver import FrugalDriver  # noqa: E402
from iotriage.tui.widgets.answer_table import AnswerTable, RowView  # noqa: E402
from textual.app import App, ComposeResult  # noqa: E402


class Million:
    def __len__(self) -> int:
        return 1_000_000

    def __getitem__(self, index: int, /) -> RowView:
        command = f"/usr/bin/tool-{index} --argument {index}"
        return RowView("", (f"/usr/bin/tool-{index}", str(index), command))


class Table(App[None]):
    BINDINGS = [  # noqa: RUF012
        ("down", "move('cursor_down')"),
        ("pagedown", "move('page_down')"),
        ("q", "quit"),
    ]
    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        yield AnswerTable()

    def on_mount(self) -> None:
        table = self.query_one(AnswerTable)
        table.set_rows(("Executable", "Runs", "Command lines"), Million(), numeric=frozenset({1}))
        table.focus()
        self.call_after_refresh(resume)

    def action_move(self, move: str) -> None:
        getattr(self.query_one(AnswerTable), f"action_{move}")()


if __name__ == "__main__":
    Table(driver_class=FrugalDriver).run(mouse=False)
