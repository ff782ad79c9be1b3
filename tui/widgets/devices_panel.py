"""The device picker: a filter and a table, beside the panes or on a screen of its own."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from ...queries.alert_columns import SEVERITIES
from ...queries.answers import Answer, Status, Value
from ...queries.language import tr, translatable
from ...queries.printable import printable
from ...queries.source import Waiting
from ..device_names import names_in
from ..keymap import REGISTRY, Keymap
from ..words import countdown_words, reason_words
from .answer_table import AnswerTable, RowView
from .one_line import OneLine
from .pane import empty_words, waiting_text
from .text_cells import cell_text

_WIDE = (
    translatable("Device"),
    *SEVERITIES[:3],
    *(translatable("Last seen"), translatable("Events"), translatable("Hub")),
)
_GROUP = translatable("Device group")
_NARROW = (translatable("Device"), translatable("Alerts"))
_WORKSPACE = translatable("Workspace")
_COUNTED = dict(
    zip(
        SEVERITIES,
        (
            *(translatable("{count}H"), translatable("{count}M")),
            *(translatable("{count}L"), translatable("{count}I")),
        ),
        strict=True,
    )
)


class DeviceRows:
    """The picker's rows, filtered by name; ``wide`` shows every column."""

    def __init__(self, answer: Answer, needle: str, suspicious: frozenset[tuple[str, str]]) -> None:
        self._names = names = answer.names
        self.needle = needle
        wanted = needle.casefold()
        self._rows = answer.rows
        self._called = names_in(answer)
        self._where = "MachineGroup" if "MachineGroup" in names else "Hub"
        if wanted:
            told = [names.index(n) for n in ("DeviceName", "DeviceId", self._where) if n in names]
            self._rows = tuple(
                row for row in answer.rows if wanted in " ".join(row[at] for at in told).casefold()
            )
        self._suspicious = suspicious
        self.wide = True

        #: Several workspaces were asked: the same device may be in more than one.
        self._workspaces = "Workspace" in names

    @property
    def labels(self) -> tuple[str, ...]:
        if self.wide:
            labels = (*_WIDE[:-1], _GROUP) if self._where == "MachineGroup" else _WIDE
            return tuple(map(tr, (*labels, _WORKSPACE) if self._workspaces else labels))
        return tuple(map(tr, _NARROW))

    @property
    def numeric(self) -> frozenset[int]:
        return frozenset({1, 2, 3, 5}) if self.wide else frozenset()

    @property
    def records(self) -> list[dict[str, Value]]:
        return [self.record(index) for index in range(len(self))]

    def record(self, index: int) -> dict[str, Value]:
        # Made when asked for: a screen shows a few of thousands.
        return dict(zip(self._names, self._rows[index], strict=True))

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int, /) -> RowView:
        record = self.record(index)
        device, hub, name = (
            record["DeviceId"],
            record["Hub"],
            self._called.get(record["DeviceId"], record["DeviceId"]),
        )
        sign = "!" if (device, str(hub).lower()) in self._suspicious else ""
        tone = str(record["HighestSeverity"]).lower()
        tone = tone if tone in ("high", "medium", "low", "informational") else ""
        if not self.wide:
            return RowView(sign, (cell_text(name), alert_words(record)), tone)
        counts = (str(record[severity] or "") for severity in SEVERITIES[:3])
        cells = (
            cell_text(name),
            *(text if text != "0" else "" for text in counts),
            cell_text(record["LastSeen"], short=True),
            f"{record['Events']:,}",
            cell_text(record[self._where]),
            *((cell_text(record["Workspace"]),) if self._workspaces else ()),
        )
        return RowView(sign, cells, tone)


def alert_words(record: dict[str, Value]) -> str:
    """``3H 2M 1L``; nothing where there is no alert."""
    return " ".join(
        tr(words, count=record[severity])
        for severity, words in _COUNTED.items()
        if record[severity]
    )


class DevicesPanel(Vertical):
    """Type to filter, arrows to move, Enter opens."""

    def __init__(
        self, keymap: Keymap = REGISTRY, *, ascii_only: bool = False, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self.keymap = keymap
        self.ascii_only = ascii_only
        self.rows: DeviceRows | None = None
        self._answer: Answer | None = None
        self._suspicious: frozenset[tuple[str, str]] = frozenset()
        self._wide = True

    def compose(self) -> ComposeResult:
        yield OneLine(ascii_only=self.ascii_only, classes="state")
        # Selecting on focus would have the second letter typed replace the first.
        needle = Input(placeholder=tr("type to filter"), id="device-filter", select_on_focus=False)
        needle.cursor_blink = False
        yield needle
        yield AnswerTable(ascii_only=self.ascii_only, id="device-table")

    @property
    def table(self) -> AnswerTable:
        return self.query_one(AnswerTable)

    @property
    def filter_input(self) -> Input:
        return self.query_one(Input)

    def show_reading(self, words: str) -> None:
        """The source is being opened, or asked for its devices."""
        self._show_nothing(words.replace("…", "...") if self.ascii_only else words)
        self.query_one(OneLine).set_runs([(f" {tr('Devices')}", "strong")])

    def show_waiting(self, waiting: Waiting, now: float, *, asked: bool) -> None:
        """Something is waited for; ``asked``: it is the answer, and may be asked again."""
        words = printable(reason_words(waiting))
        self._show_nothing(waiting_text(waiting, self.keymap) if asked else words)
        self.count_down(waiting, now)

    def count_down(self, waiting: Waiting, now: float) -> None:
        """Say for how long yet; there is no room for more beside the panes."""
        when = countdown_words(waiting, now) or tr("waiting")
        self.query_one(OneLine).set_runs([(f" {tr('Devices')}  ", "strong"), (when, "warning")])

    def _show_nothing(self, words: str) -> None:
        self.rows = self._answer = None
        self.table.set_empty_text(words)
        self.table.set_rows((), [])

    def show(
        self, answer: Answer, suspicious: frozenset[tuple[str, str]], *, keep_cursor: bool = False
    ) -> None:
        """``suspicious``: (device, hub in lower case) that the case calls suspicious."""
        self._answer, self._suspicious = answer, suspicious
        self._fill(keep_cursor)

    def set_wide(self, wide: bool) -> None:
        """All columns, or device and alerts only."""
        if wide != self._wide:
            self._wide = wide
            self._fill(keep_cursor=True)

    def _fill(self, keep_cursor: bool) -> None:
        answer = self._answer
        if answer is None:
            return
        self.rows = DeviceRows(answer, self.filter_input.value, self._suspicious)
        self.rows.wide = self._wide
        total, shown = len(answer.rows), len(self.rows)
        counted = (
            f"{total:,}"
            if shown == total
            else tr("{shown:,} of {total:,}", shown=shown, total=total)
        )
        title = self.query_one(OneLine)
        if answer.status is Status.COMPLETE:
            title.set_runs([(f" {tr('Devices')}  ", "strong"), (counted, "muted")])
        else:
            failed = answer.status is Status.FAILED
            status = tr(str(answer.status))
            words = status if failed else f"{counted} {status}"
            title.set_runs([(f" {tr('Devices')}  ", "strong"), (words, "warning")])
        empty = tr("No device has this in its name.")
        if not answer.rows:
            empty = empty_words(answer, keymap=self.keymap)
        self.table.set_empty_text(empty)
        self.table.set_rows(
            self.rows.labels, self.rows, numeric=self.rows.numeric, keep_cursor=keep_cursor
        )

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._fill(keep_cursor=False)

    def chosen(self) -> dict[str, Value] | None:
        """The record under the cursor."""
        if self.rows is not None and self.rows.needle != self.filter_input.value:
            # Enter came in one burst with the name: the table has not followed yet.
            self._fill(keep_cursor=False)
        if self.rows is None or not len(self.rows):
            return None
        return self.rows.record(self.table.cursor_row)
