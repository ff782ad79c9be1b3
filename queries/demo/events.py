"""Single events of a legacy agent: a process that started, a sign-in, a connection."""

# ruff: noqa: PLR0917 - an event has as many fields as it has

from __future__ import annotations

from .clock import Dice
from .fleet import ADMINS, Agent
from .writer import DeviceLog

SSHD = "/usr/sbin/sshd"


def process(
    log: DeviceLog, ago: int, executable: str, line: str, user: str, pid: int, parent: int
) -> None:
    """A ProcessCreate event; only Windows agents give the user's name."""
    payload: dict[str, str | int] = {
        "Executable": executable,
        "ProcessId": pid,
        "ParentProcessId": parent,
        "UserId": user,
    }
    if log.device.windows:
        payload["UserName"] = WINDOWS_NAMES.get(user, "")
    payload["CommandLine"] = line
    log.tell("ProcessCreate", ago, payload)


def sign_in(
    log: DeviceLog, ago: int, user: str, user_id: str, address: str, pid: int, result: str
) -> None:
    """One SSH sign-in as Linux audit tells it: USER_AUTH names the user, USER_LOGIN the id.

    An unknown user has no id (give ""): then both records carry the placeholder name.
    """
    rest = {"Executable": SSHD, "RemoteAddress": address, "Result": result}
    log.tell(
        "Login",
        ago,
        {"ProcessId": pid, "UserName": user, "Operation": "PAM:authentication", **rest},
    )
    who = {"UserId": user_id} if user_id else {"UserName": user}
    log.tell("Login", ago, {"ProcessId": pid, **who, "Operation": "login", **rest})


def local_sign_in(
    log: DeviceLog, ago: int, user: str, executable: str, pid: int, result: str
) -> None:
    """A sign-in without the network: audit says ``addr=?`` and the agent leaves it out."""
    log.tell(
        "Login",
        ago,
        {
            "ProcessId": pid,
            "UserName": user,
            "Operation": "PAM:authentication",
            "Executable": executable,
            "Result": result,
        },
    )


def connection(
    log: DeviceLog,
    ago: int,
    executable: str,
    direction: str,
    remote: tuple[str, int],
    pid: int,
    user: str,
    local_port: int = 0,
) -> None:
    """A ConnectionCreate event; the Linux C agent does not know the local end."""
    payload: dict[str, str | int] = {"RemoteAddress": remote[0], "RemotePort": str(remote[1])}
    if log.device.agent is Agent.CSHARP:
        payload |= {"LocalAddress": log.device.address, "LocalPort": str(local_port)}
    payload |= {
        "Direction": direction,
        "Protocol": "tcp",
        "ProcessId": pid,
        "UserId": user,
        "Executable": executable,
    }
    log.tell("ConnectionCreate", ago, payload)


WINDOWS_NAMES = {
    "S-1-5-18": "NT AUTHORITY\\SYSTEM",
    "S-1-5-21-7-500": "PLANT\\Administrator",
    "S-1-5-21-7-1001": "PLANT\\panel",
    "S-1-5-21-7-1101": "PLANT\\mei",
}

_ERRANDS = (
    ("/usr/bin/systemctl", "systemctl status hubclient", False),
    ("/bin/bash", "bash -c journalctl -u hubclient --since -2h | grep -i err | tail -n 40", False),
    ("/usr/bin/df", "df -h", False),
    ("/usr/bin/tar", "tar czf /var/backups/監視カメラ設定.tgz /etc/opt", True),
    ("/bin/bash", 'bash -c echo "restarted `date -u`" >> /var/log/maintenance', True),
    ("/usr/bin/apt-get", "apt-get -s upgrade", True),
    ("/usr/bin/vim", "vim /etc/opt/notes/Überdruck.txt", False),
    ("/usr/bin/tail", "tail -n 100 /var/log/syslog", False),
)


def admin_visit(log: DeviceLog, dice: Dice, ago: int, errands: int) -> None:
    """An administrator signs in from the office and looks at one thing or another."""
    name, user_id, desk = dice.pick(ADMINS)
    pid = 2000 + dice.below(28000)
    if dice.below(4) == 0:
        sign_in(log, ago + 8, name, user_id, desk, pid, "Fail")
    sign_in(log, ago, name, user_id, desk, pid, "Success")
    process(log, ago - 2, "/bin/bash", "-bash", user_id, pid + 3, pid)
    for number in range(errands):
        executable, line, as_root = dice.pick(_ERRANDS)
        when, child = ago - 20 - number * 45, pid + 10 + number * 4
        if as_root:
            if log.device.agent is Agent.C:
                local_sign_in(log, when, name, "/usr/bin/sudo", child, "Success")
            process(log, when, "/usr/bin/sudo", f"sudo {line}", user_id, child, pid + 3)
        process(log, when, executable, line, "0" if as_root else user_id, child + 1, pid + 3)


def windows_visit(log: DeviceLog, dice: Dice, ago: int) -> None:
    """The same on Windows: a remote desktop session, told by one event."""
    pid = 4000 + 4 * dice.below(3000)
    log.tell(
        "Login",
        ago,
        {
            "ProcessId": pid,
            "UserId": "S-1-5-21-7-1101",
            "UserName": "PLANT\\mei",
            "Operation": "User32",
            "Executable": "C:\\Windows\\System32\\winlogon.exe",
            "RemoteAddress": "10.20.4.17",
            "RemotePort": str(50000 + dice.below(9000)),
            "Result": "Success",
        },
    )
    process(
        log,
        ago - 30,
        "C:\\Windows\\System32\\mmc.exe",
        'mmc.exe "C:\\Windows\\System32\\eventvwr.msc"',
        "S-1-5-21-7-1101",
        pid + 8,
        pid,
    )
