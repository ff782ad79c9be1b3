"""Opened offline, a capture answers as the workspace did, and says what it does not hold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from iotriage.queries.answers import Answer, NoticeKind, Status
from iotriage.queries.asking import Scope, ask, ask_whole, drill_down
from iotriage.queries.evidence.captured import Wanted
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.evidence.tables import of_one_kind
from iotriage.queries.evidence.verifying import verify
from iotriage.queries.held import ENDPOINT
from iotriage.queries.log_analytics.source import LogAnalytics
from iotriage.queries.packs.loading import BUILT_IN, load_pack
from iotriage.queries.pivot import QUESTION
from iotriage.queries.source import Source
from iotriage.queries.window import Window
from log_analytics.az_script import AzScript
from log_analytics.fixture import NOW
from log_analytics.online import opened
from log_analytics.service import Service
from oracle import endpoint_rows, traps

from . import making

PACKS = {name: load_pack(name) for name in BUILT_IN}
PANES = ("alerts", "users", "ports", "logins", "processes")
TWICE = "77777777-2222-3333-4444-555555555555"


@pytest.fixture
def online(demo_service: Service, az: AzScript) -> Iterator[LogAnalytics]:
    with opened(demo_service) as found:
        yield found


def compared(ours: Answer, theirs: Answer) -> None:
    assert (ours.failure, ours.status, ours.columns) == (
        theirs.failure,
        theirs.status,
        theirs.columns,
    )
    assert [list(map(repr, row)) for row in ours.rows] == [
        list(map(repr, row)) for row in theirs.rows
    ]
    assert ours.sha256() == theirs.sha256()
    assert ours.kql == theirs.kql
    # Every answer of a capture says that it is one.
    remarks = [n for n in theirs.notices if "a capture of" in n.text]
    assert [n.kind for n in remarks] == [NoticeKind.REMARK]
    assert ours.notices == tuple(n for n in theirs.notices if n not in remarks)


def in_order(answer: Answer) -> Answer:
    return replace(answer, rows=tuple(sorted(answer.rows, key=repr)))


def of_device(answer: Answer, device: str) -> Answer:
    place = answer.names.index("DeviceId")
    return replace(answer, rows=tuple(row for row in answer.rows if row[place] == device))


def compare_all(
    online: Source, store: Path, scope: Scope, packs: tuple[str, ...] = ("exact", "guide")
) -> int:
    """Every question of the packs, and what is behind the rows of each pane; how many rows."""
    rows = 0
    offline = Evidence.open(store, NOW)
    assert offline.default_window() == offline.extent() == scope.window
    asked = {table for pack in packs for table in PACKS[pack].tables}
    assert offline.missing_tables & asked == online.missing_tables & asked
    for pack in map(PACKS.__getitem__, packs):
        for name, question in pack.questions.items():
            if name == QUESTION:
                # It looks at every device, and a capture holds one.
                continue
            ours, theirs = (
                ask_whole(source, pack, question, scope) for source in (online, offline)
            )
            if name == "devices":
                ours, theirs = of_device(ours, scope.device), of_device(theirs, scope.device)
                assert ours.rows
            compared(ours, theirs)
            rows += len(ours.rows)
    for name in PANES:
        question = PACKS[packs[0]].questions[name]
        for record in ask(offline, question, scope).records()[:1]:
            pairs = (drill_down(source, question, scope, record) for source in (online, offline))
            for ours, theirs in zip(*pairs, strict=True):
                if ours.kql:
                    # Of what happened at the same moment nobody promises an order.
                    compared(in_order(ours), in_order(theirs))
    offline.close()
    return rows


@pytest.mark.parametrize(
    ("device", "hub", "through"),
    [
        ("sens-0404", "plant-7", "wire"),
        ("cam-0231", "plant-7", "archive"),
    ],
)
def test_every_question_of_the_packs(
    online: LogAnalytics, demo_evidence: Evidence, store: Path, device: str, hub: str, through: str
) -> None:
    window = demo_evidence.latest()
    # What the service answers is what the archive answers, as its own tests say.
    source: Source = online if through == "wire" else demo_evidence
    wanted = Wanted(source.name, device, hub, window.start, window.end)
    making.captured(source, store, wanted)
    packs = ("exact",) if through == "wire" else ("exact", "guide")
    assert compare_all(source, store, Scope(device, hub, window), packs)


@pytest.mark.parametrize("device", [endpoint_rows.CAM, endpoint_rows.GATE])
def test_a_device_of_defender_for_endpoint(store: Path, device: str) -> None:
    rows = {
        table: [row | {"TimeGenerated": row["TimeGenerated"].isoformat()} for row in rows]
        for table, rows in endpoint_rows.trap_tables().items()
    }
    source = Evidence.of_rows("ENDPOINT", rows, NOW)
    window = Window(*endpoint_rows.WINDOW)
    wanted = Wanted(source.name, device, "", window.start, window.end)
    tables = of_one_kind(PACKS["endpoint"].tables)
    done = making.captured(source, store, wanted, tables=tables)
    assert set(done.manifest.tables) == {"SecurityAlert", *ENDPOINT}
    assert verify(store).problems == ()
    assert compare_all(source, store, Scope(device, "", window), ("endpoint",))
    source.close()


def test_recommendations_are_taken_as_they_are_asked_for(store: Path) -> None:
    tables = json.loads(json.dumps(traps.trap_tables(), default=lambda moment: moment.isoformat()))
    source = Evidence.of_rows("TRAPS", tables, NOW)
    wanted = Wanted(source.name, traps.CAM, traps.HUB, *traps.WINDOW)
    making.captured(source, store, wanted, tables=("SecurityRecommendation",))
    offline = Evidence.open(store, NOW)
    question = PACKS["exact"].questions["recommendations"]
    ours, theirs = (
        ask(each, question, Scope(traps.CAM, traps.HUB, wanted.window))
        for each in (source, offline)
    )
    assert len(ours.rows) > 40, "and none of another hub"
    assert theirs.rows == ours.rows
    assert any("the recommendations of cam-1" in notice.text for notice in theirs.notices)
    other = ask(offline, question, Scope("cam-10", traps.HUB, wanted.window))
    assert other.status is Status.PARTIAL
    assert "whether cam-10 has any is not known here" in other.notices[-1].text
    offline.close()
    source.close()


def test_rows_that_the_workspace_holds_twice_count_twice(
    service: Service, az: AzScript, store: Path
) -> None:
    """What an import would take for a repeated export, a workspace counts."""
    # JSON that this server's engine cannot read is another test's.
    tables = {
        table: [row | {"EventDetails": making.mended(row.get("EventDetails"))} for row in rows]
        for table, rows in making.made().items()
    }
    evidence = making.source_of(tables)
    service.add_workspace(TWICE, evidence)
    try:
        with opened(service, TWICE, now=making.NOW) as online:
            wanted = making.changed(source=online.name)
            making.captured(online, store, wanted)
            scope = Scope(wanted.device, wanted.hub, wanted.window)
            assert compare_all(online, store, scope, ("exact",))
    finally:
        del service.workspaces[TWICE]
        evidence.close()
    (count,) = making.held(store)["SecurityIoTRawEvent"].most_common(1)[0][1:]
    assert count == 2


@pytest.fixture
def capture(store: Path) -> Iterator[Evidence]:
    making.captured(making.Scripted(making.source_of(making.made())), store)
    found = Evidence.open(store, making.NOW)
    yield found
    found.close()


def said(source: Source, name: str, device: str, hub: str, window: Window) -> tuple[str, list[str]]:
    answer = ask(source, PACKS["exact"].questions[name], Scope(device, hub, window))
    return answer.status, [n.text for n in answer.notices if n.kind is NoticeKind.UNREAD]


def test_what_is_not_in_it_is_never_nothing(capture: Evidence) -> None:
    whole, device, hub = making.WINDOW, making.DEVICE, making.HUB
    inside = Window(whole.start + timedelta(hours=1), whole.end)
    for window in (whole, inside):
        assert said(capture, "logins", device, hub.upper(), window) == (Status.COMPLETE, [])
    wider = Window(whole.start, whole.end + timedelta(seconds=1))
    status, (beyond,) = said(capture, "alerts", device, hub, wider)
    assert status is Status.PARTIAL
    assert "captured from 2026-11-20T06:30:00Z to 2026-11-20T18:30:00Z" in beyond
    status, (stranger,) = said(capture, "logins", "other", hub, whole)
    assert status is Status.PARTIAL
    assert "whether other sent any is not known here" in stranger
    assert said(capture, "alerts", "other", hub, whole)[0] is Status.COMPLETE, "all of the hub's"
    status, (elsewhere,) = said(capture, "alerts", device, "plant-8", whole)
    assert status is Status.PARTIAL
    assert "hub plant-8 is not in it" in elsewhere


def test_the_window_is_that_of_the_capture(capture: Evidence) -> None:
    assert capture.default_window() == capture.extent() == capture.latest() == making.WINDOW
