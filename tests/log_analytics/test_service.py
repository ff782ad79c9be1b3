"""The server answers as Log Analytics does, and tells the tests what it saw."""

from __future__ import annotations

import http.client
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.held import USUAL as TABLES
from iotriage.queries.questions import Query
from iotriage.queries.source import Cancellation
from iotriage.queries.window import Window

from .demo import OTHER, WORKSPACE
from .raw_client import RawClient
from .service import Service

LAST_DAY = Window(datetime(2026, 11, 20, 12, tzinfo=UTC), datetime(2026, 11, 21, 12, tzinfo=UTC))
DAY = "2026-11-20T12:00:00Z/2026-11-21T12:00:00Z"
TABLE_OF_OWN = "datatable(Oldest: datetime, Newest: datetime, Rows: long, Table: string)[]"
PROBE = "union isfuzzy=true {}, ({})".format(
    ", ".join(
        f"({table} | summarize Oldest = min(TimeGenerated), Newest = max(TimeGenerated),"
        f' Rows = count() | extend Table = "{table}")'
        for table in (
            *("SecurityAlert", "DefenderIoTRawEvent", "SecurityIoTRawEvent"),
            "SecurityRecommendation",
        )
    ),
    TABLE_OF_OWN,
)


@pytest.fixture
def client(service: Service) -> Iterator[RawClient]:
    with RawClient(service) as client:
        yield client


def wait_for(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_probe_tells_what_each_table_holds(client: RawClient) -> None:
    rows = {row[3]: row for row in client.ask(PROBE).rows}
    assert set(rows) == set(TABLES)
    assert rows["SecurityAlert"][:3] == ["2026-11-14T08:38:00.42Z", "2026-11-21T11:46:00.63Z", 45]
    there = {row[3] for row in client.ask(PROBE, OTHER).rows}
    assert set(TABLES) - there == {"DefenderIoTRawEvent", "SecurityRecommendation"}


def test_one_connection_serves_many_questions(service: Service, client: RawClient) -> None:
    before = service.connections
    assert [client.ask(f"print {n}").rows for n in range(3)] == [[[0]], [[1]], [[2]]]
    assert service.connections == before + 1
    assert [seen.outcome for seen in service.settled()] == ["answered"] * 3
    assert service.queries[1].query == "print 1"
    assert service.queries[1].ended > service.queries[1].begun


def test_long_answers_are_packed_for_who_takes_it(client: RawClient) -> None:
    plain = client.ask("SecurityAlert | take 5")
    packed = client.ask("SecurityAlert | take 5", Accept_Encoding="gzip, deflate")
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.body) < len(plain.body)
    assert packed.json == plain.json


def test_statistics_come_when_they_are_preferred(client: RawClient) -> None:
    assert "statistics" not in client.ask("SecurityAlert | take 3").json
    answer = client.ask("SecurityAlert | take 3", Prefer="wait=30,include-statistics=true").json
    query = answer["statistics"]["query"]
    assert query["executionTime"] > 0
    assert query["datasetStatistics"][0]["tableRowCount"] == len(answer["tables"][0]["rows"]) == 3


def test_values_are_encoded_by_their_type(client: RawClient) -> None:
    got = client.ask(
        'print s = "ü", t = datetime(2026-11-20T09:00:00.123456Z), d = dynamic({"a": [1]}),'
        " l = long(3), r = 1.5, n = real(nan), b = true, z = long(null), p = 90m"
    )
    (table,) = got.json["tables"]
    kinds = {column["name"]: column["type"] for column in table["columns"]}
    cells = dict(zip(kinds, table["rows"][0], strict=True))
    assert [kinds[name] for name in "stdlrbp"] == [
        *("string", "datetime", "dynamic", "long", "real", "bool", "timespan")
    ]
    assert cells == {
        "s": "ü",
        "t": "2026-11-20T09:00:00.123456Z",
        "d": '{"a": [1]}',
        "l": 3,
        "r": 1.5,
        "n": "NaN",
        "b": True,
        "z": None,
        "p": "01:30:00",
    }


def test_the_window_limits_what_is_read(client: RawClient, demo_evidence: Evidence) -> None:
    answer = demo_evidence.ask(Query("n", {}, "SecurityAlert | count"), LAST_DAY, Cancellation())
    assert client.ask("SecurityAlert | count", timespan=DAY).rows == [list(answer.rows[0])]
    halves = "2026-11-20T12:00:00Z/PT12H", "2026-11-21T00:00:00+00:00/PT43200.0S"
    counts = [client.ask("SecurityAlert | count", timespan=half).rows[0][0] for half in halves]
    assert sum(counts) == answer.rows[0][0]
    assert min(counts) > 0
    bad = client.ask("SecurityAlert | count", timespan="a day")
    assert (bad.status, bad.json["error"]["code"]) == (400, "BadArgumentError")


def test_who_may_ask(service: Service, client: RawClient) -> None:
    def refused(authorization: str) -> tuple[int, str, str]:
        got = client.ask("print 1", Authorization=authorization)
        return got.status, got.json["error"]["code"], got.innermost["code"]

    missing = (401, "AuthenticationFailed", "AuthenticationFailed")
    assert refused("") == refused("Basic abc") == missing
    expired = f"Bearer {service.token(expires_in=-1)}"
    assert refused(expired) == (401, "InvalidTokenError", "TokenExpired")
    service.tokens.audience = "https://elsewhere.example"
    wrong = refused(f"Bearer {client.token}")
    service.tokens.audience = None
    assert wrong == (401, "InvalidTokenError", "InvalidAudience")
    assert client.ask("print 1").status == 200
    service.revoke_all()
    revoked = (401, "InvalidTokenError", "SignatureVerificationFailed")
    assert refused(f"Bearer {client.token}") == revoked
    assert client.ask("print 1", Authorization=f"Bearer {service.token()}").status == 200
    assert any(secret in client.token for secret in service.tokens.secrets)


def test_which_workspace_is_asked(service: Service, client: RawClient) -> None:
    unknown = client.ask("print 1", "00000000-0000-0000-0000-000000000000")
    assert (unknown.status, unknown.json["error"]["code"]) == (404, "PathNotFoundError")
    assert client.ask("print 1", WORKSPACE.upper()).status == 200
    service.workspaces[OTHER].forbidden = True
    closed = client.ask("print 1", OTHER)
    service.workspaces[OTHER].forbidden = False
    assert (closed.status, closed.json["error"]["code"]) == (403, "InsufficientAccessError")
    assert client.get("/v1/elsewhere").status == 404


def test_more_rows_than_the_cap_are_cut_and_told(service: Service, client: RawClient) -> None:
    service.row_cap = 7
    assert "error" not in client.ask("SecurityAlert | take 7").json
    got = client.ask("SecurityAlert | take 8").json
    assert len(got["tables"][0]["rows"]) == 7
    assert got["error"]["code"] == "PartialError"
    assert "limit of 7 records" in got["error"]["details"][0]["innererror"]["message"]


def test_queries_in_flight_are_counted(service: Service) -> None:
    service.delay = 0.3
    clients = [RawClient(service) for _ in range(3)]
    threads = [threading.Thread(target=client.ask, args=("print 1",)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for client in clients:
        client.close()
    assert service.peak == 3
    assert max(s.begun for s in service.settled()) < min(s.ended for s in service.requests)


def test_a_client_that_leaves_is_noticed(service: Service, client: RawClient) -> None:
    service.delay = 30
    client.send("print 1")
    wait_for(lambda: service.queries)
    client.close()
    assert service.settled()[0].outcome == "left by client"


def test_down_ends_every_connection_and_up_is_the_same_place(service: Service) -> None:
    port = service.port
    service.delay = 30
    with RawClient(service) as client:
        client.send("print 1")
        wait_for(lambda: service.queries)
        service.down()
        assert service.queries[0].outcome == "cut by us"
        with pytest.raises((OSError, http.client.HTTPException)):
            client.read()
        client.close()
        with pytest.raises(ConnectionRefusedError):
            client.send("print 1")
        service.reset()
        service.up()
        client.close()
        assert client.ask("print 1").rows == [[1]]
    assert service.port == port


@pytest.mark.parametrize(
    ("mood", "told"),
    [
        ({"trusted": False}, "unable to get local issuer"),
        ({"expired": True}, "expired"),
        ({"names": ("else.example",)}, "not valid for"),
        ({"tls": False}, "WRONG_VERSION_NUMBER|wrong version number|record layer failure"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_server_that_no_client_should_believe(
    mood: dict[str, Any], told: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with Service(tmp_path_factory.mktemp("mood"), **mood) as service:
        assert service.endpoint == f"https://127.0.0.1:{service.port}"
        with RawClient(service) as client, pytest.raises(ssl.SSLError, match=told):
            client.ask("print 1")
        assert service.requests == []


def test_a_certificate_may_change_for_a_while(service: Service) -> None:
    with RawClient(service) as client:
        with service.untrusted(), pytest.raises(ssl.SSLCertVerificationError):
            client.ask("print 1")
        client.close()
        assert client.ask("print 1").status == 200


def test_without_tls_it_speaks_http(tmp_path_factory: pytest.TempPathFactory) -> None:
    with Service(tmp_path_factory.mktemp("plain"), tls=False) as service:
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=5)
        connection.request("POST", f"/v1/workspaces/{WORKSPACE}/query", "{}")
        assert connection.getresponse().status == 401
        connection.close()
