"""What devices are called that have a name beside their id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ..queries.answers import Answer


def names_in(devices: Answer | None) -> Mapping[str, str]:
    """Device id -> its name, with the id where several are called so; from the picker's answer."""
    if devices is None or "DeviceName" not in devices.names:
        return {}
    id_at, name_at = devices.names.index("DeviceId"), devices.names.index("DeviceName")
    called = Counter(row[name_at] for row in devices.rows)
    return {
        row[id_at]: row[name_at] if called[row[name_at]] == 1 else f"{row[name_at]} {row[id_at]}"
        for row in devices.rows
        if row[name_at]
    }
