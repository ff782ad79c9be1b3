"""Traps in recommendations: how their states follow each other, whose they are, what they lack."""

from __future__ import annotations

import json

from .build import CAM, CAM_LOUD, CAM_TEN, HOSTILE, HOSTILE_TEXTS, HUB, MICRO, Sheet, resource

HOUR = 3600.0


def advice_traps(sheet: Sheet) -> None:
    # Closed, opened again, another rule found, in rows that are not in the order of time; what
    # was before the window and after it counts for nothing.
    for hour, state, port in (
        (-1, "Active", "before"),
        (9, "Active", "1337"),
        (1, "Active", "22"),
        (5, "Healthy", "closed"),
        (12, "ACTIVE", "1337"),
        (25, "Healthy", "after"),
    ):
        rules = json.dumps([{"SourceAddress": "", "DestinationPort": port}])
        row = sheet.recommendation(
            "IoT_PermissiveInputFirewallRules",
            hour * HOUR,
            state,
            RecommendationAdditionalData={"Rules": rules},
            DiscoveredTimeUTC=f"2026-02-0{hour % 5 + 1}T10:00:00Z",
        )
        if hour == 9:
            sheet.repeat(row, "SecurityRecommendation")
    # Closed in the end; closed all the time; an open and a closed state at one moment.
    for hour, state in ((2, "Unhealthy"), (3, "unclear to us"), (8, "Healthy"), (9, "healthy")):
        sheet.recommendation("IoT_Baseline", hour * HOUR, state, RecommendationSeverity="Low")
    for state in ("Healthy", "NotApplicable", "Not Applicable", "Resolved"):
        sheet.recommendation("IoT_AllIsWell", 4 * HOUR, state)
    for state in ("Healthy", "Active", "NotApplicable"):
        sheet.recommendation("IoT_AtOnce", 6 * HOUR, state)
    for state in ("Dismissed", "", None, ...):
        sheet.recommendation(f"IoT_Odd{state}", 7 * HOUR, "", RecommendationState=state)

    # Severities in any case and of no kind; names and titles that are missing.
    for number, severity in enumerate(("low", "HIGH", "Medium", "Informational", "", "Critical")):
        name = f"IoT_Severity{number}"
        sheet.recommendation(name, 10 * HOUR, RecommendationSeverity=severity)
    sheet.recommendation("", 11 * HOUR, RecommendationDisplayName="Only a title")
    sheet.recommendation("IoT_NoTitle", 11 * HOUR, RecommendationDisplayName="")
    sheet.recommendation("IoT_NoTitle", 12 * HOUR, RecommendationDisplayName=None)
    sheet.recommendation("", 11 * HOUR, RecommendationName=..., RecommendationDisplayName=...)
    sheet.recommendation("IoT_Case", 11 * HOUR)
    sheet.recommendation("IOT_CASE", 11 * HOUR)

    # What is no JSON, or some other JSON; a time of discovery that is none.
    nothing = ("", None, ..., {}, "{ }", "[ ]\n", " null")
    for number, data in enumerate(("{", "plain words", *nothing, [1, 2], {"a": {"b": None}})):
        sheet.recommendation(
            "IoT_OpenPorts",
            13 * HOUR + number,
            RecommendationAdditionalData=data,
            DiscoveredTimeUTC=("yesterday", None, ..., "", "2026-03-02")[number % 5],
        )

    # One of that name on other devices, on hubs that are nearly it, and of the hub itself.
    for device in (CAM_TEN, CAM_LOUD, MICRO, HOSTILE, "", CAM + " "):
        state = "Active" if device != CAM_LOUD else "Healthy"
        sheet.recommendation("IoT_OpenPorts", 14 * HOUR, state, device=device)
    for number, path in enumerate(
        (
            resource(HUB).lower(),
            resource(HUB).upper(),
            resource(HUB) + "/",
            resource(HUB) + f"/devices/{CAM}",
            resource("iot-dev") + f"/devices/{HUB}",
            resource("iot-dev", group=HUB),
            resource(f"{HUB}7"),
            f"/x/{HUB}",
            HUB,
            "/x/IotHubs/",
            "",
        )
    ):
        name = f"IoT_Hub{number}"
        sheet.recommendation(name, 15 * HOUR, RecommendationSeverity="", AssessedResourceId=path)

    for number, hostile in enumerate(HOSTILE_TEXTS):
        sheet.recommendation(
            hostile,
            16 * HOUR + number,
            RecommendationDisplayName=hostile,
            Description=hostile,
            RecommendationSeverity=hostile,
            RecommendationAdditionalData=hostile if number % 2 else {hostile: hostile},
            RecommendationState=hostile if number % 3 == 2 else "Active",
        )
