"""Translations of earlier runs, kept on disk: a question's SQL does not change with its values."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import msgspec
from platformdirs import user_cache_path

from ..private_files import write_private
from .tables import TABLES

#: To be raised when what may be translated, or how, changes: an older translation is made anew.
_RULES = "3"


class Translation(msgspec.Struct, frozen=True):
    """SQL, and which parameter each of its placeholders takes."""

    sql: str
    slots: dict[str, str]


def remembered(text: str, translate: Callable[[str], Translation]) -> Translation:
    """The translation of ``text``, from disk where the same engine has made it before.

    What cannot be read or written is translated anew, without a word: nothing depends on it.
    """
    folder = user_cache_path("iotriage") / "translations"
    path = folder / f"{_fingerprint(text)}.json"
    with suppress(OSError, msgspec.DecodeError):
        if _is_ours(folder):
            return msgspec.json.decode(path.read_bytes(), type=Translation)
    made = translate(text)
    with suppress(OSError):
        write_private(path, msgspec.json.encode(made))
    return made


def _fingerprint(text: str) -> str:
    engine = (_RULES, version("duckdb-kql"), version("duckdb"), repr(TABLES), text)
    return hashlib.sha256("\0".join(engine).encode("utf-8", "backslashreplace")).hexdigest()


def _is_ours(folder: Path) -> bool:
    """Whether nobody else can have written there: a planted translation would answer for us."""
    found = folder.stat()
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
