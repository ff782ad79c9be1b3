"""Every built-in rule against every example, by Sigma's own words and through KQL."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from iotriage.queries.hints.folder import rules_in
from iotriage.queries.hints.hint import LEVELS, hints_name
from iotriage.queries.hints.rules import (
    BUILT_IN,
    RuleSet,
    built_in_rules,
    with_hints,
)
from iotriage.queries.kusto_parser.parser import KustoParser
from iotriage.queries.packs.loading import load_pack

from .rows import SCOPE, answer_of, event, evidence, matched, sigma_of
from .sigma_oracle import matches

RULES = built_in_rules()
EXAMPLES = tomllib.loads(Path(__file__).with_name("examples.toml").read_text("utf-8"))
PANES = ("processes", "ports", "logins")


def fields_of(pane: str, given: Any) -> dict[str, str]:
    """An example with every field that its rows have."""
    if pane == "processes":
        executable = given.split(" ")[0]
        return {"Image": executable, "CommandLine": given, "User": "", "UserId": "7"}
    if pane == "ports":
        return {"Initiated": "true", "Protocol": "tcp", "DestinationIp": "203.0.113.9", **given}
    return {"User": "op", "Image": "/usr/sbin/sshd", "SourceIp": "10.0.0.9", **given}


def examples(pane: str) -> list[dict[str, str]]:
    names = {rule.source.removesuffix(".yml") for rule in RULES.of(pane)}
    return [
        fields_of(pane, given)
        for name in sorted(names)
        for part in ("matching", "other")
        for given in EXAMPLES[name][part]
    ]


def test_what_is_shipped_is_what_is_made_of_the_files() -> None:
    made = rules_in(BUILT_IN)
    assert made.refused == ()
    assert made.rules == RULES.rules, "write them anew: python tests/queries/shipping.py"


def test_every_rule_says_who_it_is_and_why() -> None:
    ids = [str(UUID(rule.id)) for rule in RULES.rules]
    assert len(set(ids)) == len(ids)
    for rule in RULES.rules:
        assert rule.why.endswith("."), rule.source
        assert not rule.title.endswith("."), rule.source
        assert rule.level in LEVELS
        assert rule.techniques, rule.source
        assert sigma_of(rule.source)["falsepositives"], rule.source
        # A hint tells what was seen; what that means is for somebody else to say.
        assert not re.search(r"malicious|attack|suspicious", f"{rule.title} {rule.why}", re.I)


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.source)
def test_a_rule_matches_what_it_is_for_and_nothing_like_it(rule: Any) -> None:
    given = EXAMPLES[rule.source.removesuffix(".yml")]
    assert given["matching"]
    assert given["other"]
    found = {
        part: {matches(sigma_of(rule.source), fields_of(rule.pane, one)) for one in given[part]}
        for part in ("matching", "other")
    }
    assert found == {"matching": {True}, "other": {False}}


def test_every_example_is_of_a_rule() -> None:
    assert set(EXAMPLES) == {rule.source.removesuffix(".yml") for rule in RULES.rules}


def wanted(pane: str, fields: dict[str, str]) -> set[str]:
    return {rule.source for rule in RULES.of(pane) if matches(sigma_of(rule.source), fields)}


def test_kql_says_the_same_of_processes() -> None:
    given = examples("processes")
    # An executable of its own for each example, so that its row is its own too.
    rows = []
    for number, fields in enumerate(given):
        line = fields["CommandLine"]
        image = f"{fields['Image']}" if "/" in fields["Image"] else f"/bin/{fields['Image']}"
        fields["Image"] = f"{image.rpartition('/')[0]}/{number}{image[image.rindex('/') :]}"
        details = {"Executable": fields["Image"], "CommandLine": line, "UserId": "7"}
        rows.append(event("ProcessCreate", details, number))
    with_source = evidence(rows)
    try:
        answer = answer_of(with_source, "processes", RULES.rules)
    finally:
        with_source.close()
    found = matched(answer, RULES.of("processes"), "Executable")
    assert {fields["Image"]: wanted("processes", fields) for fields in given} == {
        fields["Image"]: found.get(fields["Image"], set()) for fields in given
    }
    assert {source for sources in found.values() for source in sources} == {
        rule.source for rule in RULES.of("processes")
    }


def test_kql_says_the_same_of_connections() -> None:
    given = examples("ports")
    rows = [
        event(
            "ListeningPorts",
            {
                "Protocol": "tcp",
                "LocalAddress": "10.0.0.2",
                "LocalPort": "50000",
                "RemoteAddress": fields["DestinationIp"],
                "RemotePort": fields["DestinationPort"],
            },
        )
        for fields in given
    ]
    # The same port on the device itself is nobody else's.
    rows.append(
        event(
            "ListeningPorts",
            {
                "Protocol": "tcp",
                "LocalAddress": "10.0.0.2",
                "LocalPort": "3333",
                "RemoteAddress": "10.0.0.9",
                "RemotePort": "60000",
            },
        )
    )
    with_source = evidence(rows)
    try:
        answer = answer_of(with_source, "ports", RULES.rules)
    finally:
        with_source.close()
    found = matched(answer, RULES.of("ports"), "RemotePort")
    assert found == {
        fields["DestinationPort"]: sources
        for fields in given
        if (sources := wanted("ports", fields))
    }
    assert {row["Example"].partition(":")[0] for row in answer.records()} == {
        "10.0.0.2 > 203.0.113.9"
    }


def test_kql_says_the_same_of_sign_ins() -> None:
    given = examples("logins")
    rows = []
    for number, fields in enumerate(given):
        fields["Image"] = f"/{number}{fields['Image']}"
        details = {
            "UserName": fields["User"],
            "Executable": fields["Image"],
            "Result": fields["Result"],
            "RemoteAddress": fields["SourceIp"],
            "Operation": "login",
        }
        rows.append(event("Login", details))
    with_source = evidence(rows)
    try:
        answer = answer_of(with_source, "logins", RULES.rules)
    finally:
        with_source.close()
    found = matched(answer, RULES.of("logins"), "LoginHandler")
    assert {fields["Image"]: wanted("logins", fields) for fields in given} == {
        fields["Image"]: found.get(fields["Image"], set()) for fields in given
    }


@pytest.mark.parametrize("pane", PANES)
def test_the_question_is_sound_for_microsofts_parser(kusto_parser: KustoParser, pane: str) -> None:
    pack = with_hints(load_pack("exact"), RULES)
    question = pack.questions[hints_name(pane)]
    assert not question.is_pane
    checked = kusto_parser.check(question.query(SCOPE.device, SCOPE.hub, SCOPE.window).kql)
    assert [str(found) for found in checked.diagnostics] == []
    names = [column.name for column in checked.columns]
    assert names == [*question.keys, "Count", "FirstObserved", "LastObserved", "Example"]


def test_only_rows_that_are_told_apart_alike_are_asked_about() -> None:
    guide = with_hints(load_pack("guide"), RULES)
    assert [name for name in guide.questions if name.endswith("_hints")] == [
        "processes_hints",
        "logins_hints",
    ]
    assert "processes_hints" not in with_hints(load_pack("exact"), RuleSet(())).questions
