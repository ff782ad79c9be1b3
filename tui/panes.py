"""Which panes there are of the device, which of them have a tab, and why the others have none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..queries.answers import Answer, Status
from ..queries.language import tr
from ..queries.packs.loading import PANES
from ..queries.printable import printable
from ..queries.questions import Question
from .actions import Action
from .screens.standing import Tab
from .words import reason_words, status_words

if TYPE_CHECKING:
    from .console import Console

#: The last pane of a pack that has a key of its own.
LAST_KEY = 10


class Panes:
    """The panes of the pack, and those that were opened besides."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, whatever is shown."""
        investigation = self._console.investigation
        return investigation.panes if investigation else self._console.pack.panes

    def question(self, name: str) -> Question:
        investigation, pack = self._console.investigation, self._console.pack
        return investigation.question(name) if investigation else pack.questions[name]

    def is_opened(self, name: str) -> bool:
        """Whether it was opened besides the panes of the pack."""
        investigation = self._console.investigation
        return investigation is not None and investigation.is_opened(name)

    def at(self, number: int) -> str:
        """The pane of the pack at a place that is counted from 1; nothing where there is none."""
        panes = self._console.pack.panes
        return panes[number - 1] if number <= len(panes) else ""

    def key(self, name: str) -> str:
        """The digit that stands for a pane; the same whatever is shown."""
        panes = self._console.pack.panes
        number = panes.index(name) + 1 if name in panes else 0
        return str(number % 10) if 1 <= number <= LAST_KEY else ""

    def title_behind(self, action: Action) -> str:
        """Of the pane that an action leads to by its place; nothing where it leads to none."""
        number = action.id.removeprefix("pane-")
        name = self.at(int(number)) if number.isdecimal() else ""
        return printable(tr(self.question(name).title)) if name else ""

    def label(self, action: Action) -> str:
        """Of an action, with the title of the pane that it leads to by its place."""
        title = self.title_behind(action)
        return f"{tr(action.label)}: {title}" if title else tr(action.label)

    def shown(self, active: str) -> list[str]:
        """Those that have a tab: the five, and of the others those that have something to say."""
        return [name for name in self.names if name == active or self._has_tab(name)]

    def _has_tab(self, name: str) -> bool:
        if name in PANES or self.is_opened(name):
            return True
        rows = self._console.rows(name)
        return rows is not None and bool(rows.answer.rows or rows.answer.status != Status.COMPLETE)

    def tabs(self, active: str) -> list[Tab]:
        return [
            Tab(name, self.key(name), *self._console.board.tab(self.question(name)))
            for name in self.shown(active)
        ]

    def why_not_asked(self, name: str) -> str:
        """Of a pane that was not asked by itself; nothing where there is nothing to be said."""
        investigation = self._console.investigation
        if investigation is None or investigation.scope is None or investigation.was_asked(name):
            return ""
        return investigation.absence(name) or tr("the first five come first")

    def entries(self) -> list[tuple[str, tuple[str, ...]]]:
        """Every pane by name, with its key, title, number of rows, and how it stands."""
        return [
            (name, tuple(map(printable, (self.key(name), title, *self._standing(name)))))
            for name in self.names
            for title in (tr(self.question(name).title),)
        ]

    def _standing(self, name: str) -> tuple[str, str]:
        console = self._console
        if (rows := console.rows(name)) is not None:
            answer = rows.answer
            count = "" if answer.status is Status.FAILED else f"{len(answer.rows):,}"
            return count, status_words(answer, console.keymap.key("ask-again"))
        if (waiting := console.waiting(name)) is not None:
            return "", reason_words(waiting)
        if why := self.why_not_asked(name):
            return "", why
        return "", tr("asking") if console.is_asking(name) else tr("not asked")

    # Those opened besides

    def open_question(self, question: Question, answer: Answer | None = None) -> None:
        """Ask it, and show it in a pane at the end; one of the same name gives way to it.

        Args:
            answer: what it was answered just now, so that it need not be asked again.

        Raises:
            ValueError: the name is that of a pane of the pack, or of what the console asks itself.
        """
        investigation, console = self._console.investigation, self._console
        if investigation is None or investigation.scope is None:
            console.tell(tr("there is no device to ask about: pick one first"), bad=True)
            return
        console.board.drop(question.name)
        investigation.open_question(question, answer)
        if answer is not None:
            console.renew(question.name)
        console.call_next(console.main.action_pane, question.name)

    def close(self, name: str) -> bool:
        """Forget a pane that was opened; one of the pack stays, and that is said."""
        investigation = self._console.investigation
        if investigation is None or not investigation.is_opened(name):
            title = tr(self.question(name).title)
            text = tr("{title} is a pane of the pack and stays", title=title)
            self._console.tell(text)
            return False
        investigation.close_question(name)
        self._console.board.drop(name)
        return True
