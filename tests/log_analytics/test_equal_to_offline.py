"""The same question gives the same answer, whether the evidence is here or behind the service."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from iotriage.queries.answers import Answer, Status
from iotriage.queries.asking import Scope, ask, ask_whole, drill_down
from iotriage.queries.demo.story import ATTACKER
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.held import ENDPOINT
from iotriage.queries.log_analytics.source import LogAnalytics
from iotriage.queries.packs.loading import load_pack
from iotriage.queries.pivot import QUESTION, Kind, Wanted, asked_for
from iotriage.queries.prevalence import prevalence_of
from iotriage.queries.window import Window

from .az_script import AzScript
from .fixture import NOW
from .online import opened
from .service import Service

PACKS = {name: load_pack(name) for name in ("exact", "guide")}
QUESTIONS = [(pack, name) for pack in PACKS for name in PACKS[pack].questions]
DEVICES = ["cam-0231", "gw-0007", "dvr-0412", "nobody"]


@pytest.fixture
def source(demo_service: Service, az: AzScript) -> Iterator[LogAnalytics]:
    with opened(demo_service) as found:
        yield found


def compared(online: Answer, offline: Answer) -> None:
    assert online.failure == offline.failure
    assert online.columns == offline.columns
    for ours, theirs in zip(online.rows, offline.rows, strict=True):
        assert [repr(cell) for cell in ours] == [repr(cell) for cell in theirs]
    assert (online.status, online.notices, online.kql) == (
        offline.status,
        offline.notices,
        offline.kql,
    )
    assert online.sha256() == offline.sha256()


@pytest.mark.parametrize(("pack", "name"), QUESTIONS, ids="-".join)
def test_every_question_of_every_pack(
    source: LogAnalytics, demo_evidence: Evidence, pack: str, name: str
) -> None:
    rows = 0
    question = PACKS[pack].questions[name]
    if name == QUESTION:
        question = asked_for(question, Wanted(ATTACKER, Kind.ADDRESS))
    for device in DEVICES:
        scope = Scope(device, "plant-7", demo_evidence.latest())
        online = ask_whole(source, PACKS[pack], question, scope)
        offline = ask_whole(demo_evidence, PACKS[pack], question, scope)
        compared(online, offline)
        rows += len(online.rows)
    assert rows


@pytest.mark.parametrize("name", ["users", "ports", "logins", "processes", "connections"])
def test_how_rare_a_row_is(source: LogAnalytics, demo_evidence: Evidence, name: str) -> None:
    question = PACKS["exact"].questions[name]
    scope = Scope("cam-0231", "plant-7", demo_evidence.latest())
    online, offline = (prevalence_of(each, question, scope) for each in (source, demo_evidence))
    assert online.unknown == online.cannot_be_new == ""
    assert online.look_back_words() == offline.look_back_words()
    records = ask(demo_evidence, question, scope).records()
    assert records
    for record in records:
        row = online.row(record)
        assert row is not None
        assert row == offline.row(record)
        for column in question.sets:
            assert online.values(record, column) == offline.values(record, column)


@pytest.mark.parametrize("name", ["alerts", "users", "ports", "logins", "processes"])
def test_what_is_behind_a_row(source: LogAnalytics, demo_evidence: Evidence, name: str) -> None:
    scope = Scope("cam-0231", "plant-7", demo_evidence.latest())
    question = PACKS["exact"].questions[name]
    records = ask(demo_evidence, question, scope).records()
    for record in (records[0], records[-1]):
        online = drill_down(source, question, scope, record)
        offline = drill_down(demo_evidence, question, scope, record)
        for ours, theirs in zip(online, offline, strict=True):
            compared(ours, theirs)
        assert online[1].rows


def test_windows_tables_and_times_are_those_of_the_evidence(
    source: LogAnalytics, demo_evidence: Evidence
) -> None:
    assert source.missing_tables == demo_evidence.missing_tables - {*ENDPOINT} == frozenset()
    # The demo is written to until now, which is the end of its last day.
    assert source.latest() == source.default_window() == Window(source.latest().start, NOW)
    assert source.extent().start == demo_evidence.extent().start
    assert source.notices == ()
    assert source.name == "WORKSPACE 11111111-2222-3333-4444-555555555555"


def test_a_statistic_of_the_service_is_kept(source: LogAnalytics) -> None:
    scope = Scope("cam-0231", "plant-7", source.latest())
    answer = ask(source, PACKS["exact"].questions["users"], scope)
    assert answer.status is Status.COMPLETE
    assert answer.statistics["seconds"] > 0
    assert answer.statistics["server execution"] > 0
    assert "server cpu" in answer.statistics
