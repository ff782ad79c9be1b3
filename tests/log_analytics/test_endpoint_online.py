"""The tables of Defender for Endpoint behind the service: as offline, and named where they lack."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from iotriage.queries.answers import NoticeKind
from iotriage.queries.asking import Scope, ask_whole
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.held import USUAL, asked_of
from iotriage.queries.log_analytics.source import LogAnalytics
from iotriage.queries.packs.loading import load_pack
from iotriage.queries.window import Window
from oracle.endpoint_rows import CAM, WINDOW, trap_tables

from .az_script import AzScript
from .fixture import NOW
from .online import client
from .service import Service
from .test_equal_to_offline import compared

PACK = load_pack("endpoint")
SCOPE = Scope(CAM, "", Window(*WINDOW))
WHOLE, PART = (f"{digit * 8}-2222-3333-4444-555555555555" for digit in "89")
LACKING = "DeviceNetworkEvents"


@pytest.fixture(scope="module")
def evidence() -> Iterator[Evidence]:
    rows = {
        table: [row | {"TimeGenerated": row["TimeGenerated"].isoformat()} for row in rows]
        for table, rows in trap_tables().items()
    }
    made = Evidence.of_rows("ENDPOINT", rows, NOW)
    yield made
    made.close()


@pytest.fixture
def workspaces(service: Service, az: AzScript, evidence: Evidence) -> Iterator[Service]:
    service.add_workspace(WHOLE, evidence)
    service.add_workspace(PART, evidence, tables={*trap_tables()} - {LACKING})
    yield service
    for guid in (WHOLE, PART):
        del service.workspaces[guid]


def test_every_question_is_answered_as_offline(workspaces: Service, evidence: Evidence) -> None:
    with client(workspaces) as made:
        tables = asked_of(PACK.tables)
        source = LogAnalytics.open(made, WHOLE, lambda: NOW, tables=tables)
        assert source.missing_tables == frozenset()
        assert source.latest().end > SCOPE.window.end
        for question in map(PACK.questions.__getitem__, ("devices", "users", "coverage")):
            online = ask_whole(source, PACK, question, SCOPE)
            offline = ask_whole(evidence, PACK, question, SCOPE)
            notices = tuple(n for n in online.notices if n not in source.notices)
            compared(online.__class__(**_fields(online) | {"notices": notices}), offline)
            assert online.rows


def _fields(answer: object) -> dict[str, object]:
    return {name: getattr(answer, name) for name in answer.__dataclass_fields__}  # type: ignore[attr-defined]


def test_a_table_that_the_workspace_lacks_is_named(workspaces: Service) -> None:
    with client(workspaces) as made:
        source = LogAnalytics.open(made, PART, lambda: NOW, tables=asked_of(PACK.tables))
        assert source.missing_tables == {LACKING}
        ports = ask_whole(source, PACK, PACK.questions["ports"], SCOPE)
        assert (ports.failure, ports.rows) == ("", ())
        said = [n.text for n in ports.notices if n.kind is NoticeKind.CANNOT_KNOW]
        assert said == [f"there is no table {LACKING} here: ports cannot be known"]
        assert ask_whole(source, PACK, PACK.questions["logins"], SCOPE).rows


def test_who_asks_of_the_agents_alone_looks_for_no_other_table(workspaces: Service) -> None:
    with client(workspaces) as made:
        source = LogAnalytics.open(made, WHOLE, lambda: NOW)
        assert source.missing_tables == {*USUAL} - {"SecurityAlert"}
    assert not any("DeviceInfo" in query.query for query in workspaces.queries)
