"""What the detail of an alert adds to its screen: what it says, and where its lines lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..queries.answers import Value
from ..queries.entities import Entity
from ..queries.language import tr, translatable
from ..queries.pivot import Kind, Wanted
from .alert_detail import alert_lines, target_text
from .leads import Lead, Leading
from .pivoting import Pivoting
from .screens.reading import FOLLOW
from .searching import Row

if TYPE_CHECKING:
    from .console import Console

#: What takes a verdict back is found without being told, where there is no room: it stands last.
KEYS = {
    **{"e": "expected", "s": "suspicious", "n": "note"},
    **{"p": translatable("where else"), "y": translatable("copy"), "u": "unreviewed"},
}


class AlertErrand:
    """One alert that is read, and what its keys do that others do not have."""

    def __init__(self, console: Console, record: Mapping[str, Value]) -> None:
        self._console = console
        self.lines = tuple(alert_lines(record, console.pack, self._leading()))

    @property
    def leads(self) -> bool:
        """Whether a line of it can be chosen."""
        return any(line.target is not None for line in self.lines)

    def take(self, key: str | None, chosen: object) -> bool:
        """Do what the key says with the chosen line; False for what every detail can do."""
        if key == FOLLOW:
            self._follow(chosen)
        elif key == "y":
            self._console.errands.copying.text(target_text(chosen))
        elif key == "p":
            self._look_for(chosen)
        else:
            return False
        return True

    def _leading(self) -> Leading:
        console, investigation = self._console, self._console.investigation
        assert investigation is not None

        def rows_of(name: str) -> Sequence[Row] | None:
            rows = console.rows(name)
            return rows.answer.rows if rows else None

        return Leading(console.pack.panes, rows_of, investigation.absence)

    def _look_for(self, target: object) -> None:
        if text := target_text(target):
            Pivoting(self._console).look_for(Wanted(text, _sought_as(target)))
        else:
            self._console.tell(tr("this line has no value to look for"))

    def _follow(self, target: object) -> None:
        lead = self._leading().entity(target) if isinstance(target, Entity) else target
        if isinstance(lead, Lead):
            self._console.call_next(self._console.main.go_to, lead.question, lead.needle)
        else:
            self._console.tell(tr("no pane has a row with {text}", text=target_text(target)))


def _sought_as(target: object) -> Kind:
    if isinstance(target, Entity):
        return Kind(target.pivot_kind)
    named = target.value.kind if isinstance(target, Lead) and target.value else ""
    return Kind(named) if named in {*Kind} else Kind.TEXT
