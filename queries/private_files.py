"""Files of the analyst's own: readable by nobody else, and never half written."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path


def write_private(path: Path, content: bytes, *, durable: bool = False) -> None:
    """Put the content there, whole or not at all; its folder is made where it is missing.

    Args:
        durable: wait until the disk has it.

    Raises:
        OSError: it cannot be written; what was there before still is.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Made for its owner alone.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".new")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def is_private(path: Path) -> bool:
    """Whether nobody else can have written there; what is planted would speak for us.

    Raises:
        OSError: it is not there, or cannot be looked at.
    """
    found = path.stat()
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
