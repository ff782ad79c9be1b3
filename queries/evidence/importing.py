"""Exported files into one store: each row once, sorted, and put down whence it came."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb

from ..language import tr
from ..source import SourceError
from .engine import connect, one_line, seal, stoppable
from .files import LeftOut, files_below, open_file, size_of
from .loading import Loader
from .made_rows import create_tables
from .reports import FileReport, LoadReport, UnreadableError
from .store import (
    STORE,
    SourceFile,
    attach_store,
    begin_store,
    being_written,
    check_store,
    files_of,
    holds_capture,
    is_store,
    put_down,
    put_in_place,
)
from .tables import TABLES
from .telling import nothing_in
from .tidying import tidy
from .workplace import alone, belongs_to, beside

#: What DuckDB may hold; the rest of a sort goes to the disk beside the store.
_MEMORY = "1200MiB"
_PIECE = 2**20

#: (what is done, how much of it, of how much); bytes while reading, hundredths while sorting.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did.

    Attributes:
        report: of the files that were read now.
        known: how many files were in the store already.
        rows: of each table of the store as it is now.
        added: of each table, rows that were not there before.
    """

    report: LoadReport
    known: int
    rows: dict[str, int]
    added: dict[str, int]


def import_files(
    paths: Sequence[Path], store: Path, now: datetime, progress: Progress | None = None
) -> Imported:
    """Add exported files to a store, which is made where there is none.

    The store is what it was until it is complete, whenever this ends. Files that it holds already
    are not read again.

    Raises:
        SourceError: nothing to import, no store under that name, another import of it going on,
            or a disk that is full.
    """
    say = progress or (lambda *_: None)
    for path in paths:
        if not path.exists():
            raise SourceError(
                tr("{path}: there is no such file or folder; give exported evidence", path=path)
            )
    if not store.parent.is_dir():
        raise SourceError(
            tr("{path}: there is no such folder; make it, or give another -o", path=store.parent)
        )
    try:
        with stoppable(), alone(store):
            if store.exists() and not is_store(store):
                raise SourceError(
                    tr("{path}: is there and is no store; give another name to -o", path=store)
                )
            if store.exists():
                _check(store)
            return _import(paths, store, now, say)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SourceError(
            tr("{path}: cannot be written: {reason}", path=store, reason=reason)
        ) from None
    except duckdb.Error as error:
        reason = one_line(error)
        raise SourceError(
            tr(
                "{path}: the import failed, and the store is as it was: {reason}",
                path=store,
                reason=reason,
            )
        ) from None


def _import(paths: Sequence[Path], store: Path, now: datetime, say: Progress) -> Imported:
    with beside(store) as folder:
        connection = connect(folder / "rows", memory_limit=_MEMORY, temp_directory=str(folder))
        try:
            before: list[SourceFile] = []
            if store.exists():
                attach_store(connection, store)
                before = files_of(connection)
            create_tables(connection)
            report = LoadReport()
            # Sorting puts the rows in order; until then every thread may write where it is.
            connection.execute("SET preserve_insertion_order=false")
            # What is written only to be read once: no other form is written as fast, or as small.
            connection.execute("SET force_compression='zstd'")
            found = _found(paths, store, report)
            files, known = _load(connection, found, before, report=report, now=now, say=say)
            connection.execute("SET force_compression='auto'")
            connection.execute("SET preserve_insertion_order=true")
            if not report.tables and not before:
                raise SourceError(nothing_in(paths[0], report))
            sources = [STORE] if store.exists() else []
            rows = _counts(connection, sources)
            if sources and not files:
                return Imported(report, known, rows, dict.fromkeys(TABLES, 0))
            new = folder / "store"
            with being_written(connection, new) as catalogue:
                _write(connection, catalogue, sources, report, say)
                made = _counts(connection, [catalogue])
                for sha256 in {f.sha256 for f in files} & {f.sha256 for f in before}:
                    # What is told of a file that was read again takes the place of before.
                    connection.execute(
                        f"DELETE FROM {catalogue}.main.iotriage_files WHERE sha256 = $1",  # noqa: S608
                        [sha256],
                    )
                put_down(connection, catalogue, files, replace(report, files=[]), now)
            added = {table: made[table] - rows[table] for table in TABLES}
        finally:
            # One that is still busy with what was interrupted refuses.
            with suppress(duckdb.Error):
                connection.close()
        _check(new)
        put_in_place(new, store)
    return Imported(report, known, made, added)


def _check(store: Path) -> None:
    connection = connect()
    try:
        attach_store(connection, store)
        seal(connection)
        check_store(connection, store)
        if holds_capture(connection):
            raise SourceError(
                tr("{path}: is a capture, to which nothing is added; give another -o", path=store)
            )
    finally:
        connection.close()


def _found(paths: Sequence[Path], store: Path, report: LoadReport) -> list[Path]:
    """The files to import, each once: a folder that holds the store holds it as no evidence."""
    left_out: LeftOut = []
    found = dict.fromkeys(
        file
        for path in paths
        for file in files_below(path, left_out)
        if file == path or not belongs_to(store, file)
    )
    report.left_out += [each for each in left_out if not belongs_to(store, each[0])]
    return list(found)


def _load(
    connection: duckdb.DuckDBPyConnection,
    found: Sequence[Path],
    before: Sequence[SourceFile],
    *,
    report: LoadReport,
    now: datetime,
    say: Progress,
) -> tuple[list[SourceFile], int]:
    """The rows of all files that are new; what to put down of those, and how many were known."""
    sizes = [size_of(file) for file in found]
    whole = {file.sha256 for file in before if file.report.is_whole}
    loader = Loader(connection, report)
    hashes: list[tuple[Path, str, int]] = []
    total, passed, known = sum(sizes), 0, 0

    def tell() -> None:
        say("reading", min(total, passed + loader.bytes_read), total)

    tell()
    # The next file is hashed, and so brought into memory, while DuckDB reads the one before.
    with _every_moment(tell), ThreadPoolExecutor(1) as reader:
        waiting: list[Future[str]] = [reader.submit(_sha256, file) for file in found]
        try:
            for file, size, future in zip(found, sizes, waiting, strict=True):
                sha256 = future.result()
                if sha256 and sha256 in whole:
                    known += 1
                    passed += size
                    continue
                # The same content twice, under two names, is read once.
                whole.add(sha256)
                loader.load(file)
                hashes.append((file, sha256, size))
            loader.flush()
        finally:
            for future in waiting:
                future.cancel()
    say("reading", total, total)
    by_path: dict[Path, list[FileReport]] = {}
    for each in report.files:
        by_path.setdefault(each.path, []).append(each)
    return [
        SourceFile(str(file.resolve()), sha256, size, now, one)
        for file, sha256, size in hashes
        for one in by_path.get(file, ())
    ], known


def _write(
    connection: duckdb.DuckDBPyConnection,
    catalogue: str,
    older: Sequence[str],
    report: LoadReport,
    say: Progress,
) -> None:
    begin_store(connection, catalogue)
    for table in TABLES:
        sources = [f'rows.main."{table}"', *(f'{one}.main."{table}"' for one in older)]
        words = tr("sorting {table}", table=table)

        def tell(words: str = words) -> None:
            say(words, max(0, int(connection.query_progress())), 100)

        with _every_moment(tell):
            tidy(connection, table, sources, f'{catalogue}.main."{table}"', report)
    for one in older:
        for table in ("iotriage_files", "iotriage_imports"):
            connection.execute(
                f"INSERT INTO {catalogue}.main.{table} SELECT * FROM {one}.main.{table}"  # noqa: S608
            )


def _counts(connection: duckdb.DuckDBPyConnection, catalogues: Sequence[str]) -> dict[str, int]:
    counts = dict.fromkeys(TABLES, 0)
    for catalogue in catalogues:
        for table in TABLES:
            counts[table] += connection.execute(
                f'SELECT count(*) FROM {catalogue}.main."{table}"'  # noqa: S608
            ).fetchall()[0][0]
    return counts


@contextmanager
def _every_moment(tell: Callable[[], None]) -> Iterator[None]:
    """Tell again and again, until what is done inside is done."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.5):
            tell()

    thread = threading.Thread(target=watch, daemon=True, name="import-progress")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _sha256(path: Path) -> str:
    """Of a file's content, hexadecimal; "" of one that cannot be read, which is told later."""
    digest = hashlib.sha256()
    try:
        with open_file(path) as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    except (OSError, UnreadableError):
        return ""
    return digest.hexdigest()
