"""Text in files: its encoding by its first bytes, and its lines."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from io import BufferedIOBase
from typing import Any

from .reports import FileReport

#: A longer line is one bad line. Log Analytics cuts a row far below this.
MAX_LINE = 16 * 2**20
_CHUNK = 2**20

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def encoding_of(head: bytes) -> tuple[str, int]:
    """The encoding that the first bytes of a text tell, and how many of them are its mark."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, len(mark)
    # JSON and the header of a table begin with ASCII: where every other byte is 0, it is UTF-16.
    start = head[:8]
    if len(start) >= 4 and not any(start[1::2]) and all(start[::2]):
        return "utf-16-le", 0
    if len(start) >= 4 and not any(start[::2]) and all(start[1::2]):
        return "utf-16-be", 0
    return "utf-8", 0


def start_of_text(head: bytes) -> str:
    encoding, mark = encoding_of(head)
    return head[mark:].decode(encoding, errors="replace").lstrip()


def as_utf8(file: BufferedIOBase, report: FileReport) -> BufferedIOBase:
    """The same text in UTF-8 without a mark; UTF-8 is passed on as it is, sound or not."""
    start = file.read(8)
    encoding, mark = encoding_of(start)
    return io.BufferedReader(_Recoded(file, start[mark:], encoding, report), 2**18)


class _Recoded(io.RawIOBase):
    def __init__(
        self, file: BufferedIOBase, start: bytes, encoding: str, report: FileReport
    ) -> None:
        self._file, self._ready, self._report = file, start, report
        self._decoder = None
        if encoding != "utf-8":
            self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
            self._ready = self._recoded(start)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        while not self._ready:
            data = self._file.read1(len(buffer))
            self._ready = data if self._decoder is None else self._recoded(data)
            if not data:
                break
        given = self._ready[: len(buffer)]
        buffer[: len(given)] = given
        self._ready = self._ready[len(given) :]
        return len(given)

    def _recoded(self, data: bytes) -> bytes:
        assert self._decoder is not None
        text = self._decoder.decode(data, final=not data)
        self._report.repaired += text.count("\ufffd")
        return text.encode("utf-8", errors="replace")

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


def lines_of(file: BufferedIOBase) -> Iterator[tuple[int, bytes]]:
    """Each line with its number from 1, without line end; blank lines left out.

    A line longer than MAX_LINE comes back cut, so that it fails as one bad line.
    """
    number = 0
    while line := file.readline(MAX_LINE):
        number += 1
        if len(line) == MAX_LINE and not line.endswith(b"\n"):
            while (rest := file.readline(_CHUNK)) and not rest.endswith(b"\n"):
                pass
        if line.strip():
            yield number, line.rstrip(b"\r\n")


def decoded(line: bytes, report: FileReport) -> str:
    """UTF-8 as text; what is none becomes U+FFFD, and is counted once for the line."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        report.repaired += 1
        return line.decode(errors="replace")
