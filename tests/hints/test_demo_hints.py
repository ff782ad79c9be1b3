"""The demo: what the intruder did stands first, and healthy devices are left in peace."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from iotriage.queries.asking import Scope, ask
from iotriage.queries.demo import demo_tables
from iotriage.queries.demo.fleet import FLEET
from iotriage.queries.demo.side_stories import SIDE_STORIES
from iotriage.queries.demo.small_stories import SMALL_STORIES
from iotriage.queries.demo.story import ATTACKER, STEPS, STORY_DEVICE
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.hints.hint import HINTED_PANES, Hinted
from iotriage.queries.hints.hinting import Hinting
from iotriage.queries.hints.rules import built_in_rules, with_hints
from iotriage.queries.packs.loading import load_pack
from iotriage.queries.window import Window

from .rows import NOW

HINTING = Hinting(built_in_rules())
PACK = with_hints(load_pack("exact"), HINTING.rules)
QUIET = {
    name: device
    for name, device in FLEET.items()
    if name not in {STORY_DEVICE, *SIDE_STORIES, *SMALL_STORIES}
}
#: One of each kind with each agent: what they do on ordinary days is the same.
KINDS = {(device.kind, device.agent): name for name, device in QUIET.items()}
#: The intruder only looked around with these, as any administrator may.
LOOKED = {"/usr/bin/id", "/bin/ss"}


@pytest.fixture(scope="module")
def demo() -> Iterator[Evidence]:
    evidence = Evidence.of_rows("DEMO", demo_tables(NOW), NOW)
    yield evidence
    evidence.close()


def hinted(demo: Evidence, device: str, pane: str, window: Window) -> tuple[list[dict], Hinted]:  # type: ignore[type-arg]
    scope = Scope(device, "plant-7", window)
    answer = ask(demo, PACK.questions[pane], scope)
    found = HINTING.hints(demo, PACK, answer, scope)
    assert found.failure == ""
    return answer.records(), found


@pytest.mark.parametrize("name", KINDS.values())
def test_a_quiet_device_has_one_hint_at_most(demo: Evidence, name: str) -> None:
    told = []
    for pane in HINTED_PANES:
        rows, found = hinted(demo, name, pane, demo.extent())
        if pane != "users":
            assert rows, "nothing was heard, so nothing is shown"
        told += [hint.title for hints in found.hints.values() for hint in hints]
    assert len(told) <= 1, told


def first_rows(demo: Evidence, pane: str, count: int = 20) -> list[dict]:  # type: ignore[type-arg]
    rows, found = hinted(demo, STORY_DEVICE, pane, demo.latest())
    return [rows[place] for place in found.first(range(len(rows)))[:count]]


def test_what_the_intruder_ran_stands_first(demo: Evidence) -> None:
    rows, found = hinted(demo, STORY_DEVICE, "processes", demo.latest())
    intruders = {step[2] for step in STEPS}
    told = {rows[place]["Executable"] for place in found.hints}
    # Each is hinted at but for those that only look around, and no other row is.
    assert told == intruders - LOOKED
    assert len(rows) > 30
    first = [row["Executable"] for row in first_rows(demo, "processes", len(told))]
    assert set(first) == told
    assert {e for e in intruders if e.startswith("/tmp/")} <= set(first[:10])


def test_the_intruders_user_stands_first(demo: Evidence) -> None:
    (first,) = first_rows(demo, "users", 1)
    assert first["UserName"] == "svc-backup"
    _, found = hinted(demo, STORY_DEVICE, "users", demo.latest())
    assert len(found.hints) == 1


@pytest.mark.parametrize(
    ("pane", "column", "least"),
    [("ports", "AllowedRemoteIPAddress", 4), ("logins", "IPAddress", 7)],
)
def test_rows_that_name_the_intruder_stand_first(
    demo: Evidence, pane: str, column: str, least: int
) -> None:
    rows, _ = hinted(demo, STORY_DEVICE, pane, demo.latest())
    named = sum(ATTACKER in row[column] for row in rows)
    assert named >= least
    assert all(ATTACKER in row[column] for row in first_rows(demo, pane, named))


def test_a_hint_says_how_often_and_gives_an_example(demo: Evidence) -> None:
    rows, found = hinted(demo, STORY_DEVICE, "processes", demo.latest())
    (place,) = [at for at, row in enumerate(rows) if row["Executable"] == "/sbin/auditctl"]
    (hint,) = found.hints[place]
    assert (hint.count, hint.example, hint.techniques) == (1, "auditctl -e 0", ("T1562.012",))
    assert hint.first == hint.last
    assert "audit_switched_off.yml" in hint.source
    assert "by iotriage" in hint.source
