"""The commands. Each word is resolved here; what answers and what draws is loaded when needed."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import click

from ..queries.hints.hint import RulesError
from ..queries.language import speak, tr
from ..queries.literals import LiteralError
from ..queries.packs.loading import PackError
from ..queries.printable import printable
from ..queries.source import SourceError
from ..queries.tokens import without_tokens
from ..queries.uncollected import resume
from ..themes import built_in
from .answer_commands import ask, devices, report
from .capture_commands import capture
from .case_commands import baseline, case_group
from .command_help import Group, complaint
from .crash import crash_words
from .exit_status import FAILED, USAGE
from .language_choice import asked_for, choose
from .online_commands import doctor, workspaces
from .opening import Problem, UsageProblem
from .options import case_file, language, request_from, source_and_scope
from .pack_commands import pack
from .settings import Settings, SettingsError, analyst_name, as_defaults, load_settings
from .store_commands import import_
from .terminal_text import speaks_utf8


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
    from .session import run_console  # noqa: PLC0415 - Textual is loaded for the console only

    settings: Settings = context.obj
    theme, case = words["theme"], words["case_path"]
    problem = run_console(
        request, theme, case and Path(case), analyst_name(settings), settings.keymap
    )
    if problem:
        raise Problem(problem)


commands.add_command(ask)
commands.add_command(baseline)
commands.add_command(capture)
commands.add_command(case_group)
commands.add_command(devices)
commands.add_command(doctor)
commands.add_command(import_)
commands.add_command(pack)
commands.add_command(report)
commands.add_command(workspaces)


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
