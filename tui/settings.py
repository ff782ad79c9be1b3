"""What config.toml may say; flags and IOTRIAGE_* variables come before it."""

from __future__ import annotations

import os
import re
import tomllib
from getpass import getuser
from pathlib import Path
from typing import Any

import msgspec
from platformdirs import user_config_path

from ..queries.language import tr
from .keymap import Keymap, KeymapError, keymap_from


class SettingsError(ValueError):
    """A config.toml that cannot be used: file, line and what to change, in one line."""


class Settings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Every setting, with the meaning of the flag of the same name.

    Attributes:
        evidence: file or folder that is opened when no source is given.
        workspace: a workspace, or several, opened when no source is given.
        token_cache: ``memory``, or where a device-code sign-in is kept between runs: ``encrypted``
            (needs a keyring), ``unencrypted``.
        analyst: name under which verdicts are given; else the login's.
        keys: other keys for actions, by their ids: one, a list, or none at all.
    """

    evidence: str | None = None
    workspace: str | list[str] | None = None
    auth: str | None = None
    cloud: str | None = None
    endpoint: str | None = None
    audience: str | None = None
    timeout: float | None = None
    token_cache: str | None = None
    hub: str | None = None
    lang: str | None = None
    last: str | None = None
    pack: str | None = None
    rules: str | None = None
    threats: str | None = None
    theme: str | None = None
    case: str | None = None
    analyst: str | None = None
    keys: dict[str, Any] = {}

    @property
    def keymap(self) -> Keymap:
        """The keys; they were looked at when the settings were read."""
        return keymap_from(self.keys)


def settings_path() -> Path:
    """IOTRIAGE_CONFIG, else config.toml in the platform's config folder."""
    named = os.environ.get("IOTRIAGE_CONFIG")
    return Path(named) if named else user_config_path("iotriage") / "config.toml"


def packs_path() -> Path:
    """Where packs of one's own lie, by their names."""
    return settings_path().parent / "packs"


def load_settings(path: Path | None = None) -> Settings:
    """The settings; all unset where there is no file.

    Raises:
        SettingsError: a file that is unreadable or says something unknown.
    """
    file = path or settings_path()
    try:
        source = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        if os.environ.get("IOTRIAGE_CONFIG") and path is None:
            raise SettingsError(
                tr("{file}: IOTRIAGE_CONFIG names a file that is not there", file=file)
            ) from None
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(tr("{file}: cannot be read: {error}", file=file, error=error)) from None
    try:
        settings = msgspec.convert(tomllib.loads(source), Settings)
        keymap_from(settings.keys, lambda name: f"{file}:{_line_of(source, name, 'keys')}")
        return settings
    except KeymapError as error:
        raise SettingsError(str(error)) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file}: {error}") from None
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `$.")
        name = where.rstrip("`") or _quoted(message)
        raise SettingsError(f"{file}:{_line_of(source, name)}: {message}") from None


def analyst_name(settings: Settings) -> str:
    """Who gives the verdicts: IOTRIAGE_ANALYST, else config.toml, else the login."""
    named = os.environ.get("IOTRIAGE_ANALYST") or settings.analyst
    if named:
        return named
    try:
        return getuser()
    except (OSError, KeyError):
        return "unknown"


def as_defaults(settings: Settings) -> dict[str, Any]:
    """For the command line: what is set, by the name of its flag."""
    given = msgspec.structs.asdict(settings)
    given["case_path"] = given.pop("case")
    given["pack_name"] = given.pop("pack")
    del given["keys"]
    if isinstance(settings.workspace, str):
        given["workspace"] = [settings.workspace]
    return {name: value for name, value in given.items() if value is not None}


def _quoted(message: str) -> str:
    match = re.search(r"`([^`]+)`", message)
    return match[1] if match else ""


def _line_of(source: str, name: str, table: str = "") -> int:
    """The line, from 1, of an entry of a table; the first where it cannot be found."""
    within = ""
    for number, line in enumerate(source.splitlines(), 1):
        if header := re.match(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?$", line):
            within = header[1]
        elif within == table and re.match(rf"\s*[\"']?{re.escape(name)}[\"']?\s*=", line):
            return number
    return 1
