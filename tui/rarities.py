"""Asks how rare the rows of each pane are, once the panes themselves have been answered."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING

from ..queries.answers import Status
from ..queries.asking import Scope
from ..queries.source import Cancellation
from .messages import Fetched

if TYPE_CHECKING:
    from ..queries.prevalence import Prevalence
    from .console import Console
    from .investigation import Investigation


class Rarities:
    """One question at a time: they look at the whole hub, and nobody waits for them."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._known: dict[str, Prevalence] = {}
        self._asking: tuple[str, Cancellation] | None = None

    def of(self, name: str) -> Prevalence | None:
        """Of one pane; None while it is not known."""
        return self._known.get(name)

    @property
    def is_asking(self) -> bool:
        return self._asking is not None

    def forget(self, name: str = "") -> None:
        """Another device or window, or one pane that is asked again."""
        if self._asking is not None and name in ("", self._asking[0]):
            self._asking[1].cancel()
            self._asking = None
        if name:
            self._known.pop(name, None)
        else:
            self._known.clear()

    def go_on(self) -> None:
        """Ask the next pane that is answered, unless an answer is still being waited for."""
        investigation = self._console.investigation
        if self._asking is not None or investigation is None or investigation.scope is None:
            return
        if any(_holds_up(investigation, name) for name in ("coverage", *investigation.panes)):
            return
        name = next(filter(self._is_wanted, self._in_order()), None)
        if name is not None:
            self._ask(name, investigation, investigation.scope)

    def _in_order(self) -> tuple[str, ...]:
        """What is looked at comes first."""
        first = self._console.main.active_name
        return (first, *(name for name in self._console.panes.names if name != first))

    def _is_wanted(self, name: str) -> bool:
        rows = self._console.rows(name)
        return (
            rows is not None
            and rows.rarity is not None
            and name not in self._known
            and rows.answer.status is not Status.FAILED
            and bool(rows.answer.rows)
        )

    def _ask(self, name: str, investigation: Investigation, scope: Scope) -> None:
        # Nobody needs it before the panes are answered.
        from ..queries.prevalence import Prevalence, prevalence_of  # noqa: PLC0415

        source, question = investigation.source, investigation.question(name)
        cancellation = Cancellation()
        self._asking = (name, cancellation)

        def arrived(prevalence: Prevalence) -> None:
            if cancellation.cancelled:
                return
            self._asking = None
            self._known[name] = prevalence
            self._console.learned(name)
            self.go_on()

        def work() -> None:
            try:
                found = prevalence_of(source, question, scope, cancellation)
            except Exception as error:
                why = f"{type(error).__name__}: {error}"[:300]
                found = Prevalence.failed(question, scope, why)
            if not cancellation.cancelled:
                self._console.post_message(Fetched(lambda: arrived(found)))

        Thread(target=work, daemon=True, name=f"rarity-{name}").start()


def _holds_up(investigation: Investigation, name: str) -> bool:
    """It is being asked right now; one that only waits for its next try holds up nobody."""
    return investigation.is_asking(name) and investigation.waiting(name) is None
