"""The console: opens the source, keeps the investigation and the casebook, answers the screen."""

from __future__ import annotations

import asyncio
import locale
import os
import signal
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import ClassVar

from textual import events
from textual.app import App, SystemCommand
from textual.command import CommandPalette
from textual.driver import Driver
from textual.screen import Screen

from ..queries.answers import Answer
from ..queries.asking import Scope
from ..queries.packs.loading import PANES
from ..queries.printable import printable
from ..queries.questions import Pack
from ..queries.source import Source, SourceError
from ..queries.window import Window
from ..themes import ThemeError, load_theme
from .actions import ACTIONS
from .casebook.casebook import Casebook, CaseError
from .casebook.judgements import Sign
from .crash import crash_words
from .errands import Errands, printable_lines
from .investigation import Investigation
from .messages import Arrived, Fetched, Located, Opened, ReadingProgress
from .opening import Problem, Request, UsageProblem, now_utc, scope_of
from .pane_rows import PaneRows
from .reporting import opened_case
from .screens.desk import Counts
from .screens.investigation import InvestigationScreen
from .theming import textual_theme
from .widgets.text_cells import shown


class Console(App[str]):
    """Gives back a problem that ended it, in one line; None when the analyst left."""

    CSS_PATH = "console.tcss"
    TITLE = "iotriage"
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"
    BINDINGS: ClassVar[list] = []  # type: ignore[type-arg]

    def __init__(
        self,
        request: Request,
        pack: Pack,
        casebook: Casebook,
        analyst: str,
        *,
        theme: str = "dark",
        ascii_only: bool = False,
        clock: Callable[[], datetime] = now_utc,
    ) -> None:
        super().__init__()
        self.pack = pack
        self.request = request
        self.casebook = casebook
        self.analyst = analyst
        self.clock = clock
        self.ascii_only = ascii_only
        self.set_class(ascii_only, "ascii")
        self._window: Window | None = None
        self.investigation: Investigation | None = None
        self._pane_rows: dict[str, PaneRows] = {}
        self.errands = Errands(self)
        self._last_complaint = ""
        self._reading = "reading the evidence …"
        chosen = textual_theme(load_theme(theme))
        self.register_theme(chosen)
        self.theme = chosen.name

    # Opening

    def on_mount(self) -> None:
        self.main = InvestigationScreen(self, ascii_only=self.ascii_only)
        self.push_screen(self.main)
        with suppress(NotImplementedError, RuntimeError):
            loop = asyncio.get_running_loop()
            for number in (signal.SIGHUP, signal.SIGTERM):
                loop.add_signal_handler(number, self.exit)
        Thread(target=self._open, daemon=True, name="open-source").start()
        self.set_interval(1.0, self._follow)

    def _open(self) -> None:
        try:
            source = self.request.open_source(self.clock(), self._tell_progress)
            window = self.request.window(source)
        except (SourceError, UsageProblem) as error:
            self.post_message(Opened(None, None, str(error)))
        except Exception as error:
            self.post_message(Opened(None, None, f"{type(error).__name__}: {error}"[:300]))
        else:
            self.post_message(Opened(source, window))

    def _follow(self) -> None:
        """See what other consoles on this case have decided; draws only where they have."""
        try:
            news = self.casebook.refresh()
        except CaseError as error:
            if str(error) != self._last_complaint:
                self._last_complaint = str(error)
                self.tell(self._last_complaint, bad=True)
            return
        self._last_complaint = ""
        if news:
            self._redraw_verdicts()

    def _tell_progress(self, name: str, number: int, total: int) -> None:
        if number in (1, total) or number % 25 == 0:
            self.post_message(ReadingProgress(f"reading {printable(name)} ({number} of {total})"))

    def on_reading_progress(self, event: ReadingProgress) -> None:
        self._reading = event.words
        self.main.draw_devices()

    def on_opened(self, event: Opened) -> None:
        if event.source is None or event.window is None:
            self.exit(event.problem)
            return
        self._window = event.window
        self.investigation = Investigation(
            event.source, self.pack, lambda arrival: self.post_message(Arrived(arrival))
        )
        self._reading = "asking for the devices …"
        self._list_devices()
        if self.request.device:
            self._locate(event.source, event.window)
        self.main.draw_all()

    def _locate(self, source: Source, window: Window) -> None:
        def work() -> None:
            try:
                scope = scope_of(self.request, source, self.pack, window)
            except (Problem, UsageProblem) as error:
                self.post_message(Located(None, str(error)))
            else:
                self.post_message(Located(scope))

        Thread(target=work, daemon=True, name="locate-device").start()

    def on_located(self, event: Located) -> None:
        if event.scope is None:
            self.exit(event.problem)
            return
        self.open_device(event.scope.device, event.scope.hub)
        self.main.action_pane("alerts")

    def _list_devices(self) -> None:
        assert self.investigation is not None
        assert self._window is not None
        self.investigation.list_devices(Scope("", self.request.hub or "", self._window))

    def on_arrived(self, event: Arrived) -> None:
        investigation = self.investigation
        if investigation is None or not investigation.accept(event.arrival):
            return
        name = event.arrival.question
        if name == "devices":
            self.main.draw_devices(keep_cursor=True)
        elif name == "coverage":
            # What was heard of the device changes what every other pane can be said to know.
            for pane in PANES:
                self._renew(pane)
        else:
            self._renew(name)
        self.main.draw_frame()

    def _renew(self, name: str) -> None:
        assert self.investigation is not None
        answer, scope = self.investigation.answer(name), self.scope
        if answer is None or scope is None:
            return
        known = self._pane_rows.get(name)
        self._pane_rows[name] = PaneRows(
            self.pack.questions[name],
            answer,
            self.casebook,
            scope.device,
            scope.hub,
            ascii_only=self.ascii_only,
        )
        self.main.draw_pane(name, keep_cursor=known is not None)

    def _handle_exception(self, error: Exception) -> None:
        # Textual would print a traceback with the values of local variables: evidence.
        if self.is_headless:
            super()._handle_exception(error)
            return
        self.exit(crash_words(error), return_code=1)

    def on_fetched(self, event: Fetched) -> None:
        event.show()

    def on_unmount(self) -> None:
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
    def source_words(self) -> str:
        return self.investigation.source.name if self.investigation else "opening"

    @property
    def waiting_words(self) -> str:
        return self._reading

    def rows(self, name: str) -> PaneRows | None:
        return self._pane_rows.get(name)

    def rows_of(self, name: str) -> PaneRows:
        """The rows of a pane that has been answered."""
        return self._pane_rows[name]

    @property
    def driver(self) -> Driver | None:
        return self._driver

    def is_asking(self, name: str) -> bool:
        return self.investigation is not None and self.investigation.is_asking(name)

    def counts(self) -> Counts:
        counted = [rows.counts() for rows in self._pane_rows.values()]
        return Counts(*(sum(count[sign] for count in counted) for sign in _COUNTED))

    def tab(self, name: str) -> tuple[str, str, str]:
        title, rows = self.pack.questions[name].title, self._pane_rows.get(name)
        if rows is None:
            return title, "…" if not self.ascii_only else "...", ""
        if str(rows.answer.status) == "failed":
            return title, "failed", ""
        suspicious = rows.counts()[Sign.SUSPICIOUS]
        return title, f"{len(rows.answer.rows):,}", f"!{suspicious}" if suspicious else ""

    def suspicious_devices(self) -> frozenset[tuple[str, str]]:
        return frozenset(self.casebook.suspicious_devices())

    # What the screen wants done

    def open_device(self, device: str, hub: str) -> None:
        if self._window is not None:
            self._open_scope(Scope(device, hub, self._window))

    def _open_scope(self, scope: Scope) -> None:
        assert self.investigation is not None
        self._pane_rows.clear()
        self.investigation.open(scope)
        for name in PANES:
            self.main.draw_pane(name)
        self.main.draw_frame()

    def ask_again(self, name: str) -> None:
        if self.investigation is None:
            return
        if name == "devices":
            self._list_devices()
            self.main.draw_devices()
        elif self.scope is not None:
            self._pane_rows.pop(name, None)
            self.investigation.ask("coverage")
            self.investigation.ask(name)
            self.main.draw_pane(name)
        self.main.draw_frame()

    def marked(self, name: str, *, moves_on: bool) -> None:
        """Verdicts were given; after a single one the cursor goes on to the next row."""
        pane = self.main.pane(name)
        pane.table.refresh()
        pane.tell_state()
        if moves_on:
            pane.table.action_cursor_down()

    def undo(self) -> None:
        self._step(self.casebook.undo, "undone")

    def redo(self) -> None:
        self._step(self.casebook.redo, "brought back")

    def _step(self, step: Callable[[], str | None], word: str) -> None:
        told: list[str | None] = []
        if self.write(lambda: told.append(step())):
            self.tell(f"{word}: {told[0]}" if told[0] else f"nothing to be {word}")

    def write(self, write: Callable[[], object]) -> bool:
        """On disk first, then on the screen; False when it could not be written."""
        try:
            write()
        except CaseError as error:
            self.tell(str(error), bad=True)
            return False
        self._redraw_verdicts()
        return True

    def _redraw_verdicts(self) -> None:
        for name, rows in self._pane_rows.items():
            rows.judge_again()
            self.main.draw_pane(name, keep_cursor=True)
        self.main.draw_devices(keep_cursor=True)
        self.main.draw_frame()

    def tell(self, text: str, *, bad: bool = False) -> None:
        # Whole sentences fit; what else a message quotes may be megabytes of a paste.
        cut = text if len(text) <= 500 else f"{text[:500]} ..."
        self.notify(
            shown(cut, self.ascii_only),
            severity="error" if bad else "information",
            markup=False,
            timeout=8 if bad else 4,
        )

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
        for action in ACTIONS:
            if action.name != "palette":
                yield SystemCommand(
                    action.label.capitalize(),
                    f"{action.help}  ({action.written(self.ascii_only)})",
                    lambda name=action.name: self.run_worker(self._run(name)),
                )

    def action_command_palette(self) -> None:
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(CommandPalette(placeholder="name of an action"))

    async def on_event(self, event: events.Event) -> None:
        # Fields draw what they hold as it is: what is pasted is made fit to be drawn before.
        if isinstance(event, events.Paste) and not event.is_forwarded:
            event.text = printable_lines("\n".join(event.text.splitlines()))
        await super().on_event(event)

    async def _run(self, name: str) -> None:
        await self.run_action(f"screen.{name}", self.main)


_COUNTED = (Sign.SUSPICIOUS, Sign.EXPECTED, Sign.DRIFTED, Sign.UNREVIEWED)


def speaks_utf8() -> bool:
    """Whether the locale can show more than ASCII."""
    named = os.environ.get("LC_ALL") or os.environ.get("LC_CTYPE") or os.environ.get("LANG") or ""
    if named.replace("-", "").lower().endswith("utf8"):
        return True
    return "utf" in locale.getpreferredencoding(False).lower() and not named.startswith(
        ("C", "POSIX")
    )


def run_console(request: Request, theme: str | None, case: Path | None, analyst: str) -> str | None:
    """Open the console; gives back the problem that ended it, None when the analyst left.

    Raises:
        PackError: the pack cannot be used.
        Problem: the case or the theme cannot be opened.
    """
    pack = request.open_pack()
    try:
        load_theme(theme or "dark")
    except ThemeError as error:
        raise UsageProblem(str(error)) from None
    with opened_case(case, analyst) as casebook:
        console = Console(
            request,
            pack,
            casebook,
            analyst,
            theme=theme or "dark",
            ascii_only=not speaks_utf8(),
        )
        return console.run(mouse=False)


__all__ = ["Console", "run_console"]
