from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from iotriage.tui.widgets.table_columns import GAP, GUTTER, NARROWEST, WIDEST, arrange
from iotriage.tui.widgets.table_lines import RowView, View, thumb
from rich.cells import cell_len

SIZES = st.lists(st.tuples(st.integers(1, 12), st.integers(0, 500)), min_size=1, max_size=9)


@given(SIZES, st.integers(10, 200), st.integers(0, 3), st.integers(0, 600))
def test_a_line_fills_its_room_wherever_it_is_scrolled(
    sizes: list[tuple[int, int]], room: int, frozen: int, x: int
) -> None:
    labels = [label for label, _ in sizes]
    natural = [max(size) for size in sizes]
    numeric = frozenset({1}) if len(sizes) > 1 else frozenset[int]()
    columns = arrange(natural, labels, room, numeric, frozen)
    view = View(columns, room, min(x, columns.total - room), numeric, accent=1)
    row = RowView("!", tuple("日本x" * (size // 5) for size in natural), "high")
    pieces = view.pieces(row, "▌", row.tone)
    assert cell_len("".join(text for text, _ in pieces)) == room
    assert all(text for text, _ in pieces)
    assert columns.total >= room
    assert columns.frozen <= room
    assert all(width == natural[at] for at, width in enumerate(columns.widths) if at in numeric)


def test_the_last_column_takes_what_is_left() -> None:
    columns = arrange([10, 5, 20], [4, 4, 4], 100)
    assert columns.widths == (10, 5, 100 - GUTTER - 2 * GAP - 15)
    assert columns.total == 100


def test_wide_columns_give_way_before_the_table_scrolls() -> None:
    columns = arrange([40, 6, 38, 24], [4, 4, 4, 4], 100, frozenset({1}))
    assert columns.total == 100
    assert columns.widths[1] == 6
    assert 24 <= columns.widths[0] < WIDEST
    assert NARROWEST <= columns.widths[2] < 38


def test_room_that_nobody_needs_goes_to_who_was_held_back() -> None:
    columns = arrange([70, 6, 90, 30], [4, 4, 4, 4], 400, frozenset({1}))
    assert columns.widths[:3] == (70, 6, 90)
    # Not at the cost of the last.
    assert arrange([70, 6, 90, 300], [4, 4, 4, 4], 400).widths == (45, 6, 40, 300)
    assert sum(arrange([70, 90, 30], [4, 4, 4], 120).widths) + GUTTER + 2 * GAP == 120


def test_a_long_last_column_can_be_scrolled_into() -> None:
    columns = arrange([10, 300], [4, 4], 80)
    assert columns.widths[1] == 300
    assert columns.total == GUTTER + 10 + GAP + 300


def test_numbers_at_the_end_stay_near_their_neighbours() -> None:
    assert arrange([10, 4], [4, 4], 80, frozenset({1})).widths == (10, 4)


def test_a_frozen_part_never_fills_the_line() -> None:
    assert arrange([24, 20], [4, 4], 30).frozen == GUTTER


def test_cuts_are_signed_on_both_sides() -> None:
    columns = arrange([3, 40], [2, 2], 20)
    cells = ("sh", "abcdefghijklmnopqrstuvwxyz0123456789ABCD")
    assert View(columns, 20).text(cells) == "sh   abcdefghijk…"
    assert View(columns, 20, x=5).text(cells) == "sh   …ghijklmnop…"
    assert View(columns, 20, x=28).text(cells) == "sh   …3456789ABCD"
    assert View(columns, 20, x=5, ascii_only=True).text(cells) == "sh   ~ghijklmn..."


def test_the_tone_ends_after_its_column() -> None:
    columns = arrange([5, 6, 10], [5, 6, 10], 40)
    row = RowView("!", ("03:12", "High", "Reverse"), "high")
    assert View(columns, 40, accent=1).pieces(row, " ", "high") == [
        (" ! 03:12  High  ", True),
        ("  Reverse               ", False),
    ]
    assert View(columns, 40).pieces(row, " ", "") == [
        (" ! 03:12  High    Reverse               ", False)
    ]
    assert len(View(columns, 40).pieces(row, " ", "expected")) == 1


def test_the_bar_goes_from_end_to_end() -> None:
    assert not thumb(0, 20, 20, 20)
    assert thumb(0, 20, 40, 20) == range(10)
    assert thumb(20, 20, 40, 20) == range(10, 20)
    assert thumb(999_980, 20, 1_000_000, 20) == range(19, 20)
