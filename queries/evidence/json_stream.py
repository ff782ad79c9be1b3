"""JSON read piece by piece: a document of any size, held one value at a time."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from io import BufferedIOBase
from typing import Any

from ..language import tr
from .repairing import first_wins
from .reports import CutError, FileReport, UnreadableError
from .texts import MAX_LINE

_CHUNK = 2**18
#: How near its end an error in the text may be a sign that it goes on.
_EDGE = 64
_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder(object_pairs_hook=first_wins, strict=False)


class JsonStream:
    """A cursor in JSON text. Every method raises UnreadableError where the text is no JSON."""

    def __init__(self, source: BufferedIOBase | str, report: FileReport) -> None:
        self._file = None if isinstance(source, str) else source
        self._text = source if isinstance(source, str) else ""
        self._at = 0
        self._report = report
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._broken: CutError | None = None
        #: Where text must be kept from, because somebody may want it as it stands.
        self._kept: int | None = None

    def peek(self) -> str:
        """The next character that is not blank, "" at the end."""
        while True:
            match = _BLANK.match(self._text, self._at)
            assert match is not None
            self._at = match.end()
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                if self._broken:
                    raise self._broken
                return ""

    def skip(self, character: str) -> None:
        if self.peek() != character:
            found = self._text[self._at : self._at + 1]
            raise UnreadableError(
                tr("no JSON: {wanted} expected, not {found!r}", wanted=character, found=found)
                if found
                else tr("it ends in the midst of a JSON document")
            )
        self._at += 1

    def value(self) -> tuple[Any, str]:
        """The next value, and its text as it stands."""
        self.peek()
        size = _CHUNK
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except RecursionError:
                raise UnreadableError(tr("JSON nested too deeply")) from None
            except ValueError as error:
                missing = self._is_cut(error)
                if len(self._text) - self._at > MAX_LINE:
                    text = tr("a value of more than {size} MiB", size=MAX_LINE // 2**20)
                    raise UnreadableError(text) from None
                if missing and self._more(size):
                    size *= 2
                    continue
                if self._broken:
                    raise self._broken from None
                if missing:
                    raise UnreadableError(tr("it ends in the midst of a JSON document")) from None
                text = tr("no JSON: {error}", error=getattr(error, "msg", error))
                raise UnreadableError(text) from None
            # A number at the very end of the text may go on.
            if end < len(self._text) or not self._more(size):
                text = self._text[self._at : end]
                self._at = end
                return value, text

    def ready(self) -> tuple[Any, str] | None:
        """The next value where all of it has been read from the file already."""
        self.peek()
        try:
            value, end = _DECODER.raw_decode(self._text, self._at)
        except (ValueError, RecursionError):
            return None
        if end == len(self._text):
            return None
        text = self._text[self._at : end]
        self._at = end
        return value, text

    def elements(self) -> Iterator[int]:
        """Stops before each item of an array, counted from 1; the caller reads it."""
        self.skip("[")
        number = 0
        while self.peek() != "]":
            if number:
                self.skip(",")
            number += 1
            yield number
        self.skip("]")

    def members(self) -> Iterator[str]:
        """Stops before the value of each key of an object; the caller reads it."""
        self.skip("{")
        first = True
        while self.peek() != "}":
            if not first:
                self.skip(",")
            first = False
            if self.peek() != '"':
                raise UnreadableError(tr("no JSON: a key is no text"))
            key, _ = self.value()
            self.skip(":")
            yield key
        self.skip("}")

    def keep(self) -> None:
        """From here on, ``kept`` gives the text as it stands; nothing where that grows too long."""
        self.peek()
        self._kept = self._at

    def kept(self) -> str:
        """The text since ``keep``, which ends with this."""
        start, self._kept = self._kept, None
        assert start is not None
        return self._text[start : self._at]

    def forget(self) -> None:
        self._kept = None

    def _is_cut(self, error: ValueError) -> bool:
        at = getattr(error, "pos", 0)
        unended = str(error).startswith("Unterminated string")
        return unended or at >= len(self._text) - _EDGE

    def _more(self, size: int = 0) -> bool:
        """Read on; False at the end."""
        if self._file is None:
            return False
        start = self._at if self._kept is None else self._kept
        if self._at - start > MAX_LINE:
            raise UnreadableError(tr("an object of more than {size} MiB", size=MAX_LINE // 2**20))
        try:
            data = self._file.read1(size or _CHUNK)
        except CutError as error:
            self._file, self._broken = None, error
            return False
        if not data:
            self._file = None
        try:
            text = self._decoder.decode(data, final=not data)
        except UnicodeDecodeError:
            self._report.repaired += 1
            self._decoder.errors = "replace"
            text = self._decoder.decode(data, final=not data)
            self._decoder.errors = "strict"
        self._text = self._text[start:] + text
        self._at -= start
        if self._kept is not None:
            self._kept = 0
        return bool(data)
