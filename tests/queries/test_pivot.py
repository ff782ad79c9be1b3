"""Where else a value occurs: whole, never as a part of another, against plain Python."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from elsewhere import elsewhere
from held import NOW, TRAPS, WINDOW, question_of
from hypothesis import given, settings
from hypothesis import strategies as st
from iotriage.queries.asking import Scope, ask
from iotriage.queries.demo import HUB, demo_tables
from iotriage.queries.demo.story import ATTACKER
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.kusto_parser.parser import KustoParser
from iotriage.queries.pivot import Kind, Wanted, asked_for, kind_of, values_in
from oracle import traps
from oracle.build import HOSTILE_TEXTS, Sheet

PIVOT = question_of("exact", "pivot")


def found(
    evidence: Evidence, kind: str, value: str, hub: str = "", window: Any = WINDOW
) -> list[dict[str, Any]]:
    answer = ask(evidence, asked_for(PIVOT, Wanted(value, Kind(kind))), Scope("", hub, window))
    assert answer.failure == ""
    return answer.records()


SOUGHT = [
    *(("address", each) for each in ("10.0.0.1", "203.0.113.5", "203.0.113.66", "2001:db8::1")),
    *(("user", each) for each in ("root", "alice", "operator", "(invalid user)")),
    *(("port", each) for each in ("22", "443", "40000")),
    *(("executable", each) for each in ("/bin/sh", "/usr/sbin/sshd", "/usr/bin/curl")),
    *(("text", each) for each in ("cat /etc/passwd", "1000", "Only ten", *HOSTILE_TEXTS[:8])),
]


@pytest.mark.parametrize("hub", ["", "pLANT-7"], ids=["fleet", "hub"])
def test_the_traps_are_found_as_plain_python_finds_them(trap_evidence: Evidence, hub: str) -> None:
    hits = 0
    for kind, value in SOUGHT if not hub else SOUGHT[::3]:
        wanted = elsewhere(kind, value, TRAPS, hub)
        assert found(trap_evidence, kind, value, hub) == wanted, (kind, value)
        hits += bool(wanted)
    assert hits > len(SOUGHT) // 9


@pytest.mark.parametrize("seed", range(2))
def test_random_mixtures_are_searched_as_plain_python_does(seed: int) -> None:
    tables = traps.random_tables(seed, 250)
    evidence = Evidence.of_rows("MIX", json.loads(json.dumps(tables, default=str)), NOW)
    try:
        for kind, value in SOUGHT:
            assert found(evidence, kind, value) == elsewhere(kind, value, tables, ""), (kind, value)
    finally:
        evidence.close()


def _made(*events: tuple[str, str, dict[str, Any]], alerts: tuple[dict[str, Any], ...] = ()) -> Any:
    sheet = Sheet()
    for number, (device, name, details) in enumerate(events):
        sheet.event(name, number, details, device=device)
    for number, properties in enumerate(alerts):
        sheet.alert("Raised", number, properties)
    return json.loads(json.dumps(sheet.tables, default=str))


def _columns(tables: Any, kind: str, value: str) -> list[tuple[str, str]]:
    evidence = Evidence.of_rows("MADE", tables, NOW)
    try:
        rows = found(evidence, kind, value)
    finally:
        evidence.close()
    assert rows == elsewhere(kind, value, tables, "")
    return [(row["DeviceId"], row["Column"]) for row in rows]


NEAR = ("10.0.0.11", "110.0.0.1", "10.0.0.1.5", "10.0.0.12:22", "a10.0.0.1")


def test_an_address_is_not_found_in_a_longer_one() -> None:
    tables = _made(
        ("exact", "Login", {"RemoteAddress": "10.0.0.1"}),
        *((f"near-{n}", "Login", {"RemoteAddress": each}) for n, each in enumerate(NEAR)),
        *(("near", "ProcessCreate", {"CommandLine": f"curl {each}/x"}) for each in NEAR),
        ("said", "ProcessCreate", {"CommandLine": "nc 10.0.0.1:22; ping 10.0.0.1."}),
        alerts=(
            {"DeviceId": "alerted", "From": json.dumps(["10.0.0.1:", "10.0.0.99"])},
            {"DeviceId": "near-alert", "From": "10.0.0.11"},
        ),
    )
    assert _columns(tables, "address", "10.0.0.1") == [
        ("alerted", "From"),
        ("exact", "RemoteAddress"),
        ("said", "CommandLine"),
    ]


def test_a_user_is_found_by_the_id_that_the_same_device_gives_it() -> None:
    tables = _made(
        ("one", "LocalUsers", {"UserName": "eve", "UserId": "1005"}),
        ("one", "ProcessCreate", {"Executable": "/bin/x", "UserId": "1005"}),
        ("two", "ProcessCreate", {"Executable": "/bin/x", "UserId": "1005"}),
        ("three", "Login", {"UserName": "eve2", "UserId": "1005"}),
        ("four", "ProcessCreate", {"CommandLine": "passwd eve"}),
        alerts=({"DeviceId": "five", "User Name": "eve"}, {"DeviceId": "six", "File": "eve"}),
    )
    assert _columns(tables, "user", "eve") == [
        ("five", "User Name"),
        ("one", "UserName"),
        ("one", "UserId"),
    ]


def test_a_port_is_no_other_number() -> None:
    tables = _made(
        ("a", "ListeningPorts", {"LocalPort": "22", "ProcessId": 22}),
        ("b", "ListeningPorts", {"LocalPort": "2222"}),
        ("c", "ConnectionCreate", {"RemotePort": 22}),
        ("d", "ProcessCreate", {"ProcessId": 22, "UserId": "22"}),
        alerts=({"DeviceId": "e", "Remote Ports": '["22"]'}, {"DeviceId": "f", "Count": "22"}),
    )
    assert _columns(tables, "port", "22") == [
        ("a", "LocalPort"),
        ("c", "RemotePort"),
        ("e", "Remote Ports"),
    ]


def test_an_executable_is_found_where_a_command_line_names_it() -> None:
    path = "/tmp/.x/k"
    tables = _made(
        ("a", "ProcessCreate", {"Executable": path, "CommandLine": "k"}),
        ("b", "ProcessCreate", {"Executable": "/bin/chmod", "CommandLine": f"chmod +x {path}"}),
        ("c", "ProcessCreate", {"Executable": "/bin/rm", "CommandLine": f"rm {path}2"}),
        ("d", "ProcessCreate", {"Executable": "/bin/rm", "CommandLine": f"rm /a{path}"}),
        ("e", "ProcessCreate", {"Executable": "/tmp/?x/k", "CommandLine": ""}),
    )
    assert _columns(tables, "executable", path) == [("a", "Executable"), ("b", "CommandLine")]


_TEXT = st.text(st.characters(exclude_categories=("Cs",)), min_size=1)


@settings(max_examples=4, deadline=None)
@given(
    texts=st.lists(_TEXT, min_size=1, max_size=8, unique=True), extra=st.sampled_from(HOSTILE_TEXTS)
)
def test_any_text_is_found_as_itself_and_nowhere_else(texts: list[str], extra: str) -> None:
    texts = [*dict.fromkeys([*texts, extra])]
    tables = _made(
        *(
            (f"device-{number}", "ProcessCreate", {"Executable": "/bin/x", "CommandLine": each})
            for number, each in enumerate(texts)
        ),
        alerts=tuple(
            {"DeviceId": f"alerted-{number}", "Command Line": each}
            for number, each in enumerate(texts)
        ),
    )
    evidence = Evidence.of_rows("MADE", tables, NOW)
    try:
        for number, each in enumerate(texts):
            if (rows := found(evidence, "text", each)) or each:
                where = [(row["DeviceId"], row["Column"]) for row in rows]
                assert (f"device-{number}", "CommandLine") in where
                assert rows == elsewhere("text", each, tables, "")
    finally:
        evidence.close()


def test_microsofts_parser_takes_it_whatever_is_sought(kusto_parser: KustoParser) -> None:
    kind = Kind.TEXT
    plain = kusto_parser.check(_kql(kind, "plain"))
    for value in (
        'x"; SecurityAlert | take 1 //',
        "ends in \\",
        "two\r\nlines\u2028",
        traps.HOSTILE,
    ):
        checked = kusto_parser.check(_kql(kind, value))
        assert [str(each) for each in checked.diagnostics] == []
        assert checked.columns == plain.columns
        assert value in [literal.value for literal in checked.literals]


def _kql(kind: Kind, value: str) -> str:
    return asked_for(PIVOT, Wanted(value, kind)).query("", "", WINDOW).kql


@pytest.fixture(scope="module")
def demo() -> Iterator[Evidence]:
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    evidence = Evidence.of_rows("DEMO", demo_tables(now), now)
    yield evidence
    evidence.close()


def test_the_attacker_of_the_demo_was_at_two_devices(demo: Evidence) -> None:
    rows = found(demo, "address", ATTACKER, HUB, demo.latest())
    assert {row["DeviceId"] for row in rows} == {"cam-0231", "gw-0007"}
    events = {row["Event"] for row in rows if row["DeviceId"] == "gw-0007"}
    assert {"Login", "ConnectionCreate", "ListeningPorts", "SecurityAlert"} <= events


@pytest.mark.parametrize("question", ["alerts", "users", "ports", "logins", "processes"])
def test_what_a_row_offers_is_found_at_least_in_that_row(demo: Evidence, question: str) -> None:
    scope = Scope("cam-0231", HUB, demo.latest())
    records = ask(demo, question_of("exact", question), scope).records()
    offered = {
        (wanted.value, wanted.kind): wanted
        for record in records
        for wanted in values_in(question_of("exact", question), record)
    }
    assert len(offered) > 5
    for value, kind in [*offered][:: max(1, len(offered) // 12)]:
        devices = {row["DeviceId"] for row in found(demo, kind, value, HUB, demo.latest())}
        assert "cam-0231" in devices, (value, kind)


@pytest.mark.parametrize(
    ("column", "value", "kind"),
    [
        ("UserName", "10.0.0.1", Kind.USER),
        ("IPAddress", "::1", Kind.ADDRESS),
        ("LocalPort", "22", Kind.PORT),
        ("LocalPort", "22,53", Kind.TEXT),
        ("Executable", "sh", Kind.EXECUTABLE),
        ("CommandLine", "/bin/sh", Kind.EXECUTABLE),
        ("CommandLine", "/bin/sh -i", Kind.TEXT),
        ("UserId", "0", Kind.TEXT),
        ("account Name", "root", Kind.USER),
    ],
)
def test_the_kind_follows_from_column_and_value(column: str, value: str, kind: Kind) -> None:
    assert kind_of(value, column) is kind
