"""From the console to the clipboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..queries.answers import Value
from ..queries.language import tr
from ..queries.printable import printable, printable_lines
from .casebook.findings import text_of
from .clipboard import copy
from .screens.dialogs import PickOne

if TYPE_CHECKING:
    from .console import Console


class Copying:
    """Copies, and says how far that went."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def text(self, text: str) -> None:
        driver = self._console.driver

        def write(sequence: str) -> None:
            if driver is not None:
                driver.write(sequence)

        self._console.tell(copy(printable_lines(text), write))

    def value(self, record: dict[str, Value]) -> None:
        """The one of its values that is chosen."""
        pairs = [(name, text_of(value)) for name, value in record.items()]

        def done(index: int | None) -> None:
            if index is not None:
                self.text(pairs[index][1])

        picker = PickOne(
            tr("Copy which value?"),
            (tr("Column"), tr("Value")),
            [(printable(name), printable(text)) for name, text in pairs],
            ascii_only=self._console.ascii_only,
        )
        self._console.push_screen(picker, done)

    def kql(self, name: str) -> None:
        """What was asked for a pane, or for the picker."""
        investigation = self._console.investigation
        answer = investigation.answer(name) if investigation else None
        if answer is not None and answer.kql:
            self.text(answer.kql)
