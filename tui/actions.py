"""Every action of the console, once: bindings, footer, help and palette are made from this."""

from __future__ import annotations

from dataclasses import dataclass

from .key_names import written


@dataclass(frozen=True, slots=True)
class Action:
    """Something a key does.

    Attributes:
        name: of the screen's ``action_`` method, arguments included.
        keys: as Textual spells them.
        label: one or two words, for footer and palette.
        help: a sentence.
        footer: where it stands in the footer, 0 for not at all; small numbers first.
        named: its id, where the name makes none that is easy to write.
    """

    name: str
    keys: tuple[str, ...]
    label: str
    help: str
    footer: int = 0
    named: str = ""

    @property
    def id(self) -> str:
        """Stable name for the action, whatever its keys; [keys] in config.toml goes by it."""
        _, _, argument = self.name.removesuffix("')").partition("('")
        return self.named or (argument or self.name).replace("_", "-")

    def written(self, ascii_only: bool = False) -> str:
        """The keys as people write them, in words where arrows cannot be shown."""
        return " ".join(written(key, ascii_only) for key in self.keys)


ACTIONS: tuple[Action, ...] = (
    Action("devices", ("d",), "devices", "Pick a device: type to filter, Enter opens it.", 9),
    Action("pane('alerts')", ("1",), "alerts", "The alerts of the device."),
    Action("pane('users')", ("2",), "users", "Who can sign in."),
    Action("pane('ports')", ("3",), "ports", "Which ports are open, and to whom."),
    Action("pane('logins')", ("4",), "logins", "Who signed in, or tried to."),
    Action("pane('processes')", ("5",), "processes", "What ran."),
    Action(
        "pane_at('6')", ("6",), "sixth pane", "The sixth pane, where there is one.", named="pane-6"
    ),
    Action(
        "pane_at('7')",
        ("7",),
        "seventh pane",
        "The seventh pane, where there is one.",
        named="pane-7",
    ),
    Action(
        "pane_at('8')",
        ("8",),
        "eighth pane",
        "The eighth pane, where there is one.",
        named="pane-8",
    ),
    Action(
        "pane_at('9')", ("9",), "ninth pane", "The ninth pane, where there is one.", named="pane-9"
    ),
    Action(
        "pane_at('10')",
        ("0",),
        "tenth pane",
        "The tenth pane, where there is one.",
        named="pane-10",
    ),
    Action(
        "more_panes", ("m",), "all panes", "Every pane, how it stands, and why it is not shown."
    ),
    Action("close_pane", ("ctrl+w",), "close pane", "Close a pane that was opened besides."),
    Action("next_pane", ("tab",), "next pane", "Go to the next pane."),
    Action("previous_pane", ("shift+tab",), "previous pane", "Go to the pane before."),
    Action("move('cursor_up')", ("up", "k"), "up", "One row up."),
    Action("move('cursor_down')", ("down", "j"), "down", "One row down."),
    Action("move('page_up')", ("pageup",), "page up", "One page up."),
    Action("move('page_down')", ("pagedown",), "page down", "One page down."),
    Action("move('first')", ("home",), "first row", "To the first row."),
    Action("move('last')", ("end",), "last row", "To the last row."),
    Action("move('scroll_left')", ("left",), "left", "Columns further left."),
    Action("move('scroll_right')", ("right",), "right", "Columns further right."),
    Action(
        "detail",
        ("enter",),
        "detail",
        "Everything about the row: each value, the raw events, what to ask yourself.",
        4,
    ),
    Action("judge('expected')", ("e",), "expected", "The row is as it should be.", 1),
    Action("judge('suspicious')", ("s",), "suspicious", "The row is not.", 2),
    Action("judge('unreviewed')", ("u",), "unreviewed", "Take the verdict back."),
    Action("select", ("space",), "select", "Choose the row: verdicts go to all chosen."),
    Action("stretch", ("v",), "select range", "Begin a range of rows, and end it."),
    Action("select_all", ("a",), "select all", "Choose every row that is shown, or none."),
    Action("note", ("n",), "note", "Write a note on the row.", 3),
    Action(
        "baseline",
        ("b",),
        "keep baseline",
        "Expect on other devices what is expected on this one.",
    ),
    Action("history", ("H",), "history", "Who decided what, and when, in this case."),
    Action("undo", ("ctrl+z",), "undo", "Take back the last verdict or note."),
    Action("redo", ("ctrl+r",), "redo", "Bring back what was undone."),
    Action(
        "filter",
        ("slash",),
        "filter",
        "Only rows with this text; =text: a whole value, !text: the rest.",
        5,
    ),
    Action("hide_expected", ("h",), "hide expected", "Hide rows that are expected."),
    Action("hints_first", ("O",), "hints first", "Rows that deserve a look first, or as asked."),
    Action("window", ("w",), "window", "Choose the stretch of time to ask about.", 7),
    Action("scale('2')", ("plus",), "widen", "A window twice as long.", named="widen"),
    Action("scale('0.5')", ("minus",), "narrow", "A window half as long.", named="narrow"),
    Action("around", ("full_stop",), "around alert", "One hour around the chosen alert.", 6),
    Action(
        "cluster('-1')",
        ("left_square_bracket",),
        "earlier alerts",
        "To the alerts before, as the picture shows them together.",
        named="earlier-alerts",
    ),
    Action(
        "cluster('1')",
        ("right_square_bracket",),
        "later alerts",
        "To the alerts after.",
        named="later-alerts",
    ),
    Action("zoom('zoom_in')", ("z",), "closer", "Half the time line, around the chosen alert."),
    Action("zoom('zoom_out')", ("Z",), "further off", "Twice the time line, up to the window."),
    Action("copy_cell", ("y",), "copy", "Copy a value of the row."),
    Action("copy_kql", ("Y",), "copy KQL", "Copy the KQL that was asked."),
    Action("info", ("i",), "about the pane", "Status, what cannot be known, the KQL."),
    Action("ask_again", ("r",), "ask again", "Ask this pane again."),
    Action("export", ("x",), "export", "Write the summary: Markdown, JSON or CSV.", 8),
    Action("help", ("question_mark",), "keys", "Every key.", 10),
    Action("palette", ("ctrl+p",), "palette", "Find an action by its name."),
    Action("leave", ("q",), "leave", "Leave; every verdict is already saved.", 11),
)
