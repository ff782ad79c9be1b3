"""Small random mixtures of all the traps, the same for the same seed."""

from __future__ import annotations

import json
import random
from typing import Any

from .build import (
    CAM,
    CAM_LOUD,
    CAM_TEN,
    DAY,
    HOSTILE,
    HOSTILE_TEXTS,
    HUB,
    MICRO,
    STYLES,
    Sheet,
    resource,
    stamps,
)
from .trap_alerts import entities

_DEVICES = (CAM, CAM, CAM, CAM, CAM_TEN, CAM_LOUD, MICRO, HOSTILE)
_HUBS = (HUB, HUB, HUB, HUB, "plant-7", "PLANT-7", "plant-77", "iot-dev")
_ADDRESSES = ("10.0.0.1", "10.0.0.2", "203.0.113.5", "2001:db8::1", "255.255.255.255")
_NOWHERE = ("0.0.0.0", "::", "*", "", "[::]", "127.0.0.1", "::1", "?", "0.0.0.1")
_USERS = ("root", "daemon", "alice", "bob", "(invalid user)", "(unknown user)", "")
_IDS = ("0", "0", "1000", "1001", "4242", "", 0, 1000)
_GROUPS = ("", "users", "sudo;users", "users; sudo", ";;users", "root;sudo;wheel")
_EMPTY = ("", "{}", "null", None, "[]", "garbage", "{")
_NAMES = (
    *("LocalUsers", "ListeningPorts", "Login", "ProcessCreate") * 3,
    *("NetworkActivity", "Process", "DroppedEventsStatistics", "Heartbeat"),
)
#: Names for the questions beyond the guide's five.
WIDE = (
    *("Login", "ProcessCreate") * 3,
    *("LocalUsers", "ListeningPorts", "ConnectionCreate") * 2,
    *("NetworkActivity", "Process", "OSBaseline", "Baseline", "SystemInformation"),
    *("FirewallConfiguration", "FirewallConfiguration", "DroppedEventsStatistics", "Diagnostic"),
)


class _Dice:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def pick(self, *pools: Any) -> Any:
        """A value of one of the pools; now and then a hostile one if that is text."""
        pool = self.random.choice(pools)
        return self.random.choice(pool)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def word(self, *pools: Any) -> Any:
        return self.pick(HOSTILE_TEXTS) if self.chance(0.06) else self.pick(*pools)

    def thinned(self, details: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in details.items() if not self.chance(0.06)}


def _details(dice: _Dice, name: str) -> dict[str, Any]:
    ports = ("22", "23", "80", "443", "2323", "40000", "40001", "*", "0", "", "22,53", "1-9", 22)
    if name == "LocalUsers":
        return {
            "UserId": dice.pick(_IDS),
            "UserName": dice.word(_USERS),
            "GroupNames": dice.word(_GROUPS),
        }
    if name in ("ListeningPorts", "NetworkActivity", "ConnectionCreate"):
        called = {
            "Direction": dice.word(("In", "Out", "out"), ("",)),
            "Executable": dice.pick(("/bin/nc", "")),
            "CommandLine": dice.word(("nc -l", "")),
            "UserId": dice.pick(_IDS),
            "BytesIn": dice.pick((0, 5, "6", "x", None)),
            "ExtraDetails": dice.pick(({"HitCount": 4}, '{"HitCount": "3"}', None)),
        }
        return (called if name == "ConnectionCreate" else {}) | {
            "Protocol": dice.word(("tcp", "TCP", "udp", "tcp6")),
            "LocalAddress": dice.word(_ADDRESSES, _NOWHERE),
            "LocalPort": dice.pick(ports),
            "RemoteAddress": dice.word(_ADDRESSES, _NOWHERE),
            "RemotePort": dice.pick(ports, ("*", "0", "")),
        }
    if name == "Login":
        return {
            "UserName": dice.word(_USERS, ("",)),
            "UserId": dice.pick(_IDS),
            "Executable": dice.pick(("sshd", "sshd", "/bin/su", "")),
            "Operation": dice.pick(("auth", "login"), ("Login", "LoginFailed", "Logout", "")),
            "Result": dice.word(("Success", "Fail", "Fail"), ("FAILED", "success", "", "odd")),
            "RemoteAddress": dice.word(_ADDRESSES[:2], _ADDRESSES[:1], _ADDRESSES[:1], _NOWHERE),
            "ProcessId": dice.pick((1, 2, "1", "2", "0", 0, ""), (1, "1")),
        }
    if name in ("ProcessCreate", "Process"):
        hits = dice.pick((1, 5, "7", "x", None, 0))
        times = ("2026-03-02T02:00:00Z", "03/02/2026 04:05:06", "2026-03-02 05:00:00", "never", "")
        extra: Any = {
            "HitCount": hits,
            "StartTimeUtc": dice.pick(times),
            "EndTimeUtc": dice.pick(times),
        }
        if dice.chance(0.3):
            # Only one place for the count, so that no order of preference is put to the test.
            extra = {"Hash": "x"}
        elif dice.chance(0.4):
            extra = json.dumps(extra)
        command = dice.word(("sh -c id", "sudo netstat -ano", "cat /etc/passwd", "curl x", ""))
        program = dice.pick(("/bin/sh", "/usr/bin/curl", "/usr/bin/sudo", ""))
        if not program and command in HOSTILE_TEXTS:
            # What a blank is to a hostile command line is nobody's question.
            program = "/bin/sh"
        return {
            "Executable": program,
            dice.pick(("CommandLine", "CommandLine", "Commandline")): command,
            "UserId": dice.pick(_IDS),
            "UserName": dice.word(("",), ("",), _USERS),
            "ExtraDetails": extra,
            "EventType": dice.pick(("exec", "EXIT", "fork", "")),
        }
    if name == "FirewallConfiguration":
        return {
            "ChainName": dice.word(("INPUT", "INPUT", "Public")),
            "Priority": dice.pick((1, 2, "3", 4, None)),
            "Direction": dice.pick(("In", "In", "in", "Out")),
            "Action": dice.word(("Allow", "allow", "Deny", "Other")),
            "Enabled": dice.pick((True, True, False, None)),
            "Protocol": dice.pick(("tcp", "", "udp", "*")),
            "DestinationPort": dice.pick(ports, ("1-30000", "80,22", "")),
            "SourceAddress": dice.pick(("", "*", "10.0.0.0/8")),
        }
    if name in ("OSBaseline", "Baseline"):
        micro = name == "Baseline"
        check, result = ("BaselineCheckId", "BaselineCheckResult") if micro else ("CceId", "Result")
        return {
            check: dice.pick(("c-1", "c-2", "c-3")),
            result: dice.pick(("FAIL", "PASS", "ERR", "Fail")),
            "Severity": dice.word(("Critical", "Warning", "")),
            "Error": dice.word(("why", "")),
        }
    if name == "SystemInformation":
        return {"HostName": dice.word(("a", "b")), "os_dist": dice.pick(("x", "y", None))}
    if name == "Diagnostic":
        return {"Message": dice.word(("m", "n")), "Severity": dice.pick(("Error", ""))}
    if name == "DroppedEventsStatistics":
        return {"DroppedEvents": dice.pick((0, 3, "4", "x", None))}
    return {"Anything": dice.pick(HOSTILE_TEXTS)}


def random_tables(
    seed: int, rows: int, names: tuple[str, ...] = _NAMES
) -> dict[str, list[dict[str, Any]]]:
    """About ``rows`` raw events of these names, a tenth as many alerts and recommendations each."""
    dice = _Dice(seed)
    sheet = Sheet()
    made = 0
    while made < rows:
        # Sign-ins come in bursts, or no run of failures would ever be long enough.
        name = dice.pick(names)
        burst = dice.random.randrange(1, 9) if name == "Login" else 1
        device, seconds = dice.pick(_DEVICES), _seconds(dice)
        for _ in range(burst):
            _random_event(dice, sheet, name, device, seconds)
        made += burst
    for number in range(max(1, rows // 10)):
        _random_alert(dice, sheet, number)
    for _ in range(max(1, rows // 10)):
        _random_recommendation(dice, sheet)
    return sheet.tables


def _seconds(dice: _Dice) -> float:
    if dice.chance(0.04):
        return float(dice.pick((-0.000001, 0, DAY - 0.000001, DAY)))
    return float(dice.random.randrange(-1800, int(DAY) + 1800))


def _random_event(dice: _Dice, sheet: Sheet, name: str, device: str, seconds: float) -> None:
    table = dice.pick(("SecurityIoTRawEvent",) * 3 + ("DefenderIoTRawEvent",))
    happened = seconds - dice.pick((0, 0, 1, 90, 7200))
    details: Any = dice.thinned(_details(dice, name))
    details |= stamps(happened, dice.pick(STYLES, ("c", "garbage", "none")))
    if dice.chance(0.3):
        details["EventId"] = dice.pick(("e-1", "e-2", "e-3", ""))
    flag: Any = dice.pick((False, False, False, None))
    if dice.chance(0.05):
        details, flag = dice.pick(_EMPTY), dice.pick((True, False, None))
        if table == "DefenderIoTRawEvent":
            details = dice.pick((None, {}))
    elif dice.chance(0.02):
        flag = True
    columns = {"IsEmpty": flag, "AgentVersion": dice.pick(("0.0.6", "0.0.7", "4.1.0", ""))}
    if dice.chance(0.4):
        columns["IoTRawEventId"] = dice.pick(("r-1", "r-2", "r-3"), ("",))
    row = sheet.event(
        name,
        seconds,
        details,
        device=device,
        hub=dice.pick(_HUBS),
        table=table,
        spaced=dice.chance(0.3),
        **columns,
    )
    if dice.chance(0.06):
        sheet.repeat(row, table)


def _random_alert(dice: _Dice, sheet: Sheet, number: int) -> None:
    device = dice.pick(_DEVICES)
    named = dice.random.randrange(4)
    properties = {"DeviceId": device} if named else {"Peer": device}
    graph = entities(dice.pick(_DEVICES)) if named in (0, 3) else ""
    # Distinct times: which of two states is newer must never be a matter of taste.
    seconds = _seconds(dice) + number / 1000
    row = sheet.alert(
        dice.word(("Brute force", "Crypto Coin Miner", "")),
        seconds,
        properties,
        DisplayName="shown instead",
        Entities=graph,
        AlertSeverity=dice.pick(("High", "Medium", "Low", "Informational", "")),
        Status=dice.pick(("New", "InProgress", "Resolved")),
        SystemAlertId=dice.pick(("a-1", "a-2", "a-3", ""), (f"a-{number + 10}",)),
        ResourceId=resource(dice.pick(_HUBS)) + dice.pick(("", "", "/")),
    )
    if dice.chance(0.1):
        sheet.repeat(row, "SecurityAlert")


def _random_recommendation(dice: _Dice, sheet: Sheet) -> None:
    row = sheet.recommendation(
        dice.pick(("IoT_OpenPorts", "IoT_Baseline", ""), ("IoT_OpenPorts",)),
        # Some at the very same moment.
        round(_seconds(dice), -3),
        dice.word(("Active", "Healthy"), ("Unhealthy", "NotApplicable", "resolved", "active", "")),
        dice.pick(_DEVICES),
        AssessedResourceId=resource(dice.pick(_HUBS)) + dice.pick(("", "/", "/devices/x")),
        RecommendationDisplayName=dice.word(("Open ports", "")),
        RecommendationSeverity=dice.word(("High", "Medium", "Low")),
        RecommendationAdditionalData=dice.pick(({"Ports": ["22"]}, '{"Ports": ["80"]}', "x", None)),
    )
    if dice.chance(0.1):
        sheet.repeat(row, "SecurityRecommendation")
