"""What takes a dialog or a screen of its own: notes, details, windows, copies, the summary."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ..queries.answers import Value
from ..queries.printable import printable
from .casebook.casebook import CaseError
from .casebook.findings import text_of
from .casebook.report import render
from .clipboard import copy
from .investigation import DrillDown
from .messages import Fetched
from .opening import Problem
from .reporting import default_export_name, report_of, write_new
from .row_detail import key_lines, pane_lines, row_lines
from .screens.dialogs import AskText, PickOne
from .screens.reading import ReadingScreen
from .screens.window import WINDOW_HINTS, window_from
from .widgets.lines_view import Line

if TYPE_CHECKING:
    from .console import Console

_FORMATS = {".md": "markdown", ".json": "json", ".csv": "csv"}
_CLIPBOARD = "\0clipboard"


class Errands:
    """Each opens a screen on the console and acts on what comes back."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def note(self, name: str, index: int) -> None:
        finding, record = self._console.rows_of(name).finding(index)
        judgement = self._console.casebook.judgement(finding)

        def done(text: str | None) -> None:
            if text is not None:
                self._console.write(lambda: self._console.casebook.note(finding, record, text))

        self._console.push_screen(
            AskText(
                "Note on this row",
                ("Enter saves it; an empty note takes it away; Esc leaves it as it was.",),
                judgement.note if judgement else "",
                ascii_only=self._console.ascii_only,
            ),
            done,
        )

    def detail(self, name: str, index: int) -> None:
        investigation, rows = self._console.investigation, self._console.rows_of(name)
        assert investigation is not None
        question, record = rows.question, rows.record(index)
        finding, _ = rows.finding(index)
        standing, history = rows.standing(index), self._console.casebook.history(finding)
        title = f"{question.title}: " + ", ".join(text_of(record[key]) for key in question.keys)

        def lines(behind: DrillDown | None) -> tuple[Line, ...]:
            return tuple(row_lines(question, record, standing, history, behind))

        answers = {"e": "expected", "s": "suspicious", "u": "unreviewed", "n": "note"}
        screen = ReadingScreen(
            title, lines(None), answers=answers, ascii_only=self._console.ascii_only
        )
        fetching = investigation.drill_down(
            name, record, lambda behind: self._console.post_message(Fetched(screen, lines(behind)))
        )

        def done(key: str | None) -> None:
            fetching.cancel()
            if key == "n":
                self.note(name, index)
            elif key:
                self._console.judge(name, index, answers[key])

        self._console.push_screen(screen, done)

    def info(self, name: str) -> None:
        if self._console.investigation is None:
            return
        question, answer = (
            self._console.pack.questions[name],
            self._console.investigation.answer(name),
        )
        self._read(question.title, pane_lines(question, answer))

    def keys(self) -> None:
        self._read("Keys", key_lines())

    def _read(self, title: str, lines: Iterable[Line]) -> None:
        self._console.push_screen(self._reading(title, tuple(lines)))

    def _reading(
        self, title: str, lines: tuple[Line, ...], answers: dict[str, str] | None = None
    ) -> ReadingScreen:
        return ReadingScreen(title, lines, answers=answers, ascii_only=self._console.ascii_only)

    def window(self) -> None:
        if self._console.investigation is None:
            return

        def done(text: str | None) -> None:
            if text is None or self._console.investigation is None:
                return
            try:
                self._console.set_window(window_from(text, self._console.investigation.source))
            except ValueError as error:
                self._console.tell(str(error), bad=True)

        dialog = AskText("Window", WINDOW_HINTS, ascii_only=self._console.ascii_only)
        self._console.push_screen(dialog, done)

    def copy_value(self, record: dict[str, Value]) -> None:
        pairs = [(name, text_of(value)) for name, value in record.items()]

        def done(index: int | None) -> None:
            if index is not None:
                self._copy(pairs[index][1])

        rows = [(printable(name), printable(text)) for name, text in pairs]
        self._console.push_screen(
            PickOne(
                "Copy which value?", ("Column", "Value"), rows, ascii_only=self._console.ascii_only
            ),
            done,
        )

    def copy_kql(self, name: str) -> None:
        answer = self._console.investigation.answer(name) if self._console.investigation else None
        if answer is not None and answer.kql:
            self._copy(answer.kql)

    def _copy(self, text: str) -> None:
        def write(sequence: str) -> None:
            if self._console.driver is not None:
                self._console.driver.write(sequence)

        self._console.tell(copy(printable_lines(text), write))

    def export(self) -> None:
        scope, investigation = self._console.scope, self._console.investigation
        if scope is None or investigation is None:
            return
        at = self._console.clock()

        def done(name: str | None) -> None:
            if not name:
                return
            try:
                report = report_of(
                    scope,
                    investigation.source.name,
                    self._console.pack,
                    investigation.answered(),
                    casebook=self._console.casebook,
                    analyst=self._console.analyst,
                    at=at,
                )
                if name == _CLIPBOARD:
                    self._copy(render(report, "markdown"))
                    return
                path = Path(name).expanduser()
                form = _FORMATS.get(path.suffix.lower())
                if form is None:
                    raise Problem(f"{name}: end the name in .md, .json or .csv")
                write_new(path, render(report, form))  # type: ignore[arg-type]
            except (Problem, CaseError) as error:
                self._console.tell(str(error), bad=True)
            else:
                self._console.tell(f"written to {path}")

        dialog = AskText(
            "Write the summary",
            (
                "Enter writes the file: .md is Markdown, .json JSON, .csv CSV.",
                "Ctrl+Y copies the Markdown instead.  Esc goes back.",
            ),
            default_export_name(scope.device, at),
            alternative=_CLIPBOARD,
            ascii_only=self._console.ascii_only,
        )
        self._console.push_screen(dialog, done)


def printable_lines(text: str) -> str:
    """Made printable line by line: what is pasted may not command a terminal either."""
    return "\n".join(printable(line) for line in text.split("\n"))
