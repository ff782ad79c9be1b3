"""The commands about packs of questions: which there are, and whether one can be relied on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..queries.language import tr
from ..queries.packs.finding import BUILT_IN, PackError, own_packs
from ..queries.packs.loading import load_pack
from ..queries.printable import printable
from ..queries.wording import counted
from .command_help import Group
from .opening import UsageProblem
from .options import language
from .settings import packs_path

if TYPE_CHECKING:
    from ..queries.packs.checking import Checked, Problem

_FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    help="table is the default.",
)


@click.group(cls=Group)
def pack() -> None:
    """Packs of questions: list, check."""


@pack.command("list")
@_FORMAT
@language
def list_(form: str) -> int:
    """List the packs that --pack knows by name: the built-in ones and your own."""
    found: list[dict[str, Any]] = []
    broken = False
    for name in (*BUILT_IN, *own_packs(packs_path())):
        own = name not in BUILT_IN
        folder = str(packs_path() / name) if own else ""
        try:
            loaded = load_pack(name, packs_path())
        except PackError as error:
            broken = True
            found.append({"name": name, "folder": folder, "problem": str(error)})
        else:
            count = len(loaded.questions)
            found.append(
                {"name": name, "folder": folder, "title": loaded.title, "questions": count}
            )
    if form == "json":
        click.echo(json.dumps(found, indent=1))
    else:
        for one in found:
            click.echo(_line(one))
    return 1 if broken else 0


def _line(one: dict[str, Any]) -> str:
    if problem := one.get("problem"):
        return f"{one['name']}  {tr('cannot be used: {problem}', problem=printable(problem))}"
    parts = [one["name"], counted(one["questions"], "question"), printable(one["title"])]
    return "  ".join([*parts, *([printable(one["folder"])] if one["folder"] else [])])


@pack.command()
@click.argument("folder", metavar="DIR")
@_FORMAT
@language
def check(folder: str, form: str) -> int:
    """Say every mistake of a pack, with file, line and column.

    Each text is tried on empty evidence and, where IOTRIAGE_KUSTO_PARSER names a node_modules
    folder that has it, read by Microsoft's parser.
    """
    from ..queries.packs.checking import check_pack  # noqa: PLC0415

    try:
        checked = check_pack(folder, packs_path())
    except PackError as error:
        raise UsageProblem(str(error)) from None
    if form == "json":
        click.echo(json.dumps(_as_json(checked), indent=1))
    else:
        for problem in checked.problems:
            click.echo(_told(problem))
        click.echo(_summary(checked))
    return 0 if checked.is_sound else 1


def _told(problem: Problem) -> str:
    place = "".join(f":{number}" for number in (problem.line, problem.column) if number)
    of = f"{problem.question}: " if problem.question else ""
    return f"{printable(str(problem.file))}{place}: {tr(problem.severity)}: {of}" + printable(
        problem.text
    )


def _summary(checked: Checked) -> str:
    if not checked.name:
        return tr("the pack cannot be loaded: nothing more was checked")
    errors = sum(problem.severity == "error" for problem in checked.problems)
    said = tr(
        "{pack}: {questions} checked: {errors}, {warnings}",
        pack=printable(checked.name),
        questions=counted(len(checked.questions), "question"),
        errors=counted(errors, "error"),
        warnings=counted(len(checked.problems) - errors, "warning"),
    )
    if checked.unparsed:
        return f"{said}\n" + tr(
            "not checked by Microsoft's parser: {reason}", reason=printable(checked.unparsed)
        )
    return f"{said}\n" + tr("Microsoft's parser has read every text")


def _as_json(checked: Checked) -> dict[str, Any]:
    return {
        "pack": checked.name,
        "questions": list(checked.questions),
        "sound": checked.is_sound,
        "kusto_parser": {"checked": not checked.unparsed and bool(checked.name)}
        | ({"reason": checked.unparsed} if checked.unparsed else {}),
        "problems": [
            {
                "severity": problem.severity,
                "file": str(Path(problem.file)),
                "line": problem.line or None,
                "column": problem.column or None,
                "question": problem.question,
                "text": problem.text,
            }
            for problem in checked.problems
        ],
    }
