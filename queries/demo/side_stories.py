"""What else happened: a neighbour that was knocked at, two false alarms, a device gone silent."""

from __future__ import annotations

from . import snapshots
from .clock import DAY, HOUR, MINUTE, Dice
from .events import connection, process, sign_in
from .routine import Ends, ordinary_days, statistics
from .story import ATTACKER, at
from .writer import DeviceLog, head

KNOCKED, PLANNED, TUNNEL, SILENT = "gw-0007", "gw-0012", "hmi-0003", "cam-0214"

#: Seconds before now.
SCAN = at(-11)
MAINTENANCE = 20 * HOUR + 10 * MINUTE
TUNNEL_OPEN = 3 * HOUR + 25 * MINUTE
TUNNEL_LAST_WEEK = TUNNEL_OPEN + 7 * DAY
SILENCE = 9 * HOUR

SUPPORT = ("198.51.100.20", 22)
_SCANNED = (22, 443, 502, 1883)


def knocked_at(log: DeviceLog, dice: Dice) -> None:
    """The intruder tries the gateway first, scans it, and gets nowhere."""
    ordinary_days(log, dice)
    for number, port in enumerate(_SCANNED):
        server = {22: "/usr/sbin/sshd", 443: "/usr/sbin/nginx", 502: "/opt/gw/modbusd"}.get(
            port, "/usr/sbin/mosquitto"
        )
        remote = (ATTACKER, 61000 + number)
        connection(log, SCAN - number, server, "In", remote, 640 + number, "0", port)
    seen = [
        head(snapshots.port_payload("tcp", (log.device.address, port), (ATTACKER, 61000 + n), 640))
        for n, port in enumerate(_SCANNED)
    ]
    log.write("ListeningPorts", SCAN - 20, snapshots.ports(log.device) + seen)
    for number in range(18):
        user, user_id = (("root", "0"), ("(invalid user)", ""), ("bridge", "998"))[number % 3]
        sign_in(log, SCAN - 40 - number * 13, user, user_id, ATTACKER, 5100 + number * 9, "Fail")


def planned_work(log: DeviceLog, dice: Dice) -> None:
    """False alarm: an announced account for a fitter, made by an administrator on site."""
    ordinary_days(log, dice, Ends(state=MAINTENANCE))
    ago = MAINTENANCE
    sign_in(log, ago, "tomas", "1102", "10.20.4.22", 14100, "Success")
    mueller = ("mueller", "1204", (("mueller", "1204"), ("dialout", "20")))
    for after, executable, line, user in (
        (2, "/bin/bash", "-bash", "1102"),
        (50, "/usr/bin/vim", "vim /var/log/maintenance", "1102"),
        (170, "/usr/bin/sudo", "sudo useradd -m -G dialout mueller", "1102"),
        (
            171,
            "/usr/sbin/useradd",
            'useradd -m -G dialout -c "J. Müller ☕ Wartung, bis Freitag (CHG-4471)" mueller',
            "0",
        ),
        (215, "/usr/bin/passwd", "passwd --expire mueller", "0"),
        (260, "/usr/bin/chage", "chage -E 7 mueller", "0"),
    ):
        process(log, ago - after, executable, line, user, 14110 + after, 14103)
    sign_in(log, ago - 40 * MINUTE, "mueller", "1204", "10.20.8.71", 14620, "Success")
    process(
        log, ago - 41 * MINUTE, "/usr/bin/minicom", "minicom -D /dev/ttyS0", "1204", 14660, 14623
    )
    added = head(snapshots.user_payload(mueller))
    for when in range(ago - 10 * MINUTE, 0, -4 * HOUR):
        log.write("LocalUsers", when, [*snapshots.users(log.device), added])
        log.write("ListeningPorts", when, snapshots.ports(log.device))
        log.write("FirewallConfiguration", when, snapshots.firewall(log.device))
        log.write("SystemInformation", when, (snapshots.system(log.device, 0.5),))


def support_tunnel(log: DeviceLog, dice: Dice) -> None:
    """False alarm: the maker's weekly remote support, tunnelled as the contract says."""
    ordinary_days(log, dice)
    line = "ssh -N -R 22022:127.0.0.1:5900 -i /etc/support/key hmi-0003@support.example.net"
    for ago in (TUNNEL_LAST_WEEK, TUNNEL_OPEN):
        sign_in(log, ago + 4 * MINUTE, "adaeze", "1103", "10.20.6.5", 9931, "Success")
        process(
            log, ago + 3, "/opt/support/open", "open --ticket WEEKLY --hours 1", "1103", 9960, 9934
        )
        process(log, ago, "/usr/bin/ssh", line, "1103", 9962, 9960)
        connection(log, ago - 1, "/usr/bin/ssh", "Out", SUPPORT, 9962, "1103", 47310)
        tunnel = snapshots.port_payload("tcp", (log.device.address, 47310), SUPPORT, 9962)
        log.write("ListeningPorts", ago - 20 * MINUTE, [*snapshots.ports(log.device), head(tunnel)])
        process(log, ago - HOUR, "/opt/support/close", "close --ticket WEEKLY", "1103", 9990, 9934)


def gone_silent(log: DeviceLog, dice: Dice) -> None:
    """An agent that drops more and more, says so, and is not heard of again."""
    ordinary_days(log, dice, Ends(agent=SILENCE, statistics=SILENCE + 5 * HOUR))
    for number, dropped in enumerate((40, 160, 410, 980, 2350, 5200)):
        statistics(log, SILENCE + (6 - number) * 40 * MINUTE, 90 - 14 * number, dropped)
    for number, text in enumerate(
        ("queue is full", "no space left on device", "cannot send: ENOSPC")
    ):
        log.tell(
            "Diagnostic",
            SILENCE + (90 - number * 42) * MINUTE // 2,
            {"Severity": "Error", "Message": text, "ProcessId": 811, "ThreadId": 812 + number},
        )


SIDE_STORIES = {
    KNOCKED: knocked_at,
    PLANNED: planned_work,
    TUNNEL: support_tunnel,
    SILENT: gone_silent,
}
