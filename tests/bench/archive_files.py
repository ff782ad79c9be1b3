"""Evidence of a large fleet as data export writes it: the demo's devices, over and over.

Each device of the fleet lives the week of one of the demo's, again and again, with its own name,
ids, process ids, addresses and command lines: so the rows are as long and as mixed as real ones.
"""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from iotriage.queries.demo import demo_tables

HUB = "plant-7"
EVENTS = ("SecurityIoTRawEvent", "DefenderIoTRawEvent")
#: A device's events in a week of the fleet.
WEEKLY = 800
ALERTS = 25
_END = datetime(2026, 11, 20, 12, tzinfo=UTC)
_DATE = re.compile(r"2026-11-\d\d|11/\d\d/2026")
_PROCESS = re.compile(r'(?<=\\"ProcessId\\":)[1-9]\d*')
_PEER = re.compile(r'(\\"RemoteAddress\\":\\"(?!127|0)\d+\.\d+\.\d+\.)\d+')
_LINE = re.compile(r'(\\"Command[Ll]ine\\":\\"(?:[^"\\]|\\\\.)*)(?=\\")')


@dataclass(frozen=True, slots=True)
class Fleet:
    """How much is made.

    Attributes:
        devices: how many.
        events: of each device.
        large: a further device, with ten times as many, where true.
    """

    devices: int
    events: int
    large: bool = False

    @property
    def rows(self) -> int:
        return self.events * (self.devices + 10 * self.large)

    @property
    def names(self) -> list[str]:
        return [device(number) for number in range(self.devices)] + [LARGE] * self.large


LARGE = "dev-large"


def device(number: int) -> str:
    return f"dev-{number:05}"


def write_files(folder: Path, fleet: Fleet) -> list[Path]:
    """One file a day and table, rows in order of TimeGenerated; the files written."""
    weeks = -(-fleet.events // WEEKLY)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        jobs = [pool.submit(_write_week, folder, fleet, week) for week in range(weeks)]
        written = [path for job in jobs for path in job.result()]
    # The last hour of a week falls into the first day of the next.
    return sorted(written)


def _write_week(folder: Path, fleet: Fleet, week: int) -> list[Path]:
    first = week * WEEKLY
    count = min(WEEKLY, fleet.events - first)
    days: dict[tuple[str, str], list[str]] = defaultdict(list)
    for number, name in enumerate(fleet.names):
        # The large one lives as the first device does, which has events of every kind.
        table, stencils = _STENCILS.of(0 if name == LARGE else number)
        wanted = count * (10 if name == LARGE else 1)
        for at, line in enumerate(_lines(name, number, week, stencils, wanted)):
            stencil = stencils[(first + at) % len(stencils)]
            days[table, stencil.day(week)].append(line)
        for stencil in _STENCILS.alerts(number, fleet.events, week):
            values = _values(name, number, week, 0)
            days["SecurityAlert", stencil.day(week)].append(stencil.text.format(*values))
    written = []
    for (table, day), lines in days.items():
        path = folder / f"am-{table}" / f"d={day}" / f"week-{week}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines.sort(key=lambda line: line[line.index('"TimeGenerated":"') + 17 :][:24])
        path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
        written.append(path)
    return written


@dataclass(frozen=True, slots=True)
class _Stencil:
    """A row's line as a format; see ``_values``."""

    text: str
    days_back: int

    def day(self, week: int) -> str:
        return str(_END.date() - timedelta(days=self.days_back + 7 * week))


#: Places of a stencil before its dates, of which there are two forms for each day.
_NAME, _ROW, _PID, _OCTET, _RUN, _DATES = range(6)
_WEEK = 8


def _values(name: str, number: int, week: int, turn: int) -> list[str]:
    days = [_END.date() - timedelta(days=back + 7 * week) for back in range(_WEEK)]
    values = [
        name,
        f"{number:08x}-{week:04x}-4{turn:03x}-8000-",
        str(700 + (number * 31 + week * 17 + turn) % 30_000),
        str(1 + (number + week * 7 + turn) % 200),
        f" --job {week % 40}",
    ]
    return values + [str(day) for day in days] + [f"{day:%m/%d/%Y}" for day in days]


def _lines(
    name: str, number: int, week: int, stencils: Sequence[_Stencil], wanted: int
) -> Iterator[str]:
    values: list[str] = []
    for at in range(wanted):
        turn, place = divmod(week * WEEKLY + at, len(stencils))
        if not (place and at):
            values = _values(name, number, week, turn)
        yield stencils[place].text.format(*values)


class _Stencils:
    """The demo's rows by device, made into stencils once in a process."""

    def __init__(self) -> None:
        self._devices: list[tuple[str, list[_Stencil]]] = []
        self._alerts: list[_Stencil] = []

    def of(self, number: int) -> tuple[str, list[_Stencil]]:
        self._make()
        return self._devices[number % len(self._devices)]

    def alerts(self, number: int, events: int, week: int) -> Iterator[_Stencil]:
        self._make()
        weeks = -(-events // WEEKLY)
        # As many in all, however long the fleet has been watched.
        for at in range(week * ALERTS // weeks, (week + 1) * ALERTS // weeks):
            yield self._alerts[(number + at) % len(self._alerts)]

    def _make(self) -> None:
        if self._devices:
            return
        tables = demo_tables(_END)
        for table in EVENTS:
            rows: dict[str, list[dict[str, object]]] = defaultdict(list)
            for row in tables[table]:
                rows[str(row["DeviceId"])].append(row)
            for name, own in sorted(rows.items()):
                self._devices.append((table, [_stencil(r, name, n) for n, r in enumerate(own)]))
        # Those of the largest fleets are spread among the demo's devices.
        self._devices.sort(key=lambda each: len(each[1]), reverse=True)
        for number, row in enumerate(tables["SecurityAlert"]):
            name = re.search(r'"DeviceId": ?"([^"]*)"', str(row["Entities"]))
            self._alerts.append(_stencil(row, name[1] if name else "", number))


_STENCILS = _Stencils()


def _stencil(row: dict[str, object], name: str, number: int) -> _Stencil:
    line = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    line = line.replace("{", "{{").replace("}", "}}")
    for column in ("IoTRawEventId", "SystemAlertId"):
        if own := row.get(column):
            line = line.replace(str(own), f"{{{_ROW}}}{number:012x}")
    if name:
        line = line.replace(name, f"{{{_NAME}}}")
    line = _PROCESS.sub(f"{{{_PID}}}", line)
    if number % 3 == 0:
        line = _PEER.sub(rf"\g<1>{{{_OCTET}}}", line)
    if number % 20 == 0:
        line = _LINE.sub(rf"\g<1>{{{_RUN}}}", line)

    def dated(found: re.Match[str]) -> str:
        text = found[0]
        day = int(text[3:5]) if "/" in text else int(text[8:])
        back = (_END.date() - date(2026, 11, day)).days
        return f"{{{_DATES + min(max(back, 0), _WEEK - 1) + _WEEK * ('/' in text)}}}"

    line = _DATE.sub(dated, line)
    generated = datetime.fromisoformat(str(row["TimeGenerated"])).date()
    return _Stencil(line, max(0, (_END.date() - generated).days))
