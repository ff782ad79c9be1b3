"""The engine's box: whatever the text, the evidence of the window is all that it can reach."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from files import NOW, alert, asked, event, refused, write_lines
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.window import Window

TODAY = Window(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with evidence in it, and with files beside it that are none of it."""
    folder = tmp_path_factory.mktemp("box")
    (folder / "secret.csv").write_text("a,b\n1,s3cret\n")
    (folder / "secret.json").write_text('{"a": "s3cret"}')
    days = ["2026-03-01T23:59:59.999999Z", "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z"]
    write_lines(folder / "case" / "a.json", *(event(day, day) for day in days), alert("in"))
    return folder


@pytest.fixture(scope="module")
def box(place: Path) -> Iterator[Evidence]:
    evidence = Evidence.open(place / "case", NOW)
    yield evidence
    evidence.close()


FILES = (
    "['{0}/secret.csv'] | take 1",
    '["{0}/secret.csv"] | take 1',
    "['{0}/secret.json'] | take 1",
    "['{0}/*.csv'] | take 1",
    "['{0}/case/a.json'] | take 1",
    "['file://{0}/secret.csv'] | take 1",
    "['/etc/passwd'] | take 1",
    "['/proc/self/environ'] | take 1",
    "union SecurityAlert, ['{0}/secret.csv'] | count",
    "SecurityAlert | join kind=leftouter (['{0}/secret.csv']) on $left.AlertName == $right.a",
    "print x = toscalar(['{0}/secret.csv'] | count)",
    "let t = ['{0}/secret.csv']; t | count",
    "read_csv('{0}/secret.csv')",
    "['read_csv'] ('{0}/secret.csv')",
    "['read_csv(\\'{0}/secret.csv\\')']",
    "['(SELECT * FROM read_csv(\\'{0}/secret.csv\\'))']",
    "print x = read_text('{0}/secret.csv')",
    "print x = ['read_text'] ('{0}/secret.csv')",
    "externaldata(a: string)['{0}/secret.csv']",
    "externaldata(a: string)[@'{0}/secret.csv'] with (format='csv')",
    "print x = getenv('HOME')",
)


@pytest.mark.parametrize("text", FILES)
def test_no_text_reads_a_file(box: Evidence, place: Path, text: str) -> None:
    failure = refused(asked(box, text.replace("{0}", str(place)), TODAY))
    assert "s3cret" not in failure


WRITES = (
    ".set Stolen <| SecurityAlert",
    ".set-or-replace SecurityAlert <| print 1",
    ".create table Stolen (a: string)",
    ".drop table SecurityAlert",
    ".delete table SecurityAlert records <| SecurityAlert",
    ".clear table SecurityAlert data",
    ".ingest inline into table SecurityAlert <| x",
    ".export to csv ('{0}/out.csv') <| SecurityAlert",
    ".execute database script <| .drop table SecurityAlert",
    ".alter table SecurityAlert (a: string)",
    "SecurityAlert; DROP TABLE SecurityAlert",
    "SecurityAlert | count; .drop table SecurityAlert",
    "COPY SecurityAlert TO '{0}/out.csv'",
    "ATTACH '{0}/out.db'",
    "SET enable_external_access = true",
    "INSTALL httpfs",
    "CREATE TABLE x (a INT)",
    "PRAGMA database_list",
    "set memory_limit = '1GB'; print 1",
    "print 1; print 2",
)


@pytest.mark.parametrize("text", WRITES)
def test_no_text_writes_or_changes_anything(box: Evidence, place: Path, text: str) -> None:
    before = sorted(place.rglob("*"))
    refused(asked(box, text.replace("{0}", str(place)), TODAY))
    assert sorted(place.rglob("*")) == before
    assert asked(box, "SecurityAlert | count", TODAY).rows == ((1,),)


@pytest.mark.parametrize(
    "text",
    [
        "['http://127.0.0.1:{0}/x.csv'] | take 1",
        "['https://127.0.0.1:{0}/x.parquet'] | take 1",
        "['s3://127.0.0.1:{0}/x.parquet'] | take 1",
        "externaldata(a: string)['http://127.0.0.1:{0}/x.csv']",
        "evaluate http_request('http://127.0.0.1:{0}/')",
        "evaluate sql_request('Server=127.0.0.1,{0}', 'select 1')",
        "cluster('http://127.0.0.1:{0}').database('x').SecurityAlert",
        "['postgres://127.0.0.1:{0}/x'] | take 1",
    ],
)
def test_no_text_reaches_the_network(box: Evidence, text: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        refused(asked(box, text.replace("{0}", str(listener.getsockname()[1])), TODAY))
        with pytest.raises(BlockingIOError):
            listener.accept()


BEHIND = (
    "database('memory').SecurityIoTRawEvent",
    "database('main').SecurityIoTRawEvent",
    "database('temp').SecurityIoTRawEvent",
    "database('memory.main').SecurityIoTRawEvent",
    "database(\"memory\").['main.SecurityIoTRawEvent']",
    "cluster('memory').database('main').SecurityIoTRawEvent",
    "memory.main.SecurityIoTRawEvent",
    "main.SecurityIoTRawEvent",
    "['memory.main.SecurityIoTRawEvent']",
    '[\'"memory"."main"."SecurityIoTRawEvent"\']',
    "['memory'].['main'].['SecurityIoTRawEvent']",
    "union SecurityIoTRawEvent, database('memory').SecurityIoTRawEvent",
    "let t = database('memory').SecurityIoTRawEvent; t",
    "print 1 | where 1 in (database('memory').SecurityIoTRawEvent | project DeviceId)",
    "print x = toscalar(database('memory').SecurityIoTRawEvent | count)",
    "table('SecurityIoTRawEvent')",
    "query_table('memory.main.SecurityIoTRawEvent')",
    "securityiotrawevent",
    ".show tables",
    "['duckdb_tables']",
    "['duckdb_settings']",
    "['sqlite_master']",
    "['information_schema.tables']",
    "union ['duckdb_settings'], SecurityAlert",
    "batch",
    "search 'cam'",
    "find in (SecurityIoTRawEvent) where DeviceId == 'cam'",
)


@pytest.mark.parametrize("text", BEHIND)
def test_no_text_looks_behind_the_window(box: Evidence, text: str) -> None:
    refused(asked(box, text, TODAY))


@pytest.mark.parametrize(
    "text",
    [
        "SecurityIoTRawEvent | count",
        "union * | where isnotempty(DeviceId) | count",
        "union Security* | where isnotempty(RawEventName) | count",
        "union isfuzzy=true SecurityIoTRawEvent, DefenderIoTRawEvent | count",
        "let t = SecurityIoTRawEvent; t | count",
        "let SecurityAlert = SecurityIoTRawEvent; SecurityAlert | count",
        "SecurityIoTRawEvent | join kind=inner (SecurityIoTRawEvent) on TimeGenerated | count",
        "print x = toscalar(SecurityIoTRawEvent | count)",
        "SecurityIoTRawEvent | where TimeGenerated > datetime(1900-01-01) | count",
    ],
)
def test_every_reading_keeps_to_the_window(box: Evidence, text: str) -> None:
    answer = asked(box, text, TODAY)
    assert answer.failure == ""
    assert answer.rows == ((1,),)


NO_KQL = {
    "nothing": "",
    "blank": "  \n ",
    "a comment": "// SecurityAlert",
    "prose": "show me everything",
    "cut off": "SecurityAlert |",
    "a semicolon": ";",
    "NUL": "\x00",
    "an open quote": "print x = 'aaa",
    "half a surrogate": "print x = '\ud800'",
    "parentheses": "print " + "(" * 3000 + "1" + ")" * 3000,
    "too many terms": "print x = 1" + "+1" * 5000,
    "parameters": "declare query_parameters(x: string = 'a'); print x",
    "a table's name in lines": "['a\nb']",
    "endless": "range x from 1 to 100000000000 step 1 | count",
    "no function": "print x = no_such_function(1)",
    "no column": "SecurityAlert | where Nope == 1",
    "a bad cast": "print x = todecimal('x') / 0 | where nope",
}


@pytest.mark.parametrize("text", NO_KQL.values(), ids=NO_KQL)
def test_what_is_no_query_fails_in_one_line(box: Evidence, text: str) -> None:
    refused(asked(box, text, TODAY))


def test_half_a_surrogate_as_a_value_fails_in_one_line(box: Evidence) -> None:
    assert "surrogate" in refused(asked(box, "print x = device", TODAY, device="\udcff"))
