"""What the keys do on the screen of one device."""

from __future__ import annotations

from typing import ClassVar

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
from .investigation_view import InvestigationView

_PICKER_MOVES = {
    "up": "cursor_up",
    "down": "cursor_down",
    "pageup": "page_up",
    "pagedown": "page_down",
}
#: Actions that mean nothing in the picker's table: their letters begin its filter, as others do.
_FOR_PANES = frozenset(
    (
        *("expected", "suspicious", "unreviewed", "stretch", "select-all"),
        *("note", "baseline", "history", "hide-expected", "hints-first", "rarest-first"),
        *("pivot", "zoom-in", "zoom-out", "more-panes", "ask-kql"),
    )
)
#: They begin no filter, even where they do nothing.
_NEVER_TYPED = frozenset(" !")
#: Keys that open a filter do so before the key after them is looked at.
_OPENING = ("filter", "devices")


class InvestigationScreen(InvestigationView):
    """Turns keys into calls on the desk; asks nothing itself."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(",".join(action.keys), action.name, action.label, id=action.id, show=False)
        for action in ACTIONS
    ]

    # What happens to it

    def on_answer_table_row_highlighted(self, event: AnswerTable.RowHighlighted) -> None:
        if event.table is self.pane("alerts").table:
            self._draw_chosen_alert()
        rows = self.active.rows
        if event.table is self.active.table and rows and rows.selection.anchor is not None:
            rows.selection.cursor = event.index
            self.active.table.refresh()
            self.active.tell_state()

    def on_answer_table_row_selected(self, event: AnswerTable.RowSelected) -> None:
        self.action_detail()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The pane that has the focus is the one that keys speak to."""
        if event.widget is not self.focused:
            return
        for name, pane in self._panes.items():
            if event.widget is pane.table:
                self._picking = False
                self._activate(name)
                break
        if event.widget in (self.picker.table, self.picker.filter_input):
            self._picking = True
        self.call_after_refresh(self.draw_frame)

    def _activate(self, name: str) -> None:
        if name != "alerts":
            self._beside = name
        if name != self._active:
            self._active = name
            self._arrange()

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            self._escape()
            event.stop()
        elif self.focused is self.picker.filter_input and event.key in _PICKER_MOVES:
            # The filter keeps the focus: arrows move in the table below it.
            self.action_move(_PICKER_MOVES[event.key])
            event.stop()
        elif isinstance(self.focused, Input) and event.is_printable and event.character:
            # Keys that come in one burst, over a slow line or from a script, were sent to the
            # table before the filter had the focus. None of them may become a verdict.
            self.focused.replace(event.character, *self.focused.selection)
            event.stop()
        elif (action := self.desk.keymap.on(event.key)) in _OPENING and not isinstance(
            self.focused, Input
        ):
            getattr(self, f"action_{action}")()
            event.stop()
        elif self.focused is self.picker.table and _starts_filter(event, action):
            self._type_in_picker(event.character or "")
            event.stop()

    def opening(self, key: str) -> str:
        """The action of a key, where that opens a field which does not stand open."""
        action = self.desk.keymap.on(key)
        opens = action == "filter" or (action == "devices" and not self._picking)
        return action if opens else ""

    def open_field(self, action: str) -> bool:
        """Give the focus to the field that an action opens, else to the picker's, where there is
        one; whether there is."""
        if action:
            getattr(self, f"action_{action}")()
        elif self._picking:
            self.set_focus(self.picker.filter_input)
        return isinstance(self.focused, Input)

    def _type_in_picker(self, character: str) -> None:
        """Typing filters the picker, whatever else a letter does in the panes."""
        field = self.picker.filter_input
        self.set_focus(field)
        field.insert_text_at_cursor(character)

    def _escape(self) -> None:
        if self.focused is self.picker.filter_input:
            if self.picker.filter_input.value:
                self.picker.filter_input.value = ""
            elif self.desk.scope is not None:
                self._picking = False
                self.active.table.focus()
                self._arrange()
            else:
                self.picker.table.focus()
        elif isinstance(self.focused, Input):
            self.focused.value = ""
            self._end_filter()
        elif self._picking and self.desk.scope is not None:
            self._picking = False
            self._arrange()
        elif self.active.rows is not None:
            self.active.rows.selection.clear()
            self.active.table.refresh()
            self.active.tell_state()

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
            self._end_filter()

    def _end_filter(self) -> None:
        self.active.remove_class("filtering")
        self.active.table.focus()

    # Actions of the registry

    def action_devices(self) -> None:
        self._picking = True
        self.set_focus(self.picker.filter_input)
        self.picker.filter_input.select_all()
        self._arrange()

    async def action_pane(self, name: str) -> None:
        if self.desk.scope is None:
            return
        # What is pressed next is for the new pane: it waits until that is there.
        await self.make_pane(name)
        self.show_pane(name)

    def show_pane(self, name: str) -> None:
        """One of the five, or one that has been shown before."""
        self._picking = False
        self._active = name
        if name != "alerts":
            self._beside = name
        self._arrange()

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

    def action_more_panes(self) -> None:
        if self._picking:
            self._type_in_picker(self.desk.keymap.letter("more-panes"))
        elif self.desk.scope is not None:
            self.desk.errands.more_panes()

    def action_close_pane(self) -> None:
        if not self._picking and self.desk.panes.close(self._active):
            self.drop_panes()

    def action_move(self, move: str) -> None:
        table = self.picker.table if self._picking else self.active.table
        getattr(table, f"action_{move}")()

    def action_detail(self) -> None:
        if self._picking:
            record = self.picker.chosen()
            if record is not None:
                self._picking = False
                self._active = "alerts"
                self.desk.open_device(record["DeviceId"], record["Hub"])
                self._arrange()
            return
        if self._row() is not None:
            self.desk.errands.detail(self._active, self.active.table.cursor_row)

    def _row(self) -> dict[str, Value] | None:
        rows = self.active.rows
        if self._picking or rows is None or not len(rows):
            return None
        return rows.record(self.active.table.cursor_row)

    def action_judge(self, verdict: str) -> None:
        if self._picking:
            self._type_in_picker(self.desk.keymap.letter(verdict))
        elif self._row() is not None:
            self.desk.errands.judge(self._active, self.active.table.cursor_row, verdict)

    def action_select(self) -> None:
        table, rows = self.active.table, self.active.rows
        if self._row() is None or rows is None:
            return
        rows.toggle(table.cursor_row)
        table.refresh_row(table.cursor_row)
        table.action_cursor_down()
        self.active.tell_state()

    def action_stretch(self) -> None:
        rows = self.active.rows
        if self._picking:
            self._type_in_picker(self.desk.keymap.letter("stretch"))
        elif rows is not None and len(rows):
            if rows.selection.anchor is None:
                rows.selection.anchor = rows.selection.cursor = self.active.table.cursor_row
            else:
                rows.end_stretch()
            self.active.table.refresh()
            self.active.tell_state()

    def action_select_all(self) -> None:
        if self._picking:
            self._type_in_picker(self.desk.keymap.letter("select-all"))
        elif self.active.rows is not None:
            self.active.rows.choose_all()
            self.active.table.refresh()
            self.active.tell_state()

    def action_note(self) -> None:
        if self._picking:
            self._type_in_picker(self.desk.keymap.letter("note"))
        elif self._row() is not None:
            self.desk.errands.note(self._active, self.active.table.cursor_row)

    def action_history(self) -> None:
        if self._picking:
            self._type_in_picker(self.desk.keymap.letter("history"))
        else:
            self.desk.errands.history()

    def action_baseline(self) -> None:
        if self._picking:
            self._type_in_picker(self.desk.keymap.letter("baseline"))
        else:
            self.desk.errands.baseline()

    def action_undo(self) -> None:
        self.desk.undo()

    def action_redo(self) -> None:
        self.desk.redo()

    def action_filter(self) -> None:
        if self._picking:
            self.set_focus(self.picker.filter_input)
            return
        if self.active.rows is not None:
            self.active.add_class("filtering")
            self.set_focus(self.active.filter_input)

    def action_hide_expected(self) -> None:
        if self._picking:
            self._type_in_picker(self.desk.keymap.letter("hide-expected"))
        else:
            self.active.hide_expected = not self.active.hide_expected
            self.draw_pane(self._active)

    def action_ask_kql(self) -> None:
        if self._picking:
            self._type_in_picker(self.desk.keymap.letter("ask-kql"))
        else:
            self.desk.errands.ask_kql()

    def action_hints_first(self) -> None:
        if self._picking:
            self._type_in_picker(self.desk.keymap.letter("hints-first"))
        elif self._active not in HINTED_PANES:
            self.desk.tell(tr("there are no hints for the rows of this pane"))
        else:
            pane = self.active
            pane.hints_first = not pane.hints_first
            if pane.rows is not None:
                # The ends of a range are told by where rows stand.
                pane.rows.selection.anchor = None
            self.draw_pane(self._active)

    def action_rarest_first(self) -> None:
        pane = self.active
        if self._picking:
            self._type_in_picker(self.desk.keymap.letter("rarest-first"))
            return
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
        self.desk.scale_window(float(factor))

    def action_around(self) -> None:
        alerts = self.pane("alerts")
        if alerts.rows is not None and len(alerts.rows):
            record = alerts.rows.record(alerts.table.cursor_row)
            self.desk.look_around(record[raised_column(record)])

    def action_zoom(self, way: str) -> None:
        if self._picking:
            self._type_in_picker(self.desk.keymap.letter(way.replace("_", "-")))
        else:
            self.query_one(Timeline).zoom(1 if way == "zoom_in" else -1)

    def action_cluster(self, by: str) -> None:
        alerts, timeline = self.pane("alerts"), self.query_one(Timeline)
        rows, table = alerts.rows, alerts.table
        if self._picking or rows is None or not len(rows):
            return
        moment = raised_column(rows.answer.names)
        columns = [timeline.column_of(rows.record(at)[moment]) for at in range(len(rows))]
        table.move_to(beside(columns, table.cursor_row, int(by)))

    def action_pivot(self) -> None:
        if self._picking:
            self._type_in_picker(self.desk.keymap.letter("pivot"))
        elif self._row() is not None:
            self.desk.errands.pivot(self._active, self.active.table.cursor_row)

    def action_go_back(self) -> None:
        self.desk.go_back()

    def action_copy_cell(self) -> None:
        if (record := self._row()) is not None:
            self.desk.errands.copy_value(record)

    def action_copy_kql(self) -> None:
        self.desk.errands.copy_kql("devices" if self._picking else self._active)

    def action_info(self) -> None:
        self.desk.errands.info("devices" if self._picking else self._active)

    def action_ask_again(self) -> None:
        self.desk.ask_again("devices" if self._picking else self._active)

    def action_export(self) -> None:
        self.desk.errands.export()

    def action_help(self) -> None:
        self.desk.errands.keys()

    def action_palette(self) -> None:
        self.app.action_command_palette()

    def action_leave(self) -> None:
        self.app.exit()


def _starts_filter(event: events.Key, action: str) -> bool:
    if not event.is_printable or event.character is None:
        return False
    return (not action or action in _FOR_PANES) and event.character not in _NEVER_TYPED
