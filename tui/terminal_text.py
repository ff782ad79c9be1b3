"""What text the terminal can show."""

from __future__ import annotations

import locale
import os


def speaks_utf8() -> bool:
    """Whether the locale can show more than ASCII."""
    named = os.environ.get("LC_ALL") or os.environ.get("LC_CTYPE") or os.environ.get("LANG") or ""
    if named.replace("-", "").lower().endswith("utf8"):
        return True
    return "utf" in locale.getpreferredencoding(False).lower() and not named.startswith(
        ("C", "POSIX")
    )
