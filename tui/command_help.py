"""The help of the commands and the complaints of click, in the language of the analyst."""

from __future__ import annotations

import re
from collections.abc import Iterable
from inspect import cleandoc
from string import Formatter as Placeholders

import click

from ..queries.language import spoken, tr, translatable

#: What click says of itself; the first that fits counts.
_COMPLAINTS = (
    translatable("Invalid value for {parameter}: {message}"),
    translatable("{value} is not one of {choices}."),
    translatable("{value} is not in the range {range}."),
    translatable("{value} is not a valid {kind}."),
    translatable("No such option {name}. Did you mean {near}?"),
    translatable("No such option {name}. (Did you mean one of: {near}?)"),
    translatable("No such option {name}."),
    translatable("No such command {name}."),
    translatable("Option {name} requires an argument."),
    translatable("Option {name} does not take a value."),
    translatable("Missing argument {name}."),
    translatable("Missing parameter: {name}"),
    translatable("Got unexpected extra argument ({words})"),
    translatable("Got unexpected extra arguments ({words})"),
)
_HEADINGS = (
    *(translatable("Usage:"), translatable("Options"), translatable("Commands")),
    *(translatable("Show this message and exit."), translatable("Show the version and exit.")),
)
_FIRST_COLUMN = 30


def complaint(text: str) -> str:
    """A message of click; one that is not known stays as it is."""
    for english in _COMPLAINTS:
        names = [name for _, name, _, _ in Placeholders().parse(english) if name]
        pattern = re.escape(re.sub(r"\{\w+\}", "\0", english)).replace("\0", "(.+)")
        if found := re.fullmatch(pattern, text, re.DOTALL):
            said = map(complaint, found.groups())
            return tr(english, **dict(zip(names, said, strict=True)))
    return text


class _Formatter(click.HelpFormatter):
    """Measures in cells, and breaks lines where a language without blanks allows it."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or f"{tr('Usage:')} ")

    def write_heading(self, heading: str) -> None:
        super().write_heading(tr(heading))

    def write_text(self, text: str) -> None:
        if spoken() == "en":
            super().write_text(text)
            return
        for number, paragraph in enumerate(paragraphs(text)):
            if number:
                self.write("\n")
            for line in _wrapped(tr(paragraph), self.width - self.current_indent):
                self.write(f"{'':>{self.current_indent}}{line}\n")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = _FIRST_COLUMN, col_spacing: int = 2
    ) -> None:
        if spoken() == "en":
            super().write_dl(rows, col_max, col_spacing)
            return
        rows = list(rows)
        column = min(max(len(first) for first, _ in rows), col_max) + col_spacing
        margin = " " * self.current_indent
        for first, second in rows:
            # What click adds in brackets is of signs and numbers, but for this word.
            text, gap, added = second.partition("  [")
            added = added.replace("required", tr("required"))
            lines = _wrapped(tr(text) + gap + added, self.width - column - self.current_indent)
            if len(first) + col_spacing > column:
                self.write(f"{margin}{first}\n")
                first = ""  # noqa: PLW2901 - it has its own line
            self.write(f"{margin}{first:<{column}}{lines[0]}\n")
            for line in lines[1:]:
                self.write(f"{margin}{'':<{column}}{line}\n")


def paragraphs(text: str) -> list[str]:
    """Each as one line; the keys under which help is translated."""
    return [" ".join(part.split()) for part in cleandoc(text).split("\n\n")]


def _wrapped(text: str, width: int) -> list[str]:
    """Broken between any two wide characters, never inside a Latin word or before a 。"""
    from rich.cells import cell_len  # noqa: PLC0415 - only where help is translated

    lines = [""]
    for unit in re.findall(r"(?:\[[^!-~]|[!-~]+|.)[、。」\]]*", text):
        if lines[-1] and cell_len(lines[-1] + unit) > width:
            lines.append("")
        lines[-1] += unit if lines[-1] else unit.lstrip()
    return [line.rstrip() for line in lines]


class _Context(click.Context):
    formatter_class = _Formatter


class Command(click.Command):
    """A command whose help is translated."""

    context_class = _Context

    def get_short_help_str(self, limit: int = 45) -> str:
        if spoken() == "en":
            return super().get_short_help_str(limit)
        return paragraphs(self.help or "")[0]


class Group(Command, click.Group):
    """A group of such commands."""

    command_class = Command
