"""From what was asked for on the command line to a source, a pack, a window and a device."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from ..queries.answers import Answer, Status, rfc3339
from ..queries.asking import Scope, ask
from ..queries.held import asked_of, is_endpoint_only
from ..queries.language import tr
from ..queries.packs.loading import load_pack
from ..queries.printable import printable
from ..queries.questions import Pack
from ..queries.source import Cancellation, ShowCode, Source, Tell, nobody
from ..queries.window import Window, WindowError, parse_moment, parse_span
from .online import Online, WorkspaceWanted, remember
from .settings import packs_path

if TYPE_CHECKING:
    from ..queries.hints.hinting import Hinting
    from ..queries.hints.rules import RuleSet
    from ..queries.log_analytics.listing import ListedWorkspace

Progress = Callable[[str, int, int], None]


class UsageProblem(Exception):  # noqa: N818 - a wrong call is no error of ours
    """Wrong words on the command line; exit status 2."""


class Problem(Exception):  # noqa: N818
    """Something failed that the words asked for; exit status 1."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the flags, variables and settings say, unresolved."""

    demo: bool = False
    evidence: str | None = None
    device: str | None = None
    hub: str | None = None
    last: str | None = None
    since: str | None = None
    until: str | None = None
    pack: str | None = None
    rules: str | None = None
    threats: str | None = None
    online: Online | None = None

    @property
    def is_demo(self) -> bool:
        return self.demo or not (self.evidence or self.online)

    def with_workspace(self, chosen: ListedWorkspace) -> Request:
        """This request with the workspace that was chosen, which is remembered."""
        assert self.online is not None
        remember(chosen.id)
        names = ((chosen.id, chosen.name),)
        return replace(self, online=replace(self.online, workspaces=(chosen.id,), names=names))

    def check(self) -> None:
        """Raises UsageProblem for words that contradict each other or cannot be read."""
        if self.last and (self.since or self.until):
            raise UsageProblem(tr("--last goes alone: give it, or --since and --until"))
        if self.until and not self.since:
            raise UsageProblem(tr("--until needs --since"))
        try:
            if self.last:
                parse_span(self.last)
            if self.since and self.until:
                Window(parse_moment(self.since), parse_moment(self.until))
            elif self.since:
                parse_moment(self.since)
        except WindowError as error:
            raise UsageProblem(printable(str(error))) from None

    def open_hinting(self) -> Hinting:
        """Raises RulesError, ThreatsError."""
        # What rows are held against is needed once there are rows.
        from ..queries.hints.hinting import Hinting  # noqa: PLC0415
        from ..queries.hints.rules import open_rules  # noqa: PLC0415

        threats = None
        if self.threats:
            from ..queries.hints.threats import open_threats  # noqa: PLC0415

            threats = open_threats(self.threats)
        return Hinting(open_rules(self.rules), threats)

    def plain_pack(self) -> Pack:
        """The pack as it is written. Raises PackError."""
        return load_pack(self.pack or "exact", packs_path())

    def completed(self, pack: Pack, rules: RuleSet | None = None) -> Pack:
        """The pack with the questions that hold rules against its rows, told apart by workspace
        where there are several."""
        if rules is not None:
            from ..queries.hints.rules import with_hints  # noqa: PLC0415

            pack = with_hints(pack, rules)
        if self.online is not None and len(self.online.workspaces) > 1:
            return pack.told_apart_by("Workspace")
        return pack

    def open_pack(self, rules: RuleSet | None = None) -> Pack:
        """As :meth:`completed`, of the pack that is asked for. Raises PackError."""
        return self.completed(self.plain_pack(), rules)

    @property
    def may_fit_another(self) -> bool:
        """Nobody has named a pack, and what is there is known once it is opened."""
        return self.pack is None and self.online is None and not self.is_demo

    def fitting(self, pack: Pack, source: Source) -> Pack:
        """The pack for a source: the one that was named, or what fits its tables."""
        if self.may_fit_another and is_endpoint_only(source.missing_tables):
            return load_pack("endpoint")
        return pack

    def open_source(
        self,
        now: datetime,
        progress: Progress | None = None,
        tell: Tell = nobody,
        show_code: ShowCode = nobody,
    ) -> Source:
        """Raises SourceError; WorkspaceWanted where one is to be chosen first."""
        if self.online is not None:
            tables = asked_of(self.open_pack().tables)
            return self.online.open(now_utc, tell, show_code, tables)
        # Imported here: DuckDB and the demo cost start-up time that --help must not pay.
        if self.is_demo:
            from ..queries.demo.kept import demo_evidence  # noqa: PLC0415

            return demo_evidence(now)
        from ..queries.evidence.source import Evidence  # noqa: PLC0415

        assert self.evidence is not None
        return Evidence.open(Path(self.evidence), now, progress)

    def window(self, source: Source) -> Window:
        """What is asked about; ``--last`` ends where the source's newest row does.

        Raises:
            UsageProblem: a window that ends before it starts.
        """
        try:
            if self.last:
                end = source.latest().end
                return Window(end - parse_span(self.last), end)
            if self.since:
                start = parse_moment(self.since)
                end = parse_moment(self.until) if self.until else source.latest().end
                return Window(start, end)
        except WindowError as error:
            raise UsageProblem(printable(str(error))) from None
        if self.is_demo:
            return source.latest()
        return source.default_window()


def now_utc() -> datetime:
    return datetime.now(UTC)


def devices_of(
    source: Source,
    pack: Pack,
    hub: str,
    window: Window,
    cancellation: Cancellation | None = None,
    *,
    tell: Tell = nobody,
) -> Answer:
    """The device picker's answer; every hub where ``hub`` is empty."""
    return ask(source, pack.questions["devices"], Scope("", hub, window), cancellation, tell=tell)


def scope_of(request: Request, source: Source, pack: Pack, window: Window) -> Scope:
    """The device the request names, on the hub where it is found.

    Raises:
        UsageProblem: no device named, or one that several hubs have.
        Problem: a device that is not there.
    """
    _named(request)
    return scope_in(
        request, source.name, window, devices_of(source, pack, request.hub or "", window)
    )


def scope_in(request: Request, source: str, window: Window, answer: Answer) -> Scope:
    """As :func:`scope_of`, from the picker's answer; ``source`` is the source's name."""
    if answer.status is Status.FAILED:
        raise Problem(tr("the devices cannot be listed: {reason}", reason=answer.failure))
    rows, device = answer.records(), _named(request)
    shown = printable(device)
    called = sorted({row["DeviceId"] for row in rows if row.get("DeviceName") == device})
    if called and not any(row["DeviceId"] == device for row in rows):
        if len(called) > 1:
            raise UsageProblem(
                tr(
                    "{count} devices are called {device!r}: give --device one of {ids}",
                    count=len(called),
                    device=shown,
                    ids=", ".join(map(printable, called)),
                )
            )
        device = called[0]
    hubs = sorted({row["Hub"] for row in rows if row["DeviceId"] == device})
    if len(hubs) == 1:
        return Scope(device, hubs[0], window)
    if hubs:
        names = ", ".join(printable(hub) for hub in hubs)
        raise UsageProblem(
            tr(
                "device {device!r} is on {count} hubs: give --hub, one of {hubs}",
                device=shown,
                count=len(hubs),
                hubs=names,
            )
        )
    known = sorted(
        {row[name] for row in rows for name in ("DeviceId", "DeviceName") if name in row}
    )
    near = get_close_matches(device, known, n=1)
    hint = (
        tr("did you mean {name!r}?", name=printable(near[0]))
        if near
        else tr("iotriage devices lists them")
    )
    where = tr(" on hub {hub!r}", hub=printable(request.hub)) if request.hub else ""
    raise Problem(
        tr(
            "no device {device!r}{where} between {start} and {end} in {source}; {hint}",
            device=shown,
            where=where,
            start=rfc3339(window.start),
            end=rfc3339(window.end),
            source=printable(source),
            hint=hint,
        )
    )


def _named(request: Request) -> str:
    if not request.device:
        raise UsageProblem(tr("no device named: give --device ID (iotriage devices lists them)"))
    return request.device


__all__ = [
    "Problem",
    "Progress",
    "Request",
    "UsageProblem",
    "WorkspaceWanted",
    "devices_of",
    "now_utc",
    "scope_in",
    "scope_of",
]
