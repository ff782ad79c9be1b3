"""One device under investigation: what is asked, what has come back. Knows no screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING

from ..queries.answers import Answer, Value
from ..queries.asking import Scope, as_failed, ask, drill_down, read_against
from ..queries.coverage import absence_of
from ..queries.hints.hint import HINTED_PANES, Hinted, hints_name
from ..queries.language import tr
from ..queries.packs.loading import PANES
from ..queries.questions import Pack, Question
from ..queries.source import Cancellation, Source, Waiting, nobody
from .opening import devices_of

if TYPE_CHECKING:
    from ..queries.hints.hinting import Hinting

#: Questions of a device that are asked at once: the coverage and the five.
AT_ONCE = 6


@dataclass(frozen=True, slots=True)
class Arrival:
    """An answer on its way from a worker; ``generation`` tells whether anyone still waits."""

    generation: int
    question: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Delay:
    """What an answer waits for, on its way from a worker; None once it is being asked."""

    generation: int
    question: str
    waiting: Waiting | None


@dataclass(frozen=True, slots=True)
class HintsArrival:
    """The hints of a pane, on their way from a worker."""

    generation: int
    question: str
    hinted: Hinted


@dataclass(frozen=True, slots=True)
class DrillDown:
    """The values and the raw events behind one row, on their way from a worker."""

    values: Answer
    events: Answer


class Investigation:
    """Asks the questions of a device; only the thread that owns it reads it.

    The five and the coverage are asked at once; the other panes follow, where the coverage does
    not say that there is nothing to ask them of.

    ``deliver`` is called from worker threads with an Arrival, which the owner hands back to
    :meth:`accept`; ``delay`` with a Delay, for :meth:`hear`.
    """

    def __init__(
        self,
        source: Source,
        pack: Pack,
        deliver: Callable[[Arrival], object],
        delay: Callable[[Delay], object] = nobody,
        *,
        hinting: Hinting | None = None,
        hint: Callable[[HintsArrival], object] = nobody,
    ) -> None:
        """``hinting``: what rows are held against once they are there; ``hint`` is called from
        worker threads, for :meth:`take_hints`."""
        self.source = source
        self.pack = pack
        self.scope: Scope | None = None
        self._opened: dict[str, Question] = {}
        self._deliver = deliver
        self._delay = delay
        self._answers: dict[str, Answer] = {}
        self._generations: dict[str, int] = {}
        self._running: dict[str, Cancellation] = {}
        self._waiting: dict[str, Waiting] = {}
        self._hinting = hinting
        self._hint = hint
        self._hinted: dict[str, Hinted] = {}
        self._counter = 0

    def open(self, scope: Scope) -> None:
        """Ask everything about another device or window; what ran before is cancelled.

        Questions that were opened about another device are dropped.
        """
        self.cancel()
        known = self.scope
        if known is None or (known.device, known.hub) != (scope.device, scope.hub):
            self._opened = {n: asked for n, asked in self._opened.items() if asked.is_about_fleet}
        self.scope = scope
        for name in ("coverage", *PANES):
            self.ask(name)

    @property
    def panes(self) -> tuple[str, ...]:
        """Those of the pack, then those opened besides."""
        return (*self.pack.panes, *self._opened)

    def is_opened(self, name: str) -> bool:
        """Whether it was opened besides the panes of the pack."""
        return name in self._opened

    def open_question(self, question: Question, answer: Answer | None = None) -> None:
        """Ask a question besides those of the pack, in place of one of the same name.

        Args:
            answer: what it was answered just now; it is not asked again.

        Raises:
            ValueError: the name is that of a pane of the pack, or of what the console asks itself.
        """
        if question.name in ("devices", "coverage", *self.pack.panes):
            raise ValueError(f"{question.name} is a question of the pack")
        self._opened[question.name] = question
        if answer is None:
            self.ask(question.name)
            return
        if running := self._end(question.name):
            running.cancel()
        self._counter += 1
        self._generations[question.name] = self._counter
        self._answers[question.name] = answer

    def close_question(self, name: str) -> None:
        """Forget a question that was opened, and what it answered."""
        del self._opened[name]
        self._forget(name)

    def absence(self, name: str) -> str:
        """Why a pane of the pack is not asked by itself; nothing where it is, or may yet be."""
        if name in PANES or name in self._opened:
            return ""
        coverage, missing = self._answers.get("coverage"), self.source.missing_tables
        return absence_of(self.question(name), coverage, missing)

    def was_asked(self, name: str) -> bool:
        """Whether it was asked of this device and window, answered or not."""
        return name in self._generations

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
        self._end(arrival.question)
        self._answers[arrival.question] = arrival.answer
        if arrival.question in HINTED_PANES and arrival.answer.rows:
            self._start_hints(arrival.question, arrival.answer)
        self._ask_on()
        return True

    def _ask_on(self) -> None:
        """Once the coverage and the five have answered, ask the other panes, a few at once."""
        if self.scope is None or any(map(self.is_asking, ("coverage", *PANES))):
            return
        asking = sum(name != "devices" for name in self._running)
        rest = [n for n in self.panes if not self.was_asked(n) and not self.absence(n)]
        for name in rest[: max(0, AT_ONCE - asking)]:
            self.ask(name)

    def take_hints(self, arrival: HintsArrival) -> bool:
        """Keep the hints; False for those of rows that are not there any more."""
        name = hints_name(arrival.question)
        if self._generations.get(name) != arrival.generation:
            return False
        self._end(name)
        self._hinted[arrival.question] = arrival.hinted
        self._ask_on()
        return True

    def hinted(self, name: str) -> Hinted | None:
        """The hints of a pane; None while there are none to be told of."""
        return self._hinted.get(name)

    def hear(self, delay: Delay) -> bool:
        """Keep what an answer waits for; False where that is old, or known already."""
        name = delay.question
        if name not in self._running or self._generations.get(name) != delay.generation:
            return False
        known = self._waiting.pop(name, None)
        if delay.waiting is not None:
            self._waiting[name] = delay.waiting
        return delay.waiting != known

    def waiting(self, name: str) -> Waiting | None:
        """What the answer waits for; None where it does not, or is not asked."""
        return self._waiting.get(name)

    def all_hinted(self) -> dict[str, Hinted]:
        """The hints of every pane that have come."""
        return dict(self._hinted)

    def question(self, name: str) -> Question:
        return self._opened.get(name) or self.pack.questions[name]

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
        """Every pane for the summary, but those there is nothing to ask of.

        One that has not come back is said to have failed.
        """
        panes = []
        for name in self.panes:
            if self.absence(name) and not self.was_asked(name):
                continue
            question = self.question(name)
            panes.append(
                (question, self.answer(name) or as_failed(question, tr("not answered yet")))
            )
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
        for name in [name for name in self._generations if name != "devices"]:
            self._forget(name)

    def close(self) -> None:
        for cancellation in self._running.values():
            cancellation.cancel()
        self._running.clear()
        self._waiting.clear()
        self._generations.clear()

    def _forget(self, name: str) -> None:
        """Stop the question and the hints for its rows, and forget what came back."""
        for asked in (name, hints_name(name)):
            if running := self._end(asked):
                running.cancel()
            self._generations.pop(asked, None)
        self._answers.pop(name, None)
        self._hinted.pop(name, None)

    def _end(self, name: str) -> Cancellation | None:
        """Nothing is being asked any more; gives back what would have stopped it."""
        self._waiting.pop(name, None)
        return self._running.pop(name, None)

    def _start(self, name: str, scope: Scope) -> None:
        self._forget(name)
        generation, cancellation = self._begin(name)
        question = self.question(name)

        def tell(waiting: Waiting | None) -> None:
            if not cancellation.cancelled:
                self._delay(Delay(generation, name, waiting))

        def work() -> None:
            try:
                if name == "devices":
                    answer = devices_of(
                        self.source, self.pack, scope.hub, scope.window, cancellation, tell=tell
                    )
                else:
                    answer = ask(self.source, question, scope, cancellation, tell=tell)
            except Exception as error:
                answer = as_failed(question, f"{type(error).__name__}: {error}"[:300])
            if not cancellation.cancelled:
                self._deliver(Arrival(generation, name, answer))

        Thread(target=work, daemon=True, name=f"ask-{name}").start()

    def _begin(self, name: str) -> tuple[int, Cancellation]:
        self._counter += 1
        self._generations[name] = self._counter
        self._running[name] = cancellation = Cancellation()
        return self._counter, cancellation

    def _start_hints(self, name: str, answer: Answer) -> None:
        """Rows are shown first; whether they deserve a look is found out after."""
        scope, hinting = self.scope, self._hinting
        if hinting is None or scope is None:
            return
        generation, cancellation = self._begin(hints_name(name))

        def work() -> None:
            try:
                hinted = hinting.hints(self.source, self.pack, answer, scope, cancellation)
            except Exception as error:
                hinted = Hinted(failure=f"{type(error).__name__}: {error}"[:300])
            if not cancellation.cancelled:
                self._hint(HintsArrival(generation, name, hinted))

        Thread(target=work, daemon=True, name=f"hints-{name}").start()
