"""CSV: what its times mean, what its columns are called, and what is wrong with its rows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from iotriage.queries.answers import NoticeKind
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.held import OPTIONAL
from iotriage.queries.questions import Query
from iotriage.queries.source import Cancellation

from .reading import ALWAYS, opened, said
from .test_every_shape import put


def table(header: str, *rows: str, end: str = "\n") -> bytes:
    return end.join([header, *rows, ""]).encode()


def events(evidence: Evidence, columns: str) -> list[tuple[Any, ...]]:
    query = Query("cells", {}, f"SecurityIoTRawEvent | project {columns}")
    return sorted(evidence.ask(query, ALWAYS, Cancellation()).rows)


def times(evidence: Evidence) -> list[str]:
    return [row[0].isoformat() for row in events(evidence, "TimeGenerated")]


def timed(zone: str, *texts: str) -> bytes:
    header = f"DeviceId;TimeGenerated{zone};RawEventName;EventDetails"
    return table(header, *(f'"d{n}";"{text}";Login;{{}}' for n, text in enumerate(texts)))


DAY, MONTH = "2026-02-01T13:04:05+00:00", "2026-01-02T13:04:05+00:00"
SETTLED = {
    "1/2/2026, 1:04:05.000 PM": ("3/14/2026, 1:00 AM", MONTH),
    "1/2/2026, 1:04:05 p.m.": ("3/14/2026, 1:00 a.m.", MONTH),
    "01/02/2026, 13:04:05": ("14/03/2026, 01:00:00", DAY),
    "01/02/26 13:04:05": ("14/03/26 01:00:00", DAY),
    "01-02-2026 13:04:05": ("14-03-2026 01:00:00", DAY),
    "1.2.2026, 13:04:05": ("", DAY),
    "1. 2. 2026 13:04:05": ("", DAY),
    "01.02.2026 13.04.05": ("", DAY),
    "2026/1/2 13:04:05": ("", MONTH),
    "2026. 1. 2. 13:04:05": ("", MONTH),
    "2026-01-02 13:04:05": ("", MONTH),
    "2026-01-02T13:04:05.000Z": ("", MONTH),
    "2026-01-02T15:04:05+02:00": ("", MONTH),
}


@pytest.mark.parametrize("text", SETTLED)
def test_one_date_of_the_column_settles_all_of_them(tmp_path: Path, text: str) -> None:
    other, wanted = SETTLED[text]
    # The one that settles it comes late, long after those that do not.
    texts = [text] * 1500 + [other] * bool(other)
    with opened(put(tmp_path, {"a": timed(" [UTC]", *texts)})) as evidence:
        found = times(evidence)
        assert found.count(wanted) == 1500
        assert len(found) == len(texts)
        assert said(evidence) == []


def test_dates_that_nothing_settles_are_said(tmp_path: Path) -> None:
    put(tmp_path, {"a.csv": timed(" [UTC]", "1/2/2026, 1:04:05 PM")})
    with opened(tmp_path) as evidence:
        assert times(evidence) == [MONTH]
        (notice,) = evidence.notices
        assert notice.kind is NoticeKind.UNREAD
        assert notice.text == (
            f"{tmp_path}/a.csv: its dates may have day or month first: read with month first"
        )


def test_a_date_that_is_the_same_either_way_needs_no_word(tmp_path: Path) -> None:
    with opened(put(tmp_path, {"a": timed(" [UTC]", "2/2/2026, 1:04:05 PM")})) as evidence:
        assert times(evidence) == ["2026-02-02T13:04:05+00:00"]
        assert said(evidence) == []


@pytest.mark.parametrize(
    ("zone", "wanted"),
    [
        (" [UTC]", "2026-07-14T20:07:14"),
        (" [UTC+02:00]", "2026-07-14T18:07:14"),
        (" [UTC-5]", "2026-07-15T01:07:14"),
        (" [GMT+0530]", "2026-07-14T14:37:14"),
        (" [Europe/Berlin]", "2026-07-14T18:07:14"),
        ("[America/New_York]", "2026-07-15T00:07:14"),
    ],
)
@pytest.mark.parametrize("text", ["7/14/2026, 8:07:14.000 PM", "2026-07-14T20:07:14"])
def test_a_zone_in_the_header_is_reckoned_with(
    tmp_path: Path, zone: str, wanted: str, text: str
) -> None:
    with opened(put(tmp_path, {"a": timed(zone, text)})) as evidence:
        assert times(evidence) == [f"{wanted}+00:00"]
        assert said(evidence) == []


@pytest.mark.parametrize("zone", [" [Local Time]", " [Berlin]", " [Mars/Olympus]", " [UTC+99]", ""])
def test_a_zone_that_nobody_can_know_is_said(tmp_path: Path, zone: str) -> None:
    text = "7/14/2026, 8:07:14.000 PM"
    with opened(put(tmp_path, {"a": timed(zone, text)})) as evidence:
        assert times(evidence) == ["2026-07-14T20:07:14+00:00"]
        (notice,) = evidence.notices
        assert notice.kind is NoticeKind.UNREAD
        assert notice.text.endswith(": read as UTC")
        assert zone.strip(" []") in notice.text


def test_times_with_their_own_offset_need_no_zone(tmp_path: Path) -> None:
    put(tmp_path, {"a": timed(" [Local Time]", "2026-07-14T20:07:14+02:00")})
    with opened(tmp_path) as evidence:
        assert times(evidence) == ["2026-07-14T18:07:14+00:00"]
        assert said(evidence) == []


def test_times_that_are_none_are_counted(tmp_path: Path) -> None:
    header = "DeviceId,TimeGenerated [UTC],TimeStamp [UTC],RawEventName,EventDetails"
    rows = (
        'a,"7/14/2026, 8:07 PM","soon",Login,{}',
        'b,"7/32/2026, 8:07 PM","7/14/2026, 8:07 PM",Login,{}',
        'c,"7/14/2026, 13:07 PM","",Login,{}',
        'd,"7/14/2026, 8:07 PM","7/14/2026, 8:07 PM",Login,{}',
    )
    with opened(put(tmp_path, {"a": table(header, *rows)})) as evidence:
        when = datetime(2026, 7, 14, 20, 7, tzinfo=UTC)
        assert events(evidence, "DeviceId, TimeGenerated, TimeStamp") == [
            ("a", when, None),
            ("d", when, when),
        ]
        assert said(evidence) == [
            "2 rows without a readable TimeGenerated: in no window",
            "1 time beside TimeGenerated could not be read: left empty",
        ]


GOOD = "2026-07-14T20:00:00Z,{0},Login,{{}}"
BAD_ROWS = {
    "too short": "2026-07-14T20:00:00Z,x",
    "too long": "2026-07-14T20:00:00Z,x,Login,{},5,6",
    "text behind a quote": '2026-07-14T20:00:00Z,"x"y,Login,{}',
    "a quote that nobody closes": '2026-07-14T20:00:00Z,"x,Login,{}',
}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("bad", BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_bad_row_costs_no_other(tmp_path: Path, bad: str, end: str) -> None:
    names = [f"d{number}" for number in range(6)]
    rows = [GOOD.format(name) for name in names]
    text = table(
        "TimeGenerated,DeviceId,RawEventName,EventDetails",
        rows[0], bad, *rows[1:3], "", '2026-07-14T20:00:00Z,"q\nq",Login,{}', bad, *rows[3:],
        end=end,
    )  # fmt: skip
    with opened(put(tmp_path, {"a.csv": text})) as evidence:
        assert [row[0] for row in events(evidence, "DeviceId")] == [*names, "q\nq"]
        assert said(evidence) == [f"2 rows could not be read, first at {tmp_path}/a.csv:3"]


@pytest.mark.parametrize(
    "header",
    [
        "timegenerated,DEVICEID,rawEventName,EVENTDETAILS",
        " TimeGenerated , DeviceId ,RawEventName,EventDetails",
        "TimeGenerated,DeviceId,RawEventName,EventDetails",
    ],
)
def test_columns_may_be_spelled_otherwise(tmp_path: Path, header: str) -> None:
    with opened(put(tmp_path, {"a": table(header, GOOD.format("d"))})) as evidence:
        assert events(evidence, "DeviceId, RawEventName") == [("d", "Login")]


def test_of_two_columns_for_one_the_true_name_counts(tmp_path: Path) -> None:
    header = "Severity,TimeGenerated,AlertSeverity,alertseverity,SystemAlertId,ProviderAlertId"
    put(tmp_path, {"a": table(header, "1,2026-07-14T20:00:00Z,High,Low,id,vendor")})
    with opened(tmp_path) as evidence:
        text = "SecurityAlert | project AlertSeverity, SystemAlertId, VendorOriginalId"
        answer = evidence.ask(Query("cells", {}, text), ALWAYS, Cancellation())
        assert answer.rows == (("High", "id", "vendor"),)


def test_keys_of_json_rows_may_be_spelled_otherwise(tmp_path: Path) -> None:
    text = b"""{"timegenerated": "2026-07-14T20:00:00Z", "deviceid": "d", "raweventname": "Login",
        "eventdetails": {"a": 1}, "other": 2}"""
    with opened(put(tmp_path, {"a": text})) as evidence:
        assert events(evidence, "DeviceId, EventDetails") == [("d", '{"a":1}')]


def test_a_table_in_windows_1252_keeps_its_rows(tmp_path: Path) -> None:
    text = table("TimeGenerated,DeviceId,RawEventName,EventDetails", GOOD.format("k\u00fche"))
    text = text.decode().encode("cp1252")
    with opened(put(tmp_path, {"a": text})) as evidence:
        assert events(evidence, "DeviceId") == [("k\ufffdhe",)]
        assert said(evidence) == ["1 text held broken Unicode, shown as U+FFFD"]


def test_the_place_tells_the_table_of_columns_that_do_not(tmp_path: Path) -> None:
    text = table("TimeGenerated,DeviceId", "2026-07-14T20:00:00Z,d")
    put(tmp_path, {"DefenderIoTRawEvent.csv": text, "SecurityIoTRawEvent.csv": text, "x": text})
    with opened(tmp_path) as evidence:
        assert events(evidence, "DeviceId") == [("d",)]
        assert evidence.missing_tables == {"SecurityAlert", *OPTIONAL}
        assert said(evidence) == ["1 row of other tables left aside"]


def test_no_device_and_a_device_called_none_are_alike_in_an_az_query(tmp_path: Path) -> None:
    text = b"""[{"TableName": "PrimaryResult", "DeviceId": "None", "RawEventName": "Login",
        "TimeGenerated": "2026-07-14T20:00:00Z", "EventDetails": "{\\"UserName\\": \\"None\\"}",
        "AgentVersion": "None", "IsEmpty": "False", "Type": "None"}]"""
    with opened(put(tmp_path, {"a": text})) as evidence:
        wanted = ("", "", '{"UserName": "None"}', False)
        columns = "DeviceId, AgentVersion, EventDetails, IsEmpty"
        assert events(evidence, columns) == [wanted]
        (notice,) = evidence.notices
        assert notice.text.startswith("1 row of an az query have the device None")
