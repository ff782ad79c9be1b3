"""The flags that several commands share, and how they become a Request."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import click

from ..queries.language import LANGUAGES, tr
from ..queries.log_analytics.clouds import CLOUDS, AddressError
from ..queries.printable import printable
from .online import AUTHS, CHOOSE, TIMEOUTS, TOKEN_CACHES, Online
from .opening import Request
from .settings import Settings

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
_SERVICE = (
    click.option(
        "--auth",
        envvar="IOTRIAGE_AUTH",
        type=click.Choice(AUTHS),
        help="How to sign in; cli (az login) is the default.",
    ),
    click.option(
        "--cloud",
        envvar="IOTRIAGE_CLOUD",
        type=click.Choice(tuple(CLOUDS)),
        help="public is the default.",
    ),
    click.option(
        "--endpoint",
        envvar="IOTRIAGE_ENDPOINT",
        metavar="URL",
        help="Another address of the query service.",
    ),
    click.option(
        "--audience", envvar="IOTRIAGE_AUDIENCE", metavar="URL", help="For whom the token is."
    ),
    click.option(
        "--timeout",
        envvar="IOTRIAGE_TIMEOUT",
        metavar="SECONDS",
        type=click.FloatRange(*TIMEOUTS),
        help="How long the service may take for a query; 180 is the default.",
    ),
)
_WORKSPACE = (
    click.option(
        "--workspace",
        envvar="IOTRIAGE_WORKSPACE",
        metavar="GUID",
        multiple=True,
        help=f"A Log Analytics workspace; may be repeated. {CHOOSE} shows a list.",
    ),
    *_SERVICE,
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
        # Not "pack": click keeps defaults by name, and a command is called that.
        "pack_name",
        envvar="IOTRIAGE_PACK",
        metavar="NAME|DIR",
        help="exact (the default), guide, endpoint, one of your own, or a folder with a pack.toml.",
    ),
)
_HINTED = (
    click.option(
        "--rules",
        envvar="IOTRIAGE_RULES",
        metavar="DIR",
        help="Sigma rules of your own, beside the built-in ones.",
    ),
    click.option(
        "--threats",
        envvar="IOTRIAGE_THREATS",
        metavar="FILE",
        help="Addresses, ranges and domains to be warned of, one a line.",
    ),
)
#: What was asked for, in the context of a command.
LANGUAGE = f"{__name__}.language"
_LANGUAGE = click.option(
    "--lang",
    envvar="IOTRIAGE_LANG",
    type=click.Choice(LANGUAGES),
    # Heeded before the other words are read; doctor tells of it.
    expose_value=False,
    callback=lambda context, _, value: context.meta.update({LANGUAGE: value}),
    help="English or Japanese; otherwise as the locale says.",
)
_CASE = (
    click.option(
        "--case",
        # Not "case": click keeps defaults by name, and a command is called that.
        "case_path",
        envvar="IOTRIAGE_CASE",
        metavar="FILE",
        help="The case file of verdicts; made when it is not there.",
    ),
)


def source_and_scope(command: F) -> F:
    """A source (demo, evidence, workspace and how to reach it), a device, a window, a pack, and
    what rows are held against."""
    for option in reversed((*_SOURCE, *_WORKSPACE, *_DEVICE, *_SCOPE, *_PACK, *_HINTED)):
        command = option(command)
    return command


def source_and_window(command: F) -> F:
    """As :func:`source_and_scope`, for a command that asks about no single device."""
    for option in reversed((*_SOURCE, *_WORKSPACE, *_SCOPE, *_PACK)):
        command = option(command)
    return command


def source_device_and_window(command: F) -> F:
    """As :func:`source_and_scope`, for a command that holds no row against anything."""
    for option in reversed((*_SOURCE, *_WORKSPACE, *_DEVICE, *_SCOPE, *_PACK)):
        command = option(command)
    return command


def source_only(command: F) -> F:
    """A source, and how to reach it."""
    for option in reversed((*_SOURCE, *_WORKSPACE)):
        command = option(command)
    return command


def service_only(command: F) -> F:
    """How to reach the service and sign in, without a workspace."""
    for option in reversed(_SERVICE):
        command = option(command)
    return command


def language(command: F) -> F:
    """--lang."""
    return _LANGUAGE(command)


def case_file(command: F) -> F:
    """--case."""
    for option in reversed(_CASE):
        command = option(command)
    return command


def request_from(words: dict[str, Any]) -> Request:
    """Takes the shared flags out of ``words``.

    Raises:
        UsageProblem: flags that contradict each other.
        click.UsageError: the same.
    """
    context = click.get_current_context()
    names = ("device", "hub", "last", "since", "until", "rules", "threats")
    given = {name: words.pop(name, None) for name in names}
    given["pack"] = words.pop("pack_name", None)
    given |= _source_of(context, words)
    # A window typed now outweighs a span that was only configured.
    typed = click.core.ParameterSource.COMMANDLINE
    if given["since"] and given["last"] and context.get_parameter_source("last") is not typed:
        given["last"] = None
    request = Request(**given)
    request.check()
    return request


def _source_of(context: click.Context, words: dict[str, Any]) -> dict[str, Any]:
    """The one source that was asked for: what is typed outweighs a variable, that the settings."""
    online = online_from(words)
    typed = click.core.ParameterSource.COMMANDLINE
    service = ("auth", "cloud", "endpoint", "audience")
    if not (words.get("demo") or words.get("evidence") or online.workspaces) and any(
        context.get_parameter_source(name) is typed for name in service
    ):
        # Who says how to sign in, and not where, is shown what there is.
        return {"online": replace(online, workspaces=(CHOOSE,))}
    given = {
        "demo": bool(words.pop("demo", False)),
        "evidence": words.pop("evidence", None) or None,
        "workspace": online.workspaces,
    }
    ranks = (
        click.core.ParameterSource.COMMANDLINE,
        click.core.ParameterSource.ENVIRONMENT,
        click.core.ParameterSource.DEFAULT_MAP,
    )
    for rank in ranks:
        named = [n for n in given if given[n] and context.get_parameter_source(n) is rank]
        if len(named) > 1:
            flags = tr(" or ").join(f"--{name}" for name in named)
            raise click.UsageError(tr("give {flags}, not both", flags=flags))
        if named:
            given = {name: given[name] if name in named else None for name in given}
            break
    return {
        "demo": bool(given["demo"]),
        "evidence": given["evidence"],
        "online": online if given["workspace"] else None,
    }


def online_from(words: dict[str, Any]) -> Online:
    """Takes the flags about the service out of ``words``.

    Raises:
        click.UsageError: one that cannot be used.
    """
    cache = os.environ.get("IOTRIAGE_TOKEN_CACHE") or _settings().token_cache or TOKEN_CACHES[0]
    if cache not in TOKEN_CACHES:
        raise click.UsageError(
            tr("token cache {cache!r}: one of {known}", cache=cache, known=", ".join(TOKEN_CACHES))
        )
    names = ("auth", "cloud", "endpoint", "audience", "timeout")
    given = {name: words.pop(name, None) for name in names}
    online = Online(
        workspaces=tuple(words.pop("workspace", None) or ()),
        cache=cache,
        **{name: value for name, value in given.items() if value is not None},
    )
    try:
        return online.checked()
    except AddressError as error:
        raise click.UsageError(printable(str(error))) from None


def _settings() -> Settings:
    return click.get_current_context().find_object(Settings) or Settings()
