"""Ranked by rarity, the rows of the intrusion stand before all others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache

import pytest
from iotriage.queries.answers import Answer
from iotriage.queries.asking import Scope, ask
from iotriage.queries.demo import HUB, demo_tables
from iotriage.queries.demo.story import ACCOMPLICE, ATTACKER, CALLS, STEPS, STORY_DEVICE
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.packs.loading import load_pack
from iotriage.queries.prevalence import prevalence_of
from iotriage.tui.rarity import RarityColumn

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PACK = load_pack("exact")
#: Rows of a pane that an analyst looks at first.
FIRST = 20
PANES = ("users", "ports", "logins", "processes", "connections")
#: Both miners and back doors, by the far end of what the intruder opened.
FAR_PORTS = {str(port) for _, _, _, way, (_, port), _ in CALLS if way == "Out"}


@pytest.fixture(scope="module")
def demo() -> Iterator[Evidence]:
    evidence = Evidence.of_rows("DEMO", demo_tables(NOW), NOW)
    yield evidence
    evidence.close()


@cache
def _executables() -> frozenset[str]:
    return frozenset(executable for _, _, executable, _, _ in STEPS)


def is_of_the_intrusion(question: str, row: dict[str, object]) -> bool:
    """By what the story tells: the addresses, the user it adds, what it runs and opens."""
    held = str(row)
    if question == "users":
        return row["UserName"] == "svc-backup"
    if question == "ports":
        ours = row["LocalPort"] == "31337" or row["RemotePort"] in FAR_PORTS
        return ours or ATTACKER in held or ACCOMPLICE in held
    if question == "logins":
        by_sudo = row["LoginHandler"] == "/usr/bin/sudo" and row["UserName"] in (
            "operator",
            "svc-backup",
        )
        return by_sudo or ATTACKER in held
    if question == "connections":
        return ATTACKER in held or ACCOMPLICE in held
    return row["Executable"] in _executables()


def ranked(demo: Evidence, question: str, scope: Scope) -> tuple[Answer, list[int]]:
    asked_of = PACK.questions[question]
    answer = ask(demo, asked_of, scope)
    places = {name: place for place, name in enumerate(answer.names)}
    column = RarityColumn(
        asked_of, answer, [places[shown.column] for shown in asked_of.shown], ascii_only=True
    )
    column.prevalence = prevalence_of(demo, asked_of, scope)
    return answer, column.order(answer)


@pytest.mark.parametrize("question", PANES)
@pytest.mark.parametrize("reach", ["day", "all"])
def test_the_intrusion_comes_first(demo: Evidence, question: str, reach: str) -> None:
    window = demo.latest() if reach == "day" else demo.extent()
    answer, order = ranked(demo, question, Scope(STORY_DEVICE, HUB, window))
    assert sorted(order) == list(range(len(answer.rows)))
    rows = answer.records()
    ours = [is_of_the_intrusion(question, rows[place]) for place in order]
    assert any(ours)
    assert not all(ours), "there is something to tell the intrusion from"
    # The intruder ran more programs than twenty: of those, nothing else may stand among the first.
    assert all(ours[: min(FIRST, sum(ours))]) or not any(ours[FIRST:])


@pytest.mark.parametrize("executable", ["/tmp/.x/kworkerds", "/tmp/.x/dbus-hlp"])
def test_what_the_intruder_brought_is_seen_on_one_device(demo: Evidence, executable: str) -> None:
    scope = Scope(STORY_DEVICE, HUB, demo.latest())
    question = PACK.questions["processes"]
    known = prevalence_of(demo, question, scope)
    seen = known.row({"Executable": executable})
    assert seen is not None
    assert (seen.devices, known.devices, seen.is_new) == (1, 41, True)
    assert known.row({"Executable": "/usr/sbin/cron"}) != seen


def test_of_all_the_evidence_nothing_can_be_called_new(demo: Evidence) -> None:
    scope = Scope(STORY_DEVICE, HUB, demo.extent())
    for question in PANES:
        known = prevalence_of(demo, PACK.questions[question], scope)
        records = ask(demo, PACK.questions[question], scope).records()
        assert {known.row(record).is_new for record in records if known.row(record)} == {None}
        assert known.cannot_be_new
