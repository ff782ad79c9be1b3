"""The content of files, unpacked as it is read, never more of it than its limits allow."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BufferedIOBase, FileIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from ..language import tr
from .files import open_file
from .reports import CutError, UnreadableError

#: How far a file may unpack: to so many times its size, or to so many bytes where that is more.
MAX_RATIO = 200
MAX_SMALL = 64 * 2**20
_MAX_LAYERS = 3
_MAX_MEMBERS = 100_000
_COPIED = 2**20

#: The first bytes of what can be unpacked.
PACKED = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"PK\x03\x04": "zip"}


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes that can be read again from the start.

    Attributes:
        size: of what lies on disk, in bytes.
        path: the file that holds just these bytes, None where they are unpacked as they are read.
        packed: what they were unpacked from, outermost first.
        member: name inside an archive.
        refused: why it cannot be read, where that is known already.
    """

    open: Callable[[], BufferedIOBase]
    size: int
    path: Path | None = None
    packed: tuple[str, ...] = ()
    member: str = ""
    refused: str = ""

    def head(self, size: int = 65536) -> bytes:
        """Its first bytes, or as many of them as can be unpacked.

        Raises:
            UnreadableError: none can.
            OSError: it cannot be read.
        """
        found = b""
        with self.open() as file:
            try:
                while len(found) < size and (more := file.read1(size - len(found))):
                    found += more
            except CutError:
                if not found:
                    raise
        return found


def contents_of(path: Path, opening: Callable[[FileIO], object]) -> Iterator[Content]:
    """What a file holds, unpacked: one content, or one for each member of an archive.

    ``opening`` is told what lies on disk each time it is opened.

    Raises:
        UnreadableError: packed in a way that is not unpacked, or damaged at its very start.
        OSError: it cannot be opened.
    """

    def opened() -> BufferedIOBase:
        file = open_file(path)
        opening(file)
        return io.BufferedReader(file, 2**18)

    yield from _unpacked(Content(opened, path.stat().st_size, path))


def _unpacked(content: Content) -> Iterator[Content]:
    start = content.head(4)
    kind = next((name for magic, name in PACKED.items() if start.startswith(magic)), "")
    if not kind:
        yield content
    elif len(content.packed) >= _MAX_LAYERS:
        raise UnreadableError(tr("packed more than {count} times: unpack it", count=_MAX_LAYERS))
    elif kind == "zip":
        if content.path is None:
            raise UnreadableError(tr("a zip archive inside a packed file: unpack it"))
        yield from _members(content, content.path)
    else:
        inner = _gzip if kind == "gzip" else _zstd
        limit = max(MAX_SMALL, MAX_RATIO * content.size)

        def opened() -> BufferedIOBase:
            outer = content.open()
            return _bounded(inner(outer), outer, kind, limit)

        yield from _unpacked(
            replace(content, open=opened, path=None, packed=(*content.packed, kind))
        )


def _gzip(file: BufferedIOBase) -> BufferedIOBase:
    import gzip  # noqa: PLC0415

    return cast(BufferedIOBase, gzip.GzipFile(fileobj=file, mode="rb"))


def _zstd(file: BufferedIOBase) -> BufferedIOBase:
    if sys.version_info >= (3, 14):
        from compression import zstd  # noqa: PLC0415
    else:
        from backports import zstd  # noqa: PLC0415

    return cast(BufferedIOBase, zstd.ZstdFile(file, "rb"))


def _members(content: Content, path: Path) -> Iterator[Content]:
    """Members are only ever read: no name from an archive becomes a path."""
    import zipfile  # noqa: PLC0415

    # Held open for all of its members: opening it again would read its whole directory again.
    with content.open() as file:
        try:
            archive = zipfile.ZipFile(file)
            infos = [info for info in archive.infolist() if not info.is_dir()]
        except Exception as error:
            # BadZipFile, struct.error, UnicodeDecodeError, IndexError, EOFError …
            if isinstance(error, OSError) and error.errno:
                raise
            raise UnreadableError(tr("a damaged zip archive: {error}", error=error)) from None
        if len(infos) > _MAX_MEMBERS:
            text = tr("a zip archive of {count:,} members: unpack it", count=len(infos))
            raise UnreadableError(text)
        if "[Content_Types].xml" in archive.namelist():
            raise UnreadableError(tr("an Office document: save the table as CSV"))
        # Twice, because the start of each member is read once to see what it is.
        left = _Allowance(2 * max(MAX_SMALL, MAX_RATIO * content.size))
        for info in infos:

            def opened(info: Any = info) -> BufferedIOBase:
                try:
                    member = archive.open(info)
                except Exception as error:
                    # BadZipFile, RuntimeError for a password, NotImplementedError …
                    text = tr("this member cannot be unpacked: {error}", error=error)
                    raise UnreadableError(text) from None
                return _bounded(cast(BufferedIOBase, member), None, "zip", left)

            inner = Content(opened, content.size, None, (*content.packed, "zip"), info.filename)
            try:
                yield from _unpacked(inner)
            except UnreadableError as error:
                yield replace(inner, refused=str(error))


class _Allowance:
    """Bytes that may still be unpacked; all members of an archive share one."""

    def __init__(self, limit: int) -> None:
        self.limit = self.left = limit


class _Bounded(io.RawIOBase):
    def __init__(
        self, inner: BufferedIOBase, outer: BufferedIOBase | None, kind: str, allowance: _Allowance
    ) -> None:
        self._inner, self._outer, self._kind, self._allowance = inner, outer, kind, allowance

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        if self._allowance.left <= 0:
            raise CutError(
                tr(
                    "unpacks to more than {size:,.0f} MiB, which no export of its size does:"
                    " unpack it yourself if you trust it",
                    size=self._allowance.limit / 2**20,
                )
            )
        try:
            data = self._inner.read1(min(len(buffer), self._allowance.left))
        except UnreadableError:
            raise
        except Exception as error:
            # zlib.error, EOFError, BadGzipFile, ZstdError, BadZipFile, LZMAError, struct.error …
            if isinstance(error, OSError) and error.errno:
                raise
            text = str(error).strip() or type(error).__name__
            raise CutError(
                tr("damaged {kind} data: {error}", kind=self._kind, error=text)
            ) from None
        buffer[: len(data)] = data
        self._allowance.left -= len(data)
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
            if self._outer is not None:
                self._outer.close()
        super().close()


def _bounded(
    inner: BufferedIOBase, outer: BufferedIOBase | None, kind: str, limit: int | _Allowance
) -> BufferedIOBase:
    allowance = _Allowance(limit) if isinstance(limit, int) else limit
    return io.BufferedReader(_Bounded(inner, outer, kind, allowance), 2**18)


@contextmanager
def on_disk(content: Content) -> Iterator[Path]:
    """The path of a file with this content; one of our own, gone afterwards, where it is packed.

    Raises:
        UnreadableError: damaged, or more than its limits allow.
        OSError: it cannot be read, or there is no room for it.
    """
    if content.path is not None:
        yield content.path
        return
    with TemporaryDirectory(prefix="iotriage-") as folder:
        copy = Path(folder, "unpacked")
        with content.open() as file, copy.open("wb") as out:
            while data := file.read1(_COPIED):
                out.write(data)
        yield copy
