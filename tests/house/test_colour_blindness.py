"""Colours that mean different things stay apart, whichever cones an eye lacks."""

from __future__ import annotations

from itertools import combinations

import msgspec
import pytest
from iotriage.themes import load_theme

Rgb = tuple[float, ...]

#: Machado, Oliveira and Fernandes 2009, severity 1, for linear RGB.
EYES: dict[str, tuple[Rgb, ...]] = {
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
#: Roles that stand beside each other and must not be taken for one another.
GROUPS = (
    ("suspicious", "expected", "drifted", "accent", "text"),
    ("high", "medium", "low", "informational"),
    ("error", "warning", "muted"),
)
#: Of the CIE 1976 difference; 2 can just be told when side by side.
APART = 20


def linear(colour: str) -> Rgb:
    shares = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return tuple(s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)


def seen(colour: Rgb, eye: str) -> Rgb:
    rows = (sum(m * c for m, c in zip(row, colour, strict=True)) for row in EYES[eye])
    return tuple(min(1.0, max(0.0, value)) for value in rows)


def lab(colour: Rgb) -> Rgb:
    red, green, blue = colour
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    x, y, z = (t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in (x, y, z))
    return (116 * y - 16, 500 * (x - y), 200 * (y - z))


def difference(one: str, other: str, eye: str) -> float:
    points = (lab(seen(linear(colour), eye)) for colour in (one, other))
    return sum((a - b) ** 2 for a, b in zip(*points, strict=True)) ** 0.5


def test_differences_by_known_values() -> None:
    assert difference("#000000", "#ffffff", "all cones") == pytest.approx(100, abs=0.1)
    assert difference("#ff0000", "#00ff00", "all cones") == pytest.approx(170.6, abs=0.5)
    # Red and green are what these eyes take for each other.
    for eye in ("protanopia", "deuteranopia"):
        assert difference("#a05000", "#607000", eye) < 0.5 * difference(
            "#a05000", "#607000", "all cones"
        )


@pytest.mark.parametrize("eye", EYES)
def test_nothing_is_taken_for_another(eye: str) -> None:
    theme = msgspec.structs.asdict(load_theme("colour-blind").colours)
    close = {
        (one, other): round(difference(theme[one], theme[other], eye), 1)
        for group in GROUPS
        for one, other in combinations(group, 2)
        if difference(theme[one], theme[other], eye) < APART
    }
    assert close == {}
