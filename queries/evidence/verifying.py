"""Whether a capture still holds what was fetched, recomputed from the store alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb

from ..answers import rfc3339
from ..source import SourceError
from ..window import Window
from ..wording import counted
from .capture_opening import open_capture
from .captured import Captured, Manifest, Slice, State
from .engine import one_line
from .rows_as_text import lines_in, sha256_of
from .slicing import without
from .store import STORE, files_of, report_of
from .tables import TABLES


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found; ``problems`` is empty where all is as it was captured."""

    captured: Captured
    problems: tuple[str, ...]


def verify(path: Path) -> Verified:
    """Look at every row.

    Raises:
        SourceError: no capture, or one that cannot be read.
    """
    try:
        with open_capture(path) as (connection, captured):
            return Verified(captured, tuple(problems_in(connection, captured)))
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror or error}") from None
    except duckdb.Error as error:
        raise SourceError(f"{path}: cannot be read: {one_line(error)}") from None


def problems_in(connection: duckdb.DuckDBPyConnection, captured: Captured) -> Iterator[str]:
    """A sentence for each thing that is not as it was captured."""
    manifest = captured.manifest
    if not captured.is_unchanged:
        yield "the manifest is not the one that was written: its SHA-256 is another"
    if report_of(connection).tables != set(manifest.tables) or files_of(connection):
        yield "the store does not tell of the tables that the manifest tells of"
    for table in TABLES:
        slices = manifest.of_table(table)
        yield from _misplaced(table, slices, manifest)
        held = 0
        for one in slices:
            lines = lines_in(connection, STORE, table, one.window)
            held += len(lines)
            yield from _changed(one, lines)
        found = connection.execute(f'SELECT count(*) FROM {STORE}.main."{table}"').fetchall()[0][0]  # noqa: S608
        if found > held:
            yield f"{table}: {counted(found - held, 'row')} in no slice"


def _misplaced(table: str, slices: list[Slice], manifest: Manifest) -> Iterator[str]:
    """Where the slices do not cover the window, or more than that."""
    window = manifest.wanted.window
    if table not in manifest.tables:
        if slices:
            yield f"{table}: has slices, and the source is said not to have had it"
        return
    for one, other in pairwise(slices):
        if other.start < one.end:
            yield f"{table}: two slices hold {_span(Window(other.start, max(one.end, other.end)))}"
    for one in slices:
        if one.start < window.start or one.end > window.end:
            yield f"{table}: the slice {_span(one.window)} reaches out of the window"
    for gap in without(window, (one.window for one in slices)):
        yield f"{table}: no slice for {_span(gap)}"


def _changed(one: Slice, lines: list[bytes]) -> Iterator[str]:
    where = f"{one.table}: {_span(one.window)}"
    if len(lines) != one.rows:
        yield f"{where}: {counted(len(lines), 'row')}, and {one.rows:,} were captured"
    elif one.state is State.FAILED:
        if one.sha256:
            yield f"{where}: has a SHA-256 though it was not captured"
    elif sha256_of(lines) != one.sha256:
        yield f"{where}: a row was changed: another SHA-256 than when it was captured"


def _span(window: Window) -> str:
    return f"{rfc3339(window.start)} to {rfc3339(window.end)}"
