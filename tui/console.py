"""The console: what happens to it, and which of its parts sees to that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from rich.console import RenderableType
from textual import events
from textual.app import App, SystemCommand
from textual.command import CommandPalette
from textual.driver import Driver
from textual.screen import Screen

from ..queries.answers import Answer
from ..queries.asking import Scope
from ..queries.language import tr
from ..queries.questions import Pack
from ..queries.source import Waiting
from ..queries.uncollected import resume
from ..themes import Theme, load_theme
from . import messages
from .arrivals import Arrivals
from .beginning import Beginning
from .board import Board
from .casebook.casebook import Casebook
from .countdown import Countdown
from .crash import crash_words
from .device_names import DeviceNames
from .driver import FrugalDriver
from .ending import Ending
from .keymap import REGISTRY, Keymap
from .opening import Request, now_utc
from .panes import Panes
from .pasting import Pasting
from .places import PlaceKeeper
from .rarities import Rarities
from .resuming import Resuming
from .scoping import Scoping
from .screens.investigation import InvestigationScreen
from .screens.standing import Counts
from .suspending import Suspending
from .theming import dress
from .verdicts import Verdicts
from .widgets.pane import Pane

if TYPE_CHECKING:
    from ..queries.hints.hinting import Hinting
    from .errands import Errands
    from .investigation import Investigation
    from .pane_rows import PaneRows
    from .pivoting import Travels


class Console(App[str]):
    """Gives back a problem that ended it, in one line; None when the analyst left."""

    CSS_PATH = "console.tcss"
    TITLE = "iotriage"
    # The palette has its key from the registry, like every action.
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list] = []  # type: ignore[type-arg]

    def __init__(
        self,
        request: Request,
        pack: Pack,
        casebook: Casebook,
        analyst: str,
        *,
        theme: Theme | str = "dark",
        keymap: Keymap = REGISTRY,
        ascii_only: bool = False,
        clock: Callable[[], datetime] = now_utc,
        seconds: Callable[[], float] = monotonic,
        driver_class: type[Driver] | None = None,
        places: PlaceKeeper | None = None,
        ending: Ending | None = None,
        hinting: Hinting | None = None,
    ) -> None:
        """``clock`` is for moments that are kept or shown, ``seconds`` for how long things wait.

        Without ``places`` nobody is asked whether to go on where they were; without ``ending``
        signals do what they do to any process; without ``hinting`` rows are held against what the
        request asks for.
        """
        super().__init__(driver_class=driver_class)
        self.pack = pack
        self.request = request
        self.casebook = casebook
        self.analyst = analyst
        self.clock = clock
        self.seconds = seconds
        self.ascii_only = ascii_only
        self.keymap = keymap
        self.set_keymap(self.keymap.bindings())
        self.set_class(ascii_only, "ascii")
        self.investigation: Investigation | None = None
        self.board = Board(casebook, ascii_only=ascii_only)
        self.panes = Panes(self)
        self._names = DeviceNames()
        self.verdicts = Verdicts(self)
        self.rarities = Rarities(self)
        self.resuming = Resuming(self, places)
        self._hinting = hinting
        self._pasting = Pasting(self)
        self._ending = ending
        self.beginning = Beginning(self)
        self.scoping = Scoping(self)
        self.arrivals = Arrivals(self)
        self.countdown = Countdown(self)
        #: Called when something has come in; for a dialog that shows how panes stand.
        self.news: Callable[[], object] = lambda: None
        dress(self, theme if isinstance(theme, Theme) else load_theme(theme))

    # Opening

    def on_load(self) -> None:
        # Before the terminal is taken: whoever ends us from now on gets it back.
        if self._ending is not None:
            self._ending.watch(asyncio.get_running_loop(), self.exit)

    @cached_property
    def hinting(self) -> Hinting:
        return self._hinting or self.request.open_hinting()

    @cached_property
    def errands(self) -> Errands:
        # What opens dialogs is loaded with the first of them: the first frame has none.
        from .errands import Errands  # noqa: PLC0415

        return Errands(self)

    @cached_property
    def travels(self) -> Travels:
        from .pivoting import Travels  # noqa: PLC0415

        return Travels(self)

    def get_default_screen(self) -> Screen[None]:
        self.main = InvestigationScreen(self, ascii_only=self.ascii_only)
        return self.main

    def on_mount(self) -> None:
        if self._ending is not None and self._driver is not None:
            Suspending(self._driver).watch()
        # The screen first: reading evidence leaves little of the processor to whoever draws.
        self.call_after_refresh(self._begin)
        self.set_interval(1.0, self._every_second)

    def on_resize(self, event: events.Resize) -> None:
        if self._size is None or not isinstance(self._driver, FrugalDriver):
            return
        if event.size == self._size and self._driver._in_band_window_resize:
            # Terminals that tell their size themselves begin with the one that is known.
            return
        self._driver.forget()
        if event.size == self.screen.outer_size:
            # There and back, before the other size was laid out: for Textual nothing has changed,
            # but the terminal has lost what it showed.
            self.screen.refresh()

    def _begin(self) -> None:
        resume()
        self.beginning.open()

    def _every_second(self) -> None:
        self.verdicts.follow()
        self.resuming.keep()

    def on_opening_goes_on(self, event: messages.OpeningGoesOn) -> None:
        self.beginning.go_on(event.words, event.waiting)

    def on_workspaces_found(self, event: messages.WorkspacesFound) -> None:
        self.beginning.choose(event.wanted)

    def on_code_given(self, event: messages.CodeGiven) -> None:
        self.beginning.show_code(event.code)

    def on_opened(self, event: messages.Opened) -> None:
        self.beginning.take(event)

    # What workers and panes tell

    def on_arrived(self, event: messages.Arrived) -> None:
        self.arrivals.answered(event.arrival)

    def on_delayed(self, event: messages.Delayed) -> None:
        self.arrivals.delayed(event.delay)

    def on_hints_came(self, event: messages.HintsCame) -> None:
        self.arrivals.hinted(event.arrival)

    def on_pane_looked(self, event: Pane.Looked) -> None:
        self.arrivals.looked(event.pane.question)

    def on_fetched(self, event: messages.Fetched) -> None:
        event.show()

    # Leaving

    @property
    def is_over(self) -> bool:
        """The screen is gone, or going: what comes now has come too late."""
        return self._exit or not self.is_running

    def exit(
        self,
        result: str | None = None,
        return_code: int = 0,
        message: RenderableType | None = None,
    ) -> None:
        # Whatever the screen has become, it is left.
        with suppress(Exception):
            self.resuming.keep()
        super().exit(result, return_code, message)

    def on_unmount(self) -> None:
        self.rarities.forget()
        if self.investigation is not None:
            self.investigation.close()

    def _handle_exception(self, error: Exception) -> None:
        # Textual would print a traceback with the values of local variables: evidence.
        if self.is_headless:
            super()._handle_exception(error)
            return
        self.exit(crash_words(error), return_code=1)

    # What the screen reads

    @property
    def scope(self) -> Scope | None:
        return self.investigation.scope if self.investigation else None

    @property
    def devices(self) -> Answer | None:
        return self.investigation.answer("devices") if self.investigation else None

    @property
    def device_name(self) -> str:
        return self._names.of(self.scope.device, self.devices) if self.scope else ""

    @property
    def source_words(self) -> str:
        return self.investigation.source.name if self.investigation else tr("opening")

    @property
    def reading_words(self) -> str:
        return self.beginning.words

    def rows(self, name: str) -> PaneRows | None:
        return self.board.rows(name)

    def rows_of(self, name: str) -> PaneRows:
        """The rows of a pane that has been answered."""
        rows = self.board.rows(name)
        assert rows is not None
        return rows

    @property
    def driver(self) -> Driver | None:
        return self._driver

    def is_asking(self, name: str) -> bool:
        return self.investigation is not None and self.investigation.is_asking(name)

    def waiting(self, name: str) -> Waiting | None:
        if self.investigation is not None:
            return self.investigation.waiting(name)
        return self.beginning.waiting if name == "devices" else None

    def counts(self) -> Counts:
        return self.board.counts()

    def suspicious_devices(self) -> frozenset[tuple[str, str]]:
        return frozenset(self.casebook.suspicious_devices())

    # What is told to the analyst, and what they tell

    def tell(self, text: str, *, bad: bool = False) -> None:
        from .toasts import toast  # noqa: PLC0415 - the first frame has none

        toast(self, text, bad=bad)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        from .palette import palette_commands  # noqa: PLC0415 - the first frame has none

        return palette_commands(self)

    def action_command_palette(self) -> None:
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(CommandPalette(placeholder=tr("name of an action")))

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Paste) and not event.is_forwarded:
            self._pasting.take(event)
        else:
            await super().on_event(event)
