"""What was made of each file of evidence, as a table: for iotriage doctor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from ..queries.evidence.reports import FileReport, LoadReport
from ..queries.printable import printable
from ..queries.wording import counted

#: More lines than this are drawn together by folder, and more troubles only counted.
_MOST_LINES = 40
_MOST_TROUBLES = 50
_HEADS = ("path", "files", "form", "rows", "of which")


@dataclass(slots=True)
class _Group:
    """Files below one folder that have the same form."""

    path: str
    form: str
    files: int = 0
    tables: Counter[str] = field(default_factory=Counter)

    def add(self, file: FileReport) -> None:
        self.files += 1
        self.tables.update(file.tables)

    def cells(self) -> tuple[str, ...]:
        tables = ", ".join(f"{table} {rows:,}" for table, rows in sorted(self.tables.items()))
        return self.path, f"{self.files:,}", self.form, f"{self.tables.total():,}", tables


def file_lines(report: LoadReport, top: Path) -> Iterator[str]:
    """A table of all that was read, then every file with what is wrong with it."""
    read = [file for file in report.files if not file.refused]
    if read:
        yield from _aligned([_HEADS, *(group.cells() for group in _groups(read, top))])
    # Those first of which nothing was read; they must not be lost among the others.
    files = sorted(report.files, key=lambda file: not file.refused)
    troubles = [f"{file.place}: {text}" for file in files for text in _troubles(file)]
    troubles += [f"{path}: never opened: {why}" for path, why in report.left_out]
    for text in troubles[:_MOST_TROUBLES]:
        yield printable(text)
    if len(troubles) > _MOST_TROUBLES:
        yield f"and {len(troubles) - _MOST_TROUBLES:,} more like these"


def _groups(files: Iterable[FileReport], top: Path) -> list[_Group]:
    """One a file where these are few; else one a folder, as far up as makes them few."""
    parts = [(file, _parts(file, top)) for file in files]
    depth = max((len(names) for _, names in parts), default=0)
    for kept in range(depth, -1, -1):
        groups: dict[tuple[tuple[str, ...], str], _Group] = {}
        for file, names in parts:
            form = _form(file)
            below = len(names) > kept
            name = "/".join(names[:kept]) + "/…" * below if kept else "…"
            group = groups.setdefault((names[:kept], form), _Group(name, form))
            group.add(file)
        if len(groups) <= _MOST_LINES:
            break
    return list(groups.values())


def _parts(file: FileReport, top: Path) -> tuple[str, ...]:
    try:
        names = file.path.relative_to(top).parts or (file.path.name,)
    except ValueError:
        names = file.path.parts
    return (*names, *PurePath(file.member).parts) if file.member else names


def _form(file: FileReport) -> str:
    form = str(file.form or "nothing known")
    return f"{form} ({file.packed})" if file.packed else form


def _troubles(file: FileReport) -> Iterator[str]:
    if file.refused:
        yield f"refused: {file.refused}"
    if file.cut:
        yield f"read in part: {file.cut}"
    if file.partial:
        yield f"a partial answer: {file.partial}"
    if file.changed:
        yield "changed while it was read"
    if file.bad:
        yield f"{counted(file.bad, 'row')} could not be read, first at {file.first_bad}"
    if file.zone:
        yield file.zone
    if file.unread_times:
        yield f"{counted(file.unread_times, 'time')} beside TimeGenerated could not be read"
    if file.deviceless:
        yield f"{counted(file.deviceless, 'row')} do not say whose they are"
    if file.unnamed:
        yield f"{counted(file.unnamed, 'row')} have the device None, read as no device"
    if file.repaired:
        yield f"{counted(file.repaired, 'text')} held broken Unicode"
    if file.foreign:
        yield f"{counted(file.foreign, 'row')} of other tables left aside"


def _aligned(rows: list[tuple[str, ...]]) -> Iterator[str]:
    from .widgets.text_cells import fit  # noqa: PLC0415

    shown = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        cells = (fit(cell, width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _width(text: str) -> int:
    from rich.cells import cell_len  # noqa: PLC0415

    return cell_len(text)
