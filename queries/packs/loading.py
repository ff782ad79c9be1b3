"""Reading a pack: a folder with a pack.toml and the .kql files it names."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TypeVar

import msgspec

from ..language import tr
from ..questions import Pack, Question, ShownColumn

BUILT_IN = ("exact", "guide")
#: What the console always shows; a pack must answer all of them.
PANES = ("alerts", "users", "ports", "logins", "processes")
REQUIRED = ("devices", *PANES, "coverage")

_HERE = Path(__file__).parent
_Shape = TypeVar("_Shape")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class PackError(ValueError):
    """A pack that cannot be used: file, line and what to change, in one line."""


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
    raw_events: list[str] = []
    pane: bool = True


class _PackFile(msgspec.Struct, forbid_unknown_fields=True):
    title: str
    questions: dict[str, dict[str, object]]


def load_pack(name_or_folder: str) -> Pack:
    """A built-in pack by its name, or the pack in a folder.

    Raises:
        PackError: no such pack, or one with a mistake; names file and line.
    """
    if name_or_folder in BUILT_IN:
        return _read(_HERE / name_or_folder, name_or_folder)
    folder = Path(name_or_folder)
    if not folder.is_dir():
        raise PackError(
            tr(
                "no pack {name!r}: give one of {known}, or a folder that holds a pack.toml",
                name=name_or_folder,
                known=", ".join(BUILT_IN),
            )
        )
    return _read(folder, folder.name)


def _read(folder: Path, name: str) -> Pack:
    file = folder / "pack.toml"
    source = _text_of(file)
    try:
        content = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise PackError(f"{file}: {error}") from None
    pack = _checked(content, _PackFile, file, source, "")
    missing = [question for question in REQUIRED if question not in pack.questions]
    if missing:
        raise PackError(
            tr(
                "{file}:1: the pack lacks the question(s) {questions}",
                file=file,
                questions=", ".join(missing),
            )
        )
    questions = {}
    # The five have the first keys, wherever they stand in the file.
    for question in dict.fromkeys((*REQUIRED, *pack.questions)):
        table = pack.questions[question]
        entry = _checked(table, _QuestionEntry, file, source, f"questions.{question}")
        questions[question] = _question(folder, file, source, question, entry)
    return Pack(name, pack.title, questions)


def _checked(content: object, shape: type[_Shape], file: Path, source: str, where: str) -> _Shape:
    """``content`` of the table ``where`` as ``shape``; msgspec names no key of a dict itself."""
    try:
        return msgspec.convert(content, shape)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `")
        parts = [where, path.rstrip("`").removeprefix("$").removeprefix(".")]
        if unknown := re.search(r"unknown field `(.*)`", message):
            parts.append(unknown[1])
        line = _line_of(source, ".".join(part for part in parts if part))
        raise PackError(f"{file}:{line}: {message}") from None


def _question(folder: Path, file: Path, source: str, name: str, entry: _QuestionEntry) -> Question:
    def wrong(what: str, field: str = "") -> PackError:
        where = f"questions.{name}.{field}" if field else f"questions.{name}"
        return PackError(
            tr(
                "{file}:{line}: question {name}: {what}",
                file=file,
                line=_line_of(source, where),
                name=name,
                what=what,
            )
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

    def read(part: str, field: str) -> str:
        path = folder / part
        if not path.is_file():
            raise wrong(tr("there is no file {part}", part=part), field)
        return _text_of(path).rstrip() + "\n"

    prefix = "".join(read(part, "fragments") for part in entry.fragments)
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
        text=prefix + read(entry.text, "text"),
        events=prefix + read(entry.events, "events") if entry.events else "",
        values=prefix + read(entry.values, "values") if entry.values else "",
        raw_events=tuple(entry.raw_events),
        is_pane=entry.pane,
    )


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PackError(tr("{path}: there is no such file; a pack needs it", path=path)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(tr("{path}: cannot be read: {error}", path=path, error=error)) from None


def _line_of(source: str, path: str) -> int:
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
