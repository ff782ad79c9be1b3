"""Keys of one's own: what they may be, and what is said of those that may not."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from iotriage.tui.actions import ACTIONS
from iotriage.tui.key_names import key_named, printed, written
from iotriage.tui.keymap import REGISTRY, keymap_from
from textual.keys import _character_to_key

from .running import Here
from .test_words import configured


@pytest.mark.parametrize("char", [c for c in string.printable if c.isprintable()])
def test_a_character_is_the_key_that_types_it(char: str) -> None:
    key = key_named(char)
    assert key == _character_to_key(char)
    assert key_named(key) == key
    assert printed(key) == char
    assert written(key) == ("Space" if char == " " else char)


@pytest.mark.parametrize(
    ("text", "key", "shown"),
    [
        ("Ctrl+N", "ctrl+n", "Ctrl+N"),
        ("PgUp", "pageup", "PgUp"),
        ("return", "enter", "Enter"),
        ("F5", "f5", "F5"),
        ("shift+ctrl+left", "ctrl+shift+left", "Ctrl+Shift+←"),
        ("alt+x", "alt+x", "Alt+X"),
        ("del", "delete", "Delete"),
        ("é", "é", "é"),
    ],
)
def test_a_key_by_its_name(text: str, key: str, shown: str) -> None:
    assert key_named(text) == key
    assert written(key) == shown
    assert written(key, ascii_only=True) == shown.replace("←", "Left")


def test_every_key_of_the_registry_is_one_that_can_be_written() -> None:
    keys = [key for action in ACTIONS for key in action.keys]
    assert [key_named(key) for key in keys] == keys
    assert len(set(keys)) == len(keys)
    ids = [action.id for action in ACTIONS]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('nose = "m"', "nose: no such action: give one of alerts, around, ask-again"),
        ('note = "ctrl+banana"', "note: 'ctrl+banana' is no key that terminals send"),
        ('note = "banana"', "note: 'banana' is no key: write 'm', '/', 'ctrl+n'"),
        ('note = ""', "note: '' is no key"),
        ('note = ["m", "esc"]', "note: 'esc' keeps its meaning (it leaves fields"),
        ('note = "ctrl+q"', "note: 'ctrl+q' keeps its meaning (it ends iotriage at once)"),
        ('note = "Ctrl+I"', "note: 'Ctrl+I' is sent by terminals as Tab: write 'tab'"),
        ('note = "shift+n"', "note: 'shift+n' is written as what it types, such as 'N'"),
        ('note = "\\u001b"', "note: '\\e' is no key: write its name"),
        ("note = 5", "note: give a key in quotes, or a list of them"),
        ("note = [5]", "note: give a key in quotes, or a list of them"),
        ("leave = []", "leave: needs a key: give it one"),
        ("help = []", "help: needs a key: give it one"),
        ('last = "s"', "s is on last and on suspicious: give one of them another key"),
    ],
)
def test_a_wrong_key_is_one_line_with_its_place(
    iotriage: Here, world: Path, entry: str, said: str
) -> None:
    path = configured(world, f'last = "2h"\n\n[keys] # mine\nexport = "X"\n{entry}\n')
    line = iotriage("devices", "--demo").failed(2)
    assert line.startswith(f"{path}:5: {said}")


def test_two_of_ones_own_on_one_key_are_both_named(iotriage: Here, world: Path) -> None:
    configured(world, '[keys]\nnote = ["G", "M"]\n"export" = "G"\n')
    line = iotriage("devices", "--demo").failed(2)
    assert ":2: G is on note and on export: give one of them another key, or none" in line


def test_keys_may_change_places(iotriage: Here, evidence: Path, world: Path) -> None:
    configured(world, '[keys]\nexpected = "s"\nsuspicious = "e"\nhistory = []\nleave = "ctrl+x"\n')
    assert iotriage("devices", "--evidence", evidence).status == 0


def test_what_the_keymap_knows() -> None:
    keymap = keymap_from({"ask-again": [], "note": ["f2", "G"], "filter": "ctrl+f"})
    assert keymap.on("G") == keymap.on("f2") == "note"
    assert keymap.on("n") == keymap.on("slash") == keymap.on("r") == ""
    assert keymap.key("note") == "F2"
    assert keymap.letter("note") == "G"
    assert keymap.letter("filter") == ""
    assert keymap.key("ask-again") == "the palette"
    assert "F2 G note" in [f"{action.written()} {action.label}" for action in keymap.footer()]
    assert REGISTRY.on("n") == "note"
