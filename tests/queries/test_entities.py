"""Entities of alerts: the graph that was written is the graph that is read, and nothing harms."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from iotriage.queries import entities
from iotriage.queries.entities import Entity, graph_of

KINDS = ("ip", "host", "account", "process", "file", "url", "iotdevice", "malware")
NAMES = {
    "ip": "Address",
    "host": "HostName",
    "account": "Name",
    "process": "CommandLine",
    "file": "Name",
    "url": "Url",
    "iotdevice": "DeviceId",
    "malware": "Name",
}


@dataclass
class Node:
    """One entity as a test means it; a link to -1 leads nowhere."""

    kind: str
    links: list[tuple[str, int]] = field(default_factory=list)


properties = st.sampled_from(["Host", "Owner", "ParentProcess", "Files", "ImageFile"])


@st.composite
def drawings(draw: st.DrawFn) -> list[Node]:
    count = draw(st.integers(1, 7))
    link = st.tuples(properties, st.integers(-1, count - 1))
    return [
        Node(draw(st.sampled_from(KINDS)), draw(st.lists(link, max_size=4, unique=True)))
        for _ in range(count)
    ]


def written(nodes: list[Node], inside: bool) -> str:
    """The JSON of it; ``inside``: an entity stands where it is first spoken of, else in the row."""
    placed: set[int] = set()

    def write(at: int, depth: int) -> dict[str, Any]:
        placed.add(at)
        node = nodes[at]
        fields: dict[str, Any] = {"$id": str(at), "Type": node.kind, NAMES[node.kind]: f"n{at}"}
        several: dict[str, list[Any]] = {}
        for name, to in node.links:
            part: dict[str, Any] = {"$ref": str(to) if to >= 0 else "gone"}
            if inside and to >= 0 and to not in placed and depth < 4:
                part = write(to, depth + 1)
            several.setdefault(name, []).append(part)
        return fields | {key: v[0] if len(v) == 1 else v for key, v in several.items()}

    return json.dumps([write(at, 0) for at in range(len(nodes)) if at not in placed])


def linked(found: list[Entity]) -> Counter[tuple[str, str, str]]:
    return Counter(
        (entity.name, name, to.name if to else "") for entity in found for name, to in entity.links
    )


@settings(max_examples=150, deadline=None)
@given(drawings(), st.booleans())
def test_the_graph_is_read_as_it_was_written(nodes: list[Node], inside: bool) -> None:
    graph = graph_of(written(nodes, inside))
    assert graph.problems == ()
    assert {(e.name, e.kind) for e in graph.entities} == {
        (f"n{at}", node.kind) for at, node in enumerate(nodes)
    }
    assert linked(list(graph.entities)) == Counter(
        (f"n{at}", name, f"n{to}" if to >= 0 else "")
        for at, node in enumerate(nodes)
        for name, to in node.links
    )


@settings(max_examples=150, deadline=None)
@given(drawings(), st.booleans())
def test_a_walk_tells_each_entity_once_and_each_link_once(nodes: list[Node], inside: bool) -> None:
    graph = graph_of(written(nodes, inside))
    steps = list(graph.walk())
    in_full = [entity for _, _, entity, again in steps if entity is not None and not again]
    assert sorted(e.name for e in in_full) == sorted(e.name for e in graph.entities)
    # A step below another comes from a link of the nearest one above it that is less deep.
    path: list[Entity | None] = []
    followed: Counter[tuple[str, str, str]] = Counter()
    for depth, by, entity, _ in steps:
        del path[depth:]
        if depth:
            above = path[-1]
            assert above is not None
            followed[above.name, by, entity.name if entity else ""] += 1
        path.append(entity)
    assert followed == linked(list(graph.entities))
    # What stands at the edge is led to by nobody, or begins a circle.
    led_to = {to for node in nodes for _, to in node.links}
    edge = [entity.name for depth, _, entity, _ in steps if depth == 0 and entity]
    assert {f"n{at}" for at in range(len(nodes)) if at not in led_to} <= set(edge)


jsons = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.one_of(
                st.sampled_from(["$id", "$ref", "Type", "Name", "Host", "ImageFile", "Address"]),
                st.text(max_size=4),
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=25,
)


@settings(max_examples=150, deadline=None)
@given(jsons, st.text(max_size=20), st.booleans())
def test_anything_is_read_or_said_not_to_be(value: Any, text: str, twice: bool) -> None:
    document = json.dumps(value)
    for given_value in (value, document, json.dumps(document) if twice else text, text):
        graph = graph_of(given_value)
        steps = list(graph.walk())
        assert len({id(e) for _, _, e, again in steps if e and not again}) == len(graph.entities)
        assert all(entity.name for entity in graph.entities)


def test_what_is_no_list_of_entities_is_said() -> None:
    for nothing in (None, "", "[]", '""', []):
        assert graph_of(nothing) == graph_of(None)
        assert not graph_of(nothing).problems
    for wrong in ("{", "no json", "[" * 100_000, "7", "true", '"x"', "9" * 5000, 7):
        assert not graph_of(wrong).entities
        assert len(graph_of(wrong).problems) == 1, wrong
    mixed = graph_of([{"Type": "ip", "Address": "192.0.2.1"}, 7, None])
    assert [entity.name for entity in mixed.entities] == ["192.0.2.1"]
    assert mixed.problems


def test_the_first_of_two_with_one_id_is_meant() -> None:
    graph = graph_of(
        [
            {"$id": "1", "Type": "host", "HostName": "first"},
            {"$id": "1", "Type": "host", "HostName": "second"},
            {"$id": 2, "Type": "account", "Name": "mei", "Host": {"$ref": 1}},
        ]
    )
    assert linked(list(graph.entities)) == {("mei", "Host", "first"): 1}
    assert graph.problems


@pytest.mark.parametrize(
    "large",
    [
        [{"$id": str(n), "Type": "ip", "Address": str(n)} for n in range(1000)],
        [{"$id": "1", "Type": "ip", **{f"p{n}": {"$ref": "1"} for n in range(5000)}}],
        [{"Type": "x", **{f"p{n}": [{"$ref": "1"}] * 300 for n in range(300)}}],
    ],
    ids=("entities", "links", "lists"),
)
def test_hostile_sizes_are_bounded_and_said(large: list[Any]) -> None:
    graph = graph_of(json.dumps(large))
    assert len(graph.problems) == 1
    assert len(list(graph.walk())) <= entities.MOST + entities.LINKS


def test_one_inside_the_other_is_read_so_far_only() -> None:
    deep: dict[str, Any] = {"Type": "file", "Name": "innermost"}
    for _ in range(100):
        deep = {"Type": "process", "ImageFile": deep}
    graph = graph_of([deep])
    assert len(graph.entities) == entities.DEEPEST + 1
    assert graph.problems
    assert graph_of("x" * (entities.LONGEST + 1)).problems


@pytest.mark.parametrize(
    ("fields", "kind", "name", "value", "pivot"),
    [
        ({"Type": "ip", "Address": "192.0.2.1"}, "ip", "192.0.2.1", "192.0.2.1", "address"),
        ({"Type": "IP", "address": "::1"}, "ip", "::1", "::1", "address"),
        (
            {"Type": "account", "Name": "mei", "NTDomain": "CORP"},
            *("account", "CORP\\mei", "mei", "user"),
        ),
        (
            {"Type": "account", "Name": "mei", "UPNSuffix": "corp.example"},
            *("account", "mei@corp.example", "mei", "user"),
        ),
        (
            {"Type": "host", "HostName": "cam", "DnsDomain": "plant.example"},
            *("host", "cam.plant.example", "cam", "text"),
        ),
        (
            {"Type": "file", "Directory": "/tmp/.x", "Name": "miner"},
            *("file", "/tmp/.x/miner", "miner", "executable"),
        ),
        (
            {"Type": "file", "Directory": "C:\\x\\", "Name": "a.exe"},
            *("file", "C:\\x\\a.exe", "a.exe", "executable"),
        ),
        (
            {
                "Type": "process",
                "CommandLine": "miner -o x",
                "ImageFile": {"Directory": "/tmp", "Name": "miner"},
            },
            *("process", "miner -o x", "/tmp/miner", "executable"),
        ),
        ({"Type": "process", "ProcessId": 77}, "process", "process 77", "", "executable"),
        (
            {"Type": "azure-resource", "ResourceId": "/subscriptions/s/IotHubs/plant-7/"},
            *("azure-resource", "plant-7", "plant-7", "text"),
        ),
        (
            {"Type": "filehash", "Algorithm": "SHA256", "Value": "ab"},
            *("filehash", "SHA256 ab", "ab", "text"),
        ),
        (
            {"Type": "url", "Url": "http://evil.example/"},
            *("url", "http://evil.example/", "http://evil.example/", "text"),
        ),
        ({"Type": "new-kind", "Odd": {}, "Other": "known"}, "new-kind", "known", "known", "text"),
        ({"Type": "new-kind"}, "new-kind", "(no name)", "", "text"),
        ({"Odd": "thing"}, "entity", "thing", "thing", "text"),
    ],
)
def test_names_are_those_that_people_read(
    fields: dict[str, Any], kind: str, name: str, value: str, pivot: str
) -> None:
    entity = graph_of([fields]).entities[0]
    assert (entity.kind, entity.name, entity.value, entity.pivot_kind) == (kind, name, value, pivot)
