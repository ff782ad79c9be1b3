"""What takes a dialog or a screen of its own: notes, details, windows, copies, the summary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..queries.answers import Value
from ..queries.hints.hint import HINTED_PANES
from ..queries.language import tr, translatable
from ..queries.printable import printable, printable_lines
from ..queries.wording import counted
from .alert_errand import KEYS as ALERT_KEYS
from .alert_errand import AlertErrand
from .casebook.casebook import CaseError
from .casebook.findings import Finding, Verdict, text_of
from .casebook.report import render
from .clipboard import copy
from .investigation import DrillDown
from .messages import Fetched
from .opening import Problem
from .pivoting import Pivoting
from .reporting import default_export_name, report_of, write_new
from .row_detail import case_lines, key_lines, pane_lines, row_lines
from .screens.dialogs import AskText, Confirm, PickOne, WriteNote
from .screens.more_panes import MorePanes
from .screens.reading import ReadingScreen
from .screens.values import ValuesScreen
from .screens.window import WINDOW_HINTS, window_from
from .value_rows import ValueRows
from .widgets.lines_view import Line

if TYPE_CHECKING:
    from .console import Console
    from .prompting import Prompting

_FORMATS = {".md": "markdown", ".json": "json", ".csv": "csv"}
_CLIPBOARD = "\0clipboard"
Reach = Literal["hub", "fleet"]
#: More rows than this are marked only after a yes.
_ASKED_FROM = 10


class Errands:
    """Each opens a screen on the console and acts on what comes back."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def judge(self, name: str, index: int, verdict: str) -> None:
        """Give the chosen rows, else the one at ``index``, a verdict; many only after a yes."""
        rows = self._console.rows_of(name)
        places = rows.chosen(index)

        def mark() -> None:
            marks = [rows.finding_at(place) for place in places]
            shown = len(rows)
            if self._console.verdicts.write(
                lambda: self._console.casebook.mark(marks, Verdict(verdict))
            ):
                # Where the row is hidden by its verdict, the next one is under the cursor already.
                moves_on = not rows.selection.places and len(rows) == shown
                rows.selection.clear()
                self._console.verdicts.marked(name, moves_on=moves_on)

        def answered(yes: bool | None) -> None:
            if yes:
                mark()

        if rows.selection.wholesale or len(places) > _ASKED_FROM:
            question = tr(
                "Mark {rows} of {pane} as {verdict}?",
                rows=counted(len(places), "row"),
                pane=tr(rows.question.title),
                verdict=tr(verdict),
            )
            self._console.push_screen(
                Confirm(question, ascii_only=self._console.ascii_only), answered
            )
        else:
            mark()

    def note(self, name: str, index: int) -> None:
        finding, record = self._console.rows_of(name).finding(index)
        self._note_on(finding, record)

    def _note_on(
        self,
        finding: Finding,
        record: Mapping[str, Value],
        then: Callable[[], object] = lambda: None,
    ) -> None:
        judgement = self._console.casebook.judgement(finding)

        def done(text: str | None) -> None:
            if text is not None:
                self._console.verdicts.write(
                    lambda: self._console.casebook.note(finding, record, text)
                )
                then()

        # Another console may have written it.
        note = printable_lines(judgement.note) if judgement else ""
        self._console.push_screen(WriteNote(note, ascii_only=self._console.ascii_only), done)

    def tell_rarity(self, name: str) -> None:
        """Why sorting by rarity changes nothing, where it does not."""
        rows, prevalence = self._console.rows(name), self._console.prevalence(name)
        if rows is None or not self._console.main.pane(name).by_rarity:
            return
        if rows.rarity is None:
            self._console.tell(tr("how rare these rows are is not a question of this pack"))
        elif prevalence is not None and prevalence.unknown:
            self._console.tell(
                tr("how rare they are cannot be known: {why}", why=printable(prevalence.unknown)),
                bad=True,
            )

    def _values(self, name: str, index: int, title: str) -> None:
        """The values of a row, each to be judged by itself."""
        casebook, investigation = self._console.casebook, self._console.investigation
        assert investigation is not None
        pane = self._console.rows_of(name)
        finding, record = pane.finding(index)
        rows = ValueRows(
            pane.question, finding, record, casebook, ascii_only=self._console.ascii_only
        )

        def judge(at: int, verdict: str) -> bool:
            marks = [(rows.finding(at), record)]
            return self._console.verdicts.write(lambda: casebook.mark(marks, Verdict(verdict)))

        def note(at: int) -> None:
            self._note_on(rows.finding(at), record, screen.draw)

        def learned(behind: DrillDown) -> None:
            rows.learn(behind)
            if screen.is_running:
                screen.draw()

        screen = ValuesScreen(title, rows, judge, note, ascii_only=self._console.ascii_only)
        fetching = investigation.drill_down(
            name,
            dict(record),
            lambda behind: self._console.post_message(Fetched(lambda: learned(behind))),
        )
        self._console.push_screen(screen, lambda _: fetching.cancel())

    def history(self) -> None:
        """Every entry of the case."""
        happenings = self._console.casebook.case_history()
        self._read(tr("History of the case"), case_lines(happenings))

    def baseline(self) -> None:
        """Keep what is expected on this device for its hub, or for all."""
        scope = self._console.scope
        if scope is None:
            return
        casebook = self._console.casebook
        ascii_only = self._console.ascii_only

        def named(reach: Reach, name: str | None) -> None:
            if not name or not name.strip():
                return
            kept: list[int] = []
            if self._console.verdicts.write(
                lambda: kept.append(
                    casebook.keep_baseline(reach, scope.device, scope.hub, name.strip())
                )
            ):
                self._console.tell(_kept_words(kept[0], name.strip()))

        def reached(choice: int | None) -> None:
            if choice is None:
                return
            reach: Reach = ("hub", "fleet")[choice]
            hints = (
                tr("Enter keeps what is expected on this device under this name; Esc does not."),
            )
            dialog = AskText(tr("Name of the baseline"), hints, scope.device, ascii_only=ascii_only)
            self._console.push_screen(dialog, lambda name: named(reach, name))

        choices = [
            (tr("hub"), tr("every device of {hub}", hub=printable(scope.hub))),
            (tr("fleet"), tr("every device of every hub")),
        ]
        picker = PickOne(
            tr("Keep what is expected here as a baseline for"),
            (tr("Reach"), tr("Devices")),
            choices,
            ascii_only=ascii_only,
        )
        self._console.push_screen(picker, reached)

    def detail(self, name: str, index: int) -> None:
        investigation, rows = self._console.investigation, self._console.rows_of(name)
        assert investigation is not None
        question, record = rows.question, rows.record(index)
        finding, _ = rows.finding(index)
        standing, history = rows.standing(index), self._console.casebook.history(finding)
        elsewhere = self._console.casebook.also_suspicious(finding)
        hints = rows.hints_at(rows.place(index))
        title = f"{tr(question.title)}: " + ", ".join(text_of(record[key]) for key in question.keys)

        alert = AlertErrand(self._console, record) if name == "alerts" else None
        explained = alert.lines if alert else ()

        def lines(behind: DrillDown | None) -> tuple[Line, ...]:
            # Asked for each time: it may have come meanwhile.
            prevalence = self._console.prevalence(name)
            return tuple(
                row_lines(
                    *(question, record, standing, history, behind),
                    elsewhere=elsewhere,
                    prevalence=prevalence,
                    explained=explained,
                    hints=hints,
                )
            )

        answers = {"e": "expected", "s": "suspicious", "u": "unreviewed", "n": "note"}
        if alert and alert.leads:
            answers = dict(ALERT_KEYS)
        if any(record.get(column) for column in question.sets):
            answers["v"] = translatable("values")
        screen = ReadingScreen(
            title, lines(None), answers=answers, ascii_only=self._console.ascii_only
        )
        fetching = investigation.drill_down(
            name,
            record,
            lambda behind: self._console.post_message(Fetched(lambda: screen.show(lines(behind)))),
        )

        def done(key: str | None) -> None:
            fetching.cancel()
            if alert and alert.take(key, screen.chosen):
                return
            if key == "n":
                self.note(name, index)
            elif key == "v":
                self._values(name, index, title)
            elif key:
                self.judge(name, index, answers[key])

        self._console.push_screen(screen, done)

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

        dialog = AskText(
            tr("Window"), tuple(map(tr, WINDOW_HINTS)), ascii_only=self._console.ascii_only
        )
        self._console.push_screen(dialog, done)

    def copy_value(self, record: dict[str, Value]) -> None:
        pairs = [(name, text_of(value)) for name, value in record.items()]

        def done(index: int | None) -> None:
            if index is not None:
                self.copy_text(pairs[index][1])

        rows = [(printable(name), printable(text)) for name, text in pairs]
        self._console.push_screen(
            PickOne(
                tr("Copy which value?"),
                (tr("Column"), tr("Value")),
                rows,
                ascii_only=self._console.ascii_only,
            ),
            done,
        )

    def pivot(self, name: str, index: int) -> None:
        """Where else a value of the row occurs."""
        Pivoting(self._console).choose(name, self._console.rows_of(name).record(index))

    def copy_kql(self, name: str) -> None:
        answer = self._console.investigation.answer(name) if self._console.investigation else None
        if answer is not None and answer.kql:
            self.copy_text(answer.kql)

    def copy_text(self, text: str) -> None:
        """To the clipboard, and say how far that went."""

        def write(sequence: str) -> None:
            if self._console.driver is not None:
                self._console.driver.write(sequence)

        self._console.tell(copy(printable_lines(text), write))

    def ask_kql(self) -> None:
        self._prompting.open()

    @cached_property
    def _prompting(self) -> Prompting:
        # Few sessions need it.
        from .prompting import Prompting  # noqa: PLC0415

        return Prompting(self._console)

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
                    hinted=investigation.all_hinted(),
                )
                if name == _CLIPBOARD:
                    self.copy_text(render(report, "markdown"))
                    return
                path = _path_of(name)
                form = _FORMATS.get(path.suffix.lower())
                if form is None:
                    raise Problem(tr("{name}: end the name in .md, .json or .csv", name=name))
                write_new(path, render(report, form))  # type: ignore[arg-type]
            except (Problem, CaseError) as error:
                self._console.tell(str(error), bad=True)
            else:
                self._console.tell(tr("written to {path}", path=path))

        dialog = AskText(
            tr("Write the summary"),
            (
                tr("Enter writes the file: .md is Markdown, .json JSON, .csv CSV."),
                tr("Ctrl+Y copies the Markdown instead.  Esc goes back."),
            ),
            default_export_name(scope.device, at),
            alternative=_CLIPBOARD,
            ascii_only=self._console.ascii_only,
        )
        self._console.push_screen(dialog, done)


def _path_of(name: str) -> Path:
    try:
        return Path(name).expanduser()
    except RuntimeError:
        raise Problem(
            tr("{name}: there is no such home folder: give another place", name=name)
        ) from None


def _kept_words(count: int, name: str) -> str:
    if not count:
        return tr("nothing new to keep: no finding of this device is expected and not kept already")
    return tr("{findings} kept in baseline {name}", findings=counted(count, "finding"), name=name)
