"""Alerts that have nothing to do with the intrusion: two false alarms and the daily drizzle."""

from __future__ import annotations

from collections.abc import Mapping

from .alerts import Alert, State
from .clock import DAY, HOUR, MINUTE
from .side_stories import MAINTENANCE, PLANNED, SILENCE, SILENT, TUNNEL
from .side_stories import TUNNEL_LAST_WEEK as LAST_WEEK
from .side_stories import TUNNEL_OPEN as OPENED
from .small_stories import DOCKER_OPENED, MISTYPED, REMOVED, UNLISTED

_TUNNEL_LINE = "ssh -N -R 22022:127.0.0.1:5900 -i /etc/support/key hmi-0003@support.example.net"
_ASK = "Ask the device's owner for the reason"
_PLANNED = MAINTENANCE - 171


def _tunnel(key: str, opened: int, later: tuple[State, ...] = ()) -> Alert:
    return Alert(
        key=key,
        name="Port forwarding detection",
        type="IoT_PortForwarding",
        severity="High",
        device=TUNNEL,
        start=opened,
        states=(State(opened - 3 * MINUTE, opened), *later),
        description="A tunnel was opened that forwards a port to an address outside",
        remedy=(_ASK, "Close the tunnel if nobody can vouch for it"),
        properties={"Command Line": _TUNNEL_LINE, "User Name": "adaeze"},
        address="198.51.100.20",
        account="adaeze",
        command=_TUNNEL_LINE,
    )


_FALSE_ALARMS = (
    Alert(
        key="planned useradd",
        name="Detected suspicious use of the useradd command",
        type="IoT_SuspiciousUseradd",
        severity="Medium",
        device=PLANNED,
        start=_PLANNED,
        states=(State(_PLANNED - 2 * MINUTE, _PLANNED),),
        description="useradd was used in an odd way",
        remedy=(_ASK,),
        properties={
            "Command Line": (
                'useradd -m -G dialout -c "J. Müller ☕ Wartung, bis Freitag (CHG-4471)" mueller'
            ),
            "User Name": "root",
        },
        account="root",
        command="useradd -m -G dialout mueller",
    ),
    Alert(
        key="planned group",
        name="Local user added to one or more groups",
        type="",
        severity="Low",
        device=PLANNED,
        start=_PLANNED,
        states=(State(MAINTENANCE - 12 * MINUTE, _PLANNED),),
        description="A local user became a member of a group",
        remedy=(_ASK,),
        properties={"User Name": "mueller", "Group Names": '["dialout"]'},
        account="mueller",
    ),
    _tunnel("tunnel today", OPENED),
    _tunnel("tunnel last week", LAST_WEEK, (State(LAST_WEEK - 2 * HOUR, LAST_WEEK, "Dismissed"),)),
)

_SILENCE_TOLD = SILENCE - 8 * HOUR - 4 * MINUTE
_SILENT = Alert(
    key="silent",
    name="Device silent",
    type="",
    severity="Low",
    device=SILENT,
    start=SILENCE,
    states=(State(_SILENCE_TOLD, _SILENCE_TOLD + 4 * MINUTE),),
    description="Nothing was heard of the device for longer than the 8 hours set for this hub",
    remedy=("See whether the device is powered and connected", "Start its agent again"),
    properties={"Silent For": "08:00:00"},
    # Told by the hub, which names the device in the entities alone.
    in_properties=False,
)

#: name, type, severity, device ("" is the hub), start, description, properties.
_DRIZZLE: tuple[tuple[str, str, str, str, int, str, Mapping[str, str]], ...] = (
    (
        "New certificate added to an IoT Hub",
        "IoT_CertificateSuccessfullyAddedToHub",
        "Medium",
        "",
        3 * DAY + 5 * HOUR + 41,
        "A certificate was added to the hub",
        {"Certificate Name": "plant-7-root-2", "Caller": "mei@example.net"},
    ),
    (
        "Attempt to add or edit a diagnostic setting of an IoT Hub detected",
        "IoT_DiagnosticSettingAddedOrEditedOnHub",
        "Low",
        "",
        3 * DAY + 4 * HOUR + 214,
        "Somebody tried to change what the hub logs",
        {"Setting Name": "to-workspace", "Caller": "mei@example.net"},
    ),
    (
        "Expired SAS Token",
        "IoT_Expired_SAS_Token",
        "Low",
        "sens-0404",
        13 * HOUR + 387,
        "The device showed a token that had expired",
        {"Error Count": "5"},
    ),
    (
        "Expired SAS Token",
        "IoT_Expired_SAS_Token",
        "Low",
        "sens-0404",
        4 * DAY + 2 * HOUR + 560,
        "The device showed a token that had expired",
        {"Error Count": "5"},
    ),
    (
        "Invalid SAS token signature",
        "IoT_Invalid_SAS_Token",
        "Low",
        "sens-0408",
        2 * DAY + 9 * HOUR + 733,
        "The token's signature fits neither key",
        {"Error Count": "3"},
    ),
    (
        "x.509 certificate expired",
        "IoT_Cert_Expired",
        "Medium",
        "plc-0110",
        1 * DAY + 3 * HOUR + 906,
        "The device signed in with an expired certificate",
        {"Certificate Subject": "CN=plc-0110"},
    ),
    (
        "Failed local login attempt on device",
        "IoT_FailedLocalLogin",
        "Medium",
        "hist-0001",
        MISTYPED,
        "A sign-in at the device itself failed",
        {
            "Remote Address": "?",
            "Remote Port": "",
            "Local Port": "",
            "Login Shell": "/bin/login",
            "Login Process Id": "2211",
            "User Name": "tomas",
        },
    ),
    (
        "Custom alert - The number of device to cloud messages (MQTT) is outside the allowed range",
        "IoT_CA_MqttD2CMessagesNotInAllowedRange",
        "Low",
        "cam-0199",
        18 * HOUR + 1252,
        "More messages were sent than the rule allows",
        {"Time Window Size": "00:05:00", "Observed": "412", "Maximum": "300"},
    ),
    (
        "Custom alert - The outbound connection created to an IP that isn't allowed",
        "",
        "Low",
        "edge-0602",
        UNLISTED,
        "The device called an address that is not on its list",
        {"Remote Address": "192.0.2.77", "Remote Port": "443"},
    ),
    (
        "Local user deletion detected",
        "",
        "Low",
        "gw-0021",
        REMOVED,
        "A local user was removed",
        {"User Name": "fitter2"},
    ),
    (
        "Exposed Docker daemon by TCP socket",
        "IoT_ExposedDocker",
        "Medium",
        "edge-0601",
        DOCKER_OPENED,
        "The Docker daemon takes commands over TCP",
        {"Command Line": "dockerd -H tcp://127.0.0.1:2375"},
    ),
)


def _drizzle(number: int) -> Alert:
    name, kind, severity, device, ago, description, properties = _DRIZZLE[number]
    states = [State(ago - 3 * MINUTE, ago)]
    # Older ones have mostly been looked at.
    if ago > 2 * DAY and number % 3 < 2:
        states.append(State(ago - 9 * HOUR, ago, "Resolved" if number % 3 else "Dismissed"))
    return Alert(
        key=f"drizzle {number}",
        name=name,
        type=kind,
        severity=severity,
        device=device,
        start=ago,
        states=tuple(states),
        description=description,
        remedy=(_ASK,),
        properties=properties,
        in_entities="Login Shell" not in properties,
    )


OTHER_ALERTS = (*_FALSE_ALARMS, _SILENT, *(_drizzle(n) for n in range(len(_DRIZZLE))))
