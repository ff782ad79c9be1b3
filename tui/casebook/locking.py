"""Whether a folder's file system keeps two consoles from writing at once."""

from __future__ import annotations

import errno
import fcntl
import os
import struct
import tempfile
from pathlib import Path

from ...queries.language import tr

#: SQLite's log is shared through memory, which another host does not see.
_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "fuse.sshfs"})
_MOUNTS = Path("/proc/self/mountinfo")
_NOT_SUPPORTED = frozenset({errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP})


def lock_trouble(folder: Path) -> str | None:
    """Why locks in ``folder`` cannot be relied on; None when nothing speaks against them."""
    kind = _file_system(folder)
    if kind in _NETWORK:
        return tr("{kind} is a network file system", kind=kind)
    try:
        return _probe(folder)
    except OSError:
        # No file can be made here: that is told by who has to write.
        return None


def _file_system(folder: Path) -> str:
    """The type of the file system, as Linux calls it; empty where that cannot be told."""
    try:
        device = folder.stat().st_dev
        mounts = _MOUNTS.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    wanted = f"{os.major(device)}:{os.minor(device)}"
    for line in mounts:
        fields = line.split(" ")
        if len(fields) > 2 and fields[2] == wanted and "-" in fields:
            return fields[fields.index("-") + 1]
    return ""


def _probe(folder: Path) -> str | None:
    """Lock a file of our own twice; the second lock must be refused."""
    one, name = tempfile.mkstemp(prefix=".iotriage-", suffix=".lock", dir=folder)
    try:
        two = os.open(name, os.O_RDWR)
        try:
            return _locked_twice(one, two)
        finally:
            os.close(two)
    finally:
        os.close(one)
        os.unlink(name)


def _locked_twice(one: int, two: int) -> str | None:
    lock = struct.pack("hhqqixxxx", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
    # Those of the process, which SQLite takes; and those of the open file, which conflict inside
    # one process too. Not every system has these.
    commands = [fcntl.F_SETLK, *filter(None, [getattr(fcntl, "F_OFD_SETLK", None)])]
    for command in commands:
        try:
            fcntl.fcntl(one, command, lock)
        except OSError as error:
            return tr("a lock was refused") if error.errno in _NOT_SUPPORTED else None
        if command != fcntl.F_SETLK:
            try:
                fcntl.fcntl(two, command, lock)
            except OSError:
                return None
            return tr("a lock was given twice")
        # The two kinds are in each other's way.
        fcntl.fcntl(one, command, struct.pack("hhqqixxxx", fcntl.F_UNLCK, os.SEEK_SET, 0, 0, 0))
    return None
