"""Colours, as data: the built-in themes and the reading of theme files.

A theme is a TOML file with ``name``, ``dark``, a table ``colours`` that gives every role one
colour, and a table ``styles`` for roles that are to be bold, dim, underlined or the like. Nothing
here knows what draws with them.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec

__all__ = ["Colours", "Styles", "Theme", "ThemeError", "built_in", "load_theme", "names_in"]

_HERE = Path(__file__).parent
_BUILT_IN = (
    "dark",
    "light",
    "high-contrast",
    "colour-blind",
    "ansi-dark",
    "ansi-light",
    "monochrome",
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,39}")
_RGB = re.compile(r"#[0-9A-Fa-f]{6}")
_TERMINAL = frozenset(
    ["ansi_default"]
    + [
        f"ansi_{bright}{hue}"
        for bright in ("", "bright_")
        for hue in ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
    ]
)
_STYLES = frozenset(["bold", "dim", "italic", "underline", "reverse"])
_LARGEST = 64 * 1024


class ThemeError(ValueError):
    """A theme that cannot be used: file, line and what to change, in one line.

    Attributes:
        english: what it says, with the names of ``values`` in braces, as the key to translations.
    """

    def __init__(self, english: str, **values: object) -> None:
        super().__init__(english.format(**values))
        self.english = english
        self.values = values


class Colours(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A colour for every role, each ``#rrggbb`` or the name of a terminal colour (``ansi_red``).

    Attributes:
        background: behind everything.
        surface: behind what stands out from the background: header, chosen row, dialogue.
        muted: text of second rank. Still readable, so never merely decorative.
        accent: the one colour that says where you are.
        suspicious, expected, drifted: the verdicts.
        high, medium, low, informational: the severities of alerts.
        error, warning: what went wrong, what is known in part only.
    """

    background: str
    surface: str
    text: str
    muted: str
    accent: str
    suspicious: str
    expected: str
    drifted: str
    high: str
    medium: str
    low: str
    informational: str
    error: str
    warning: str


class Styles(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the text of a role is set: ``none``, or ``bold``, ``dim`` and the like with blanks."""

    accent: str = "bold"
    muted: str = "none"
    suspicious: str = "bold"
    expected: str = "none"
    drifted: str = "bold"
    high: str = "bold"
    medium: str = "none"
    low: str = "none"
    informational: str = "none"
    warning: str = "none"


class Theme(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A named set of colours; ``dark`` says that the background is darker than the text."""

    name: str
    dark: bool
    colours: Colours
    styles: Styles = Styles()

    @property
    def ansi(self) -> bool:
        """Whether the colours are the terminal's own sixteen rather than fixed ones."""
        return self.colours.background.startswith("ansi_")

    @property
    def colourless(self) -> bool:
        """Whether nothing is told by a colour."""
        return set(msgspec.structs.astuple(self.colours)) == {"ansi_default"}


def built_in() -> tuple[str, ...]:
    """The names of the themes that come along, the default first."""
    return _BUILT_IN


def names_in(folder: Path) -> tuple[str, ...]:
    """The themes that a folder of one's own adds, by their file's names."""
    try:
        return tuple(sorted(file.stem for file in folder.glob("*.toml")))
    except OSError:
        return ()


def load_theme(name_or_path: str | Path, folder: Path | None = None) -> Theme:
    """A theme by its name, or the one in a TOML file.

    A file of that name in ``folder`` comes first: whoever put it there wants it.

    Raises:
        ThemeError: no such theme, or one with a mistake.
    """
    name = str(name_or_path)
    if folder is not None and name in names_in(folder):
        return _read(folder / f"{name}.toml")
    if name in _BUILT_IN:
        return _read(_HERE / f"{name}.toml")
    path = Path(name_or_path)
    if not path.is_file():
        own = [one for one in names_in(folder) if one not in _BUILT_IN] if folder else []
        raise ThemeError(
            "no theme {name!r}: give one of {known}, or a TOML file made like one of them",
            name=name,
            known=", ".join((*_BUILT_IN, *own)),
        )
    return _read(path)


def _read(file: Path) -> Theme:
    source = _text_of(file)
    try:
        theme = msgspec.convert(tomllib.loads(source), Theme)
    except tomllib.TOMLDecodeError as error:
        raise _toml_mistake(file, source, error) from None
    except msgspec.ValidationError as error:
        raise _shape_mistake(file, source, error) from None
    if not _NAME.fullmatch(theme.name):
        raise ThemeError(
            "{file}:{line}: name: use 1 to 40 letters, digits, blanks, - and _",
            file=file,
            line=_line_of(source, "name"),
        )
    for role, colour in msgspec.structs.asdict(theme.colours).items():
        if wrong := _colour_mistake(theme, colour):
            line = _line_of(source, role, "colours")
            raise ThemeError(
                "{file}:{line}: {role}: {wrong}", file=file, line=line, role=role, wrong=wrong
            )
    for role, style in msgspec.structs.asdict(theme.styles).items():
        if style != "none" and not (style.split() and _STYLES.issuperset(style.split())):
            raise ThemeError(
                "{file}:{line}: {role}: no style {style!r}:"
                " give none, or some of {known} with blanks between",
                file=file,
                line=_line_of(source, role, "styles"),
                role=role,
                style=style,
                known=", ".join(sorted(_STYLES)),
            )
    return theme


def _text_of(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            content = opened.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise ThemeError(
                "{file}:1: larger than {size} KiB: this is no theme",
                file=file,
                size=_LARGEST // 1024,
            )
        return content.decode("utf-8")
    except OSError as error:
        raise ThemeError(
            "{file}: cannot be read: {reason}: choose another theme",
            file=file,
            reason=error.strerror,
        ) from None
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ThemeError(
            "{file}:{line}: not UTF-8: save the file as UTF-8", file=file, line=line
        ) from None


def _toml_mistake(file: Path, source: str, error: tomllib.TOMLDecodeError) -> ThemeError:
    message, _, where = str(error).partition(" (at ")
    found = re.match(r"line (\d+)", where)
    line = int(found[1]) if found else source.count("\n") + 1
    return ThemeError(
        "{file}:{line}: no TOML: {message}: correct this line",
        file=file,
        line=line,
        message=message,
    )


def _shape_mistake(file: Path, source: str, error: msgspec.ValidationError) -> ThemeError:
    # msgspec words them "<what is wrong> - at `$.colours.accent`", the path left out at the top.
    message, _, path = str(error).partition(" - at `$.")
    path = path.rstrip("`")
    quoted = re.search(r"field `(.+)`", message)
    if quoted and message.startswith("Object contains unknown"):
        line = _line_of(source, quoted[1], path)
        return ThemeError(
            "{file}:{line}: {entry}: there is no such entry: take it out",
            file=file,
            line=line,
            entry=quoted[1],
        )
    if quoted:
        line = _line_of(source, "", path)
        if not path:
            return ThemeError(
                "{file}:{line}: {entry} is missing: at the top",
                file=file,
                line=line,
                entry=quoted[1],
            )
        return ThemeError(
            "{file}:{line}: {entry} is missing: in [{table}]",
            file=file,
            line=line,
            entry=quoted[1],
            table=path,
        )
    table, _, key = path.rpartition(".")
    return ThemeError(
        "{file}:{line}: {entry}: {message}",
        file=file,
        line=_line_of(source, key, table),
        entry=key or "theme",
        message=message,
    )


def _colour_mistake(theme: Theme, colour: str) -> ThemeError | None:
    """What is wrong with a colour and what to do."""
    if colour.startswith("ansi_") and colour not in _TERMINAL:
        known = ", ".join(sorted(_TERMINAL))
        return ThemeError(
            "no terminal colour {colour!r}: give one of {known}", colour=colour, known=known
        )
    if colour not in _TERMINAL and not _RGB.fullmatch(colour):
        return ThemeError(
            'no colour {colour!r}: give "#rrggbb", or a terminal colour such as "ansi_red"',
            colour=colour,
        )
    if (colour in _TERMINAL) is not theme.ansi:
        # Fixed colours cannot be promised to be readable on a background that is not known.
        if theme.ansi:
            return ThemeError(
                "{colour!r} does not go with the background:"
                " give a terminal colour (ansi_…), or change all colours",
                colour=colour,
            )
        return ThemeError(
            '{colour!r} does not go with the background: give "#rrggbb", or change all colours',
            colour=colour,
        )
    return None


def _line_of(source: str, key: str, table: str = "") -> int:
    """The line, from 1, of a key in a table; that of the table where there is no such key."""
    within, start = "", 1
    for number, line in enumerate(source.splitlines(), 1):
        if header := re.match(r"\s*\[\s*([^\[\]]+?)\s*\]", line):
            within = header[1]
            start = number if within == table else start
        elif within == table and key and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return number
    return start
