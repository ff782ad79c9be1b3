"""Recommendations: what stands behind a row, what makes a difference, where there are none."""

from __future__ import annotations

import copy
import csv
import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from files import NOW
from held import DEVICES, PACKS, TRAPS, WINDOW, asked, expected, opened, question_of, scope
from iotriage.queries.answers import NoticeKind
from iotriage.queries.asking import ask_whole, drill_down
from iotriage.queries.coverage import absence_of
from iotriage.queries.evidence.source import Evidence
from oracle import traps
from oracle.advising import _assessed_hub, _told
from oracle.build import Sheet
from oracle.rows import in_window, moment, same, text
from shapes import as_text

HOUR = 3600.0
QUESTION = question_of("exact", "recommendations")


def made(sheet: Sheet) -> Evidence:
    tables = json.loads(json.dumps(sheet.tables, default=lambda moment: moment.isoformat()))
    return Evidence.of_rows("MADE", tables, NOW)


def states_of(device: str) -> dict[str, list[Any]]:
    """Name -> each state in the window, once."""
    rows = in_window(TRAPS["SecurityRecommendation"], *traps.WINDOW)
    found: dict[str, list[Any]] = {}
    once = {json.dumps(row, default=str, sort_keys=True): row for row in rows}
    for row in once.values():
        if text(row.get("DeviceId")) == device and same(_assessed_hub(row), traps.HUB):
            one = _told(row)
            found.setdefault(one.name, []).append(one)
    return found


@pytest.mark.parametrize("device", DEVICES)
def test_behind_a_row_is_every_state_of_it_and_of_no_other(
    trap_evidence: Evidence, device: str
) -> None:
    name = DEVICES[device]
    behind = states_of(name)
    for row in asked(trap_evidence, "exact", "recommendations", name).records():
        states = behind[row["RecommendationName"]]
        values, events = drill_down(trap_evidence, QUESTION, scope(name), row)
        assert (values.failure, events.failure) == ("", "")
        told = [
            (event["TimeGenerated"], event["RecommendationState"], event["Description"])
            for event in events.records()
        ]
        wanted = [
            (one.time, one.of("RecommendationState"), one.of("Description")) for one in states
        ]
        assert Counter(told) == Counter(wanted)
        assert [time for time, *_ in told] == sorted((one.time for one in states), reverse=True)
        found = [moment(one.row.get("DiscoveredTimeUTC")) for one in states]
        assert Counter(event["DiscoveredTimeUTC"] for event in events.records()) == Counter(found)
        assert _listed(values) == _counted(states)
        assert row["CntDetails"] == len(row["Details"])


def _listed(values: Any) -> dict[tuple[str, str], tuple[int, datetime, datetime]]:
    records = values.records()
    order = [(record["Column"], -record["Count"], record["Value"]) for record in records]
    assert order == sorted(order)
    return {
        (record["Column"], record["Value"]): (
            record["Count"],
            record["FirstObserved"],
            record["LastObserved"],
        )
        for record in records
    }


def _counted(states: list[Any]) -> dict[tuple[str, str], tuple[int, datetime, datetime]]:
    times: dict[tuple[str, str], list[datetime]] = {}
    for one in states:
        said = [("States", one.of("RecommendationState"))]
        said += [("Details", one.data)] if one.status != "closed" else []
        for place in said:
            if place[1]:
                times.setdefault(place, []).append(one.time)
    return {place: (len(each), min(each), max(each)) for place, each in times.items()}


@pytest.mark.parametrize(
    "more",
    [
        {"RecommendationState": "Healthy"},
        {"RecommendationAdditionalData": '{"Ports":["8080"]}'},
        {"RecommendationSeverity": "High"},
        {"RecommendationName": "another"},
    ],
)
def test_one_state_more_is_a_difference(trap_evidence: Evidence, more: dict[str, Any]) -> None:
    tables = copy.deepcopy(TRAPS)
    last = next(
        row
        for row in tables["SecurityRecommendation"]
        if row.get("DeviceId") == traps.CAM_TEN and row["RecommendationName"] == "IoT_OpenPorts"
    )
    later = WINDOW.end.replace(day=2, hour=23)
    tables["SecurityRecommendation"].append({**last, "TimeGenerated": later, **more})
    answer = asked(trap_evidence, "exact", "recommendations", traps.CAM_TEN)
    assert answer.records() == expected("exact", "recommendations", TRAPS, traps.CAM_TEN)
    assert answer.records() != expected("exact", "recommendations", tables, traps.CAM_TEN)


def test_a_weak_spot_that_is_closed_is_told_so_and_last() -> None:
    sheet = Sheet()
    sheet.recommendation("IoT_Baseline", HOUR, "Active", RecommendationSeverity="High")
    sheet.recommendation("IoT_OpenPorts", 2 * HOUR, "Active", RecommendationSeverity="Low")
    sheet.recommendation("IoT_Baseline", 3 * HOUR, "Healthy", RecommendationSeverity="High")
    sheet.recommendation("IoT_Baseline", 4 * HOUR, "Healthy", RecommendationSeverity="High")
    evidence = made(sheet)
    try:
        rows = asked(evidence, "exact", "recommendations", traps.CAM).records()
    finally:
        evidence.close()
    told = [(row["RecommendationName"], row["Status"], row["Since"].hour) for row in rows]
    assert told == [("IoT_OpenPorts", "open", 2), ("IoT_Baseline", "closed", 3)]
    assert rows[1]["States"] == ["Active", "Healthy"]


def test_the_same_data_is_one_detail_however_it_was_exported() -> None:
    sheet = Sheet()
    for number, data in enumerate(('{"a": [1, 2]}', '{"a":[1,2]}', {"a": [1, 2]})):
        sheet.recommendation("IoT_OpenPorts", number * HOUR, RecommendationAdditionalData=data)
    evidence = made(sheet)
    try:
        (row,) = asked(evidence, "exact", "recommendations", traps.CAM).records()
    finally:
        evidence.close()
    assert (row["Details"], row["CntDetails"]) == (['{"a":[1,2]}'], 1)


def test_without_the_table_there_is_nothing_to_ask_and_nothing_else_is_lost() -> None:
    sheet = Sheet()
    sheet.event("Login", HOUR, {"UserName": "ann", "Result": "Success"})
    del sheet.tables["SecurityRecommendation"]
    evidence = made(sheet)
    try:
        why = absence_of(QUESTION, None, evidence.missing_tables)
        assert why == "there is no table SecurityRecommendation here"
        answer = ask_whole(evidence, PACKS["exact"], QUESTION, scope(traps.CAM))
        assert (answer.rows, answer.failure) == ((), "")
        assert [notice.kind for notice in answer.notices] == [NoticeKind.CANNOT_KNOW]
        logins = PACKS["exact"].questions["logins"]
        other = ask_whole(evidence, PACKS["exact"], logins, scope(traps.CAM))
        assert len(other.rows) == 1
        assert not any("SecurityRecommendation" in notice.text for notice in other.notices)
    finally:
        evidence.close()


def test_rows_are_known_by_their_columns(tmp_path: Path) -> None:
    """Also where only some were asked for, and the place they lie in has another name."""
    sheet = Sheet()
    for number, state in enumerate(("Active", "Healthy")):
        sheet.recommendation("IoT_OpenPorts", number * HOUR, state)
    asked_for = (
        *("TimeGenerated", "AssessedResourceId", "DeviceId", "RecommendationSeverity"),
        *("RecommendationState", "RecommendationDisplayName", "RecommendationAdditionalData"),
    )
    rows = [
        {name: as_text(row[name]) for name in asked_for}
        for row in sheet.tables["SecurityRecommendation"]
    ]
    folder = tmp_path / "SecurityAlert of Tuesday"
    folder.mkdir()
    (folder / "rows").write_text("".join(json.dumps(row) + "\n" for row in rows))
    columns = [{"name": name, "type": "string"} for name in asked_for]
    table = {"name": "PrimaryResult", "columns": columns, "rows": [[*r.values()] for r in rows]}
    (folder / "answer").write_text(json.dumps({"tables": [table]}))
    with (folder / "table.txt").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        cells = [[c if isinstance(c, str) else json.dumps(c) for c in r.values()] for r in rows]
        writer.writerows([asked_for, *cells])
    evidence = opened(tmp_path)
    try:
        files = [dict(file.tables) for file in evidence.report.files]
        assert files == [{"SecurityRecommendation": len(rows)}] * 3
        (row,) = asked(evidence, "exact", "recommendations", traps.CAM).records()
        assert (row["RecommendationName"], row["Status"]) == ("IoT_OpenPorts was found", "closed")
        assert row["Details"] == ['{"Ports":"[\\"22\\"]"}']
    finally:
        evidence.close()


def test_a_kept_store_has_the_table_only_where_there_are_rows(tmp_path: Path) -> None:
    for name, is_there in (("with", True), ("without", False)):
        sheet = Sheet()
        sheet.event("Login", HOUR, {"UserName": "ann", "Result": "Success"})
        sheet.recommendation("IoT_OpenPorts", HOUR)
        if not is_there:
            del sheet.tables["SecurityRecommendation"]
        tables = json.loads(json.dumps(sheet.tables, default=lambda moment: moment.isoformat()))
        store = tmp_path / f"{name}.store"
        Evidence.of_rows("MADE", tables, NOW, keep=store).close()
        evidence = Evidence.of_store("KEPT", store, NOW)
        try:
            missing = "SecurityRecommendation" in evidence.missing_tables
            rows = asked(evidence, "exact", "recommendations", traps.CAM).rows
            assert (missing, len(rows)) == (not is_there, int(is_there))
        finally:
            evidence.close()
