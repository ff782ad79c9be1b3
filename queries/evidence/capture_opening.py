"""Opening the store of a capture, to look at it or to go on with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
import msgspec

from ..language import tr
from ..source import SourceError
from .captured import Captured, Manifest
from .engine import connect, one_line, seal
from .store import CAPTURE, STORE, attach_store, check_store, is_store
from .tables import TABLES


@contextmanager
def open_capture(path: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, Captured]]:
    """A connection that reads the store and nothing else, and what the capture says of itself.

    Raises:
        SourceError: no store, or no capture.
        OSError: it cannot be read.
    """
    if not path.exists():
        raise SourceError(
            tr("{path}: there is no such file; give the store of a capture", path=path)
        )
    if not is_store(path):
        raise SourceError(tr("{path}: is no store; give the store of a capture", path=path))
    connection = connect()
    try:
        attach_store(connection, path)
        seal(connection)
        if CAPTURE not in check_store(connection, path):
            raise SourceError(tr("{path}: is a store of imported files, and no capture", path=path))
        try:
            captured = captured_in(connection)
        except (ValueError, duckdb.Error) as error:
            raise SourceError(f"{path}: {one_line(error)}") from None
        yield connection, captured
    finally:
        with suppress(duckdb.Error):
            connection.close()


def captured_in(connection: duckdb.DuckDBPyConnection, catalogue: str = STORE) -> Captured:
    """The manifest of a capture's store that was checked.

    Raises:
        ValueError: a manifest that nothing of ours has written.
    """
    rows = connection.execute(
        f"SELECT manifest, sha256 FROM {catalogue}.main.{CAPTURE} LIMIT 2"  # noqa: S608
    ).fetchall()
    if len(rows) != 1 or None in rows[0]:
        raise ValueError(tr("the manifest of the capture is missing"))
    text, sha256 = rows[0]
    try:
        manifest = msgspec.json.decode(text, type=Manifest)
        # A window that ends before it starts is refused.
        _ = [manifest.wanted.window, *(each.window for each in manifest.slices)]
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise ValueError(
            tr("the manifest of the capture cannot be read: {error}", error=error)
        ) from None
    if not {*manifest.tables, *(each.table for each in manifest.slices)} <= set(TABLES):
        raise ValueError(tr("the manifest of the capture names tables that nobody knows"))
    return Captured(manifest, text, sha256)
