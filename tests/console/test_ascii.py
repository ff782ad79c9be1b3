"""A terminal that shows ASCII only is sent nothing else, wherever one goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from .driving import NARROW, Driver, driven
from .sources import Remembering, Told


def strangers(console: Driver) -> set[str]:
    return {char for line in console.lines for char in line if not char.isascii()}


@pytest.mark.parametrize("size", [NARROW], ids=("narrow",))
async def test_everything_is_ascii(
    demo: Remembering, case: Path, size: tuple[int, int], world: Path
) -> None:
    source = Told(demo, failing={"ports": "été 日本"})
    async with driven(source, case, size, ascii_only=True) as console:
        await console.until(lambda: console.app.investigation is not None)
        assert not strangers(console)
        await console.open()
        assert f"{'+'} 0" in "\n".join(console.lines[:2])
        for key in "12345":
            await console.press(key)
            assert not strangers(console), key
            await console.press("s", "e", "end")
            assert not strangers(console), key
        await console.press("home")
        assert any(" + /sbin/ausearch " in line for line in console.lines)
        # useradd's comment is not ASCII: its escapes are.
        await console.press("/", *"useradd", "enter", "home", "enter")
        await console.pilot.pause(0.1)
        for _ in range(6):
            assert not strangers(console)
            await console.press("pagedown")
        await console.press("escape", "/", "escape")
        for keys in (("?",), ("i",), ("n",), ("x",), ("w",), ("y",), ("H",), ("/",), ("d",)):
            await console.press(*keys)
            assert not strangers(console), keys
            await console.press("escape")
        await console.press("?", "end")
        assert not strangers(console)
        await console.press("escape", "escape", "w", *"nonsense", "enter")
        assert console.toasts
        assert not strangers(console)


async def test_the_palette_is_ascii(demo: Remembering, case: Path) -> None:
    async with driven(demo, case, ascii_only=True) as console:
        await console.open()
        await console.press("ctrl+p")
        await console.until(lambda: "About the pane" in console.text)
        assert not strangers(console)
        await console.press(*"up")
        await console.until(lambda: "One row up." in console.text)
        assert not strangers(console)
        await console.press(*"zz")
        await console.until(lambda: "No matches" in console.text)
        assert not strangers(console)
