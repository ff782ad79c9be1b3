"""The rows of every pane that has been answered, held against the casebook."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..queries.answers import Answer, Status
from ..queries.asking import Scope
from ..queries.hints.hint import Hinted
from ..queries.language import tr
from ..queries.questions import Question
from .casebook.casebook import Casebook
from .casebook.judgements import Sign
from .screens.standing import Counts

if TYPE_CHECKING:
    from .pane_rows import PaneRows

_COUNTED = (Sign.SUSPICIOUS, Sign.EXPECTED, Sign.DRIFTED, Sign.UNREVIEWED)


class Board:
    """Knows no widget: what it holds is drawn by others."""

    def __init__(self, casebook: Casebook, *, ascii_only: bool) -> None:
        self._casebook = casebook
        self._ascii = ascii_only
        self._rows: dict[str, PaneRows] = {}

    def rows(self, name: str) -> PaneRows | None:
        """None while it has not been answered."""
        return self._rows.get(name)

    def put(
        self, question: Question, answer: Answer, scope: Scope, hinted: Hinted | None = None
    ) -> bool:
        """Hold an answer against the casebook; whether there was one already."""
        # The first frame has no rows.
        from .pane_rows import PaneRows  # noqa: PLC0415

        known = question.name in self._rows
        self._rows[question.name] = PaneRows(
            question,
            answer,
            self._casebook,
            scope.device,
            scope.hub,
            ascii_only=self._ascii,
            window=scope.window,
        )
        self._rows[question.name].hinted = hinted
        return known

    def clear(self) -> None:
        self._rows.clear()

    def drop(self, name: str) -> None:
        self._rows.pop(name, None)

    def judge_again(self) -> Iterable[str]:
        """Read every verdict anew; the names of the panes that this may have changed."""
        for rows in self._rows.values():
            rows.judge_again()
        return tuple(self._rows)

    def counts(self) -> Counts:
        """Over all panes."""
        counted = [rows.counts() for rows in self._rows.values()]
        return Counts(*(sum(count[sign] for count in counted) for sign in _COUNTED))

    def tab(self, question: Question) -> tuple[str, str, str]:
        """(title, row count, sign) of a pane."""
        title, rows = tr(question.title), self._rows.get(question.name)
        if rows is None:
            return title, "…" if not self._ascii else "...", ""
        if rows.answer.status is Status.FAILED:
            return title, "failed", ""
        suspicious = rows.counts()[Sign.SUSPICIOUS]
        return title, f"{len(rows.answer.rows):,}", f"!{suspicious}" if suspicious else ""
