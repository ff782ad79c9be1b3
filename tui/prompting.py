"""The prompt at work: asks its text, opens the answer as a pane, keeps it in the own pack."""

from __future__ import annotations

from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from ..queries.answers import Answer, Status, rfc3339
from ..queries.asking import Scope, as_failed, ask
from ..queries.finishing import finished
from ..queries.kql.asked import KeysError, draft_of, question_of
from ..queries.kql.mistakes import with_place
from ..queries.language import tr, translatable
from ..queries.packs.finding import PackError
from ..queries.packs.saving import OWN, is_taken, save_question
from ..queries.printable import printable
from ..queries.questions import Question
from ..queries.source import Cancellation, Waiting
from .messages import Fetched
from .query_history import HistoryError, QueryHistory
from .screens.dialogs import AskText, Confirm
from .screens.kql_prompt import KqlPrompt
from .settings import packs_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from .console import Console


class Prompting:
    """Of one console; remembers the text that was left, and what was answered last."""

    def __init__(
        self, console: Console, history: QueryHistory | None = None, packs: Path | None = None
    ) -> None:
        self._console = console
        self._history = history or QueryHistory()
        self._packs = packs or packs_path()
        self._text = ""
        self._known: tuple[str, Scope, Answer] | None = None
        self._running: Cancellation | None = None
        self._screen: KqlPrompt | None = None

    def open(self) -> None:
        """Show the prompt; there has to be a device to ask about."""
        console = self._console
        scope = console.scope
        if scope is None:
            console.tell(tr("pick a device first: the prompt asks about one"))
            return
        try:
            history = self._history.texts()
        except HistoryError as error:
            console.tell(str(error), bad=True)
            history = []
        bound = [
            ("device", printable(scope.device)),
            ("hub", printable(scope.hub) or tr("(no hub)")),
            ("windowStart", rfc3339(scope.window.start)),
            ("windowEnd", rfc3339(scope.window.end)),
        ]
        self._screen = KqlPrompt(self, bound, self._text, history, ascii_only=console.ascii_only)
        console.push_screen(self._screen, self._left)

    def _left(self, text: str | None) -> None:
        self._text = text or ""
        self._screen = None

    # What the screen wants done

    def run(self, text: str) -> None:
        try:
            self._history.add(text)
        except HistoryError as error:
            self._console.tell(str(error), bad=True)
        self._ask(text, lambda answer: self._opened(text, answer))

    def save(self, text: str) -> None:
        if self._known is not None and self._known[:2] == (text, self._console.scope):
            self._answered(text, self._known[2], lambda answer: self._name(text, answer))
        else:
            self._ask(text, lambda answer: self._name(text, answer))

    def stop(self) -> None:
        if self._running is not None:
            self._running.cancel()
            self._running = None

    def _ask(self, text: str, then: Callable[[Answer], object]) -> None:
        console, investigation = self._console, self._console.investigation
        scope = console.scope
        assert investigation is not None
        assert scope is not None
        source, question = investigation.source, draft_of(text)
        cancellation = self._running = Cancellation()

        def told(waiting: Waiting | None) -> None:
            if waiting is not None and not cancellation.cancelled:
                console.post_message(Fetched(lambda: self._wait(cancellation, waiting)))

        def come(answer: Answer) -> None:
            if cancellation is self._running:
                self._running = None
                if answer.status is not Status.FAILED:
                    self._known = (text, scope, answer)
                self._answered(text, answer, then)

        def work() -> None:
            try:
                answer = ask(source, question, scope, cancellation, tell=told)
            except Exception as error:
                answer = as_failed(question, f"{type(error).__name__}: {error}"[:300])
            if not cancellation.cancelled:
                console.post_message(Fetched(lambda: come(answer)))

        Thread(target=work, daemon=True, name="ask-kql").start()

    def _wait(self, cancellation: Cancellation, waiting: Waiting) -> None:
        if self._screen is not None and cancellation is self._running:
            self._screen.tell(tr("waiting: {why}", why=waiting.why))

    def _answered(self, text: str, answer: Answer, then: Callable[[Answer], object]) -> None:
        """An answer has come: it is used, or the prompt says why it cannot be."""
        screen = self._screen
        if screen is None or not screen.is_running:
            return
        if answer.status is Status.FAILED:
            draft = draft_of(text)
            where = with_place("", answer.place, draft.name, draft.text)
            # The text may begin with blanks, and is asked without them.
            lines = text[: len(text) - len(text.lstrip())].count("\n")
            place = answer.place and (answer.place[0] + lines, answer.place[1])
            screen.fail(answer.failure.removesuffix(where), place)
            return
        screen.is_asking = False
        try:
            then(answer)
        except KeysError as error:
            screen.fail(str(error), error.place)

    def _opened(self, text: str, answer: Answer) -> None:
        question = question_of(text, answer)
        assert self._screen is not None
        self._screen.dismiss("")
        self._console.panes.open_question(question, finished(answer, question))

    # Saving

    def _name(self, text: str, answer: Answer) -> None:
        question = self._without_workspace(question_of(text, answer))
        screen = self._screen
        assert screen is not None
        screen.tell("")

        def named(name: str | None) -> None:
            if name and name.strip():
                self._save(name.strip(), question)

        hints = (
            tr("Letters, digits and _. Enter saves it in the pack {pack}; Esc does not.", pack=OWN),
            tr("From the next start on, --pack {pack} shows it as a pane.", pack=OWN),
        )
        dialog = AskText(tr("Name of the question"), hints, ascii_only=self._console.ascii_only)
        self._console.push_screen(dialog, named)

    def _without_workspace(self, question: Question) -> Question:
        """The column that says whose a row is comes with the sources, and not with the pack."""
        from dataclasses import replace  # noqa: PLC0415

        from ..queries.log_analytics.workspaces import WORKSPACE  # noqa: PLC0415

        online = self._console.request.online
        if online is None or len(online.workspaces) < 2:
            return question
        return replace(
            question,
            keys=tuple(key for key in question.keys if key != WORKSPACE),
            shown=tuple(shown for shown in question.shown if shown.column != WORKSPACE),
        )

    def _save(self, name: str, question: Question) -> None:
        def write() -> None:
            try:
                path = save_question(self._packs, name, question, replace=True)
            except (PackError, OSError) as error:
                self._fail(error)
            else:
                self._console.tell(
                    tr("saved in {path}: --pack {pack} shows it", path=path, pack=OWN)
                )
                if self._screen is not None:
                    self._screen.tell("")

        try:
            taken = is_taken(self._packs, name)
        except (PackError, OSError) as error:
            self._fail(error)
            return
        if not taken:
            write()
            return
        words = tr("There is a question {name} already. Replace it?", name=name)
        hint = translatable("Enter or y: yes.  Esc or n: no.")
        self._console.push_screen(
            Confirm(words, hint=hint, ascii_only=self._console.ascii_only),
            lambda yes: write() if yes else None,
        )

    def _fail(self, error: Exception) -> None:
        if self._screen is not None:
            self._screen.fail(printable(str(error)))
