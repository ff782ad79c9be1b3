"""The ordinary days of a device with a legacy agent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from . import snapshots
from .clock import DAY, HOUR, MINUTE, Dice
from .events import WINDOWS_NAMES, admin_visit, windows_visit
from .fleet import KINDS, Agent, Device
from .writer import DeviceLog, counted_head, head


@dataclass(frozen=True, slots=True)
class Ends:
    """Where a device's ordinary reports stop, seconds before now.

    Attributes:
        agent: the agent itself; nothing comes after.
        audit: what it learns from the kernel's audit: processes, sign-ins, connections.
        state: the ordinary snapshots, where a story tells its own from there on.
        statistics: the ordinary statistics, likewise.
    """

    agent: int = 0
    audit: int = 0
    state: int = 0
    statistics: int = 0


def hours(phase: int) -> Iterator[tuple[int, int]]:
    """(end, length) of each stretch counts are given for: hours today, six of them before."""
    for hour in range(24):
        yield phase + hour * HOUR, HOUR
    for stretch in range(27):
        yield phase + DAY + stretch * 6 * HOUR, 6 * HOUR


_AUSEARCH = "ausearch -sc {} input-logs --checkpoint=/var/tmp/{}Checkpoint"


def _helpers(device: Device) -> Iterator[tuple[str, str, str, float]]:
    """What the agent itself runs; it shows up like everything else."""
    if device.windows:
        yield "C:\\Windows\\System32\\NETSTAT.EXE", "netstat -ano", "S-1-5-18", 2.0
        return
    line = _AUSEARCH.format("execve", "process")
    yield "/usr/bin/sudo", f"sudo {line}", "997", 60.0
    yield "/sbin/ausearch", line, "0", 60.0
    if device.agent is Agent.CSHARP:
        yield "/bin/netstat", "netstat -tuwpna", "0", 2.0
        yield "/bin/cat", "cat /etc/passwd", "997", 1.0


def _process_heads(device: Device) -> list[tuple[str, float]]:
    heads = []
    for executable, line, user, rate in (*KINDS[device.kind].processes, *_helpers(device)):
        name = {"UserName": WINDOWS_NAMES[user]} if device.windows else {}
        payload = {
            "Executable": executable,
            "ProcessId": 0,
            "ParentProcessId": 0,
            "UserId": user,
            **name,
            "CommandLine": line,
        }
        heads.append((counted_head(device.agent, payload), rate))
    return heads


def _connection_heads(device: Device) -> list[tuple[str, float]]:
    heads = []
    for executable, direction, address, port, local_port, rate in KINDS[device.kind].peers:
        payload: dict[str, str | int] = {"RemoteAddress": address, "RemotePort": str(port)}
        if device.agent is Agent.CSHARP:
            payload |= {"LocalAddress": device.address, "LocalPort": str(local_port)}
        elif direction == "In":
            payload["RemotePort"] = 0
        payload |= {
            "Direction": direction,
            "Protocol": "tcp",
            "ProcessId": 0,
            "Executable": executable,
        }
        heads.append((counted_head(device.agent, payload), rate))
    return heads


def _thrown(heads: list[tuple[str, float]], span: int, dice: Dice) -> list[tuple[str, int]]:
    """How often each ran in the span; what did not run gives no row."""
    chance, length = dice.random, span / HOUR
    thrown = [
        (text, int(rate * length * (0.9 + 0.2 * chance()) + chance())) for text, rate in heads
    ]
    return [(text, number) for text, number in thrown if number]


def ordinary_days(log: DeviceLog, dice: Dice, ends: Ends = Ends()) -> None:
    """Everything a healthy device reports over the whole reach of the demo."""
    phase = MINUTE + dice.below(HOUR - MINUTE)
    audit_end = max(ends.agent, ends.audit)
    processes, connections = _process_heads(log.device), _connection_heads(log.device)
    for ago, span in hours(phase):
        if ago > audit_end:
            log.count("ProcessCreate", ago, span, _thrown(processes, span, dice))
            log.count("ConnectionCreate", ago, span, _thrown(connections, span, dice))
    _visits(log, dice, audit_end)
    _state(log, dice, phase, max(ends.agent, ends.state))
    _statistics(log, dice, phase, max(ends.agent, ends.statistics))


def _visits(log: DeviceLog, dice: Dice, end: int) -> None:
    times = [DAY + dice.below(6 * DAY) for _ in range(2 + dice.below(3))]
    if dice.below(3):
        times.append(20 * MINUTE + dice.below(23 * HOUR))
    for ago in times:
        # A visit takes some minutes; one that would reach past the end is not begun.
        if ago - 10 * MINUTE <= end:
            continue
        if log.device.windows:
            windows_visit(log, dice, ago)
        else:
            admin_visit(log, dice, ago, 1 + dice.below(4))


def _state(log: DeviceLog, dice: Dice, phase: int, end: int) -> None:
    device = log.device
    users, ports, walls = (
        snapshots.users(device),
        snapshots.ports(device),
        snapshots.firewall(device),
    )
    checks = snapshots.baseline(device, dice.below(6))
    for half_day in range(15):
        ago = phase + half_day * DAY // 2
        if ago <= end:
            continue
        log.write("ListeningPorts", ago, ports)
        if half_day % 2 and half_day > 1:
            continue
        log.write("LocalUsers", ago, users)
        log.write("FirewallConfiguration", ago, walls)
        log.write("SystemInformation", ago, (snapshots.system(device, 0.4 + 0.2 * dice.random()),))
        if not device.windows:
            log.write("OSBaseline", ago, checks)
        log.empty("ConnectedHardware", ago)


def _statistics(log: DeviceLog, dice: Dice, phase: int, end: int) -> None:
    spans = [(phase + 3 * HOUR * step, 3) for step in range(8)]
    spans += [(phase + DAY + 12 * HOUR * step, 12) for step in range(13)]
    for ago, length in spans:
        if ago <= end:
            continue
        sent = length * (20 + dice.below(8))
        statistics(log, ago, sent, dropped=0)


def statistics(log: DeviceLog, ago: int, sent: int, dropped: int) -> None:
    """What the agent says of itself: both queues, and the messages that went out."""
    queue = {"Queue": "High", "CollectedEvents": sent * 3, "DroppedEvents": dropped // 4}
    low = {"Queue": "Low", "CollectedEvents": sent * 11, "DroppedEvents": dropped - dropped // 4}
    log.write("DroppedEventsStatistics", ago, (head(queue), head(low)))
    log.tell(
        "MessageStatistics",
        ago,
        {"MessagesSent": sent, "MessagesUnder4KB": sent // 5, "TotalFailed": dropped // 50},
    )
