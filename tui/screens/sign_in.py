"""A code to be typed into a page on another machine, while the sign-in waits for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from math import ceil
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from ...queries.language import tr, translatable
from ...queries.source import DeviceCode
from ..widgets.one_line import OneLine
from ..widgets.text_cells import shown
from ..words import seconds_words

#: Characters of an address or a code: longer ones are none.
_LONGEST = 240
_KEYS = translatable("y copies the code, Esc gives up.")


class SignIn(ModalScreen[None]):
    """What to do, the code, and for how long it is good; Esc gives the sign-in up."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stop", show=False),
        Binding("y", "copy", show=False),
    ]

    def __init__(
        self,
        code: DeviceCode,
        copy: Callable[[str], object],
        clock: Callable[[], datetime],
        *,
        ascii_only: bool = False,
    ) -> None:
        super().__init__()
        self._code = code
        self._copy = copy
        self._clock = clock
        self._ascii = ascii_only
        self._is_over = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog sign-in"):
            yield self._line(tr("Sign in"), "accent")
            yield self._line(tr("On any machine with a browser open"))
            yield Static("", classes="uri", markup=False)
            yield self._line(tr("and enter"))
            yield Static("", classes="code", markup=False)
            yield OneLine(ascii_only=self._ascii, classes="left")
            yield self._line(tr(_KEYS), "muted")

    def _line(self, text: str, tone: str = "plain") -> OneLine:
        line = OneLine(ascii_only=self._ascii)
        line.set_runs([(text, tone)])
        return line

    def on_mount(self) -> None:
        self.show(self._code)
        self.set_interval(1.0, self._count_down)

    def show(self, code: DeviceCode) -> None:
        """Another code: the one before has run out, or was given up."""
        self._code, self._is_over = code, False
        for part, text in ((".uri", code.uri), (".code", code.code)):
            for static in self.query(part).results(Static):
                static.update(shown(text[:_LONGEST], self._ascii))
        self._count_down()

    def _count_down(self) -> None:
        left = ceil((self._code.expires - self._clock()).total_seconds())
        words = (
            tr("good for {left}; this goes on once you have signed in", left=seconds_words(left))
            if left > 0
            else tr("the code has run out")
        )
        for line in self.query(".left").results(OneLine):
            line.set_runs([(words, "muted" if left > 0 else "warning")])

    def end(self) -> None:
        """It is not needed any more; it goes once nothing lies over it."""
        self._is_over = True
        self._leave()

    def on_screen_resume(self) -> None:
        # This comes late as well: when it has been shown and taken away at once.
        if self._is_over:
            self._leave()

    def _leave(self) -> None:
        if self.is_active:
            self.dismiss(None)

    def action_copy(self) -> None:
        self._copy(self._code.code)

    def action_stop(self) -> None:
        self._code.stop()
        self.end()


def show_code(
    app: App[Any],
    code: DeviceCode | None,
    copy: Callable[[str], object],
    clock: Callable[[], datetime],
    *,
    ascii_only: bool,
) -> None:
    """Show the code, in the place of another; None takes it away."""
    there = next((screen for screen in app.screen_stack if isinstance(screen, SignIn)), None)
    if code is None:
        if there is not None:
            there.end()
    elif there is not None:
        there.show(code)
    else:
        app.push_screen(SignIn(code, copy, clock, ascii_only=ascii_only))
