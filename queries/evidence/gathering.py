"""The files of an import: which there are, which are new, and what was made of each."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from .files import LeftOut, files_below, fingerprint, open_file
from .loading import Loader
from .reports import FileReport, LoadReport, UnreadableError
from .store import SourceFile
from .workplace import belongs_to

#: (what is done, how much of it, of how much); bytes while reading, hundredths while sorting.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was read of the files.

    Attributes:
        files: those that were new.
        known: how many were not.
        is_sorted: what was read is in the tables as a store has it, and need not be sorted.
    """

    files: list[SourceFile]
    known: int
    is_sorted: bool


def files_of_import(paths: Sequence[Path], store: Path, report: LoadReport) -> list[Path]:
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


def gather(
    connection: duckdb.DuckDBPyConnection,
    found: Sequence[Path],
    before: Sequence[SourceFile] | None,
    *,
    report: LoadReport,
    now: datetime,
    say: Progress,
) -> Gathered:
    """The rows of all files that are new into the tables.

    Args:
        before: what the store holds; None where there is none, and rows are read in its order.
    """
    prints = {file: _fingerprint(file) for file in found}
    sizes = {file: seen[2] if seen else 0 for file, seen in prints.items()}
    whole = {file.sha256 for file in before or () if file.report.is_whole}
    # In a new store, only what is as long as another file can be there already.
    as_long = Counter(sizes.values())
    doubtful = {file for file in found if before is not None or as_long[sizes[file]] > 1}
    loader = Loader(connection, report, at_once=before is None)
    words = "reading and sorting" if before is None else "reading"
    total, passed, known = sum(sizes.values()), 0, 0

    def tell() -> None:
        say(words, min(total, passed + loader.bytes_read), total)

    tell()
    # While DuckDB reads a file others are hashed, and so brought into memory.
    with every_moment(tell), ThreadPoolExecutor(1) as reader:
        first = sorted(found, key=lambda file: file not in doubtful)
        hashes = {file: reader.submit(_sha256, file) for file in first}
        try:
            new: list[Path] = []
            for file in found:
                if file in doubtful and (sha256 := hashes[file].result()):
                    if sha256 in whole:
                        known += 1
                        passed += sizes[file]
                        continue
                    # The same content twice, under two names, is read once.
                    whole.add(sha256)
                loader.load(file)
                new.append(file)
            loader.flush()
            by_path: dict[Path, list[FileReport]] = {file: [] for file in new}
            for each in report.files:
                by_path[each.path].append(each)
            files = [
                SourceFile(str(file.resolve()), hashes[file].result(), sizes[file], now, one)
                for file, reports in by_path.items()
                for one in reports
            ]
        finally:
            for future in hashes.values():
                future.cancel()
    for file, reports in by_path.items():
        # The hash is of what was read only if nothing has happened to the file all the while.
        if _fingerprint(file) != prints[file]:
            for one in reports:
                one.changed = True
    say(words, total, total)
    return Gathered(files, known, loader.is_sorted())


@contextmanager
def every_moment(tell: Callable[[], None]) -> Iterator[None]:
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


def _fingerprint(path: Path) -> tuple[int, ...] | None:
    """None of a file that cannot be looked at, which is told when it is read."""
    try:
        return fingerprint(path)
    except OSError:
        return None


def _sha256(path: Path) -> str:
    """Of a file's content, hexadecimal; "" of one that cannot be read, which is told later."""
    try:
        with open_file(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, UnreadableError):
        return ""
