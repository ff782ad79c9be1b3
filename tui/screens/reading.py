"""A screen to read: the detail of a row, what is known about a pane, every key."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from ...queries.language import tr
from ..widgets.lines_view import Line, LinesView
from ..widgets.one_line import OneLine

#: Given back for a line that was chosen.
FOLLOW = "enter"


class ReadingScreen(ModalScreen[str | None]):
    """Lines to scroll through; keys named in ``answers`` close it and are given back.

    Where lines lead somewhere, Enter closes it and gives back :data:`FOLLOW`; :attr:`chosen` says
    where to. Else it just closes.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", show=False),
        Binding("enter", "follow", show=False),
        Binding("tab", "choose(1)", show=False),
        Binding("shift+tab", "choose(-1)", show=False),
        Binding("up,k", "view('cursor_up')", show=False),
        Binding("down,j", "view('cursor_down')", show=False),
        Binding("pageup,b", "view('page_up')", show=False),
        Binding("pagedown,space", "view('page_down')", show=False),
        Binding("home,g", "view('first')", show=False),
        Binding("end,G", "view('last')", show=False),
    ]

    def __init__(
        self,
        title: str,
        lines: tuple[Line, ...],
        *,
        answers: dict[str, str] | None = None,
        ascii_only: bool = False,
    ) -> None:
        """``answers``: key -> its label; pressing one closes the screen with that key."""
        super().__init__()
        self._title = title
        self._lines = lines
        self._answers = answers or {}
        self._ascii = ascii_only
        self._ready = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="reading"):
            yield OneLine(ascii_only=self._ascii, classes="title")
            yield LinesView(ascii_only=self._ascii)
            yield OneLine(ascii_only=self._ascii, classes="keys")

    def on_mount(self) -> None:
        self.query_one(".title", OneLine).set_runs([(f" {self._title}", "accent")])
        self._ready = True
        self.show(self._lines)
        self.query_one(LinesView).focus()

    def show(self, lines: tuple[Line, ...]) -> None:
        """Other lines; more has come in."""
        self._lines = lines
        if not self._is_open:
            return
        self.query_one(LinesView).set_lines(lines)
        self.call_after_refresh(self._tell_keys)

    @property
    def _is_open(self) -> bool:
        """Not before it is made; nor when it is being left, its parts gone already."""
        return self._ready and len(self.query(LinesView)) > 0 and len(self.query(".keys")) > 0

    def _tell_keys(self) -> None:
        if not self._is_open:
            return
        below = self.query_one(LinesView).below
        told = [f"{key} {tr(label)}" for key, label in self._answers.items()]
        if self.chosen is not None:
            told = [tr("Tab next  Enter go"), *told]
        keys = "  ".join(told)
        where = tr("{below} more lines below", below=below) if below else tr("end")
        left, right = tr(" Esc back  PgDn PgUp move  {keys}", keys=keys), [(where, "muted")]
        if cell_len(left) + 2 + max(8, cell_len(where)) > self.size.width:
            # That there is more must be seen; which keys move is found without being told.
            left, right = (
                tr(
                    " {where}  Esc back  {keys}",
                    where=tr("{below} below", below=below) if below else tr("end"),
                    keys=keys,
                ),
                [],
            )
        self.query_one(".keys", OneLine).set_runs([(left, "muted")], right=right)

    def on_key(self, event: object) -> None:
        key = getattr(event, "key", "")
        if key in self._answers:
            event.stop()  # type: ignore[attr-defined]
            self.dismiss(key)

    def on_resize(self) -> None:
        self.call_after_refresh(self._tell_keys)

    def action_view(self, move: str) -> None:
        getattr(self.query_one(LinesView), f"action_{move}")()
        self._tell_keys()

    @property
    def chosen(self) -> object:
        """What the chosen line leads to; None where there is none."""
        return self.query_one(LinesView).chosen if self._is_open else None

    def action_choose(self, by: int) -> None:
        self.query_one(LinesView).choose(by)
        self._tell_keys()

    def action_follow(self) -> None:
        self.dismiss(None if self.chosen is None else FOLLOW)

    def action_leave(self) -> None:
        self.dismiss(None)
