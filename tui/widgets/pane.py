"""A pane: the rows of one question, and a line that says how far they can be trusted."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input

from ...queries.answers import Answer, NoticeKind, Status
from ...queries.language import tr
from ...queries.packs.loading import PANES
from ...queries.printable import printable
from ...queries.source import Waiting
from ...queries.wording import counted
from ..keymap import REGISTRY, Keymap
from ..words import countdown_words, reason_words, status_words
from .answer_table import AnswerTable
from .one_line import OneLine, Run

if TYPE_CHECKING:
    from ..pane_rows import PaneRows

#: Seconds that a pane looks among its rows before it lets others go on, and for how long then.
_SLICE, _PAUSE = 0.01, 0.005
#: Seconds between two drawings of what it has found so far.
_DRAWN_EVERY = 0.25


class Pane(Vertical):
    """The table of one question with its state, filter and empty text."""

    class Looked(Message):
        """All rows and verdicts that had to be looked for have been found."""

        def __init__(self, pane: Pane) -> None:
            super().__init__()
            self.pane = pane

    def __init__(
        self, name: str, title: str, keymap: Keymap = REGISTRY, *, ascii_only: bool = False
    ) -> None:
        """``keymap``: which keys are named where there is nothing else to be seen."""
        super().__init__(id=f"pane-{name}" if name in PANES else None, classes="pane")
        self.question = name
        self.title = title
        self.keymap = keymap
        self.ascii_only = ascii_only
        self.rows: PaneRows | None = None
        self.needle = ""
        self.hide_expected = False
        self.hints_first = False
        self.by_rarity = False
        self._seen_width = 0
        self._heard = True
        self._drawn = 0.0
        self._looking: Timer | None = None
        self._line = OneLine(ascii_only=ascii_only, classes="state")
        self.table = AnswerTable(ascii_only=ascii_only)
        # Not Textual's own blinking one: each blink is bytes on the line.
        needle = Input(
            placeholder=tr("text, =text for a whole value, !text for rows without it"),
            classes="filter",
        )
        needle.cursor_blink = False
        self.filter_input = needle

    def compose(self) -> ComposeResult:
        yield self._line
        yield self.table
        yield self.filter_input

    def show_asking(
        self, asking: bool, waiting: Waiting | None, now: float, why_not: str = ""
    ) -> None:
        """Nothing has come back yet; ``now`` is of time.monotonic.

        ``why_not``: why it has not been asked, where that is to be said.
        """
        self.rows = None
        if why_not:
            text = tr(
                "Not asked: {why}.\n\n{key} asks all the same.",
                why=printable(why_not),
                key=self.keymap.key("ask-again"),
            )
            self.table.set_empty_text(text)
            self._say([(tr("not asked"), "muted")])
        elif waiting is None:
            words = tr("asking") if asking else tr("not asked")
            self.table.set_empty_text(f"{words} {'...' if self.ascii_only else '…'}")
            self._say([(words, "muted")])
        else:
            self.table.set_empty_text(waiting_text(waiting, self.keymap))
            self.count_down(waiting, now)
        self.table.set_rows((), [])

    def count_down(self, waiting: Waiting, now: float) -> None:
        """Say what is waited for, and for how long yet."""
        runs: list[Run] = [(reason_words(waiting), "warning")]
        if when := countdown_words(waiting, now):
            runs.append(
                (
                    tr(" · {when} ({key} asks now)", when=when, key=self.keymap.key("ask-again")),
                    "warning",
                )
            )
        self._say(runs, gives_way=1)

    def show(self, rows: PaneRows, *, keep_cursor: bool, heard: bool) -> None:
        """The answer has come, or a verdict, a filter, a window has changed what is shown.

        ``heard``: whether what is known of the agent has come as well.
        """
        self.rows, self._heard = rows, heard
        rows.hints_first = self.hints_first
        rows.sort(self.by_rarity)
        rows.choose(self.needle, self.hide_expected, 0)
        self._draw(rows, keep_cursor=keep_cursor)
        self._look_on_later(rows)

    def _draw(self, rows: PaneRows, *, keep_cursor: bool) -> None:
        self._drawn = monotonic()
        self.table.set_empty_text(self._empty_text(rows, self._heard))
        self._fill(rows, keep_cursor=keep_cursor)
        self._say(self._state(rows))

    def _look_on_later(self, rows: PaneRows) -> None:
        if rows.is_busy and self._looking is None:
            self._looking = self.set_timer(_PAUSE, self._look_on)

    def _look_on(self) -> None:
        """Go on with the rows there are now; another text, or other rows, end what was."""
        self._looking, rows = None, self.rows
        if rows is None or not rows.is_busy:
            return
        rows.look_on(_SLICE)
        if not rows.is_busy or monotonic() >= self._drawn + _DRAWN_EVERY:
            self._draw(rows, keep_cursor=True)
        if not rows.is_busy:
            self.post_message(self.Looked(self))
        self._look_on_later(rows)

    def _fill(self, rows: PaneRows, *, keep_cursor: bool) -> None:
        if rows.seen is not None:
            rows.seen.width = self._seen_width
        if rows.rarity is not None:
            rows.rarity.is_brief = not self._seen_width and not self.by_rarity
        self.table.set_rows(
            rows.labels,
            rows,
            numeric=rows.numeric,
            accent=rows.accent,
            keep_cursor=keep_cursor,
        )

    def draw_seen(self, width: int) -> None:
        """The cells that there are to draw when each row was seen; 0 for not at all."""
        if width != self._seen_width:
            self._seen_width = width
            if self.rows is not None:
                self._fill(self.rows, keep_cursor=True)

    def tell_state(self) -> None:
        """Say again how the pane stands; rows were chosen, or left out."""
        if self.rows is not None:
            self._say(self._state(self.rows))

    def _say(self, runs: list[Run], gives_way: int = -1) -> None:
        if self.ascii_only:
            runs = [(text.replace("·", "-"), tone) for text, tone in runs]
        self._line.set_runs([(f" {self.title}  ", "strong"), *runs], gives_way=gives_way)

    def _state(self, rows: PaneRows) -> list[Run]:
        answer = rows.answer
        words = status_words(answer, self.keymap.key("ask-again"))
        calm = answer.status is Status.COMPLETE and words == tr("complete")
        runs: list[Run] = [(words, "muted" if calm else "warning")]
        # That rows are missing outweighs whatever else there is to be said.
        notices = sorted(answer.notices, key=lambda notice: notice.kind is not NoticeKind.CUT)
        if answer.status is not Status.FAILED:
            is_all = len(rows) == len(answer.rows)
            if not (answer.status is Status.TRUNCATED and is_all and notices):
                runs.append((f" · {_counted(rows)}", "muted"))
            if seconds := answer.statistics.get("seconds"):
                runs.append((f" · {_took(seconds)}", "muted"))
        if self.needle:
            runs.append((tr(" · filter {text}", text=self.needle), "accent"))
        if self.by_rarity and rows.rarity is not None:
            runs.append((tr(" · rarest first"), "accent"))
        if rows.is_busy:
            runs.append((tr(" · looking, {part:.0%}", part=rows.looked_at), "warning"))
        selection = rows.selection
        if selection.places or selection.anchor is not None:
            count = len(selection.places | {rows.place(i) for i in selection.stretch()})
            runs.append((tr(" · {count} selected", count=count), "accent"))
        if rows.hidden:
            runs.append((tr(" · {count} expected hidden", count=rows.hidden), "accent"))
        if answer.rows and notices:
            runs.append((f" · {notices[0].text}", "warning"))
            if len(notices) > 1:
                runs.append((f" (+{len(notices) - 1}: {self.keymap.key('info')})", "warning"))
        # What is missing is said before what deserves a look.
        return runs + _hint_runs(rows)

    def _empty_text(self, rows: PaneRows, heard: bool) -> str:
        answer = rows.answer
        if answer.rows and rows.is_busy:
            return tr("No row so far; there are more to look at.")
        if answer.rows:
            key = self.keymap.key("filter")
            return tr(
                "No row is left by the filter: {key} changes it, Esc there takes it away.", key=key
            )
        return empty_words(answer, heard, self.keymap)


def waiting_text(waiting: Waiting, keymap: Keymap = REGISTRY) -> str:
    """What is waited for, in full, where there would be rows."""
    return tr(
        "{why}\n\n{key} asks now.",
        why=printable(reason_words(waiting)),
        key=keymap.key("ask-again"),
    )


def empty_words(answer: Answer, heard: bool = True, keymap: Keymap = REGISTRY) -> str:
    """Why there is no row: each reason looks different from nothing having happened.

    Lines are told apart by line feeds; there is none in a failure or a notice.
    """
    if answer.status is Status.FAILED:
        key = keymap.key("ask-again")
        return tr(
            "This could not be answered: {why}\n\n{key} asks again.",
            why=printable(answer.failure),
            key=key,
        )
    if answer.notices:
        return tr("No rows.\n\n") + "\n".join(
            tr(
                "{kind}: {text}.",
                kind=tr(str(notice.kind)).capitalize(),
                text=printable(notice.text),
            )
            for notice in answer.notices
        )
    if answer.question == "alerts":
        return tr("No alert names this device in this window.")
    if answer.question == "devices":
        return tr(
            "No device was seen in this window: {key} chooses another.", key=keymap.key("window")
        )
    if not heard:
        return tr("No rows. Whether the agent was heard from is still being asked.")
    return tr("No rows: the agent was heard from, and nothing of this kind was seen.")


def _hint_runs(rows: PaneRows) -> list[Run]:
    """How many rows deserve a look, as far as that is known."""
    hinted = rows.hinted
    if hinted is None:
        return []
    runs: list[Run] = []
    if hinted.hints:
        runs.append((tr(" · {count} with hints", count=len(hinted.hints)), "accent"))
        if rows.hints_first:
            runs.append((tr(", first"), "accent"))
    if hinted.failure:
        runs.append((tr(" · rules failed: {why}", why=hinted.failure), "warning"))
    elif hinted.remarks:
        runs.append((f" · {hinted.remarks[0]}", "warning"))
    return runs


def _counted(rows: PaneRows) -> str:
    total, shown = len(rows.answer.rows), len(rows)
    text = (
        counted(total, "row")
        if shown == total
        else tr("{shown:,} of {rows}", shown=shown, rows=counted(total, "row"))
    )
    return tr("more than {rows}", rows=text) if rows.answer.status is Status.TRUNCATED else text


def _took(seconds: float) -> str:
    return (
        tr("{milliseconds:.0f} ms", milliseconds=seconds * 1000)
        if seconds < 1
        else tr("{seconds:.1f} s", seconds=seconds)
    )
