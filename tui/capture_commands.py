"""iotriage capture: a device's evidence taken out of a source, and whether it is still that."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..queries.answers import rfc3339
from ..queries.language import tr
from ..queries.printable import printable
from ..queries.source import Cancellation, Source, Waiting
from ..queries.wording import counted
from .command_help import Group
from .online_commands import open_headless
from .opening import Request, UsageProblem, now_utc, scope_of
from .options import language, request_from, source_device_and_window
from .status_line import StatusLine
from .store_commands import Pace

if TYPE_CHECKING:
    from ..queries.evidence.captured import Captured, Manifest, Wanted
    from ..queries.evidence.capturing import Kept
    from ..queries.questions import Pack


@click.group(cls=Group, invoke_without_command=True)
@source_device_and_window
@language
@click.option(
    "-o",
    "--output",
    metavar="STORE",
    help="The store to make; the same command goes on with one that is not whole.",
)
@click.pass_context
def capture(context: click.Context, /, output: str | None, **words: Any) -> int:
    """Take a device's evidence out of a workspace, to work on it offline.

    The alerts of the device's hub, and the device's raw events and recommendations, in a window.
    What was fetched is kept: the same command asks only for what is missing.
    """
    if context.invoked_subcommand is not None:
        return _refuse_words_before(context)
    from importlib.metadata import version  # noqa: PLC0415

    from ..queries.evidence.capturing import capture as captured_from  # noqa: PLC0415
    from ..queries.evidence.capturing import kept_for  # noqa: PLC0415
    from ..queries.evidence.tables import of_one_kind  # noqa: PLC0415

    request = request_from(words)
    pack = request.open_pack()
    if not output:
        raise UsageProblem(tr("no store named: give -o STORE"))
    if not request.device:
        raise UsageProblem(tr("no device named: give --device ID (iotriage devices lists them)"))
    if request.online is not None and len(request.online.workspaces) > 1:
        raise UsageProblem(tr("a capture is of one workspace: give --workspace once"))
    store, line = Path(output), StatusLine()
    kept = kept_for(store)
    source = open_headless(request, line)
    try:
        pack = request.fitting(pack, source)
        wanted = _wanted(request, source, pack, kept)
        if kept is not None and not kept.is_whole and kept.wanted.is_same(wanted):
            slices = counted(kept.slices, "slice")
            _say(tr("{path}: going on, {slices} kept", path=output, slices=slices), err=True)
        done = captured_from(
            source,
            wanted,
            store,
            version=version("iotriage"),
            clock=now_utc,
            tables=of_one_kind(pack.tables),
            progress=Pace(line).progress,
            cancellation=Cancellation(),
            tell=lambda waiting: _tell(line, waiting),
        )
    except KeyboardInterrupt:
        line.clear()
        if (left := kept_for(store)) is not None and left.slices:
            text = tr(
                "{path}: {slices} kept: the same command goes on from there",
                path=output,
                slices=counted(left.slices, "slice"),
            )
            _say(text, err=True)
        raise
    finally:
        line.clear()
        source.close()
    _say(f"{output}: {_summary(done.manifest)}")
    _tell_tables(done)
    return _tell_lacking(done.manifest)


@capture.command()
@click.argument("store", metavar="STORE")
@language
def verify(store: str) -> int:
    """Say whether a capture still holds what was fetched, row by row.

    The last line is the SHA-256 of its manifest: two who read the same one have the same capture.
    """
    from ..queries.evidence.verifying import verify as verified  # noqa: PLC0415

    found = verified(Path(store))
    for problem in found.problems:
        _say(problem)
    manifest = found.captured.manifest
    if found.problems:
        problems = counted(len(found.problems), "problem")
        _say(tr("{path}: not as it was captured: {problems}", path=store, problems=problems))
    else:
        _say(tr("{path}: sound: {summary}", path=store, summary=_summary(manifest)))
    _tell_tables(found.captured)
    lacking = _tell_lacking(manifest)
    return 1 if found.problems else lacking


def _refuse_words_before(context: click.Context) -> int:
    typed = [
        option.opts[-1]
        for option in context.command.params
        if context.get_parameter_source(str(option.name)) is click.core.ParameterSource.COMMANDLINE
    ]
    if typed:
        raise click.UsageError(
            tr(
                "{option} is for capture, not for capture {command}",
                option=typed[0],
                command=context.invoked_subcommand,
            )
        )
    return 0


def _wanted(request: Request, source: Source, pack: Pack, kept: Kept | None) -> Wanted:
    """What is asked for: what was begun with the same words, else what the words say now."""
    from ..queries.evidence.captured import Wanted  # noqa: PLC0415

    spans = {"last": request.last, "since": request.since, "until": request.until}
    asked = " ".join(f"--{name} {text}" for name, text in spans.items() if text)
    if kept is not None:
        begun = kept.wanted
        hub = request.hub or begun.hub
        same = (begun.source, begun.asked) == (source.name, asked)
        # Its window may end now, which was another moment then.
        if same and begun.device == request.device and hub.casefold() == begun.hub.casefold():
            return begun
    scope = scope_of(request, source, pack, request.window(source))
    window = scope.window
    if kept is not None and same and (begun.device, begun.hub) == (scope.device, scope.hub):
        # It was named otherwise.
        return begun
    return Wanted(source.name, scope.device, scope.hub, window.start, window.end, asked)


def _tell(line: StatusLine, waiting: Waiting | None) -> None:
    # That other slices are being fetched is told by their rows.
    if waiting is not None and waiting.until is not None:
        line.tell(waiting)


def _summary(manifest: Manifest) -> str:
    wanted = manifest.wanted
    return tr(
        "{rows} of {device}{hub} from {source}, {start} to {end}",
        rows=counted(sum(each.rows for each in manifest.slices), "row"),
        device=wanted.device,
        hub=tr(" on {hub}", hub=wanted.hub) if wanted.hub else "",
        source=wanted.source,
        start=rfc3339(wanted.start),
        end=rfc3339(wanted.end),
    )


def _tell_tables(captured: Captured) -> None:
    from ..queries.evidence.tables import of_one_kind  # noqa: PLC0415

    manifest = captured.manifest
    for table in of_one_kind(manifest.tables):
        slices = manifest.of_table(table)
        there = tr("not in the source")
        if table in manifest.tables:
            rows = counted(sum(each.rows for each in slices), "row")
            there = tr("{rows} in {slices}", rows=rows, slices=counted(len(slices), "slice"))
        _say(f"{table}: {there}")
    # In groups, so that it can be read out.
    digest = captured.actual_sha256
    groups = " ".join(digest[at : at + 8] for at in range(0, 64, 8))
    _say(tr("manifest SHA-256: {groups}", groups=groups))


def _tell_lacking(manifest: Manifest) -> int:
    """Say what could not be fetched; the exit status."""
    from ..queries.evidence.captured import lacking_words  # noqa: PLC0415

    for text in lacking_words(manifest):
        _say(text, err=True)
    return 3 if manifest.lacking else 0


def _say(text: str, *, err: bool = False) -> None:
    click.echo(printable(text), err=err)
