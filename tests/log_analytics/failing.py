"""Every way to fail that the tests know: what is done to the server, or to what leads there."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from . import faults
from .az_script import AzScript
from .demo import WORKSPACE
from .service import Service

#: Only the question that is looked at; the way there is free.
PROCESSES = "let processes ="


@dataclass
class Scene:
    """What a failure may reach for."""

    service: Service
    az: AzScript
    patch: pytest.MonkeyPatch
    stack: ExitStack


Arrange = Callable[[Scene], object]


def _fault(fault: faults.Fault, times: int | None = None) -> Arrange:
    return lambda scene: scene.service.faults.add(fault, times=times, where=PROCESSES)


def _dated(scene: Scene) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=1)
    _fault(faults.status(429, retry_after=moment), 1)(scene)


def _unsigned(say: Callable[[AzScript], object]) -> Arrange:
    """No token is good any more, and no new one is to be had."""

    def arrange(scene: Scene) -> None:
        scene.service.revoke_all()
        say(scene.az)

    return arrange


def _without_az(scene: Scene) -> None:
    scene.service.revoke_all()
    scene.patch.setenv("PATH", "/nonexistent")


def _forbidden(scene: Scene) -> None:
    fault = faults.status(
        403, "InsufficientAccessError", "The provided credentials have insufficient access"
    )
    scene.service.faults.add(fault, times=None, where=PROCESSES)


def _gone_workspace(scene: Scene) -> None:
    fault = faults.status(404, "PathNotFoundError", "The requested path does not exist")
    scene.service.faults.add(fault, times=None, where=PROCESSES)


def _nameless(scene: Scene) -> None:
    def getaddrinfo(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    # Connections that stand need no name.
    scene.service.down()
    scene.service.up()
    scene.patch.setattr(socket, "getaddrinfo", getaddrinfo)


def _more_rows(scene: Scene) -> None:
    scene.service.row_cap = 500
    _fault(faults.more_rows_than_announced())(scene)


def _revoked_once(scene: Scene) -> None:
    scene.service.revoke_all()


#: name -> what is done once the workspace is open.
FAILURES: dict[str, Arrange] = {
    "400 bad request": _fault(
        faults.status(400, "SemanticError", "SEM0100: Failed to resolve column named 'Exectuable'")
    ),
    "401 token not accepted, ever": _fault(faults.status(401, "InvalidTokenError", "not valid")),
    "401 clock an hour off": _fault(faults.clock_skew(1)),
    "401 more proof wanted": _fault(faults.insufficient_claims()),
    "token revoked, a new one is good": _revoked_once,
    "az: signed out meanwhile": _unsigned(AzScript.not_signed_in),
    "az: the login has expired": _unsigned(AzScript.login_expired),
    "az: says something else": _unsigned(AzScript.garbage),
    "az: not there any more": _without_az,
    "403 no access": _forbidden,
    "404 no such workspace": _gone_workspace,
    "413 answer too large": _fault(faults.status(413)),
    "429 once, no Retry-After": _fault(faults.status(429), 1),
    "429 once, Retry-After in seconds": _fault(faults.status(429, retry_after=1), 1),
    "429 once, Retry-After as a date": _dated,
    "429 Retry-After of an hour": _fault(faults.status(429, retry_after=3600)),
    "429 for ever": _fault(faults.status(429)),
    "500 once": _fault(faults.status(500), 1),
    "500 for ever": _fault(faults.status(500)),
    "502 a proxy's page": _fault(faults.html(502)),
    "503 twice": _fault(faults.status(503), 2),
    "504 the query takes too long": _fault(faults.status(504)),
    "200 a proxy's page": _fault(faults.html(200, "Sign in to the network")),
    "204 without a body": _fault(faults.empty(204)),
    "200 without a body": _fault(faults.empty(200)),
    "302 elsewhere": _fault(faults.redirect(302, "https://login.proxy.example/")),
    "307 elsewhere": _fault(faults.redirect(307, "https://elsewhere.example/v1")),
    "no JSON": _fault(faults.not_json()),
    "a JSON array": _fault(faults.json_array()),
    "a JSON scalar": _fault(faults.json_scalar()),
    "bad gzip": _fault(faults.bad_gzip()),
    "bad UTF-8": _fault(faults.bad_utf8()),
    "nested without end": _fault(faults.deep_nesting()),
    "a bare NaN": _fault(faults.bare_nan()),
    "body cut short": _fault(faults.cut_body()),
    "body cut short once": _fault(faults.cut_body(), 1),
    "chunks cut short": _fault(faults.cut_chunked()),
    "dropped before an answer": _fault(faults.drop_before_answer()),
    "dropped once": _fault(faults.drop_before_answer(), 1),
    "connection reset": _fault(faults.reset()),
    "no answer at all": _fault(faults.never_answer()),
    "a slow trickle": _fault(faults.trickle(20)),
    "a body without end": _fault(faults.endless_body()),
    "a header without end": _fault(faults.huge_header()),
    "no HTTP": _fault(faults.malformed_status_line()),
    "wrong types in a column": _fault(faults.wrong_types("CntExecutions")),
    "wrong times in a column": _fault(faults.wrong_types("MinObservedTime")),
    "a row too short": _fault(faults.ragged_rows()),
    "a row too long": _fault(faults.ragged_rows(longer=True)),
    "no columns": _fault(faults.missing_columns()),
    "no rows": _fault(faults.missing_rows()),
    "no tables": _fault(faults.missing_tables()),
    "an empty list of tables": _fault(faults.no_table()),
    "two tables": _fault(faults.two_tables()),
    "two columns of one name": _fault(faults.duplicate_columns()),
    "a column of an unknown type": _fault(faults.unknown_type()),
    "half a surrogate pair": _fault(faults.lone_surrogate()),
    "nothing but nulls": _fault(faults.nulls_everywhere()),
    "answered in part": _fault(faults.partial()),
    "an error and no data": _fault(faults.partial_without_data()),
    "cut at the service's limit": lambda scene: setattr(scene.service, "row_cap", 7),
    "more rows than announced": _more_rows,
    "the network is gone": lambda scene: scene.service.down(),
    "the name is gone": _nameless,
    "certificate not trusted": lambda scene: scene.stack.enter_context(scene.service.untrusted()),
}


@contextmanager
def scene(service: Service, az: AzScript) -> Iterator[Scene]:
    """A server and an ``az`` that are as at first afterwards."""
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        try:
            yield Scene(service, az, patch, stack)
        finally:
            stack.close()
            service.up()
            service.reset()
            az.sign_in()


__all__ = ["FAILURES", "WORKSPACE", "Scene", "scene"]
