"""Events for rules to be held against: each on a row of a pane that is its own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import yaml
from iotriage.queries.answers import Answer
from iotriage.queries.asking import Scope, ask
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.hints.hint import hints_name
from iotriage.queries.hints.rules import (
    BUILT_IN,
    Rule,
    RuleSet,
    matched_rules,
    with_hints,
)
from iotriage.queries.packs.loading import load_pack
from iotriage.queries.window import Window

NOW = datetime(2026, 3, 3, tzinfo=UTC)
WINDOW = Window(datetime(2026, 3, 2, tzinfo=UTC), NOW)
SCOPE = Scope("cam", "plant", WINDOW)


def event(name: str, details: Mapping[str, Any], number: int = 0) -> dict[str, Any]:
    """A raw event of the device; ``number`` tells one run of the agent from another."""
    return {
        "TimeGenerated": "2026-03-02T12:00:00Z",
        "DeviceId": "cam",
        "AssociatedResourceId": "/iotHubs/plant",
        "IoTRawEventId": f"{name}-{number}",
        "RawEventName": name,
        "EventDetails": json.dumps({"TimestampUTC": "2026-03-02T12:00:00Z", **details}),
        "IsEmpty": False,
        "AgentVersion": "0.0.12",
    }


def evidence(events: Iterable[Mapping[str, Any]]) -> Evidence:
    tables = {"SecurityAlert": (), "SecurityIoTRawEvent": [*events], "DefenderIoTRawEvent": ()}
    return Evidence.of_rows("HINTS", tables, NOW)


@cache
def sigma_of(source: str) -> dict[str, Any]:
    """A built-in rule as YAML says it."""
    content: dict[str, Any] = yaml.safe_load((BUILT_IN / source).read_text("utf-8"))
    return content


def answer_of(source: Evidence, pane: str, rules: Iterable[Rule]) -> Answer:
    """What the question says that holds rules against a pane."""
    pack = with_hints(load_pack("exact"), RuleSet(tuple(rules)))
    answer = ask(source, pack.questions[hints_name(pane)], SCOPE)
    assert answer.failure == ""
    return answer


def matched(answer: Answer, rules: Iterable[Rule], key: str) -> dict[str, set[str]]:
    """Key column -> sources of the rules that match there."""
    of_pane = list(rules)
    found: dict[str, set[str]] = {}
    for record in answer.records():
        sources = {rule.source for rule in matched_rules(of_pane, record).values()}
        found.setdefault(str(record[key]), set()).update(sources)
    return found
