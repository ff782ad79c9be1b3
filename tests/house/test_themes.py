from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from iotriage.themes import Theme, ThemeError, built_in, load_theme
from textual.color import Color

GROUNDS = ("background", "surface")
TERMINAL = ["ansi-dark", "ansi-light", "monochrome"]
FIXED = [name for name in built_in() if name not in TERMINAL]
COLOURED = [name for name in built_in() if name != "monochrome"]
#: What WCAG asks for: AA, and AAA where that is what a theme is for.
ENOUGH = {name: 7.0 if name == "high-contrast" else 4.5 for name in FIXED}
#: How much of the accent and the text is mixed into the ground of the cursor and of chosen rows.
CURSOR, CHOSEN = 0.35, 0.10


def colours(theme: Theme) -> dict[str, str]:
    return msgspec.structs.asdict(theme.colours)


def channel(value: int) -> float:
    share = value / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it, 0 black to 1 white."""
    red, green, blue = (channel(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The WCAG 2 contrast ratio, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def written(folder: Path, *, without: str = "", **changed: str) -> Path:
    """A copy of the dark theme with some lines changed or left out."""
    source = Path(__file__).resolve().parents[2] / "themes" / "dark.toml"
    lines = []
    for line in source.read_text("utf-8").splitlines():
        key = line.partition(" =")[0]
        if not without or key != without:
            lines.append(f"{key} = {changed[key]}" if key in changed else line)
    file = folder / "mine.toml"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


def test_contrast_by_known_values() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#777777") == pytest.approx(4.48, abs=0.005)
    assert contrast("#ff0000", "#ffffff") == pytest.approx(4.00, abs=0.005)


def test_there_are_seven_themes_and_the_default_is_dark() -> None:
    assert built_in()[0] == "dark"
    assert sorted(built_in()) == sorted([*FIXED, *TERMINAL])
    assert set(FIXED) == {"dark", "light", "high-contrast", "colour-blind"}


@pytest.mark.parametrize("name", built_in())
def test_a_built_in_theme_is_what_its_name_says(name: str) -> None:
    theme = load_theme(name)
    assert theme.name == name
    assert theme.dark is ("light" not in name)
    assert theme.ansi is (name in TERMINAL)
    assert theme.colourless is (name == "monochrome")


def mixed(colour: str, ground: str, share: float) -> str:
    pairs = ((int(colour[at : at + 2], 16), int(ground[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


@pytest.mark.parametrize("name", FIXED)
def test_every_text_is_readable(name: str) -> None:
    theme = colours(load_theme(name))
    grounds = {ground: theme[ground] for ground in GROUNDS}
    grounds["chosen"] = mixed(theme["text"], theme["background"], CHOSEN)
    pairs = {
        (role, ground): contrast(theme[role], colour)
        for role in theme
        for ground, colour in grounds.items()
        if role not in GROUNDS
    }
    for ground in GROUNDS:
        # Where the cursor stands all text is plain.
        under = mixed(theme["accent"], theme[ground], CURSOR)
        pairs["text", f"cursor on {ground}"] = contrast(theme["text"], under)
    assert {pair: round(ratio, 2) for pair, ratio in pairs.items() if ratio < ENOUGH[name]} == {}


@pytest.mark.parametrize("name", FIXED)
def test_dark_says_which_side_the_background_is_on(name: str) -> None:
    theme = load_theme(name)
    background, text = luminance(theme.colours.background), luminance(theme.colours.text)
    assert theme.dark is (background < text)


@pytest.mark.parametrize("name", built_in())
def test_textual_knows_every_colour_and_takes_the_terminals_own_as_such(name: str) -> None:
    theme = load_theme(name)
    for colour in colours(theme).values():
        assert (Color.parse(colour).ansi is not None) is theme.ansi


@pytest.mark.parametrize("name", TERMINAL)
def test_a_terminal_theme_leaves_the_terminals_background_alone(name: str) -> None:
    theme = colours(load_theme(name))
    assert {theme[ground] for ground in GROUNDS} == {"ansi_default"}
    # Near the background in many palettes, whatever else they are.
    unreadable = {"ansi_white"} if name == "ansi-light" else {"ansi_black", "ansi_bright_black"}
    assert unreadable.isdisjoint(theme.values())


@pytest.mark.parametrize("name", COLOURED)
def test_what_must_be_told_apart_has_its_own_colour(name: str) -> None:
    theme = load_theme(name).colours
    assert len({theme.suspicious, theme.expected, theme.drifted}) == 3
    assert len({theme.high, theme.medium, theme.low}) == 3
    assert theme.accent not in {theme.text, theme.suspicious, theme.high, theme.error}


def test_without_colours_what_is_grave_stands_out_by_its_style() -> None:
    styles = load_theme("monochrome").styles
    assert "bold" in styles.high
    assert "bold" in styles.suspicious
    assert "bold" in styles.warning
    assert len({styles.high, styles.medium, styles.low}) == 3


def test_a_theme_cannot_be_changed() -> None:
    theme: Any = load_theme("dark")
    with pytest.raises(AttributeError):
        theme.dark = False
    with pytest.raises(AttributeError):
        theme.colours.accent = "#000000"


def test_a_theme_of_ones_own_is_read_from_its_file(tmp_path: Path) -> None:
    file = written(tmp_path, name='"night shift"', accent='"#FFCC00"')
    theme = load_theme(str(file))
    assert (theme.name, theme.colours.accent) == ("night shift", "#FFCC00")
    assert load_theme(file) == theme


@pytest.mark.parametrize(
    ("changed", "line", "said"),
    [
        ({"accent": '"blue-ish"'}, 9, "accent: no colour 'blue-ish': give \"#rrggbb\""),
        ({"accent": '"#abc"'}, 9, "accent: no colour '#abc'"),
        ({"accent": '"ansi_pink"'}, 9, "no terminal colour 'ansi_pink': give one of ansi_black,"),
        ({"accent": '"ansi_red"'}, 9, "accent: 'ansi_red' does not go with the background"),
        ({"background": '"ansi_default"'}, 6, "surface: '#1f262e' does not go with the"),
        ({"accent": "7"}, 9, "accent: Expected `str`, got `int`"),
        ({"accent": '"#6cb6ff'}, 9, "no TOML: Illegal character"),
        ({"dark": '"yes"'}, 2, "dark: Expected `bool`, got `str`"),
        ({"dark": "true\nbright = 1"}, 3, "bright: there is no such entry: take it out"),
        ({"text": '"#ffffff"\ntxet = "#ffffff"'}, 8, "txet: there is no such entry"),
        ({"name": '""'}, 1, "name: use 1 to 40 letters"),
        ({"name": '"\\u001b[2J"'}, 1, "name: use 1 to 40 letters"),
        ({"warning": '"#e8a657"\n[styles]\nhigh = "fat"'}, 23, "high: no style 'fat': give none"),
        ({"warning": '"#e8a657"\n[styles]\nhigh = ""'}, 23, "high: no style ''"),
        ({"warning": '"#e8a657"\n[styles]\nhihg = "bold"'}, 23, "hihg: there is no such entry"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_what_to_do(
    changed: dict[str, str], line: int, said: str, tmp_path: Path
) -> None:
    file = written(tmp_path, **changed)
    with pytest.raises(ThemeError) as caught:
        load_theme(file)
    assert str(caught.value).startswith(f"{file}:{line}: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_missing_is_named_at_its_table(tmp_path: Path) -> None:
    with pytest.raises(ThemeError, match=r"mine.toml:4: accent is missing: in \[colours\]$"):
        load_theme(written(tmp_path, without="accent"))
    with pytest.raises(ThemeError, match=r"mine.toml:1: dark is missing: at the top$"):
        load_theme(written(tmp_path, without="dark"))


def test_a_theme_that_is_not_there_says_which_are(tmp_path: Path) -> None:
    for name in ("drak", str(tmp_path), str(tmp_path / "none.toml"), ""):
        with pytest.raises(ThemeError, match="give one of dark, light, high-contrast"):
            load_theme(name)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "picture.toml"
    file.write_bytes(b'name = "x"\n\xff\xd8\xff')
    with pytest.raises(ThemeError, match=r"picture.toml:2: not UTF-8"):
        load_theme(file)
    file.write_bytes(b"#" * 70_000)
    with pytest.raises(ThemeError, match="this is no theme"):
        load_theme(file)


@pytest.mark.parametrize("name", built_in())
def test_a_theme_file_is_plain_data(name: str) -> None:
    file = Path(__file__).resolve().parents[2] / "themes" / f"{name}.toml"
    written = set(tomllib.loads(file.read_text("utf-8")))
    assert {"name", "dark", "colours"} <= written <= {"name", "dark", "colours", "styles"}


def test_themes_of_ones_own_are_known_by_name_and_come_first(tmp_path: Path) -> None:
    folder = tmp_path / "themes"
    with pytest.raises(ThemeError, match="no theme 'mine'"):
        load_theme("mine", folder)
    folder.mkdir()
    file = written(folder, accent='"#ffcc00"')
    assert load_theme("mine", folder).colours.accent == "#ffcc00"
    assert load_theme("light", folder).colours.accent != "#ffcc00"
    with pytest.raises(ThemeError, match="monochrome, mine, or a TOML file"):
        load_theme("mnie", folder)
    file.rename(folder / "light.toml")
    assert load_theme("light", folder).colours.accent == "#ffcc00"
    (folder / "bad.toml").write_text('name = "bad"\ndark = 1\n', "utf-8")
    with pytest.raises(ThemeError, match=r"bad.toml:2: dark: Expected `bool`"):
        load_theme("bad", folder)
