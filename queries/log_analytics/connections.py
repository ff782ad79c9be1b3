"""Connections that fail: what the libraries raise, in words."""

from __future__ import annotations

import socket
import ssl
import zlib
from collections.abc import Iterator
from urllib.parse import urlsplit

import aiohttp
from azure.core.exceptions import (
    ClientAuthenticationError,
    DecodeError,
    IncompleteReadError,
    ServiceRequestError,
    ServiceRequestTimeoutError,
    ServiceResponseError,
    ServiceResponseTimeoutError,
)

from ..language import tr
from .failures import ServiceFailure


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it came of, the outermost first."""
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        yield found
        inner = getattr(found, "inner_exception", None) or getattr(found, "os_error", None)
        found = inner or found.__cause__ or found.__context__


def from_exception(error: BaseException, host: str) -> ServiceFailure:
    """What the transport raised, or what it let through of the libraries below it."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ServiceFailure):
            return cause
    for words in (_tls_failure, _reaching_failure, _answer_failure):
        for cause in causes:
            if (failure := words(cause, host)) is not None:
                return failure
    outermost = causes[0]
    again = isinstance(outermost, ServiceRequestError | ServiceResponseError)
    kind = type(causes[-1]).__name__
    return ServiceFailure(
        tr("asking {host} failed: {kind}: {reason}", host=host, kind=kind, reason=_said(outermost)),
        again=again,
    )


def _tls_failure(cause: BaseException, host: str) -> ServiceFailure | None:
    # aiohttp's own error of this kind is one of these too, and lacks their attributes.
    if (why := getattr(cause, "verify_message", "")) and isinstance(cause, ssl.SSLError):
        return ServiceFailure(
            tr(
                "the certificate of {host} is not trusted: {why} (SSL_CERT_FILE may name the"
                " certificates to trust; check the clock too)",
                host=host,
                why=why,
            )
        )
    if isinstance(cause, ssl.SSLError) and not isinstance(cause, aiohttp.ClientError):
        reason = getattr(cause, "reason", "") or _said(cause)
        return ServiceFailure(
            tr("{host} speaks no TLS that is understood here: {reason}", host=host, reason=reason)
        )
    return None


def _reaching_failure(cause: BaseException, host: str) -> ServiceFailure | None:
    if isinstance(cause, socket.gaierror | aiohttp.ClientConnectorDNSError):
        name = urlsplit(f"//{host}").hostname or host
        why = getattr(getattr(cause, "os_error", cause), "strerror", "") or _said(cause)
        return ServiceFailure(
            tr("the name {name} cannot be resolved: {why}", name=name, why=why), again=True
        )
    if isinstance(cause, ConnectionRefusedError):
        return ServiceFailure(tr("{host} refuses the connection", host=host), again=True)
    if isinstance(cause, ServiceRequestTimeoutError):
        return ServiceFailure(
            tr("{host} cannot be reached: no connection in time", host=host), again=True
        )
    return None


def _answer_failure(cause: BaseException, host: str) -> ServiceFailure | None:
    if isinstance(cause, ServiceResponseTimeoutError | TimeoutError):
        said = tr("{host} took the question and said nothing in time", host=host)
        return ServiceFailure(said, too_large=True)
    if isinstance(cause, ClientAuthenticationError):
        return ServiceFailure(tr("sign-in failed: {reason}", reason=_said(cause)), refused=True)
    if isinstance(cause, IncompleteReadError | aiohttp.ClientPayloadError):
        return ServiceFailure(tr("the answer of {host} broke off halfway", host=host), again=True)
    if isinstance(cause, DecodeError | zlib.error):
        return ServiceFailure(
            tr("the answer of {host} cannot be unpacked: {reason}", host=host, reason=_said(cause))
        )
    if isinstance(cause, aiohttp.ClientResponseError | aiohttp.http.HttpProcessingError):
        return ServiceFailure(
            tr("what {host} answered is no HTTP: {message}", host=host, message=cause.message)
        )
    if isinstance(cause, ConnectionError | aiohttp.ClientOSError | aiohttp.ServerDisconnectedError):
        return ServiceFailure(
            tr("{host} dropped the connection before it answered", host=host), again=True
        )
    return None


def _said(error: BaseException) -> str:
    return str(error).strip() or type(error).__name__
