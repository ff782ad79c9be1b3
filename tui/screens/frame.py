"""What stands around the panes: the status line, the tabs, the keys, as runs of text."""

from __future__ import annotations

from rich.cells import cell_len

from ...queries.language import tr
from ...queries.packs.loading import PANES
from ..keymap import Keymap
from ..pane_rows import window_words
from ..widgets.one_line import Run
from .desk import Desk

#: Characters of a source in the status line.
_SOURCE = 30


def status_runs(desk: Desk, ascii_only: bool) -> tuple[list[Run], list[Run], list[Run]]:
    """(source and device, window and pack, verdict counts); the last two empty at first."""
    source = _shortened(desk.source_words, ascii_only)
    first: list[Run] = [(" iotriage  ", "accent"), (source, "strong")]
    if desk.scope is None:
        return first, [], [(tr("{key} keys ", key=desk.keymap.key("help", ascii_only)), "muted")]
    scope, counts = desk.scope, desk.counts()
    first.append((f"  {scope.hub or tr('(no hub)')} / {scope.device}", "strong"))
    words = window_words(scope.window)
    when = words.replace("→", "-") if ascii_only else words
    judged = (
        ("!", counts.suspicious, "suspicious"),
        ("+" if ascii_only else "✓", counts.expected, "expected"),
        ("~", counts.drifted, "drifted"),
    )
    runs: list[Run] = []
    for sign, count, tone in judged:
        runs += [(f"{sign} {count}", tone if count else "muted"), ("   ", "plain")]
    runs.append((tr("{count} to review ", count=counts.to_review), "muted"))
    return first, [(f"  {when}  {desk.pack.name}", "muted")], runs


def _shortened(source: str, ascii_only: bool) -> str:
    """A long path by its end, so that device and counts keep their place."""
    if len(source) <= _SOURCE:
        return source
    kind, _, path = source.partition(" ")
    return f"{kind} {'...' if ascii_only else '…'}{path[-(_SOURCE - len(kind) - 2) :]}"


def tab_runs(desk: Desk, active: str, width: int, ascii_only: bool) -> list[Run]:
    """`` 1 Alerts 16  2 Users 10 …`` with the number of suspicious rows.

    Where that is too wide a sign says that a pane failed: each of them must be seen.
    """
    runs = _tabs(desk, active, tr("failed"))
    if sum(cell_len(text) for text, _ in runs) > width + 1:
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
