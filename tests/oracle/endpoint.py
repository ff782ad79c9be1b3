"""The endpoint pack's answers, by its definitions and nothing else."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from .exact import SEVERITIES, alert_id, alert_name, first_states, newest_states
from .rows import Row, Tables, an_object, in_window, integer, moment, parsed, same, text

Records = list[dict[str, Any]]
DEVICE_TABLES = ("DeviceProcessEvents", "DeviceLogonEvents", "DeviceNetworkEvents", "DeviceInfo")
REPORT = "AggregatedReport"
NOWHERE = {"", "::1", "0.0.0.0", "::"}


def answer(
    question: str, tables: Tables, device: str, hub: str, start: datetime, end: datetime
) -> Records:
    """The rows of ``question``, ordered as defined; ``devices`` takes no device.

    Raises:
        KeyError: a question the pack does not have.
    """
    rows = {table: in_window(tables.get(table, []), start, end) for table in DEVICE_TABLES}
    alert_rows = in_window(tables.get("SecurityAlert", []), start, end)
    if question == "devices":
        return devices(rows, alert_rows, hub)
    if question == "alerts":
        return alerts(rows, alert_rows, device)
    mine = {
        table: [row for row in found if text(row.get("DeviceId")) == device]
        for table, found in rows.items()
    }
    if question == "coverage":
        return coverage(mine, start, end)
    if question == "users":
        return users(mine)
    answers: dict[str, tuple[Callable[[list[Row]], Records], str]] = {
        "ports": (ports, "DeviceNetworkEvents"),
        "connections": (connections, "DeviceNetworkEvents"),
        "logins": (logins, "DeviceLogonEvents"),
        "processes": (processes, "DeviceProcessEvents"),
    }
    work, table = answers[question]
    return work(mine[table])


def when(row: Row) -> datetime:
    found = moment(row.get("TimeGenerated"))
    assert found is not None, "rows without TimeGenerated never pass the window"
    return found


def cell(row: Row, name: str) -> str:
    return text(row.get(name))


def hits(row: Row) -> int:
    """How often it happened: a report of many alike says so, anything else is one."""
    counted = integer(an_object(row.get("AdditionalFields")).get("uniqueEventsAggregated"))
    return max(counted, 1) if counted is not None else 1


def action(row: Row) -> str:
    return cell(row, "ActionType").removesuffix(REPORT)


def span(rows: Iterable[Row]) -> dict[str, datetime]:
    times = [when(row) for row in rows]
    return {"MinObservedTime": min(times), "MaxObservedTime": max(times)}


def values(found: Iterable[str]) -> list[str]:
    return sorted(set(found) - {""})


def program(row: Row) -> str:
    return cell(row, "InitiatingProcessFolderPath") or cell(row, "InitiatingProcessFileName")


def executable(row: Row) -> str:
    """The whole path, whether FolderPath holds it or the folder alone."""
    folder, name = cell(row, "FolderPath"), cell(row, "FileName")
    if not folder:
        return name
    if not name or folder.replace("\\", "/").split("/")[-1] == name:
        return folder
    # A name with a slash in it is one all the same.
    if folder.endswith(("/" + name, "\\" + name)):
        return folder
    return f"{folder.removesuffix('/')}/{name}"


def starts(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if cell(row, "ActionType").lower().startswith("processcreated")]


def processes(rows: list[Row]) -> Records:
    by_path: dict[str, list[Row]] = defaultdict(list)
    for row in starts(rows):
        by_path[executable(row)].append(row)
    found = []
    for path, runs in by_path.items():
        lines = values(cell(row, "ProcessCommandLine") for row in runs)
        found.append(
            {
                "Executable": path,
                "CntExecutions": sum(map(hits, runs)),
                **span(runs),
                "ExecutingUsers": values(map(account, runs)),
                "CntCommandLines": len(lines),
                "ExecutionCommandLines": lines,
                "FileHashes": values(
                    next((h for name in ("SHA256", "SHA1", "MD5") if (h := cell(row, name))), "")
                    for row in runs
                ),
                "ParentProcesses": values(cell(row, "InitiatingProcessFileName") for row in runs),
            }
        )
    return sorted(found, key=lambda one: (one["MinObservedTime"], one["Executable"]))


def account(row: Row) -> str:
    domain, name = cell(row, "AccountDomain"), cell(row, "AccountName")
    return f"{domain}\\{name}" if domain and name else name


def is_local(row: Row) -> bool:
    address = cell(row, "RemoteIP").lower()
    return address in NOWHERE or address.startswith(("127.", "::ffff:127."))


def logins(rows: list[Row]) -> Records:
    failed = [row for row in rows if action(row) == "LogonFailed" and not is_local(row)]
    by_key: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        by_key[cell(row, "AccountName"), action(row), cell(row, "LogonType")].append(row)
    found = []
    for (name, result, kind), tries in by_key.items():
        away = [row for row in tries if not is_local(row)]
        newest: dict[str, datetime] = {}
        for row in away if result == "LogonSuccess" else ():
            address = cell(row, "RemoteIP")
            newest[address] = max(newest.get(address, when(row)), when(row))
        broken = [
            address
            for address, last in newest.items()
            if sum(hits(f) for f in failed if cell(f, "RemoteIP") == address and when(f) <= last)
            >= 5
        ]
        addresses = sorted({cell(row, "RemoteIP") for row in away})
        found.append(
            {
                "AccountName": name,
                "Result": result,
                "LogonType": kind,
                "CntLoginAttempts": sum(map(hits, tries)),
                **span(tries),
                "CntIPAddress": len(addresses),
                "IPAddress": addresses,
                "LocalAttempts": sum(hits(row) for row in tries if is_local(row)),
                "FailedThenSucceededFrom": sorted(broken),
                "FailureReasons": values(cell(row, "FailureReason") for row in tries),
                "Protocols": values(cell(row, "Protocol") for row in tries),
                "RemoteDeviceNames": values(cell(row, "RemoteDeviceName") for row in tries),
                "LoginHandlers": values(map(program, tries)),
            }
        )
    return sorted(
        found,
        key=lambda one: (
            one["MinObservedTime"], one["AccountName"], one["Result"], one["LogonType"]
        ),
    )  # fmt: skip


def role(row: Row) -> str:
    direction = text(an_object(row.get("AdditionalFields")).get("direction"))
    if action(row) == "ListeningConnectionCreated":
        return "listening"
    if action(row).lower().startswith("inbound") or same(direction, "in"):
        return "inbound"
    return "outbound" if cell(row, "RemoteIP") or cell(row, "RemoteUrl") else ""


def ports(rows: list[Row]) -> Records:
    by_port: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if role(row) in ("listening", "inbound") and cell(row, "LocalPort"):
            by_port[cell(row, "Protocol").lower(), cell(row, "LocalPort")].append(row)
    found = []
    for (protocol, port), seen in sorted(
        by_port.items(), key=lambda one: (one[0][0], int(one[0][1]))
    ):
        reached = [row for row in seen if role(row) == "inbound"]
        peers = values(cell(row, "RemoteIP") for row in reached)
        found.append(
            {
                "Protocol": protocol,
                "LocalPort": port,
                "Role": "listening" if len(reached) < len(seen) else "inbound",
                **span(seen),
                "CntConnections": sum(map(hits, reached)),
                "CntRemoteIPAddress": len(peers),
                "AllowedRemoteIPAddress": peers,
                "LocalAddress": values(cell(row, "LocalIP") for row in seen),
                "ProcessNames": values(map(program, seen)),
                "ActionTypes": values(map(action, seen)),
            }
        )
    return found


def connections(rows: list[Row]) -> Records:
    by_peer: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        if role(row) == "outbound":
            key = cell(row, "RemoteIP"), cell(row, "RemotePort"), cell(row, "Protocol").lower()
            by_peer[key].append(row)
    found = []
    for (address, port, protocol), seen in by_peer.items():
        ends: Counter[str] = Counter()
        for row in seen:
            ends[action(row)] += hits(row)
        found.append(
            {
                "RemoteIP": address,
                "RemotePort": port,
                "Protocol": protocol,
                "CntConnections": ends.total(),
                "Succeeded": ends["ConnectionSuccess"],
                "Failed": ends["ConnectionFailed"],
                **span(seen),
                "RemoteUrls": values(cell(row, "RemoteUrl") for row in seen),
                "ProcessNames": values(map(program, seen)),
                "CommandLines": values(cell(row, "InitiatingProcessCommandLine") for row in seen),
                "Accounts": values(cell(row, "InitiatingProcessAccountName") for row in seen),
                "ActionTypes": values(map(action, seen)),
            }
        )
    keys = ("MinObservedTime", "RemoteIP", "RemotePort", "Protocol")
    return sorted(found, key=lambda one: tuple(one[key] for key in keys))


def logged_on(row: Row) -> list[tuple[str, str, str]]:
    """(name, domain, SID) of everyone whom DeviceInfo lists."""
    listed = parsed(row.get("LoggedOnUsers"))
    users_ = [user for user in listed if isinstance(user, dict)] if isinstance(listed, list) else []
    return [tuple(text(user.get(k)) for k in ("UserName", "DomainName", "Sid")) for user in users_]  # type: ignore[misc]


def users(mine: dict[str, list[Row]]) -> Records:
    seen: dict[tuple[str, str], list[tuple[str, str, int, Row]]] = defaultdict(list)
    infos = mine["DeviceInfo"]
    newest = max(map(when, infos), default=None)
    for row in mine["DeviceLogonEvents"]:
        if action(row) == "LogonSuccess":
            key = cell(row, "AccountName"), cell(row, "AccountDomain")
            seen[key].append(("signed in", cell(row, "AccountSid"), hits(row), row))
    for row in starts(mine["DeviceProcessEvents"]):
        key = cell(row, "AccountName"), cell(row, "AccountDomain")
        seen[key].append(("ran processes", cell(row, "AccountSid"), hits(row), row))
    for row in infos:
        for name, domain, sid in logged_on(row):
            seen[name, domain].append(("logged on", sid, 1, row))
    found = []
    for (name, domain), times in sorted(seen.items()):
        if not name:
            continue
        signs = [row for how, _, _, row in times if how == "signed in"]
        said = [row["IsLocalAdmin"] for row in signs if row.get("IsLocalAdmin") is not None]
        at_last = any(how == "logged on" and when(row) == newest for how, _, _, row in times)
        moments = [when(row) for *_, row in times]
        found.append(
            {
                "AccountName": name,
                "AccountDomain": domain,
                "LocalAdmin": any(said) if said else None,
                "SignIns": sum(count for how, _, count, _ in times if how == "signed in"),
                "Processes": sum(count for how, _, count, _ in times if how == "ran processes"),
                "FirstObserved": min(moments),
                "LastObserved": max(moments),
                "LoggedOnNow": at_last if newest else None,
                "LogonTypes": values(cell(row, "LogonType") for row in signs),
                "SeenAs": values(how for how, *_ in times),
                "AccountSids": values(sid for _, sid, *_ in times),
            }
        )
    return found


def hosts_of(row: Row) -> list[dict[str, Any]]:
    listed = parsed(row.get("Entities"))
    entities = listed if isinstance(listed, list) else [listed]
    return [
        entity
        for entity in entities
        if isinstance(entity, dict) and same(text(entity.get("Type")), "host")
    ]


def alerted(rows: dict[str, list[Row]], alert_rows: list[Row]) -> dict[tuple[str, str], str]:
    """(alert, device) -> how the two were brought together."""
    called: dict[str, set[str]] = defaultdict(set)
    for row in (row for found in rows.values() for row in found):
        if cell(row, "DeviceName") and cell(row, "DeviceId"):
            called[cell(row, "DeviceName").lower()].add(cell(row, "DeviceId"))
    ids: dict[str, set[str]] = defaultdict(set)
    names: dict[str, set[str]] = defaultdict(set)
    for row in alert_rows:
        key = alert_id(row)
        names[key].add(cell(row, "CompromisedEntity").lower())
        for host in hosts_of(row):
            ids[key] |= {text(host.get("MdatpDeviceId"))} - {""}
            name, domain = text(host.get("HostName")), text(host.get("DnsDomain"))
            names[key] |= {name.lower(), f"{name}.{domain}".lower() if name and domain else ""}
    found = {(key, device): "DeviceId" for key, devices_ in ids.items() for device in devices_}
    for key, called_ in names.items():
        for name in called_ - {""} if not ids[key] else ():
            found |= {(key, device): "DeviceName" for device in called[name]}
    return found


def alerts(rows: dict[str, list[Row]], alert_rows: list[Row], device: str) -> Records:
    matched = alerted(rows, alert_rows)
    mine = [row for row in alert_rows if (alert_id(row), device) in matched]
    first = first_states(mine)
    plain = ("AlertSeverity", "Description", "ExtendedProperties", "AlertType")
    state = ("Status", "Tactics", "Techniques")
    rest = ("RemediationSteps", "Entities", "CompromisedEntity", "ResourceId", "ProductName")
    found = [
        {
            "FirstGenerated": first[key],
            "TimeGenerated": when(row),
            "AlertName": alert_name(row),
            **{name: cell(row, name) for name in plain},
            "SystemAlertId": key,
            **{name: cell(row, name) for name in state},
            "StartTime": moment(row.get("StartTime")),
            "EndTime": moment(row.get("EndTime")),
            **{name: cell(row, name) for name in rest},
            "MatchedBy": matched[key, device],
        }
        for key, row in newest_states(mine).items()
    ]
    return sorted(found, key=lambda one: (one["FirstGenerated"], one["SystemAlertId"]))


def devices(rows: dict[str, list[Row]], alert_rows: list[Row], group: str) -> Records:
    seen: dict[str, list[Row]] = defaultdict(list)
    for row in (row for found in rows.values() for row in found):
        seen[cell(row, "DeviceId")].append(row)
    seen.pop("", None)
    matched = alerted(rows, alert_rows)
    found = []
    for device in {*seen, *(device for _, device in matched)}:
        mine = [row for row in alert_rows if (alert_id(row), device) in matched]
        severities = [cell(row, "AlertSeverity") for row in newest_states(mine).values()]
        counts = {severity: severities.count(severity) for severity in SEVERITIES}
        times = [when(row) for row in [*seen[device], *mine]]
        told = (
            "OSPlatform",
            "DeviceType",
            "OnboardingStatus",
            "SensorHealthState",
            "ClientVersion",
        )
        infos = [
            (when(row), *(cell(row, name) for name in told))
            for row in rows["DeviceInfo"]
            if cell(row, "DeviceId") == device
        ]
        found.append(
            {
                "DeviceId": device,
                "DeviceName": _newest(seen[device], "DeviceName"),
                "Hub": "",
                "MachineGroup": _newest(seen[device], "MachineGroup"),
                "Alerts": len(severities),
                **counts,
                "HighestSeverity": next((name for name in SEVERITIES if counts[name]), ""),
                "FirstSeen": min(times),
                "LastSeen": max(times),
                "Events": len(seen[device]),
                **dict(zip(told, max(infos)[1:] if infos else [""] * len(told), strict=True)),
            }
        )
    found = [one for one in found if not group or same(one["MachineGroup"], group)]
    return sorted(
        found,
        key=lambda one: (
            *(-one[name] for name in (*SEVERITIES, "Alerts")), one["DeviceName"], one["DeviceId"]
        ),
    )  # fmt: skip


def _newest(rows: Iterable[Row], name: str) -> str:
    found = [(when(row), cell(row, name)) for row in rows if cell(row, name)]
    return max(found)[1] if found else ""


def coverage(mine: dict[str, list[Row]], start: datetime, end: datetime) -> Records:
    by_name: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for table, rows in mine.items():
        for row in rows:
            by_name["DeviceInfo" if table == "DeviceInfo" else action(row), table].append(row)
    found = []
    for (name, table), rows in sorted(by_name.items()):
        versions = [(when(row), cell(row, "ClientVersion")) for row in rows]
        found.append(
            {
                "RawEventName": name,
                "SourceTable": table,
                "Events": len(rows),
                "FirstObserved": min(map(when, rows)),
                "LastObserved": max(map(when, rows)),
                "DroppedEvents": 0,
                "AgentVersion": max(versions)[1] if table == "DeviceInfo" else "",
                "Slots": sorted({(when(row) - start) * 96 // (end - start) for row in rows}),
            }
        )
    return found
