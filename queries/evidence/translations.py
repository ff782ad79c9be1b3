"""Translations made before: a question's SQL does not change with its values.

Those of the built-in packs come with the program; those of other texts are kept on disk.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import duckdb
import msgspec

from ..private_files import is_private, write_private
from .tables import TABLES

#: To be raised when what may be translated, or how, changes: an older translation is made anew.
_RULES = "12"


class Translation(msgspec.Struct, frozen=True):
    """SQL, and which parameter each of its placeholders takes."""

    sql: str
    slots: dict[str, str]


class Shipped(msgspec.Struct, frozen=True):
    """The file of translations that comes with the program.

    Attributes:
        duckdb: the version whose SQL it is.
        translator: the SHA-256 of what has made them.
        translations: by the SHA-256 of the text.
    """

    duckdb: str
    translator: str
    translations: dict[str, Translation]


SHIPPED = Path(__file__).with_name("translations.json")


def remembered(text: str, translate: Callable[[str], Translation]) -> Translation:
    """The translation of ``text``: shipped, or from disk where the same engine has made it before.

    What cannot be read or written is translated anew, without a word: nothing depends on it.
    """
    if (shipped := _shipped().get(digest(text))) is not None:
        return shipped
    # What is asked most is shipped.
    from platformdirs import user_cache_path  # noqa: PLC0415

    folder = user_cache_path("iotriage") / "translations"
    path = folder / f"{_fingerprint(text)}.json"
    with suppress(OSError, msgspec.DecodeError):
        if is_private(folder):
            return msgspec.json.decode(path.read_bytes(), type=Translation)
    made = translate(text)
    with suppress(OSError):
        write_private(path, msgspec.json.encode(made))
    return made


def digest(text: str) -> str:
    """By which a text is found again, whatever characters it holds."""
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


@cache
def _shipped() -> dict[str, Translation]:
    with suppress(OSError, msgspec.DecodeError):
        shipped = msgspec.json.decode(SHIPPED.read_bytes(), type=Shipped)
        if shipped.duckdb == duckdb.__version__:
            return shipped.translations
    return {}


@cache
def _installed(module: str) -> str:
    """Another text for another version; asking for the version itself takes longer than a query."""
    found = find_spec(module)
    if found is None or found.origin is None:
        return ""
    file = os.stat(found.origin)
    return f"{file.st_size} {file.st_mtime_ns}"


def _fingerprint(text: str) -> str:
    engine = (_RULES, *map(_installed, ("duckdb_kql", "duckdb")), repr(TABLES), text)
    return digest("\0".join(engine))
