"""What devices are called that have a name beside their id."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from ..queries.answers import Answer

#: Characters of an id by which devices of one name are told apart, where that is enough.
_SHORT = 8


class DeviceNames:
    """Looks once through an answer of the picker, however often it is asked."""

    def __init__(self) -> None:
        self._seen: Answer | None = None
        self._names: Mapping[str, str] = {}

    def of(self, device: str, devices: Answer | None) -> str:
        """What the device is called; "" where its id is its name."""
        if devices is not self._seen:
            self._seen, self._names = devices, names_in(devices)
        return self._names.get(device, "")


def names_in(devices: Answer | None) -> Mapping[str, str]:
    """Device id -> its name, from the picker's answer; with the id where several are called so."""
    if devices is None or "DeviceName" not in devices.names:
        return {}
    id_at, name_at = devices.names.index("DeviceId"), devices.names.index("DeviceName")
    called: dict[str, list[str]] = defaultdict(list)
    for row in devices.rows:
        called[row[name_at]].append(row[id_at])
    called.pop("", None)
    return {
        device: name if len(set(ids)) == 1 else f"{name} {device[: _telling(ids)]}"
        for name, ids in called.items()
        for device in ids
    }


def _telling(ids: Sequence[str]) -> int:
    """As many characters as tell all of them apart."""
    short = {device[:_SHORT] for device in ids}
    return _SHORT if len(short) == len(set(ids)) else max(map(len, ids))
