"""One device under investigation: what is asked, what has come back. Knows no screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Thread

from ..queries.answers import Answer, Status, Value
from ..queries.asking import Scope, as_failed, ask, drill_down, read_against
from ..queries.packs.loading import PANES
from ..queries.questions import Pack, Question
from ..queries.source import Cancellation, Source
from .opening import devices_of


@dataclass(frozen=True, slots=True)
class Arrival:
    """An answer on its way from a worker; ``generation`` tells whether anyone still waits."""

    generation: int
    question: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class DrillDown:
    """The values and the raw events behind one row, on their way from a worker."""

    values: Answer
    events: Answer


class Investigation:
    """Asks all questions of a device at once; only the thread that owns it reads it.

    ``deliver`` is called from worker threads with an Arrival, which the owner hands back to
    :meth:`accept`.
    """

    def __init__(self, source: Source, pack: Pack, deliver: Callable[[Arrival], object]) -> None:
        self.source = source
        self.pack = pack
        self.scope: Scope | None = None
        self._deliver = deliver
        self._answers: dict[str, Answer] = {}
        self._generations: dict[str, int] = {}
        self._running: dict[str, Cancellation] = {}
        self._counter = 0

    def open(self, scope: Scope) -> None:
        """Ask everything about another device or window; what ran before is cancelled."""
        self.cancel()
        self.scope = scope
        for name in ("coverage", *PANES):
            self.ask(name)

    def ask(self, name: str) -> None:
        """Ask one question again, together with the coverage it is read against."""
        assert self.scope is not None
        self._start(name, self.scope)

    def list_devices(self, scope: Scope) -> None:
        """Ask for the picker's rows."""
        self._start("devices", scope)

    def accept(self, arrival: Arrival) -> bool:
        """Keep the answer; False for one that nobody waits for any more."""
        if self._generations.get(arrival.question) != arrival.generation:
            return False
        self._running.pop(arrival.question, None)
        self._answers[arrival.question] = arrival.answer
        return True

    def question(self, name: str) -> Question:
        return self.pack.questions[name]

    def answer(self, name: str) -> Answer | None:
        """What came back, with every notice that can be given by now; None while it is asked."""
        answer = self._answers.get(name)
        if answer is None or self.scope is None or name == "devices":
            return answer
        coverage = self._answers.get("coverage")
        return read_against(answer, self.question(name), coverage, self.scope, self.source)

    def is_asking(self, name: str) -> bool:
        return name in self._running

    def answered(self) -> list[tuple[Question, Answer]]:
        """Every pane for the summary; one that has not come back is said to have failed."""
        panes = []
        for name in PANES:
            question = self.question(name)
            panes.append((question, self.answer(name) or as_failed(question, "not answered yet")))
        return panes

    def drill_down(
        self, name: str, record: dict[str, Value], done: Callable[[DrillDown], object]
    ) -> Cancellation:
        """Fetch what is behind a row; ``done`` is called from a worker unless cancelled."""
        scope, cancellation = self.scope, Cancellation()
        assert scope is not None

        def work() -> None:
            values, events = drill_down(
                self.source, self.question(name), scope, record, cancellation
            )
            if not cancellation.cancelled:
                done(DrillDown(values, events))

        Thread(target=work, daemon=True, name=f"drill-down-{name}").start()
        return cancellation

    def cancel(self) -> None:
        """Stop whatever is being asked about the device, and forget what it answered."""
        for name, cancellation in list(self._running.items()):
            if name != "devices":
                cancellation.cancel()
                del self._running[name]
        for name in ("coverage", *PANES):
            self._answers.pop(name, None)
            self._generations.pop(name, None)

    def close(self) -> None:
        for cancellation in self._running.values():
            cancellation.cancel()
        self._running.clear()
        self._generations.clear()

    def _start(self, name: str, scope: Scope) -> None:
        if running := self._running.pop(name, None):
            running.cancel()
        self._answers.pop(name, None)
        self._counter += 1
        generation, cancellation = self._counter, Cancellation()
        self._generations[name] = generation
        self._running[name] = cancellation
        question = self.question(name)

        def work() -> None:
            try:
                if name == "devices":
                    answer = devices_of(
                        self.source, self.pack, scope.hub, scope.window, cancellation
                    )
                else:
                    answer = ask(self.source, question, scope, cancellation)
            except Exception as error:
                answer = as_failed(question, f"{type(error).__name__}: {error}"[:300])
            if not cancellation.cancelled:
                self._deliver(Arrival(generation, name, answer))

        Thread(target=work, daemon=True, name=f"ask-{name}").start()


def status_words(answer: Answer | None, asking: bool) -> str:
    """How a pane stands, in a word or a short sentence."""
    if answer is None:
        return "asking" if asking else "not asked"
    if answer.status is Status.FAILED:
        return f"failed: {answer.failure} (r asks again)"
    kinds = {str(notice.kind) for notice in answer.notices}
    if not answer.rows:
        for kind in ("cannot know", "empty window", "silent", "missing table"):
            if kind in kinds:
                return kind
    return str(answer.status)
