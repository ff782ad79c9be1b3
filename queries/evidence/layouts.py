"""Columns by the names that exports give them, and where they stand in a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from .tables import TABLES

_KNOWN = {column.lower(): column for columns in TABLES.values() for column in columns}
#: As MSTICPy's queries rename them; ProviderAlertId is what VendorOriginalId was called before.
_RENAMED = {
    "starttimeutc": "StartTime",
    "endtimeutc": "EndTime",
    "alertdisplayname": "DisplayName",
    "severity": "AlertSeverity",
    "provideralertid": "VendorOriginalId",
}


def column_named(name: str) -> tuple[str, str]:
    """The known column that a name stands for and the zone it names, "" for each there is not.

    ``TimeGenerated [UTC]`` is TimeGenerated in the zone UTC.
    """
    plain, zone = _apart(name)
    return _KNOWN.get(plain) or _RENAMED.get(plain) or "", zone


def _apart(name: str) -> tuple[str, str]:
    """A name in lower case, and what stands in brackets behind it."""
    name = name.strip()
    start = name.rfind("[")
    if start > 0 and name.endswith("]"):
        return name[:start].strip().lower(), name[start + 1 : -1].strip()
    return name.lower(), ""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the known columns stand in rows that are arrays.

    Attributes:
        places: column -> index.
        zones: column -> zone that its header names, where it does.
        width: cells in a row.
    """

    places: Mapping[str, int]
    zones: Mapping[str, str]
    width: int

    @classmethod
    def of(cls, names: Iterable[str]) -> Layout:
        """A column's own name goes before a name it was given; else the first one counts."""
        places: dict[str, int] = {}
        zones: dict[str, str] = {}
        own: set[str] = set()
        width = 0
        for place, name in enumerate(names):
            width += 1
            column, zone = column_named(name)
            is_own = column.lower() == _apart(name)[0]
            if column and (column not in places or (is_own and column not in own)):
                places[column], zones[column] = place, zone
                if is_own:
                    own.add(column)
        return cls(places, {column: zone for column, zone in zones.items() if zone}, width)


@lru_cache(maxsize=4096)
def respelled(keys: tuple[str, ...]) -> Mapping[str, str]:
    """key -> known column, for keys that name one in other words."""
    layout = Layout.of(keys)
    found = {keys[place]: column for column, place in layout.places.items()}
    return {key: column for key, column in found.items() if key != column}
