"""Azure's own client against the server: what either of them changes is noticed here.

The console reads the wire itself; ``query_workspace`` says whether it reads it rightly.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError, ServiceRequestError
from azure.monitor.query import (
    LogsQueryClient,
    LogsQueryPartialResult,
    LogsQueryResult,
    LogsQueryStatus,
)
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.finishing import plain_value
from iotriage.queries.packs.loading import load_pack
from iotriage.queries.source import Cancellation
from iotriage.queries.window import Window

from . import faults
from .demo import WORKSPACE
from .service import Service

EXACT = load_pack("exact").questions
LAST_DAY = Window(datetime(2026, 11, 20, 12, tzinfo=UTC), datetime(2026, 11, 21, 12, tzinfo=UTC))
SPAN = (LAST_DAY.start, LAST_DAY.end)


class Given:
    """A credential that has its token already."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.scopes: list[str] = []

    def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        self.scopes += scopes
        return AccessToken(self._service.token(), 2**31)


@pytest.fixture
def client(service: Service) -> Iterator[LogsQueryClient]:
    with LogsQueryClient(
        Given(service),
        endpoint=service.endpoint,
        retry_total=0,
        connection_verify=service.ca_file,
    ) as client:
        yield client


@pytest.mark.parametrize("name", EXACT)
def test_every_question_gives_the_rows_of_the_evidence(
    client: LogsQueryClient, demo_evidence: Evidence, name: str
) -> None:
    query = EXACT[name].query("cam-0231", "plant-7", LAST_DAY)
    expected = demo_evidence.ask(query, LAST_DAY, Cancellation())
    result = client.query_workspace(WORKSPACE, query.kql, timespan=SPAN)
    assert isinstance(result, LogsQueryResult)
    assert result.status is LogsQueryStatus.SUCCESS
    (table,) = result.tables
    assert table.name == "PrimaryResult"
    assert table.columns == list(expected.names)
    assert table.columns_types == [column.type for column in expected.columns]
    rows = [
        tuple(plain_value(cell, kind) for cell, kind in zip(row, table.columns_types, strict=True))
        for row in table.rows
    ]
    assert in_order(rows) == in_order(expected.rows)
    # What looks for a value was given none.
    assert rows or EXACT[name].parameters


def in_order(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    """A set has no order of its own: an engine with two threads gives now one, now another."""
    return [
        [sorted(cell, key=str) if isinstance(cell, list) else cell for cell in row] for row in rows
    ]


def test_what_the_client_sends(client: LogsQueryClient, service: Service) -> None:
    result = client.query_workspace(
        WORKSPACE, "print 1", timespan=SPAN, server_timeout=30, include_statistics=True
    )
    (seen,) = service.settled()
    assert (seen.method, seen.path) == ("POST", f"/v1/workspaces/{WORKSPACE}/query")
    assert seen.headers["prefer"] == "wait=30,include-statistics=true"
    assert seen.headers["authorization"].startswith("Bearer eyJ")
    assert seen.json == {
        "query": "print 1",
        "timespan": "2026-11-20T12:00:00.000Z/2026-11-21T12:00:00.000Z",
        "workspaces": None,
    }
    assert isinstance(result, LogsQueryResult)
    assert result.statistics is not None
    assert result.statistics["query"]["datasetStatistics"][0]["tableRowCount"] == 1


def test_what_it_signs_in_for(service: Service) -> None:
    credential = Given(service)
    with LogsQueryClient(
        credential, endpoint=f"{service.endpoint}/v1", connection_verify=service.ca_file
    ) as client:
        client.query_workspace(WORKSPACE, "print 1", timespan=None)
    assert credential.scopes == [f"{service.endpoint}/.default"]
    assert service.settled()[0].json["timespan"] is None


def test_part_of_an_answer(client: LogsQueryClient, service: Service) -> None:
    service.row_cap = 2
    result = client.query_workspace(WORKSPACE, "SecurityAlert | take 3", timespan=None)
    assert isinstance(result, LogsQueryPartialResult)
    assert [len(table.rows) for table in result.partial_data] == [2]
    assert result.partial_error is not None
    assert result.partial_error.code == "PartialError"
    assert "exceed the set limit of 2 records" in str(result.partial_error)


def test_an_error_without_data(client: LogsQueryClient, service: Service) -> None:
    service.faults.add(faults.partial_without_data("A shard did not answer"))
    result = client.query_workspace(WORKSPACE, "print 1", timespan=None)
    assert isinstance(result, LogsQueryPartialResult)
    assert result.partial_data is None
    assert "A shard did not answer" in str(result.partial_error)


def test_kql_that_is_none(client: LogsQueryClient) -> None:
    with pytest.raises(HttpResponseError) as raised:
        client.query_workspace(WORKSPACE, "SecurityAlert | wher x | take 1", timespan=None)
    assert raised.value.status_code == 400
    assert "Query could not be parsed at 'wher' on line [1,16]" in str(raised.value)
    assert "BadArgumentError" in str(raised.value)


@pytest.mark.parametrize("code", [401, 403, 404, 413, 429, 500, 503])
def test_a_refusal(client: LogsQueryClient, service: Service, code: int) -> None:
    service.faults.add(faults.status(code, message="the innermost words"))
    with pytest.raises(HttpResponseError) as raised:
        client.query_workspace(WORKSPACE, "print 1", timespan=None)
    assert raised.value.status_code == code
    assert "the innermost words" in str(raised.value)


@pytest.mark.parametrize("fault", [faults.html(502), faults.html(200), faults.redirect(302, "/x")])
def test_a_page_of_a_proxy_ends_the_sdk_with_an_error_of_json(
    client: LogsQueryClient, service: Service, fault: faults.Fault
) -> None:
    service.faults.add(fault)
    with pytest.raises(json.JSONDecodeError):
        client.query_workspace(WORKSPACE, "print 1", timespan=None, permit_redirects=False)


def test_nobody_there(client: LogsQueryClient, service: Service) -> None:
    service.down()
    with pytest.raises(ServiceRequestError, match="refused"):
        client.query_workspace(WORKSPACE, "print 1", timespan=None)
    service.up()
    assert client.query_workspace(WORKSPACE, "print 1", timespan=None)


def test_nobody_to_trust(client: LogsQueryClient, service: Service) -> None:
    with service.untrusted(), pytest.raises(ServiceRequestError, match="certificate verify failed"):
        client.query_workspace(WORKSPACE, "print 1", timespan=None)


def test_a_body_cut_short(client: LogsQueryClient, service: Service) -> None:
    service.faults.add(faults.cut_body())
    with pytest.raises(HttpResponseError) as raised:
        client.query_workspace(WORKSPACE, "SecurityAlert", timespan=None)
    assert raised.value.status_code is None
