"""Only the difference is sent: a terminal shows the same as if all had been."""

from __future__ import annotations

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from iotriage.tui.terminal_frames import Grid, NotDrawingError, difference, transition
from rich.cells import cell_len

WIDTH, HEIGHT = 12, 6
STYLES = [
    "",
    "1",
    "2",
    "1;7",
    "31",
    "94",
    "38;5;202",
    "38;2;1;2;3;48;2;4;5;6",
    "1;38;2;1;2;3;48;2;9;9;9",
    "4;48;2;4;5;6",
    "102",
]
Line = tuple[int, int, list[tuple[str, str]]]


def pieces(alphabet: str) -> st.SearchStrategy[list[tuple[str, str]]]:
    texts = st.text(st.sampled_from(alphabet), min_size=1, max_size=WIDTH)
    return st.lists(st.tuples(st.sampled_from(STYLES), texts), min_size=1, max_size=4)


def cut(line: list[tuple[str, str]], width: int) -> list[tuple[str, str]]:
    """The pieces as far as they fit, filled up with spaces."""
    fit: list[tuple[str, str]] = []
    for style, text in line:
        kept = ""
        for char in text:
            if cell_len(kept + char) <= width:
                kept += char
        width -= cell_len(kept)
        fit.append((style, kept))
    return [*fit, ("44", " " * width)]


#: Parts of lines without wide characters: of one that is half written over, terminals leave
#: different things.
PARTS = st.tuples(st.integers(0, HEIGHT - 1), st.integers(0, WIDTH - 1), pieces("ab c─▌é")).map(
    lambda line: (line[0], line[1], cut(line[2], WIDTH - line[1])[:-1])
)
ROWS = st.tuples(st.integers(0, HEIGHT - 1), st.just(0), pieces("ab c─▌日本é")).map(
    lambda line: (line[0], 0, cut(line[2], WIDTH))
)
FRAMES = st.lists(st.lists(PARTS, max_size=4) | st.lists(ROWS, max_size=HEIGHT), max_size=5)


def drawn(lines: list[Line]) -> str:
    """As Textual writes it: a move, then each piece with its colours before and a reset after."""
    text = ""
    for y, x, pieces in lines:
        text += f"\x1b[{y + 1};{x + 1}H"
        text += "".join(f"\x1b[{style}m{said}\x1b[0m" if style else said for style, said in pieces)
        text += "\n" if y < HEIGHT - 1 else ""
    return text + "\x1b[1;1H"


def whole() -> str:
    """Every cell, as the first frame has it."""
    return drawn([(y, 0, [("31", " " * WIDTH)]) for y in range(HEIGHT)])


class Terminal:
    """An emulator whose cells can be compared."""

    def __init__(self) -> None:
        self._screen = pyte.Screen(WIDTH, HEIGHT)
        self._stream = pyte.Stream(self._screen)

    def feed(self, text: str) -> None:
        self._stream.feed(text)

    @property
    def cells(self) -> list[list[tuple[object, ...]]]:
        rows = []
        for y in range(HEIGHT):
            row = [self._screen.buffer[y][x] for x in range(WIDTH)]
            rows.append([(c.data, c.fg, c.bg, c.bold, c.underscore, c.reverse) for c in row])
        return rows


@settings(max_examples=60)
@given(FRAMES)
def test_the_difference_shows_what_all_of_it_would(frames: list[list[Line]]) -> None:
    plain, frugal = Terminal(), Terminal()
    shown, style = Grid(WIDTH, HEIGHT), None
    for text in [whole(), *(part for frame in frames for part in (drawn(frame), whole()))]:
        wanted = shown.copy()
        wanted.draw(text)
        plain.feed(text)
        sent, style = difference(shown, wanted, style)
        frugal.feed(sent)
        assert frugal.cells == plain.cells
        shown = wanted


@settings(max_examples=40)
@given(
    st.lists(st.text("abc", min_size=WIDTH, max_size=WIDTH), min_size=20, max_size=20),
    st.lists(st.integers(0, 20 - HEIGHT), min_size=1, max_size=6),
)
def test_a_list_that_is_scrolled(rows: list[str], tops: list[int]) -> None:
    frugal, plain = Terminal(), Terminal()
    shown, style = Grid(WIDTH, HEIGHT), None
    for top in tops:
        text = drawn([(y, 0, [("32", rows[top + y])]) for y in range(HEIGHT)])
        wanted = shown.copy()
        wanted.draw(text)
        sent, style = difference(shown, wanted, style)
        frugal.feed(sent)
        plain.feed(text)
        assert frugal.cells == plain.cells
        shown = wanted


def test_one_row_on_costs_one_row() -> None:
    grid = Grid(80, 24)
    lines = [f"{number} {'some words that fill a line':<70}" for number in range(100, 200)]

    def frame(top: int) -> str:
        moves = (f"\x1b[{y + 1};1H\x1b[38;5;7m{lines[top + y]}\x1b[0m\n" for y in range(23))
        return "".join(moves)

    grid.draw(frame(0))
    for top, limit in ((1, 130), (3, 260), (2, 130), (2, 0)):
        wanted = grid.copy()
        wanted.draw(frame(top))
        wanted.cursor = grid.cursor
        sent, _ = difference(grid, wanted, "")
        assert len(sent) <= limit, sent
        grid = wanted


def test_nothing_is_sent_where_nothing_has_changed() -> None:
    grid = Grid(WIDTH, HEIGHT)
    grid.draw(whole())
    again = grid.copy()
    again.draw(whole())
    assert difference(grid, again, "31") == ("", "31")


def test_cells_that_nobody_has_drawn_are_left_alone() -> None:
    wanted = Grid(WIDTH, HEIGHT)
    wanted.draw("\x1b[2;3Hx")
    assert difference(Grid(WIDTH, HEIGHT), wanted, "")[0] == "\x1b[2;3Hx"


@pytest.mark.parametrize(
    "text",
    ["\x1b[2J", "\x1b[1A", "a\x07", "\x1b]0;x\x07", "\x1b[?25l", "\t", "a\rb", "\x1b[1;2", "\x1b"],
)
def test_what_does_more_than_drawing_is_not_taken_for_it(text: str) -> None:
    grid = Grid(WIDTH, HEIGHT)
    with pytest.raises(NotDrawingError):
        grid.draw(f"abc{text}")
    assert grid.rows == Grid(WIDTH, HEIGHT).rows


@pytest.mark.parametrize(
    ("old", "new", "sent"),
    [
        (None, "31", "\x1b[0;31m"),
        ("31", "", "\x1b[m"),
        ("31", "32", "\x1b[32m"),
        ("31", "1;31", "\x1b[1m"),
        ("1;31", "31", "\x1b[0;31m"),
        ("31;44", "31", "\x1b[49m"),
        ("38;2;1;2;3;48;2;4;5;6", "38;2;1;2;3;48;2;9;9;9", "\x1b[48;2;9;9;9m"),
        ("38;5;1;48;5;2", "38;5;3;48;5;2", "\x1b[38;5;3m"),
        ("90;107", "91;107", "\x1b[91m"),
    ],
)
def test_only_what_differs_between_two_styles(old: str | None, new: str, sent: str) -> None:
    assert transition(old, new) == sent
