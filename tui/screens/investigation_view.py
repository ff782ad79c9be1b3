"""The parts of the screen of one device, and how they are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Input, Static

from ...queries.alert_columns import raised_column
from ...queries.answers import Answer, NoticeKind, Status
from ...queries.language import tr
from ...queries.packs.loading import PANES
from ..widgets.devices_panel import DevicesPanel
from ..widgets.one_line import OneLine
from ..widgets.pane import Pane
from ..widgets.timeline import NO_ALERTS, Timeline
from .frame import key_words, tab_runs
from .status import status_lines

if TYPE_CHECKING:
    from .desk import Desk

WIDE = 120
#: From here on a picture in each row takes nothing from the command lines.
ROOMY = 132
SMALLEST = (60, 15)
#: Cells that the picker takes from the panes beside it.
_BESIDE = 31


class InvestigationView(Screen[None]):
    """Draws what the desk holds: picker, timeline, alerts and the other panes.

    The five panes are there from the start, each of the others once it has been shown.
    """

    def __init__(self, desk: Desk, *, ascii_only: bool) -> None:
        super().__init__()
        self.desk = desk
        self._ascii = ascii_only
        self._picking = True
        self._active = "alerts"
        self._beside = "users"
        self._panes: dict[str, Pane] = {}

    # What it is made of

    def compose(self) -> ComposeResult:
        # Before there are parts: each change of a class styles anew all that is below.
        self._classify()
        yield OneLine(ascii_only=self._ascii, id="status")
        with Horizontal(id="body"):
            yield DevicesPanel(self.desk.keymap, ascii_only=self._ascii, id="devices")
            with Vertical(id="work"):
                yield Timeline(ascii_only=self._ascii, id="timeline")
                yield OneLine(ascii_only=self._ascii, id="chosen-alert")
                yield OneLine(ascii_only=self._ascii, id="tabs")
                for name in PANES:
                    yield self._new_pane(name)
        yield OneLine(ascii_only=self._ascii, id="keys")
        yield Static("", id="too-small", markup=False)

    def on_mount(self) -> None:
        self._arrange()
        self.draw_all()

    def on_resize(self, event: events.Resize) -> None:
        self._arrange()

    @property
    def is_wide(self) -> bool:
        return self.app.size.width >= WIDE

    @property
    def picker(self) -> DevicesPanel:
        return self.query_one(DevicesPanel)

    def _new_pane(self, name: str) -> Pane:
        title = tr(self.desk.panes.question(name).title)
        pane = self._panes[name] = Pane(name, title, self.desk.keymap, ascii_only=self._ascii)
        pane.set_class(self._is_seen(name), "seen")
        return pane

    def has_pane(self, name: str) -> bool:
        """Whether it has been shown, or is one of the five."""
        return name in self._panes

    @property
    def made_panes(self) -> tuple[str, ...]:
        """The panes that there are widgets of."""
        return tuple(self._panes)

    async def make_pane(self, name: str) -> None:
        """Have the widget of a pane, where there is none yet, and its title up to date."""
        if name in self._panes:
            self._panes[name].title = tr(self.desk.panes.question(name).title)
            return
        pane = self._new_pane(name)
        await self.query_one("#work").mount(pane)
        pane.draw_seen(self._seen_width)
        self.draw_pane(name)

    def drop_panes(self) -> None:
        """Take away the panes that are no more."""
        for name in set(self._panes).difference(self.desk.panes.names):
            self._panes.pop(name).remove()
        if self._active not in self._panes:
            self._active = "alerts"
        if self._beside not in self._panes:
            self._beside = "users"
        self._arrange()

    def pane(self, name: str) -> Pane:
        """One of the five, or one that has been shown."""
        return self._panes[name]

    @property
    def active_name(self) -> str:
        return self._active

    @property
    def active(self) -> Pane:
        return self.pane(self._active)

    def put_filter(self, name: str, needle: str, *, hide_expected: bool) -> None:
        """Choose the rows of a pane before they are there."""
        pane = self.pane(name)
        pane.needle, pane.hide_expected = needle, hide_expected
        with pane.prevent(Input.Changed):
            pane.filter_input.value = needle

    @property
    def _is_small(self) -> bool:
        width, height = self.app.size
        return width < SMALLEST[0] or height < SMALLEST[1]

    def _classify(self) -> None:
        """Which parts are seen: all of them side by side, or one thing at a time."""
        self.set_class(self._is_small, "small")
        self.set_class(self.is_wide, "wide")
        self.set_class(self._picking and not self.is_wide, "picking")

    def _is_seen(self, pane: str) -> bool:
        # Beside the alerts one of the other panes is always open.
        beside = ("alerts", self._beside if self._active == "alerts" else self._active)
        return pane in beside if self.is_wide else pane == self._active

    @property
    def _seen_width(self) -> int:
        """Cells of the picture of when a row was seen."""
        return (4 if self.app.size.width < ROOMY else 8) if self.is_wide else 0

    def _arrange(self) -> None:
        width, height = self.app.size
        if self._is_small:
            words = tr(
                "iotriage needs {columns}x{rows} cells; this is {width}x{height}.",
                columns=SMALLEST[0],
                rows=SMALLEST[1],
                width=width,
                height=height,
            )
            self.query_one("#too-small", Static).update(words)
        self._classify()
        wide = self.is_wide
        self.picker.set_wide(not wide)
        self.query_one(Timeline).set_compact(not wide or height < 30)
        for name, pane in self._panes.items():
            pane.set_class(self._is_seen(name), "seen")
            pane.draw_seen(self._seen_width)
        self._focus()
        self.draw_frame()

    def _focus(self) -> None:
        field = self.picker.filter_input if self._picking else self.active.filter_input
        if self.focused is field:
            return
        # At once: a focus that comes later would lead back to a pane that was left meanwhile.
        self.set_focus(self.picker.table if self._picking else self.active.table)

    # Drawing

    def draw_all(self) -> None:
        """Everything anew: another device, another window, a source that has opened."""
        self.draw_devices()
        self.draw_panes()
        self.draw_frame()

    def draw_panes(self) -> None:
        for name in self._panes:
            self.draw_pane(name)

    def draw_unanswered(self) -> None:
        """Whether they are being asked may have changed."""
        for name in self._panes:
            if self.desk.rows(name) is None and name not in PANES:
                self.draw_pane(name)

    def draw_devices(self, *, keep_cursor: bool = False) -> None:
        answer = self.desk.devices
        if answer is not None:
            self.picker.show(answer, self.desk.suspicious_devices(), keep_cursor=keep_cursor)
        elif waiting := self.desk.waiting("devices"):
            asked = self.desk.is_asking("devices")
            self.picker.show_waiting(waiting, self.desk.seconds(), asked=asked)
        else:
            self.picker.show_reading(self.desk.reading_words)

    def draw_pane(self, name: str, *, keep_cursor: bool = False) -> None:
        rows, pane = self.desk.rows(name), self._panes.get(name)
        if pane is None:
            return
        if rows is None:
            waiting, now = self.desk.waiting(name), self.desk.seconds()
            why_not = self.desk.panes.why_not_asked(name)
            pane.show_asking(self.desk.is_asking(name), waiting, now, why_not)
        else:
            heard = not self.desk.is_asking("coverage")
            pane.show(rows, keep_cursor=keep_cursor, heard=heard)
        if name == "alerts":
            self._draw_timeline()

    def count_down(self) -> None:
        """The seconds until something is asked again; nothing else is drawn."""
        now = self.desk.seconds()
        for name, pane in self._panes.items():
            if waiting := self.desk.waiting(name):
                pane.count_down(waiting, now)
        if waiting := self.desk.waiting("devices"):
            self.picker.count_down(waiting, now)

    def _draw_timeline(self) -> None:
        scope, rows = self.desk.scope, self.pane("alerts").rows
        if scope is None:
            return
        points = []
        if rows is not None and "AlertSeverity" in rows.answer.names:
            moment = raised_column(rows.answer.names)
            points = [(r[moment], r["AlertSeverity"]) for r in rows.answer.records()]
        why = tr(NO_ALERTS) if rows is not None else ""
        if rows is not None and _are_unknown(rows.answer):
            why = tr("it is not known which alerts there are")
        self.query_one(Timeline).set_alerts(scope.window, points, why)
        self._draw_chosen_alert()

    def _draw_chosen_alert(self) -> None:
        alerts = self.pane("alerts")
        line, timeline = self.query_one("#chosen-alert", OneLine), self.query_one(Timeline)
        if alerts.rows is None or not len(alerts.rows):
            timeline.set_selected(None)
            line.set_runs([])
            return
        index = alerts.table.cursor_row
        record = alerts.rows.record(index)
        timeline.set_selected(record[raised_column(record)])
        view = alerts.rows[index]
        line.set_runs([(f" {view.sign or ' '} ", "plain"), ("  ".join(view.cells), "plain")])

    def draw_frame(self) -> None:
        """Status, tabs and keys."""
        self._draw_status()
        self._draw_tabs()
        self._draw_keys()

    def _draw_status(self) -> None:
        lines = 1 if self.is_wide else 2
        told = status_lines(self.desk, self.app.size.width, self._ascii, lines=lines)
        _, right = told[-1]
        self.query_one("#status", OneLine).set_runs(*(left for left, _ in told), right=right)

    def _draw_tabs(self) -> None:
        width = self.app.size.width - (_BESIDE if self.is_wide else 0)
        tabs = self.desk.panes.tabs(self._active)
        more = self.desk.keymap.key("more-panes", self._ascii)
        runs = tab_runs(tabs, self._active, width, self._ascii, more=more)
        self.query_one("#tabs", OneLine).set_runs(runs)

    def _draw_keys(self) -> None:
        typing = isinstance(self.focused, Input)
        self.query_one("#keys", OneLine).set_runs(
            [
                (
                    key_words(
                        self.desk.keymap,
                        picking=self._picking,
                        typing=typing,
                        ascii_only=self._ascii,
                    ),
                    "muted",
                )
            ]
        )


def _are_unknown(answer: Answer) -> bool:
    kinds = {notice.kind for notice in answer.notices}
    return answer.status is Status.FAILED or NoticeKind.CANNOT_KNOW in kinds
