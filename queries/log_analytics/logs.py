"""What the libraries log goes to a file: on the error stream it would spoil the screen."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from ..printable import printable
from ..tokens import without_tokens

_LOGGERS = ("azure", "msal", "msal_extensions", "aiohttp", "asyncio", "urllib3")


class _Safe(logging.Formatter):
    """Neither tokens nor what commands a terminal: people read logs with cat."""

    def format(self, record: logging.LogRecord) -> str:
        lines = without_tokens(super().format(record)).split("\n")
        return "\n".join(map(printable, lines))


def keep_off_the_screen(file: Path) -> None:
    """Warnings and errors of the libraries go to ``file``, nothing to the terminal."""
    handler: logging.Handler
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(file, maxBytes=1 << 20, backupCount=1, delay=True)
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(_Safe("%(asctime)s %(levelname)s %(name)s %(message)s"))
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        for old in [h for h in logger.handlers if isinstance(h.formatter, _Safe)]:
            logger.removeHandler(old)
        logger.addHandler(handler)
        logger.setLevel(logging.WARNING)
        logger.propagate = False
