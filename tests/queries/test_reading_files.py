"""Files and folders that are no evidence, or not all of it: said in one line, never a traceback."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from files import alert, event, reading, refusal, write_lines, write_parquet
from iotriage.queries.answers import NoticeKind, Status
from iotriage.queries.evidence.reports import Form
from iotriage.queries.held import OPTIONAL

TABLES = ("SecurityIoTRawEvent", "DefenderIoTRawEvent", "SecurityAlert")


def rest(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A query API answer that holds these rows."""
    names = list(event("any"))
    columns = [{"name": name, "type": "string"} for name in names]
    cells = [[row.get(name) for name in names] for row in rows]
    return {"tables": [{"name": "PrimaryResult", "columns": columns, "rows": cells}], **more}


def write(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


ERROR = {
    "code": "PartialError",
    "message": "There were some errors.",
    "innererror": {"code": "-2133196797", "message": "The results exceed the limit."},
}


def test_a_partial_rest_answer_says_so(tmp_path: Path) -> None:
    file = write(tmp_path / "answer.json", rest(event("one"), event("two"), error=ERROR))
    with reading(file) as source:
        assert source.users() == ["one", "two"]
        said = source.notice(NoticeKind.UNREAD)
        assert said == f"{file} holds a partial answer: PartialError: The results exceed the limit."
        assert source.ask("SecurityIoTRawEvent").status is Status.PARTIAL


@pytest.mark.parametrize(
    "error", ["throttled", ["a"], 429, {"code": 7}, {"innererror": {}}, {"message": None}, {"a": 1}]
)
def test_errors_of_any_shape_are_one_line(tmp_path: Path, error: Any) -> None:
    with reading(write(tmp_path / "answer.json", rest(event("one"), error=error))) as source:
        assert source.users() == ["one"]
        assert len(source.notice(NoticeKind.UNREAD).splitlines()) == 1


def test_a_rest_answer_that_is_only_an_error_is_refused(tmp_path: Path) -> None:
    text = refusal(write(tmp_path / "answer.json", {"error": ERROR}))
    assert "The results exceed the limit." in text


def test_ragged_rest_rows_are_bad_rows(tmp_path: Path) -> None:
    answer = rest(event("one"), event("two"), event("three"), event("four"))
    rows = answer["tables"][0]["rows"]
    rows[1], rows[2] = rows[1][:-1], "text"
    file = write(tmp_path / "answer.json", answer)
    with reading(file) as source:
        assert source.users() == ["four", "one"]
        said = source.notice(NoticeKind.UNREAD)
        assert said == f"2 rows could not be read, first at {file}:row 2"


def test_a_rest_answer_of_several_tables_is_read_whole(tmp_path: Path) -> None:
    one, two = rest(event("one")), rest(event("two"))
    with reading(write(tmp_path / "a.json", {"tables": one["tables"] + two["tables"]})) as source:
        assert source.users() == ["one", "two"]


def test_an_array_of_row_objects_is_read(tmp_path: Path) -> None:
    file = write(tmp_path / "rows.json", [event("one"), alert("brute"), 5, [], None, event("two")])
    with reading(file) as source:
        assert source.users() == ["one", "two"]
        assert source.alerts() == ["brute"]
        assert source.notice(NoticeKind.UNREAD) == (
            f"3 rows could not be read, first at {file}:row 3"
        )
        assert source.evidence.report.files[0].form is Form.ROWS


WHOLE = json.dumps(rest(event("one"))).encode()
NO_EVIDENCE = {
    "empty": b"",
    "blank": b" \n\t ",
    "only a BOM": b"\xef\xbb\xbf",
    "prose": b"Exported on Tuesday.\n",
    "garbage": bytes(range(255, 0, -1)) * 50,
    "packed prose": gzip.compress(b"Exported on Tuesday.\n"),
    "truncated gzip": gzip.compress(WHOLE)[:40],
    "truncated REST": WHOLE[: len(WHOLE) // 2],
    "truncated array": b'[{"a": 1}, {"a"',
    "two arrays": b"[1]\n[2]\n",
    "truncated Parquet": b"PAR1" + b"\x15\x04\x15\x10" * 20,
    "only PAR1": b"PAR1",
    "PAR1 twice": b"PAR1\x00\x00\x00\x00PAR1",
    "deep array": b"[" * 100_000,
    "deep REST": b'{"tables": ' + b"[" * 100_000,
    "REST, tables a text": b'{"tables": "none"}',
    "REST, tables null": b'{"tables": null}',
    "REST, no columns": b'{"tables": [{"rows": []}]}',
    "REST, columns a number": b'{"tables": [{"columns": 5, "rows": []}]}',
    "REST, columns unnamed": b'{"tables": [{"columns": [{}], "rows": []}]}',
    "REST, rows a number": b'{"tables": [{"columns": [{"name": "a"}], "rows": 5}]}',
    "REST, a table null": b'{"tables": [null]}',
    "REST, odd names": b'{"tables": [{"columns": [{"name": ["a"]}], "rows": [[1]]}]}',
    "other rows": b'{"Type": "Heartbeat", "Computer": "x"}\n',
    "an object": b'{"hello": "world"}',
    "an empty object": b"{}",
    "an empty array": b"[]",
    "CSV": b"TimeGenerated,DeviceId\n2026-03-02,cam\n",
}


@pytest.mark.parametrize("content", NO_EVIDENCE.values(), ids=NO_EVIDENCE)
def test_a_file_without_evidence_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    refusal(write(tmp_path / "odd.json", content))


@pytest.mark.parametrize("content", NO_EVIDENCE.values(), ids=NO_EVIDENCE)
def test_beside_evidence_it_costs_nothing(tmp_path: Path, content: bytes) -> None:
    odd = write(tmp_path / "a-odd.json", content)
    write_lines(tmp_path / "b" / "good.json", event("good"), alert("brute"))
    write_lines(tmp_path / "c" / "good.json", event("better"))
    with reading(tmp_path) as source:
        assert source.users() == ["better", "good"]
        assert source.alerts() == ["brute"]
        for each in source.evidence.notices:
            assert len(each.text.splitlines()) == 1
        if content.strip(b" \n\t\xef\xbb\xbf{}[]"):
            said = [n.text for n in source.evidence.notices]
            foreign = "1 row of other tables left aside"
            assert any(str(odd) in text or text == foreign for text in said), said


def test_a_truncated_parquet_file_is_refused_and_the_rest_read(tmp_path: Path) -> None:
    cut = write_parquet(tmp_path / "cut.parquet", *(event(str(number)) for number in range(500)))
    cut.write_bytes(cut.read_bytes()[:-100])
    write_parquet(tmp_path / "whole.parquet", event("one"))
    with reading(tmp_path) as source:
        assert source.users() == ["one"]
        assert source.notice(NoticeKind.UNREAD).startswith(f"{cut} was refused: ")
        assert source.ask("SecurityIoTRawEvent").status is Status.PARTIAL
    refusal(cut)


def test_parquet_times_beyond_the_calendar_are_in_no_window(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    ticks = [253_402_300_800_000_000, -70_000_000_000_000_000, 2**62, 1_772_452_800_000_000]
    for number, zone in enumerate((None, "UTC", "Europe/Kyiv")):
        times = pa.array(ticks, pa.timestamp("us", tz=zone))
        rows = pa.Table.from_pylist([event(str(row), ...) for row in range(len(ticks))])
        pq.write_table(rows.append_column("TimeGenerated", times), tmp_path / f"{number}.parquet")
    with reading(tmp_path) as source:
        assert source.users() == ["3"]
        said = source.notice(NoticeKind.UNREAD)
        assert said == "9 rows without a readable TimeGenerated: in no window"


def test_parquet_with_foreign_columns_and_rows(tmp_path: Path) -> None:
    strange = event("strange") | {"Type": "Heartbeat", "Odd \" column'": "x", "IsEmpty": "perhaps"}
    plain = event("plain") | {"Odd \" column'": "y", "IsEmpty": "true"}
    with reading(write_parquet(tmp_path / "it's.parquet", strange, plain)) as source:
        assert source.users() == ["plain"]
        assert source.notice(NoticeKind.REMARK) == "1 row of other tables left aside"


def test_rows_of_unknown_tables_are_left_aside_and_counted(tmp_path: Path) -> None:
    rows = [event("mine"), event("other") | {"Type": "Syslog"}, {"hello": "world"}, {}]
    with reading(write_lines(tmp_path / "a.json", *rows)) as source:
        assert source.users() == ["mine"]
        assert source.notice(NoticeKind.REMARK) == "3 rows of other tables left aside"
        assert source.ask("SecurityIoTRawEvent").status is Status.COMPLETE


@pytest.mark.parametrize("table", TABLES)
def test_tables_that_are_not_there_are_named(tmp_path: Path, table: str) -> None:
    row = (alert("a") if table == "SecurityAlert" else event("u")) | {"Type": table}
    with reading(write_lines(tmp_path / "a.json", row)) as source:
        assert source.evidence.missing_tables == {*TABLES, *OPTIONAL} - {table}
        # What is missing still answers, with nothing.
        for other in TABLES:
            assert source.ask(f"{other} | count").rows == ((int(other == table),),)


def test_a_row_says_its_table_then_its_columns_then_its_place(tmp_path: Path) -> None:
    def untyped(row: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in row.items() if name != "Type"}

    # An analyst may name a case after a table; what is in the rows knows better.
    case = tmp_path / "SecurityAlert 4711"
    write_lines(case / "am-DefenderIoTRawEvent" / "a.json", untyped(event("new agent")))
    write_lines(case / "am-DefenderIoTRawEvent" / "b.json", event("typed"))
    write_lines(case / "plain.json", untyped(event("by shape")), untyped(alert("shape")))
    write_lines(case / "bare.json", {"TimeGenerated": "2026-03-02T12:00:00Z", "AlertName": "place"})
    write_parquet(case / "plain.parquet", untyped(event("parquet")))
    with reading(case) as source:
        assert source.users() == ["by shape", "parquet", "typed"]
        assert sorted(source.alerts()) == ["place", "shape"]
        text = "DefenderIoTRawEvent | project tostring(parse_json(EventDetails).UserName)"
        assert source.ask(text).rows == (("new agent",),)


def test_an_empty_file_says_that_its_table_is_there_and_a_spoilt_one_does_not(
    tmp_path: Path,
) -> None:
    write_lines(tmp_path / "am-SecurityIoTRawEvent" / "a.json", event("one"))
    write(tmp_path / "am-SecurityAlert" / "empty.json", b"")
    write(tmp_path / "am-DefenderIoTRawEvent" / "spoilt.json", b"{oops")
    with reading(tmp_path) as source:
        assert source.evidence.missing_tables == {"DefenderIoTRawEvent", *OPTIONAL}
    for content in (b"garbage", b"{oops", gzip.compress(WHOLE)[:40]):
        refusal(write(tmp_path / "alone" / "SecurityAlert.json", content))


def test_a_document_is_held_one_row_at_a_time_and_a_row_too_large_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iotriage.queries.evidence.json_stream.MAX_LINE", 4000)
    monkeypatch.setattr("iotriage.queries.evidence.json_stream._CHUNK", 512)
    many = [event(f"user{number:03d}") for number in range(50)]
    file = write(tmp_path / "a.json", rest(*many))
    with reading(file) as source:
        assert len(source.users()) == 50
        assert source.evidence.notices == ()
    many[20] = event("x" * 10_000)
    with reading(write(tmp_path / "a.json", rest(*many))) as source:
        assert source.users() == [f"user{number:03d}" for number in range(20)]
        said = source.notice(NoticeKind.UNREAD)
        assert said.startswith(f"{file} was read in part: a value of more than")
        assert source.ask("SecurityIoTRawEvent").status is Status.PARTIAL
