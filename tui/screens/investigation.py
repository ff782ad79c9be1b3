"""What the keys do on the screen of one device."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import Input

from ...queries.alert_columns import raised_column
from ...queries.answers import Value
from ...queries.hints.hint import HINTED_PANES
from ...queries.language import tr
from ..actions import ACTIONS
from ..widgets.answer_table import AnswerTable
from ..widgets.time_axis import beside
from ..widgets.timeline import Timeline
from .filtering import Filtering, for_panes
from .investigation_view import InvestigationView

if TYPE_CHECKING:
    from .desk import Desk


class InvestigationScreen(InvestigationView):
    """Turns keys into calls on the desk; asks nothing itself."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(",".join(action.keys), action.name, action.label, id=action.id, show=False)
        for action in ACTIONS
    ]

    def __init__(self, desk: Desk, *, ascii_only: bool) -> None:
        super().__init__(desk, ascii_only=ascii_only)
        self.filtering = Filtering(self)

    # What happens to it

    def on_answer_table_row_highlighted(self, event: AnswerTable.RowHighlighted) -> None:
        if event.table is self.pane("alerts").table:
            self._draw_chosen_alert()
        rows = self.active.rows
        if event.table is self.active.table and rows and rows.selection.anchor is not None:
            rows.selection.cursor = event.index
            self.active.tell_state()

    def on_answer_table_row_selected(self, event: AnswerTable.RowSelected) -> None:
        self.action_detail()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The pane that has the focus is the one that keys speak to."""
        if event.widget is not self.focused:
            return
        for name, pane in self._panes.items():
            if event.widget is pane.table:
                self.is_picking = False
                if self._activate(name):
                    self.rearrange()
                break
        if event.widget in (self.picker.table, self.picker.filter_input):
            self.is_picking = True
        self.call_after_refresh(self.draw_frame)

    def on_key(self, event: events.Key) -> None:
        if self.filtering.take(event):
            event.stop()

    def on_input_changed(self, event: Input.Changed) -> None:
        # It may arrive when another pane has become the active one.
        for name, pane in self._panes.items():
            if event.input is pane.filter_input:
                pane.needle = event.value
                self.draw_pane(name)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.input is self.picker.filter_input:
            self.action_detail()
        else:
            self.filtering.end()

    # Actions of the registry

    def action_devices(self) -> None:
        self.is_picking = True
        self.set_focus(self.picker.filter_input)
        self.picker.filter_input.select_all()
        self.rearrange()

    async def action_pane(self, name: str) -> None:
        if self.desk.scope is None:
            return
        # What is pressed next is for the new pane: it waits until that is there.
        await self.make_pane(name)
        self.show_pane(name)

    def show_pane(self, name: str) -> None:
        """One of the five, or one that has been shown before."""
        self.is_picking = False
        self._activate(name)
        self.rearrange()

    async def action_pane_at(self, number: str) -> None:
        """The pane of the pack at a place that is counted from 1."""
        if self.desk.scope is None:
            return
        if name := self.desk.panes.at(int(number)):
            await self.action_pane(name)
        else:
            count = len(self.desk.pack.panes)
            self.desk.tell(
                tr("there is no pane {number}: the pack has {count}", number=number, count=count)
            )

    async def go_to(self, name: str, needle: str) -> None:
        """Another pane, only its rows with a text; all of them where that is blank."""
        await self.action_pane(name)
        self.put_filter(name, needle, hide_expected=self.pane(name).hide_expected)
        self.draw_pane(name)

    async def action_next_pane(self) -> None:
        await self._step(1)

    async def action_previous_pane(self) -> None:
        await self._step(-1)

    async def _step(self, by: int) -> None:
        shown = self.desk.panes.shown(self._active)
        await self.action_pane(shown[(shown.index(self._active) + by) % len(shown)])

    @for_panes
    def action_more_panes(self) -> None:
        if self.desk.scope is not None:
            self.desk.errands.more_panes()

    def action_close_pane(self) -> None:
        if not self.is_picking and self.desk.panes.close(self._active):
            self.drop_panes()

    def action_move(self, move: str) -> None:
        table = self.picker.table if self.is_picking else self.active.table
        getattr(table, f"action_{move}")()

    def action_detail(self) -> None:
        if self.is_picking:
            record = self.picker.chosen()
            if record is not None:
                self.is_picking = False
                self._active = "alerts"
                self.desk.scoping.open_device(record["DeviceId"], record["Hub"])
                self.rearrange()
            return
        if self._row() is not None:
            self.desk.errands.detail(self._active, self.active.table.cursor_row)

    def _row(self) -> dict[str, Value] | None:
        rows = self.active.rows
        if self.is_picking or rows is None or not len(rows):
            return None
        return rows.record(self.active.table.cursor_row)

    @for_panes
    def action_judge(self, verdict: str) -> None:
        if self._row() is not None:
            self.desk.errands.judging.judge(self._active, self.active.table.cursor_row, verdict)

    def action_select(self) -> None:
        table, rows = self.active.table, self.active.rows
        if self._row() is None or rows is None:
            return
        rows.toggle(table.cursor_row)
        table.action_cursor_down()
        self.active.tell_state()

    @for_panes
    def action_stretch(self) -> None:
        rows = self.active.rows
        if rows is not None and len(rows):
            rows.turn_stretch(self.active.table.cursor_row)
            self.active.tell_state()

    @for_panes
    def action_select_all(self) -> None:
        if self.active.rows is not None:
            self.active.rows.choose_all()
            self.active.tell_state()

    @for_panes
    def action_note(self) -> None:
        if self._row() is not None:
            self.desk.errands.judging.note(self._active, self.active.table.cursor_row)

    @for_panes
    def action_history(self) -> None:
        self.desk.errands.history()

    @for_panes
    def action_baseline(self) -> None:
        self.desk.errands.judging.baseline()

    def action_undo(self) -> None:
        self.desk.verdicts.undo()

    def action_redo(self) -> None:
        self.desk.verdicts.redo()

    def action_filter(self) -> None:
        if self.is_picking:
            self.set_focus(self.picker.filter_input)
            return
        if self.active.rows is not None:
            self.active.add_class("filtering")
            self.set_focus(self.active.filter_input)

    @for_panes
    def action_hide_expected(self) -> None:
        self.active.hide_expected = not self.active.hide_expected
        self.draw_pane(self._active)

    @for_panes
    def action_ask_kql(self) -> None:
        self.desk.errands.ask_kql()

    @for_panes
    def action_hints_first(self) -> None:
        if self._active not in HINTED_PANES:
            self.desk.tell(tr("there are no hints for the rows of this pane"))
        else:
            pane = self.active
            pane.hints_first = not pane.hints_first
            if pane.rows is not None:
                # The ends of a range are told by where rows stand.
                pane.rows.selection.anchor = None
            self.draw_pane(self._active)

    @for_panes
    def action_rarest_first(self) -> None:
        pane = self.active
        place = pane.rows.place(pane.table.cursor_row) if pane.rows and len(pane.rows) else 0
        pane.by_rarity = not pane.by_rarity
        self.draw_pane(self._active)
        if pane.rows is None:
            return
        # What is chosen stays; a stretch between two rows has no meaning in another order.
        pane.rows.selection.anchor = None
        if not pane.by_rarity:
            pane.table.move_to(pane.rows.index_of(place) or 0)
        self.desk.errands.tell_rarity(self._active)

    def action_window(self) -> None:
        self.desk.errands.window()

    def action_scale(self, factor: str) -> None:
        self.desk.scoping.scale_window(float(factor))

    def action_around(self) -> None:
        alerts = self.pane("alerts")
        if alerts.rows is not None and len(alerts.rows):
            record = alerts.rows.record(alerts.table.cursor_row)
            self.desk.scoping.look_around(record[raised_column(record)])

    @for_panes
    def action_zoom(self, way: str) -> None:
        self.query_one(Timeline).zoom(1 if way == "zoom_in" else -1)

    def action_cluster(self, by: str) -> None:
        alerts, timeline = self.pane("alerts"), self.query_one(Timeline)
        rows, table = alerts.rows, alerts.table
        if self.is_picking or rows is None or not len(rows):
            return
        moment = raised_column(rows.answer.names)
        columns = [timeline.column_of(rows.record(at)[moment]) for at in range(len(rows))]
        table.move_to(beside(columns, table.cursor_row, int(by)))

    @for_panes
    def action_pivot(self) -> None:
        if self._row() is not None:
            self.desk.errands.pivot(self._active, self.active.table.cursor_row)

    def action_go_back(self) -> None:
        self.desk.travels.back()

    def action_copy_cell(self) -> None:
        if (record := self._row()) is not None:
            self.desk.errands.copying.value(record)

    def action_copy_kql(self) -> None:
        self.desk.errands.copying.kql("devices" if self.is_picking else self._active)

    def action_info(self) -> None:
        self.desk.errands.info("devices" if self.is_picking else self._active)

    def action_ask_again(self) -> None:
        self.desk.scoping.ask_again("devices" if self.is_picking else self._active)

    def action_export(self) -> None:
        self.desk.errands.export()

    def action_help(self) -> None:
        self.desk.errands.keys()

    def action_palette(self) -> None:
        self.app.action_command_palette()

    def action_leave(self) -> None:
        self.app.exit()
