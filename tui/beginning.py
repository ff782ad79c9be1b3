"""How a console begins: the source is opened in a thread, and may want something first."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING

from ..queries.answers import Answer, Status
from ..queries.language import tr, translatable
from ..queries.printable import printable
from ..queries.source import DeviceCode, SourceError, Waiting
from .messages import (
    Arrived,
    CodeGiven,
    Delayed,
    HintsCame,
    Opened,
    OpeningGoesOn,
    WorkspacesFound,
)
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

    def go_on(self, words: str, waiting: Waiting | None) -> None:
        """Keep what is read or waited for, and draw it."""
        if self._console.is_over:
            return
        self.words = words or self.words
        self.waiting = waiting
        self._console.main.draw_devices()
        self._console.countdown.follow()

    def show_code(self, code: DeviceCode | None) -> None:
        """Show the code that somebody has to sign in with; None: nobody has to any more."""
        from .screens.sign_in import show_code  # noqa: PLC0415 - most need none

        console = self._console
        copy, ascii_only = console.errands.copying.text, console.ascii_only
        show_code(console, code, copy, console.clock, ascii_only=ascii_only)

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

    def take(self, event: Opened) -> None:
        """Ask for the devices, once the source is open; end where it could not be opened."""
        console = self._console
        if console.is_over:
            if event.source is not None:
                event.source.close()
            return
        if event.source is None or event.window is None:
            console.exit(event.problem)
            return
        from .investigation import Investigation  # noqa: PLC0415 - the first frame has none

        console.scoping.window = event.window
        console.pack = event.pack or console.pack
        console.investigation = Investigation(
            event.source,
            console.pack,
            lambda arrival: console.post_message(Arrived(arrival)),
            lambda delay: console.post_message(Delayed(delay)),
            hinting=console.hinting,
            hint=lambda arrival: console.post_message(HintsCame(arrival)),
        )
        self._tell_of_refused_rules()
        self.words = tr("asking for the devices …")
        console.scoping.list_devices()
        console.main.draw_all()
        console.resuming.offer(event.window, event.place, event.complaint)

    def _tell_of_refused_rules(self) -> None:
        refused = self._console.hinting.rules.refused
        if refused:
            self._console.tell(
                tr(
                    "{count} of your rules are not used: {key} in a pane tells why",
                    count=len(refused),
                    key=self._console.keymap.key("info"),
                ),
                bad=True,
            )

    def locate(self, answer: Answer) -> None:
        """Open the device that was named, once the devices have come; end where it is not there."""
        if not self._is_to_locate or answer.status is Status.FAILED:
            return
        self._is_to_locate = False
        console, window = self._console, self._console.scoping.window
        assert window is not None
        try:
            scope = scope_in(console.request, console.source_words, window, answer)
        except (Problem, UsageProblem) as error:
            console.exit(str(error))
            return
        console.scoping.open_device(scope.device, scope.hub)
        console.main.show_pane("alerts")


def _first_words(request: Request) -> str:
    if request.online is None:
        return tr("reading the evidence …")
    if request.online.is_choosing:
        return tr("asking for the workspaces …")
    return tr("opening the workspace …")
