"""The ordinary days of a device with a micro agent."""

from __future__ import annotations

from .clock import DAY, HOUR, MINUTE, Dice
from .fleet import ADMINS, KINDS
from .routine import hours
from .writer import DeviceLog, head

_CHECKS = (
    ("CIS-debian-9-Filesystem-1.1.2", "A file system of its own for temporary files", "FAIL"),
    ("CIS-debian-9-Filesystem-1.1.21", "Sticky bit on shared folders", "PASS"),
    ("CIS-debian-9-Services-2.1.7", "No rsync service", "PASS"),
    ("CIS-debian-9-Network-3.1.1", "No packet forwarding", "FAIL"),
    ("CIS-debian-9-SSH-5.2.5", "At most four tries a session", "FAIL"),
    ("CIS-debian-9-Audit-4.1.1", "Audit storage is configured", "SKIP"),
)


def micro_days(log: DeviceLog, dice: Dice) -> None:
    """Everything a healthy device reports over the whole reach of the demo."""
    phase = MINUTE + dice.below(HOUR - MINUTE)
    kind = KINDS[log.device.kind]
    for ago, span in hours(phase):
        _traffic(log, dice, ago, span)
        length, chance = span / HOUR, dice.random
        log.write(
            "Process",
            ago,
            [
                head(
                    {
                        "EventType": "EXEC",
                        "ProcessId": 400 + dice.below(30000),
                        "Executable": executable,
                        "Commandline": line,
                        "UserId": int(user),
                        "HitCount": hits,
                    }
                )
                for executable, line, user, rate in kind.processes
                if (hits := int(rate * length * (0.9 + 0.2 * chance()) + chance()))
            ],
        )
        if span == HOUR or ago // HOUR % 12 < 6:
            log.tell("Heartbeat", ago - 5, {"Uptime": 30 * DAY - ago})
    for day in range(8):
        _day(log, dice, phase + day * DAY)
    for day in range(8):
        log.tell(
            "Statistics",
            phase + day * DAY + 3 * MINUTE,
            {
                "Name": "Collectors",
                "Events": [
                    {"Description": "Process events collected", "Hitcount": 1400 + 9 * day},
                    {"Description": "Messages over quota", "Hitcount": day % 3},
                ],
            },
        )


def _traffic(log: DeviceLog, dice: Dice, ago: int, span: int) -> None:
    device = log.device
    heads = []
    for executable, _, address, port, local_port, rate in KINDS[device.kind].peers:
        size = int(span * (0.5 + dice.random()) * (1 + rate))
        heads.append(
            f'{{"LocalAddress":"{device.address}","RemoteAddress":"{address}"'
            f',"LocalPort":{local_port},"RemotePort":{port},"BytesIn":{size // 9}'
            f',"BytesOut":{size},"Protocol":"TCP","ProcessId":{500 + len(executable) * 7}'
            f',"UserId":998,"ApplicationProtocol":"{"MQTT" if port == 8883 else ""}",'
        )
    heads.append(
        f'{{"LocalAddress":"{device.address}","RemoteAddress":"10.20.0.53"'
        f',"LocalPort":{32768 + dice.below(28000)},"RemotePort":53,"BytesIn":{span // 4}'
        f',"BytesOut":{span // 9},"Protocol":"UDP","ProcessId":512,"UserId":0'
        f',"ApplicationProtocol":"DNS",'
    )
    log.write("NetworkActivity", ago, heads)


def _day(log: DeviceLog, dice: Dice, ago: int) -> None:
    device, kind = log.device, KINDS[log.device.kind]
    run = f"{device.name}-{dice.below(1 << 30):08x}"
    log.write(
        "Baseline",
        ago,
        [
            head(
                {
                    "BaselineCheckId": check,
                    "BaselineCheckResult": result,
                    "BaselineCheckDescription": description,
                    "EventId": run,
                }
            )
            for check, description, result in _CHECKS
        ],
    )
    log.tell(
        "SystemInformation",
        ago,
        {
            "hardware_vendor": kind.model[0],
            "hardware_model": kind.model[1],
            "os_dist": "debian",
            "os_version": "9.13",
            "os_platform": "linux",
            "os_arch": "arm64",
            "agent_type": "micro",
            "nics": [{"type": "ETH", "info": {"ipv4_address": device.address}}],
        },
    )
    name, _, desk = dice.pick(ADMINS)
    if dice.below(3) == 0:
        session = {"UserName": name, "Executable": "pts/0", "RemoteAddress": desk}
        start = ago + 20 * MINUTE
        if dice.below(2):
            miss = session | {"Executable": "ssh:notty"}
            log.tell("Login", start + 9, {"Operation": "LoginFailed", "ProcessId": 902, **miss})
        log.tell("Login", start, {"Operation": "Login", "ProcessId": 903, **session})
        log.tell("Login", ago, {"Operation": "Logout", "ProcessId": 903, **session})
