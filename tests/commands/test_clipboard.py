"""Every way a copy can go, byte by byte, and what is said of it."""

from __future__ import annotations

import base64
import re
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
from iotriage.tui.clipboard import (
    OSC52_LIMIT,
    SCREEN_LIMIT,
    NoDesktop,
    copy,
    look_at_desktop,
    multiplexer,
    osc52,
    to_desktop,
    to_file,
)

SSH = {"SSH_CONNECTION": "198.51.100.7 50022 198.51.100.8 22", "TERM": "xterm-256color"}
LOCAL = {"TERM": "xterm-256color", "DISPLAY": ":0"}
TEXT = "let window = 1h; // Zürich"
PLAIN = b"\x1b]52;c;" + base64.b64encode(TEXT.encode()) + b"\x07"
#: The longest text whose base64 is within the limit.
MOST = OSC52_LIMIT // 4 * 3


class Hand:
    """Copies with fakes, and keeps where the text went."""

    def __init__(self, folder: Path, refusal: str = "") -> None:
        self.folder = folder
        self.refusal = refusal
        self.desktop: list[str] = []
        self.sent: list[str] = []

    def take(self, text: str) -> None:
        if self.refusal:
            raise NoDesktop(self.refusal)
        self.desktop.append(text)

    def __call__(self, text: str, environment: dict[str, str]) -> str:
        return copy(
            text,
            self.sent.append,
            environment=environment,
            desktop=self.take,
            folder=self.folder,
        )


@pytest.fixture
def hand(tmp_path: Path) -> Hand:
    return Hand(tmp_path / "state")


def test_on_a_desktop_the_clipboard_is_the_desktops(hand: Hand) -> None:
    said = hand(TEXT, LOCAL)
    assert said == "26 characters copied to the clipboard of this desktop"
    assert (hand.desktop, hand.sent) == ([TEXT], [])


@pytest.mark.parametrize("name", ["SSH_CONNECTION", "SSH_TTY"])
def test_over_ssh_the_desktop_is_left_alone(hand: Hand, name: str) -> None:
    said = hand(TEXT, LOCAL | {name: "x"})
    assert hand.desktop == []
    assert [text.encode() for text in hand.sent] == [PLAIN]
    assert said == (
        "26 characters sent to the terminal with OSC 52: whether it took them cannot be known"
    )


def test_where_no_desktop_is_reached_the_terminal_is_asked(hand: Hand) -> None:
    hand.refusal = "no helper"
    assert "cannot be known" in hand(TEXT, LOCAL)
    assert [text.encode() for text in hand.sent] == [PLAIN]


def test_what_is_too_long_for_the_terminal_goes_to_a_file(hand: Hand) -> None:
    hand("x" * MOST, SSH)
    assert len(hand.sent[0]) == len("\x1b]52;c;\x07") + OSC52_LIMIT // 4 * 4
    said = hand("x" * (MOST + 1), SSH)
    assert len(hand.sent) == 1
    path = Path(said.partition("they are in ")[2])
    assert said.startswith("56,245 characters are too long for a terminal's clipboard: ")
    assert path.read_text() == "x" * (MOST + 1)
    assert path.parent == hand.folder


@pytest.mark.parametrize("term", ["linux", "vt220"])
def test_a_terminal_without_a_clipboard_gets_a_file(hand: Hand, term: str) -> None:
    hand.refusal = "no helper"
    said = hand(TEXT, {"TERM": term})
    assert hand.sent == []
    path = Path(said.partition("cannot go to a clipboard from this terminal: they are in ")[2])
    assert path.read_text("utf-8") == TEXT


def test_a_file_that_cannot_be_written_is_no_copy(hand: Hand) -> None:
    hand.folder.write_text("in the way")
    said = hand("x" * 80_000, SSH)
    assert said.startswith("nothing was copied: 80,000 characters are too long")
    assert said.endswith("and a file fails: File exists")


def test_a_file_is_for_its_owner_and_is_never_overwritten(tmp_path: Path) -> None:
    folder, at = tmp_path / "state" / "iotriage", datetime(2026, 11, 21, 3, 14, 5, tzinfo=UTC)
    paths = [to_file(text, folder, at) for text in ("one", "two\r\n", "three")]
    names = [path.name for path in paths]
    stem = "copied-20261121T031405Z"
    assert names == [f"{stem}.txt", f"{stem}-2.txt", f"{stem}-3.txt"]
    assert [path.read_bytes() for path in paths] == [b"one", b"two\r\n", b"three"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    # Nor does a link lead anywhere else.
    target = tmp_path / "target"
    (folder / f"{stem}-4.txt").symlink_to(target)
    assert to_file("four", folder, at).name == f"{stem}-5.txt"
    assert not target.exists()


def sequence(environment: dict[str, str], text: str = TEXT) -> bytes:
    found = osc52(text, environment)
    assert found is not None
    return found.encode()


def test_tmux_gets_it_for_itself_and_to_hand_on() -> None:
    wrapped = b"\x1bPtmux;\x1b" + PLAIN + b"\x1b\\"
    assert sequence(SSH | {"TMUX": "/tmp/tmux-0/default,1,0"}) == PLAIN + wrapped
    assert sequence(SSH | {"TERM": "tmux-256color"}) == PLAIN + wrapped
    # tmux often calls itself screen.
    inside = {"TMUX": "/tmp/x,1,0", "TERM": "screen-256color"}
    assert sequence(SSH | inside) == PLAIN + wrapped


@pytest.mark.parametrize("length", [10, 560, 561, 40_000])
def test_screen_gets_it_in_pieces_that_it_hands_on(length: int) -> None:
    text = "y" * length
    whole = sequence(SSH, text)
    for inside in ({"STY": "1.pts-0.host"}, {"TERM": "screen-256color"}):
        sent = sequence(SSH | inside, text)
        assert sent.startswith(whole)
        pieces = re.findall(rb"\x1bP(.*?)\x1b\\", sent[len(whole) :], re.S)
        assert b"".join(b"\x1bP" + piece + b"\x1b\\" for piece in pieces) == sent[len(whole) :]
        assert b"".join(pieces) == whole
        assert all(0 < len(piece) + 4 <= SCREEN_LIMIT for piece in pieces)


def test_which_multiplexer_is_seen() -> None:
    assert multiplexer(SSH) == multiplexer({}) == ""
    assert multiplexer({"TMUX": "x", "STY": "y"}) == "tmux"
    assert multiplexer({"STY": "y", "TERM": "xterm"}) == "screen"


def test_text_that_is_no_unicode_is_sent_all_the_same() -> None:
    assert base64.b64decode(sequence(SSH, "a\ud800b")[7:-1]) == b"a\\ud800b"


class Clip(ModuleType):
    """In the place of pyperclip."""

    class PyperclipException(RuntimeError):
        pass

    def __init__(self, held: str = "before", *, deaf: bool = False, broken: str = "") -> None:
        super().__init__("pyperclip")
        self.held, self.deaf, self.broken = held, deaf, broken

    def copy(self, text: str) -> None:
        self.paste()
        if not self.deaf:
            self.held = text

    def paste(self) -> str:
        if self.broken:
            raise self.PyperclipException(self.broken)
        return self.held


def test_the_desktops_clipboard_is_read_back(monkeypatch: pytest.MonkeyPatch) -> None:
    clip = Clip()
    monkeypatch.setitem(sys.modules, "pyperclip", clip)
    look_at_desktop()
    assert clip.held == "before"
    to_desktop("two\nlines")
    assert clip.held == "two\nlines"
    clip.deaf = True
    with pytest.raises(NoDesktop, match="it did not keep the text"):
        to_desktop("other")


def test_a_helper_that_is_missing_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = "Could not find a mechanism. For more, visit https://example.org\nand so on"
    monkeypatch.setitem(sys.modules, "pyperclip", Clip(broken=broken))
    for does in (look_at_desktop, lambda: to_desktop("x")):
        with pytest.raises(NoDesktop, match=r"^Could not find a mechanism$"):
            does()
