"""The commands about case files and baselines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..queries.answers import rfc3339
from ..queries.language import tr
from ..queries.printable import printable
from ..queries.wording import counted
from .casebook.casebook import CaseError, default_case_path, export_baseline, import_baseline
from .command_help import Group
from .opening import Problem
from .options import case_file, language
from .reporting import opened_case, read_text, write_new
from .settings import Settings, analyst_name


@click.group(cls=Group)
def baseline() -> None:
    """Expected verdicts that hold beyond one device: show, export, import, drop."""


@baseline.command()
@case_file
@language
@click.pass_context
def show(context: click.Context, /, case_path: str | None) -> int:
    """List the baselines of a case."""
    with opened_case(_there(case_path), _analyst(context)) as casebook:
        found = casebook.baselines()
    if not found:
        click.echo(
            tr("no baselines: b in the console keeps what is expected on a device"), err=True
        )
    for one in found:
        reach = tr("hub {hub}", hub=one.hub) if one.scope == "hub" else tr("fleet")
        line = (
            f"{one.name}  {reach}  {counted(one.findings, 'finding')}  {one.by}  {rfc3339(one.at)}"
        )
        click.echo(printable(line))
    return 0


@baseline.command("export")
@click.argument("name", required=False)
@click.option("--hub", metavar="NAME", help="Only what holds for this hub.")
@case_file
@click.option("-o", "--output", metavar="FILE", help="Write here; a file is never overwritten.")
@language
@click.pass_context
def export_(
    context: click.Context,
    /,
    name: str | None,
    hub: str | None,
    case_path: str | None,
    **words: Any,
) -> int:
    """Write baselines as text, one finding a line, sorted: made to be reviewed and merged."""
    with opened_case(_there(case_path), _analyst(context)) as casebook:
        if name and name not in {one.name for one in casebook.baselines()}:
            raise Problem(
                tr("no baseline {name!r}: iotriage baseline show lists them", name=printable(name))
            )
        text = export_baseline(casebook, name, hub=hub)
    output = words["output"]
    if output and output != "-":
        write_new(Path(output), text)
    else:
        click.echo(text, nl=False)
    return 0


@baseline.command("import")
@click.argument("file", metavar="FILE")
@case_file
@language
@click.pass_context
def import_(context: click.Context, /, file: str, case_path: str | None) -> int:
    """Take the baselines of a file into the case; twice adds nothing."""
    text = read_text(Path(file), tr("a file of iotriage baseline export"))
    with opened_case(Path(case_path) if case_path else None, _analyst(context)) as casebook:
        done = import_baseline(casebook, text, Path(file).name)
    click.echo(
        tr(
            "{findings} added, {known:,} known already",
            findings=counted(done.added, "finding"),
            known=done.known,
        ),
        err=True,
    )
    for line in done.refused:
        click.echo(f"{printable(file)}: {printable(line)}", err=True)
    if done.refused:
        return 3 if done.added or done.known else 1
    return 0


@baseline.command()
@click.argument("name")
@case_file
@language
@click.pass_context
def drop(context: click.Context, /, name: str, case_path: str | None) -> int:
    """Let a baseline hold no longer; the history keeps it, and undo brings it back."""
    with opened_case(_there(case_path), _analyst(context)) as casebook:
        if not casebook.drop_baseline(name):
            raise Problem(
                tr("no baseline {name!r}: iotriage baseline show lists them", name=printable(name))
            )
    return 0


@click.group("case", cls=Group)
def case_group() -> None:
    """Case files."""


@case_group.command()
@click.argument("file", required=False, envvar="IOTRIAGE_CASE")
@click.option("--save", metavar="NEW", help="Write what can be read into this new case file.")
@language
@click.pass_context
def check(context: click.Context, /, file: str | None, save: str | None) -> int:
    """Say whether a case file is sound, and what of a damaged one can be saved."""
    from .casebook.check import check_case, save_readable  # noqa: PLC0415

    named = file or (context.find_object(Settings) or Settings()).case
    path = Path(named) if named else default_case_path()
    try:
        health = check_case(path)
        for line in health.lines:
            click.echo(line)
        if save:
            saved = save_readable(path, Path(save))
            click.echo(
                tr(
                    "{entries} saved in {path}",
                    entries=counted(saved, "entry", "entries"),
                    path=printable(save),
                )
            )
    except CaseError as error:
        raise Problem(str(error)) from None
    return 0 if health.ok else 1


def _there(case: str | None) -> Path | None:
    """Raises Problem for a case that is named and not there: nothing could be found in it."""
    if case and not Path(case).exists():
        raise Problem(
            tr(
                "{path}: there is no such case; give one that a console has made",
                path=printable(case),
            )
        )
    return Path(case) if case else None


def _analyst(context: click.Context) -> str:
    return analyst_name(context.find_object(Settings) or Settings())
