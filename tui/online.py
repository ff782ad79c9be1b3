"""From the words of the command line to workspaces that answer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from platformdirs import user_log_path, user_state_path

from ..queries.held import USUAL
from ..queries.language import tr
from ..queries.log_analytics.clouds import CLOUDS, AddressError, Cloud, workspace_id
from ..queries.printable import printable
from ..queries.private_files import write_private
from ..queries.source import ShowCode, Source, SourceError, Tell, nobody

if TYPE_CHECKING:
    from ..queries.log_analytics.listing import ListedWorkspace, Listing
    from ..queries.log_analytics.service import Service
    from ..queries.log_analytics.source import LogAnalytics

#: Instead of a GUID: let the analyst pick from a list.
CHOOSE = "choose"
AUTHS = ("cli", "device", "env", "workload", "mi", "default")
TOKEN_CACHES = ("memory", "encrypted", "unencrypted")
#: Seconds; the service allows no more than the last.
TIMEOUTS = (1.0, 600.0)


class WorkspaceWanted(Exception):  # noqa: N818 - a question to the analyst
    """Which workspace? ``remembered`` is the id of the one chosen last, or ""."""

    def __init__(self, workspaces: tuple[ListedWorkspace, ...], remembered: str) -> None:
        super().__init__(tr("several workspaces can be seen"))
        self.workspaces = workspaces
        self.remembered = remembered


@dataclass
class SignedIn:
    """The connection of one request, kept from the list of workspaces to the one chosen."""

    service: Service | None = None


@dataclass(frozen=True, slots=True)
class Online:
    """What the flags say about the service.

    Attributes:
        workspaces: GUIDs, or CHOOSE alone.
        cache: where a device-code sign-in is kept, one of TOKEN_CACHES.
        timeout: seconds that the service may take for one query; None for its own default.
        names: GUID -> name, where a list has told.
    """

    workspaces: tuple[str, ...] = ()
    auth: str = "cli"
    cloud: str = "public"
    endpoint: str | None = None
    audience: str | None = None
    timeout: float | None = None
    cache: str = "memory"
    names: tuple[tuple[str, str], ...] = ()
    signed_in: SignedIn = field(default_factory=SignedIn, compare=False)

    @property
    def is_choosing(self) -> bool:
        return self.workspaces == (CHOOSE,)

    def checked(self) -> Online:
        """Itself, ids in their usual spelling.

        Raises:
            AddressError: a word that cannot be used.
        """
        self.place()
        # Not a number is within every range.
        if self.timeout is not None and not TIMEOUTS[0] <= self.timeout <= TIMEOUTS[1]:
            raise AddressError(
                tr(
                    "--timeout takes seconds, from {least:.0f} to {most:.0f}",
                    least=TIMEOUTS[0],
                    most=TIMEOUTS[1],
                )
            )
        if self.is_choosing:
            return self
        if CHOOSE in self.workspaces:
            raise AddressError(tr("--workspace {choose} goes alone", choose=CHOOSE))
        ids = tuple(dict.fromkeys(map(workspace_id, self.workspaces)))
        return replace(self, workspaces=ids)

    def place(self) -> Cloud:
        """Raises AddressError."""
        return CLOUDS[self.cloud].at(self.endpoint, self.audience)

    def service(self, show_code: ShowCode = nobody) -> Service:
        """The connection; nothing is asked yet."""
        # Azure's packages cost start-up time that nobody else must pay.
        from ..queries.log_analytics.logs import keep_off_the_screen  # noqa: PLC0415
        from ..queries.log_analytics.service import Limits, Service  # noqa: PLC0415
        from ..queries.log_analytics.sign_in import shared_token  # noqa: PLC0415

        if self.signed_in.service is None:
            keep_off_the_screen(user_log_path("iotriage") / "azure.log")
            limits = Limits()
            if self.timeout is not None:
                grace = min(limits.grace, max(1.0, self.timeout / 4))
                limits = Limits(query=self.timeout, grace=grace)
            place = self.place()
            token = shared_token(self.auth, place, show_code, self.cache)
            self.signed_in.service = Service(place, token, limits)
        return self.signed_in.service

    def listing(self, tell: Tell = nobody, show_code: ShowCode = nobody) -> Listing:
        """The workspaces that the account can see.

        Raises:
            SourceError: they cannot be listed.
        """
        from ..queries.log_analytics.failures import ServiceFailure  # noqa: PLC0415
        from ..queries.log_analytics.listing import list_workspaces  # noqa: PLC0415
        from ..queries.log_analytics.service import Stopped  # noqa: PLC0415
        from ..queries.source import Cancellation  # noqa: PLC0415

        try:
            return list_workspaces(
                self.service(show_code), self.place().management, Cancellation(), tell
            )
        except ServiceFailure as failure:
            raise SourceError(
                tr("the workspaces cannot be listed: {reason}", reason=failure)
            ) from None
        except Stopped:
            raise SourceError(tr("the workspaces cannot be listed: stopped")) from None

    def open(
        self,
        clock: Callable[[], datetime],
        tell: Tell = nobody,
        show_code: ShowCode = nobody,
        tables: tuple[str, ...] = USUAL,
    ) -> Source:
        """All workspaces that were named, as one source; ``tables`` are looked for in them.

        Raises:
            SourceError: none of them can be asked.
            WorkspaceWanted: one is to be chosen.
        """
        if self.is_choosing:
            listing = self.listing(tell, show_code)
            if not listing.workspaces:
                why = f": {listing.troubles[0]}" if listing.troubles else ""
                raise SourceError(
                    tr("this account sees no workspace{why}; give --workspace GUID", why=why)
                )
            raise WorkspaceWanted(listing.workspaces, _remembered())
        from ..queries.log_analytics.workspaces import Workspaces  # noqa: PLC0415

        opened, problems = self._opened(clock, tell, show_code, tables)
        if len(problems) == len(self.workspaces):
            self.service().close()
            raise SourceError(str(problems[0]))
        if len(opened) == 1:
            return next(iter(opened.values()))
        return Workspaces(opened)

    def _opened(
        self,
        clock: Callable[[], datetime],
        tell: Tell,
        show_code: ShowCode,
        tables: tuple[str, ...],
    ) -> tuple[dict[str, LogAnalytics], list[SourceError]]:
        from ..queries.log_analytics.source import LogAnalytics  # noqa: PLC0415

        service, names = self.service(show_code), dict(self.names)
        found: dict[str, LogAnalytics] = {}
        problems: list[SourceError] = []

        def look(guid: str) -> None:
            name = names.get(guid, "")
            try:
                found[guid] = LogAnalytics.open(
                    service, guid, clock, name=name, tables=tables, tell=tell
                )
            except Exception as error:
                problem = error if isinstance(error, SourceError) else _unforeseen(guid, error)
                # Beside others that answer it is asked all the same: it may come back.
                found[guid] = LogAnalytics.unseen(service, guid, clock, name=name)
                problems.append(problem)

        threads = [
            Thread(target=look, args=(guid,), daemon=True, name="open-workspace")
            for guid in self.workspaces
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return {label: found[guid] for guid, label in labels(self.workspaces).items()}, problems


def labels(guids: tuple[str, ...]) -> dict[str, str]:
    """GUID -> what stands in the rows: its first part, where that tells it from all others."""
    short = [guid.partition("-")[0] for guid in guids]
    if len(set(short)) < len(guids):
        return dict(zip(guids, guids, strict=True))
    return dict(zip(guids, short, strict=True))


def _unforeseen(guid: str, error: Exception) -> SourceError:
    why = f"{type(error).__name__}: {error}"
    return SourceError(tr("workspace {called}: {failure}", called=guid, failure=why)[:300])


def _memory() -> Path:
    return user_state_path("iotriage") / "workspace"


def _remembered() -> str:
    try:
        return workspace_id(_memory().read_text(encoding="utf-8")[:100])
    except (OSError, UnicodeDecodeError, AddressError):
        return ""


def remember(guid: str) -> None:
    """Next time the list opens on this workspace; where that cannot be kept nothing is lost."""
    with suppress(OSError):
        write_private(_memory(), f"{guid}\n".encode())


def code_words(uri: str, code: str, until: str) -> str:
    """What is to be done with a device code, in one line."""
    return tr(
        "to sign in, open {uri} and enter {code} (until {until} UTC)",
        uri=printable(uri),
        code=printable(code),
        until=until,
    )
