"""Whether a capture still holds what was fetched, recomputed from the store alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb

from ..answers import rfc3339
from ..language import tr
from ..source import SourceError
from ..window import Window
from ..wording import counted
from .capture_opening import open_capture
from .captured import Captured, Manifest, Slice, State
from .engine import one_line
from .rows_as_text import lines_in, sha256_of
from .slicing import without
from .store import STORE, files_of, report_of, tables_in
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
        reason: object = error.strerror or error
    except duckdb.Error as error:
        reason = one_line(error)
    raise SourceError(tr("{path}: cannot be read: {reason}", path=path, reason=reason))


def problems_in(connection: duckdb.DuckDBPyConnection, captured: Captured) -> Iterator[str]:
    """A sentence for each thing that is not as it was captured."""
    manifest = captured.manifest
    if not captured.is_unchanged:
        yield tr("the manifest is not the one that was written: its SHA-256 is another")
    if report_of(connection).tables != set(manifest.tables) or files_of(connection):
        yield tr("the store does not tell of the tables that the manifest tells of")
    held_tables = tables_in(connection, STORE)
    for table in TABLES:
        slices = manifest.of_table(table)
        if table not in held_tables and not slices:
            continue
        yield from _misplaced(table, slices, manifest)
        held = 0
        for one in slices:
            lines = lines_in(connection, STORE, table, one.window)
            held += len(lines)
            yield from _changed(one, lines)
        found = connection.execute(f'SELECT count(*) FROM {STORE}.main."{table}"').fetchall()[0][0]  # noqa: S608
        if found > held:
            rows = counted(found - held, "row")
            yield tr("{table}: {rows} in no slice", table=table, rows=rows)


def _misplaced(table: str, slices: list[Slice], manifest: Manifest) -> Iterator[str]:
    """Where the slices do not cover the window, or more than that."""
    window = manifest.wanted.window
    if table not in manifest.tables:
        if slices:
            yield tr("{table}: has slices, and the source is said not to have had it", table=table)
        return
    for one, other in pairwise(slices):
        if other.start < one.end:
            span = _span(Window(other.start, max(one.end, other.end)))
            yield tr("{table}: two slices hold {span}", table=table, span=span)
    for one in slices:
        if one.start < window.start or one.end > window.end:
            span = _span(one.window)
            yield tr("{table}: the slice {span} reaches out of the window", table=table, span=span)
    for gap in without(window, (one.window for one in slices)):
        yield tr("{table}: no slice for {span}", table=table, span=_span(gap))


def _changed(one: Slice, lines: list[bytes]) -> Iterator[str]:
    where = f"{one.table}: {_span(one.window)}"
    if len(lines) != one.rows:
        rows = counted(len(lines), "row")
        yield tr(
            "{where}: {rows}, and {count:,} were captured", where=where, rows=rows, count=one.rows
        )
    elif one.state is State.FAILED:
        if one.sha256:
            yield tr("{where}: has a SHA-256 though it was not captured", where=where)
    elif sha256_of(lines) != one.sha256:
        yield tr(
            "{where}: a row was changed: another SHA-256 than when it was captured", where=where
        )


def _span(window: Window) -> str:
    return tr("{start} to {end}", start=rfc3339(window.start), end=rfc3339(window.end))
