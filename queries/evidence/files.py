"""Which files there are below a path, and opening them without waiting for a pipe or a device."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from io import FileIO
from pathlib import Path

from ..language import tr, translatable
from .reports import UnreadableError

_KINDS = {
    stat.S_IFIFO: translatable("a pipe"),
    stat.S_IFSOCK: translatable("a socket"),
    stat.S_IFCHR: translatable("a device"),
    stat.S_IFBLK: translatable("a device"),
}

LeftOut = list[tuple[Path, str]]


def files_below(path: Path, left_out: LeftOut | None = None) -> Iterator[Path]:
    """Regular files below a folder in a fixed order; nothing that a link leads out to.

    What is there and is not given, and why, is added to ``left_out``. Links to folders are not
    followed, so a loop ends where it begins.
    """
    out: LeftOut = [] if left_out is None else left_out
    if not path.is_dir():
        if why := _no_file(path):
            out.append((path, why))
        else:
            yield path
        return
    top = path.resolve()

    def closed(error: OSError) -> None:
        out.append((Path(error.filename or path), error.strerror or tr("cannot be listed")))

    for folder, folders, names in os.walk(path, onerror=closed):
        folders.sort()
        for name in folders:
            link = Path(folder, name)
            if link.is_symlink() and (why := _astray(link, top)):
                out.append((link, why))
        for name in sorted(names):
            file = Path(folder, name)
            if (file.is_symlink() and (why := _astray(file, top))) or (why := _no_file(file)):
                out.append((file, why))
            else:
                yield file


def open_file(path: Path) -> FileIO:
    """The content of a regular file.

    Raises:
        UnreadableError: it is none (any more).
        OSError: it cannot be opened.
    """
    # Without O_NONBLOCK, a pipe that took the file's place since it was listed would be waited for.
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise UnreadableError(_no_file_but(os.fstat(descriptor).st_mode))
        return FileIO(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def fingerprint(path: Path) -> tuple[int, ...]:
    """Differs when the file was written to or replaced. Raises OSError."""
    now = path.stat()
    return (now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns)


def size_of(path: Path) -> int:
    """Bytes on disk; 0 of what cannot be looked at."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _no_file(path: Path) -> str:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return error.strerror or tr("cannot be looked at")
    return "" if stat.S_ISREG(mode) else _no_file_but(mode)


def _no_file_but(mode: int) -> str:
    kind = _KINDS.get(stat.S_IFMT(mode), translatable("a folder"))
    return tr("{kind}, not a file", kind=tr(kind))


def _astray(link: Path, top: Path) -> str:
    """Why a link is not followed; "" for one that stays below ``top``."""
    try:
        inside = link.resolve(strict=True).is_relative_to(top)
    except (OSError, RuntimeError):
        return tr("a link that leads nowhere")
    return "" if inside else tr("a link that leads out of the folder")
