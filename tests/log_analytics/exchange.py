"""One request and what becomes of it, as faults and tests see it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from .answering import asked
from .wire import Reply, Request, Wire


@dataclass
class Seen:
    """A request that came, kept for the tests; times are those of ``time.monotonic``.

    Attributes:
        outcome: "answered", "cut by us" or "left by client"; empty while it runs.
        status: of the answer that was sent, 0 for none.
    """

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    begun: float = field(default_factory=time.monotonic)
    ended: float = 0.0
    outcome: str = ""
    status: int = 0
    fault: str = ""

    @property
    def query(self) -> str:
        """The KQL that was asked, empty for other requests."""
        return asked(self.body)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def workspace(self) -> str:
        return self.path.split("/")[3] if self.path.endswith("/query") else ""


class Exchange:
    """What a fault has in its hands: the request, the true reply, the wire."""

    def __init__(
        self,
        wire: Wire,
        request: Request,
        seen: Seen,
        answer: Callable[[float], Awaitable[Reply]],
        row_cap: int,
        landed: Callable[[], object],
    ) -> None:
        self.request = request
        self.seen = seen
        self.row_cap = row_cap
        self._wire = wire
        self._answer = answer
        self._landed = landed
        self.closes = request.headers.get("connection", "").lower() == "close"

    async def answer(self, slower: float = 0.0) -> Reply:
        """What the server would say, so many seconds later than it would."""
        return await self._answer(slower)

    async def send(self, reply: Reply) -> None:
        """Send it as it is due, packed where the client takes that."""
        packed = await asyncio.to_thread(reply.packed, self.request)
        self.seen.status = packed.status
        if self.closes:
            packed.headers["Connection"] = "close"
        await self.raw(packed.head(len(packed.body)) + packed.body)

    async def raw(self, data: bytes) -> None:
        # A client may ask on as soon as it reads this, and is then not to be counted twice.
        self._landed()
        await self._wire.send(data)

    def cut(self) -> None:
        """The connection ends after what has been sent."""
        self.closes = True
        self.seen.outcome = "cut by us"

    def drop(self, *, reset: bool = False) -> None:
        """The connection ends at once."""
        self.cut()
        if reset:
            self._wire.reset()
        else:
            self._wire.drop()
