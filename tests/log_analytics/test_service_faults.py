"""Each fault does to a client what its name says."""

from __future__ import annotations

import http.client
import re
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from . import faults
from .demo import OTHER, WORKSPACE
from .raw_client import Got, RawClient
from .service import Service

ALERTS = "SecurityAlert | project TimeGenerated, AlertName, Number = 7, Share = 0.5 | take 6"
CUT = (http.client.IncompleteRead, ConnectionError, http.client.RemoteDisconnected)


@pytest.fixture
def client(service: Service) -> Iterator[RawClient]:
    with RawClient(service) as client:
        yield client


@pytest.fixture
def plain(service: Service, client: RawClient) -> object:
    """The answer as it is without a fault."""
    got = client.ask(ALERTS)
    assert len(got.rows) == 6
    service.settled().clear()
    return got.json


def cells(got: Got, column: int) -> list[object]:
    return [row[column] for row in got.rows]


def names(got: Got) -> list[str]:
    return [column["name"] for column in got.json["tables"][0]["columns"]]


def widths(got: Got) -> list[int]:
    return [len(row) for row in got.rows]


def raises(*error: type[Exception]) -> Callable[[Got], bool]:
    def check(got: Got) -> bool:
        with pytest.raises(error):
            assert got.json
        return True

    return check


ANSWERS: list[tuple[faults.Fault, int, Callable[[Got], object]]] = [
    (faults.status(400, "X", "why"), 400, lambda got: got.innermost["message"] == "why"),
    (faults.status(429, retry_after=7), 429, lambda got: got.headers["Retry-After"] == "7"),
    (faults.status(503), 503, lambda got: "Retry-After" not in got.headers),
    (faults.html(502, "Blocked"), 502, lambda got: b"<title>Blocked</title>" in got.body),
    (faults.html(200), 200, lambda got: got.headers["Content-Type"] == "text/html"),
    (faults.empty(), 204, lambda got: got.body == b""),
    (faults.empty(200), 200, lambda got: got.headers["Content-Length"] == "0"),
    (faults.redirect(307, "https://x/"), 307, lambda got: got.headers["Location"] == "https://x/"),
    (faults.not_json("hm"), 200, raises(ValueError)),
    (faults.json_array(), 200, lambda got: isinstance(got.json, list)),
    (faults.json_scalar(), 200, lambda got: isinstance(got.json, str)),
    (faults.bad_gzip(), 200, raises(OSError, zlib.error)),
    (faults.bad_utf8(), 200, raises(UnicodeDecodeError)),
    (faults.deep_nesting(), 200, raises(RecursionError)),
    (faults.body(b'{"tables":[]}'), 200, lambda got: got.json == {"tables": []}),
    (faults.wrong_types("Number"), 200, lambda got: len({str(n) for n in cells(got, 2)}) == 6),
    (faults.ragged_rows(), 200, lambda got: widths(got) == [4, 4, 4, 4, 4, 3]),
    (faults.ragged_rows(longer=True), 200, lambda got: widths(got) == [4, 4, 4, 4, 4, 5]),
    (faults.missing_columns(), 200, lambda got: "columns" not in got.json["tables"][0]),
    (faults.missing_rows(), 200, lambda got: "rows" not in got.json["tables"][0]),
    (faults.missing_tables(), 200, lambda got: got.json == {}),
    (faults.no_table(), 200, lambda got: got.json == {"tables": []}),
    (faults.two_tables(), 200, lambda got: len(got.json["tables"]) == 2),
    (
        faults.partial("half"),
        200,
        lambda got: len(got.rows) == 3 and "half" in str(got.json["error"]),
    ),
    (faults.partial_without_data(), 200, lambda got: set(got.json) == {"error"}),
    (faults.nulls_everywhere(), 200, lambda got: got.rows == [[None] * 4] * 6),
    (faults.duplicate_columns(), 200, lambda got: names(got)[0] == names(got)[3]),
    (
        faults.unknown_type(),
        200,
        lambda got: got.json["tables"][0]["columns"][0]["type"] == "quaternion",
    ),
    (faults.lone_surrogate(), 200, lambda got: "\ud83d" in str(cells(got, 1)[0])),
    (faults.bare_nan(), 200, lambda got: b"NaN" in got.body and b"Infinity" in got.body),
    (
        faults.insufficient_claims(),
        401,
        lambda got: 'error="insufficient_claims", claims="' in got.headers["WWW-Authenticate"],
    ),
]


@pytest.mark.parametrize(
    ("fault", "status", "check"), ANSWERS, ids=[fault.name for fault, *_ in ANSWERS]
)
def test_an_answer_that_arrives(
    service: Service,
    client: RawClient,
    plain: object,
    fault: faults.Fault,
    status: int,
    check: Callable[[Got], object],
) -> None:
    service.faults.add(fault)
    got = client.ask(ALERTS)
    assert got.status == status
    assert check(got)
    # Only once, and the connection goes on.
    after = client.ask(ALERTS)
    assert after.json == plain
    assert [seen.fault for seen in service.settled()] == [fault.name, ""]


def test_more_rows_than_the_cap_without_a_word(service: Service, client: RawClient) -> None:
    service.row_cap = 20
    service.faults.add(faults.more_rows_than_announced(extra=5))
    got = client.ask(ALERTS)
    assert (len(got.rows), "error" in got.json) == (25, False)


def test_retry_after_may_be_a_date(service: Service, client: RawClient) -> None:
    moment = datetime(2026, 11, 21, 12, 0, 5, tzinfo=UTC)
    service.faults.add(faults.status(503, retry_after=moment))
    assert parsedate_to_datetime(client.ask(ALERTS).headers["Retry-After"]) == moment


def test_a_clock_an_hour_away(service: Service, client: RawClient) -> None:
    service.faults.add(faults.clock_skew(hours=-1))
    got = client.ask(ALERTS)
    away = datetime.now(UTC) - parsedate_to_datetime(got.headers["Date"])
    assert got.status == 401
    assert timedelta(minutes=59) < away < timedelta(minutes=61)


@pytest.mark.parametrize(
    "fault",
    [
        *(faults.cut_body(), faults.cut_chunked(), faults.drop_before_answer(), faults.reset()),
        faults.malformed_status_line(),
    ],
    ids=lambda fault: fault.name,
)
def test_a_connection_that_ends(
    service: Service, client: RawClient, plain: object, fault: faults.Fault
) -> None:
    service.faults.add(fault)
    with pytest.raises((*CUT, http.client.BadStatusLine)):
        client.ask(ALERTS)
    client.close()
    assert client.ask(ALERTS).json == plain
    assert [seen.outcome for seen in service.settled()] == ["cut by us", "answered"]


def test_a_reset_is_one(service: Service, client: RawClient) -> None:
    service.faults.add(faults.reset())
    with pytest.raises(ConnectionResetError):
        client.ask(ALERTS)


def test_a_header_too_long_for_most(service: Service, client: RawClient) -> None:
    service.faults.add(faults.huge_header())
    with pytest.raises(http.client.LineTooLong):
        client.ask(ALERTS)


def test_a_body_without_end(service: Service, client: RawClient) -> None:
    service.faults.add(faults.endless_body())
    client.send(ALERTS)
    response = client.response()
    start = response.read(3_000_000)
    client.close()
    assert start.startswith(b'{"tables":[{"name":"PrimaryResult"')
    assert len(start) == 3_000_000
    assert service.settled()[0].outcome == "left by client"


def test_no_answer_at_all(service: Service) -> None:
    service.faults.add(faults.never_answer())
    with RawClient(service, timeout=0.2) as client, pytest.raises(TimeoutError):
        client.ask(ALERTS)
    assert service.settled()[0].outcome == "left by client"


def test_slow_and_trickling_answers_are_whole(
    service: Service, client: RawClient, plain: object
) -> None:
    service.faults.add(faults.slow(0.3))
    service.faults.add(faults.trickle(3000))
    for _ in range(2):
        began = time.monotonic()
        assert client.ask(ALERTS).json == plain
        assert time.monotonic() - began >= 0.2
    service.faults.add(faults.slow(30))
    assert client.ask(ALERTS, Prefer="wait=1").status == 504


def test_a_script_is_used_up_in_order_and_only_where_it_fits(
    service: Service, client: RawClient
) -> None:
    def asked(kql: str, workspace: str = WORKSPACE) -> int:
        return client.ask(kql, workspace).status

    service.faults.add(faults.status(500), times=2)
    service.faults.add(faults.status(503), times=None, where=r"print\s+2")
    service.faults.add(faults.status(429), times=None, workspace=OTHER)
    service.faults.add(faults.html(407), path="^/subscriptions$")
    assert [asked("print 1"), asked("print 2"), asked("print 1")] == [500, 500, 200]
    assert [asked("print 2"), asked("print 2"), asked("print 1", OTHER)] == [503, 503, 429]
    listed = [client.get("/subscriptions", **{"api-version": "1"}).status for _ in range(2)]
    assert listed == [407, 200]
    service.faults.clear()
    assert [asked("print 2"), asked("print 1", OTHER)] == [200, 200]


def test_faults_of_the_content_let_errors_through(service: Service, client: RawClient) -> None:
    service.faults.add(faults.ragged_rows())
    assert client.ask("SecurityAlert | wher x").status == 400


def test_every_fault_of_the_command_line_can_be_made() -> None:
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in faults.BY_NAME)
    assert len({make().name for make in faults.BY_NAME.values()}) == len(faults.BY_NAME)
