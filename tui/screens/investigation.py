"""The screen of one device: picker, timeline, alerts and the four panes."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Input, Static

from ...queries.alert_catalogue import raised_column
from ...queries.answers import Value
from ...queries.packs.loading import PANES
from ..actions import ACTIONS
from ..widgets.answer_table import AnswerTable
from ..widgets.devices_panel import DevicesPanel
from ..widgets.one_line import OneLine
from ..widgets.pane import Pane
from ..widgets.timeline import Timeline
from .desk import Desk
from .frame import key_words, status_runs, tab_runs

WIDE = 120
_PICKER_MOVES = {
    "up": "cursor_up",
    "down": "cursor_down",
    "pageup": "page_up",
    "pagedown": "page_down",
}
#: Letters that mean something in the picker's table; every other one begins its filter.
_PICKER_KEYS = frozenset("dwriqxjkYy123456789/?+-.!")
#: Keys that open a filter do so before the key after them is looked at.
_OPENING_KEYS = {"slash": "filter", "d": "devices"}
SMALLEST = (60, 15)


class InvestigationScreen(Screen[None]):
    """Draws what the desk holds and turns keys into calls on it; asks nothing itself."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(",".join(action.keys), action.name, action.label, id=action.id, show=False)
        for action in ACTIONS
    ]

    def __init__(self, desk: Desk, *, ascii_only: bool) -> None:
        super().__init__()
        self.desk = desk
        self._ascii = ascii_only
        self._picking = True
        self._active = "alerts"
        self._beside = "users"

    # What it is made of

    def compose(self) -> ComposeResult:
        yield OneLine(ascii_only=self._ascii, id="status")
        with Horizontal(id="body"):
            yield DevicesPanel(ascii_only=self._ascii, id="devices")
            with Vertical(id="work"):
                yield Timeline(ascii_only=self._ascii, id="timeline")
                yield OneLine(ascii_only=self._ascii, id="chosen-alert")
                yield OneLine(ascii_only=self._ascii, id="tabs")
                for name in PANES:
                    title = self.desk.pack.questions[name].title
                    yield Pane(name, title, ascii_only=self._ascii)
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

    def pane(self, name: str) -> Pane:
        return self.query_one(f"#pane-{name}", Pane)

    @property
    def active(self) -> Pane:
        return self.pane(self._active)

    def _arrange(self) -> None:
        """Which parts are seen: all of them side by side, or one thing at a time."""
        width, height = self.app.size
        small = width < SMALLEST[0] or height < SMALLEST[1]
        self.set_class(small, "small")
        if small:
            words = f"iotriage needs {SMALLEST[0]}x{SMALLEST[1]} cells; this is {width}x{height}."
            self.query_one("#too-small", Static).update(words)
        wide = self.is_wide
        self.set_class(wide, "wide")
        self.set_class(self._picking and not wide, "picking")
        self.picker.set_wide(not wide)
        self.query_one(Timeline).set_compact(not wide or height < 30)
        for name in PANES:
            seen = name == self._active or (wide and name == "alerts")
            # Beside the alerts one of the other panes is always open.
            if wide and self._active == "alerts" and name == self._beside:
                seen = True
            self.pane(name).set_class(seen, "seen")
        self._focus()
        self.draw_frame()

    def _focus(self) -> None:
        field = self.picker.filter_input if self._picking else self.active.filter_input
        if self.focused is field:
            return
        if self._picking:
            self.picker.table.focus()
        else:
            self.active.table.focus()

    # Drawing

    def draw_all(self) -> None:
        """Everything anew: another device, another window, a source that has opened."""
        self.draw_devices()
        for name in PANES:
            self.draw_pane(name)
        self.draw_frame()

    def draw_devices(self, *, keep_cursor: bool = False) -> None:
        answer = self.desk.devices
        if answer is None:
            self.picker.show_reading(self.desk.waiting_words)
            return
        self.picker.show(answer, self.desk.suspicious_devices(), keep_cursor=keep_cursor)

    def draw_pane(self, name: str, *, keep_cursor: bool = False) -> None:
        rows, pane = self.desk.rows(name), self.pane(name)
        if rows is None:
            pane.show_asking(self.desk.is_asking(name))
        else:
            pane.show(rows, keep_cursor=keep_cursor)
        if name == "alerts":
            self._draw_timeline()

    def _draw_timeline(self) -> None:
        scope, rows = self.desk.scope, self.pane("alerts").rows
        if scope is None:
            return
        points = []
        if rows is not None and "AlertSeverity" in rows.answer.names:
            moment = raised_column(rows.answer.names)
            points = [(r[moment], r["AlertSeverity"]) for r in rows.answer.records()]
        self.query_one(Timeline).set_alerts(scope.window, points)
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
        first, rest, counts = status_runs(self.desk, self._ascii)
        line = self.query_one("#status", OneLine)
        if self.is_wide or not rest:
            line.set_runs([*first, *rest], right=counts)
        else:
            line.set_runs(first, rest, right=counts)

    def _draw_tabs(self) -> None:
        self.query_one("#tabs", OneLine).set_runs(tab_runs(self.desk, self._active))

    def _draw_keys(self) -> None:
        typing = isinstance(self.focused, Input)
        self.query_one("#keys", OneLine).set_runs(
            [(key_words(picking=self._picking, typing=typing), "muted")]
        )

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
        for name in PANES:
            if event.widget is self.pane(name).table:
                self._picking = False
                self._activate(name)
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
        elif event.key in _OPENING_KEYS and not isinstance(self.focused, Input):
            getattr(self, f"action_{_OPENING_KEYS[event.key]}")()
            event.stop()
        elif self.focused is self.picker.table and _starts_filter(event):
            self._type_in_picker(event.character or "")
            event.stop()

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
        for name in PANES:
            if event.input is self.pane(name).filter_input:
                self.pane(name).needle = event.value
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

    def action_pane(self, name: str) -> None:
        if self.desk.scope is None:
            return
        self._picking = False
        self._active = name
        if name != "alerts":
            self._beside = name
        self._arrange()

    def action_next_pane(self) -> None:
        self._step(1)

    def action_previous_pane(self) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        self.action_pane(PANES[(PANES.index(self._active) + by) % len(PANES)])

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
            self._type_in_picker(verdict[0])
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
            self._type_in_picker("v")
        elif rows is not None and len(rows):
            if rows.selection.anchor is None:
                rows.selection.anchor = rows.selection.cursor = self.active.table.cursor_row
            else:
                rows.end_stretch()
            self.active.table.refresh()
            self.active.tell_state()

    def action_select_all(self) -> None:
        if self._picking:
            self._type_in_picker("a")
        elif self.active.rows is not None:
            self.active.rows.choose_all()
            self.active.table.refresh()
            self.active.tell_state()

    def action_note(self) -> None:
        if self._picking:
            self._type_in_picker("n")
        elif self._row() is not None:
            self.desk.errands.note(self._active, self.active.table.cursor_row)

    def action_history(self) -> None:
        if self._picking:
            self._type_in_picker("H")
        else:
            self.desk.errands.history()

    def action_baseline(self) -> None:
        if self._picking:
            self._type_in_picker("b")
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
            self._type_in_picker("h")
        else:
            self.active.hide_expected = not self.active.hide_expected
            self.draw_pane(self._active)

    def action_window(self) -> None:
        self.desk.errands.window()

    def action_scale(self, factor: str) -> None:
        self.desk.scale_window(float(factor))

    def action_around(self) -> None:
        alerts = self.pane("alerts")
        if alerts.rows is not None and len(alerts.rows):
            record = alerts.rows.record(alerts.table.cursor_row)
            self.desk.look_around(record[raised_column(record)])

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


def _starts_filter(event: events.Key) -> bool:
    return event.is_printable and event.character not in (None, " ", *_PICKER_KEYS)
