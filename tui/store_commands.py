"""The commands that keep evidence: import, and what they say while they work."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import click

from ..queries.language import tr, translatable
from ..queries.printable import printable
from ..queries.wording import bytes_words, counted
from .command_help import Command
from .opening import now_utc
from .options import language
from .status_line import StatusLine

#: What counts bytes.
_READING = {
    "reading": translatable("reading {done} of {total}"),
    "reading and sorting": translatable("reading and sorting {done} of {total}"),
}


class Pace:
    """How fast something goes, and how long it goes on."""

    def __init__(self, line: StatusLine, clock: Callable[[], float] = time.monotonic) -> None:
        self._line = line
        self._clock = clock
        self._words = ""
        self._began = 0.0

    def progress(self, words: str, done: int, total: int) -> None:
        if words != self._words:
            self._words, self._began = words, self._clock()
        took = self._clock() - self._began
        left = ""
        if done and took > 1:
            left = tr(", {span} left", span=_span(took * (total - done) / done))
        if words in _READING:
            pace = f", {bytes_words(done / took)}/s" if took > 1 else ""
            come = tr(_READING[words], done=bytes_words(done), total=bytes_words(total))
            self._line.say(f"{come}{pace}{left}")
        elif words == "fetching":
            pace = f", {done / took:,.0f}/s" if took > 1 else ""
            come = tr("fetching {done} of {rows}", done=f"{done:,}", rows=counted(total, "row"))
            self._line.say(f"{come}{pace}{left}")
        else:
            self._line.say(f"{words}: {done} %{left}")


@click.command("import", cls=Command)
@click.argument("paths", metavar="PATH…", nargs=-1, required=True)
@click.option(
    "-o",
    "--output",
    metavar="STORE",
    required=True,
    help="The store: made where there is none, added to where there is one.",
)
@language
def import_(paths: tuple[str, ...], output: str) -> int:
    """Read exported files once and keep them, sorted, in one file for --evidence.

    A file that the store holds already is not read again. Until the end the store is what it was.
    """
    from ..queries.evidence.importing import import_files  # noqa: PLC0415
    from ..queries.evidence.telling import notices_of  # noqa: PLC0415

    line = StatusLine()
    try:
        done = import_files([Path(p) for p in paths], Path(output), now_utc(), Pace(line).progress)
    finally:
        line.clear()
    read = counted(len({file.path for file in done.report.files}), "file")
    known = ""
    if done.known:
        known = tr(", {files} known already", files=counted(done.known, "file"))
    click.echo(tr("{path}: {files} read", path=printable(output), files=read) + known)
    for table, rows in done.rows.items():
        held, new = counted(rows, "row"), done.added[table]
        click.echo(tr("{table}: {rows}, {new:,} new", table=table, rows=held, new=new))
    if done.report.repeated:
        click.echo(tr("{rows} dropped", rows=counted(done.report.repeated, "repeated row")))
    notices = notices_of(done.report)
    for notice in notices:
        click.echo(printable(notice.text), err=True)
    return 3 if any(notice.kind.name == "UNREAD" for notice in notices) else 0


def _span(seconds: float) -> str:
    if seconds < 90:
        return tr("{seconds:.0f} s", seconds=seconds)
    return tr("{minutes:.0f} min", minutes=seconds / 60)
