"""How a console begins: the source is opened in a thread, and may want something first."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING

from ..queries.answers import Answer, Status
from ..queries.language import tr, translatable
from ..queries.printable import printable
from ..queries.source import SourceError, Waiting
from ..queries.window import Window
from .messages import CodeGiven, Opened, OpeningGoesOn, WorkspacesFound
from .opening import Problem, Request, UsageProblem, WorkspaceWanted, scope_in

if TYPE_CHECKING:
    from .console import Console

_COLUMNS = (
    translatable("Name"),
    translatable("Resource group"),
    translatable("Subscription"),
    translatable("Location"),
    translatable("Id"),
)


class Beginning:
    """From the request to a source, a window and the device that was named.

    Attributes:
        words: what is being done, for as long as there are no devices.
        waiting: what the opening waits for.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._is_to_locate = bool(console.request.device)
        self.words = _first_words(console.request)
        self.waiting: Waiting | None = None

    def open(self) -> None:
        """Open the source; Opened or WorkspacesFound tells how that went."""
        Thread(target=self._open, daemon=True, name="open-source").start()

    def _open(self) -> None:
        console = self._console
        post = console.post_message
        try:
            source = console.request.open_source(
                console.clock(),
                self._tell_progress,
                lambda waiting: post(OpeningGoesOn(waiting=waiting)),
                lambda code: post(CodeGiven(code)),
            )
            pack = console.request.completed(console.pack, console.hinting.rules)
            pack = console.request.fitting(pack, source)
            window = console.request.window(source)
            place, complaint = console.resuming.left(source.name)
        except WorkspaceWanted as wanted:
            post(WorkspacesFound(wanted))
        except (SourceError, UsageProblem) as error:
            post(Opened(None, None, str(error)))
        except Exception as error:
            post(Opened(None, None, f"{type(error).__name__}: {error}"[:300]))
        else:
            post(Opened(source, window, pack=pack, place=place, complaint=complaint))

    def _tell_progress(self, name: str, number: int, total: int) -> None:
        if number in (1, total) or number % 25 == 0:
            words = tr(
                "reading {name} ({number} of {total})",
                name=printable(name),
                number=number,
                total=total,
            )
            self._console.post_message(OpeningGoesOn(words))

    def go_on(self, event: OpeningGoesOn) -> None:
        """Keep what is read or waited for."""
        self.words = event.words or self.words
        self.waiting = event.waiting

    def choose(self, wanted: WorkspaceWanted) -> None:
        """Let the analyst choose a workspace, and open that; without one there is nothing to do."""
        from .screens.dialogs import PickOne  # noqa: PLC0415 - most begin without a choice

        console, found = self._console, wanted.workspaces
        self.waiting = None

        def chosen(index: int | None) -> None:
            if index is None:
                console.exit()
                return
            console.request = console.request.with_workspace(found[index])
            self.words = tr("opening {name} …", name=printable(found[index].name))
            console.main.draw_devices()
            self.open()

        rows = [
            tuple(map(printable, (w.name, w.resource_group, w.subscription, w.location, w.id)))
            for w in found
        ]
        last = [one.id.lower() for one in found]
        at = last.index(wanted.remembered.lower()) if wanted.remembered.lower() in last else 0
        picker = PickOne(
            tr("Which workspace?"),
            tuple(map(tr, _COLUMNS)),
            rows,
            cursor=at,
            escape=translatable("leaves"),
            ascii_only=console.ascii_only,
        )
        console.push_screen(picker, chosen)

    def locate(self, source: str, window: Window, answer: Answer) -> None:
        """Open the device that was named, once the devices have come; end where it is not there."""
        if not self._is_to_locate or answer.status is Status.FAILED:
            return
        self._is_to_locate = False
        console = self._console
        try:
            scope = scope_in(console.request, source, window, answer)
        except (Problem, UsageProblem) as error:
            console.exit(str(error))
            return
        console.open_device(scope.device, scope.hub)
        console.main.show_pane("alerts")


def _first_words(request: Request) -> str:
    if request.online is None:
        return tr("reading the evidence …")
    if request.online.is_choosing:
        return tr("asking for the workspaces …")
    return tr("opening the workspace …")
