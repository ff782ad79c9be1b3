"""Where a store is made: beside its name, by one process at a time."""

from __future__ import annotations

import fcntl
import glob
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..language import tr
from ..source import SourceError

#: How the names end of what lies beside a store while it is written.
_FOLDER, _LOCK = ".import", ".lock"


def belongs_to(store: Path, path: Path) -> bool:
    """Whether a file is the store itself, or lies beside it only while it is written."""
    home, place = store.parent.resolve(), path.resolve()
    if not place.is_relative_to(home):
        return False
    first = place.relative_to(home).parts[0]
    ours = first.startswith(f".{store.name}.") and first.endswith((_FOLDER, _LOCK))
    return first == store.name or ours


@contextmanager
def beside(store: Path) -> Iterator[Path]:
    """A folder on the store's file system for as long as it is written; those left over go."""
    prefix = f".{store.name}."
    for left in store.parent.glob(f"{glob.escape(prefix)}*{_FOLDER}"):
        shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(dir=store.parent, prefix=prefix, suffix=_FOLDER))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def alone(store: Path) -> Iterator[None]:
    """While nobody else writes this store. Raises SourceError where somebody does."""
    lock = store.parent / f".{store.name}{_LOCK}"
    while True:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise SourceError(
                tr(
                    "{path}: another import or capture writes it: wait for its end, then try again",
                    path=store,
                )
            ) from None
        # Whoever had it before may have taken the file away in between.
        with suppress(OSError):
            if os.stat(lock).st_ino == os.fstat(descriptor).st_ino:
                break
        os.close(descriptor)
    try:
        yield
    finally:
        with suppress(OSError):
            lock.unlink()
        os.close(descriptor)
