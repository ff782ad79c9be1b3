"""A list of addresses and domains against what rows name."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from iotriage.queries.hints.own import own_hints
from iotriage.queries.hints.threats import Threats, ThreatsError, open_threats


def threats(folder: Path, *lines: str) -> Threats:
    file = folder / "threats.txt"
    file.write_text("\n".join(lines), "utf-8")
    found = open_threats(str(file))
    assert found is not None
    return found


LIST = (
    "# ours",
    "203.0.113.66   # the intruder",
    "",
    "198.51.100.0/24",
    "2001:db8::/32",
    "2001:db9::7",
    "*.bad.example",
    "Worse.Example.",
)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("curl http://203.0.113.66:8080/x", ["203.0.113.66"]),
        ("ping 203.0.113.6", []),
        ("ping 203.0.113.661", []),
        ("nc 198.51.100.255 80", ["198.51.100.255"]),
        ("nc 198.51.101.0 80", []),
        ("curl http://[2001:db8::1]:80/", ["2001:db8::1"]),
        ("ping6 2001:DB9:0::7", ["2001:DB9:0::7"]),
        ("wget https://a.b.bad.example/x", ["a.b.bad.example"]),
        ("wget bad.example.", ["bad.example"]),
        ("wget notbad.example", []),
        ("wget bad.example.net", []),
        ("ssh me@WORSE.example:22", ["WORSE.example"]),
        ("tool --pool=worse.example:3333,203.0.113.66", ["worse.example", "203.0.113.66"]),
        ("echo \x1b[31m bad.example\u202e", ["bad.example"]),
        ("", []),
    ],
)
def test_what_a_command_line_names(tmp_path: Path, line: str, named: list[str]) -> None:
    found = threats(tmp_path, *LIST)
    assert [name for name, _ in found.in_text(line)] == named


def test_rows_that_name_something_listed(tmp_path: Path) -> None:
    listed = threats(tmp_path, *LIST)
    rows: dict[str, dict[str, Any]] = {
        "ports": {"AllowedRemoteIPAddress": ["10.0.0.1", "198.51.100.7"]},
        "logins": {"IPAddress": ["::ffff:203.0.113.66"]},
        "processes": {"ExecutionCommandLines": ["ls", "wget x.bad.example"]},
    }
    found = {
        pane: [
            (hint.title, hint.source, hint.example) for _, hint in own_hints(pane, [row], listed)
        ]
        for pane, row in rows.items()
    }
    title = "On the list of threats"
    assert found == {
        "ports": [(title, "threats.txt, line 4", "198.51.100.7")],
        "logins": [(title, "threats.txt, line 2", "::ffff:203.0.113.66")],
        "processes": [(title, "threats.txt, line 7", "x.bad.example")],
    }


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.integers(0, 2**32 - 1), st.integers(1, 32)).map(lambda n: (4, *n)),
            st.tuples(st.integers(0, 2**128 - 1), st.integers(1, 128)).map(lambda n: (6, *n)),
        ),
        min_size=1,
        max_size=8,
    ),
    st.integers(0, 7),
    st.integers(0, 2**64),
)
def test_ranges_hold_what_they_hold(
    tmp_path_factory: pytest.TempPathFactory,
    blocks: list[tuple[int, int, int]],
    which: int,
    offset: int,
) -> None:
    networks = [
        ip_network((number, length), strict=False)
        if version == 6
        else ip_network((ip_address(number), length), strict=False)
        for version, number, length in blocks
    ]
    listed = threats(tmp_path_factory.mktemp("ranges"), *map(str, networks))
    near = networks[which % len(networks)]
    edge = int(near.broadcast_address)
    most = 2**near.max_prefixlen - 1
    for number in (int(near.network_address), edge, min(edge + 1, most), (edge - offset) % most):
        kind = type(near.network_address)
        address = kind(number)
        if address.version == 6 and address.ipv4_mapped:  # type: ignore[union-attr]
            continue
        assert (listed.of_address(str(address)) is not None) == any(
            address in network for network in networks if network.version == address.version
        )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"10.0.0.1\nnot a domain\n", ":2: 'not a domain'"),
        (b"10.0.0.1\n10.0.0.0/33\n", ":2: '10.0.0.0/33'"),
        (b"localhost\n", ":1: 'localhost'"),
        (b"http://a.example/\n", ":1: 'http://a.example/'"),
        (b"\x1b[2Ja.example\n", ":1: '\\\\e[2Ja.example'"),
        (b"x\n" * 9, "(wrong lines: 1, 2, 3, 4, 5 \u2026)"),
        (b"caf\xe9", ": it is not UTF-8"),
        (b"# nothing\n\n", ": nothing is listed in it"),
        (None, " cannot be read: No such file or directory"),
    ],
)
def test_a_bad_list_is_one_clear_line(tmp_path: Path, content: bytes | None, says: str) -> None:
    file = tmp_path / "threats.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ThreatsError) as caught:
        open_threats(str(file))
    text = str(caught.value)
    assert text.startswith(str(file))
    assert says in text
    assert text.isprintable()
    assert open_threats(None) is None
