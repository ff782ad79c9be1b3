"""Faults of time and of the connection: late, cut, endless, or not HTTP."""

from __future__ import annotations

import asyncio
from itertools import count

from .exchange import Exchange
from .script import Fault
from .wire import JSON, Reply


def slow(seconds: float) -> Fault:
    """The true answer, later; ``Prefer: wait`` counts it."""

    async def play(exchange: Exchange) -> None:
        await exchange.send(await exchange.answer(seconds))

    return Fault(f"slow {seconds:g}", play)


def never_answer() -> Fault:
    async def play(exchange: Exchange) -> None:
        await asyncio.Event().wait()

    return Fault("never answer", play)


def drop_before_answer() -> Fault:
    async def play(exchange: Exchange) -> None:
        exchange.cut()

    return Fault("drop before answer", play)


def reset() -> Fault:
    async def play(exchange: Exchange) -> None:
        exchange.drop(reset=True)

    return Fault("reset", play)


def cut_body() -> Fault:
    """Half of the body that was announced, then the end."""

    async def play(exchange: Exchange) -> None:
        reply = await exchange.answer()
        await exchange.raw(reply.head(len(reply.body)) + reply.body[: len(reply.body) // 2])
        exchange.cut()

    return Fault("cut body", play)


def cut_chunked() -> Fault:
    """One chunk and no end."""

    async def play(exchange: Exchange) -> None:
        reply = await exchange.answer()
        half = reply.body[: len(reply.body) // 2]
        await exchange.raw(reply.head(None) + b"%x\r\n%b\r\n" % (len(half), half))
        exchange.cut()

    return Fault("cut chunked", play)


def trickle(bytes_per_second: float) -> Fault:
    """The true answer, a little at a time."""

    async def play(exchange: Exchange) -> None:
        reply = await exchange.answer()
        await exchange.raw(reply.head(len(reply.body)))
        size = max(1, int(bytes_per_second / 10))
        for start in range(0, len(reply.body), size):
            await exchange.raw(reply.body[start : start + size])
            await asyncio.sleep(size / bytes_per_second)

    return Fault("trickle", play)


def endless_body() -> Fault:
    """Rows that never end."""

    async def play(exchange: Exchange) -> None:
        columns = b'[{"name":"N","type":"long"}]'
        head = b'{"tables":[{"name":"PrimaryResult","columns":%b,"rows":[[0]' % columns
        await exchange.raw(Reply(200, headers={"Content-Type": JSON}).head(None))
        for number in count():
            rows = b",[%d]" % number * 8000 if number else head
            await exchange.raw(b"%x\r\n%b\r\n" % (len(rows), rows))

    return Fault("endless body", play)


def huge_header(size: int = 100_000) -> Fault:
    async def play(exchange: Exchange) -> None:
        reply = await exchange.answer()
        reply.headers["X-Filler"] = "a" * size
        await exchange.send(reply)

    return Fault("huge header", play)


def malformed_status_line() -> Fault:
    async def play(exchange: Exchange) -> None:
        await exchange.raw(b"HTTP/1.1 okay\r\nContent-Length: 0\r\n\r\n")
        exchange.cut()

    return Fault("malformed status line", play)
