"""Reading a pack: a folder with a pack.toml and the .kql files it names."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TypeVar

import msgspec

from ..language import tr
from ..questions import Pack, Question, ShownColumn
from .finding import BUILT_IN, PackError, named_pack, own_packs, part_of, text_of

#: What the console always shows; a pack must answer all of them.
PANES = ("alerts", "users", "ports", "logins", "processes")
REQUIRED = ("devices", *PANES, "coverage")

_Shape = TypeVar("_Shape")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class _Shown(msgspec.Struct, forbid_unknown_fields=True):
    column: str
    label: str


class _QuestionEntry(msgspec.Struct, forbid_unknown_fields=True):
    title: str
    text: str
    keys: list[str]
    tables: list[str]
    shown: list[_Shown]
    guidance: list[str]
    fragments: list[str] = []
    names: list[str] = []
    sets: list[str] = []
    counts: dict[str, str] = {}
    events: str = ""
    values: str = ""
    prevalence: list[str] = []
    raw_events: list[str] = []
    pane: bool = True
    remarks: list[str] = []
    parameters: dict[str, str] = {}


class _PackFile(msgspec.Struct, forbid_unknown_fields=True):
    title: str
    questions: dict[str, dict[str, object]] = {}
    extends: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A file that is a part of a question's text, and how many lines it gave."""

    file: Path
    lines: int


#: (question, field of its entry) -> the files that its text is made of, in order.
Pieces = dict[tuple[str, str], tuple[Piece, ...]]
#: Hears what is wrong; raises it, or goes on.
Complain = Callable[[PackError], object]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A pack, with the files behind it.

    Attributes:
        own: names of the questions that stand in its own pack.toml.
        file: its pack.toml.
    """

    pack: Pack
    pieces: Pieces
    own: tuple[str, ...]
    file: Path


def load_pack(name_or_folder: str, packs: Path | None = None) -> Pack:
    """A pack by its name, or the pack in a folder.

    Args:
        packs: where packs of one's own lie, each in a folder that is called as it is.

    Raises:
        PackError: no such pack, or one with a mistake; names file and line.
    """
    return load_whole(name_or_folder, packs).pack


def load_whole(
    name_or_folder: str, packs: Path | None = None, complain: Complain | None = None
) -> Loaded:
    """As :func:`load_pack`, with the files behind it.

    Args:
        complain: hears of each question that cannot be used, which the pack then lacks; without
            it the first ends the reading.
    """
    folder = named_pack(name_or_folder, packs)
    if folder is None:
        folder = Path(name_or_folder)
        if not folder.is_dir():
            raise PackError(
                tr(
                    "no pack {name!r}: give one of {known}, or a folder that holds a pack.toml",
                    name=name_or_folder,
                    known=", ".join((*BUILT_IN, *own_packs(packs))),
                )
            )
    return _read(folder, packs, complain or _raise, ())


def _raise(error: PackError) -> None:
    raise error


def _read(folder: Path, packs: Path | None, complain: Complain, below: tuple[Path, ...]) -> Loaded:
    """``below``: the packs that extend this one."""
    name = folder.name or folder.resolve().name
    file = folder / "pack.toml"
    source = text_of(file)
    try:
        content = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise PackError(str(error), file, _toml_line(error)) from None
    pack = _checked(content, _PackFile, file, source, "")
    questions: dict[str, Question] = {}
    pieces: Pieces = {}
    if pack.extends:
        base = _base(folder, pack.extends, packs, source, below)
        extended = _read(base, packs, complain, (*below, folder.resolve()))
        questions |= extended.pack.questions
        pieces |= extended.pieces
    missing = [name for name in REQUIRED if name not in pack.questions and name not in questions]
    if missing:
        raise PackError(
            tr(
                "the pack lacks the question(s) {questions}: write them, or write extends ="
                ' "exact" below its title',
                questions=", ".join(missing),
            ),
            file,
            1,
        )
    # Most questions begin with the same fragments.
    part_named = cache(partial(_part, folder))
    for question, table in pack.questions.items():
        try:
            entry = _checked(table, _QuestionEntry, file, source, f"questions.{question}")
            for field in ("text", "events", "values"):
                pieces.pop((question, field), None)
            questions[question] = _question(
                file, source, question, entry, part_named=part_named, pieces=pieces
            )
        except PackError as error:
            complain(error)
    # The five have the first keys, wherever they stand in the file.
    ordered = {n: questions[n] for n in (*REQUIRED, *questions) if n in questions}
    return Loaded(Pack(name, pack.title, ordered), pieces, tuple(pack.questions), file)


def _base(
    folder: Path, extends: str, packs: Path | None, source: str, below: tuple[Path, ...]
) -> Path:
    """The folder of the pack that is extended: one that goes by this name, or lies beside it."""
    at = folder / "pack.toml", line_of(source, "extends")
    base = named_pack(extends, packs)
    if base is None and extends in own_packs(folder.parent):
        base = folder.parent / extends
    if base is None:
        known = ", ".join((*BUILT_IN, *own_packs(packs)))
        raise PackError(tr("extends {name!r}: give one of {known}", name=extends, known=known), *at)
    if base.resolve() in (*below, folder.resolve()):
        raise PackError(
            tr("extends {name!r}, which extends this pack: in a circle", name=extends), *at
        )
    return base


def _checked(content: object, shape: type[_Shape], file: Path, source: str, where: str) -> _Shape:
    """``content`` of the table ``where`` as ``shape``; msgspec names no key of a dict itself."""
    try:
        return msgspec.convert(content, shape)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `")
        parts = [where, path.rstrip("`").removeprefix("$").removeprefix(".")]
        if unknown := re.search(r"unknown field `(.*)`", message):
            parts.append(unknown[1])
        line = line_of(source, ".".join(part for part in parts if part))
        raise PackError(message, file, line) from None


def _part(folder: Path, part: str) -> tuple[str, Piece]:
    """What a file that a pack names says.

    Raises:
        PackError: it cannot be read.
        ValueError: it is not there, or leads out of the pack.
    """
    path = part_of(folder, part)
    if not path.is_file():
        raise ValueError(tr("there is no file {part}", part=part))
    text = text_of(path).rstrip() + "\n"
    return text, Piece(path, text.count("\n"))


def _question(
    file: Path,
    source: str,
    name: str,
    entry: _QuestionEntry,
    *,
    part_named: Callable[[str], tuple[str, Piece]],
    pieces: Pieces,
) -> Question:
    def wrong(what: str, field: str = "") -> PackError:
        where = f"questions.{name}.{field}" if field else f"questions.{name}"
        return PackError(
            tr("question {name}: {what}", name=name, what=what), file, line_of(source, where)
        )

    if not _NAME.fullmatch(name):
        raise wrong(tr("a question's name is letters, digits and _"))
    if not entry.keys:
        raise wrong(tr("keys must name at least one column"), "keys")
    if not entry.shown:
        raise wrong(tr("shown must name at least one column"), "shown")
    for field, columns in (
        ("keys", entry.keys),
        ("sets", entry.sets),
        ("counts", entry.counts.values()),
        ("raw_events", entry.raw_events),
    ):
        for column in columns:
            if not _NAME.fullmatch(column):
                raise wrong(tr("{column!r} is no column name", column=column), field)
    if name in PANES and not entry.pane:
        raise wrong(tr("it is one of the five that the console always shows"), "pane")
    for column in entry.names:
        if column not in entry.keys:
            raise wrong(tr("names holds {column!r}, which is not in keys", column=column), "names")
    for column in entry.counts:
        if column not in entry.sets:
            raise wrong(
                tr("counts holds {column!r}, which is not in sets", column=column), "counts"
            )

    def read(part: str, field: str) -> tuple[str, Piece]:
        try:
            return part_named(part)
        except PackError:
            raise
        except ValueError as error:
            raise wrong(str(error), field) from None

    before = [read(part, "fragments") for part in entry.fragments]

    def joined(parts: list[tuple[str, Piece]], field: str) -> str:
        pieces[name, field] = tuple(piece for _, piece in parts)
        return "".join(text for text, _ in parts)

    def whole(part: str, field: str) -> str:
        if not part and field != "text":
            return ""
        return joined([*before, read(part, field)], field)

    return Question(
        name=name,
        title=entry.title,
        keys=tuple(entry.keys),
        names=tuple(entry.names),
        sets=tuple(entry.sets),
        counts=entry.counts,
        shown=tuple(ShownColumn(shown.column, shown.label) for shown in entry.shown),
        guidance=tuple(entry.guidance),
        tables=tuple(entry.tables),
        text=whole(entry.text, "text"),
        events=whole(entry.events, "events"),
        values=whole(entry.values, "values"),
        prevalence=joined([read(part, "prevalence") for part in entry.prevalence], "prevalence"),
        raw_events=tuple(entry.raw_events),
        is_pane=entry.pane,
        remarks=tuple(entry.remarks),
        parameters=entry.parameters,
    )


def _toml_line(error: tomllib.TOMLDecodeError) -> int:
    found = re.search(r"at line (\d+)", str(error))
    return int(found[1]) if found else 0


def line_of(source: str, path: str) -> int:
    """The line of ``source`` that best matches a dotted path such as questions.users.keys[0]."""
    lines = source.splitlines()
    parts = [re.sub(r"\[.*", "", part) for part in path.split(".") if part]
    start, best = 0, 1
    for depth in range(len(parts), 0, -1):
        header = "[" + ".".join(parts[:depth]) + "]"
        for number, line in enumerate(lines):
            if line.strip() == header:
                start, best = number + 1, number + 1
                break
        else:
            continue
        parts = parts[depth:]
        break
    for part in parts:
        for number in range(start, len(lines)):
            text = lines[number].strip()
            if text.startswith("[") and text.endswith("]") and number > start:
                break
            if re.match(rf"{re.escape(part)}\s*=", text):
                return number + 1
    return best


__all__ = [
    "BUILT_IN",
    "PANES",
    "REQUIRED",
    "Loaded",
    "PackError",
    "Piece",
    "line_of",
    "load_pack",
    "load_whole",
]
