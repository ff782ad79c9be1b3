"""What is told in passing, over whatever is on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .widgets.text_cells import shown

if TYPE_CHECKING:
    from .console import Console

#: Whole sentences fit; what else a message quotes may be megabytes of a paste.
_LONGEST = 500


def toast(console: Console, text: str, *, bad: bool) -> None:
    """Show a text for some seconds, longer where it is ``bad``."""

    def draw_below() -> None:
        if not console.is_over:
            console.screen.refresh(layout=True)

    cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."
    seconds = 8.0 if bad else 4.0
    console.notify(
        shown(cut, console.ascii_only),
        severity="error" if bad else "information",
        markup=False,
        timeout=seconds,
    )
    # Textual may take it away without drawing what was below it.
    console.set_timer(seconds + 0.5, draw_below)
