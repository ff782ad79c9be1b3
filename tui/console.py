"""The console: opens the source, keeps the investigation and the casebook, answers the screen."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from rich.console import RenderableType
from textual import events
from textual.app import App, SystemCommand
from textual.command import CommandPalette
from textual.driver import Driver
from textual.screen import Screen
from textual.timer import Timer

from ..queries.answers import Answer
from ..queries.asking import Scope
from ..queries.language import tr
from ..queries.questions import Pack, Question
from ..queries.source import Waiting
from ..queries.uncollected import resume
from ..queries.window import Window
from ..themes import Theme, ThemeError, load_theme
from .beginning import Beginning
from .board import Board
from .casebook.casebook import Casebook
from .crash import crash_words
from .device_names import names_in
from .driver import FrugalDriver
from .ending import Ending
from .keymap import REGISTRY, Keymap
from .messages import (
    Arrived,
    CodeGiven,
    Delayed,
    Fetched,
    HintsCame,
    Opened,
    OpeningGoesOn,
    WorkspacesFound,
)
from .opening import Request, UsageProblem, now_utc
from .panes import Panes
from .pasting import Pasting
from .places import Place, PlaceKeeper
from .rarities import Rarities
from .reporting import opened_case
from .resuming import Resuming
from .screens.investigation import InvestigationScreen
from .screens.standing import Counts
from .suspending import Suspending
from .terminal_text import speaks_utf8
from .theme_choice import mistake, open_theme
from .theming import dress
from .verdicts import Verdicts
from .widgets.pane import Pane
from .widgets.text_cells import shown

if TYPE_CHECKING:
    from ..queries.hints.hinting import Hinting
    from ..queries.prevalence import Prevalence
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
        self._window: Window | None = None
        self.investigation: Investigation | None = None
        self.board = Board(casebook, ascii_only=ascii_only)
        self.panes = Panes(self)
        self._named: tuple[Answer | None, Mapping[str, str]] = None, {}
        self.verdicts = Verdicts(self)
        self.rarities = Rarities(self)
        self.resuming = Resuming(self, places)
        self._hinting = hinting
        self._pasting = Pasting(self)
        self._ending = ending
        self._beginning = Beginning(self)
        self._ticker: Timer | None = None
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
        self._beginning.open()

    def _every_second(self) -> None:
        self.verdicts.follow()
        self.resuming.keep()

    def on_opening_goes_on(self, event: OpeningGoesOn) -> None:
        if self._is_over:
            return
        self._beginning.go_on(event)
        self.main.draw_devices()
        self._count_down()

    def on_workspaces_found(self, event: WorkspacesFound) -> None:
        self._beginning.choose(event.wanted)

    def on_code_given(self, event: CodeGiven) -> None:
        from .screens.sign_in import show_code  # noqa: PLC0415

        copy, ascii_only = self.errands.copy_text, self.ascii_only
        show_code(self, event.code, copy, self.clock, ascii_only=ascii_only)

    @property
    def _is_over(self) -> bool:
        """The screen is gone, or going: what comes now has come too late."""
        return self._exit or not self.is_running

    def on_opened(self, event: Opened) -> None:
        if self._is_over:
            if event.source is not None:
                event.source.close()
            return
        if event.source is None or event.window is None:
            self.exit(event.problem)
            return
        self._window = event.window
        from .investigation import Investigation  # noqa: PLC0415 - the first frame has none

        if event.pack is not None and event.pack is not self.pack:
            self.pack = event.pack
        self.investigation = Investigation(
            event.source,
            self.pack,
            lambda arrival: self.post_message(Arrived(arrival)),
            lambda delay: self.post_message(Delayed(delay)),
            hinting=self.hinting,
            hint=lambda arrival: self.post_message(HintsCame(arrival)),
        )
        self._tell_of_refused_rules()
        self._beginning.words = tr("asking for the devices …")
        self._list_devices()
        self.main.draw_all()
        self.resuming.offer(event.window, event.place, event.complaint)

    def _list_devices(self) -> None:
        assert self.investigation is not None
        assert self._window is not None
        self.investigation.list_devices(Scope("", self.request.hub or "", self._window))

    def on_arrived(self, event: Arrived) -> None:
        investigation = self.investigation
        if self._is_over or investigation is None or not investigation.accept(event.arrival):
            return
        name = event.arrival.question
        if name == "devices":
            assert self._window is not None
            self.main.draw_devices(keep_cursor=True)
            answer, source = event.arrival.answer, investigation.source
            self._beginning.locate(source.name, self._window, answer)
            self.resuming.listed(answer)
        elif name == "coverage":
            # What was heard of the device changes what every other pane can be said to know.
            for pane in self.panes.names:
                self.renew(pane)
        else:
            self.renew(name)
        # It may have been the turn of others with that.
        self.main.draw_unanswered()
        self.main.draw_frame()
        self.news()
        self._count_down()
        self.rarities.go_on()

    def _tell_of_refused_rules(self) -> None:
        refused = self.hinting.rules.refused
        if refused:
            self.tell(
                tr(
                    "{count} of your rules are not used: {key} in a pane tells why",
                    count=len(refused),
                    key=self.keymap.key("info"),
                ),
                bad=True,
            )

    def on_hints_came(self, event: HintsCame) -> None:
        investigation, name = self.investigation, event.arrival.question
        if self._is_over or investigation is None or not investigation.take_hints(event.arrival):
            return
        rows, pane = self.rows(name), self.main.pane(name)
        if rows is None:
            return
        # The row under the cursor stays there: a verdict may be on its way.
        place = rows.place(pane.table.cursor_row) if len(rows) else None
        rows.hinted = investigation.hinted(name)
        self.main.draw_pane(name, keep_cursor=True)
        if pane.hints_first and place is not None:
            rows.selection.anchor = None
            if (index := rows.index_of(place)) is not None:
                pane.table.move_to(index)

    def on_pane_looked(self, event: Pane.Looked) -> None:
        rows = self.rows(event.pane.question)
        if rows is not None and not self._is_over:
            self.resuming.answered(event.pane.question, rows)
            self.main.draw_frame()

    def on_delayed(self, event: Delayed) -> None:
        investigation = self.investigation
        if self._is_over or investigation is None or not investigation.hear(event.delay):
            return
        name = event.delay.question
        if name == "devices":
            self.main.draw_devices()
        elif name != "coverage":
            self.main.draw_pane(name)
        self.news()
        self._count_down()
        self.rarities.go_on()

    def _count_down(self) -> None:
        """Let the seconds be seen of whatever is asked again; no clock runs but for that."""
        waiting = [self.waiting(name) for name in ("devices", *self.panes.names)]
        counts = any(wait is not None and wait.until is not None for wait in waiting)
        if counts and self._ticker is None:
            self._ticker = self.set_interval(1.0, self._tick)
        elif self._ticker is not None and not counts:
            self._ticker.stop()
            self._ticker = None

    def _tick(self) -> None:
        if self._is_over:
            return
        self.main.count_down()
        self._count_down()

    def renew(self, name: str) -> None:
        """Draw a pane that was answered, or whose answer can be said to know more."""
        assert self.investigation is not None
        answer, scope = self.investigation.answer(name), self.scope
        if answer is None or scope is None:
            return
        known = self.board.put(
            self.panes.question(name), answer, scope, self.investigation.hinted(name)
        )
        self.rows_of(name).learn(self.rarities.of(name))
        self.main.draw_pane(name, keep_cursor=known)
        self.resuming.answered(name, self.rows_of(name))

    def learned(self, name: str) -> None:
        """How rare the rows of a pane are has come."""
        rows = self.rows(name)
        if rows is not None and not self._is_over:
            rows.learn(self.rarities.of(name))
            if self.main.has_pane(name):
                self.main.draw_pane(name, keep_cursor=not self.main.pane(name).by_rarity)

    def _handle_exception(self, error: Exception) -> None:
        # Textual would print a traceback with the values of local variables: evidence.
        if self.is_headless:
            super()._handle_exception(error)
            return
        self.exit(crash_words(error), return_code=1)

    def on_fetched(self, event: Fetched) -> None:
        event.show()

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

    # What the screen reads

    @property
    def scope(self) -> Scope | None:
        return self.investigation.scope if self.investigation else None

    @property
    def devices(self) -> Answer | None:
        return self.investigation.answer("devices") if self.investigation else None

    @property
    def device_name(self) -> str:
        if self.devices is not self._named[0]:
            self._named = self.devices, names_in(self.devices)
        return self._named[1].get(self.scope.device, "") if self.scope else ""

    @property
    def source_words(self) -> str:
        return self.investigation.source.name if self.investigation else tr("opening")

    @property
    def reading_words(self) -> str:
        return self._beginning.words

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
        return self._beginning.waiting if name == "devices" else None

    def counts(self) -> Counts:
        return self.board.counts()

    def tab(self, name: str) -> tuple[str, str, str]:
        """(title, row count, sign) of a pane."""
        return self.board.tab(self.panes.question(name))

    def prevalence(self, name: str) -> Prevalence | None:
        return self.rarities.of(name)

    def suspicious_devices(self) -> frozenset[tuple[str, str]]:
        return frozenset(self.casebook.suspicious_devices())

    # What the screen wants done

    def open_device(self, device: str, hub: str) -> None:
        if self._window is not None:
            self._open_scope(Scope(device, hub, self._window))

    def go(self, place: Place) -> None:
        """Open a device, in its window and at its pane."""
        if self._window != place.window:
            self._window = place.window
            self._list_devices()
        self.resuming.go(place)

    def go_back(self) -> None:
        self.travels.back()

    def _open_scope(self, scope: Scope) -> None:
        assert self.investigation is not None
        self.board.clear()
        self.rarities.forget()
        self.resuming.forget()
        self.investigation.open(scope)
        self.main.drop_panes()
        self.main.draw_panes()
        self.main.draw_frame()

    def ask_again(self, name: str) -> None:
        if self.investigation is None:
            return
        if name == "devices":
            self._list_devices()
            self.main.draw_devices()
        elif self.scope is not None:
            self.board.drop(name)
            self.rarities.forget(name)
            self.investigation.ask("coverage")
            self.investigation.ask(name)
            self.main.draw_pane(name)
        self.main.draw_frame()

    def open_question(self, question: Question, answer: Answer | None = None) -> None:
        """Show a question besides those of the pack, in a pane of its own."""
        self.panes.open_question(question, answer)

    def undo(self) -> None:
        self.verdicts.undo()

    def redo(self) -> None:
        self.verdicts.redo()

    def tell(self, text: str, *, bad: bool = False) -> None:
        # Whole sentences fit; what else a message quotes may be megabytes of a paste.
        cut = text if len(text) <= 500 else f"{text[:500]} ..."
        seconds = 8.0 if bad else 4.0
        self.notify(
            shown(cut, self.ascii_only),
            severity="error" if bad else "information",
            markup=False,
            timeout=seconds,
        )
        # Textual may take it away without drawing what was below it.
        self.set_timer(seconds + 0.5, self._draw_below)

    def _draw_below(self) -> None:
        if not self._is_over:
            self.screen.refresh(layout=True)

    def scale_window(self, factor: float) -> None:
        if self._window is not None:
            self.set_window(self._window.scaled(factor))

    def look_around(self, moment: datetime) -> None:
        if self._window is not None:
            self.set_window(self._window.around(moment))

    def set_window(self, window: Window) -> None:
        self._window = window
        self._list_devices()
        if self.scope is not None:
            self._open_scope(Scope(self.scope.device, self.scope.hub, window))
        else:
            self.main.draw_all()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: the same actions as everywhere, nothing of Textual's own."""
        for action in self.keymap.actions:
            if action.name != "palette":
                keys = action.written(self.ascii_only) or tr("no key")
                yield SystemCommand(
                    _with_capital(self.panes.label(action)),
                    # The palette reads markup.
                    f"{tr(action.help)}  ({keys})".replace("[", r"\["),
                    lambda name=action.name: self.run_worker(self._run(name)),
                )

    def action_command_palette(self) -> None:
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(CommandPalette(placeholder=tr("name of an action")))

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Paste) and not event.is_forwarded:
            self._pasting.take(event)
        else:
            await super().on_event(event)

    async def _run(self, name: str) -> None:
        await self.run_action(f"screen.{name}", self.main)


def _with_capital(label: str) -> str:
    return label[:1].upper() + label[1:]


def run_console(
    request: Request,
    theme: str | None,
    case: Path | None,
    analyst: str,
    keymap: Keymap = REGISTRY,
) -> str | None:
    """Open the console; gives back the problem that ended it, None when the analyst left.

    Raises:
        PackError: the pack cannot be used.
        RulesError: the rules or the threat list cannot.
        Problem: the case or the theme cannot be opened.
    """
    # Those of the program cannot fail, and wait until the first frame is drawn.
    hinting = request.open_hinting() if request.rules or request.threats else None
    pack = request.plain_pack()
    try:
        opened = open_theme(theme, os.environ)
    except ThemeError as error:
        raise UsageProblem(mistake(error)) from None
    places = PlaceKeeper()
    with Ending(places.close) as ending, opened_case(case, analyst) as casebook:
        console = Console(
            request,
            pack,
            casebook,
            analyst,
            theme=opened,
            keymap=keymap,
            ascii_only=not speaks_utf8(),
            driver_class=FrugalDriver,
            places=places,
            ending=ending,
            hinting=hinting,
        )
        return console.run(mouse=False)


__all__ = ["Console", "run_console"]
