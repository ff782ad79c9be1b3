"""A thread with a loop that listens, and stops and listens again as it is told."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from .wire import Request, Wire

_T = TypeVar("_T")

#: Answers one request; gives True where the connection ends with it.
Handle = Callable[[Wire, Request], Awaitable[bool]]


class Listener:
    """One port of 127.0.0.1, chosen when it listens for the first time and then kept.

    Attributes:
        connections: how many were accepted, handshake included.
    """

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._server: asyncio.Server | None = None
        self._wires: set[Wire] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self.port = 0
        self.connections = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="service")
        self._thread.start()

    @property
    def listening(self) -> bool:
        return self._server is not None

    def up(self, context: ssl.SSLContext | None) -> None:
        self._on_loop(self._listen(context))

    def down(self) -> None:
        """Stop listening and end every connection; on return all that was under way has ended."""
        if self._server is not None:
            self._on_loop(self._silence())

    def close(self) -> None:
        self.down()
        self._on_loop(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _on_loop(self, work: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _listen(self, context: ssl.SSLContext | None) -> None:
        self._server = await asyncio.start_server(
            self._accepted, "127.0.0.1", self.port, ssl=context, backlog=256
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _silence(self) -> None:
        assert self._server is not None
        self._server.close()
        self._server = None
        for wire in list(self._wires):
            wire.drop()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)

    async def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._loop.shutdown_default_executor()

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        wire = Wire(reader, writer)
        self.connections += 1
        self._tasks.add(task)
        self._wires.add(wire)
        handle = writer.get_extra_info("socket")
        handle.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            # One whose handshake ended after the server went down is not served.
            while self.listening and (request := await wire.request()):
                if await self._handle(wire, request):
                    break
            await wire.finish()
        finally:
            wire.drop()
            self._wires.discard(wire)
            self._tasks.discard(task)
