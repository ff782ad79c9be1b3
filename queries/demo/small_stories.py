"""What is behind the alerts of no great matter, where an agent could see it."""

from __future__ import annotations

from . import snapshots
from .clock import DAY, HOUR, Dice
from .events import local_sign_in, process
from .micro import micro_days
from .routine import ordinary_days
from .writer import DeviceLog, head

#: Seconds before now.
MISTYPED = 5 * DAY + 6 * HOUR + 1038
REMOVED = 6 * DAY + 20 * HOUR + 1557
DOCKER_OPENED = 2 * DAY + 15 * HOUR + 1730
UNLISTED = 6 * DAY + HOUR + 1384


def failed_at_the_door(log: DeviceLog, dice: Dice) -> None:
    """Somebody mistypes a password at the console of the historian."""
    ordinary_days(log, dice)
    ago = MISTYPED
    local_sign_in(log, ago + 9, "tomas", "/bin/login", 2211, "Fail")
    local_sign_in(log, ago - 6, "tomas", "/bin/login", 2211, "Success")


def user_removed(log: DeviceLog, dice: Dice) -> None:
    """A fitter's account, gone since last week."""
    ordinary_days(log, dice)
    fitter = ("fitter2", "1203", (("fitter2", "1203"), ("dialout", "20")))
    ago = REMOVED
    heads = [*snapshots.users(log.device), head(snapshots.user_payload(fitter))]
    log.write("LocalUsers", ago + 4 * HOUR, heads)
    process(log, ago, "/usr/sbin/userdel", "userdel -r fitter2", "0", 8121, 8090)
    log.write("LocalUsers", ago - 2 * HOUR, snapshots.users(log.device))


def docker_opened(log: DeviceLog, dice: Dice) -> None:
    """Docker was given a TCP socket for an afternoon."""
    micro_days(log, dice)
    log.tell(
        "Process",
        DOCKER_OPENED,
        {
            "EventType": "EXEC",
            "ProcessId": 1907,
            "Executable": "/usr/bin/dockerd",
            "Commandline": "dockerd -H tcp://127.0.0.1:2375",
            "UserId": 0,
            "HitCount": 1,
        },
    )


def unlisted_call(log: DeviceLog, dice: Dice) -> None:
    """An update server that nobody had put on the list."""
    micro_days(log, dice)
    log.tell(
        "NetworkActivity",
        UNLISTED,
        {
            "LocalAddress": log.device.address,
            "RemoteAddress": "192.0.2.77",
            "LocalPort": 51422,
            "RemotePort": 443,
            "BytesIn": 8211034,
            "BytesOut": 40331,
            "Protocol": "TCP",
            "ProcessId": 1630,
            "UserId": 998,
            "ApplicationProtocol": "HTTPS",
        },
    )


SMALL_STORIES = {
    "hist-0001": failed_at_the_door,
    "gw-0021": user_removed,
    "edge-0601": docker_opened,
    "edge-0602": unlisted_call,
}
