"""Every action by keys that any terminal sends, and by keys of one's own."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import iotriage.tui.screens as screens
import pytest
from iotriage.tui.actions import ACTIONS
from iotriage.tui.keymap import keymap_from
from textual.binding import BindingsMap
from textual.screen import Screen

from .driving import NARROW, WIDE, driven
from .sources import Remembering
from .test_reading import read_to_the_end

#: Multiplexers take A and B, flow control S and Q; function keys are not on every keyboard.
_SELDOM = re.compile(r"f\d+|ctrl\+[absq]|.*\+f\d+")


def own_screens() -> list[type[Screen[object]]]:
    modules = [
        import_module(f"{screens.__name__}.{found.name}")
        for found in iter_modules(screens.__path__)
    ]
    return sorted(
        {
            found
            for module in modules
            for _, found in inspect.getmembers(module, inspect.isclass)
            if issubclass(found, Screen) and found.__module__.startswith(screens.__name__)
        },
        key=lambda found: found.__name__,
    )


def test_there_are_screens_to_look_at() -> None:
    assert len(own_screens()) >= 7


@pytest.mark.parametrize("screen", own_screens(), ids=lambda screen: screen.__name__)
def test_everything_can_be_done_with_keys_that_every_terminal_sends(
    screen: type[Screen[object]],
) -> None:
    by_action: dict[str, list[str]] = {}
    for key, binding in BindingsMap(screen.__dict__.get("BINDINGS", [])):
        by_action.setdefault(binding.action, []).append(key)
    unreachable = [a for a, keys in by_action.items() if all(map(_SELDOM.fullmatch, keys))]
    assert unreachable == []


def test_every_action_has_such_a_key() -> None:
    assert [a.id for a in ACTIONS if all(map(_SELDOM.fullmatch, a.keys))] == []
    assert _SELDOM.fullmatch("ctrl+a")
    assert _SELDOM.fullmatch("f1")


MINE = keymap_from(
    {
        "expected": "E",
        "suspicious": "e",
        "filter": ["f", "ctrl+f"],
        "devices": "D",
        "palette": "ctrl+k",
        "ask-again": "R",
        "note": [],
        "help": ["?", "g"],
    }
)


async def test_keys_of_ones_own_do_what_they_say(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, WIDE, keymap=MINE) as console:
        await console.open()
        await console.press("5", "e", "E", "s", "n")
        assert console.counts()[:2] == (1, 1)
        assert len(console.app.screen_stack) == 1
        assert console.lines[-1].startswith(
            " E expected  e suspicious  Enter detail  f Ctrl+F filter"
        )
        assert " n note" not in console.lines[-1]
        # A burst: what follows the key of the filter is typed, and never a verdict.
        console.send("f", *"eE")
        await console.until(lambda: console.pane("processes").needle == "eE")
        assert console.counts()[:2] == (1, 1)
        await console.press("escape", "slash", "d")
        assert console.app.focused is console.pane("processes").table
        await console.press("ctrl+p")
        assert len(console.app.screen_stack) == 1
        await console.press("ctrl+k")
        await console.until(lambda: "(R)" in console.text)
        await console.press("escape", "g")
        said = await read_to_the_end(console)
        assert "E The row is as it should be." in " ".join(said.split())


async def test_the_picker_types_what_no_key_of_ones_own_takes(
    demo: Remembering, case: Path
) -> None:
    async with driven(demo, case, NARROW, keymap=MINE) as console:
        await console.settled()
        assert console.lines[-1].startswith(" type to filter  Enter opens  w window  ? keys")
        await console.press("o", "d", "e", "n")
        assert console.app.main.picker.filter_input.value == "oden"
        await console.press("escape", "escape", "D", "escape")
        await console.press("R", "i")
        assert "Devices" in console.lines[0]


async def test_a_failed_pane_names_ones_own_key(demo: Remembering, case: Path) -> None:
    from .sources import Told

    source = Told(demo, failing={"users": "away"})
    async with driven(source, case, NARROW, keymap=MINE) as console:
        await console.open()
        await console.press("2")
        assert "Users  failed (R asks again)" in console.text
        assert "R asks again." in console.text
