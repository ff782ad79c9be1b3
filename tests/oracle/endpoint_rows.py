"""Rows of Defender for Endpoint with traps in them, and random mixtures of the same."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from .build import HOSTILE_TEXTS
from .rows import Tables

START = datetime(2026, 3, 2, tzinfo=UTC)
WINDOW = (START, START + timedelta(days=1))

#: Two devices of one name, one of another, one that is only known, one that only an alert names.
CAM = "0d1f4cb5a8e64f2f8e2a1b7c9d3e5f7a9b1c3d5e"
TWIN = "1e2f4cb5a8e64f2f8e2a1b7c9d3e5f7a9b1c3d5e"
GATE = "2a2f4cb5a8e64f2f8e2a1b7c9d3e5f7a9b1c3d5e"
FOUND = "3b2f4cb5a8e64f2f8e2a1b7c9d3e5f7a9b1c3d5e"
GHOST = "4c2f4cb5a8e64f2f8e2a1b7c9d3e5f7a9b1c3d5e"
NAMES = {CAM: "cam-7", TWIN: "cam-7", GATE: "Gate.plant.example", FOUND: "printer"}
GROUPS = {CAM: "plant-7", TWIN: "plant-7", GATE: "Gates", FOUND: ""}


class Sheet:
    """Rows by table, each with what every row has."""

    def __init__(self) -> None:
        self.tables: dict[str, list[dict[str, Any]]] = {
            **{"DeviceProcessEvents": [], "DeviceLogonEvents": [], "DeviceNetworkEvents": []},
            **{"DeviceInfo": [], "SecurityAlert": []},
        }

    def row(self, table: str, minutes: float, device: str = CAM, **cells: Any) -> None:
        number = sum(map(len, self.tables.values()))
        own = {} if table == "SecurityAlert" else {
            "DeviceId": device,
            "DeviceName": NAMES.get(device, ""),
            "MachineGroup": GROUPS.get(device, ""),
            "ReportId": number,
        }  # fmt: skip
        at = START + timedelta(minutes=minutes)
        stamp = {"TimeGenerated": at, "Type": table, "TenantId": f"row {number}"}
        self.tables[table].append({**stamp, **own, **cells})

    def process(self, minutes: float, path: str, line: str = "", **cells: Any) -> None:
        name = path.replace("\\", "/").rpartition("/")[2]
        given = {"ActionType": "ProcessCreated", "FolderPath": path, "FileName": name}
        self.row("DeviceProcessEvents", minutes, **(given | {"ProcessCommandLine": line} | cells))

    def logon(self, minutes: float, result: str, who: str, ip: str = "", **cells: Any) -> None:
        given = {"ActionType": f"Logon{result}", "AccountName": who, "RemoteIP": ip}
        self.row("DeviceLogonEvents", minutes, **(given | {"LogonType": "Network"} | cells))

    def net(self, minutes: float, action: str, **cells: Any) -> None:
        self.row(
            "DeviceNetworkEvents", minutes, **({"ActionType": action, "Protocol": "Tcp"} | cells)
        )

    def info(self, minutes: float, *users: str, **cells: Any) -> None:
        logged = [{"UserName": user, "DomainName": "cam-7", "Sid": f"S-{user}"} for user in users]
        given = {"OnboardingStatus": "Onboarded", "SensorHealthState": "Active"}
        given |= {"OSPlatform": "Linux", "DeviceType": "Server", "LoggedOnUsers": logged}
        self.row("DeviceInfo", minutes, **(given | cells))

    def alert(self, minutes: float, key: str, *hosts: dict[str, Any], **cells: Any) -> None:
        entities = [{"$id": str(n), "Type": "host", **host} for n, host in enumerate(hosts)]
        entities.append({"$id": "9", "Type": "ip", "Address": "203.0.113.66"})
        given = {"SystemAlertId": key, "AlertName": f"About {key}", "AlertSeverity": "High"}
        given |= {"ProductName": "Microsoft Defender for Endpoint", "Status": "New"}
        given |= {"Entities": json.dumps(entities), "ExtendedProperties": "{}"}
        self.row("SecurityAlert", minutes, **(given | cells))


def reported(count: Any, **more: Any) -> dict[str, Any]:
    """What a report of many alike says in AdditionalFields."""
    return {"AdditionalFields": {"uniqueEventsAggregated": count, **more}}


def trap_tables() -> Tables:
    sheet = Sheet()
    for minutes in (-1, 0, 1439.99, 1440):
        sheet.process(minutes, "/usr/bin/edge", f"edge {minutes}")
    root = {"AccountName": "root", "AccountDomain": "cam-7", "AccountSid": "S-root"}
    sheet.process(10, "/bin/sh", "sh -c 'id'", SHA256="ab" * 32, SHA1="cd" * 20, **root)
    sheet.process(11, "/bin/sh", "sh -i", SHA1="ef" * 20, **root, InitiatingProcessFileName="sshd")
    sheet.process(12, "/bin/sh", "sh -i", MD5="99" * 16, AccountName="www-data")
    sheet.process(13, "/bin", "from a folder", FileName="sh")
    sheet.process(14, "/opt/", "from a folder with its slash", FileName="tool")
    sheet.process(15, "", "by its name alone", FileName="tool")
    sheet.process(16, r"C:\Windows\cmd.exe", "cmd /c dir", FileName="cmd.exe")
    sheet.process(17, "/opt/sh", "a folder that ends alike", FileName="h")
    report = {"ActionType": "ProcessCreatedAggregatedReport", **root}
    sheet.process(20, "/usr/bin/poll", "poll", **report, **reported(41))
    sheet.process(21, "/usr/bin/poll", "poll", **report, **reported("7"))
    sheet.process(22, "/usr/bin/poll", "poll -v", **report, **reported(-3))
    sheet.process(23, "/usr/bin/poll", "poll", **report, AdditionalFields="no json")
    sheet.process(24, "/usr/bin/other", "other", ActionType="ProcessTampered")
    sheet.process(25, "/bin/sh", "of the twin", device=TWIN, **root)

    for minute in range(5):
        sheet.logon(30 + minute, "Failed", ("root", "admin")[minute % 2], "203.0.113.66",
                    FailureReason="InvalidUserNameOrPassword", Protocol="SSH")  # fmt: skip
    sheet.logon(36, "Success", "root", "203.0.113.66", IsLocalAdmin=True, AccountDomain="cam-7",
                AccountSid="S-root", InitiatingProcessFileName="sshd")  # fmt: skip
    sheet.logon(37, "Failed", "root", "203.0.113.66")
    many = {"ActionType": "LogonFailedAggregatedReport", **reported(9)}
    sheet.logon(40, "", "mei", "198.51.100.9", **many)
    sheet.logon(41, "Success", "mei", "198.51.100.9", IsLocalAdmin=False, LogonType="Interactive")
    for minute in range(4):
        sheet.logon(50 + minute, "Failed", "ops", "198.51.100.10")
    sheet.logon(55, "Success", "ops", "198.51.100.10", RemoteDeviceName="desk-1")
    for address in ("127.0.0.1", "::1", "", "::ffff:127.0.0.1", "0.0.0.0"):
        sheet.logon(60, "Failed", "local", address)
    sheet.logon(62, "Success", "local", "", LogonType="Local", IsLocalAdmin=None)
    sheet.logon(63, "Attempted", "local", "192.0.2.4")
    sheet.logon(64, "Success", "", "192.0.2.5")
    sheet.logon(65, "Success", "root", "192.0.2.5", AccountDomain="CORP")
    sheet.logon(66, "Success", "twin", "203.0.113.66", device=TWIN)

    sheet.net(70, "ListeningConnectionCreated", LocalPort=22, LocalIP="0.0.0.0")
    inbound = {
        "LocalPort": 22,
        "LocalIP": "10.0.0.7",
        "InitiatingProcessFolderPath": "/usr/sbin/sshd",
    }
    sheet.net(71, "InboundConnectionAccepted", RemoteIP="203.0.113.66", RemotePort=40000, **inbound)
    sheet.net(72, "InboundConnectionAccepted", RemoteIP="203.0.113.66", RemotePort=40001, **inbound)
    sheet.net(73, "InboundConnectionAttempt", RemoteIP="198.51.100.9", LocalPort=2323)
    sheet.net(74, "ListeningConnectionCreated", LocalPort=53, Protocol="Udp")
    sheet.net(75, "ListeningConnectionCreated", LocalPort=None)
    sheet.net(76, "ConnectionSuccess", RemoteIP="192.0.2.80", RemotePort=443, RemoteUrl="a.example",
              InitiatingProcessFileName="curl", InitiatingProcessCommandLine="curl https://a.example",
              InitiatingProcessAccountName="root", LocalPort=50000)  # fmt: skip
    sheet.net(77, "ConnectionFailed", RemoteIP="192.0.2.80", RemotePort=443)
    sheet.net(78, "ConnectionSuccessAggregatedReport", RemoteIP="192.0.2.80", RemotePort=443,
              **reported(30))  # fmt: skip
    sheet.net(79, "DnsConnectionInspected", RemoteIP="10.0.0.1", RemotePort=53, Protocol="UDP",
              AdditionalFields={"direction": "Out"})  # fmt: skip
    sheet.net(80, "SshConnectionInspected", RemoteIP="203.0.113.66", RemotePort=40000, LocalPort=22,
              AdditionalFields={"direction": "in"})  # fmt: skip
    sheet.net(81, "HttpConnectionInspected", RemoteUrl="b.example", RemotePort=80)
    sheet.net(82, "SomethingNew")
    sheet.net(83, "ConnectionSuccess", device=TWIN, RemoteIP="192.0.2.81", RemotePort=1)

    sheet.info(5, "root", "old-hand")
    sheet.info(700, "root", "mei", ClientVersion="30.124", DeviceName="cam-7")
    sheet.info(701, device=TWIN)
    sheet.info(702, device=FOUND, OnboardingStatus="Can be onboarded", SensorHealthState="",
               DeviceType="Printer", LoggedOnUsers="")  # fmt: skip
    sheet.info(100, device=GATE, MachineGroup="Old gates", OSPlatform="LinuxOld")
    sheet.info(200, device=GATE, LoggedOnUsers="broken [")

    by_id = {"HostName": "somebody-else", "MdatpDeviceId": CAM}
    sheet.alert(300, "by-id", by_id, CompromisedEntity="cam-7")
    sheet.alert(310, "by-id", by_id, AlertSeverity="Low", Status="Resolved")
    sheet.alert(301, "two-hosts", by_id, {"MdatpDeviceId": GATE}, AlertSeverity="Medium")
    sheet.alert(302, "by-name", CompromisedEntity="CAM-7", AlertSeverity="Low")
    sheet.alert(303, "by-domain", {"HostName": "gate", "DnsDomain": "PLANT.example"})
    sheet.alert(304, "by-half-a-name", {"HostName": "gate"})
    sheet.alert(305, "ghost", {"MdatpDeviceId": GHOST}, AlertSeverity="Informational")
    sheet.alert(306, "", by_id, AlertName="", DisplayName="Shown instead")
    sheet.alert(307, "later-named", CompromisedEntity="cam-7")
    sheet.alert(308, "later-named", {"MdatpDeviceId": GATE}, CompromisedEntity="cam-7")
    sheet.alert(309, "no-json", Entities="host [", CompromisedEntity="")
    sheet.alert(-5, "before", by_id)
    for number, word in enumerate(HOSTILE_TEXTS):
        sheet.process(400 + number, word, word, FileName="", AccountName=word, SHA1=word)
        sheet.logon(400 + number, "Success", word, word, AccountDomain=word, FailureReason=word)
        sheet.net(400 + number, "ConnectionSuccess", RemoteIP=word, RemoteUrl=word,
                  InitiatingProcessCommandLine=word)  # fmt: skip
        sheet.info(400 + number, word)
        sheet.alert(400 + number, f"hostile-{number}", CompromisedEntity=word, Description=word)
    return sheet.tables


def random_tables(seed: int, rows: int) -> Tables:
    """A mixture, the same for the same seed."""
    dice = random.Random(seed)
    sheet = Sheet()
    devices = (CAM, CAM, CAM, TWIN, GATE)
    users = ("root", "mei", "www-data", "", "ops")
    addresses = ("203.0.113.66", "198.51.100.9", "127.0.0.1", "::1", "", "10.0.0.1")
    for _ in range(rows):
        minutes = dice.uniform(-30, 1470)
        cells: dict[str, Any] = {"device": dice.choice(devices)}
        if dice.random() < 0.2:
            cells |= reported(
                dice.choice([1, 3, "4", 0, None, "x"]), direction=dice.choice(["In", "Out"])
            )
        suffix = "AggregatedReport" if dice.random() < 0.2 else ""
        kind = dice.randrange(5)
        if kind == 0:
            path = dice.choice(["/bin/sh", "/usr/bin/", "/usr/bin/curl", "", "/opt"])
            cells |= {
                "AccountName": dice.choice(users),
                "AccountDomain": dice.choice(["", "cam-7"]),
            }
            cells |= {dice.choice(["SHA1", "SHA256", "MD5"]): dice.choice(["aa", "bb", ""])}
            if dice.random() < 0.4:
                cells["FileName"] = dice.choice(["sh", "curl", ""])
            cells["ActionType"] = f"ProcessCreated{suffix}"
            sheet.process(minutes, path, dice.choice(["sh", "curl x", ""]), **cells)
        elif kind == 1:
            cells |= {"IsLocalAdmin": dice.choice([True, False, None])}
            cells |= {"LogonType": dice.choice(["Network", "Interactive", ""])}
            result = dice.choice(["Success", "Failed", "Failed", "Attempted"]) + suffix
            sheet.logon(minutes, result, dice.choice(users), dice.choice(addresses), **cells)
        elif kind == 2:
            cells |= {"LocalPort": dice.choice([22, 80, None]), "RemoteIP": dice.choice(addresses)}
            cells |= {
                "RemotePort": dice.choice([443, 53, None]),
                "Protocol": dice.choice(["Tcp", "UDP", ""]),
            }
            action = dice.choice(
                ["ListeningConnectionCreated", "InboundConnectionAccepted", "ConnectionSuccess",
                 "ConnectionFailed", "SslConnectionInspected"])  # fmt: skip
            sheet.net(minutes, action + suffix, **cells)
        elif kind == 3:
            cells.pop("AdditionalFields", None)
            sheet.info(minutes, *dice.sample(users, dice.randrange(3)), **cells)
        else:
            host: dict[str, Any] = {"HostName": dice.choice(["cam-7", "gate", ""])}
            if dice.random() < 0.5:
                host["MdatpDeviceId"] = dice.choice(devices)
            named = {
                "CompromisedEntity": dice.choice(["cam-7", "gate.PLANT.example", "", "nobody"])
            }
            severity = {"AlertSeverity": dice.choice(["High", "Medium", "Low", "Informational"])}
            sheet.alert(minutes, f"alert-{dice.randrange(12)}", host, **named, **severity)
    return sheet.tables
