"""What Sigma cannot say, from rows written by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from iotriage.queries.hints.addresses import address_of, is_outside, is_shared
from iotriage.queries.hints.own import own_hints

BEGAN = datetime(2026, 3, 2, tzinfo=UTC)


def titles(pane: str, *rows: dict[str, Any]) -> list[tuple[int, str]]:
    return [(place, hint.title) for place, hint in own_hints(pane, rows, None)]


@pytest.mark.parametrize(
    ("text", "outside"),
    [
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("172.32.0.1", True),
        ("192.168.1.1", False),
        ("127.0.0.1", False),
        ("169.254.1.1", False),
        ("100.64.0.1", True),
        ("100.128.0.1", True),
        ("8.8.8.8", True),
        # Ranges for examples are no private ones, whatever Python's is_private says.
        ("203.0.113.66", True),
        ("198.51.100.23", True),
        ("0.0.0.0", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("2001:db8::1", True),
        ("[2001:db8::1]", True),
        ("::ffff:10.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("", False),
        ("?", False),
        ("example.net", False),
        ("10.0.0.1; 8.8.8.8", False),
        ("\u0661.1.1.1", False),
    ],
)
def test_what_is_outside(text: str, outside: bool) -> None:
    assert is_outside(text) is outside


def test_carriers_share_a_range() -> None:
    assert is_shared("100.64.0.1")
    assert is_shared("::ffff:100.127.255.255")
    assert not is_shared("100.128.0.0")
    assert address_of("fe80::1%eth0") == address_of("[fe80::1]")


def port(
    number: str, protocol: str = "tcp", role: str = "listening", **more: Any
) -> dict[str, Any]:
    return {"Role": role, "Protocol": protocol, "LocalPort": number, **more}


@pytest.mark.parametrize(
    ("row", "odd"),
    [
        (port("31337"), True),
        (port("4444"), True),
        (port("22"), False),
        (port("502"), False),
        (port("8883"), False),
        (port("31337", LocalAddress=["0.0.0.0"]), True),
        (port("31337", LocalAddress=["127.0.0.1"]), False),
        (port("31337", LocalAddress=["::1", "127.0.0.1"]), False),
        (port("31337", LocalAddress=["127.0.0.1", "0.0.0.0"]), True),
        (port("40000"), True),
        (port("49664"), False),
        (port("40000", "udp"), False),
        (port("31337", "udp6"), True),
        (port("31337", role="inbound"), False),
        (port("*"), False),
        (port(""), False),
        (port("0"), False),
        (port("\u0663"), False),
        (port("99999"), False),
        ({"LocalPort": None}, False),
    ],
)
def test_listeners_on_unusual_ports(row: dict[str, Any], odd: bool) -> None:
    assert titles("ports", row) == ([(0, "Listens on an unusual port")] if odd else [])


def test_peers_from_outside() -> None:
    reached = "Reached from outside private ranges"
    inside = port("22", AllowedRemoteIPAddress=["10.0.0.9", "fe80::1"])
    outside = port("22", AllowedRemoteIPAddress=["10.0.0.9", "8.8.8.8"])
    called = port("", role="outbound", AllowedRemoteIPAddress=["8.8.8.8"])
    assert titles("ports", inside, outside, called) == [(1, reached)]
    ((_, hint),) = own_hints("ports", [outside], None)
    assert hint.example == "8.8.8.8"


def user(name: str, groups: str, hours: int = 0, **more: Any) -> dict[str, Any]:
    first = BEGAN + timedelta(hours=hours)
    return {"UserName": name, "GroupNames": groups, "FirstObserved": first, **more}


def test_users_with_the_rights_of_root() -> None:
    known = user("mei", "mei;sudo")
    new, raised = "New user with the rights of root", "Joined a group with the rights of root"
    assert titles("users", known) == []
    assert titles("users", known, user("svc", "svc;sudo", 5)) == [(1, new)]
    assert titles("users", known, user("svc", "svc;dialout", 5)) == []
    assert titles("users", known, user("svc", "docker", EarlierGroups=["svc"])) == [(1, raised)]
    # Joined one, and left another one, is no gain.
    assert titles("users", user("op", "sudo", EarlierGroups=["sudo;video"])) == []
    assert titles("users", user("op", "sudo;video", EarlierGroups=["sudo", "sudo;docker"])) == []
    assert titles("users", user("op", "sudo;docker", EarlierGroups=["sudo"])) == [(0, raised)]


def test_another_name_for_root() -> None:
    assert titles("users", user("root", "root", UserIds=["0"])) == []
    assert titles("users", user("svc", "svc", UserIds=["1001", "0"])) == [
        (0, "Another name for root")
    ]


def login(result: str, *addresses: str, **more: Any) -> dict[str, Any]:
    return {"UserName": "op", "Result": result, "IPAddress": list(addresses), **more}


def test_sign_ins_from_outside() -> None:
    outside = "Signed in from outside private ranges"
    assert titles("logins", login("Success", "10.0.0.9"), login("Success")) == []
    assert titles("logins", login("Success", "10.0.0.9", "203.0.113.66")) == [(0, outside)]
    assert titles("logins", login("Success", "2001:db8::7")) == [(0, outside)]
    ((_, shared),) = own_hints("logins", [login("Success", "100.64.0.7")], None)
    assert "carrier" in shared.why
    tried = login("Fail", "203.0.113.66", CntLoginAttempts=10)
    assert titles("logins", tried) == [(0, "Many failed sign-ins from outside private ranges")]
    assert titles("logins", login("Fail", "203.0.113.66", CntLoginAttempts=9)) == []


def test_success_after_failures() -> None:
    broken = login("Success", "10.0.0.9", FailedThenSucceededFrom=["10.0.0.9"])
    assert titles("logins", broken) == [(0, "Signed in after many failures from the same address")]


@pytest.mark.parametrize("pane", ["users", "ports", "logins", "processes", "alerts"])
@pytest.mark.parametrize("row", [{}, dict.fromkeys(("Role", "IPAddress", "GroupNames"), 5)])
def test_rows_of_another_shape_have_no_hint(pane: str, row: dict[str, Any]) -> None:
    assert titles(pane, row) == []
