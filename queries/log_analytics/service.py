"""Asking the service: few questions at a time, again where that may help, stopped when asked to."""

from __future__ import annotations

import asyncio
import threading
import time
import zlib
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import aiohttp
from azure.core import AsyncPipelineClient
from azure.core.exceptions import AzureError
from azure.core.rest import AsyncHttpResponse, HttpRequest
from azure.monitor.query.aio import LogsQueryClient

from ..language import tr
from ..source import Cancellation, Tell, Waiting
from ..wording import counted
from .clouds import Cloud
from .connections import from_exception
from .failures import Reply, ServiceFailure, from_reply
from .sign_in import SharedToken
from .transport import new_transport

_T = TypeVar("_T")
_ERROR_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much.

    Attributes:
        at_once: queries of one account at a time; the service takes five and refuses more.
        query: seconds that the service may take for one query; it allows 600.
        grace: seconds beyond that until its answer must be whole.
        connect: seconds until a connection must stand.
        body: bytes of an answer, unpacked.
        pauses: seconds before each time that a question is asked again.
        patience: the longest pause that the service may ask for, in seconds.
    """

    at_once: int = 4
    query: float = 180.0
    grace: float = 30.0
    connect: float = 15.0
    body: int = 256 << 20
    pauses: tuple[float, ...] = (1.0, 3.0, 8.0)
    patience: float = 60.0


class Stopped(Exception):  # noqa: N818 - nothing is wrong
    """Somebody cancelled the question."""


class Service:
    """One account at one endpoint, on an event loop of its own in a thread of its own."""

    def __init__(self, cloud: Cloud, token: SharedToken, limits: Limits) -> None:
        self.host = urlsplit(cloud.endpoint).netloc
        self.limits = limits
        self.token = token
        self.scope = f"{cloud.audience}/.default"
        self._cloud = cloud
        self._client: LogsQueryClient | None = None
        self._given_up: set[str] = set()
        self._places = asyncio.Semaphore(limits.at_once)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._live, daemon=True, name="log-analytics")
        self._thread.start()

    def fetch(
        self, workspace: str, kql: str, timespan: str | None, cancellation: Cancellation, tell: Tell
    ) -> bytes:
        """The body of a result, unpacked.

        Args:
            workspace: a GUID.
            timespan: ISO 8601 ``start/end``, None for all there is.

        Raises:
            ServiceFailure: it was not answered, and asking again did not help.
            Stopped: ``cancellation`` was used.
        """
        request = HttpRequest(
            "POST",
            f"workspaces/{workspace}/query",
            json={"query": kql, "timespan": timespan},
            headers={
                "Prefer": f"wait={max(1, round(self.limits.query))},include-statistics=true",
                "Accept": "application/json",
            },
        )
        return self.run(lambda: self._persistently(workspace, request, tell), cancellation)

    def run(self, work: Callable[[], Coroutine[Any, Any, _T]], cancellation: Cancellation) -> _T:
        """What ``work`` gives on the service's loop.

        Raises:
            ServiceFailure: as ``work`` does; also where the service has been closed.
            Stopped: ``cancellation`` was used.
        """
        if self._loop.is_closed() or not self._thread.is_alive():
            raise ServiceFailure(tr("the connection to the workspace is closed"))
        future = asyncio.run_coroutine_threadsafe(work(), self._loop)
        cancellation.on_cancel(future.cancel)
        try:
            return future.result()
        except CancelledError:
            raise Stopped from None
        finally:
            cancellation.forget(future.cancel)

    def close(self) -> None:
        """Give up what is under way, close the connections, end the thread."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(2)

    def _live(self) -> None:
        asyncio.set_event_loop(self._loop)
        # What asyncio has to say of connections that were cut belongs on no screen.
        self._loop.set_exception_handler(lambda loop, context: None)
        try:
            self._loop.run_forever()
        finally:
            with suppress(Exception):
                self._loop.run_until_complete(self._end())
            self._loop.close()

    async def _end(self) -> None:
        self.token.give_up()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        async with asyncio.timeout(1.5):
            await asyncio.gather(*tasks, return_exceptions=True)
            if self._client is not None:
                await self._client.close()

    async def _persistently(self, workspace: str, request: HttpRequest, tell: Tell) -> bytes:
        """Again after a pause where that may help; at once, but only once, after a sign-in.

        A workspace that was just given up is not waited for by every question anew.
        """
        pauses = [] if workspace in self._given_up else list(self.limits.pauses)
        signed_in_again = False
        while True:
            try:
                await self.token.ready(self.scope, tell)
                body = await self._in_turn(
                    lambda: self.once(self._connected(), request, self.host), tell
                )
                self._given_up.discard(workspace)
                return body
            except ServiceFailure as failure:
                if failure.again and not pauses:
                    self._given_up.add(workspace)
                if failure.refused and not signed_in_again:
                    signed_in_again = True
                    self.token.forget()
                    continue
                pause = _pause(failure, pauses, self.limits.patience)
                words = str(failure)
            tell(Waiting(words, time.monotonic() + pause))
            await asyncio.sleep(pause)

    async def _in_turn(self, work: Callable[[], Awaitable[_T]], tell: Tell) -> _T:
        if self._places.locked():
            tell(
                Waiting(
                    tr(
                        "{questions} are being answered",
                        questions=counted(self.limits.at_once, "question"),
                    )
                )
            )
        async with self._places:
            tell(None)
            return await work()

    async def once(
        self,
        client: LogsQueryClient | AsyncPipelineClient[Any, Any],
        request: HttpRequest,
        host: str,
    ) -> bytes:
        """The body of one answer, asked for once.

        Raises:
            ServiceFailure: there is none.
        """
        whole = self.limits.query + self.limits.grace
        try:
            async with asyncio.timeout(whole):
                return await self._read(client, request, host)
        except TimeoutError:
            raise ServiceFailure(
                tr(
                    "no whole answer within {whole:.0f} s: narrow the window, or give a longer"
                    " --timeout",
                    whole=whole,
                ),
                too_large=True,
            ) from None
        except ServiceFailure:
            raise
        except (AzureError, aiohttp.ClientError, OSError, ValueError, zlib.error) as error:
            raise from_exception(error, host) from None

    async def _read(
        self,
        client: LogsQueryClient | AsyncPipelineClient[Any, Any],
        request: HttpRequest,
        host: str,
    ) -> bytes:
        response: AsyncHttpResponse = await client.send_request(request, stream=True)
        try:
            headers = {name.lower(): value for name, value in response.headers.items()}
            if response.status_code != 200:
                body = await _body(response, _ERROR_BYTES, whole=False)
                raise from_reply(Reply(response.status_code, headers, body), host)
            body = await _body(response, self.limits.body, whole=True)
            if not body.lstrip()[:1] == b"{":
                raise from_reply(Reply(200, headers, body), host)
            return body
        finally:
            await response.close()

    def _connected(self) -> LogsQueryClient:
        if self._client is None:
            self._client = LogsQueryClient(
                self.token,
                endpoint=self._cloud.endpoint,
                audience=self._cloud.audience,
                transport=new_transport(self.limits.at_once * 2),
                # Ours are seen, capped and can be stopped; the query is sent to nobody else.
                retry_total=0,
                permit_redirects=False,
                connection_timeout=self.limits.connect,
                read_timeout=self.limits.query + self.limits.grace,
            )
        return self._client


def _pause(failure: ServiceFailure, pauses: list[float], patience: float) -> float:
    """Seconds until the question is asked again; raises the failure where it is not."""
    if not failure.again:
        raise failure
    if not pauses:
        raise failure
    pause = pauses.pop(0)
    if failure.after is not None:
        if failure.after > patience:
            raise ServiceFailure(
                tr(
                    "{failure} (it asks to wait {after:,.0f} s: not asked again by itself)",
                    failure=failure,
                    after=failure.after,
                )
            ) from None
        pause = failure.after or pause
    return pause


async def _body(response: AsyncHttpResponse, limit: int, *, whole: bool) -> bytes:
    """What is sent, unpacked; an error's is cut at ``limit``, a result's must be ``whole``."""
    body = bytearray()
    async for part in response.iter_bytes():
        body += part
        if len(body) > limit:
            if not whole:
                return bytes(body[:limit])
            raise ServiceFailure(
                tr("the answer is larger than {size} MiB: narrow the window", size=limit >> 20),
                too_large=True,
            )
    return bytes(body)
