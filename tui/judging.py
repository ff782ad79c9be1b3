"""Verdicts, notes and baselines: what is asked first, and what is then written to the casebook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal

from ..queries.answers import Value
from ..queries.language import tr
from ..queries.printable import printable, printable_lines
from ..queries.wording import counted
from .casebook.findings import Finding, Verdict
from .screens.dialogs import AskText, Confirm, PickOne, WriteNote

if TYPE_CHECKING:
    from .console import Console

Reach = Literal["hub", "fleet"]
#: More rows than this are marked only after a yes.
_ASKED_FROM = 10


class Judging:
    """Every verdict of a row, and whatever is written beside it."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def judge(self, name: str, index: int, verdict: str) -> None:
        """Give the chosen rows, else the one at ``index``, a verdict; many only after a yes."""
        rows = self._console.rows_of(name)
        places = rows.chosen(index)

        def mark() -> None:
            marks = [rows.judged.finding(place) for place in places]
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
        self.note_on(*self._console.rows_of(name).finding(index))

    def note_on(
        self,
        finding: Finding,
        record: Mapping[str, Value],
        then: Callable[[], object] = lambda: None,
    ) -> None:
        """``then`` is called when a note has been written."""
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

    # Baselines

    def baseline(self) -> None:
        """Keep what is expected on this device for its hub, or for all."""
        if (scope := self._console.scope) is None:
            return

        def reached(choice: int | None) -> None:
            if choice is not None:
                self._name_baseline(("hub", "fleet")[choice], scope.device, scope.hub)

        choices = [
            (tr("hub"), tr("every device of {hub}", hub=printable(scope.hub))),
            (tr("fleet"), tr("every device of every hub")),
        ]
        picker = PickOne(
            tr("Keep what is expected here as a baseline for"),
            (tr("Reach"), tr("Devices")),
            choices,
            ascii_only=self._console.ascii_only,
        )
        self._console.push_screen(picker, reached)

    def _name_baseline(self, reach: Reach, device: str, hub: str) -> None:
        console = self._console

        def named(name: str | None) -> None:
            if not name or not name.strip():
                return
            kept: list[int] = []
            if console.verdicts.write(
                lambda: kept.append(
                    console.casebook.keep_baseline(reach, device, hub, name.strip())
                )
            ):
                console.tell(_kept_words(kept[0], name.strip()))

        hints = (tr("Enter keeps what is expected on this device under this name; Esc does not."),)
        dialog = AskText(tr("Name of the baseline"), hints, device, ascii_only=console.ascii_only)
        console.push_screen(dialog, named)


def _kept_words(count: int, name: str) -> str:
    if not count:
        return tr("nothing new to keep: no finding of this device is expected and not kept already")
    return tr("{findings} kept in baseline {name}", findings=counted(count, "finding"), name=name)
