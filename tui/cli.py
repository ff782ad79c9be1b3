"""The commands. Each word is resolved here; what answers and what draws is loaded when needed."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from ..queries.answers import Status
from ..queries.hints.hint import HINTED_PANES, RulesError
from ..queries.language import speak, tr
from ..queries.literals import LiteralError
from ..queries.packs.loading import PackError
from ..queries.printable import printable
from ..queries.source import SourceError
from ..queries.tokens import without_tokens
from ..queries.uncollected import resume
from ..themes import built_in
from .capture_commands import capture
from .case_commands import baseline, case_group
from .command_help import Group, complaint
from .crash import crash_words
from .language_choice import asked_for, choose
from .online_commands import doctor, open_headless, workspaces
from .opening import Problem, UsageProblem, now_utc
from .options import case_file, language, request_from, source_and_scope, source_and_window
from .pack_commands import pack
from .settings import Settings, SettingsError, analyst_name, as_defaults, load_settings
from .status_line import StatusLine
from .store_commands import import_
from .terminal_text import speaks_utf8

if TYPE_CHECKING:
    from ..queries.hints.rules import RuleSet
    from ..queries.questions import Pack, Question

FAILED, USAGE, IN_PART = 1, 2, 3
_EXITS = {
    Status.COMPLETE: 0,
    Status.TRUNCATED: IN_PART,
    Status.PARTIAL: IN_PART,
    Status.FAILED: FAILED,
}


@click.group(
    cls=Group,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="iotriage", prog_name="iotriage", message="%(prog)s %(version)s")
@source_and_scope
@case_file
@click.option(
    "--theme",
    envvar="IOTRIAGE_THEME",
    metavar="NAME|FILE",
    help=f"{', '.join(built_in())}, one of your own, or a theme file.",
)
@language
@click.pass_context
def commands(context: click.Context, /, **words: Any) -> None:
    """Investigate a suspicious IoT device from the terminal.

    Without a command the console opens: on the demo evidence, or on the source that is given.
    """
    if context.invoked_subcommand is not None:
        resume()
        typed = [
            option.opts[0]
            for option in commands.params
            if context.get_parameter_source(str(option.name))
            is click.core.ParameterSource.COMMANDLINE
        ]
        if typed:
            raise click.UsageError(
                tr(
                    "{option} stands before the command: write it after {command}",
                    option=typed[0],
                    command=context.invoked_subcommand,
                )
            )
        return
    request = request_from(words)
    _check_terminal()
    from .console import run_console  # noqa: PLC0415 - Textual is loaded for the console only

    settings: Settings = context.obj
    theme, case = words["theme"], words["case_path"]
    problem = run_console(
        request, theme, case and Path(case), analyst_name(settings), settings.keymap
    )
    if problem:
        raise Problem(problem)


@commands.command()
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


@commands.command()
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
            _write(asked.query(scope.device, scope.hub, window).kql)
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


@commands.command()
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
        _write(text)
    statuses = {answer.status for _, answer in answered}
    if statuses == {Status.FAILED}:
        return FAILED
    return 0 if statuses == {Status.COMPLETE} else IN_PART


commands.add_command(baseline)
commands.add_command(capture)
commands.add_command(case_group)
commands.add_command(doctor)
commands.add_command(import_)
commands.add_command(pack)
commands.add_command(workspaces)


def _tell_of_refused(rules: RuleSet) -> None:
    for refused in rules.refused:
        click.echo(tr("not used: {rule}", rule=refused), err=True)


def _print_answer(answer: Any, pack: Any, scope: Any, source: str, form: str) -> int:
    from . import printing  # noqa: PLC0415

    if form == "json":
        _write(printing.as_json(answer, pack, scope, source))
    elif answer.status is Status.FAILED:
        raise Problem(f"{answer.question}: {answer.failure}")
    else:
        match form:
            case "csv":
                _write(printing.as_csv(answer))
            case "markdown":
                _write(printing.as_markdown(answer))
            case _:
                _write(printing.as_table(answer, pack))
        for line in printing.notices_text(answer):
            click.echo(line, err=True)
    return _EXITS[answer.status]


def _write(text: str) -> None:
    # Bytes, so that neither locale nor platform changes the text on the way.
    rest = memoryview(text.encode("utf-8", errors="backslashreplace"))
    try:
        sys.stdout.flush()
        # A buffer swallows what stops it once a part is written: a reader that goes, an interrupt.
        out = getattr(sys.stdout.buffer, "raw", sys.stdout.buffer)
        while rest:
            rest = rest[out.write(rest) or 0 :]
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read us has gone; nothing more can be said to them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.exceptions.Exit(FAILED) from None


def _check_terminal() -> None:
    """Raises Problem where no console can be drawn."""
    term = os.environ.get("TERM", "")
    if term in ("", "dumb"):
        raise Problem(
            tr(
                "TERM is {term}: the console needs a terminal that can move its cursor; set"
                " TERM, or use iotriage devices, ask and report",
                term=term or tr("not set"),
            )
        )
    # Textual draws on the error stream.
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise Problem(
            tr(
                "the console needs a terminal on standard input, output and error; use iotriage"
                " devices, ask and report in scripts"
            )
        )


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run a command; what goes wrong is one line on the error stream and an exit status."""
    status = run(arguments)
    if threading.active_count() == 1:
        sys.exit(status)
    # A query that was abandoned may go on for long, and complains when Python is taken from it.
    # Everything that is to be kept is on disk by now.
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)


def run(arguments: list[str] | None = None) -> int:
    """The exit status: 0 complete, 1 failed, 2 usage, 3 answered in part."""
    words = sys.argv[1:] if arguments is None else arguments
    try:
        speak(choose(asked_for(words, os.environ, None), os.environ, utf8=speaks_utf8()).language)
        settings = Settings() if _asks_for_help(words) else load_settings()
        asked = asked_for(words, os.environ, settings.lang)
        # A report is UTF-8 whatever the terminal is.
        utf8 = "report" in words or speaks_utf8()
        speak(choose(asked, os.environ, utf8=utf8).language)
        defaults = _defaults_of(commands, as_defaults(settings))
        status = commands.main(
            words,
            prog_name="iotriage",
            standalone_mode=False,
            obj=settings,
            default_map=defaults,
        )
        return status if isinstance(status, int) else 0
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        return _say(complaint(error.format_message()), USAGE)
    except (UsageProblem, PackError, RulesError, SettingsError, LiteralError) as error:
        return _say(str(error), USAGE)
    except (Problem, SourceError) as error:
        return _say(without_tokens(str(error)), FAILED)
    except (KeyboardInterrupt, click.Abort):
        return _say(tr("stopped"), 130)
    except Exception as error:
        return _say(crash_words(error), FAILED)


def _defaults_of(command: click.Command, defaults: dict[str, Any]) -> dict[str, Any]:
    """As click wants them: by option, and by command what holds below it."""
    inner = command.commands if isinstance(command, click.Group) else {}
    return defaults | {name: _defaults_of(found, defaults) for name, found in inner.items()}


def _asks_for_help(words: list[str]) -> bool:
    return any(word in ("--help", "-h", "--version") for word in words)


def _say(message: str, status: int) -> int:
    line = " ".join(printable(part) for part in message.splitlines() if part.strip())
    click.echo(f"iotriage: {line}", err=True)
    return status
