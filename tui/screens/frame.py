"""What stands around the panes, below the status line: the tabs and the keys, as runs of text."""

from __future__ import annotations

from ...queries.packs.loading import PANES
from ..keymap import Keymap
from ..widgets.one_line import Run
from .desk import Desk


def tab_runs(desk: Desk, active: str, width: int, ascii_only: bool) -> list[Run]:
    """`` 1 Alerts 16  2 Users 10 …`` with the number of suspicious rows.

    Where that is too wide a sign says that a pane failed: each of them must be seen.
    """
    runs = _tabs(desk, active, "failed")
    if sum(len(text) for text, _ in runs) > width + 1:
        return _tabs(desk, active, "x" if ascii_only else "✗")
    return runs


def _tabs(desk: Desk, active: str, failed: str) -> list[Run]:
    runs: list[Run] = []
    for number, name in enumerate(PANES, 1):
        title, count, sign = desk.tab(name)
        tone = "accent" if name == active else "muted"
        if count == "failed":
            runs += [(f" {number} {title} ", tone), (failed, "warning")]
        else:
            runs.append((f" {number} {title} {count}", tone))
        if sign:
            runs.append((f" {sign}", "suspicious"))
        runs.append((" ", "plain"))
    return runs


def key_words(keymap: Keymap, *, picking: bool, typing: bool, ascii_only: bool) -> str:
    """What the keys do where the cursor stands."""
    if picking and typing:
        return " type to filter  arrows move  Enter opens  Esc takes the filter away"
    if typing:
        return " Enter keeps the filter  Esc takes it away"
    if picking:
        told = [("detail", "opens"), ("window", "window"), ("help", "keys"), ("leave", "leave")]
        words = [f"{keymap.key(name, ascii_only)} {label}" for name, label in told]
        return "  ".join([" type to filter", *words])
    shown = [f"{action.written(ascii_only)} {action.label}" for action in keymap.footer()]
    return " " + "  ".join(shown)
