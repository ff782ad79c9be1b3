"""What stands around the panes, below the status line: the tabs and the keys, as runs of text."""

from __future__ import annotations

from ...queries.language import tr
from ...queries.packs.loading import PANES
from ..keymap import Keymap
from ..widgets.giving_way import width_of
from ..widgets.one_line import Run
from .desk import Desk


def tab_runs(desk: Desk, active: str, width: int, ascii_only: bool) -> list[Run]:
    """`` 1 Alerts 16  2 Users 10 …`` with the number of suspicious rows.

    Where that is too wide a sign says that a pane failed, since each of them must be seen; then
    there is less air, and at last only the pane that is open has its title.
    """
    failed = "x" if ascii_only else "✗"
    runs = _tabs(desk, active, tr("failed"))
    for air, is_titled in ((" ", True), ("", True), (" ", False), ("", False)):
        # The last is a blank.
        if width_of(runs[:-1]) <= width:
            break
        runs = _tabs(desk, active, failed, air, is_titled=is_titled)
    return runs if width_of(runs) <= width else runs[:-1]


def _tabs(
    desk: Desk, active: str, failed: str, air: str = " ", *, is_titled: bool = True
) -> list[Run]:
    runs: list[Run] = []
    for number, name in enumerate(PANES, 1):
        title, count, sign = desk.tab(name)
        tone = "accent" if name == active else "muted"
        words = f" {number} {title}" if is_titled or name == active else f" {number}"
        if count == "failed":
            runs += [(f"{words} ", tone), (failed, "warning")]
        else:
            runs.append((f"{words} {count}", tone))
        if sign:
            runs.append((f" {sign}", "suspicious"))
        runs.append((air, "plain"))
    return runs


def key_words(keymap: Keymap, *, picking: bool, typing: bool, ascii_only: bool) -> str:
    """What the keys do where the cursor stands."""
    if picking and typing:
        return tr(" type to filter  arrows move  Enter opens  Esc takes the filter away")
    if typing:
        return tr(" Enter keeps the filter  Esc takes it away")
    if picking:
        told = [
            ("detail", tr("opens")),
            ("window", tr("window")),
            ("help", tr("keys")),
            ("leave", tr("leave")),
        ]
        words = [f"{keymap.key(name, ascii_only)} {label}" for name, label in told]
        return "  ".join([tr(" type to filter"), *words])
    shown = [f"{action.written(ascii_only)} {tr(action.label)}" for action in keymap.footer()]
    return " " + "  ".join(shown)
