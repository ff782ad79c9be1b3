from __future__ import annotations

import time
import unicodedata
from collections.abc import Sequence

import pytest
from iotriage.tui.widgets.answer_table import RowView
from iotriage.tui.widgets.table_lines import View
from table_app import LABELS, Counted, TableApp

HOSTILE = (
    "\x1b]52;c;cm0gLXJmIC8=\x07",
    "\x1b]0;owned\x1b\\",
    "\x9b2J\x9d0;x\x9c",
    "a\u202eb\u2066c\u200b\u200d\ufeff",
    "[/x] [@click=app.quit]here[/] [INFO]",
    "日本語" * 50,
    "a" + "\u0301" * 500,
    "line\nfeed\r\t\0",
    "\ud800 lone \U000e0041",
)


def unclean(text: str) -> Sequence[str]:
    return [c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp", "Co")]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_nothing_raw_reaches_the_terminal(text: str) -> None:
    """Rows should be printable already; the table does not rely on it."""
    app = TableApp(empty_text=text)
    async with app.run_test(size=(40, 6)) as pilot:
        assert not unclean("".join(app.lines))
        app.table.set_rows((text, text), [RowView(text[:1], (text, text), "high")] * 3)
        for x in range(0, 60, 7):
            app.table.scroll_to(x=x, animate=False, force=True)
            await pilot.pause()
            assert not unclean("".join(app.lines))
            assert {app.table.render_line(y).cell_length for y in range(6)} == {40}
            assert all(
                not (segment.style and segment.style.meta)
                for y in range(6)
                for segment in app.table.render_line(y)
            )


async def test_the_last_place_before_the_terminal_lets_nothing_pass(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(View, "text", lambda view, cells: "\x1b]0;x\x07日\u202e" + " " * view.room)
    app = TableApp()
    async with app.run_test(size=(40, 6)) as pilot:
        app.table.set_rows(LABELS, Counted(9))
        await pilot.pause()
        assert app.lines[2].strip() == "\\e]0;x\\x07日\\u202e"
        assert {app.table.render_line(y).cell_length for y in range(6)} == {40}


async def test_huge_cells_cost_no_more_than_the_screen_shows() -> None:
    app = TableApp()
    rows = [RowView("", ("/bin/sh", "1", "日\x1b" * 50_000))] * 1000
    async with app.run_test(size=(120, 40)) as pilot:
        started = time.perf_counter()
        app.table.set_rows(LABELS, rows)
        await pilot.pause()
        app.table.action_last()
        await pilot.pause()
        assert time.perf_counter() - started < 2


async def test_markup_is_text() -> None:
    app = TableApp()
    async with app.run_test(size=(60, 6)) as pilot:
        app.table.set_rows(("[b]Name[/b]",), [RowView("", ("[/x] [@click=app.quit]arr[0]",))])
        await pilot.pause()
        assert "[b]Name[/b]" in app.lines[0]
        assert "[/x] [@click=app.quit]arr[0]" in app.lines[1]
