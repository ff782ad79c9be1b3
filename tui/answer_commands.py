"""The commands that ask and print what was answered: devices, ask, report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..queries.answers import Status
from ..queries.hints.hint import HINTED_PANES
from ..queries.language import tr
from ..queries.printable import printable
from .command_help import Command
from .exit_status import EXITS, FAILED, IN_PART
from .online_commands import open_headless
from .opening import Problem, UsageProblem, now_utc
from .options import case_file, language, request_from, source_and_scope, source_and_window
from .settings import Settings, analyst_name
from .standard_output import write_out
from .status_line import StatusLine

if TYPE_CHECKING:
    from ..queries.hints.rules import RuleSet
    from ..queries.questions import Pack, Question


@click.command(cls=Command)
@source_and_window
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv", "markdown"]),
    default="table",
    help="table is the default.",
)
@language
def devices(form: str, **words: Any) -> int:
    """Print the devices seen in raw events or alerts, the most alarming first."""
    from ..queries.asking import Scope, read_against  # noqa: PLC0415
    from .opening import devices_of  # noqa: PLC0415

    request = request_from(words)
    pack = request.open_pack()
    line = StatusLine()
    source = open_headless(request, line)
    try:
        pack = request.fitting(pack, source)
        window = request.window(source)
        scope = Scope("", request.hub or "", window)
        answer = devices_of(source, pack, scope.hub, window, tell=line.tell)
        answer = read_against(answer, pack.questions["devices"], None, scope, source)
        return _print_answer(answer, pack, scope, source.name, form)
    finally:
        source.close()


@click.command(cls=Command)
@click.argument("question")
@source_and_scope
@click.option(
    "--format",
    "form",
    default="table",
    help="table is the default.",
    type=click.Choice(["table", "json", "csv", "markdown", "kql"]),
)
@click.option("--hints", is_flag=True, help="One column more: why a row deserves a look.")
@click.option("--value", metavar="TEXT", help="What pivot looks for, on every device.")
@click.option(
    "--kind",
    help="As what pivot looks for it; without, what it looks like.",
    type=click.Choice(["address", "user", "executable", "port", "text"]),
)
@language
def ask(
    question: str, form: str, hints: bool, value: str | None, kind: str | None, **words: Any
) -> int:
    """Print one pane: alerts, users, ports, logins, processes, or another question of the pack.

    With --format kql, print the text that is sent instead, ready to paste into the portal.
    """
    from ..queries.asking import Scope, ask_whole  # noqa: PLC0415
    from ..queries.pivot import QUESTION, Kind, Wanted, asked_for, kind_of  # noqa: PLC0415
    from .opening import scope_of  # noqa: PLC0415

    request = request_from(words)
    hinting = request.open_hinting()
    pack = request.open_pack(hinting.rules)
    if not request.may_fit_another:
        _question_in(pack, question)
    if hints and question not in HINTED_PANES:
        raise UsageProblem(
            tr("--hints is for {panes}: leave it away", panes=", ".join(HINTED_PANES))
        )
    if (question == QUESTION) is not bool(value):
        raise UsageProblem(
            tr("--value TEXT goes with {name}, and with nothing else", name=QUESTION)
        )
    line = StatusLine()
    source = open_headless(request, line)
    try:
        pack = request.fitting(pack, source)
        asked = _question_in(pack, question)
        if value:
            sought_as = Kind(kind) if kind else kind_of(value)
            asked = asked_for(asked, Wanted(value, sought_as))
        window = request.window(source)
        if question in ("devices", QUESTION):
            scope = Scope("", request.hub or "", window)
        else:
            scope = scope_of(request, source, pack, window)
        if form == "kql":
            write_out(asked.query(scope.device, scope.hub, window).kql)
            return 0
        answer = ask_whole(source, pack, asked, scope, tell=line.tell)
        if hints and answer.status is not Status.FAILED:
            from .hint_column import with_hint_column, with_hints_shown  # noqa: PLC0415

            hinted = hinting.hints(source, pack, answer, scope, tell=line.tell)
            answer, pack = with_hint_column(answer, hinted), with_hints_shown(pack, question)
            _tell_of_refused(hinting.rules)
        return _print_answer(answer, pack, scope, source.name, form)
    finally:
        source.close()


def _question_in(pack: Pack, name: str) -> Question:
    if (found := pack.questions.get(name)) is not None:
        return found
    raise UsageProblem(
        tr(
            "pack {pack} has no question {question!r}: ask one of {known}",
            pack=pack.name,
            question=printable(name),
            known=", ".join(pack.questions),
        )
    )


@click.command(cls=Command)
@source_and_scope
@case_file
@click.option(
    "--format",
    "form",
    type=click.Choice(["markdown", "json", "csv"]),
    default="markdown",
    help="markdown is the default.",
)
@click.option("-o", "--output", metavar="FILE", help="Write here; a file is never overwritten.")
@click.option("--template", metavar="FILE", help="The team's own Jinja template for the Markdown.")
@language
@click.pass_context
def report(
    context: click.Context, /, form: Any, output: str | None, case_path: str | None, **words: Any
) -> int:
    """Write the summary of one device: what was asked, what was found, who decided what."""
    from .casebook.report import render  # noqa: PLC0415
    from .casebook.templates import TemplateProblem, render_template  # noqa: PLC0415
    from .opening import scope_of  # noqa: PLC0415
    from .reporting import (  # noqa: PLC0415
        answers_of,
        hints_of,
        opened_case,
        read_text,
        report_of,
        write_new,
    )

    template = words.pop("template")
    if template and form != "markdown":
        raise UsageProblem(tr("--template is for Markdown: leave --format away"))
    request = request_from(words)
    hinting = request.open_hinting()
    pack = request.open_pack(hinting.rules)
    own = read_text(Path(template), tr("a Jinja template")) if template else None
    line = StatusLine()
    source = open_headless(request, line)
    try:
        pack = request.fitting(pack, source)
        scope = scope_of(request, source, pack, request.window(source))
        answered = answers_of(source, pack, scope)
        hinted = hints_of(source, pack, scope, answered, hinting)
    finally:
        source.close()
    analyst = analyst_name(context.find_object(Settings) or Settings())
    if case_path and not Path(case_path).exists():
        click.echo(
            tr("case {path} is new: nothing is judged in it yet", path=printable(case_path)),
            err=True,
        )
    with opened_case(Path(case_path) if case_path else None, analyst) as casebook:
        made = report_of(
            scope,
            source.name,
            pack,
            answered,
            casebook=casebook,
            analyst=analyst,
            at=now_utc(),
            hinted=hinted,
        )
    _tell_of_refused(hinting.rules)
    try:
        text = render(made, form) if own is None else render_template(made, own)
    except TemplateProblem as error:
        raise Problem(f"{printable(template)}: {error}") from None
    if output and output != "-":
        write_new(Path(output), text)
    else:
        write_out(text)
    statuses = {answer.status for _, answer in answered}
    if statuses == {Status.FAILED}:
        return FAILED
    return 0 if statuses == {Status.COMPLETE} else IN_PART


def _tell_of_refused(rules: RuleSet) -> None:
    for refused in rules.refused:
        click.echo(tr("not used: {rule}", rule=refused), err=True)


def _print_answer(answer: Any, pack: Any, scope: Any, source: str, form: str) -> int:
    from . import printing  # noqa: PLC0415

    if form == "json":
        write_out(printing.as_json(answer, pack, scope, source))
    elif answer.status is Status.FAILED:
        raise Problem(f"{answer.question}: {answer.failure}")
    else:
        match form:
            case "csv":
                write_out(printing.as_csv(answer))
            case "markdown":
                write_out(printing.as_markdown(answer))
            case _:
                write_out(printing.as_table(answer, pack))
        for line in printing.notices_text(answer):
            click.echo(line, err=True)
    return EXITS[answer.status]
