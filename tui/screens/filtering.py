"""Keys that open and fill a filter, the picker's or that of a pane, before any is an action."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING

from textual import events
from textual.widgets import Input

from ..actions import Action

if TYPE_CHECKING:
    from .investigation import InvestigationScreen

_PICKER_MOVES = {
    "up": "cursor_up",
    "down": "cursor_down",
    "pageup": "page_up",
    "pagedown": "page_down",
}
#: They begin no filter, even where they do nothing.
_NEVER_TYPED = frozenset(" !")
#: Keys that open a filter do so before the key after them is looked at.
_OPENING = ("filter", "devices")
#: Methods of the actions that mean nothing in the picker.
_FOR_PANES: set[str] = set()
Act = Callable[..., None]


def for_panes(act: Act) -> Act:
    """Of an action that means nothing in the picker: its letter is typed there, as others are."""

    @wraps(act)
    def acted(screen: InvestigationScreen, *words: str) -> None:
        if screen.is_picking:
            name = words[0] if words else act.__name__.removeprefix("action_")
            letter = screen.desk.keymap.letter(name.replace("_", "-"))
            screen.filtering.type_in_picker(letter)
        else:
            act(screen, *words)

    _FOR_PANES.add(act.__name__)
    return acted


def _is_for_panes(action: Action) -> bool:
    name, _, _ = action.name.partition("(")
    return f"action_{name}" in _FOR_PANES


class Filtering:
    """The filters of one screen."""

    def __init__(self, screen: InvestigationScreen) -> None:
        self._screen = screen

    def take(self, event: events.Key) -> bool:
        """Do what the key does here; False where it is for others."""
        screen, field = self._screen, self._screen.picker.filter_input
        focused, action = screen.focused, screen.desk.keymap.on(event.key)
        if event.key == "escape":
            self._leave()
        elif focused is field and event.key in _PICKER_MOVES:
            # The filter keeps the focus: arrows move in the table below it.
            screen.action_move(_PICKER_MOVES[event.key])
        elif isinstance(focused, Input) and event.is_printable and event.character:
            # Keys that come in one burst, over a slow line or from a script, were sent to the
            # table before the filter had the focus. None of them may become a verdict.
            focused.replace(event.character, *focused.selection)
        elif action in _OPENING and not isinstance(focused, Input):
            self._open(action)
        elif focused is screen.picker.table and self._begins(event, action):
            self.type_in_picker(event.character or "")
        else:
            return False
        return True

    def _begins(self, event: events.Key, action: str) -> bool:
        """Whether the key is the first letter of a filter."""
        if not event.is_printable or event.character is None or event.character in _NEVER_TYPED:
            return False
        return not action or _is_for_panes(self._screen.desk.keymap.action(action))

    def type_in_picker(self, character: str) -> None:
        """Typing filters the picker, whatever else a letter does in the panes."""
        field = self._screen.picker.filter_input
        self._screen.set_focus(field)
        field.insert_text_at_cursor(character)

    # What is pasted

    def opening(self, key: str) -> str:
        """The action of a key, where that opens a field which does not stand open."""
        action = self._screen.desk.keymap.on(key)
        opens = action == "filter" or (action == "devices" and not self._screen.is_picking)
        return action if opens else ""

    def open_field(self, action: str) -> bool:
        """Give the focus to the field that an action opens, else to the picker's, where there is
        one; whether there is."""
        if action:
            self._open(action)
        elif self._screen.is_picking:
            self._screen.set_focus(self._screen.picker.filter_input)
        return isinstance(self._screen.focused, Input)

    def _open(self, action: str) -> None:
        getattr(self._screen, f"action_{action}")()

    # Leaving

    def _leave(self) -> None:
        screen, picker = self._screen, self._screen.picker
        if screen.focused is picker.filter_input:
            if picker.filter_input.value:
                picker.filter_input.value = ""
            elif screen.desk.scope is not None:
                screen.is_picking = False
                screen.active.table.focus()
                screen.rearrange()
            else:
                picker.table.focus()
        elif isinstance(screen.focused, Input):
            screen.focused.value = ""
            self.end()
        elif screen.is_picking and screen.desk.scope is not None:
            screen.is_picking = False
            screen.rearrange()
        elif screen.active.rows is not None:
            screen.active.rows.selection.clear()
            screen.active.tell_state()

    def end(self) -> None:
        """The filter of a pane is done with, and holds."""
        self._screen.active.remove_class("filtering")
        self._screen.active.table.focus()
