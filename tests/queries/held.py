"""Holding a pack's answers against the oracle's, whatever the evidence came from."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from iotriage.queries.answers import Answer
from iotriage.queries.asking import Scope, ask
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.packs.loading import REQUIRED, load_pack
from iotriage.queries.questions import Question
from iotriage.queries.source import Source
from iotriage.queries.window import Window
from oracle import exact, guide, traps

NOW = datetime(2026, 3, 3, tzinfo=UTC)
TRAPS = traps.trap_tables()
WINDOW = Window(*traps.WINDOW)
#: Readable test ids for devices whose names are anything but.
DEVICES = {
    "cam": traps.CAM,
    "ten": traps.CAM_TEN,
    "loud": traps.CAM_LOUD,
    "micro": traps.MICRO,
    "hostile": traps.HOSTILE,
}
ORACLES = {"exact": exact, "guide": guide}
PACKS = {name: load_pack(name) for name in ORACLES}
QUESTIONS = REQUIRED
#: The exact pack's own, beyond what every pack must answer.
BEYOND = (
    *("connections", "sessions", "bruteforce", "story"),
    *("firewall", "baseline", "recommendations", "system", "health"),
)

#: What the alert catalogue adds after the query.
ADDED = ("Meaning", "Remedy", "LookAt")

Records = list[dict[str, Any]]


def opened(path: Path) -> Evidence:
    return Evidence.open(path, NOW)


def scope(device: str, hub: str = traps.HUB) -> Scope:
    return Scope(device, hub, WINDOW)


def question_of(pack: str, question: str) -> Question:
    return PACKS[pack].questions[question]


def asked(source: Source, pack: str, question: str, device: str, hub: str = traps.HUB) -> Answer:
    """The answer, which must not have failed."""
    answer = ask(source, question_of(pack, question), scope(device, hub))
    assert answer.failure == ""
    return answer


def expected(pack: str, question: str, tables: Any, device: str, hub: str = traps.HUB) -> Records:
    """The oracle's rows; the guide's in the order in which its answers are put here."""
    rows: Records = ORACLES[pack].answer(question, tables, device, hub, *traps.WINDOW)
    return rows if ordered(pack, question) else in_any_order(rows)


def comparable(pack: str, question: str, answer: Answer) -> Records:
    """The answer as the oracle writes one."""
    rows = [
        {name: value for name, value in row.items() if name not in ADDED}
        for row in answer.records()
    ]
    return rows if ordered(pack, question) else in_any_order(rows)


def ordered(pack: str, question: str) -> bool:
    """Whether the definitions promise an order; the published guide does not."""
    return pack == "exact" or question in ("devices", "coverage")


def in_any_order(rows: Records) -> Records:
    return sorted(rows, key=lambda row: repr(sorted(row.items())))


def types(answer: Answer) -> dict[str, str]:
    """Column name -> Kusto type, in order."""
    return {column.name: column.type for column in answer.columns}
