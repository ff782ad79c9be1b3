"""What takes a dialog or a screen of its own, and is loaded with the first of them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from ..queries.hints.hint import HINTED_PANES
from ..queries.language import tr
from ..queries.printable import printable
from .copying import Copying
from .decided_lines import case_lines
from .exporting import Exporting
from .judging import Judging
from .key_lines import key_lines
from .pane_detail import pane_lines
from .pivoting import Pivoting
from .row_errand import RowErrand
from .screens.dialogs import AskText
from .screens.more_panes import MorePanes
from .screens.reading import ReadingScreen
from .screens.window import WINDOW_HINTS, window_from
from .widgets.lines_view import Line

if TYPE_CHECKING:
    from .console import Console
    from .prompting import Prompting


class Errands:
    """Each opens a screen on the console and acts on what comes back."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.judging = Judging(console)
        self.copying = Copying(console)

    def tell_rarity(self, name: str) -> None:
        """Why sorting by rarity changes nothing, where it does not."""
        rows, prevalence = self._console.rows(name), self._console.rarities.of(name)
        if rows is None or not self._console.main.pane(name).by_rarity:
            return
        if rows.rarity is None:
            self._console.tell(tr("how rare these rows are is not a question of this pack"))
        elif prevalence is not None and prevalence.unknown:
            self._console.tell(
                tr("how rare they are cannot be known: {why}", why=printable(prevalence.unknown)),
                bad=True,
            )

    def history(self) -> None:
        """Every entry of the case."""
        happenings = self._console.casebook.case_history()
        self._read(tr("History of the case"), case_lines(happenings))

    def detail(self, name: str, index: int) -> None:
        RowErrand(self._console, name, index).open()

    def info(self, name: str) -> None:
        if self._console.investigation is None:
            return
        question, investigation = self._console.panes.question(name), self._console.investigation
        answer, hinted = investigation.answer(name), investigation.hinted(name)
        refused = self._console.hinting.rules.refused if name in HINTED_PANES else ()
        self._read(tr(question.title), pane_lines(question, answer, hinted, refused))

    def keys(self) -> None:
        console = self._console
        lines = key_lines(console.keymap, console.ascii_only, console.panes.title_behind)
        self._read(tr("Keys"), lines)

    def more_panes(self) -> None:
        """Every pane of the device, to go to one."""
        console = self._console
        main, entries = console.main, console.panes.entries
        screen = MorePanes(entries, main.active_name, ascii_only=console.ascii_only)

        def done(name: str | None) -> None:
            console.news = lambda: None
            if name is not None:
                console.call_next(main.action_pane, name)

        console.news = lambda: screen.draw() if screen.is_running else None
        console.push_screen(screen, done)

    def _read(self, title: str, lines: Iterable[Line]) -> None:
        screen = ReadingScreen(title, tuple(lines), ascii_only=self._console.ascii_only)
        self._console.push_screen(screen)

    def window(self) -> None:
        if self._console.investigation is None:
            return

        def done(text: str | None) -> None:
            if text is None or self._console.investigation is None:
                return
            try:
                self._console.scoping.set_window(
                    window_from(text, self._console.investigation.source)
                )
            except ValueError as error:
                self._console.tell(str(error), bad=True)

        dialog = AskText(
            tr("Window"), tuple(map(tr, WINDOW_HINTS)), ascii_only=self._console.ascii_only
        )
        self._console.push_screen(dialog, done)

    def pivot(self, name: str, index: int) -> None:
        """Where else a value of the row occurs."""
        Pivoting(self._console).choose(name, self._console.rows_of(name).record(index))

    def ask_kql(self) -> None:
        self._prompting.open()

    @cached_property
    def _prompting(self) -> Prompting:
        # Few sessions need it.
        from .prompting import Prompting  # noqa: PLC0415

        return Prompting(self._console)

    def export(self) -> None:
        scope, investigation = self._console.scope, self._console.investigation
        if scope is not None and investigation is not None:
            Exporting(self._console, investigation, scope).open()
