"""Security messages as the legacy agent sends them, and the envelopes that a hub puts round them.

A message names its agent and never its device: that stands in the envelope, where one was kept.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .repairing import dumped, parsed

#: Where the envelopes of IoT Hub and Event Hubs, of routes, functions and the az command say who
#: sent a message; lower case.
_DEVICE_KEYS = ("iothub-connection-device-id", "connectiondeviceid", "deviceid", "origin")
_BODY_KEYS = ("body", "payload", "event")
#: What the service says; "properties" are left out, because a device writes them itself.
_PROPERTY_KEYS = ("systemproperties", "annotations")
_MAX_ENVELOPES = 4


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """What was inside: rows of SecurityIoTRawEvent, or text that is to be read by itself.

    Attributes:
        rows: as data export would write them.
        bad: events or payloads that are none.
        text: the body of an envelope that is no security message.
    """

    rows: tuple[dict[str, Any], ...] = ()
    bad: int = 0
    text: str = ""


def unwrapped(value: Any) -> Unwrapped | None:
    """None for an object that is neither a security message nor the envelope of anything."""
    device = ""
    for _ in range(_MAX_ENVELOPES):
        if not isinstance(value, dict):
            return None
        if is_message(value):
            rows = list(_rows(value, device))
            whole = tuple(row for row in rows if row is not None)
            return Unwrapped(whole, len(rows) - len(whole))
        lower = {key.lower(): item for key, item in value.items()}
        body = next((lower[key] for key in _BODY_KEYS if key in lower), None)
        device = _device(lower) or device
        if isinstance(body, str):
            try:
                body = parsed(_text_of(body))
            except ValueError:
                return None
        if not isinstance(body, dict | list):
            return None
        if not _is_wrapped(body):
            return Unwrapped(text=dumped(body))
        value = body
    return None


def is_message(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("Events"), list) and (
        "AgentId" in value or "MessageSchemaVersion" in value
    )


def _is_wrapped(value: Any) -> bool:
    return isinstance(value, dict) and (
        is_message(value) or any(key.lower() in _BODY_KEYS for key in value)
    )


def _device(lower: Mapping[str, Any]) -> str:
    places = []
    for name in _PROPERTY_KEYS:
        inner = lower.get(name)
        if isinstance(inner, dict):
            places.append({key.lower(): item for key, item in inner.items()})
    for place in (*places, lower):
        for key in _DEVICE_KEYS:
            if isinstance(place.get(key), str) and place[key]:
                return str(place[key])
    return ""


def _text_of(body: str) -> str:
    """Routes write a body as Base64 where its message does not say that it is JSON."""
    if body.lstrip()[:1] in ("{", "["):
        return body
    try:
        return base64.b64decode(body, validate=True).decode("utf-8", errors="replace")
    except (binascii.Error, ValueError):
        return body


def _rows(message: Mapping[str, Any], device: str) -> Iterator[dict[str, Any] | None]:
    """A row for each object of a payload, one for an event without any; None for what is none."""
    for event in message["Events"]:
        if not isinstance(event, dict) or not isinstance(event.get("Name"), str):
            yield None
            continue
        payload = event.get("Payload")
        if payload is None or payload == []:
            payload = [{}]
        if not isinstance(payload, list):
            yield None
            continue
        moments = {key: event[key] for key in ("TimestampLocal", "TimestampUTC") if key in event}
        for part in payload:
            if not isinstance(part, dict):
                yield None
                continue
            told = {"EventId": event.get("Id"), "AgentId": message.get("AgentId")}
            yield {
                "TimeGenerated": event.get("TimestampUTC"),
                "TimeStamp": event.get("TimestampUTC"),
                "AgentVersion": message.get("AgentVersion"),
                "DeviceId": device,
                "IoTRawEventId": event.get("Id"),
                "IsEmpty": event.get("IsEmpty"),
                "RawEventCategory": event.get("Category"),
                "RawEventName": event["Name"],
                "RawEventType": event.get("EventType"),
                "EventDetails": {
                    **part,
                    **moments,
                    **{key: text for key, text in told.items() if text is not None},
                },
                "Type": "SecurityIoTRawEvent",
            }
