"""What the questions beyond the guide's five tell of the demo's intrusion."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from held import BEYOND, PACKS
from iotriage.queries.asking import Scope, ask
from iotriage.queries.demo import HUB, STORY_DEVICE, demo_tables
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.window import Window

NOW = datetime(2026, 12, 31, 22, 41, tzinfo=UTC)
ATTACKER = "203.0.113.66"
DAY = Window(NOW - timedelta(days=1), NOW)


@pytest.fixture(scope="module")
def demo() -> Iterator[Evidence]:
    evidence = Evidence.of_rows("DEMO", demo_tables(NOW), NOW)
    yield evidence
    evidence.close()


def told(demo: Evidence, question: str, device: str = STORY_DEVICE) -> list[dict[str, Any]]:
    answer = ask(demo, PACKS["exact"].questions[question], Scope(device, HUB, DAY))
    assert answer.failure == ""
    return answer.records()


def test_the_story_is_told_in_its_order(demo: Evidence) -> None:
    story = told(demo, "story")
    wanted = (
        ("failed sign-ins", "/usr/sbin/sshd", ATTACKER),
        ("sign-in", "/usr/sbin/sshd", ATTACKER),
        ("alert", "Brute force attack succeeded", ""),
        ("first run", "/bin/cat: cat /etc/shadow", ""),
        ("alert", "Reverse shells", ""),
        ("user added", "svc-backup", ""),
        ("new listener", "tcp 0.0.0.0:31337", ""),
        ("groups changed", "svc-backup: sudo;svc-backup", ""),
    )
    entries = [(row["Kind"], row["What"], row["RemoteAddress"]) for row in story]
    places = [entries.index(entry) for entry in wanted]
    assert places == sorted(places)
    (guessing,) = [row for row in story if row["Kind"] == "failed sign-ins"]
    assert guessing["Count"] == 432
    assert {"root", "operator", "(invalid user)"} <= set(guessing["Users"])


def test_who_guessed_got_in_here_and_not_next_door(demo: Evidence) -> None:
    (here,) = [row for row in told(demo, "bruteforce") if row["RemoteAddress"] == ATTACKER]
    assert here["Succeeded"]
    assert here["SucceededAs"] == ["operator", "svc-backup"]
    assert here["FirstFailure"] < here["SucceededAt"]
    there = told(demo, "bruteforce", "gw-0007")
    (knocking,) = [row for row in there if row["RemoteAddress"] == ATTACKER]
    assert not knocking["Succeeded"]
    assert knocking["Failures"] == 18


def test_what_the_intruder_did_once_inside(demo: Evidence) -> None:
    sessions = [row for row in told(demo, "sessions") if row["RemoteAddress"] == ATTACKER]
    assert [row["UserName"] for row in sessions] == ["operator", "svc-backup"]
    first = sessions[0]
    assert "sudo /bin/sh" in first["CommandLines"]
    assert first["FirstRaised"] > first["SignedIn"]
    assert any(line.startswith("useradd") for line in first["RootCommandLines"])
    called = [row for row in told(demo, "connections") if row["RemotePort"] == "3333"]
    assert [row["Executable"] for row in called] == ["/tmp/.x/kworkerds"]


def test_what_the_intruder_left_behind(demo: Evidence) -> None:
    walls = told(demo, "firewall")
    (door,) = [row for row in walls if row["DestinationPort"] == "31337" and row["ReachedBy"]]
    assert door["ReachedBy"] == "anyone"
    (ssh,) = [row for row in walls if row["DestinationPort"] == "22" and row["ReachedBy"]]
    assert ssh["ReachedBy"] == "some addresses"
    checks = {row["CheckId"]: row for row in told(demo, "baseline")}
    assert len(checks) == 4
    assert checks["CCE-4092-3"]["FirstObserved"] > door["FirstObserved"]
    memory = {row["Property"]: row for row in told(demo, "system")}["FreePhysicalMemoryInKB"]
    assert memory["ChangedInWindow"]
    assert int(memory["Value"]) < min(map(int, memory["EarlierValues"]))
    said = [row["What"] for row in told(demo, "health") if row["Signal"] == "diagnostic"]
    assert "kernel audit was off; switched on again" in said


def test_which_weak_spots_came_with_the_intruder(demo: Evidence) -> None:
    spots = {row["RecommendationName"]: row for row in told(demo, "recommendations")}
    assert list(spots)[-1] == "IoT_AgentSendsUnutilizedMessages"
    assert [row["Status"] for row in spots.values()] == ["open", "open", "open", "closed"]
    assert sorted("31337" in text for text in spots["IoT_OpenPorts"]["Details"]) == [False, True]
    rule = spots["IoT_PermissiveInputFirewallRules"]
    (door,) = [row for row in told(demo, "firewall") if row["DestinationPort"] == "31337"][:1]
    assert rule["Discovered"] > door["FirstObserved"]
    assert DAY.start > spots["IoT_OpenPorts"]["Discovered"]


def test_a_device_gone_silent_is_told_so(demo: Evidence) -> None:
    silence = [row for row in told(demo, "health", "cam-0214") if row["Signal"] == "silence"]
    assert [row["LastObserved"] for row in silence] == [NOW]
    assert silence[0]["Minutes"] > 8 * 60


@pytest.mark.parametrize("question", BEYOND)
def test_each_has_something_to_say_of_the_demo(demo: Evidence, question: str) -> None:
    assert told(demo, question)
