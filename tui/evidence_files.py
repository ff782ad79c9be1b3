"""What was made of each file of evidence, as a table: for iotriage doctor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from ..queries.evidence.reports import FileReport, LoadReport
from ..queries.language import tr, translatable
from ..queries.printable import printable
from ..queries.wording import counted

#: More lines than this are drawn together by folder, and more troubles only counted.
_MOST_LINES = 40
_MOST_TROUBLES = 50
_HEADS = (
    *(translatable("path"), translatable("files"), translatable("form"), translatable("rows")),
    translatable("of which"),
)


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
        yield from _aligned(
            [tuple(map(tr, _HEADS)), *(group.cells() for group in _groups(read, top))]
        )
    # Those first of which nothing was read; they must not be lost among the others.
    files = sorted(report.files, key=lambda file: not file.refused)
    troubles = [f"{file.place}: {text}" for file in files for text in _troubles(file)]
    troubles += [
        tr("{path}: never opened: {why}", path=path, why=why) for path, why in report.left_out
    ]
    for text in troubles[:_MOST_TROUBLES]:
        yield printable(text)
    if len(troubles) > _MOST_TROUBLES:
        yield tr("and {count:,} more like these", count=len(troubles) - _MOST_TROUBLES)


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
    form = tr(file.form or translatable("nothing known"))
    return f"{form} ({file.packed})" if file.packed else form


def _troubles(file: FileReport) -> Iterator[str]:
    if file.refused:
        yield tr("refused: {reason}", reason=file.refused)
    if file.cut:
        yield tr("read in part: {reason}", reason=file.cut)
    if file.partial:
        yield tr("a partial answer: {reason}", reason=file.partial)
    if file.changed:
        yield tr("changed while it was read")
    if file.bad:
        rows = counted(file.bad, "row")
        yield tr("{rows} could not be read, first at {place}", rows=rows, place=file.first_bad)
    if file.zone:
        yield file.zone
    if file.unread_times:
        times = counted(file.unread_times, "time")
        yield tr("{times} beside TimeGenerated could not be read", times=times)
    if file.deviceless:
        yield tr("{rows} do not say whose they are", rows=counted(file.deviceless, "row"))
    if file.unnamed:
        rows = counted(file.unnamed, "row")
        yield tr("{rows} have the device None, read as no device", rows=rows)
    if file.repaired:
        yield tr("{texts} held broken Unicode", texts=counted(file.repaired, "text"))
    if file.foreign:
        yield tr("{rows} of other tables left aside", rows=counted(file.foreign, "row"))


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
