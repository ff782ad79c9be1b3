"""What works here, one step after the other: for iotriage doctor."""

from __future__ import annotations

import os
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
from ..queries.held import OPTIONAL, TABLES, Held, held_in, probe
from ..queries.language import tr
from ..queries.source import Cancellation, Source, SourceError
from ..queries.wording import counted
from .casebook.casebook import default_case_path
from .language_choice import choose
from .online import Online
from .opening import Request, WorkspaceWanted, now_utc
from .settings import settings_path
from .status_line import StatusLine
from .terminal_check import Step, terminal_steps
from .terminal_text import speaks_utf8

if TYPE_CHECKING:
    from ..queries.evidence.reports import LoadReport

_SECONDS = 15.0

__all__ = ["Step", "checked"]


def checked(request: Request, line: StatusLine, language: str | None = None) -> Iterator[Step]:
    """Each step as soon as it is known; after one that failed, those that need it are left out.

    ``language``: the one that was asked for.
    """
    yield Step("iotriage", None, f"{version('iotriage')}, Python {platform.python_version()}")
    yield from terminal_steps()
    choice = choose(language, os.environ, utf8=speaks_utf8())
    yield Step(tr("language"), None, f"{choice.language}: {choice.why}")
    yield Step(tr("settings"), None, _file_words(settings_path()))
    yield Step(tr("case"), None, _file_words(default_case_path()))
    if request.online is None:
        yield from _held_files(request, line)
    else:
        yield from _service(request.online, line)


def _file_words(path: Path) -> str:
    return f"{path}" if path.exists() else tr("{path} (not there yet)", path=path)


def _held_files(request: Request, line: StatusLine) -> Iterator[Step]:
    began = time.monotonic()
    try:
        source = request.open_source(now_utc(), line.progress)
    except SourceError as error:
        yield Step(tr("evidence"), False, str(error))
        if request.evidence:
            yield from _files(getattr(error, "report", None), Path(request.evidence))
        return
    with_time = tr(
        "{source}, opened in {seconds:.1f} s", source=source.name, seconds=time.monotonic() - began
    )
    yield Step(tr("evidence"), True, with_time)
    try:
        answer = source.ask(probe(TABLES), source.extent(), Cancellation())
        yield from _tables({held.table: held for held in held_in(answer)}, source)
        if request.evidence:
            yield from _files(getattr(source, "report", None), Path(request.evidence))
        for notice in source.notices:
            yield Step(tr(str(notice.kind)), None, notice.text)
    finally:
        source.close()


def _files(report: LoadReport | None, top: Path) -> Iterator[Step]:
    """Every file, or what is alike together; only of evidence is there a report."""
    if report is None or not (report.files or report.left_out):
        return
    from .evidence_files import file_lines  # noqa: PLC0415

    refused = sum(bool(file.refused) for file in report.files)
    read = counted(len(report.files) - refused, "file")
    words = tr("{files} read, {refused:,} refused", files=read, refused=refused)
    if report.repeated:
        words += tr(", {rows} there more than once", rows=counted(report.repeated, "row"))
    yield Step(tr("files"), None, words, tuple(file_lines(report, top)))


def _tables(held: dict[str, Held], source: Source | None = None) -> Iterator[Step]:
    """Every known table; that one is missing is told, and is no failure of its own."""
    missing = source.missing_tables if source is not None else frozenset(TABLES) - set(held)
    for table in TABLES:
        found = held.get(table)
        if table in OPTIONAL and (found is None or table in missing):
            # Most who ask have the agents of Defender for IoT, and nothing of this.
            continue
        if found is None or table in missing:
            yield Step(table, None, tr("not there"))
        elif found.newest is None:
            yield Step(table, None, tr("empty"))
        else:
            newest = rfc3339(found.newest)
            yield Step(
                table,
                True,
                tr(
                    "{rows}, the newest of {newest}", rows=counted(found.rows, "row"), newest=newest
                ),
            )


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
            yield Step(tr("sign-in"), False, str(failure))
            return
        claims = who(service.token.bearer(service.scope))
        name = claims.get("name") or tr("somebody (the token does not say whom)")
        tenant = tr(", tenant {tenant}", tenant=claims["tenant"]) if claims.get("tenant") else ""
        yield Step(
            "sign-in",
            True,
            tr("as {name}{tenant} ({auth})", name=name, tenant=tenant, auth=online.auth),
        )
        if online.is_choosing:
            yield from _choice(online, line)
            return
        for guid in online.workspaces:
            try:
                held = look(service, guid, Cancellation(), line.tell, TABLES)
                began = time.monotonic()
                look(service, guid, Cancellation(), line.tell)
            except ServiceFailure as failure:
                yield Step(tr("workspace {guid}", guid=guid), False, str(failure))
                continue
            seconds = time.monotonic() - began
            yield Step(
                tr("workspace {guid}", guid=guid),
                True,
                tr("answers within {seconds:.2f} s", seconds=seconds),
            )
            yield from _tables({one.table: one for one in held})
    finally:
        service.close()


def _choice(online: Online, line: StatusLine) -> Iterator[Step]:
    try:
        online.open(now_utc, line.tell, line.show_code)
    except WorkspaceWanted as wanted:
        names = ", ".join(f"{one.name} ({one.id})" for one in wanted.workspaces[:5])
        more = tr(" and more") if len(wanted.workspaces) > 5 else ""
        yield Step(
            "workspaces",
            True,
            tr("{names}{more}: give one with --workspace", names=names, more=more),
        )
    except SourceError as error:
        yield Step(tr("workspaces"), False, str(error))


def _reached(host: str, port: int) -> Iterator[Step]:
    """The name, the connection and its certificate; a proxy does these in our stead."""
    proxy = getproxies().get("https")
    if proxy and not proxy_bypass(host):
        yield Step(
            "proxy",
            None,
            tr("{host}: it resolves names and connects", host=urlsplit(proxy).hostname),
        )
        return
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        yield Step(
            "name",
            False,
            tr("{host} cannot be resolved: {reason}", host=host, reason=error.strerror or error),
        )
        return
    addresses = ", ".join(dict.fromkeys(str(entry[4][0]) for entry in found))
    yield Step(tr("name"), True, tr("{host} is {addresses}", host=host, addresses=addresses))
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
            tr(
                "the certificate of {host} is not trusted: {reason} (SSL_CERT_FILE may name the"
                " certificates to trust)",
                host=host,
                reason=error.verify_message,
            ),
        )
    except OSError as error:
        yield Step("TLS", False, f"{host}:{port}: {error.strerror or error}")


def _certificate_words(secured: ssl.SSLSocket, seconds: float) -> str:
    certificate = secured.getpeercert() or {}
    issuer: dict[str, str] = {}
    for part in certificate.get("issuer", ()):
        for pair in part:
            issuer[str(pair[0])] = str(pair[1])
    by = issuer.get("organizationName") or issuer.get("commonName") or tr("nobody named")
    until = certificate.get("notAfter", tr("unknown"))
    return tr(
        "{tls} in {milliseconds:.0f} ms, issued by {issuer}, good until {until}",
        tls=secured.version(),
        milliseconds=seconds * 1000,
        issuer=by,
        until=until,
    )
