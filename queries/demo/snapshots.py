"""What a legacy agent reports of the device's state: users, ports, firewall, system, baseline."""
# ruff: noqa: S104 - the addresses are what agents report, nothing is bound to them

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .fleet import ADMINS, HUB_ADDRESS, KINDS, Agent, Device
from .writer import Payload, head

#: User name, user id, then groups as name and id in the order the agent found them.
User = tuple[str, str, tuple[tuple[str, str], ...]]

_LINUX_USERS: tuple[User, ...] = (
    ("root", "0", (("root", "0"),)),
    ("daemon", "1", (("daemon", "1"),)),
    ("sshd", "105", (("nogroup", "65534"),)),
    ("iotagent", "997", (("iotagent", "997"), ("adm", "4"))),
)
#: The account cameras came with; installers use it, and its password is the weak spot.
OPERATOR: User = ("operator", "1001", (("operator", "1001"), ("video", "44"), ("sudo", "27")))
_WINDOWS_USERS: tuple[User, ...] = (
    ("Administrator", "S-1-5-21-7-500", (("Administrators", "S-1-5-32-544"),)),
    ("panel", "S-1-5-21-7-1001", (("Users", "S-1-5-32-545"),)),
    (
        "mei",
        "S-1-5-21-7-1101",
        (("Administrators", "S-1-5-32-544"), ("Remote Desktop Users", "S-1-5-32-555")),
    ),
)


def user_payload(user: User) -> Payload:
    name, user_id, groups = user
    return {
        "GroupIds": ";".join(number for _, number in groups),
        "GroupNames": ";".join(group for group, _ in groups),
        "UserId": user_id,
        "UserName": name,
    }


def users(device: Device) -> list[str]:
    """LocalUsers heads of an ordinary day."""
    if device.windows:
        return [head(user_payload(user)) for user in _WINDOWS_USERS]
    service = KINDS[device.kind].service
    known: list[User] = [*_LINUX_USERS, (service, "998", ((service, "998"),))]
    known += [(name, number, ((name, number), ("sudo", "27"))) for name, number, _ in ADMINS]
    if device.kind == "camera":
        known.append(OPERATOR)
    return [head(user_payload(user)) for user in known]


def port_payload(
    protocol: str, local: tuple[str, int], remote: tuple[str, int] | None, pid: int
) -> Payload:
    """A socket; without ``remote`` it listens."""
    address, port = remote or ("::" if protocol.endswith("6") else "0.0.0.0", 0)
    return {
        "Protocol": protocol,
        "LocalAddress": local[0],
        "LocalPort": str(local[1]),
        "RemoteAddress": address,
        "RemotePort": str(port) if port else "*",
        "ExtraDetails": {"Pid": str(pid)},
    }


def ports(device: Device) -> list[str]:
    """ListeningPorts heads: what listens, and the long-lived connections to the hub and inside."""
    kind = KINDS[device.kind]
    payloads: list[dict[str, Any]] = []
    for number, (protocol, address, port) in enumerate(kind.listeners):
        payload = dict(port_payload(protocol, (address, port), None, 610 + 37 * number))
        if device.windows and protocol == "tcp":
            payload["RemotePort"] = "0"
        elif device.agent is Agent.C and address == "::":
            payload |= {"LocalAddress": "0.0.0.0", "RemoteAddress": "0.0.0.0"}
        payloads.append(payload)
    for _, _, address, port, local_port, _ in kind.peers:
        payloads.append(
            dict(port_payload("tcp", (device.address, local_port), (address, port), 702))
        )
    return [head(payload) for payload in payloads]


def firewall(device: Device, opened: Iterable[int] = ()) -> list[str]:
    """FirewallConfiguration heads; ``opened`` ports were let in from anywhere, before all else."""
    rules = [("Allow", "*", str(port)) for port in opened]
    rules += [("Allow", "10.20.0.0/16", "22"), ("Allow", "10.20.0.0/16", "*")]
    name = "Domain" if device.windows else "INPUT"
    heads = [
        head(
            {
                "Priority": number,
                "Direction": "In",
                "ChainName": name,
                "Enabled": True,
                "Action": action,
                "SourceAddress": source,
                "DestinationPort": port,
                "Protocol": "tcp",
            }
        )
        for number, (action, source, port) in enumerate(rules, 1)
    ]
    last = {"Direction": "In", "ChainName": name, "Enabled": True, "Action": "Deny"}
    out = {
        "Priority": 1,
        "Direction": "Out",
        "ChainName": "Domain" if device.windows else "OUTPUT",
        "Enabled": True,
        "Action": "Allow",
        "DestinationAddress": HUB_ADDRESS,
        "DestinationPort": "8883",
        "Protocol": "tcp",
    }
    return [*heads, head({"Priority": len(rules) + 1, **last}), head(out)]


def system(device: Device, used: float) -> str:
    """A SystemInformation head; ``used`` is the part of the memory that is taken."""
    kind = KINDS[device.kind]
    name, version, vendor = (
        ("Microsoft Windows 10 IoT Enterprise", "10.0.19044", "Microsoft Corporation")
        if device.windows
        else ("Debian GNU/Linux", "4.19.0-21-arm64 #1 SMP", kind.model[0])
    )
    return head(
        {
            "OSName": name,
            "OSVersion": version,
            "OSVendor": vendor,
            "OsArchitecture": "x86_64" if device.windows else "aarch64",
            "HostName": device.name,
            "BIOSVersion": kind.model[1],
            "BootDevice": "\\Device\\HarddiskVolume1" if device.windows else "/dev/mmcblk0p2",
            "TotalPhysicalMemoryInKB": kind.memory,
            "FreePhysicalMemoryInKB": int(kind.memory * (1 - used)),
        }
    )


_CHECKS = (
    ("CCE-4304-2", "Mode of /etc/anacrontab", "Mode is 644, 600 is wanted", "Critical"),
    ("CCE-4365-3", "Service discovery by avahi", "avahi-daemon is enabled", "Warning"),
    ("CCE-3660-8", "Empty passwords over SSH", "sshd_config has no such line", "Critical"),
    ("CCE-14716-5", "User environment over SSH", "sshd_config has no such line", "Warning"),
    ("CCE-4425-5", "Print service", "cups is enabled", "Informational"),
    ("CCE-14027-7", "Kernel module rds", "Nothing in /etc/modprobe.d/ bars it", "Warning"),
)


def baseline(device: Device, first: int) -> list[str]:
    """OSBaseline heads: three of the checks fail on each device; passes are not sent."""
    fail, error = ("FAIL", "ERR") if device.agent is Agent.C else ("Fail", "Err")
    return [
        head(
            {
                "Description": description,
                "CceId": number,
                "Result": error if "no such" in text else fail,
                "Error": text,
                "Severity": severity,
            }
        )
        for number, description, text, severity in (
            _CHECKS[(first + step) % len(_CHECKS)] for step in range(3)
        )
    ]
