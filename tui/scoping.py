"""Which device, hub and window are asked about, and what becomes of the screen with others."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ..queries.asking import Scope
from ..queries.window import Window

if TYPE_CHECKING:
    from .console import Console
    from .places import Place


class Scoping:
    """The window holds for the devices as well, and stands before any of them is open.

    Attributes:
        window: None until the source is open.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self.window: Window | None = None

    def list_devices(self) -> None:
        investigation = self._console.investigation
        assert investigation is not None
        assert self.window is not None
        investigation.list_devices(Scope("", self._console.request.hub or "", self.window))

    def open_device(self, device: str, hub: str) -> None:
        if self.window is not None:
            self._open(Scope(device, hub, self.window))

    def go(self, place: Place) -> None:
        """Open a device, in its window and at its pane."""
        if self.window != place.window:
            self.window = place.window
            self.list_devices()
        self._console.resuming.go(place)

    def set_window(self, window: Window) -> None:
        self.window = window
        self.list_devices()
        if (scope := self._console.scope) is not None:
            self._open(Scope(scope.device, scope.hub, window))
        else:
            self._console.main.draw_all()

    def scale_window(self, factor: float) -> None:
        if self.window is not None:
            self.set_window(self.window.scaled(factor))

    def look_around(self, moment: datetime) -> None:
        if self.window is not None:
            self.set_window(self.window.around(moment))

    def _open(self, scope: Scope) -> None:
        console = self._console
        assert console.investigation is not None
        console.board.clear()
        console.rarities.forget()
        console.resuming.forget()
        console.investigation.open(scope)
        console.main.drop_panes()
        console.main.draw_panes()
        console.main.draw_frame()

    def ask_again(self, name: str) -> None:
        """The picker, or a pane together with the coverage it is read against."""
        console, investigation = self._console, self._console.investigation
        if investigation is None:
            return
        if name == "devices":
            self.list_devices()
            console.main.draw_devices()
        elif investigation.scope is not None:
            console.board.drop(name)
            console.rarities.forget(name)
            investigation.ask("coverage")
            investigation.ask(name)
            console.main.draw_pane(name)
        console.main.draw_frame()
