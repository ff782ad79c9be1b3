"""The demo as a source: made once an hour, and taken from where it was kept until then."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from platformdirs import user_cache_path

from ..evidence.source import Evidence
from ..private_files import is_private
from ..source import SourceError

_NAME = "DEMO"
#: How far before now the kept demo may end: who tries it should see today.
_FRESH = timedelta(hours=1)
_MADE_BY = (Path(__file__).parent, Path(__file__).parent.parent / "evidence")


def demo_evidence(now: datetime) -> Evidence:
    """The demo's rows up to ``now``, or up to a moment of the hour before it.

    What cannot be kept or read is made anew, without a word: nothing depends on it.
    """
    folder = user_cache_path("iotriage") / "demo"
    made_by = _fingerprint()
    with suppress(OSError, ValueError, SourceError):
        for path in folder.glob(f"{made_by}-*.store") if is_private(folder) else ():
            ends = datetime.fromtimestamp(int(path.stem.partition("-")[2]), UTC)
            if is_private(path) and timedelta() <= now - ends < _FRESH:
                return Evidence.of_store(_NAME, path, now)
    # Imported here: a demo that was kept does without the story.
    from . import demo_tables  # noqa: PLC0415

    kept = folder / f"{made_by}-{int(now.timestamp())}.store"
    evidence = Evidence.of_rows(_NAME, demo_tables(now), now, keep=kept)
    with suppress(OSError):
        for path in folder.glob("*.store"):
            if path != kept:
                path.unlink()
    return evidence


def _fingerprint() -> str:
    """Another one after each change of what makes the demo or of what reads it."""
    files = sorted(file for folder in _MADE_BY for file in folder.glob("*.py"))
    found = ((file.name, file.stat()) for file in files)
    said = [f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in found]
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:16]
