"""SecurityRecommendation rows of the demo: weak spots, told every day while they are open."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import uuid5

from .clock import DAY, HOUR, MINUTE, Clock
from .side_stories import MAINTENANCE, PLANNED
from .story import STORY_DEVICE
from .writer import HUB_RESOURCE, NAMESPACE, TENANT, Row

#: Name -> severity, title and description.
_KINDS: Mapping[str, tuple[str, str, str]] = {
    "IoT_SharedCredentials": (
        "High",
        "Same authentication credentials used by multiple devices",
        "Another device signs in to the hub with the same credentials",
    ),
    "IoT_PrivilegedDockerOptions": (
        "High",
        "High level permissions configured in IoT Edge model twin for IoT Edge module",
        "A module runs privileged, or on the network of its host",
    ),
    "IoT_OpenPorts": (
        "Medium",
        "Open ports on device",
        "Something on the device listens to the network",
    ),
    "IoT_PermissiveInputFirewallRules": (
        "Medium",
        "Permissive firewall rule in the input chain was found",
        "A rule of the firewall lets in whoever comes",
    ),
    "IoT_Baseline": (
        "Medium",
        "Operating system (OS) baseline validation failure",
        "Settings of the operating system are weaker than the baseline asks",
    ),
    "IoT_VulnerableTLSCipherSuite": (
        "Medium",
        "TLS cipher suite upgrade needed",
        "The device takes cipher suites that are broken",
    ),
    "IoT_AgentSendsUnutilizedMessages": (
        "Low",
        "Agent sending underutilized messages",
        "Messages of the agent are sent before they are full",
    ),
    "IoT_EdgeLoggingOptions": (
        "Low",
        "No logging configured for IoT Edge module",
        "A module writes no log",
    ),
}


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One recommendation for one device; all times are seconds before now.

    Attributes:
        found: when it was first told.
        data: what it is about: from when on, and the additional data.
        closed: when it was told to be healthy; None while it is open.
    """

    device: str
    name: str
    found: int
    data: tuple[tuple[int, Mapping[str, str]], ...]
    closed: int | None = None


def _ports(*ports: int) -> Mapping[str, str]:
    return {"Ports": json.dumps([str(port) for port in ports])}


def _rule(port: int) -> Mapping[str, str]:
    rule = {
        "SourceAddress": "",
        "SourcePort": "",
        "DestinationAddress": "",
        "DestinationPort": str(port),
    }
    return {"Rules": json.dumps([rule])}


_WEEK = 7 * DAY
_CAMERA_PORTS = (22, 80, 8554)
#: The first looks of the agent after the intruder opened the back door.
_DOOR_SEEN, _RULE_SEEN = 4 * HOUR + 31 * MINUTE, 4 * HOUR + 2 * MINUTE

_RECOMMENDATIONS = (
    Recommendation(
        STORY_DEVICE,
        "IoT_OpenPorts",
        _WEEK + 13 * HOUR,
        (
            (_WEEK + 13 * HOUR, _ports(*_CAMERA_PORTS)),
            (_DOOR_SEEN, _ports(*_CAMERA_PORTS, 31337)),
        ),
    ),
    Recommendation(
        STORY_DEVICE,
        "IoT_PermissiveInputFirewallRules",
        _RULE_SEEN,
        ((_RULE_SEEN, _rule(31337)),),
    ),
    Recommendation(
        STORY_DEVICE,
        "IoT_Baseline",
        _WEEK + 11 * HOUR,
        ((_WEEK + 11 * HOUR, {"FailedChecks": "3"}), (88 * MINUTE, {"FailedChecks": "4"})),
    ),
    Recommendation(
        STORY_DEVICE,
        "IoT_AgentSendsUnutilizedMessages",
        _WEEK + 14 * HOUR,
        ((_WEEK + 14 * HOUR, {}),),
        closed=9 * HOUR + 20 * MINUTE,
    ),
    *(
        Recommendation(
            camera,
            "IoT_OpenPorts",
            _WEEK + hour * HOUR,
            ((_WEEK + hour * HOUR, _ports(*_CAMERA_PORTS)),),
        )
        for hour, camera in enumerate(("cam-0199", "cam-0208", "cam-0214", "cam-0236"), 9)
    ),
    Recommendation(
        PLANNED,
        "IoT_PermissiveInputFirewallRules",
        MAINTENANCE - 9 * MINUTE,
        ((MAINTENANCE - 9 * MINUTE, _rule(8443)),),
        closed=MAINTENANCE - 3 * HOUR,
    ),
    Recommendation("gw-0007", "IoT_Baseline", _WEEK, ((_WEEK, {"FailedChecks": "3"}),)),
    Recommendation(
        "hmi-0003",
        "IoT_VulnerableTLSCipherSuite",
        5 * DAY + HOUR,
        ((5 * DAY + HOUR, {"CipherSuites": '["TLS_RSA_WITH_3DES_EDE_CBC_SHA"]'}),),
    ),
    *(
        Recommendation(
            sensor,
            "IoT_SharedCredentials",
            4 * DAY + 7 * HOUR,
            ((4 * DAY + 7 * HOUR, {"Devices": '["sens-0404", "sens-0408"]'}),),
        )
        for sensor in ("sens-0404", "sens-0408")
    ),
    Recommendation(
        "edge-0601",
        "IoT_PrivilegedDockerOptions",
        6 * DAY,
        ((6 * DAY, {"Modules": '["quality-check"]'}),),
    ),
    Recommendation(
        "edge-0602",
        "IoT_EdgeLoggingOptions",
        6 * DAY,
        ((6 * DAY, {"Modules": '["quality-check"]'}),),
    ),
)


def recommendation_rows(clock: Clock) -> list[Row]:
    """Each recommendation once a day while it is open, and whenever something of it changed."""
    return [row for each in _RECOMMENDATIONS for row in _rows(each, clock)]


def _rows(told: Recommendation, clock: Clock) -> Iterable[Row]:
    severity, title, description = _KINDS[told.name]
    end = told.closed or 0
    changes = {ago for ago, _ in told.data}
    daily = set(range(told.found, end, -DAY))
    states = [(ago, "Active") for ago in sorted(changes | daily, reverse=True)]
    if told.closed is not None:
        states.append((told.closed, "Healthy"))
    for ago, state in states:
        data = next(data for since, data in reversed(told.data) if since >= ago)
        is_open = state == "Active"
        yield {
            "AssessedResourceId": HUB_RESOURCE,
            "Description": description,
            "DeviceId": told.device,
            "DiscoveredTimeUTC": clock.utc(told.found + 2 * MINUTE),
            "IsSnapshot": False,
            "ProviderName": "IoTSecurity",
            "RecommendationAdditionalData": json.dumps(data, separators=(",", ":")),
            "RecommendationDisplayName": title,
            "RecommendationId": str(uuid5(NAMESPACE, f"{told.name} {told.device}")),
            "RecommendationName": told.name,
            "RecommendationSeverity": severity,
            "RecommendationState": state,
            "ResolvedTimeUTC": "" if is_open else clock.utc(ago + MINUTE),
            "TenantId": TENANT,
            "TimeGenerated": clock.fine(ago, ago % 1000),
            "Type": "SecurityRecommendation",
        }
