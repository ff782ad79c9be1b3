"""What is read from a terminal, in whatever pieces and with whatever pauses it comes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from iotriage.tui.terminal_input import Burst, TerminalInput
from textual import events
from textual.message import Message

SEQUENCES = {
    "\x1b[A": "up",
    "\x1bOB": "down",
    "\x1b[5~": "pageup",
    "\x1b[1;5C": "ctrl+right",
    "\x1b[Z": "shift+tab",
    "\x1b[15~": "f5",
    "\x1b[[A": "f1",
    "\x1bOP": "f1",
    "\x1b[106u": "j",
    "\r": "enter",
    "\t": "tab",
    "\x1a": "ctrl+z",
    "j": "j",
    "e": "e",
    "é": "é",
}
ESCAPE_DELAY = 0.2


class Line:
    """A terminal whose seconds pass when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.input = TerminalInput(ESCAPE_DELAY, lambda: self.now)
        self.came: list[Message] = []

    def send(self, *pieces: str, pause: float = 0.0) -> Line:
        for piece in pieces:
            self.came += self.input.feed(piece)
            self.rest(pause)
        return self

    def rest(self, seconds: float) -> Line:
        """Let time pass, as a reader does that waits no longer than it is told."""
        end = self.now + seconds
        while (wait := self.input.wait) is not None and self.now + wait <= end:
            self.now += wait
            came = list(self.input.tick())
            self.came += came
            if not came and self.input.wait == 0:
                break
        self.now = end
        return self

    @property
    def keys(self) -> list[str]:
        return [event.key for event in self.came if isinstance(event, events.Key)]

    @property
    def pastes(self) -> list[str]:
        return [event.text for event in self.came if isinstance(event, events.Paste)]


def pieces_of(text: str, cuts: list[int]) -> list[str]:
    places = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    return [text[start:end] for start, end in pairwise(places)]


cuts = st.lists(st.integers(0, 10_000), max_size=20)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(list(SEQUENCES)), max_size=30), cuts, st.floats(0.03, 0.15))
def test_keys_in_pieces(sent: list[str], cut: list[int], pause: float) -> None:
    line = Line().send(*pieces_of("".join(sent), cut), pause=pause).rest(5)
    assert line.keys == [SEQUENCES[sequence] for sequence in sent]
    assert line.pastes == []


@pytest.mark.parametrize("pause", [0.03, 0.1, 0.19])
def test_every_character_by_itself(pause: float) -> None:
    line = Line().send(*"".join(SEQUENCES), pause=pause).rest(5)
    assert line.keys == list(SEQUENCES.values())


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300), cuts, st.floats(0, 2))
def test_a_paste_with_its_sign_is_no_key(text: str, cut: list[int], pause: float) -> None:
    text = text.replace("\x1b[201~", "")
    line = Line().send(*pieces_of("\x1b[200~", cut), pause=min(pause, 0.15))
    line.send(*pieces_of(f"{text}\x1b[201~", cut), pause=pause).rest(10)
    assert line.keys == []
    assert line.pastes == [text]


@pytest.mark.parametrize("hostile", ["\x1b]52;c;c2VxdWVzcXNlcXU=\x07", "\x1b", "\x1b[", "q\x1b[2J"])
def test_sequences_in_a_paste_are_its_text(hostile: str) -> None:
    text = f"seq{hostile}sues\x00\u202e\r\nq"
    line = Line().send(f"\x1b[200~{text}\x1b[201~").rest(1)
    assert (line.keys, line.pastes) == ([], [text])


def test_a_paste_that_holds_the_sign_of_its_end() -> None:
    line = Line().send("\x1b[200~ls\x1b[201~qseqs uq e\x1b[201~").rest(1)
    assert line.keys == []
    assert line.pastes == ["ls", "qseqs uq e\x1b[201~"]


def test_a_paste_whose_end_never_comes() -> None:
    line = Line().send("\x1b[200~some text", pause=4).send(" goes on").rest(4)
    assert line.came == []
    line.rest(2).send("j")
    assert (line.pastes, line.keys) == (["some text goes on"], ["j"])


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200).filter(
    lambda text: "\x1b" not in text
)


@settings(max_examples=200, deadline=None)
@given(words, cuts)
def test_a_text_without_a_sign_is_no_key(more: str, cut: list[int]) -> None:
    """An old terminal sends what is pasted like what is typed, line ends as Enter."""
    first = "sequences\rquit q"
    line = Line().send(first).send(*pieces_of(more, cut), pause=0.09).rest(1)
    assert line.keys == []
    (burst,) = line.came
    assert isinstance(burst, Burst)
    assert burst.text == first + more
    assert not burst.entered


def test_the_late_rest_of_a_text_is_no_key() -> None:
    line = Line().send("sequences and queues", pause=0.3).send("seq", pause=0.3).rest(1)
    assert (line.pastes, line.keys) == (["sequences and queues", "seq"], [])
    assert Line().send("sequences and queues", pause=0.3).send("\r", "seq").keys[1:] == [*"seq"]


def test_a_line_and_enter_is_a_line_that_was_entered() -> None:
    (burst,) = Line().send("records the picture\r").rest(1).came
    assert isinstance(burst, Burst)
    assert (burst.text, burst.entered) == ("records the picture", True)
    (burst,) = Line().send("records the\rpicture of it\r").rest(1).came
    assert isinstance(burst, Burst)
    assert (burst.text, burst.entered) == ("records the\rpicture of it\r", False)


@pytest.mark.parametrize("key", ["j", "\x1b[B", "\x1b[6~", "se", "\t", "jk e", "\x1b[107u"])
def test_two_hundred_keys_at_once(key: str) -> None:
    once = Line().send(key).rest(1)
    line = Line().send(key * 200).rest(1)
    assert line.keys == once.keys * 200
    assert line.pastes == []


def test_typed_ahead_while_the_line_hung() -> None:
    assert Line().send("5/!use-sh 1\r").rest(1).keys[-2:] == ["1", "enter"]


def test_escape() -> None:
    assert Line().send("\x1b").rest(0.1).keys == []
    assert Line().send("\x1b").rest(0.3).keys == ["escape"]
    assert Line().send("\x1b", "\x1b").rest(0.3).keys == ["escape", "escape"]
    # Quickly one after the other, and Alt with a key.
    assert Line().send("\x1b", "j", pause=0.05).keys == ["escape", "j"]
    assert Line().send("\x1bj").rest(1).keys == ["alt+j"]


@pytest.mark.parametrize(
    "unknown", ["\x1b[99~", "\x1b[?62;c", "\x1b]11;rgb:0/0/0\x07", "\x1bP1$r\x1b\\", "\x1bOz"]
)
@pytest.mark.parametrize("key", "aj\x1b")
def test_what_nobody_knows_is_nothing(unknown: str, key: str) -> None:
    line = Line().send(f"{unknown}{key}").rest(2)
    assert line.keys == [{"\x1b": "escape"}.get(key, key)]
    if unknown[1] in "[O":
        assert Line().send(*unknown, pause=0.05).rest(2).keys == []


@pytest.mark.parametrize("cut", ["\x1b[1;", "\x1b[5", "\x1b]52;c;qqq"])
def test_a_sequence_that_was_cut_is_nothing(cut: str) -> None:
    assert Line().send(cut).rest(2).came == []
    assert Line().send(f"{cut}\x1b[A").rest(2).keys == ["up"]


def test_what_the_terminal_says_of_itself_in_the_middle_of_a_text() -> None:
    line = Line().send("sequences \x1b[I and\x1b[?2026;2$y queues").rest(1)
    assert line.pastes == ["sequences  and queues"]
    assert [type(event) for event in line.came[:1]] == [events.AppFocus]
