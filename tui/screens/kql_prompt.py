"""The prompt: a KQL text, the values it is bound to, what may come next, what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import TextArea

from ...queries.kql.tokens import is_whole
from ...queries.language import tr
from ..widgets.one_line import OneLine, Run
from ..widgets.query_area import QueryArea


class PromptDesk(Protocol):
    """What the prompt has done for it."""

    def run(self, text: str) -> None:
        """Ask it; the prompt is told with ``fail``, or taken away."""
        ...

    def save(self, text: str) -> None:
        """Ask it where its answer is not known, and keep it in the own pack."""
        ...

    def stop(self) -> None:
        """Nobody waits for the answer any more."""
        ...


class KqlPrompt(ModalScreen[str]):
    """Gives back the text as it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("ctrl+o", "save", show=False),
    ]

    def __init__(
        self,
        desk: PromptDesk,
        bound: Sequence[tuple[str, str]],
        text: str = "",
        history: Sequence[str] = (),
        *,
        ascii_only: bool = False,
    ) -> None:
        """``bound``: the names that have a value, and that; ``history``: the oldest first."""
        super().__init__()
        self._desk = desk
        self._bound = bound
        self._text = text
        self._history = [*history]
        self._at = len(self._history)
        self._draft = text
        self._ascii = ascii_only
        self._said_of = text
        self.is_asking = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="reading prompt"):
            yield self._line("title", [(tr(" Ask in KQL"), "accent")])
            pairs = self._bound
            half = (len(pairs) + 1) // 2
            lines = [self._bound_runs(pairs[:half]), self._bound_runs(pairs[half:])]
            yield self._line("bound", *lines)
            area = QueryArea(self._text, [name for name, _ in pairs])
            area.move_cursor(area.document.end)
            yield area
            yield self._line("words")
            yield self._line("said")
            yield self._line(
                "keys",
                [
                    (
                        tr(
                            " Enter asks  Ctrl+J new line  Tab completes  Up earlier"
                            "  Ctrl+O saves  Esc back"
                        ),
                        "muted",
                    )
                ],
            )

    def _line(self, kind: str, *lines: list[Run]) -> OneLine:
        line = OneLine(ascii_only=self._ascii, classes=kind)
        if lines:
            line.set_runs(*lines)
        return line

    def _bound_runs(self, pairs: Sequence[tuple[str, str]]) -> list[Run]:
        runs: list[Run] = []
        for name, value in pairs:
            runs += [(f" {name} ", "muted"), (f"{value} ", "plain")]
        return runs

    @property
    def area(self) -> QueryArea:
        return self.query_one(QueryArea)

    def on_mount(self) -> None:
        self.area.focus()

    # What the desk tells

    def fail(self, why: str, place: tuple[int, int] | None = None) -> None:
        """The text is not answered; ``place``: line and column, from 1, of the mistake."""
        self.is_asking = False
        if not self.query(QueryArea):
            return
        if place is not None:
            line, column = place
            self.area.go_to(line - 1, column - 1)
            why = tr("line {line}, column {column}: {why}", line=line, column=column, why=why)
        self._say(why, "warning")

    def tell(self, words: str) -> None:
        """What is being done."""
        if self.query(QueryArea):
            self._say(words, "muted")

    def _say(self, words: str, tone: str) -> None:
        self._said_of = self.area.text
        for line in self.query(".said").results(OneLine):
            width = max(10, self.size.width - 2)
            pieces = _two_lines(words, width)
            line.set_runs(*([(f" {piece}", tone)] for piece in pieces))

    # What is typed

    def on_entry_area_submitted(self) -> None:
        text = self.area.text
        if self.is_asking:
            return
        if not is_whole(text):
            self.area.insert("\n")
            self.tell(tr("not whole yet: Enter began a new line"))
            return
        self._start()
        self._history = [each for each in self._history if each != text] + [text]
        self._at = len(self._history)
        self._desk.run(text)

    def _start(self) -> None:
        self.is_asking = True
        self.tell(tr("asking … Esc stops"))

    def on_query_area_completed(self, event: QueryArea.Completed) -> None:
        runs: list[Run] = []
        for word in event.words:
            runs.append((f" {word} ", "accent" if word == event.taken else "muted"))
        for line in self.query(".words").results(OneLine):
            line.set_runs(runs)

    def on_query_area_earlier(self, event: QueryArea.Earlier) -> None:
        at = self._at + event.by
        if not 0 <= at <= len(self._history):
            return
        if self._at == len(self._history):
            self._draft = self.area.text
        self._at = at
        self.area.put(self._draft if at == len(self._history) else self._history[at])

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        # What was said of another text is so no more.
        if not self.is_asking and self.area.text != self._said_of:
            self._say("", "muted")

    def action_save(self) -> None:
        if self.is_asking:
            return
        if not is_whole(self.area.text):
            self.fail(tr("not whole yet: only a text that can be asked is saved"))
            return
        self._start()
        self._desk.save(self.area.text)

    def action_leave(self) -> None:
        if self.is_asking:
            self.is_asking = False
            self._desk.stop()
            self.tell(tr("stopped"))
        else:
            self.dismiss(self.area.text)


def _two_lines(words: str, width: int) -> list[str]:
    """On one line, or on two, broken at a blank; what is longer is cut where it is drawn."""
    from rich.cells import cell_len  # noqa: PLC0415

    if cell_len(words) <= width:
        return [words]
    end = len(words)
    while cell_len(words[:end]) > width:
        end -= 1
    blank = words.rfind(" ", 0, end + 1)
    cut = blank if blank > width // 2 else end
    return [words[:cut], words[cut:].lstrip()]
