"""Where packs and their files lie."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path, PurePosixPath

from ..language import tr
from ..wording import bytes_words

BUILT_IN = ("exact", "guide", "endpoint")

_HERE = Path(__file__).parent
_PACK_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
#: Bytes of a file of a pack; the longest that is known has some thousand.
_LARGEST = 1 << 20


class PackError(ValueError):
    """A pack that cannot be used: file, line and what to change, in one line.

    Attributes:
        place: the file, and the line in it, 0 where that is not known; None where there is none.
        what: the text without them.
    """

    def __init__(self, what: str, file: Path | None = None, line: int = 0) -> None:
        place = "" if file is None else f"{file}:{line}: " if line else f"{file}: "
        super().__init__(f"{place}{what}")
        self.place = None if file is None else (file, line)
        self.what = what


def named_pack(name: str, packs: Path | None) -> Path | None:
    """The folder of a pack that goes by this name; None where none does."""
    if name in BUILT_IN:
        return _HERE / name
    return packs / name if packs is not None and name in own_packs(packs) else None


def own_packs(packs: Path | None) -> tuple[str, ...]:
    """The names of packs of one's own; one that is called as a built-in pack goes by no name."""
    if packs is None:
        return ()
    try:
        found = sorted(file.parent.name for file in packs.glob("*/pack.toml"))
    except OSError:
        return ()
    return tuple(name for name in found if _PACK_NAME.fullmatch(name) and name not in BUILT_IN)


def part_of(folder: Path, part: str) -> Path:
    """Where a file that a pack names lies: within the pack, or in a built-in one beside it.

    Raises:
        ValueError: anywhere else.
    """
    first, *rest = PurePosixPath(part).parts or ("",)
    home = folder
    if first == ".." and rest and rest[0] in BUILT_IN:
        home, rest = _HERE / rest[0], rest[1:]
    else:
        rest = [first, *rest]
    path = home.joinpath(*rest)
    try:
        # As text: a pack has many files, and paths that resolve themselves are slow.
        within = os.path.join(os.path.realpath(home), "")
        inside = ".." not in rest and os.path.realpath(path).startswith(within)
    except (OSError, RuntimeError, ValueError):
        inside = ".." not in rest and not PurePosixPath(part).is_absolute() and "\0" not in part
    if not inside:
        raise ValueError(tr("{part!r} leads out of the pack: files lie below it", part=part))
    return path


def text_of(path: Path) -> str:
    """What a file of a pack says.

    Raises:
        PackError: it is not there, too large, no text, or no file.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise PackError(tr("is no file; a pack needs one here"), path)
        if about.st_size > _LARGEST:
            raise PackError(tr("is larger than {size}", size=bytes_words(_LARGEST)), path)
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PackError(tr("there is no such file; a pack needs it"), path) from None
    except (OSError, ValueError) as error:
        if isinstance(error, PackError):
            raise
        raise PackError(tr("cannot be read: {error}", error=error), path) from None
