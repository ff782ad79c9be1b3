"""What is left to say when the program itself is wrong."""

from __future__ import annotations

import os
import traceback

from platformdirs import user_log_path

from ..queries.language import tr
from ..queries.printable import printable
from ..queries.tokens import without_tokens


def crash_words(error: Exception) -> str:
    """One line for the analyst; what a developer needs goes to a file of their own."""
    said = tr("iotriage stopped on an error of its own ({error})", error=type(error).__name__)
    try:
        path = user_log_path("iotriage", ensure_exists=True) / "crash.log"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as log:
            told = without_tokens("".join(traceback.format_exception(error)))
            log.write("\n".join(map(printable, told.split("\n"))))
    except OSError:
        return tr("{said}; every verdict is saved", said=said)
    return tr("{said}; every verdict is saved; {path} says where", said=said, path=path)
