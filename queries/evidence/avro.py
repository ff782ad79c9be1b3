"""Avro as Event Hubs Capture writes it: one record a message, with its Body and who sent it.

A library for all of Avro weighs more than the other readers together, and unpacks what it is given
without a limit; of the format, this needs little.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable, Iterator
from io import BufferedIOBase
from typing import Any

from ..language import tr
from .reports import UnreadableError

#: A block is held as a whole; Capture closes one long before.
_MAX_BLOCK = 64 * 2**20
_SYNC = 16

_Decode = Callable[["_Bytes"], Any]


class _Bytes:
    """A cursor; raises UnreadableError where more is asked for than there is."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0
        #: Items may take no byte at all: of these there are no more than of bytes.
        self._most = len(data)

    def take(self, size: int) -> bytes:
        if size < 0 or self._at + size > len(self._data):
            raise UnreadableError(tr("damaged Avro: a value is longer than its block"))
        self._at += size
        return self._data[self._at - size : self._at]

    def long(self) -> int:
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 127) << shift
            if byte < 128:
                return (value >> 1) ^ -(value & 1)
            shift += 7
            if shift > 63:
                raise UnreadableError(tr("damaged Avro: a number of more than 64 bits"))

    def bytes(self) -> bytes:
        return self.take(self.long())

    def text(self) -> str:
        return self.bytes().decode("utf-8", errors="replace")

    def items(self) -> Iterator[int]:
        """One number for each item of an array or map."""
        while count := self.long():
            if count < 0:
                count = -count
                self.long()
            self._most -= count
            if self._most < 0:
                raise UnreadableError(tr("damaged Avro: more items than bytes"))
            yield from range(count)


class _Stream(_Bytes):
    """The same for a file of any length."""

    def __init__(self, file: BufferedIOBase) -> None:
        super().__init__(b"")
        self._file = file
        self._most = 10_000

    def take(self, size: int) -> bytes:
        if not 0 <= size <= _MAX_BLOCK:
            raise UnreadableError(tr("damaged Avro: a block of no possible size"))
        found = b""
        while len(found) < size:
            more = self._file.read1(size - len(found))
            if not more:
                raise UnreadableError(tr("it ends in the midst of an Avro block"))
            found += more
        return found

    def count(self) -> int:
        """How many records the next block has, 0 at the end of the file."""
        first = self._file.read1(1)
        if not first:
            return 0
        rest = b""
        while (first + rest)[-1] > 127 and len(rest) < 10:
            rest += self.take(1)
        return _Bytes(first + rest).long()


def messages_of(file: BufferedIOBase) -> Iterator[dict[str, Any]]:
    """Each message with ``SystemProperties`` and ``Body`` as text.

    Raises:
        UnreadableError: damaged, or the Avro of something else; the messages before are good.
    """
    stream = _Stream(file)
    codec, decode, sync = _header(stream)
    while count := stream.count():
        data = _unpacked(stream.bytes(), codec)
        if not 0 < count <= len(data):
            raise UnreadableError(tr("damaged Avro: more records than bytes"))
        block = _Bytes(data)
        for _ in range(count):
            try:
                record = decode(block)
            except RecursionError:
                raise UnreadableError(tr("damaged Avro: nested too deeply")) from None
            properties = record.get("SystemProperties")
            told = properties if isinstance(properties, dict) else {}
            body = record["Body"]
            if isinstance(body, bytes):
                body = body.decode("utf-8", errors="replace")
            yield {
                "SystemProperties": {k: text for k, text in told.items() if isinstance(text, str)},
                "Body": body,
            }
        if stream.take(_SYNC) != sync:
            raise UnreadableError(tr("damaged Avro: a block does not end where it says"))


def _header(stream: _Stream) -> tuple[str, _Decode, bytes]:
    stream.take(4)
    told = {stream.text(): stream.bytes() for _ in stream.items()}
    sync = stream.take(_SYNC)
    try:
        schema = json.loads(told.get("avro.schema", b"null"))
        fields = {field["name"] for field in schema["fields"]}
        decode = _decoder(schema, {})
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise UnreadableError(tr("Avro whose schema cannot be read")) from None
    if "Body" not in fields:
        raise UnreadableError(tr("Avro that is not of Event Hubs Capture: it has no Body"))
    return told.get("avro.codec", b"null").decode("utf-8", errors="replace"), decode, sync


def _unpacked(data: bytes, codec: str) -> bytes:
    if codec == "null":
        return data
    if codec != "deflate":
        raise UnreadableError(
            tr("Avro packed with {codec!r}: write it with null or deflate", codec=codec)
        )
    unpacker = zlib.decompressobj(-15)
    try:
        found = unpacker.decompress(data, _MAX_BLOCK)
    except zlib.error as error:
        raise UnreadableError(tr("damaged Avro: {error}", error=error)) from None
    if unpacker.unconsumed_tail:
        raise UnreadableError(tr("an Avro block of more than {size} MiB", size=_MAX_BLOCK // 2**20))
    return found


_PLAIN: dict[str, _Decode] = {
    "null": lambda data: None,
    "boolean": lambda data: data.take(1) != b"\0",
    "int": _Bytes.long,
    "long": _Bytes.long,
    "float": lambda data: struct.unpack("<f", data.take(4))[0],
    "double": lambda data: struct.unpack("<d", data.take(8))[0],
    "bytes": _Bytes.bytes,
    "string": _Bytes.text,
}


def _decoder(schema: Any, named: dict[str, _Decode]) -> _Decode:
    """What reads a value of the schema. Raises KeyError, TypeError for what is no schema."""
    if isinstance(schema, str):
        return _PLAIN[schema] if schema in _PLAIN else named[schema]
    if isinstance(schema, list):
        choices = [_decoder(each, named) for each in schema]

        def union(data: _Bytes) -> Any:
            place = data.long()
            if not 0 <= place < len(choices):
                raise UnreadableError(tr("damaged Avro: a value of no type"))
            return choices[place](data)

        return union
    kind = schema["type"]
    if kind == "record":
        fields: list[tuple[str, _Decode]] = []

        def record(data: _Bytes) -> dict[str, Any]:
            return {name: decode(data) for name, decode in fields}

        # Before its fields: one of them may hold another of the same.
        named[schema["name"]] = named[f"{schema.get('namespace')}.{schema['name']}"] = record
        fields += [(each["name"], _decoder(each["type"], named)) for each in schema["fields"]]
        return record
    if kind == "array":
        item = _decoder(schema["items"], named)
        return lambda data: [item(data) for _ in data.items()]
    if kind == "map":
        value = _decoder(schema["values"], named)
        return lambda data: {data.text(): value(data) for _ in data.items()}
    if kind in ("fixed", "enum"):
        size = schema.get("size")
        named[schema["name"]] = (lambda data: data.take(size)) if kind == "fixed" else _Bytes.long
        return named[schema["name"]]
    return _decoder(kind, named)
