"""Reading spoilt rows: what is good is kept, what is not is counted and said."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from files import ALWAYS, event, line, reading, refusal, write_lines
from held import PACKS
from iotriage.queries.answers import NoticeKind, Status
from iotriage.queries.asking import Scope, ask
from iotriage.queries.evidence.reports import Form

GOOD = event("good")

BAD_LINES = {
    "half a row": b'{"RawEventName": "Login", "TimeGener',
    "no JSON": b"2026-03-02 12:00 something happened",
    "an array": b'[{"RawEventName": "Login"}]',
    "a number": b"42",
    "a string": b'"text"',
    "null": b"null",
    "true": b"true",
    "single quotes": b"{'RawEventName': 'Login'}",
    "bytes": bytes(range(128, 256)),
    "NUL bytes": b"\x00" * 16,
    "100,000 deep, broken off": b'{"EventDetails": ' + b"[" * 100_000,
}


@pytest.mark.parametrize("bad", BAD_LINES.values(), ids=BAD_LINES)
def test_a_bad_line_is_counted_and_the_good_ones_kept(tmp_path: Path, bad: bytes) -> None:
    file = write_lines(tmp_path / "a.json", event("first"), bad, event("second"), bad)
    with reading(file) as source:
        assert source.users() == ["first", "second"]
        assert source.notice(NoticeKind.UNREAD) == f"2 rows could not be read, first at {file}:2"
        answer = source.ask("SecurityIoTRawEvent | count")
        assert answer.rows == ((2,),)
        assert answer.status is Status.PARTIAL
        assert set(source.evidence.notices) <= set(answer.notices)
        (report,) = source.evidence.report.files
        assert (report.form, report.rows, report.bad) == (Form.JSON_LINES, 2, 2)


def test_bad_lines_far_apart_cost_no_good_one(tmp_path: Path) -> None:
    rows: list[Any] = [event(f"user{number:05d}") for number in range(21_000)]
    rows[3] = rows[20_500] = b"oops"
    with reading(write_lines(tmp_path / "a.json", *rows)) as source:
        assert len(source.users()) == 20_998
        assert source.notice(NoticeKind.UNREAD).endswith("a.json:4")


def test_a_file_of_bad_lines_only_is_no_evidence(tmp_path: Path) -> None:
    file = write_lines(tmp_path / "a.json", b"{oops", b"{oops")
    assert f"2 rows could not be read, first at {file}:1" in refusal(file)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: b"\n  \n\r\n\t\n" + text.replace(b"\n", b"\n\n \n"),
        lambda text: text.rstrip(b"\n"),
        lambda text: text + b"\n\n",
        lambda text: b"  " + text,
    ],
    ids=["BOM", "CRLF", "blank lines", "no last newline", "newlines behind", "indented"],
)
def test_blanks_and_marks_around_rows_mean_nothing(tmp_path: Path, spoil: Any) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(spoil(write_lines(file, event("first"), event("second")).read_bytes()))
    with reading(file) as source:
        assert source.users() == ["first", "second"]
        assert source.evidence.notices == ()
        assert source.ask("SecurityIoTRawEvent").status is Status.COMPLETE


HALF = b"\\ud800"


@pytest.mark.parametrize("half", [HALF, b"x\\udfff\\ud83d", b"\xff\xfe", b"\xed\xa0\x80"])
def test_broken_unicode_in_a_line_is_mended_and_said(tmp_path: Path, half: bytes) -> None:
    broken = line(GOOD).replace(b'"agent"', b'"a' + half + b'b"')
    with reading(write_lines(tmp_path / "a.json", broken, event("second"))) as source:
        assert source.users() == ["good", "second"]
        systems = {row[0] for row in source.ask("SecurityIoTRawEvent | project SourceSystem").rows}
        assert len(systems) == 2
        (mended,) = systems - {"agent"}
        assert mended.strip("abx") == "\ufffd" * len(mended.strip("abx")) != ""
        said = source.notice(NoticeKind.REMARK)
        assert said == "1 text held broken Unicode, shown as U+FFFD"
        assert source.ask("SecurityIoTRawEvent").status is Status.COMPLETE


def test_half_a_surrogate_inside_event_details_keeps_the_event(tmp_path: Path) -> None:
    details = '{"UserName": "mal\\ud800lory", "UserId": "1"}'
    with reading(
        write_lines(tmp_path / "a.json", event("x") | {"EventDetails": details})
    ) as source:
        assert source.users() == ["mal\ufffdlory"]
        assert "broken Unicode" in source.notice(NoticeKind.REMARK)


def test_a_whole_surrogate_pair_is_a_character(tmp_path: Path) -> None:
    details = '{"UserName": "\\ud83d\\udca5", "UserId": "1"}'
    with reading(
        write_lines(tmp_path / "a.json", event("x") | {"EventDetails": details})
    ) as source:
        assert source.users() == ["\U0001f4a5"]
        assert source.evidence.notices == ()


@pytest.mark.parametrize("as_text", [True, False], ids=["text", "object"])
@pytest.mark.parametrize("depth", [200, 100_000])
def test_an_event_with_deep_details_is_still_counted(
    tmp_path: Path, depth: int, as_text: bool
) -> None:
    deep = '{"UserName": "deep", "x": ' + "[" * depth + "]" * depth + "}"
    texts = event("x") | {"EventDetails": deep if as_text else "?"}
    row = line(texts) if as_text else line(texts).replace(b'"?"', deep.encode())
    with reading(write_lines(tmp_path / "a.json", row, event("good"))) as source:
        assert source.ask("SecurityIoTRawEvent | count").rows == ((2,),)
        users = source.users()
        assert "good" in users
        assert set(users) <= {"deep", "good"}
        for question in PACKS["exact"].questions.values():
            answer = ask(source.evidence, question, Scope("cam", "plant", ALWAYS))
            assert answer.failure == ""


def test_a_line_of_five_megabytes_is_read_whole(tmp_path: Path) -> None:
    long = event("long") | {"EventDetails": json.dumps({"UserName": "long", "x": "y" * 5_000_000})}
    with reading(write_lines(tmp_path / "a.json", long, event("next"))) as source:
        assert source.users() == ["long", "next"]
        sizes = source.ask("SecurityIoTRawEvent | project s = strlen(EventDetails)").rows
        assert max(sizes)[0] > 5_000_000


def test_a_line_beyond_the_limit_is_one_bad_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iotriage.queries.evidence.texts.MAX_LINE", 2000)
    monkeypatch.setattr("iotriage.queries.evidence.texts._CHUNK", 300)
    for size in (1000, 2000, 2001, 4000, 4301, 9000):
        long = event("long") | {"EventDetails": json.dumps({"UserName": "long", "x": "y" * size})}
        file = write_lines(tmp_path / "a.json", event("first"), long, event("next"))
        with reading(file) as source:
            fits = len(line(long)) < 2000
            assert source.users() == (["first", "long", "next"] if fits else ["first", "next"])
            if not fits:
                assert source.notice(NoticeKind.UNREAD).endswith(f"{file}:2")


def test_odd_numbers_and_repeated_keys_lose_no_row(tmp_path: Path) -> None:
    body = line(GOOD)
    # DuckDB's parser takes more than JSON allows. That loses nothing, so it is left alone.
    rows = (
        body[:-1] + b", }",
        b'{"RawEventName": "LocalUsers", "RawEventName": "Login", ' + body[1:],
        body[:-1] + b', "x": NaN, "y": 1e999, "z": 123456789012345678901234567890}',
        body[:-1] + b', "DeviceId": "d", "Unknown column": {"a": [1]}}',
        body[:-1] + b', "IsEmpty": "perhaps", "TimeStamp": "never", "TenantId": 7}',
    )
    with reading(write_lines(tmp_path / "a.json", *rows)) as source:
        (report,) = source.evidence.report.files
        assert (report.rows, report.bad) == (5, 0)
        assert set(source.users()) == {"good"}


MOMENTS = {
    "2026-03-02T12:00:00Z": "2026-03-02T12:00:00",
    "2026-03-02T12:00:00": "2026-03-02T12:00:00",
    "2026-03-02 12:00:00": "2026-03-02T12:00:00",
    "2026-03-02T12:00:00.1234567Z": "2026-03-02T12:00:00.123456",
    "2026-03-02T14:00:00+02:00": "2026-03-02T12:00:00",
    "2026-03-02T06:30:00-05:30": "2026-03-02T12:00:00",
    "2026-03-02T12:00:00.5+00:00": "2026-03-02T12:00:00.500000",
    "2026-03-02": "2026-03-02T00:00:00",
}


@pytest.mark.parametrize("written", MOMENTS)
def test_a_time_is_read_as_utc_with_its_offset(tmp_path: Path, written: str) -> None:
    with reading(write_lines(tmp_path / "a.json", event("x", written))) as source:
        (row,) = source.ask("SecurityIoTRawEvent | project TimeGenerated").rows
        assert row == (datetime.fromisoformat(MOMENTS[written]).replace(tzinfo=UTC),)


@pytest.mark.parametrize(
    "written",
    [..., None, "", "yesterday", "2026-13-45T99:00:00Z", "infinity", "-infinity", "1e9", 5, [], {},
     "9999-12-31T23:59:59Z", "294247-01-10T04:00:54Z", "12:00", "2026-03-02T12:00:00 Mars"],
)  # fmt: skip
def test_a_row_in_no_window_is_counted_and_said(tmp_path: Path, written: Any) -> None:
    with reading(write_lines(tmp_path / "a.json", event("x", written), event("good"))) as source:
        assert source.users() == ["good"]
        whole = source.evidence.default_window()
        assert whole.start.year == 2026
        unread = [n.text for n in source.evidence.notices if n.kind is NoticeKind.UNREAD]
        assert unread == ["1 row without a readable TimeGenerated: in no window"]
        assert source.ask("SecurityIoTRawEvent").status is Status.PARTIAL


def test_years_that_the_calendar_ends_in_are_still_times(tmp_path: Path) -> None:
    rows = [event(when, f"{when}-01-02T00:00:00Z") for when in ("0001", "1970", "2500", "9998")]
    with reading(write_lines(tmp_path / "a.json", *rows)) as source:
        answer = source.ask("SecurityIoTRawEvent | project TimeGenerated")
        assert [row[0].year for row in answer.rows] == [1970, 2500, 9998]
        assert source.evidence.default_window().end.year == 9998
        assert source.evidence.latest().end.year == 2026


def test_repeated_records_count_once(tmp_path: Path) -> None:
    twice = event("twice")
    rows = (twice, event("once"), twice, {**twice, "TimeGenerated": "2026-03-02T13:00:00+01:00"})
    write_lines(tmp_path / "a" / "a.json", *rows)
    write_lines(tmp_path / "b" / "b.json", twice, event("other"))
    with reading(tmp_path) as source:
        assert source.users() == ["once", "other", "twice"]
        assert source.evidence.report.repeated == 3
        assert source.evidence.notices == ()
