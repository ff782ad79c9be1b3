"""What stands around the panes, below the status line: the tabs and the keys, as runs of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...queries.language import tr
from ...queries.packs.loading import PANES
from ..keymap import Keymap
from ..widgets.giving_way import head, width_of
from ..widgets.one_line import Run
from ..widgets.text_cells import shown
from .standing import Tab

#: Cells of the title of a pane that is none of the five, and of the open one that has to give way.
_TITLE, _SHORTER = 24, (12, 8, 5)


def tab_runs(
    tabs: Sequence[Tab], active: str, width: int, ascii_only: bool, *, more: str
) -> list[Run]:
    """`` 1 Alerts 16  2 Users 10 …`` with the number of suspicious rows.

    Where that is too wide a sign says that a pane failed, since each of them must be seen; then
    there is less air; then panes behind the five are left out, and it is said how many; at last
    only the pane that is open has its title.

    Args:
        more: the key of the list that has them all.
    """
    runs: list[Run] = []
    for runs in _forms(tabs, active, ascii_only, more):
        # The last is a blank.
        if width_of(runs[:-1]) <= width:
            break
    return runs if width_of(runs) <= width else runs[:-1]


def _forms(tabs: Sequence[Tab], active: str, ascii_only: bool, more: str) -> Iterator[list[Run]]:
    """The longest first."""
    failed = "x" if ascii_only else "✗"
    titles = {tab.name: _title(tab, ascii_only, _TITLE) for tab in tabs}
    for words, air in ((tr("failed"), " "), (failed, " "), (failed, "")):
        yield _runs(tabs, active, titles, words, air)
    for count in range(len(tabs) - len(PANES), -1, -1):
        kept, left = _parted(tabs, active, count)
        yield [*_runs(kept, active, titles, failed, ""), *_left_out(left, more, failed)]
    # The titles of the five are worth more than the end of another.
    kept, left = _parted(tabs, active, 0)
    for room in _SHORTER:
        cut = {tab.name: _title(tab, ascii_only, room) for tab in kept}
        yield [*_runs(kept, active, cut, failed, ""), *_left_out(left, more, failed)]
    # One without a key is known by its title only.
    told = {tab.name for tab in tabs if not tab.key or tab.name == active}
    named = {name: title for name, title in titles.items() if name in told}
    for air in (" ", ""):
        for count in range(len(tabs) - len(PANES), -1, -1):
            kept, left = _parted(tabs, active, count)
            yield [*_runs(kept, active, named, failed, air), *_left_out(left, more, failed)]
    kept, left = _parted(tabs, active, 0)
    for room in _SHORTER:
        cut = {tab.name: _title(tab, ascii_only, room) for tab in kept if tab.name in told}
        yield [*_runs(kept, active, cut, failed, ""), *_left_out(left, more, failed)]


def _title(tab: Tab, ascii_only: bool, room: int) -> str:
    title = shown(tab.title, ascii_only)
    return title if tab.name in PANES else head(title, room, ascii_only)


def _parted(tabs: Sequence[Tab], active: str, count: int) -> tuple[list[Tab], list[Tab]]:
    """The five and ``count`` others, the active one whatever there is room for; and the rest."""
    others = [tab.name for tab in tabs[len(PANES) :]]
    kept = {*others[:count], active}
    if active in others[count:]:
        kept -= set(others[max(0, count - 1) : count])
    fits = [tab.name in PANES or tab.name in kept for tab in tabs]
    return (
        [tab for tab, fit in zip(tabs, fits, strict=True) if fit],
        [tab for tab, fit in zip(tabs, fits, strict=True) if not fit],
    )


def _runs(
    tabs: Sequence[Tab], active: str, titles: dict[str, str], failed: str, air: str
) -> list[Run]:
    runs: list[Run] = []
    for tab in tabs:
        tone = "accent" if tab.name == active else "muted"
        words = "".join(f" {part}" for part in (tab.key, titles.get(tab.name)) if part)
        if tab.count == "failed":
            runs += [(f"{words} ", tone), (failed, "warning")]
        else:
            runs.append((f"{words} {tab.count}", tone))
        if tab.sign:
            runs.append((f" {tab.sign}", "suspicious"))
        runs.append((air, "plain"))
    return runs


def _left_out(tabs: Sequence[Tab], more: str, failed: str) -> list[Run]:
    """How many panes there is no room for, and what must be known of them."""
    if not tabs:
        return []
    runs: list[Run] = [(f" {more} +{len(tabs)}", "muted")]
    if any(tab.count == "failed" for tab in tabs):
        runs.append((f" {failed}", "warning"))
    if suspicious := sum(int(tab.sign.removeprefix("!")) for tab in tabs if tab.sign):
        runs.append((f" !{suspicious}", "suspicious"))
    return [*runs, ("", "plain")]


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
