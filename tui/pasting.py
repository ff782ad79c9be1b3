"""What is pasted goes into a field, or nowhere: never is it taken for keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.keys import _character_to_key
from textual.widgets import Input

from ..queries.language import tr
from ..queries.printable import printable_lines
from ..queries.wording import counted
from .terminal_input import Burst

if TYPE_CHECKING:
    from .console import Console


class Pasting:
    """Brings pastes, and text that came as they do, to where they are wanted."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def take(self, event: events.Paste) -> None:
        """Give the text to the field that has the focus, or that it was meant for."""
        if not event.text:
            return
        console = self._console
        text = "\n".join(event.text.splitlines())
        if read := getattr(console.focused, "pasted", None):
            text = read(text)
        # The first frame has no such field, and it is slow to load.
        from textual.widgets import TextArea  # noqa: PLC0415

        # Fields draw what they hold as it is.
        lines = printable_lines(text).split("\n")
        if isinstance(console.focused, TextArea):
            self._put("\n".join(lines), event)
            return
        line = " ".join(lines)
        if not isinstance(console.focused, Input):
            action = self._opening(event, line)
            if console.screen is not console.main or not console.main.open_field(action):
                console.tell(
                    tr(
                        "{characters} came at once, as when one pastes:"
                        " there is no field for them, and nothing was done",
                        characters=counted(len(event.text), "character"),
                    )
                )
                return
            line = line[1:] if action else line
        if len(lines) > 1:
            console.tell(tr("{count:,} lines were pasted as one", count=len(lines)))
        self._put(line, event)

    def _opening(self, event: events.Paste, line: str) -> str:
        """What its first key does, where that opens a field which the rest was typed for."""
        if not isinstance(event, Burst) or not line or event.text.splitlines() != [event.text]:
            return ""
        key = line[0] if line[0].isalnum() else _character_to_key(line[0])
        return self._console.main.opening(key)

    def _put(self, text: str, event: events.Paste) -> None:
        if self._console.focused is not None:
            self._console.focused._forward_event(events.Paste(text))
        if isinstance(event, Burst) and event.entered:
            self._console.post_message(events.Key("enter", "\r"))
