"""What workers bring: it is kept, held against the casebook and drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .console import Console
    from .deliveries import Arrival, Delay, HintsArrival


class Arrivals:
    """What nobody waits for any more is dropped, and so is what comes when the screen is gone."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def answered(self, arrival: Arrival) -> None:
        console, investigation = self._console, self._console.investigation
        if console.is_over or investigation is None or not investigation.accept(arrival):
            return
        if arrival.question == "devices":
            console.main.draw_devices(keep_cursor=True)
            console.beginning.locate(arrival.answer)
            console.resuming.listed(arrival.answer)
        elif arrival.question == "coverage":
            # What was heard of the device changes what every other pane can be said to know.
            for pane in console.panes.names:
                self.renew(pane)
        else:
            self.renew(arrival.question)
        # It may have been the turn of others with that.
        console.main.draw_unanswered()
        console.main.draw_frame()
        self._go_on()

    def delayed(self, delay: Delay) -> None:
        console, investigation = self._console, self._console.investigation
        if console.is_over or investigation is None or not investigation.hear(delay):
            return
        if delay.question == "devices":
            console.main.draw_devices()
        elif delay.question != "coverage":
            console.main.draw_pane(delay.question)
        self._go_on()

    def _go_on(self) -> None:
        self._console.news()
        self._console.countdown.follow()
        self._console.rarities.go_on()

    def hinted(self, arrival: HintsArrival) -> None:
        console, name = self._console, arrival.question
        investigation = console.investigation
        if console.is_over or investigation is None or not investigation.take_hints(arrival):
            return
        rows, pane = console.rows(name), console.main.pane(name)
        if rows is None:
            return
        # The row under the cursor stays there: a verdict may be on its way.
        place = rows.place(pane.table.cursor_row) if len(rows) else None
        rows.hinted = investigation.hinted(name)
        console.main.draw_pane(name, keep_cursor=True)
        if pane.hints_first and place is not None:
            rows.selection.anchor = None
            if (index := rows.index_of(place)) is not None:
                pane.table.move_to(index)

    def renew(self, name: str) -> None:
        """Draw a pane that was answered, or whose answer can be said to know more."""
        console, investigation = self._console, self._console.investigation
        assert investigation is not None
        answer, scope = investigation.answer(name), investigation.scope
        if answer is None or scope is None:
            return
        question, hinted = console.panes.question(name), investigation.hinted(name)
        known = console.board.put(question, answer, scope, hinted)
        rows = console.rows_of(name)
        rows.learn(console.rarities.of(name))
        console.main.draw_pane(name, keep_cursor=known)
        console.resuming.answered(name, rows)

    def learned(self, name: str) -> None:
        """How rare the rows of a pane are has come."""
        console = self._console
        rows = console.rows(name)
        if rows is None or console.is_over:
            return
        rows.learn(console.rarities.of(name))
        if console.main.has_pane(name):
            console.main.draw_pane(name, keep_cursor=not console.main.pane(name).by_rarity)

    def looked(self, name: str) -> None:
        """The rows of a pane that were looked for have all been found."""
        rows = self._console.rows(name)
        if rows is not None and not self._console.is_over:
            self._console.resuming.answered(name, rows)
            self._console.main.draw_frame()
