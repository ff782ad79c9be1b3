"""What happens on the device, by the exact pack's definitions: ports, logins, processes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

from .rows import Event, an_object, integer, names_of_ids, newest_snapshot, utc_detail

_ANY_ADDRESS = ("", "0.0.0.0", "::", "*", "[::]")
_NO_PORT = ("", "0", "*")
_LOCAL = ("", "?", "::1", "0.0.0.0", "::", "0.0.0.1")
_RUN_LENGTH = 5
_HELPERS = (
    re.compile(r"([^ ;|&]*/)?ausearch [^;|&$<>`]*--checkpoint[^;|&$<>`]*"),
    re.compile(r"([^ ;|&]*/)?netstat -(tuwpna|ano)"),
    re.compile(r"([^ ;|&]*/)?cat /etc/passwd"),
)


def ports(events: list[Event]) -> list[dict[str, Any]]:
    rows = [
        event
        for event in events
        if event.name in ("ListeningPorts", "NetworkActivity") and not event.empty
    ]
    newest = newest_snapshot(events, "ListeningPorts")
    listening = {_local_end(event) for event in rows if not _connected(event)}
    grouped: dict[tuple[str, str, str, str], list[Event]] = defaultdict(list)
    for event in rows:
        grouped[_socket(event, listening)].append(event)
    found = []
    for (role, protocol, local, remote), members in grouped.items():
        connected = [event for event in members if _connected(event)]
        peers = {event.get("RemoteAddress") for event in connected} - set(_ANY_ADDRESS)
        listed = [event for event in members if event.name == "ListeningPorts"]
        present = any(event.snapshot == newest for event in listed) if listed else None
        found.append(
            {
                "Protocol": protocol,
                "LocalPort": local,
                "Role": role,
                "RemotePort": remote,
                "LocalAddress": sorted({event.get("LocalAddress") for event in members} - {""}),
                "MinObservedTime": min(event.time for event in members),
                "MaxObservedTime": max(event.time for event in members),
                "InNewestSnapshot": present,
                "CntConnections": len(connected),
                "CntRemoteIPAddress": len(peers),
                "AllowedRemoteIPAddress": sorted(peers),
                "RawEventNames": sorted({event.name for event in members}),
            }
        )
    return sorted(found, key=_port_order)


def _local_end(event: Event) -> tuple[str, str]:
    return event.get("Protocol").lower(), event.get("LocalPort")


def _connected(event: Event) -> bool:
    return (
        event.name == "NetworkActivity"
        or event.get("RemoteAddress") not in _ANY_ADDRESS
        or event.get("RemotePort") not in _NO_PORT
    )


def _socket(event: Event, listening: set[tuple[str, str]]) -> tuple[str, str, str, str]:
    """Role, Protocol, LocalPort, RemotePort of the group a row belongs to."""
    protocol, local = _local_end(event)
    remote = event.get("RemotePort")
    if (protocol, local) in listening:
        return "listening", protocol, local, ""
    near = _port(local)
    # "0" is a port that is not there, so it cannot be the lower one.
    far = None if remote in _NO_PORT else _port(remote)
    if far is not None and (near is None or far <= near):
        return "outbound", protocol, "", remote
    return "inbound", protocol, local, ""


def _port(value: str) -> int | None:
    return int(value) if re.fullmatch(r"[0-9]+", value) else None


def _port_order(row: dict[str, Any]) -> tuple[Any, ...]:
    end = row["RemotePort"] if row["Role"] == "outbound" else row["LocalPort"]
    number = _port(end)
    role = ("listening", "inbound", "outbound").index(row["Role"])
    return role, row["Protocol"], number is None, number or 0, end


def login_result(event: Event) -> str:
    given = event.get("Result")
    if given.lower() == "success":
        return "Success"
    if given.lower() in ("fail", "failed", "failure"):
        return "Fail"
    operations = {"Login": "Success", "LoginFailed": "Fail", "Logout": "Logout"}
    return given or operations.get(event.get("Operation"), "")


def local_address(address: str) -> bool:
    return address in _LOCAL or address.startswith("127.")


class _SignIn:
    """One Login row, read."""

    def __init__(self, event: Event) -> None:
        self.time: datetime = event.time
        self.user = event.get("UserName")
        self.user_id = event.get("UserId")
        self.result = login_result(event)
        self.handler = event.get("Executable")
        self.address = event.get("RemoteAddress")
        self.process = event.get("ProcessId")
        self.operation = event.get("Operation")

    @property
    def session(self) -> tuple[str, str, str, str] | None:
        """What the audit records of one sign-in have in common."""
        if self.process in ("", "0"):
            return None
        return self.process, self.handler, self.result, self.address


def _attempts(rows: list[_SignIn]) -> int:
    """Sign-ins behind these records: the most frequent operation's count, sign-in by sign-in."""
    groups: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        groups[row.address, row.process][row.operation] += 1
    return sum(max(counter.values()) for counter in groups.values())


def sign_ins(events: list[Event]) -> list[_SignIn]:
    """The Login records, each with the name of its user as far as it can be known."""
    rows = [_SignIn(event) for event in events if event.name == "Login" and not event.empty]
    names: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
    for row in rows:
        if row.session and row.user:
            names[row.session].add(row.user)
    known = names_of_ids(events)
    for row in rows:
        if not row.user and row.session in names:
            assert row.session is not None
            row.user = min(names[row.session])
        elif not row.user and row.user_id:
            row.user = known.get(row.user_id) or f"(id {row.user_id})"
    return rows


def logins(events: list[Event]) -> list[dict[str, Any]]:
    rows = sign_ins(events)
    grouped: dict[tuple[str, str, str], list[_SignIn]] = defaultdict(list)
    for row in rows:
        grouped[row.user, row.result, row.handler].append(row)
    failed = [row for row in rows if row.result == "Fail"]
    found = []
    for (user, result, handler), members in grouped.items():
        addresses = sorted({row.address for row in members if not local_address(row.address)})
        found.append(
            {
                "UserName": user,
                "Result": result,
                "LoginHandler": handler,
                "CntLoginAttempts": _attempts(members),
                "MinObservedTime": min(row.time for row in members),
                "MaxObservedTime": max(row.time for row in members),
                "CntIPAddress": len(addresses),
                "IPAddress": addresses,
                "LocalAttempts": _attempts([row for row in members if local_address(row.address)]),
                "InvalidUser": user in ("(invalid user)", "(unknown user)"),
                "FailedThenSucceededFrom": [
                    address
                    for address in addresses
                    if result == "Success" and _broke_in(address, members, failed)
                ],
            }
        )
    return sorted(
        found,
        key=lambda one: (
            one["MinObservedTime"],
            one["UserName"],
            one["Result"],
            one["LoginHandler"],
        ),
    )


def _broke_in(address: str, successes: list[_SignIn], failed: list[_SignIn]) -> bool:
    last = max(row.time for row in successes if row.address == address)
    before = Counter(row.operation for row in failed if row.address == address and row.time <= last)
    return max(before.values(), default=0) >= _RUN_LENGTH


def is_helper(command: str) -> bool:
    """Whether the agent itself runs this command line."""
    plain = command.removeprefix("sudo ")
    return any(pattern.fullmatch(plain) for pattern in _HELPERS)


def processes(events: list[Event]) -> list[dict[str, Any]]:
    known = names_of_ids(events)
    grouped: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        exited = event.name == "Process" and event.get("EventType").lower() == "exit"
        if event.name in ("ProcessCreate", "Process") and not event.empty and not exited:
            first = _command(event).split()
            grouped[event.get("Executable") or (first[0] if first else "")].append(event)
    found = []
    for executable, members in grouped.items():
        commands = sorted({_command(event) for event in members} - {""})
        spans = [_span(event) for event in members]
        found.append(
            {
                "Executable": executable,
                "CntExecutions": sum(_hits(event) for event in members),
                "MinObservedTime": min(first for first, _ in spans),
                "MaxObservedTime": max(last for _, last in spans),
                "ExecutingUsers": sorted({_user(event, known) for event in members} - {""}),
                "CntCommandLines": len(commands),
                "ExecutionCommandLines": commands,
                "AgentHelperRuns": sum(
                    _hits(event) for event in members if is_helper(_command(event))
                ),
            }
        )
    return sorted(found, key=lambda one: (one["MinObservedTime"], one["Executable"]))


def _command(event: Event) -> str:
    return event.get("CommandLine", "Commandline")


def _hits(event: Event) -> int:
    counted = integer(an_object(event.details.get("ExtraDetails")).get("HitCount"))
    if counted is None:
        counted = integer(event.details.get("HitCount"))
    return counted if counted is not None and counted >= 1 else 1


def _span(event: Event) -> tuple[datetime, datetime]:
    extra = an_object(event.details.get("ExtraDetails"))
    return (
        utc_detail(extra.get("StartTimeUtc")) or event.time,
        utc_detail(extra.get("EndTimeUtc")) or event.time,
    )


def _user(event: Event, known: dict[str, str]) -> str:
    user_id = event.get("UserId")
    name = event.get("UserName") or known.get(user_id, "")
    return f"Id:{user_id}, Name:{name}" if user_id or name else ""
