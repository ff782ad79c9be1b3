"""Every action of the console, once: bindings, footer, help and palette are made from this."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Action:
    """Something a key does.

    Attributes:
        name: of the screen's ``action_`` method, arguments included.
        keys: as Textual spells them.
        label: one or two words, for footer and palette.
        help: a sentence.
        shown: the keys as people write them.
        footer: where it stands in the footer, 0 for not at all; small numbers first.
    """

    name: str
    keys: tuple[str, ...]
    label: str
    help: str
    shown: str
    footer: int = 0

    @property
    def id(self) -> str:
        """Stable name for the action, whatever its keys."""
        return self.name.replace("('", ".").replace("')", "").replace("_", "-")

    def written(self, ascii_only: bool) -> str:
        """The keys as people write them, in words where arrows cannot be shown."""
        return self.shown.translate(_ARROWS) if ascii_only else self.shown


_ARROWS = str.maketrans({"↑": "Up", "↓": "Down", "←": "Left", "→": "Right"})


ACTIONS: tuple[Action, ...] = (
    Action("devices", ("d",), "devices", "Pick a device: type to filter, Enter opens it.", "d", 9),
    Action("pane('alerts')", ("1",), "alerts", "The alerts of the device.", "1"),
    Action("pane('users')", ("2",), "users", "Who can sign in.", "2"),
    Action("pane('ports')", ("3",), "ports", "Which ports are open, and to whom.", "3"),
    Action("pane('logins')", ("4",), "logins", "Who signed in, or tried to.", "4"),
    Action("pane('processes')", ("5",), "processes", "What ran.", "5"),
    Action("next_pane", ("tab",), "next pane", "Go to the next pane.", "Tab"),
    Action("previous_pane", ("shift+tab",), "previous pane", "Go to the pane before.", "Shift+Tab"),
    Action("move('cursor_up')", ("up", "k"), "up", "One row up.", "↑ k"),
    Action("move('cursor_down')", ("down", "j"), "down", "One row down.", "↓ j"),
    Action("move('page_up')", ("pageup",), "page up", "One page up.", "PgUp"),
    Action("move('page_down')", ("pagedown",), "page down", "One page down.", "PgDn"),
    Action("move('first')", ("home",), "first row", "To the first row.", "Home"),
    Action("move('last')", ("end",), "last row", "To the last row.", "End"),
    Action("move('scroll_left')", ("left",), "left", "Columns further left.", "←"),
    Action("move('scroll_right')", ("right",), "right", "Columns further right.", "→"),
    Action(
        "detail",
        ("enter",),
        "detail",
        "Everything about the row: each value, the raw events, what to ask yourself.",
        "Enter",
        4,
    ),
    Action("judge('expected')", ("e",), "expected", "The row is as it should be.", "e", 1),
    Action("judge('suspicious')", ("s",), "suspicious", "The row is not.", "s", 2),
    Action("judge('unreviewed')", ("u",), "unreviewed", "Take the verdict back.", "u"),
    Action("select", ("space",), "select", "Choose the row: verdicts go to all chosen.", "Space"),
    Action("stretch", ("v",), "select range", "Begin a range of rows, and end it.", "v"),
    Action("select_all", ("a",), "select all", "Choose every row that is shown, or none.", "a"),
    Action("note", ("n",), "note", "Write a note on the row.", "n", 3),
    Action(
        "baseline",
        ("b",),
        "keep baseline",
        "Expect on other devices what is expected on this one.",
        "b",
    ),
    Action("history", ("H",), "history", "Who decided what, and when, in this case.", "H"),
    Action("undo", ("ctrl+z",), "undo", "Take back the last verdict or note.", "Ctrl+Z"),
    Action("redo", ("ctrl+r",), "redo", "Bring back what was undone.", "Ctrl+R"),
    Action("filter", ("slash",), "filter", "Only rows with this text; !text for the rest.", "/", 5),
    Action("hide_expected", ("h",), "hide expected", "Hide rows that are expected.", "h"),
    Action("window", ("w",), "window", "Choose the stretch of time to ask about.", "w", 7),
    Action("scale('2')", ("plus",), "widen", "A window twice as long.", "+"),
    Action("scale('0.5')", ("minus",), "narrow", "A window half as long.", "-"),
    Action("around", ("full_stop",), "around alert", "One hour around the chosen alert.", ".", 6),
    Action("copy_cell", ("y",), "copy", "Copy a value of the row.", "y"),
    Action("copy_kql", ("Y",), "copy KQL", "Copy the KQL that was asked.", "Y"),
    Action("info", ("i",), "about the pane", "Status, what cannot be known, the KQL.", "i"),
    Action("ask_again", ("r",), "ask again", "Ask this pane again.", "r"),
    Action("export", ("x",), "export", "Write the summary: Markdown, JSON or CSV.", "x", 8),
    Action("help", ("question_mark",), "keys", "Every key.", "?", 10),
    Action("palette", ("ctrl+p",), "palette", "Find an action by its name.", "Ctrl+P"),
    Action("leave", ("q",), "leave", "Leave; every verdict is already saved.", "q", 11),
)


def footer_actions() -> list[Action]:
    """Those that the footer shows, the most wanted first."""
    return sorted((a for a in ACTIONS if a.footer), key=lambda action: action.footer)
