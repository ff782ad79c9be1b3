"""Every text that is drawn can be read on what is behind it, on every screen, in every theme."""

from __future__ import annotations

import re
from pathlib import Path

from iotriage.themes import built_in, load_theme
from iotriage.tui.theming import dress
from rich.style import Style

from .driving import WIDE, Driver, driven
from .sources import Remembering, Told
from .test_failing import LONG

#: Borders and bars of the toolkit, and blanks.
_LINES = re.compile(r"[\s\u2500-\u259f]")
FIXED = [name for name in built_in() if not load_theme(name).ansi]
#: Keys that lead to a screen, and how it is left.
SCREENS: tuple[tuple[str, ...], ...] = (
    ("2", "s", "e", "e"),
    ("3",),
    ("5", "s", "space", "v", "down", "down"),
    ("enter", "v", "e"),
    ("slash",),
    ("n", "a", "b"),
    ("x",),
    ("y",),
    ("i",),
)


def luminance(rgb: tuple[int, ...]) -> float:
    shares = [value / 255 for value in rgb]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(style: Style) -> float:
    """The WCAG 2 contrast of a style that names both its colours."""
    assert style.color is not None
    assert style.bgcolor is not None
    pair = (luminance(tuple(colour.get_truecolor())) for colour in (style.color, style.bgcolor))
    darker, lighter = sorted(pair)
    return (lighter + 0.05) / (darker + 0.05)


def weak(console: Driver, enough: float) -> set[str]:
    """Texts of the screen on top that have too little contrast."""
    screen = console.app.screen
    # What shows through beside a dialogue is dimmed for not being meant to be read.
    parts = [part.region for part in screen.query(".dialog, .reading, Input, CommandList, Toast")]
    found = set()
    for y, strip in enumerate(console.strips):
        x = 0
        for segment in strip:
            inside = not screen.is_modal or any(part.contains(x, y) for part in parts)
            if inside and _LINES.sub("", segment.text) and segment.style is not None:
                contrast = ratio(segment.style)
                if contrast < enough:
                    found.add(f"{segment.text.strip()[:30]!r} {contrast:.2f} {segment.style}")
            x += segment.cell_length
    return found


async def test_what_is_drawn_can_be_read(demo: Remembering, case: Path) -> None:
    source = Told(demo, failing={"ports": LONG})
    async with driven(source, case, WIDE) as console:
        await console.open()
        complaints: dict[tuple[str, ...], set[str]] = {}
        for keys in SCREENS:
            await console.press(*keys)
            await console.pilot.pause(0.05)
            for name in FIXED:
                dress(console.app, load_theme(name))
                await console.pilot.pause()
                if found := weak(console, 7.0 if name == "high-contrast" else 4.5):
                    complaints[(name, *keys)] = found
            await console.press("escape")
            if len(console.app.screen_stack) > 1:
                await console.press("escape")
            console.forget_toasts()
        for name in FIXED:
            # What the palette lists keeps the colours it was listed with.
            dress(console.app, load_theme(name))
            await console.press("ctrl+p")
            await console.until(lambda: "About the pane" in console.text)
            await console.press("c")
            await console.pilot.pause(0.1)
            if found := weak(console, 7.0 if name == "high-contrast" else 4.5):
                complaints[(name, "palette")] = found
            await console.press("escape")
        assert complaints == {}
        # The measure is one that can be missed.
        assert weak(console, 21.1)
