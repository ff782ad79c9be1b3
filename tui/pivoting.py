"""From a value to every device on which it occurs, to one of them, and back."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Thread
from typing import TYPE_CHECKING

from ..queries.answers import Answer, Status, Value
from ..queries.asking import Scope, as_failed, ask
from ..queries.language import tr, translatable
from ..queries.pivot import QUESTION, Kind, Wanted, asked_for, values_in
from ..queries.printable import printable
from ..queries.questions import Pack
from ..queries.source import Cancellation
from ..queries.wording import counted
from .messages import Fetched
from .pane_rows import PaneRows
from .places import LONGEST_FILTER, PanePlace, Place
from .screens.dialogs import PickOne
from .screens.pivot import PivotScreen
from .words import status_words

if TYPE_CHECKING:
    from .console import Console

KINDS = {
    Kind.ADDRESS: translatable("address"),
    Kind.USER: translatable("user"),
    Kind.EXECUTABLE: translatable("executable"),
    Kind.PORT: translatable("port"),
    Kind.TEXT: translatable("text"),
}
_ALERTS = "SecurityAlert"


class Pivoting:
    """Chooses a value, asks where it occurs, and opens the device that is chosen there."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def choose(self, name: str, record: Mapping[str, Value]) -> None:
        """One of the values of a row; asked for at once where there is but one."""
        console = self._console
        if not self._can_ask():
            return
        values = values_in(console.panes.question(name), record)
        if not values:
            console.tell(tr("this row has no value to look for"))
        elif len(values) == 1:
            self.look_for(values[0])
        else:
            rows = [
                (printable(each.column), tr(KINDS[each.kind]), printable(each.value))
                for each in values
            ]

            def done(index: int | None) -> None:
                if index is not None:
                    self.look_for(values[index])

            labels = (tr("Column"), tr("Kind"), tr("Value"))
            title = tr("Where else is which value?")
            picker = PickOne(title, labels, rows, ascii_only=console.ascii_only)
            console.push_screen(picker, done)

    def _can_ask(self) -> bool:
        known = QUESTION in self._console.pack.questions
        if not known:
            words = tr("this pack has no question {name}", name=QUESTION)
            self._console.tell(words, bad=True)
        return known

    def look_for(self, wanted: Wanted) -> None:
        """Ask where one value occurs."""
        console, scope = self._console, self._console.scope
        if scope is None or not self._can_ask():
            return
        title = tr(
            "Where else: {kind} {value}", kind=tr(KINDS[wanted.kind]), value=printable(wanted.value)
        )
        look = _Look(console, wanted, scope)
        screen = PivotScreen(title, look.turn, ascii_only=console.ascii_only)

        def done(index: int | None) -> None:
            look.cancel()
            if index is not None and look.rows is not None:
                self._open(wanted, look.rows.record(index), scope)

        look.screen = screen
        look.ask()
        console.push_screen(screen, done)

    def _open(self, wanted: Wanted, record: Mapping[str, Value], scope: Scope) -> None:
        """The pane of that device in which the value occurs, filtered by it."""
        console = self._console
        if not record["DeviceId"]:
            console.tell(tr("no device is named there"), bad=True)
            return
        pane = pane_of(console.pack, str(record["Event"]))
        if not pane:
            console.tell(
                tr("no pane of this pack shows {event}", event=printable(str(record["Event"])))
            )
        panes = {pane: PanePlace(filter=filter_for(wanted.value))} if pane else {}
        console.travels.go(
            Place(
                device=record["DeviceId"],
                hub=record["Hub"],
                start=scope.window.start,
                end=scope.window.end,
                pane=pane or "alerts",
                panes=panes,
            )
        )


class _Look:
    """Asks for one value, on this hub or on all; what comes late is dropped."""

    screen: PivotScreen

    def __init__(self, console: Console, wanted: Wanted, scope: Scope) -> None:
        self._console = console
        self._question = asked_for(console.pack.questions[QUESTION], wanted)
        self._scope = scope
        self._hub = scope.hub
        self._cancellation = Cancellation()
        self.rows: PaneRows | None = None

    def turn(self) -> None:
        """From this hub to all, and back."""
        self._hub = "" if self._hub else self._scope.hub
        self.ask()

    def cancel(self) -> None:
        self._cancellation.cancel()

    def ask(self) -> None:
        self.cancel()
        cancellation = self._cancellation = Cancellation()
        investigation = self._console.investigation
        assert investigation is not None
        source, question = investigation.source, self._question
        scope = Scope("", self._hub, self._scope.window)
        self.rows = None
        words = tr("asking {reach}", reach=self._reach_words())
        self.screen.show(None, [(words, "muted")], words)

        def work() -> None:
            try:
                answer = ask(source, question, scope, cancellation)
            except Exception as error:
                answer = as_failed(question, f"{type(error).__name__}: {error}"[:300])
            if not cancellation.cancelled:
                self._console.post_message(Fetched(lambda: arrived(answer)))

        def arrived(answer: Answer) -> None:
            if not cancellation.cancelled:
                self._show(answer)

        Thread(target=work, daemon=True, name="pivot").start()

    def _show(self, answer: Answer) -> None:
        console = self._console
        self.rows = PaneRows(
            self._question,
            answer,
            console.casebook,
            "",
            self._hub,
            ascii_only=console.ascii_only,
        )
        failed = answer.status is Status.FAILED
        calm = answer.status is Status.COMPLETE
        devices = len({(row["DeviceId"], row["Hub"].lower()) for row in answer.records()})
        words = answer.failure if failed else status_words(answer)
        state = [(words, "muted" if calm else "warning")]
        if not failed:
            state.append((f" · {counted(devices, 'device')} · {self._reach_words()}", "muted"))
        state += [(f" · {notice.text}", "warning") for notice in answer.notices[:1]]
        empty = answer.failure or tr(
            "Nothing is known of it on {reach} in this window.", reach=self._reach_words()
        )
        if console.ascii_only:
            state = [(text.replace("·", "-"), tone) for text, tone in state]
        self.screen.show(self.rows, state, printable(empty))

    def _reach_words(self) -> str:
        return tr("hub {hub}", hub=printable(self._hub)) if self._hub else tr("all hubs")


class Travels:
    """Where the analyst came from, one device after the other."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._places: list[Place] = []

    def go(self, place: Place) -> None:
        """To another device; :meth:`back` leads here again."""
        here = self._console.resuming.here()
        if here is not None:
            self._places.append(here)
        self._console.go(place)
        key = self._console.keymap.key("go-back", self._console.ascii_only)
        self._console.tell(tr("{key} leads back", key=key))

    def back(self) -> None:
        if self._places:
            self._console.go(self._places.pop())
        else:
            self._console.tell(tr("there is nowhere to go back to"))


def pane_of(pack: Pack, event: str) -> str:
    """The pane in which events of this name are seen; "" where there is none."""
    if event == _ALERTS:
        return "alerts"
    panes = (name for name in pack.panes if event in pack.questions[name].raw_events)
    return next(panes, "")


def filter_for(value: str) -> str:
    """What a pane is filtered by to show the value; "" where a filter cannot hold it."""
    is_plain = printable(value) == value and not value.startswith("!")
    return value if is_plain and len(value) <= LONGEST_FILTER else ""
