"""What a command says on the error stream while it works."""

from __future__ import annotations

import sys
import time

import click

from ..queries.language import tr
from ..queries.printable import printable
from ..queries.source import DeviceCode, Waiting
from .online import code_words

_WIDTH = 78


class StatusLine:
    """One line that is written over, where somebody watches; nothing where nobody does."""

    def __init__(self) -> None:
        self._watched = sys.stderr.isatty()
        self._written = False

    def progress(self, name: str, number: int, total: int) -> None:
        """Which file is being read."""
        if number < total:
            self.say(
                tr(
                    "reading {number} of {total}: {name}",
                    number=number,
                    total=total,
                    name=printable(name)[:40],
                )
            )
        else:
            self.clear()

    def tell(self, waiting: Waiting | None) -> None:
        """What an answer waits for."""
        if waiting is None:
            self.clear()
            return
        again = ""
        if waiting.until is not None:
            again = tr(
                "again in {seconds:.0f} s: ", seconds=max(0.0, waiting.until - time.monotonic())
            )
        self.say(f"{again}{printable(waiting.why)}")

    def show_code(self, code: DeviceCode | None) -> None:
        """A code to sign in with is said whether or not somebody watches."""
        self.clear()
        if code is not None:
            until = f"{code.expires:%H:%M}"
            click.echo(code_words(code.uri, code.code, until), err=True)

    def clear(self) -> None:
        if self._written:
            click.echo(f"\r{'':<{_WIDTH}}\r", nl=False, err=True)
            self._written = False

    def say(self, words: str) -> None:
        """Words in the place of those before."""
        if self._watched:
            # Cells, not characters: Japanese is twice as wide.
            from .widgets.text_cells import fit  # noqa: PLC0415

            click.echo(f"\r{fit(words, _WIDTH)}", nl=False, err=True)
            self._written = True
