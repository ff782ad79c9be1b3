"""The detail of a row and of its values, and what its keys do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..queries.language import tr, translatable
from .alert_errand import KEYS as ALERT_KEYS
from .alert_errand import AlertErrand
from .casebook.findings import Verdict, text_of
from .deliveries import DrillDown
from .messages import Fetched
from .row_detail import row_lines
from .screens.reading import ReadingScreen
from .screens.values import ValuesScreen
from .value_rows import ValueRows
from .widgets.lines_view import Line

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..queries.source import Cancellation
    from .console import Console

_KEYS = {"e": "expected", "s": "suspicious", "u": "unreviewed", "n": "note"}


class RowErrand:
    """One row that is read; what is behind it is fetched meanwhile."""

    def __init__(self, console: Console, name: str, index: int) -> None:
        self._console = console
        self._name, self._index = name, index
        rows = console.rows_of(name)
        self._question = rows.question
        self._finding, self._record = rows.finding(index)
        self._standing, self._hints = rows.standing(index), rows.hints_at(rows.place(index))
        self._history = console.casebook.history(self._finding)
        self._elsewhere = console.casebook.also_suspicious(self._finding)
        self._alert = AlertErrand(console, self._record) if name == "alerts" else None
        keys = (text_of(self._record[key]) for key in self._question.keys)
        self._title = f"{tr(self._question.title)}: " + ", ".join(keys)

    def open(self) -> None:
        answers = dict(ALERT_KEYS if self._alert and self._alert.leads else _KEYS)
        if any(self._record.get(column) for column in self._question.sets):
            answers["v"] = translatable("values")
        ascii_only = self._console.ascii_only
        screen = ReadingScreen(
            self._title, self._lines(None), answers=answers, ascii_only=ascii_only
        )
        fetching = self._fetch(lambda behind: screen.show(self._lines(behind)))

        def done(key: str | None) -> None:
            fetching.cancel()
            if self._alert and self._alert.take(key, screen.chosen):
                return
            judging = self._console.errands.judging
            if key == "n":
                judging.note(self._name, self._index)
            elif key == "v":
                self._open_values()
            elif key:
                judging.judge(self._name, self._index, answers[key])

        self._console.push_screen(screen, done)

    def _fetch(self, show: Callable[[DrillDown], None]) -> Cancellation:
        """Ask for what is behind the row, and show it once it has come."""
        console, investigation = self._console, self._console.investigation
        assert investigation is not None

        def fetched(behind: DrillDown) -> None:
            console.post_message(Fetched(lambda: show(behind)))

        return investigation.drill_down(self._name, dict(self._record), fetched)

    def _lines(self, behind: DrillDown | None) -> tuple[Line, ...]:
        return tuple(
            row_lines(
                *(self._question, self._record, self._standing, self._history, behind),
                elsewhere=self._elsewhere,
                # Asked for each time: it may have come meanwhile.
                prevalence=self._console.rarities.of(self._name),
                explained=self._alert.lines if self._alert else (),
                hints=self._hints,
            )
        )

    def _open_values(self) -> None:
        """The values of the row, each to be judged by itself."""
        console, record = self._console, self._record
        rows = ValueRows(
            self._question, self._finding, record, console.casebook, ascii_only=console.ascii_only
        )

        def judge(at: int, verdict: str) -> bool:
            marks = [(rows.finding(at), record)]
            return console.verdicts.write(lambda: console.casebook.mark(marks, Verdict(verdict)))

        def note(at: int) -> None:
            console.errands.judging.note_on(rows.finding(at), record, screen.draw)

        def learned(behind: DrillDown) -> None:
            rows.learn(behind)
            if screen.is_running:
                screen.draw()

        screen = ValuesScreen(self._title, rows, judge, note, ascii_only=console.ascii_only)
        fetching = self._fetch(learned)
        console.push_screen(screen, lambda _: fetching.cancel())
