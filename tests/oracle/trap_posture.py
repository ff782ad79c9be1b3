"""Traps in how a device and its agent stand: rules, checks, facts, silence; on cam-10."""

from __future__ import annotations

import json
from typing import Any

from .build import CAM_TEN, HOSTILE, HOSTILE_TEXTS, MICRO, Sheet, stamps

HOUR = 3600.0


def _told(sheet: Sheet, name: str, hour: float, details: Any, **columns: Any) -> None:
    where = {"device": CAM_TEN, **columns}
    sheet.event(name, hour * HOUR + 7, {**details, **stamps(hour * HOUR)}, **where)


def firewall_traps(sheet: Sheet) -> None:
    def rule(hour: float, priority: Any, action: str, **members: Any) -> None:
        details = {
            "EventId": f"wall-{hour}",
            "Priority": priority,
            "Direction": "In",
            "ChainName": "INPUT",
            "Enabled": True,
            "Action": action,
            **members,
        }
        kept = {key: value for key, value in details.items() if value is not ...}
        _told(sheet, "FirewallConfiguration", hour, kept)

    def table(hour: float) -> None:
        rule(hour, 1, "Allow", DestinationPort="22", Protocol="tcp", SourceAddress="10.0.0.0/8")
        rule(hour, 2, "Deny", DestinationPort="22", Protocol="TCP")
        rule(hour, 3, "Allow", DestinationPort="80, 443,8000-8010", Protocol="tcp")
        rule(hour, 4, "Deny", DestinationPort="8005", Protocol="tcp", SourceAddress="203.0.113.66")
        rule(hour, 5, "Deny", DestinationPort="9000:9010", SourceAddress="203.0.113.66")
        rule(hour, "6", "Allow", DestinationPort="9000 - 9010", SourceAddress="any")
        rule(hour, 7, "Allow", Protocol="udp", DestinationPort="*", SourcePort="53")
        rule(hour, 8, "Other", DestinationPort="7000")
        rule(hour, 9, "Allow", DestinationPort="!7001")
        rule(hour, 10, "Allow", DestinationPort="7002", DestinationAddress="10.0.0.9")
        rule(hour, 11, "Allow", DestinationPort="7003", Enabled=False)
        rule(hour, 12, "Allow", DestinationPort="7004", Direction="Out")
        rule(hour, 13, "Allow", DestinationPort="7005", Application="C:\\x.exe")
        rule(hour, 14, "Deny", Protocol="tcp")
        rule(hour, 15, "Allow", Protocol="all")

    rule(2, 1, "Deny", DestinationPort="23", Enabled="TRUE")
    rule(2, 2, "Allow", DestinationPort="22", Protocol="tcp", SourceAddress="10.0.0.0/8")
    table(9)
    # The same rule twice; a chain of its own with its own end; no order; no chain; no direction.
    rule(9, 20, "Allow", DestinationPort="22", Protocol="tcp", SourceAddress="10.0.0.0/8")
    rule(9, 1, "Allow", ChainName="Public", DestinationPort="3389")
    rule(9, ..., "Deny", ChainName="Private", DestinationPort="3390")
    rule(9, ..., "Allow", ChainName="Private", DestinationPort="3390")
    rule(9, 1, "Drop it", ChainName="FORWARD", Direction=...)
    rule(9, 1, "Allow", ChainName=..., DestinationPort="53", Protocol="udp")
    for number, hostile in enumerate(HOSTILE_TEXTS):
        rule(
            9, 100 + number, "Allow", SourceAddress=hostile, DestinationPort="6000", Protocol="tcp"
        )
        rule(9, 200 + number, "Deny", ChainName=hostile, DestinationPort=hostile, Protocol="igmp")
        rule(9, 300, hostile, Application=hostile, DestinationPort="1", Protocol=hostile)
    sheet.event("FirewallConfiguration", 3 * HOUR, "{}", device=CAM_TEN, IsEmpty=True)
    ports = ("22", "80", "443", "8005", "9005", "6000", "7000", "7001", "7002", "7003", "7004")
    for port in (*ports, "7005", "3389", "3390", "*", "22,53"):
        for protocol, address in (("tcp", "0.0.0.0"), ("tcp6", "::"), ("udp", "10.0.0.9")):
            socket = {"Protocol": protocol, "LocalAddress": address, "LocalPort": port}
            _told(sheet, "ListeningPorts", 21, {**socket, "EventId": "sockets-10"})
    for address in ("127.0.0.1", "::1", "0.0.0.1"):
        socket = {"Protocol": "tcp", "LocalAddress": address, "LocalPort": "80"}
        _told(sheet, "ListeningPorts", 21, {**socket, "EventId": "sockets-10"})
    # Its newest look is empty: nothing listens any more, and there was never a rule.
    for where in (HOSTILE, MICRO):
        socket = {"Protocol": "tcp", "LocalAddress": "0.0.0.0", "LocalPort": "80"}
        _told(sheet, "ListeningPorts", 3, socket, device=where)
    empty = {"device": HOSTILE, "IsEmpty": True, "IoTRawEventId": "no-wall"}
    sheet.event("FirewallConfiguration", 3 * HOUR, "", **empty)


def check_traps(sheet: Sheet) -> None:
    def check(
        hour: float, number: str, result: Any, severity: str = "Warning", **more: Any
    ) -> None:
        details = {
            "EventId": f"run-{hour}",
            "CceId": number,
            "Description": f"Check {number}",
            "Result": result,
            "Error": "why",
            "Severity": severity,
            **more,
        }
        _told(sheet, "OSBaseline", hour, details)

    for hour in (1, 7, 13):
        check(hour, "CCE-1", "FAIL" if hour < 13 else "Fail", "Critical")
        check(hour, "CCE-2", "ERR" if hour < 13 else "Err", "critical")
        check(hour, "CCE-3", "Pass" if hour == 7 else "FAIL", "Informational")
        check(hour, "CCE-4", "SKIP")
        check(hour, "CCE-5", "FAIL", "Important", Error=f"why {hour}")
    check(7, "CCE-6", "FAIL")
    check(13, "CCE-5", "FAIL", "Important", Error="another")
    check(13, "CCE-5", "Error", "Important")
    check(13, "CCE-5", "FAIL", "Zero", Description="another check of that name")
    check(13, "", "failed", "")
    for hostile in HOSTILE_TEXTS:
        check(13, hostile, "FAIL", hostile, Description=hostile, Error=hostile)
        check(13, "CCE-7", hostile)
    for hour, run in ((4, "m-1"), (5, "m-2")):
        for number, result in (("1.1", "FAIL"), ("1.2", "PASS"), ("1.3", "ERROR"), ("1.4", "SKIP")):
            details = {
                "BaselineCheckId": f"CIS-debian-9-X-{number}",
                "BaselineCheckResult": result,
                "BaselineCheckDescription": number,
                "EventId": run,
            }
            for device in (CAM_TEN, MICRO):
                _told(sheet, "Baseline", hour, details, device=device)
    sheet.event("Baseline", 6 * HOUR, "", device=MICRO, IsEmpty=True, IoTRawEventId="m-3")


def system_traps(sheet: Sheet) -> None:
    for hour, details in (
        (1, {"OSName": "Linux", "HostName": "a", "FreePhysicalMemoryInKB": 10, "BootDevice": ""}),
        (3, {"OSName": "Linux", "HostName": "b", "FreePhysicalMemoryInKB": 9}),
        (5, {"OSName": "Linux", "HostName": "a", "FreePhysicalMemoryInKB": 8, "OSVersion": "1"}),
        (7, {"HostName": "a", "FreePhysicalMemoryInKB": "8", "OSVersion": None}),
        # Two at once: the greater one, as long as it was there.
        (9, {"BIOSVersion": "x"}),
        (9, {"BIOSVersion": "y"}),
        (
            11,
            {"hardware_vendor": "v", "HardwareVendor": "w", "OsDist": "debian", "Nics": [{"a": 1}]},
        ),
        (
            12,
            {"nics": [{"type": "ETH", "info": {"mac": "0"}}], "agent_version": "", "AgentType": 4},
        ),
    ):
        _told(sheet, "SystemInformation", hour, details)
    for number, hostile in enumerate(HOSTILE_TEXTS):
        _told(sheet, "SystemInformation", 13 + number / 60, {"OSVendor": hostile, hostile: "x"})
    _told(sheet, "SystemInformation", 2, {"HostName": HOSTILE}, device=HOSTILE)


def signal_traps(sheet: Sheet) -> None:
    for hour, queue, dropped, collected in (
        *((1, "High", 3, 10), (2, "High", "4", None), (3, "Low", None, "x"), (4, "", 1, 1)),
    ):
        counted = {"Queue": queue, "DroppedEvents": dropped, "CollectedEvents": collected}
        _told(sheet, "DroppedEventsStatistics", hour, counted)
    _told(sheet, "MessageStatistics", 1, {"MessagesSent": 9, "TotalFailed": 2})
    _told(sheet, "MessageStatistics", 2, {"MessagesSent": "many"})
    wrong = {"ConfigurationName": "interval", "ErrorType": "Conflict", "Message": "no"}
    for hour in (1, 2, 2.5):
        _told(sheet, "ConfigurationError", hour, wrong if hour < 2.5 else {"Message": "no"})
    for severity in ("Error", "Warning", "Error", ""):
        _told(sheet, "Diagnostic", 3, {"Severity": severity, "Message": "same", "n": severity})
    for hostile in HOSTILE_TEXTS:
        _told(sheet, "Diagnostic", 4, {"Severity": hostile, "Message": hostile})
        _told(sheet, "Statistics", 4, {"Name": hostile, "Events": [{"Description": hostile}]})
    items = [{"Description": "a", "Hitcount": 3}, {"Description": "b", "HitCount": "4"}, 5, None]
    for listed in (items, items[:1], [], None, "text", {"Description": "c"}, json.dumps(items)):
        _told(sheet, "Statistics", 5, {"Name": "Collector", "Events": listed}, device=MICRO)
    sheet.event("Heartbeat", 6 * HOUR, "", device=CAM_TEN, IsEmpty=True)
    _told(sheet, "Heartbeat", 6.5, {"Uptime": 1})
