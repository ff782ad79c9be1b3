"""Traps in what the device is: its users, its sockets, its agent's health, its edges."""

from __future__ import annotations

import json
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
    Sheet,
    resource,
    stamps,
)

HOUR = 3600.0


def user_traps(sheet: Sheet) -> None:
    def snapshot(
        hour: float, event_id: str, users: list[tuple[str, str, str]], **more: Any
    ) -> None:
        for user_id, user, groups in users:
            details = {
                "EventId": event_id,
                "UserId": user_id,
                "UserName": user,
                "GroupNames": groups,
                "GroupIds": "0;27",
                **stamps(hour * HOUR, more.get("style", "c")),
            }
            sheet.event(
                "LocalUsers",
                hour * HOUR + more.get("lag", 90),
                details,
                spaced=more.get("spaced", False),
                RawEventCategory="Periodic",
            )

    system = [("0", "root", "root"), ("0", "daemon", "root"), ("0", "nobody", "nogroup;root")]
    snapshot(1, "users-a", [*system, ("1000", "alice", "sudo;users"), ("1001", "bob", "users")])
    snapshot(1, "users-a", [("1002", "carol", "users; video"), ("1003", "dave", "")])
    # Same groups in another order, other groups, groups for the first time; bob is gone.
    snapshot(7, "users-b", [*system, ("1000", "alice", " users ;sudo;;users")], spaced=True)
    snapshot(7, "users-b", [("1002", "carol", "video;sudo;users"), ("1003", "dave", "docker")])
    snapshot(13, "users-c", [*system, ("1000", "alice", "sudo;users"), ("1010", "mallory", "root")])
    snapshot(13, "users-c", [("2000", "mallory", "root;sudo"), ("1002", "carol", "users")])
    snapshot(9, "users-late", [("1004", "erin", "users")], style="naive")
    snapshot(9.2, "users-sent-late", [("1006", "gil", "users")], lag=8 * HOUR)
    snapshot(9.5, "", [("1005", "frank", "users")], style="space")
    for number, hostile in enumerate(HOSTILE_TEXTS):
        snapshot(13, "users-c", [(f"30{number:02d}", hostile, f"{hostile};users")])
    sheet.event("LocalUsers", 5 * HOUR, {"UserName": "", "UserId": "77", **stamps(5 * HOUR)})
    sheet.event("LocalUsers", 5 * HOUR, {"UserName": "idless", **stamps(5 * HOUR, "offset4")})
    for empty in ("", "{}", "null", "[]", "garbage {", '"text"', None):
        sheet.event("LocalUsers", 6 * HOUR, empty, IsEmpty=True)
    sheet.event("LocalUsers", 6 * HOUR, {"UserName": "ghost", "UserId": "9"}, IsEmpty=True)

    # cam-10: IoTRawEventId is the snapshot, the newest one is empty; CAM-1: neither id, a tie.
    for name in ("root", "guest"):
        sheet.event(
            "LocalUsers",
            2 * HOUR,
            {"UserId": "0", "UserName": name, "GroupNames": name, **stamps(2 * HOUR)},
            device=CAM_TEN,
            IoTRawEventId="snap-10",
        )
    sheet.event("LocalUsers", 8 * HOUR, "", device=CAM_TEN, IsEmpty=True, IoTRawEventId="snap-11")
    for name, groups, stamp in (("pi", "pi", "1"), ("pi", "pi;sudo", "2"), ("pat", "pat", "1")):
        sheet.event(
            "LocalUsers",
            3 * HOUR,
            {"UserId": stamp, "UserName": name, "GroupNames": groups, **stamps(3 * HOUR, "offset")},
            device=CAM_LOUD,
            IoTRawEventId="",
            TimeStamp=f"2026-03-02T0{stamp}:00:00+01:00",
        )
    sheet.event(
        "LocalUsers",
        4 * HOUR,
        {"UserId": "0", "UserName": HOSTILE, "GroupNames": HOSTILE, **stamps(4 * HOUR)},
        device=HOSTILE,
    )


def port_traps(sheet: Sheet) -> None:
    def line(hour: float, snap: str, proto: str, local: str, remote: str, **more: Any) -> None:
        """``local`` and ``remote`` as address#port, "-" for a member that is missing."""
        details: dict[str, object] = {"Protocol": proto, "ExtraDetails": {"Pid": "1234"}}
        for side, end in (("Local", local), ("Remote", remote)):
            address, _, port = end.partition("#")
            if address != "-":
                details[side + "Address"] = address
            if port != "-":
                details[side + "Port"] = port
        if snap:
            details["EventId"] = snap
        details |= stamps(hour * HOUR, str(more.pop("style", "c")))
        sheet.event(
            "ListeningPorts", hour * HOUR + 60, details, RawEventCategory="Periodic", **more
        )

    for hour, snap in ((1, "ports-a"), (9, "ports-b")):
        line(hour, snap, "tcp", "0.0.0.0#22", "0.0.0.0#*")
        line(hour, snap, "tcp6", "::#22", "::#*")
        line(hour, snap, "udp", "0.0.0.0#68", "-#*", style="cs")
        line(hour, snap, "tcp", "0.0.0.1#631", "0.0.0.0#0")
        line(hour, snap, "raw", "0.0.0.0#*", "0.0.0.0#*")
        line(hour, snap, "tcp", "0.0.0.0#53248-53250", "*#*")
        line(hour, snap, "tcp", "0.0.0.0#22,53", "[::]#0")
        for last in range(1, 6):
            line(hour, snap, "tcp", "10.0.0.9#22", f"203.0.113.{last}#5{last}000")
        # One socket with a peer known by its port only, one by its address only.
        line(hour, snap, "tcp", "10.0.0.9#22", "0.0.0.0#50001")
        line(hour, snap, "tcp6", "255.255.255.255#22", "255.255.255.255#40404")
        line(hour, snap, "tcp", "10.0.0.9#8080", "203.0.113.77#*")
        line(hour, snap, "raw", "10.0.0.9#7", "203.0.113.78#0")
    line(1, "ports-a", "tcp", "0.0.0.0#2323", "0.0.0.0#*")
    line(9, "ports-b", "TCP", "0.0.0.0#31337", "-#-")
    line(9, "ports-b", "tcp", "10.0.0.9#4444", "198.51.100.66#51515")
    line(9, "ports-b", "udp", "10.0.0.9#123", "198.51.100.123#123", style="space")
    line(9, "ports-b", "udp", "10.0.0.9#*", "198.51.100.53#53")
    line(9, "ports-b", "udp", "10.0.0.9#*", "198.51.100.54#*")
    line(9, "ports-b", "tcp", "10.0.0.9#80", "198.51.100.80#53248-53250")
    for number in range(300):
        line(9, "ports-b", "tcp", f"10.0.0.9#{40000 + number}", f"198.51.100.{number % 7}#443")
        line(5, "ports-m", "tcp", "10.0.0.9#22", f"192.0.2.{number % 250}#{50000 + number}")
    for number, hostile in enumerate(HOSTILE_TEXTS):
        line(9, "ports-b", "tcp", f"{hostile}#{6000 + number}", f"{hostile}#{hostile}")
        line(9, "ports-b", hostile, "0.0.0.0#7", "0.0.0.0#*")
    for empty in ("", "{}", "null", "not json"):
        sheet.event("ListeningPorts", 3 * HOUR, empty, IsEmpty=True, IoTRawEventId="ports-empty")

    line(2, "", "tcp", "0.0.0.0#80", "0.0.0.0#*", device=CAM_TEN, IoTRawEventId="p-1")
    sheet.event("ListeningPorts", 4 * HOUR, "{}", device=CAM_TEN, IsEmpty=True)
    for snap in ("tie-a", "tie-b"):
        line(2, snap, "tcp", f"0.0.0.0#{len(snap)}{ord(snap[-1])}", "0.0.0.0#*", device=CAM_LOUD)
    line(2, "s", HOSTILE, "0.0.0.0#80", f"{HOSTILE}#9", device=HOSTILE)

    # The micro agent's traffic: numbers, capitals, objects; some of it on a device with both.
    for turn, (device, table) in enumerate(
        [
            (MICRO, "SecurityIoTRawEvent"),
            (MICRO, "DefenderIoTRawEvent"),
            (CAM, "DefenderIoTRawEvent"),
        ]
    ):
        for local, remote, peer in (
            (22, 50123, "203.0.113.9"),
            (48000, 443, "198.51.100.5"),
            (48001 + turn, 443, "198.51.100.6"),
            (9000, 0, "0.0.0.0"),
            (0, 0, "10.9.9.9"),
        ):
            sheet.event(
                "NetworkActivity",
                (10 + turn) * HOUR + local / 100,
                {
                    "LocalAddress": "10.0.0.9",
                    "RemoteAddress": peer,
                    "LocalPort": local,
                    "RemotePort": remote,
                    "BytesIn": 100,
                    "BytesOut": 2**40,
                    "Protocol": "ICMP" if not local else "TCP",
                    "ProcessId": 0,
                    "UserId": 0,
                    "TimestampUTC": f"2026-03-02T1{turn}:30:00.123Z",
                    "DeviceId": "another-name",
                },
                device=device,
                table=table,
            )


def health_traps(sheet: Sheet) -> None:
    for hour, dropped in ((1, 0), (2, 17), (3, "5"), (4, None), (5, "many")):
        details = {"Queue": "Low", "CollectedEvents": 400, "DroppedEvents": dropped}
        sheet.event(
            "DroppedEventsStatistics",
            hour * HOUR,
            {**details, **stamps(hour * HOUR)},
            RawEventType="Operational",
        )
    # Either shape in either table.
    for table, as_object in (("SecurityIoTRawEvent", True), ("DefenderIoTRawEvent", False)):
        sheet.event(
            "LocalUsers",
            13 * HOUR,
            {"UserId": "1020", "UserName": table, "GroupNames": "users", **stamps(13 * HOUR)},
            table=table,
            as_object=as_object,
            IoTRawEventId="users-c",
        )
        sheet.event(
            "Login",
            13 * HOUR,
            {"UserName": table, "RemoteAddress": "203.0.113.61", "Result": "Fail"},
            table=table,
            as_object=as_object,
        )
    system = {"OSName": "Linux", "HostName": HOSTILE_TEXTS[9], **stamps(HOUR)}
    system_row = sheet.event("SystemInformation", HOUR, system, AgentVersion="0.0.6")
    for _ in range(3):
        sheet.repeat(system_row)
    # Alike but for the id: two events, not one exported twice.
    twin = {"CorrelationId": "c-1", "Severity": "Error", "Message": "same", **stamps(2 * HOUR)}
    first = sheet.event("Diagnostic", 2 * HOUR, twin)
    sheet.tables["SecurityIoTRawEvent"].append({**first, "IoTRawEventId": "raw-twin"})
    sheet.event("Diagnostic", 23 * HOUR, twin, AgentVersion="0.0.8")
    sheet.event("Diagnostic", 23 * HOUR, {**twin, "Message": "tie"}, AgentVersion="0.0.10")
    sheet.event("Heartbeat", 12 * HOUR, {"TimestampUTC": "2026-03-02T12:00:00Z"}, device=MICRO)
    # Names in another case or with a blank are other names.
    for name in ("login", "LISTENINGPORTS", "LocalUsers ", ""):
        sheet.event(name, 12 * HOUR, {"UserName": "wrong", "LocalPort": "1", **stamps(12 * HOUR)})
    bare = {"TimeGenerated": "2026-03-02T11:00:00Z", "DeviceId": CAM, "RawEventName": "Login"}
    sheet.tables["SecurityIoTRawEvent"].append(
        bare
        | {"AssociatedResourceId": resource(HUB), "EventDetails": json.dumps({"UserName": "bare"})}
    )
    sheet.event("Diagnostic", 0, {"Message": "of no device"}, device="")


def edge_traps(sheet: Sheet) -> None:
    """Both edges of the window, and the hubs and devices that are nearly the one asked about."""
    edges = ((-0.000001, "before"), (0.0, "start"), (DAY - 0.000001, "last"), (DAY, "end"))
    for seconds, word in edges:
        inside = {**stamps(7 * HOUR), "EventId": "edge"}
        sheet.event(
            "LocalUsers",
            seconds,
            {"UserId": "5000", "UserName": f"edge-{word}", "GroupNames": "g", **stamps(60)},
        )
        sheet.event("ProcessCreate", seconds, {"Executable": f"/edge/{word}", **inside})
        sheet.event("Login", seconds, {"UserName": f"edge-{word}", "Result": "Success", **inside})
        sheet.alert(f"Edge {word}", seconds, {"DeviceId": CAM}, AlertSeverity="Informational")
    # Generated in the window, happened outside of it: it stays.
    sheet.event("ProcessCreate", HOUR, {"Executable": "/late", **stamps(-30 * DAY)})
    near = {"UserId": "1", "UserName": "elsewhere", "GroupNames": "g", **stamps(HOUR)}
    for number, path in enumerate(
        (
            resource("iot-dev", group="plant-7-rg"),
            resource("plant-77"),
            resource("old-Plant-7"),
            resource("Plant-7") + "/devices",
            "",
        )
    ):
        mine = {**near, "UserName": f"elsewhere-{number}"}
        sheet.event("LocalUsers", HOUR, mine, AssociatedResourceId=path)
        program = {"Executable": f"/elsewhere/{number}", "UserId": "0", **stamps(HOUR)}
        sheet.event("ProcessCreate", HOUR, program, AssociatedResourceId=path)
    for path in (resource("PLANT-7").upper(), resource("plant-7") + "//", "plant-7"):
        mine = {**near, "UserName": f"here-{len(path)}"}
        sheet.event("LocalUsers", HOUR, mine, AssociatedResourceId=path)
