"""Faults that are a reply like any other: errors, pages of proxies, challenges."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from .errors import failed
from .exchange import Exchange
from .script import Fault
from .wire import JSON, Reply


def replied(name: str, reply: Reply) -> Fault:
    """A fault that always says the same."""

    async def play(exchange: Exchange) -> None:
        await exchange.send(Reply(reply.status, reply.body, dict(reply.headers)))

    return Fault(name, play)


def status(
    code: int,
    error: str = "",
    message: str = "",
    *,
    retry_after: float | datetime | str | None = None,
) -> Fault:
    """An error in JSON as the service makes them, ``message`` in the innermost."""
    named = {
        413: ("ResponsePayloadTooLarge", "The response is too large"),
        429: ("ThrottledError", "Too many requests"),
        500: ("InternalServerError", "An internal error occurred"),
        502: ("BadGateway", "Bad gateway"),
        503: ("ServiceUnavailable", "The service is temporarily unavailable"),
        504: ("GatewayTimeout", "Gateway timeout"),
    }
    own, outer = named.get(code, ("UnknownError", "The request failed"))
    inner = {"code": error or own, "message": message or f"{outer}, says the test"}
    reply = failed(code, error or own, outer, innererror=inner)
    if isinstance(retry_after, datetime):
        retry_after = format_datetime(retry_after.astimezone(UTC), usegmt=True)
    if retry_after is not None:
        reply.headers["Retry-After"] = str(retry_after)
    return replied(f"status {code}", reply)


def html(code: int = 502, title: str = "Proxy Authentication Required") -> Fault:
    """The page of a proxy in between."""
    page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body>"
    reply = Reply(code, f"{page}</html>".encode(), {"Content-Type": "text/html"})
    return replied(f"html {code}", reply)


def empty(code: int = 204) -> Fault:
    return replied(f"empty {code}", Reply(code))


def redirect(code: int, location: str) -> Fault:
    return replied(f"redirect {code}", Reply(code, b"", {"Location": location}))


def body(content: bytes, name: str = "body", **headers: str) -> Fault:
    """200 with these bytes; they are not packed again and cost the server nothing to make."""
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return replied(name, Reply(200, content, {"Content-Type": JSON} | named))


def clock_skew(hours: float = 1) -> Fault:
    """401: by the server's clock, told in Date, the token is not valid yet or any more."""
    inner = {"code": "TokenNotInLifetime", "message": "Lifetime validation failed"}
    text = "The provided authentication is not valid for this resource"
    reply = failed(401, "InvalidTokenError", text, innererror=inner)

    async def play(exchange: Exchange) -> None:
        date = format_datetime(datetime.now(UTC) + timedelta(hours=hours), usegmt=True)
        await exchange.send(Reply(401, reply.body, reply.headers | {"Date": date}))

    return Fault("clock skew", play)


def insufficient_claims() -> Fault:
    """401 with a challenge: sign in again, with more proof."""
    claims = {"access_token": {"acrs": {"essential": True, "value": "c1"}}}
    encoded = base64.b64encode(json.dumps(claims).encode()).decode()
    reply = failed(401, "InsufficientClaims", "Continuous access evaluation resulted in challenge")
    reply.headers["WWW-Authenticate"] = (
        'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/'
        f'authorize", error="insufficient_claims", claims="{encoded}"'
    )
    return replied("insufficient claims", reply)
