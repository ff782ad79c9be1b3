"""The flags that several commands share, and how they become a Request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from .opening import Request

F = TypeVar("F", bound=Callable[..., Any])

_SOURCE = (
    click.option("--demo", is_flag=True, help="The built-in demo evidence (the default)."),
    click.option(
        "--evidence",
        envvar="IOTRIAGE_EVIDENCE",
        metavar="PATH",
        help="A file or folder of exported tables: JSON Lines, REST answers, Parquet.",
    ),
)
_DEVICE = (
    click.option("--device", envvar="IOTRIAGE_DEVICE", metavar="ID", help="The device, exactly."),
)
_SCOPE = (
    click.option("--hub", envvar="IOTRIAGE_HUB", metavar="NAME", help="The IoT hub it is on."),
    click.option(
        "--last",
        envvar="IOTRIAGE_LAST",
        metavar="SPAN",
        help="90m, 24h, 7d or 4w, back from the newest row.",
    ),
    click.option("--since", metavar="TIME", help="From this time on (ISO 8601, UTC)."),
    click.option("--until", metavar="TIME", help="Up to this time; needs --since."),
)
_PACK = (
    click.option(
        "--pack",
        envvar="IOTRIAGE_PACK",
        metavar="NAME|DIR",
        help="exact (the default), guide, or a folder with a pack.toml.",
    ),
)
_CASE = (
    click.option(
        "--case",
        envvar="IOTRIAGE_CASE",
        metavar="FILE",
        help="The case file of verdicts; made when it is not there.",
    ),
)


def source_and_scope(command: F) -> F:
    """--demo, --evidence, --device, --hub, --last, --since, --until, --pack."""
    for option in reversed((*_SOURCE, *_DEVICE, *_SCOPE, *_PACK)):
        command = option(command)
    return command


def source_and_window(command: F) -> F:
    """As :func:`source_and_scope`, for a command that asks about no single device."""
    for option in reversed((*_SOURCE, *_SCOPE, *_PACK)):
        command = option(command)
    return command


def case_file(command: F) -> F:
    """--case."""
    for option in reversed(_CASE):
        command = option(command)
    return command


def request_from(words: dict[str, Any]) -> Request:
    """Takes the shared flags out of ``words``.

    Raises:
        UsageProblem: flags that contradict each other.
    """
    context = click.get_current_context()
    names = ("demo", "evidence", "device", "hub", "last", "since", "until", "pack")
    given = {name: words.pop(name, None) for name in names}
    given["demo"] = bool(given["demo"])
    typed = click.core.ParameterSource.COMMANDLINE
    if given["demo"] and given["evidence"]:
        if context.get_parameter_source("evidence") is typed:
            raise click.UsageError("give --demo or --evidence, not both")
        given["evidence"] = None
    # A window typed now outweighs a span that was only configured.
    if given["since"] and given["last"] and context.get_parameter_source("last") is not typed:
        given["last"] = None
    request = Request(**given)
    request.check()
    return request
