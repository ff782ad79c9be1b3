"""Security messages of the legacy agent: a row for each object of a payload, and whose it is."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from iotriage.queries.questions import Query
from iotriage.queries.source import Cancellation

from .reading import ALWAYS, opened, said
from .test_every_shape import put
from .writers import avro

AGENT = "4f1b4f2e-0000-4000-8000-0123456789ab"


def message(*events: dict[str, Any], **more: Any) -> dict[str, Any]:
    head = {"AgentVersion": "0.0.7", "AgentId": AGENT, "MessageSchemaVersion": "1.0"}
    return {**head, "Events": list(events), **more}


def event(name: str, *payload: Any, **more: Any) -> dict[str, Any]:
    return {
        "Id": f"id of {name}",
        "TimestampLocal": "2026-07-14T21:00:00Z",
        "TimestampUTC": "2026-07-14T19:00:00Z",
        "Category": "Periodic",
        "Name": name,
        "EventType": "Security",
        "IsEmpty": not payload,
        "PayloadSchemaVersion": "1.0",
        "Payload": list(payload),
        **more,
    }


PORTS = event("ListeningPorts", {"LocalPort": "22"}, {"LocalPort": "80", "ExtraDetails": {"a": 1}})
WHOLE = message(PORTS, event("LocalUsers"), event("Login", {"UserName": "root", "EventId": "x"}))


def rows(folder: Path, notices: list[str]) -> list[dict[str, Any]]:
    with opened(folder) as evidence:
        query = Query("rows", {}, "SecurityIoTRawEvent")
        found = evidence.ask(query, ALWAYS, Cancellation()).records()
        assert said(evidence) == notices
        assert {str(file.form) for file in evidence.report.files} == {"security messages"}
    return sorted(found, key=lambda row: (row["RawEventName"], row["EventDetails"]))


ENVELOPES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "route, JSON": lambda body: {
        "EnqueuedTimeUtc": "2026-07-14T19:00:05.1Z",
        "Properties": {"iothub-connection-device-id": "liar", "deviceId": "liar"},
        "SystemProperties": {"connectionDeviceId": "cam-7", "contentType": "application/json"},
        "Body": body,
    },
    "route, Base64": lambda body: {
        "SystemProperties": {"connectionDeviceId": "cam-7"},
        "Body": base64.b64encode(json.dumps(body).encode()).decode(),
    },
    "az iot hub monitor-events": lambda body: {
        "event": {
            "origin": "cam-7",
            "annotations": {"iothub-connection-device-id": "cam-7"},
            "payload": json.dumps(body),
        }
    },
    "event hub client": lambda body: {
        "body": body,
        "systemProperties": {"iothub-connection-device-id": "cam-7"},
    },
    "beside the message": lambda body: {"deviceId": "cam-7", "payload": body},
}
TIMES = "security messages do not say when they came: TimeGenerated is TimestampUTC"


@pytest.mark.parametrize("layout", ["line", "indented", "array", "records"])
@pytest.mark.parametrize("envelope", ENVELOPES)
def test_a_message_in_its_envelope(tmp_path: Path, envelope: str, layout: str) -> None:
    content = ENVELOPES[envelope](WHOLE)
    text = {
        "line": json.dumps(content) + "\n" + json.dumps(ENVELOPES[envelope](message())) + "\n",
        "indented": json.dumps(content, indent=2),
        "array": json.dumps([content]),
        "records": json.dumps({"records": [content]}),
    }[layout]
    found = rows(put(tmp_path, {"messages": text.encode()}), [TIMES])
    assert [(row["RawEventName"], row["IsEmpty"]) for row in found] == [
        ("ListeningPorts", False), ("ListeningPorts", False), ("LocalUsers", True),
        ("Login", False),
    ]  # fmt: skip
    for row in found:
        assert row["DeviceId"] == "cam-7"
        assert row["AgentVersion"] == "0.0.7"
        assert row["IoTRawEventId"] == f"id of {row['RawEventName']}"
        assert row["TimeGenerated"] == row["TimeStamp"]
        assert row["TimeStamp"].isoformat() == "2026-07-14T19:00:00+00:00"
        assert (row["RawEventCategory"], row["RawEventType"]) == ("Periodic", "Security")
    details = [json.loads(row["EventDetails"]) for row in found]
    merged = {"TimestampLocal": "2026-07-14T21:00:00Z", "TimestampUTC": "2026-07-14T19:00:00Z"}
    merged |= {"AgentId": AGENT}
    ports = merged | {"EventId": "id of ListeningPorts"}
    assert details[0] == {"LocalPort": "22"} | ports
    assert details[1] == {"LocalPort": "80", "ExtraDetails": {"a": 1}} | ports
    assert details[2] == merged | {"EventId": "id of LocalUsers"}
    assert details[3] == {"UserName": "root"} | merged | {"EventId": "id of Login"}


@pytest.mark.parametrize("codec", ["null", "deflate"])
def test_messages_that_event_hubs_captured(tmp_path: Path, codec: str) -> None:
    bodies = [json.dumps(message(PORTS, n=number)).encode() for number in range(7)]
    put(tmp_path, {"a": avro(bodies, device="cam-7", codec=codec)})
    with opened(tmp_path) as evidence:
        (file,) = evidence.report.files
        assert (file.rows, file.bad, file.foreign, file.packed) == (14, 0, 0, "Avro")
        assert evidence.report.repeated == 12
        query = Query("devices", {}, "SecurityIoTRawEvent | distinct DeviceId")
        assert evidence.ask(query, ALWAYS, Cancellation()).rows == (("cam-7",),)
        assert said(evidence) == [TIMES]


def test_a_capture_that_breaks_off_keeps_what_came_before(tmp_path: Path) -> None:
    bodies = [json.dumps(message(PORTS)).encode() for _ in range(4)]
    put(tmp_path, {"a": avro(bodies, device="cam-7", block=1)[:-40]})
    with opened(tmp_path) as evidence:
        (file,) = evidence.report.files
        assert (file.rows, file.cut) == (6, "it ends in the midst of an Avro block")


def test_a_message_alone_does_not_say_whose_it_is(tmp_path: Path) -> None:
    put(tmp_path, {"message.json": json.dumps(WHOLE).encode()})
    found = rows(
        tmp_path,
        [
            "4 rows of security messages do not say whose they are: they are in the answers about"
            " no device (AgentId in EventDetails tells them apart)",
            TIMES,
        ],
    )
    assert {row["DeviceId"] for row in found} == {""}


BROKEN = {
    "an event that is a text": message(PORTS, "text"),
    "an event without a name": message(PORTS, {"Payload": [{}]}),
    "a payload that is a text": message(PORTS, event("Login") | {"Payload": "text"}),
    "a part of a payload that is a number": message(
        event("ListeningPorts", {"LocalPort": "22"}, 5, {"LocalPort": "80"})
    ),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_broken_in_a_message_costs_nothing_else(tmp_path: Path, broken: str) -> None:
    envelope = ENVELOPES["route, JSON"](BROKEN[broken])
    put(tmp_path, {"messages": json.dumps(envelope).encode()})
    with opened(tmp_path) as evidence:
        (file,) = evidence.report.files
        assert (file.rows, file.bad) == (2, 1)


@pytest.mark.parametrize(
    "content",
    [
        {"Body": "not Base64 §"},
        {"Body": "AAAA"},
        {"body": None},
        {"event": []},
        {"payload": {"payload": {"payload": {"payload": {"payload": {"payload": {}}}}}}},
        {"records": [{"records": [{"records": [{"records": []}]}]}]},
        {"Events": [], "Other": 1},
        {"SystemProperties": 5, "Body": 7},
    ],
)
def test_an_envelope_of_nothing_known_is_left_aside(tmp_path: Path, content: Any) -> None:
    good = ENVELOPES["route, JSON"](WHOLE)
    text = json.dumps(content) + "\n" + json.dumps(good) + "\n"
    put(tmp_path, {"mixed.json": text.encode()})
    with opened(tmp_path) as evidence:
        (file,) = evidence.report.files
        assert (file.rows, file.bad) == (4, 0)
        assert file.foreign <= 1
