"""A device's evidence out of a source into a store of its own: slice by slice, and resumable."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from ..held import USUAL
from ..language import tr
from ..source import Cancellation, Source, SourceError, Tell, nobody
from ..window import Window
from ..wording import counted
from .at_once import each_at_once
from .capture_folder import CaptureFolder, Plan, Stretch
from .capture_opening import open_capture
from .capture_store import write_capture
from .captured import Captured, Manifest, Slice, State, Wanted
from .engine import one_line
from .fetching import Asker, Fetcher
from .planning import plan_of, planned
from .rows_as_text import lines_in, sha256_of
from .slicing import halves
from .store import STORE, is_store
from .workplace import alone

#: (what is done, how much of it, of how much); rows while fetching, hundredths while writing.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Kept:
    """What a capture has so far; ``is_whole`` where nothing is left to be fetched."""

    wanted: Wanted
    slices: int
    is_whole: bool = False


def kept_for(store: Path) -> Kept | None:
    """The capture that was begun under this name; None where none was.

    Raises:
        SourceError: what is there cannot be read.
    """
    try:
        folder = CaptureFolder(store)
        if (plan := folder.plan()) is not None:
            folder.look()
            return Kept(plan.wanted, folder.count)
        if store.exists() and is_store(store):
            with open_capture(store) as (_, captured):
                manifest = captured.manifest
            lacking = len(manifest.lacking)
            return Kept(manifest.wanted, len(manifest.slices) - lacking, not lacking)
    except OSError as error:
        raise SourceError(
            tr("{path}: cannot be read: {reason}", path=store, reason=error.strerror or error)
        ) from None
    return None


def capture(
    source: Source,
    wanted: Wanted,
    store: Path,
    *,
    version: str,
    clock: Callable[[], datetime],
    tables: Collection[str] = USUAL,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
    tell: Tell = nobody,
) -> Captured:
    """Fetch what is wanted and not there yet, and write the store.

    What was fetched is kept beside the store until that is written, however this ends.

    Args:
        version: of iotriage, for the manifest.
        tables: known tables to fetch from; what was begun goes on with its own.

    Raises:
        SourceError: nothing came, another capture under this name, or a disk that is full.
        Stopped: ``cancellation`` was used.
    """
    if not store.parent.is_dir():
        raise SourceError(
            tr("{path}: there is no such folder; make it, or give another -o", path=store.parent)
        )
    work = _Work(
        source,
        wanted,
        CaptureFolder(store),
        tables=tables,
        clock=clock,
        say=progress or (lambda *_: None),
        cancellation=cancellation or Cancellation(),
        tell=tell,
    )
    try:
        with alone(store):
            return work.whole(store, version)
    except OSError as error:
        reason: object = error.strerror or error
    except duckdb.Error as error:
        reason = one_line(error)
    text = tr("{path}: cannot be written: {reason}", path=store, reason=reason)
    raise SourceError(text + work.kept_words())


class _Work:
    """One run of a capture."""

    def __init__(
        self,
        source: Source,
        wanted: Wanted,
        folder: CaptureFolder,
        *,
        tables: Collection[str],
        clock: Callable[[], datetime],
        say: Progress,
        cancellation: Cancellation,
        tell: Tell,
    ) -> None:
        self._source = source
        self._wanted = wanted
        self._folder = folder
        self._tables = tables
        self._say = say
        self._cancellation = cancellation
        self._asker = Asker(source, cancellation, tell)
        self._clock = clock
        self._failed: dict[tuple[str, Window], Slice] = {}

    def whole(self, store: Path, version: str) -> Captured:
        plan = self._begun(store)
        if plan is None:
            self._say(tr("counting"), 0, 100)
            plan = planned(
                self._source, self._wanted, self._asker, self._cancellation, self._tables
            )
            self._folder.begin(plan)
        self._folder.look()
        self._fetch_all(plan)
        slices = [
            one for each in plan.stretches for one in self._collected(each.table, each.window)
        ]
        if all(one.state is State.FAILED for one in slices):
            self._folder.remove()
            raise SourceError(tr("nothing could be fetched: {why}", why=slices[0].why))
        manifest = Manifest(version, plan.wanted, plan.tables, plan.notices, tuple(slices))
        captured = write_capture(store, manifest, self._folder.lines, self._say)
        self._folder.remove()
        return captured

    def kept_words(self) -> str:
        """What of it is there all the same."""
        if not self._folder.count:
            return ""
        count = counted(self._folder.count, "slice")
        return tr(" ({slices} kept: the same command goes on from there)", slices=count)

    def _begun(self, store: Path) -> Plan | None:
        """The plan that is to be gone on with, the slices of an incomplete store taken out.

        Raises:
            SourceError: it is of something else, or complete.
        """
        plan = self._folder.plan()
        if plan is not None:
            self._agreed(plan.wanted, self._folder.path)
        if not store.exists():
            return plan
        if not is_store(store):
            raise SourceError(
                tr("{path}: is there and is no store; give another name to -o", path=store)
            )
        with open_capture(store) as (connection, captured):
            self._agreed(captured.manifest.wanted, store)
            if not captured.manifest.lacking:
                self._folder.remove()
                raise SourceError(
                    tr(
                        "{path}: holds this capture whole already; give another name to -o",
                        path=store,
                    )
                )
            if plan is None:
                plan = plan_of(captured.manifest)
                self._folder.begin(plan)
            self._take_out(connection, captured, store)
        return plan

    def _agreed(self, found: Wanted, where: Path) -> None:
        if not found.is_same(self._wanted):
            raise SourceError(
                tr(
                    "{path}: is a capture of {found}; not of {wanted}: give another -o",
                    path=where,
                    found=found,
                    wanted=self._wanted,
                )
            )

    def _take_out(
        self, connection: duckdb.DuckDBPyConnection, captured: Captured, store: Path
    ) -> None:
        self._folder.look()
        for one in captured.manifest.slices:
            if one.state is State.FAILED or self._folder.kept(one.table, one.window):
                continue
            lines = lines_in(connection, STORE, one.table, one.window)
            if sha256_of(lines) != one.sha256:
                raise SourceError(
                    tr(
                        "{path}: does not hold what was captured (iotriage capture verify says"
                        " more): give another -o",
                        path=store,
                    )
                )
            self._folder.keep(one, lines)

    def _fetch_all(self, plan: Plan) -> None:
        total, done = sum(each.rows for each in plan.stretches), 0
        lock = threading.Lock()
        self._say("fetching", 0, total)

        def fetch(stretch: Stretch) -> None:
            nonlocal done
            self._fetch(fetcher, stretch.table, stretch.window, 0)
            with lock:
                done += stretch.rows
                self._say("fetching", done, total)

        with closing(Fetcher(plan.wanted, self._asker, self._clock)) as fetcher:
            each_at_once(fetch, plan.stretches, self._cancellation)

    def _fetch(self, fetcher: Fetcher, table: str, window: Window, depth: int) -> None:
        """Have every part of the window as a slice: kept, or among those that failed."""
        kept = self._folder.kept(table, window)
        if kept is not None and kept.state is State.COMPLETE:
            return
        if not self._folder.has_parts_of(table, window):
            found = fetcher.fetch(table, window, depth)
            if found is not None:
                one, lines = found
                if one.state is not State.FAILED:
                    self._folder.keep(one, lines)
                elif kept is None:
                    self._failed[table, window] = one
                return
        for part in halves(window):
            self._fetch(fetcher, table, part, depth + 1)

    def _collected(self, table: str, window: Window) -> Iterator[Slice]:
        """The slices that a stretch has become, in the order of time."""
        kept = self._folder.kept(table, window) or self._failed.get((table, window))
        if kept is not None and (
            kept.state is State.COMPLETE or not self._folder.has_parts_of(table, window)
        ):
            yield kept
            return
        for part in halves(window):
            yield from self._collected(table, part)
