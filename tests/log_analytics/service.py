"""The server as tests see it: what it knows, what came, how it misbehaves."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from iotriage.queries.evidence.source import ROW_CAP, Evidence
from iotriage.queries.evidence.tables import TABLES

from . import answering, errors, management
from .certificates import NAMES, Certificates
from .entra import Entra
from .exchange import Exchange, Seen
from .listener import Listener
from .script import Script
from .tokens import AUDIENCE, SUBSCRIPTION, TokenError, Tokens
from .wire import GoneError, Reply, Request, Wire


class Service:
    """Log Analytics, Entra and the management API on one port of 127.0.0.1.

    Attributes:
        endpoint: what ``--endpoint`` is given, ``https`` whatever the port speaks.
        ca_file: what ``SSL_CERT_FILE`` is given.
        requests: everything that came, in order.
        delay: how many seconds a query takes at least.
        row_cap: how many rows an answer has at most.
        peak: the most queries that were in flight at once, each until its answer began.
    """

    def __init__(
        self,
        folder: Path,
        *,
        trusted: bool = True,
        expired: bool = False,
        tls: bool = True,
        names: tuple[str, ...] = NAMES,
    ) -> None:
        self._certificates = Certificates(folder)
        self._mood = {"trusted": trusted, "expired": expired, "names": names}
        self._tls = tls
        self.tokens = Tokens()
        self.entra = Entra(self.tokens)
        self.faults = Script()
        self.workspaces: dict[str, answering.Workspace] = {}
        self.page_size = 2
        self._flying: set[int] = set()
        self.requests: list[Seen] = []
        self.reset()

    def reset(self) -> None:
        """Forget what was seen and every fault; workspaces and tokens stay."""
        self.faults.clear()
        self.entra.reset()
        self.requests.clear()
        self.delay = 0.0
        self.row_cap = ROW_CAP
        self.peak = len(self._flying)

    def __enter__(self) -> Service:
        self._pool = ThreadPoolExecutor(8, "service-query")
        self._listener = Listener(self._exchanged)
        self.up()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self._pool.shutdown()

    @property
    def port(self) -> int:
        return self._listener.port

    @property
    def connections(self) -> int:
        """How many were accepted since the start."""
        return self._listener.connections

    @property
    def endpoint(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    @property
    def ca_file(self) -> str:
        return self._certificates.ca_file

    @property
    def queries(self) -> list[Seen]:
        """The requests that asked KQL."""
        return [seen for seen in self.requests if answering.PATH.fullmatch(seen.path)]

    def settled(self, seconds: float = 5) -> list[Seen]:
        """The requests, once all of them have ended.

        Raises:
            TimeoutError: one goes on.
        """
        deadline = time.monotonic() + seconds
        while not all(seen.ended for seen in self.requests):
            if time.monotonic() > deadline:
                raise TimeoutError([seen for seen in self.requests if not seen.ended])
            time.sleep(0.005)
        return self.requests

    def add_workspace(
        self,
        guid: str,
        evidence: Evidence,
        name: str = "",
        tables: set[str] | None = None,
        *,
        subscription: str = SUBSCRIPTION,
        resource_group: str = "iot-security",
        location: str = "westeurope",
    ) -> answering.Workspace:
        """Have the evidence answer for a workspace; whoever opened it closes it."""
        there = set(TABLES) - evidence.missing_tables if tables is None else tables
        where = (subscription, resource_group, location)
        workspace = answering.Workspace(guid, evidence, name or guid, frozenset(there), *where)
        self.workspaces[guid] = workspace
        return workspace

    def token(
        self, expires_in: float = 3600, audience: str = AUDIENCE, upn: str = "mei@example.test"
    ) -> str:
        """An access token that this server takes."""
        return self.tokens.issue(expires_in, audience, upn)

    def revoke_all(self) -> None:
        """No access token made so far is taken any more."""
        self.tokens.revoke_all()

    def up(self) -> None:
        """Listen, again on the same port."""
        if not self._listener.listening:
            context = self._certificates.context(**self._mood) if self._tls else None
            self._listener.up(context)

    def down(self) -> None:
        """Stop listening and end every connection."""
        self._listener.down()

    @contextmanager
    def untrusted(self) -> Iterator[None]:
        """For a while, a certificate that no client trusts."""
        mood = self._mood
        self._mood = mood | {"trusted": False}
        self._again()
        try:
            yield
        finally:
            self._mood = mood
            self._again()

    def _again(self) -> None:
        self.down()
        self.up()

    async def _exchanged(self, wire: Wire, request: Request) -> bool:
        """Answer one request; True where the connection ends with it."""
        seen = Seen(request.method, request.target, request.headers, request.body)
        self.requests.append(seen)
        fault = self.faults.take(request.path, seen.query, seen.workspace)
        seen.fault = fault.name if fault else ""
        if answering.PATH.fullmatch(request.path):
            self._flying.add(id(seen))
            self.peak = max(self.peak, len(self._flying))

        async def answer(slower: float) -> Reply:
            return await self._answered(request, slower)

        def landed() -> None:
            self._flying.discard(id(seen))

        exchange = Exchange(wire, request, seen, answer, self.row_cap, landed)

        async def whole() -> None:
            if fault:
                await fault.play(exchange)
            else:
                await exchange.send(await exchange.answer())

        try:
            await wire.unless_gone(whole())
            seen.outcome = seen.outcome or "answered"
        except GoneError:
            # Whose connections end because the server goes down has not left by himself.
            left = "left by client" if self._listener.listening else "cut by us"
            seen.outcome = seen.outcome or left
            exchange.closes = True
        finally:
            seen.ended = time.monotonic()
            landed()
        return exchange.closes

    async def _answered(self, request: Request, slower: float) -> Reply:
        if reply := self.entra.reply(request, self.endpoint):
            return reply
        try:
            self.tokens.claims(request.headers.get("authorization", ""))
        except TokenError as error:
            return errors.unauthenticated(error)
        if reply := management.reply(request, self):
            return reply
        found = answering.PATH.fullmatch(request.path)
        if not found or request.method != "POST":
            return errors.not_found()
        return await answering.answered(
            request,
            self.workspaces.get(found[1].lower()) or self.workspaces.get(found[1]),
            pool=self._pool,
            row_cap=self.row_cap,
            takes=self.delay + slower,
        )
