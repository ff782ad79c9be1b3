"""Going on where the case was left: what is kept of the screen, and how it is brought back."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..queries.answers import Answer, Status
from ..queries.language import tr
from ..queries.printable import printable
from ..queries.window import Window
from .opening import Request
from .places import LONGEST_FILTER, PanePlace, Place, PlaceError, PlaceKeeper
from .words import window_words

if TYPE_CHECKING:
    from .console import Console
    from .pane_rows import PaneRows

#: Rows each way among which the one that was left is looked for; more would be felt.
_SOUGHT = 20_000


class Resuming:
    """Keeps the place of a console, offers the one that was left, and goes there."""

    def __init__(self, console: Console, keeper: PlaceKeeper | None) -> None:
        """``keeper``: None where nothing is to be kept or offered."""
        self._console = console
        self._keeper = keeper
        self._fresh: Window | None = None
        self._wanted: Place | None = None
        #: Of panes that are not answered yet: the row to go to.
        self._awaited: dict[str, PanePlace] = {}
        #: Of each pane: where the cursor was looked up last, and the row that is there.
        self._seen: dict[str, tuple[PaneRows, int, str]] = {}
        self._complained = ""

    # Keeping

    def keep(self) -> None:
        """Have the place of now kept; costs next to nothing where it has not changed."""
        keeper = self._keeper
        if keeper is None or (place := self.here()) is None:
            return
        keeper.keep(place)
        if keeper.problem and keeper.problem != self._complained:
            self._complained = keeper.problem
            self._console.tell(keeper.problem, bad=True)

    def here(self) -> Place | None:
        """The place of now; None while no device is open."""
        scope = self._console.scope
        if scope is None:
            return None
        pane = self._console.main.active_name
        return Place(
            device=scope.device,
            hub=scope.hub,
            start=scope.window.start,
            end=scope.window.end,
            pane=pane if pane in self._console.pack.panes else "alerts",
            panes={name: self._pane_place(name) for name in self._kept_panes()},
        )

    def _kept_panes(self) -> list[str]:
        """Panes that were opened besides may not be there the next time."""
        console = self._console
        return [name for name in console.pack.panes if console.main.has_pane(name)]

    def _pane_place(self, name: str) -> PanePlace:
        pane = self._console.main.pane(name)
        if name in self._awaited:
            row, index = self._awaited[name].row, self._awaited[name].index
        else:
            row, index = self._row(name, pane.table.cursor_row), pane.table.cursor_row
        return PanePlace(
            filter=pane.needle if len(pane.needle) <= LONGEST_FILTER else "",
            hide_expected=pane.hide_expected,
            row=row,
            index=index,
        )

    def _row(self, name: str, index: int) -> str:
        """Identity of the row at ``index``; while there are no rows that of the last one."""
        rows, seen = self._console.rows(name), self._seen.get(name)
        if rows is None or not len(rows):
            return seen[2] if seen else ""
        place = rows.place(index)
        if seen is None or seen[0] is not rows or seen[1] != place:
            seen = self._seen[name] = (rows, place, rows.finding_at(place)[0].identity)
        return seen[2]

    # Offering

    def left(self, source: str) -> tuple[Place | None, str]:
        """The place that was left in this case and source, or why it cannot be read.

        Reads from disk: not for the thread that draws.
        """
        console, request = self._console, self._console.request
        if self._keeper is None:
            return None, ""
        self._keeper.belong_to(console.casebook.path, _identity(request, source))
        if request.device or request.last or request.since:
            return None, ""
        try:
            place = self._keeper.read(console.pack.panes)
        except PlaceError as error:
            return None, str(error)
        if place and request.hub and request.hub.lower() != place.hub.lower():
            return None, ""
        return place, ""

    def offer(self, window: Window, place: Place | None, complaint: str) -> None:
        """``window``: what is asked about by those who do not go on."""
        console, self._fresh = self._console, window
        if complaint:
            console.tell(complaint, bad=True)
        # Who has begun to type a name knows where to go: their Enter is not for us.
        if place is None or console.main.picker.filter_input.value:
            return
        title = tr(console.pack.questions[place.pane].title)
        where = [f"{printable(place.hub) or tr('(no hub)')} / {printable(place.device)}, {title}"]
        if not console.request.is_demo:
            words = window_words(place.window, console.clock())
            where.append(words.replace("→", "to") if console.ascii_only else words)
        if needle := place.panes.get(place.pane, PanePlace()).filter:
            where.append(tr("filter {needle}", needle=needle))

        def answered(yes: bool | None) -> None:
            if yes:
                self._want(place)

        from .screens.resuming import GoOn  # noqa: PLC0415 - only where there is something

        console.push_screen(GoOn(tuple(where), ascii_only=console.ascii_only), answered)

    # Going there

    def _want(self, place: Place) -> None:
        """Go there as soon as it is known that the device is there."""
        console = self._console
        self._wanted = place
        # The demo always ends now: a window of yesterday's demo would be empty.
        if not console.request.is_demo and place.window != self._fresh:
            console.set_window(place.window)
        elif console.devices is not None:
            self.listed(console.devices)

    def listed(self, answer: Answer) -> None:
        """The devices have come."""
        place, console = self._wanted, self._console
        if place is None or answer.status is Status.FAILED:
            return
        self._wanted = None
        if any(
            row["DeviceId"] == place.device and row["Hub"] == place.hub for row in answer.records()
        ):
            self.go(place)
            return
        console.tell(
            tr(
                "{hub} / {device} is not in {source} any more: pick a device",
                hub=printable(place.hub) or tr("(no hub)"),
                device=printable(place.device),
                source=printable(console.source_words),
            ),
            bad=True,
        )
        if self._fresh is not None and place.window != self._fresh and not console.request.is_demo:
            console.set_window(self._fresh)

    def go(self, place: Place) -> None:
        """Open its device on the window of now, each pane as it was left."""
        main = self._console.main
        if all(map(main.has_pane, (*place.panes, place.pane))):
            self._arrive(place)
        else:
            self._console.call_next(self._make_and_go, place)

    async def _make_and_go(self, place: Place) -> None:
        for name in (*place.panes, place.pane):
            await self._console.main.make_pane(name)
        self._arrive(place)

    def _arrive(self, place: Place) -> None:
        main = self._console.main
        for name, pane in place.panes.items():
            main.put_filter(name, pane.filter, hide_expected=pane.hide_expected)
        self._console.open_device(place.device, place.hub)
        self._awaited = {name: pane for name, pane in place.panes.items() if pane.row}
        main.show_pane(place.pane)

    def forget(self) -> None:
        """Another device or window was opened: the rows that were left are not waited for."""
        self._wanted = None
        self._awaited.clear()

    def answered(self, name: str, rows: PaneRows) -> None:
        """A pane has its rows: the cursor goes to the one that was left, where it still is."""
        awaited = self._awaited.get(name)
        if awaited is None or rows.answer.status is Status.FAILED or rows.is_busy:
            return
        del self._awaited[name]
        index = _index_of(rows, awaited.row, awaited.index)
        if index is not None:
            self._console.main.pane(name).table.move_to(index)


def _identity(request: Request, source: str) -> str:
    """What tells one source from another, however it was spelled this time."""
    if request.online is not None:
        return " ".join(["WORKSPACE", *sorted(guid.lower() for guid in request.online.workspaces)])
    if not request.is_demo and request.evidence:
        return f"EVIDENCE {os.path.realpath(request.evidence)}"
    return source


def _index_of(rows: PaneRows, identity: str, near: int) -> int | None:
    """Where the finding is shown; looked for from ``near`` outwards."""
    count = len(rows)
    if not count:
        return None
    near = min(near, count - 1)
    for step in range(min(count, _SOUGHT)):
        for index in {near - step, near + step}:
            if 0 <= index < count and rows.finding(index)[0].identity == identity:
                return index
    return None
