"""A rule means in KQL what it means in Sigma, whatever texts stand in it and in the rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.hints.rows_of_rules import ROWS
from iotriage.queries.hints.sigma import Refusal, translated
from iotriage.queries.kusto_parser.parser import KustoParser
from iotriage.queries.questions import Query
from iotriage.queries.source import Cancellation
from iotriage.queries.window import Window

from .rows import evidence
from .sigma_oracle import matches

WINDOW = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))
#: What breaks literals, patterns and comparisons; no letter whose case depends on who is asked.
TEXTS = st.text(st.sampled_from("aAbZ0 /.-\"'\\*?[]{}()|^$+\n\r\t\x1b#`~;%_é保\u202e\U0001f600"))
CATEGORY = {"processes": "process_creation", "ports": "network_connection"}


@pytest.fixture(scope="module")
def nothing() -> Iterator[Evidence]:
    """Evidence without a row: what is asked of it brings its own values."""
    source = evidence(())
    yield source
    source.close()


def sigma(detection: Mapping[str, Any], pane: str = "processes", **more: Any) -> dict[str, Any]:
    return {
        "title": "Test",
        "logsource": {"category": CATEGORY[pane]},
        "detection": dict(detection),
        **more,
    }


def holds(source: Evidence, condition: str, pane: str, event: Mapping[str, str]) -> bool:
    """Whether the KQL of a rule is true of an event."""
    columns = {ROWS[pane].fields[field]: text for field, text in event.items()}
    given = {f"given{name}": text for name, text in columns.items()}
    extended = ", ".join(f"{name} = given{name}" for name in columns)
    # Each value is given back too: the engine refuses values that nothing reads.
    names = ", ".join(columns)
    text = f"print {extended} | project Holds = iff({condition}, true, false), {names}"
    answer = source.ask(Query("t", given, text), WINDOW, Cancellation())
    assert answer.failure == "", text
    held = answer.rows[0][0]
    assert isinstance(held, bool)
    return held


def process(line: str, image: str = "/bin/sh") -> dict[str, str]:
    return {"CommandLine": line, "Image": image, "User": "", "UserId": "0"}


FEW = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@FEW
@given(
    modifier=st.sampled_from(["", "|contains", "|startswith", "|endswith"]),
    cased=st.booleans(),
    wanted=TEXTS,
    around=st.tuples(TEXTS, TEXTS),
)
def test_texts_are_compared_as_sigma_says(
    nothing: Evidence, modifier: str, cased: bool, wanted: str, around: tuple[str, str]
) -> None:
    field = f"CommandLine{modifier}{'|cased' if cased else ''}"
    rule = sigma({"one": {field: wanted}, "condition": "one"})
    # A value that is nothing but a wildcard asks for a value; that one is held below.
    if wanted.strip("*") == "" or wanted.endswith("\\"):
        return
    condition = translated(rule, "t.yml").condition
    plain = wanted.replace("*", "x").replace("?", "y").replace("\\", "")
    for line in (wanted, plain, plain.swapcase(), plain.join(around), around[0]):
        held = holds(nothing, condition, "processes", process(line))
        assert held == matches(rule, process(line)), (condition, line)


@pytest.mark.parametrize(
    ("detection", "yes", "no"),
    [
        ({"a": {"CommandLine|re": "^x.y$"}, "condition": "a"}, ["xay"], ["xaay", "Xay", "x\ny"]),
        ({"a": {"CommandLine|re|i": "^X$"}, "condition": "a"}, ["x", "X"], ["y"]),
        ({"a": {"CommandLine|re|s": "x.y"}, "condition": "a"}, ["x\ny"], ["xy"]),
        ({"a": {"CommandLine|contains|all": ["a", "b"]}, "condition": "a"}, ["ba"], ["a", "b"]),
        ({"a": {"CommandLine": None}, "condition": "a"}, [""], [" ", "x"]),
        ({"a": {"CommandLine": ""}, "condition": "a"}, [""], [" ", "x"]),
        ({"a": {"CommandLine|exists": True}, "condition": "a"}, ["x"], [""]),
        ({"a": {"CommandLine|exists": False}, "condition": "a"}, [""], ["x"]),
        ({"a": {"CommandLine": "a*b?c"}, "condition": "a"}, ["a--bxc", "A\nBxC"], ["abc", "xabxc"]),
        ({"a": {"CommandLine": r"a\*b"}, "condition": "a"}, ["a*b"], ["axb"]),
        (
            {"a1": {"CommandLine": "x"}, "a2": {"CommandLine": "y"}, "condition": "1 of a*"},
            ["x", "y"],
            ["z"],
        ),
        (
            {
                "a": {"CommandLine|contains": "x"},
                "b": {"CommandLine|contains": "y"},
                "c": {"CommandLine|contains": "z"},
                "condition": "a or b and not c",
            },
            ["x", "y", "xz", "xyz"],
            ["yz", "z"],
        ),
        (
            {
                "a": {"CommandLine|contains": "x"},
                "b": {"CommandLine|contains": "y"},
                "condition": "not (a or b)",
            },
            ["z"],
            ["x", "y", "xy"],
        ),
        (
            {"a": [{"CommandLine": "x"}, {"CommandLine": "y", "UserId": 0}], "condition": "a"},
            ["x", "y"],
            ["z"],
        ),
    ],
)
def test_what_sigma_can_say_is_said(
    nothing: Evidence, detection: dict[str, Any], yes: list[str], no: list[str]
) -> None:
    rule = sigma(detection)
    condition = translated(rule, "t.yml").condition
    for line in (*yes, *no):
        assert matches(rule, process(line)) == (line in yes), line
        assert holds(nothing, condition, "processes", process(line)) == (line in yes), line


PORTS = {"Initiated": "true", "Protocol": "tcp", "SourceIp": "10.0.0.2"}


@pytest.mark.parametrize(
    ("wanted", "yes", "no"),
    [
        ({"DestinationPort": 80}, [("10.0.0.1", "80")], [("10.0.0.1", "8080")]),
        ({"DestinationPort|gte": 1024}, [("", "1024"), ("", "65535")], [("", "80"), ("", "")]),
        ({"DestinationPort|lt": 1024}, [("", "80")], [("", "1024"), ("", "*"), ("", "")]),
        (
            {"DestinationIp|cidr": "10.20.0.0/14"},
            [("10.20.0.1", ""), ("10.23.255.255", "")],
            [("10.24.0.1", ""), ("110.20.0.1", ""), ("", ""), ("10.2.0.1", "")],
        ),
        (
            {"DestinationIp|cidr": "192.0.2.128/30"},
            [("192.0.2.128", ""), ("192.0.2.131", "")],
            [("192.0.2.132", ""), ("192.0.2.12", "")],
        ),
        ({"Initiated": True}, [("10.0.0.1", "80")], []),
        ({"Initiated": "false"}, [], [("10.0.0.1", "80")]),
    ],
)
def test_addresses_and_ports_are_compared(
    nothing: Evidence,
    wanted: dict[str, Any],
    yes: list[tuple[str, str]],
    no: list[tuple[str, str]],
) -> None:
    rule = sigma({"a": wanted, "condition": "a"}, "ports")
    condition = translated(rule, "t.yml").condition
    for address, port in (*yes, *no):
        event = {**PORTS, "DestinationIp": address, "DestinationPort": port}
        assert matches(rule, event) == ((address, port) in yes), event
        assert holds(nothing, condition, "ports", event) == ((address, port) in yes), event


@pytest.mark.parametrize("text", ['x"; print "', "x' or true //", "a\nb\\", "${x}{0}`", "\u2028*?"])
def test_a_text_stays_a_text(kusto_parser: KustoParser, text: str) -> None:
    rule = sigma({"a": {"CommandLine|contains": text, "Image|re": "a\\\\b"}, "condition": "a"})
    condition = translated(rule, "t.yml").condition
    kql = f'print CommandLine = "", Executable = "" | where {condition}'
    assert kusto_parser.check(kql).diagnostics == ()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"a": {"ParentImage": "x"}, "condition": "a"}, "field ParentImage"),
        ({"a": ["word"], "condition": "a"}, "words in no field"),
        ({"a": {"CommandLine|re": "(?=x)"}, "condition": "a"}, "look-around"),
        ({"a": {"CommandLine|re": r"(a)\1"}, "condition": "a"}, "back references"),
        ({"a": {"CommandLine|re": "("}, "condition": "a"}, "invalid"),
        ({"a": {"CommandLine|fieldref": "Image"}, "condition": "a"}, ""),
        ({"a": {"CommandLine|expand": "%x%"}, "condition": "a"}, "placeholder"),
        ({"a": {"CommandLine|nonsense": "x"}, "condition": "a"}, "nonsense"),
        ({"a": {"CommandLine": "x"}, "condition": "b"}, "b"),
        ({"a": {"CommandLine": "x"}, "condition": "a | count() > 5"}, ""),
        ({"a": {"CommandLine": "x"}}, "condition"),
        ({"a": {"CommandLine|cidr": "2001:db8::/32"}, "condition": "a"}, "IPv6"),
        ({"a": {"UserId|gt": 1.5}, "condition": "a"}, "whole"),
        ({"a": {"CommandLine|contains": "\udc80"}, "condition": "a"}, "surrogate"),
        ({"a": {"CommandLine": ["x" * 99] * 999}, "condition": "a"}, "too long"),
        ({}, "condition"),
    ],
)
def test_what_cannot_be_said_is_refused_in_a_line(content: dict[str, Any], says: str) -> None:
    with pytest.raises(Refusal) as caught:
        translated(sigma(content), "t.yml")
    text = str(caught.value)
    assert says.lower() in text.lower()
    assert len(text.splitlines()) == 1
    assert text.isprintable()


@pytest.mark.parametrize(
    "content",
    [
        {"title": "x"},
        {"title": 5, "logsource": 5, "detection": 5},
        {"title": "x", "logsource": {"category": "process_creation"}, "detection": []},
        sigma({"a": {"CommandLine": "x"}, "condition": "a"}, logsource={"product": "aws"}),
        sigma({"a": {"CommandLine": "x"}, "condition": "a"}, id="no uuid"),
        sigma({"a": {"CommandLine": "x"}, "condition": "a"}, level="loud"),
        sigma({"a": {"CommandLine": "x"}, "condition": "a"}, tags=5),
        {"title": "x", "correlation": {"type": "event_count"}},
    ],
)
def test_what_is_no_rule_is_refused_in_a_line(content: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as caught:
        translated(content, "t.yml")
    assert len(str(caught.value).splitlines()) == 1


def test_words_of_a_rule_are_made_printable() -> None:
    made = translated(
        sigma(
            {"a": {"CommandLine": "x"}, "condition": "a"},
            title="two\nlines \x1b[2J",
            description="\u202eright to left",
            author="a\tb",
            tags=["attack.t1059.004", "attack.execution", "cve.2021-1"],
        ),
        "t.yml",
    )
    assert (made.title, made.why, made.author) == (
        "two lines \\e[2J",
        "\\u202eright to left",
        "a b",
    )
    assert made.techniques == ("T1059.004",)
    assert made.level == "informational"
