"""The commands about the service: which workspaces there are, and what works on the way there."""

from __future__ import annotations

from typing import Any

import click

from ..queries.language import tr
from ..queries.printable import printable
from ..queries.source import Source
from .command_help import Command
from .online import CHOOSE
from .opening import Request, UsageProblem, WorkspaceWanted, now_utc
from .options import LANGUAGE, language, online_from, request_from, service_only, source_only
from .status_line import StatusLine


def open_headless(request: Request, line: StatusLine) -> Source:
    """The source of a command that cannot ask back.

    Raises:
        SourceError: it cannot be opened.
        UsageProblem: a workspace would have to be chosen.
    """
    if request.online is not None and request.online.is_choosing:
        raise UsageProblem(
            tr(
                "--workspace {choose} is for the console: give the GUID of a workspace (iotriage"
                " workspaces lists them)",
                choose=CHOOSE,
            )
        )
    try:
        return request.open_source(now_utc(), line.progress, line.tell, line.show_code)
    except WorkspaceWanted as wanted:
        raise UsageProblem(str(wanted)) from None
    finally:
        line.clear()


@click.command(cls=Command)
@service_only
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    help="table is the default.",
)
@language
def workspaces(form: str, **words: Any) -> int:
    """List the Log Analytics workspaces that your account can see."""
    import json  # noqa: PLC0415
    from dataclasses import asdict  # noqa: PLC0415

    line = StatusLine()
    online = online_from(words)
    try:
        listing = online.listing(line.tell, line.show_code)
    finally:
        line.clear()
        online.service().close()
    if form == "json":
        click.echo(json.dumps([asdict(w) for w in listing.workspaces], indent=2))
    else:
        for one in listing.workspaces:
            texts = (one.id, one.name, one.resource_group, one.subscription, one.location)
            click.echo("  ".join(map(printable, texts)))
    for trouble in listing.troubles:
        click.echo(tr("could not be listed: {trouble}", trouble=printable(trouble)), err=True)
    if not listing.workspaces and not listing.troubles:
        click.echo(tr("this account sees no workspace"), err=True)
    return 3 if listing.troubles else 0


@click.command(cls=Command)
@source_only
@language
def doctor(**words: Any) -> int:
    """Say step by step what works here: terminal, files, and the way to the evidence."""
    from .checkup import checked  # noqa: PLC0415
    from .widgets.text_cells import fit  # noqa: PLC0415

    line = StatusLine()
    request = request_from({**words, **dict.fromkeys(_SCOPE)})
    sound = True
    asked = click.get_current_context().meta.get(LANGUAGE)
    for step in checked(request, line, asked):
        line.clear()
        sound = sound and step.sound is not False
        click.echo(printable(f"{fit(step.sign, 7)} {step.name}: {step.said}"))
        for text in step.lines:
            click.echo(f"        {printable(text)}")
    return 0 if sound else 1


_SCOPE = ("device", "hub", "last", "since", "until", "pack_name")
