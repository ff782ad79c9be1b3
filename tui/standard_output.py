"""Text on the standard output, each byte as it is meant."""

from __future__ import annotations

import os
import sys

import click

from .exit_status import FAILED


def write_out(text: str) -> None:
    """Raises Exit where whoever read it has gone."""
    # Bytes, so that neither locale nor platform changes the text on the way.
    rest = memoryview(text.encode("utf-8", errors="backslashreplace"))
    try:
        sys.stdout.flush()
        # A buffer swallows what stops it once a part is written: a reader that goes, an interrupt.
        out = getattr(sys.stdout.buffer, "raw", sys.stdout.buffer)
        while rest:
            rest = rest[out.write(rest) or 0 :]
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read us has gone; nothing more can be said to them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.exceptions.Exit(FAILED) from None
