"""HTTP/1.1 on one connection, as much of it as Azure's client and a raw one need."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import struct
from collections.abc import Coroutine
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

JSON = "application/json; charset=utf-8"
_SLICE = 128 * 1024
_WORTH_PACKING = 500


class GoneError(Exception):
    """The client has left."""


@dataclass(frozen=True)
class Request:
    """What came; header names are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    def argument(self, name: str) -> str:
        """An argument of the address, empty where it is not given."""
        return parse_qs(self.target.partition("?")[2]).get(name, [""])[0]

    def form(self) -> dict[str, str]:
        fields = parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)
        return {name: values[0] for name, values in fields.items()}


@dataclass
class Reply:
    """What is answered; ``date`` and the length are added when it is sent."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, status: int, content: Any, **headers: str) -> Reply:
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(status, text.encode(), {"Content-Type": JSON} | named)

    def head(self, length: int | None) -> bytes:
        """Status line and headers; without a length the body is announced in chunks."""
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = "Unknown"
        headers = {"Date": formatdate(usegmt=True), "Server": "log-analytics-for-tests"}
        headers |= self.headers
        if length is None:
            headers["Transfer-Encoding"] = "chunked"
        elif self.status != 204:
            headers["Content-Length"] = str(length)
        lines = [f"HTTP/1.1 {self.status} {phrase}", *(f"{k}: {v}" for k, v in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode()

    def packed(self, request: Request) -> Reply:
        """As gzip where the client takes it and it is worth it."""
        accepted = "gzip" in request.headers.get("accept-encoding", "").lower()
        if not accepted or len(self.body) < _WORTH_PACKING or "Content-Encoding" in self.headers:
            return self
        headers = self.headers | {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return Reply(self.status, gzip.compress(self.body, 1), headers)


class Wire:
    """One connection that has been accepted."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        #: What came while an answer was on its way: the beginning of the next request.
        self._early = b""

    async def request(self) -> Request | None:
        """The next request, None where the client closes instead or speaks no HTTP."""
        try:
            self._early = self._early or await self._reader.read(1)
            if not self._early.isalpha():
                # A TLS handshake, where this port speaks none: no server waits for its end.
                self._writer.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
                return None
            head = await self._reader.readuntil(b"\r\n\r\n")
            head, self._early = self._early + head, b""
            first, *lines = head[:-4].decode("latin-1").split("\r\n")
            method, target, _ = first.split(" ")
            pairs = (line.partition(":") for line in lines)
            headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
            if "chunked" in headers.get("transfer-encoding", ""):
                body = await self._chunks()
            else:
                body = await self._reader.readexactly(int(headers.get("content-length", "0")))
        except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return None
        return Request(method, target, headers, body)

    async def _chunks(self) -> bytes:
        body = b""
        while size := int((await self._reader.readuntil(b"\r\n")).partition(b";")[0], 16):
            body += await self._reader.readexactly(size)
            await self._reader.readexactly(2)
        await self._reader.readuntil(b"\r\n")
        return body

    async def unless_gone(self, work: Coroutine[Any, Any, None]) -> None:
        """Do the work, and give it up when the client leaves.

        Raises:
            GoneError: it left before the work was done.
        """
        task, left = asyncio.create_task(work), asyncio.create_task(self._left())
        try:
            await asyncio.wait({task, left}, return_when=asyncio.FIRST_COMPLETED)
            # A client that closes at the last byte has been answered.
            await asyncio.sleep(0)
            if not task.done():
                raise GoneError
            task.result()
        finally:
            task.cancel()
            left.cancel()
            await asyncio.gather(task, left, return_exceptions=True)

    async def _left(self) -> None:
        try:
            while got := await self._reader.read(1):
                self._early += got
                # More would be a second request: what becomes of the client is seen when writing.
                await asyncio.Event().wait()
        except OSError:
            return

    async def send(self, data: bytes) -> None:
        """Write it all.

        Raises:
            GoneError: nobody is there to read it.
        """
        try:
            for start in range(0, len(data), _SLICE):
                self._writer.write(data[start : start + _SLICE])
                await self._writer.drain()
                # Nothing waits where the other side is gone, and then the loop never hears of it.
                await asyncio.sleep(0)
                if self._writer.is_closing():
                    raise GoneError
        except OSError:
            raise GoneError from None

    async def finish(self) -> None:
        """Close as one should, with everything sent before."""
        try:
            self._writer.close()
            async with asyncio.timeout(2):
                await self._writer.wait_closed()
        except (OSError, TimeoutError):
            self.drop()

    def drop(self) -> None:
        """Close at once, in the middle of whatever there is."""
        self._writer.transport.abort()

    def reset(self) -> None:
        """Close with a reset, as a firewall does."""
        handle = self._writer.get_extra_info("socket")
        handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()
