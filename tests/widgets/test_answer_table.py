from __future__ import annotations

import pytest
from iotriage.tui.widgets.answer_table import AnswerTable, RowView
from table_app import LABELS, NUMERIC, Counted, TableApp


async def test_the_cursor_moves_and_stays_inside() -> None:
    app = TableApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.table.set_rows(LABELS, Counted(3), numeric=NUMERIC)
        await pilot.pause()
        app.table.action_cursor_up()
        assert app.table.cursor_row == 0
        app.table.action_cursor_down()
        app.table.action_cursor_down()
        app.table.action_cursor_down()
        assert app.table.cursor_row == 2
        app.table.action_select()
        await pilot.pause()
        assert app.said == [
            ("highlighted", 0),
            ("highlighted", 1),
            ("highlighted", 2),
            ("selected", 2),
        ]
        assert [line[0] for line in app.lines[1:4]] == [" ", " ", "▌"]


async def test_pages_and_ends() -> None:
    app = TableApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.table.set_rows(LABELS, Counted(100), numeric=NUMERIC)
        await pilot.pause()
        app.table.action_page_down()
        assert (app.table.cursor_row, app.table.scroll_offset.y) == (10, 0)
        app.table.action_page_down()
        assert (app.table.cursor_row, app.table.scroll_offset.y) == (20, 10)
        app.table.action_last()
        assert (app.table.cursor_row, app.table.scroll_offset.y) == (99, 89)
        assert app.lines[-1].startswith("▌  /bin/99")
        app.table.action_page_up()
        assert (app.table.cursor_row, app.table.scroll_offset.y) == (89, 89)
        app.table.action_first()
        assert (app.table.cursor_row, app.table.scroll_offset.y) == (0, 0)
        assert app.lines[1].startswith("▌  /bin/0")
        assert app.lines[0].startswith("   Executable")


async def test_a_longer_jump_makes_scrolling_rare() -> None:
    app = TableApp(scroll_jump=5)
    async with app.run_test(size=(60, 12)) as pilot:
        app.table.set_rows(LABELS, Counted(100))
        await pilot.pause()
        app.table.move_to(11)
        assert app.table.scroll_offset.y == 5
        app.table.move_to(15)
        assert app.table.scroll_offset.y == 5
        app.table.move_to(4)
        assert app.table.scroll_offset.y == 0


async def test_a_cursor_move_draws_two_lines() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.set_rows(LABELS, Counted(1000), numeric=NUMERIC)
        await pilot.pause()
        app.drawn.clear()
        app.table.action_cursor_down()
        await pilot.pause()
        assert sorted(app.drawn) == [1, 2]
        app.drawn.clear()
        app.table.refresh_row(5)
        app.table.refresh_row(500)
        await pilot.pause()
        assert app.drawn == [6]


async def test_scrolling_leaves_the_header_alone() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.set_rows(LABELS, Counted(1000), numeric=NUMERIC)
        app.table.move_to(22)
        await pilot.pause()
        app.drawn.clear()
        app.table.action_cursor_down()
        await pilot.pause()
        assert sorted(set(app.drawn)) == list(range(1, 24))


async def test_a_million_rows_are_asked_for_by_the_screen() -> None:
    app = TableApp()
    rows = Counted(1_000_000)
    async with app.run_test(size=(120, 40)) as pilot:
        app.table.set_rows(LABELS, rows, numeric=NUMERIC)
        await pilot.pause()
        assert rows.asked < 500
        rows.asked = 0
        app.table.action_last()
        await pilot.pause()
        assert rows.asked < 100
        assert app.table.cursor_row == 999_999
        assert "/bin/999999 " in app.lines[-1]
        rows.asked = 0
        await pilot.resize_terminal(100, 30)
        await pilot.pause()
        assert rows.asked < 500
        assert app.lines[-1].startswith("▌  /bin/999999")


async def test_columns_stand_still_while_scrolling() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.set_rows(LABELS, Counted(100_000), numeric=NUMERIC)
        await pilot.pause()
        header = app.lines[0]
        app.table.action_last()
        await pilot.pause()
        assert app.lines[0] == header


async def test_sideways_the_first_column_stays() -> None:
    app = TableApp()
    async with app.run_test(size=(50, 8)) as pilot:
        app.table.set_rows(LABELS, Counted(4), numeric=NUMERIC)
        await pilot.pause()
        assert app.lines[1].startswith("▌  /bin/0         0  run 0 xxx")
        assert app.lines[1].endswith("x…")
        app.table.action_scroll_left()
        assert app.table.scroll_offset.x == 0
        app.table.action_scroll_right()
        await pilot.pause()
        assert app.lines[0].startswith("   Executable  Command lines")
        assert app.lines[1].startswith("▌  /bin/0      run 0 xxx")
        for _ in range(9):
            app.table.action_scroll_right()
        await pilot.pause()
        assert app.lines[1].startswith("▌  /bin/0      …xxx")
        assert app.lines[1].endswith("xx")
        assert app.lines[0].startswith("   Executable")
        for _ in range(9):
            app.table.action_scroll_left()
        assert app.table.scroll_offset.x == 0


@pytest.mark.parametrize("width", [10, 11, 17, 30, 79, 200])
async def test_every_width_is_filled(width: int) -> None:
    app = TableApp(empty_text="nothing was seen")
    async with app.run_test(size=(60, 10)) as pilot:
        app.table.set_rows(LABELS, Counted(50, "high"), numeric=NUMERIC)
        app.table.move_to(49)
        await pilot.resize_terminal(width, 10)
        await pilot.pause()
        for y in range(10):
            assert app.table.render_line(y).cell_length == width
        assert app.lines[-1][0] == "▌"


async def test_no_rows() -> None:
    app = TableApp(empty_text="No row.\x1b[2J The collector was silent for most of this window.")
    async with app.run_test(size=(30, 8)) as pilot:
        app.table.set_rows(LABELS, ())
        for action in ("cursor_down", "page_up", "last", "scroll_right", "select"):
            getattr(app.table, f"action_{action}")()
        await pilot.click(AnswerTable, offset=(3, 2))
        await pilot.pause()
        assert app.said == []
        assert app.table.cursor_row == 0
        text = " ".join(line.strip() for line in app.lines).strip()
        assert text == "No row.\\e[2J The collector was silent for most of this window."
        app.table.set_empty_text("asking")
        assert app.lines[1].strip() == "asking"


async def test_new_rows_start_at_the_top_or_keep_the_cursor() -> None:
    app = TableApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.table.set_rows(LABELS, Counted(100))
        app.table.move_to(60)
        app.table.set_rows(LABELS, Counted(101), keep_cursor=True)
        await pilot.pause()
        assert (app.table.cursor_row, app.table.scroll_offset.y) == (60, 50)
        app.table.set_rows(LABELS, Counted(7), keep_cursor=True)
        await pilot.pause()
        assert (app.table.cursor_row, app.table.scroll_offset.y) == (6, 0)
        app.table.set_rows(LABELS, Counted(100))
        await pilot.pause()
        assert (app.table.cursor_row, app.table.scroll_offset.y) == (0, 0)
        assert app.said[-1] == ("highlighted", 0)


async def test_the_mouse() -> None:
    app = TableApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.table.set_rows(LABELS, Counted(5))
        await pilot.click(AnswerTable, offset=(4, 3))
        assert app.table.cursor_row == 2
        await pilot.click(AnswerTable, offset=(4, 0))
        await pilot.click(AnswerTable, offset=(4, 9))
        assert app.table.cursor_row == 2
        await pilot.double_click(AnswerTable, offset=(4, 2))
        await pilot.pause()
        assert app.said[-1] == ("selected", 1)


async def test_signs_marks_and_tones() -> None:
    app = TableApp()
    rows = [
        RowView("!", ("a",), "suspicious"),
        RowView("✓", ("b",), "expected", marked=True),
        RowView("", ("c",), "no such tone"),
    ]
    async with app.run_test(size=(30, 8)) as pilot:
        app.table.set_rows(("Name",), rows)
        app.table.move_to(1)
        await pilot.pause()
        assert [line[:4] for line in app.lines[1:4]] == [" ! a", "█✓ b", "   c"]
        app.table.move_to(2)
        assert app.lines[2][:4] == "┃✓ b"
        toned, plain = (app.table.render_line(y)._segments[0].style for y in (1, 3))
        assert toned is not None
        assert plain is not None
        assert toned.color != plain.color


async def test_ascii_only() -> None:
    app = TableApp(ascii_only=True)
    rows = [RowView("!", ("naïve日本" * 9, "✓")), RowView("v", ("b", ""), marked=True)] * 9
    async with app.run_test(size=(30, 8)) as pilot:
        app.table.set_rows(("Näme", "Last"), rows)
        app.table.action_cursor_down()
        await pilot.pause()
        assert all(line.isascii() for line in app.lines)
        assert app.lines[1].startswith(" ! na\\xefve")
        assert app.lines[2][:4] == "#v b"
