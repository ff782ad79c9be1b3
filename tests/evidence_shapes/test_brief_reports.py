"""What a store tells when it is opened is what it would tell if it looked at all it was told."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st
from iotriage.queries.evidence.reports import FileReport, Form, LoadReport
from iotriage.queries.evidence.store import SourceFile, begin_store, put_down, report_of
from iotriage.queries.evidence.telling import notices_of

NOW = datetime(2026, 8, 30, tzinfo=UTC)
#: Words that a store may be taken in by.
TEXT = st.sampled_from(
    ["a", '","bad":0', '"tables":{}', '"form":"security messages"', ',"unnamed":0}', "'\\"]
)
MOSTLY_NOTHING = st.one_of(st.just(0), st.just(0), st.integers(0, 9))
MOSTLY_BLANK = st.one_of(st.just(""), st.just(""), TEXT)
REPORTS = st.builds(
    FileReport,
    path=TEXT.map(Path),
    member=MOSTLY_BLANK,
    form=st.sampled_from([None, *Form]),
    packed=MOSTLY_BLANK,
    tables=st.dictionaries(TEXT, st.integers(0, 9), max_size=2).map(Counter),
    bad=MOSTLY_NOTHING,
    first_bad=MOSTLY_BLANK,
    repaired=MOSTLY_NOTHING,
    foreign=MOSTLY_NOTHING,
    refused=MOSTLY_BLANK,
    stranger=st.booleans(),
    cut=MOSTLY_BLANK,
    partial=MOSTLY_BLANK,
    changed=st.booleans(),
    zone=MOSTLY_BLANK,
    unread_times=MOSTLY_NOTHING,
    deviceless=MOSTLY_NOTHING,
    unnamed=MOSTLY_NOTHING,
)
PLAIN = st.builds(
    FileReport,
    path=TEXT.map(Path),
    form=st.sampled_from([None, *Form]),
    tables=st.dictionaries(TEXT, st.integers(0, 9), max_size=2).map(Counter),
)


def put(files: list[FileReport]) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("ATTACH ':memory:' AS store")
    begin_store(connection, "store")
    told = [SourceFile(str(one.path), f"{n:064}", 1, NOW, one) for n, one in enumerate(files)]
    put_down(connection, "store", told, LoadReport(), NOW)
    return connection


@given(st.lists(st.one_of(PLAIN, REPORTS), max_size=6))
@settings(max_examples=60, deadline=None)
def test_the_same_is_told(files: list[FileReport]) -> None:
    with put(files) as connection:
        whole, brief = report_of(connection), report_of(connection, is_brief=True)
        assert whole.files == files
        assert notices_of(brief) == notices_of(whole)


def test_a_file_with_nothing_to_tell_is_not_looked_at() -> None:
    usual = FileReport(Path("a.json"), form=Form.JSON_LINES, tables=Counter(SecurityAlert=3))
    odd = FileReport(Path("b.json"), form=Form.JSON_LINES, bad=1, first_bad="b.json:1")
    with put([usual, odd, usual]) as connection:
        assert report_of(connection, is_brief=True).files == [odd]
        assert len(report_of(connection).files) == 3
