"""What works here, one step after the other: for iotriage doctor."""

from __future__ import annotations

import platform
import socket
import ssl
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from ..queries.answers import rfc3339
from ..queries.held import PROBE, TABLES, Held, held_in
from ..queries.source import Cancellation, Source, SourceError
from ..queries.wording import counted
from .casebook.casebook import default_case_path
from .online import Online
from .opening import Request, WorkspaceWanted, now_utc
from .settings import settings_path
from .status_line import StatusLine
from .terminal_check import Step, terminal_steps

if TYPE_CHECKING:
    from ..queries.evidence.reports import LoadReport

_SECONDS = 15.0

__all__ = ["Step", "checked"]


def checked(request: Request, line: StatusLine) -> Iterator[Step]:
    """Each step as soon as it is known; after one that failed, those that need it are left out."""
    yield Step("iotriage", None, f"{version('iotriage')}, Python {platform.python_version()}")
    yield from terminal_steps()
    yield Step("settings", None, _file_words(settings_path()))
    yield Step("case", None, _file_words(default_case_path()))
    if request.online is None:
        yield from _held_files(request, line)
    else:
        yield from _service(request.online, line)


def _file_words(path: Path) -> str:
    return f"{path}" if path.exists() else f"{path} (not there yet)"


def _held_files(request: Request, line: StatusLine) -> Iterator[Step]:
    began = time.monotonic()
    try:
        source = request.open_source(now_utc(), line.progress)
    except SourceError as error:
        yield Step("evidence", False, str(error))
        if request.evidence:
            yield from _files(getattr(error, "report", None), Path(request.evidence))
        return
    with_time = f"{source.name}, opened in {time.monotonic() - began:.1f} s"
    yield Step("evidence", True, with_time)
    try:
        answer = source.ask(PROBE, source.extent(), Cancellation())
        yield from _tables({held.table: held for held in held_in(answer)}, source)
        if request.evidence:
            yield from _files(getattr(source, "report", None), Path(request.evidence))
        for notice in source.notices:
            yield Step(str(notice.kind), None, notice.text)
    finally:
        source.close()


def _files(report: LoadReport | None, top: Path) -> Iterator[Step]:
    """Every file, or what is alike together; only of evidence is there a report."""
    if report is None or not (report.files or report.left_out):
        return
    from .evidence_files import file_lines  # noqa: PLC0415

    refused = sum(bool(file.refused) for file in report.files)
    words = f"{counted(len(report.files) - refused, 'file')} read, {refused:,} refused"
    if report.repeated:
        words += f", {counted(report.repeated, 'row')} there more than once"
    yield Step("files", None, words, tuple(file_lines(report, top)))


def _tables(held: dict[str, Held], source: Source | None = None) -> Iterator[Step]:
    """Every known table; that one is missing is told, and is no failure of its own."""
    missing = source.missing_tables if source is not None else frozenset(TABLES) - set(held)
    for table in TABLES:
        found = held.get(table)
        if found is None or table in missing:
            yield Step(table, None, "not there")
        elif found.newest is None:
            yield Step(table, None, "empty")
        else:
            newest = rfc3339(found.newest)
            yield Step(table, True, f"{counted(found.rows, 'row')}, the newest of {newest}")


def _service(online: Online, line: StatusLine) -> Iterator[Step]:
    from ..queries.log_analytics.failures import ServiceFailure  # noqa: PLC0415
    from ..queries.log_analytics.sign_in import who  # noqa: PLC0415
    from ..queries.log_analytics.source import look  # noqa: PLC0415

    parts = urlsplit(online.place().endpoint)
    host, port = parts.hostname or "", parts.port or 443
    reached = list(_reached(host, port))
    yield from reached
    if any(step.sound is False for step in reached):
        return
    service = online.service(line.show_code)
    try:
        try:
            service.run(lambda: service.token.ready(service.scope, line.tell), Cancellation())
        except ServiceFailure as failure:
            yield Step("sign-in", False, str(failure))
            return
        claims = who(service.token.bearer(service.scope))
        name = claims.get("name") or "somebody (the token does not say whom)"
        tenant = f", tenant {claims['tenant']}" if claims.get("tenant") else ""
        yield Step("sign-in", True, f"as {name}{tenant} ({online.auth})")
        if online.is_choosing:
            yield from _choice(online, line)
            return
        for guid in online.workspaces:
            try:
                held = look(service, guid, Cancellation(), line.tell)
                began = time.monotonic()
                look(service, guid, Cancellation(), line.tell)
            except ServiceFailure as failure:
                yield Step(f"workspace {guid}", False, str(failure))
                continue
            seconds = time.monotonic() - began
            yield Step(f"workspace {guid}", True, f"answers within {seconds:.2f} s")
            yield from _tables({one.table: one for one in held})
    finally:
        service.close()


def _choice(online: Online, line: StatusLine) -> Iterator[Step]:
    try:
        online.open(now_utc, line.tell, line.show_code)
    except WorkspaceWanted as wanted:
        names = ", ".join(f"{one.name} ({one.id})" for one in wanted.workspaces[:5])
        more = " and more" if len(wanted.workspaces) > 5 else ""
        yield Step("workspaces", True, f"{names}{more}: give one with --workspace")
    except SourceError as error:
        yield Step("workspaces", False, str(error))


def _reached(host: str, port: int) -> Iterator[Step]:
    """The name, the connection and its certificate; a proxy does these in our stead."""
    proxy = getproxies().get("https")
    if proxy and not proxy_bypass(host):
        yield Step("proxy", None, f"{urlsplit(proxy).hostname}: it resolves names and connects")
        return
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        yield Step("name", False, f"{host} cannot be resolved: {error.strerror or error}")
        return
    addresses = ", ".join(dict.fromkeys(str(entry[4][0]) for entry in found))
    yield Step("name", True, f"{host} is {addresses}")
    began = time.monotonic()
    try:
        with (
            socket.create_connection((host, port), timeout=_SECONDS) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=host) as secured,
        ):
            yield Step("TLS", True, _certificate_words(secured, time.monotonic() - began))
    except ssl.SSLCertVerificationError as error:
        yield Step(
            "TLS",
            False,
            f"the certificate of {host} is not trusted: {error.verify_message}"
            " (SSL_CERT_FILE may name the certificates to trust)",
        )
    except OSError as error:
        yield Step("TLS", False, f"{host}:{port}: {error.strerror or error}")


def _certificate_words(secured: ssl.SSLSocket, seconds: float) -> str:
    certificate = secured.getpeercert() or {}
    issuer: dict[str, str] = {}
    for part in certificate.get("issuer", ()):
        for pair in part:
            issuer[str(pair[0])] = str(pair[1])
    by = issuer.get("organizationName") or issuer.get("commonName") or "nobody named"
    until = certificate.get("notAfter", "unknown")
    return f"{secured.version()} in {seconds * 1000:.0f} ms, issued by {by}, good until {until}"
