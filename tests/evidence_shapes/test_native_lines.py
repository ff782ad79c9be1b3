"""What DuckDB reads of a file by itself is what it reads of each line that it is given."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from iotriage.queries.evidence.engine import connect
from iotriage.queries.evidence.loading import Loader
from iotriage.queries.evidence.made_rows import create_tables
from iotriage.queries.evidence.native_lines import NativeLines
from iotriage.queries.evidence.reports import LoadReport
from iotriage.queries.evidence.tables import TABLES

FIRST = '{"Type":"SecurityIoTRawEvent","DeviceId":"first","TimeGenerated":"2026-03-01T00:00:00Z"'
TEXTS = st.text(max_size=9) | st.sampled_from(["\x00", "\ud83d\ude00", "None", "1e+20", "a\u2028b"])
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
FLAT = st.none() | st.booleans() | TEXTS | NUMBERS
VALUES = FLAT | st.lists(FLAT, max_size=3) | st.dictionaries(TEXTS, FLAT, max_size=3)
KINDS = st.sampled_from([*TABLES, "securityiotrawevent", "Heartbeat", "None", ""])
COLUMNS = ("DeviceId", "EventDetails", "IsEmpty", "TimeGenerated", "TableName", "Other")
ROWS = st.fixed_dictionaries({}, optional={"Type": KINDS | VALUES} | dict.fromkeys(COLUMNS, VALUES))
LINES = st.builds(json.dumps, ROWS, ensure_ascii=st.booleans()).map(
    lambda text: text.encode("utf-8", "surrogatepass")
)
ODD = (
    b"",
    b"   ",
    b"[1, 2]",
    b'"text"',
    b"null",
    b"{}",
    b'{"Type":"SecurityIoTRawEvent"',
    b'{"Type":"SecurityIoTRawEvent"} {"Type":"SecurityIoTRawEvent"}',
    b'{"Type":"SecurityIoTRawEvent"},',
    b'{"Type":"SecurityIoTRawEvent","DeviceId":"a","DeviceId":"b"}',
    b'{"Type":"SecurityIoTRawEvent","Type":"Heartbeat","DeviceId":"a"}',
    b'{"type":"x","Type":"securityiotrawevent","deviceid":"lower","DeviceId":"a"}',
    b'{"T\\u0079pe":"SecurityIoTRawEvent","DeviceId":"a"}',
    b'{"Type":"SecurityIoTRawEvent","EventDetails":{"n":1.10,"big":123456789012345678901234567890}}',
    b'{"Type":"SecurityIoTRawEvent","EventDetails":"{\\"n\\":NaN}","DeviceId":NaN}',
    b'{"Type":"SecurityIoTRawEvent","DeviceId":"\xff\xfe"}',
    b'{"Type":"SecurityIoTRawEvent","DeviceId":"\\ud800"}',
    b'{"Type":"SecurityAlert","AlertName":"among events","ConfidenceScore":1e20}',
    b'{"Type":"DefenderIoTRawEvent","EventDetails":{"a":[1,"b"]}}',
    b'{"Type":"Heartbeat","DeviceId":"foreign"}',
    b'{"Type":"SecurityIoTRawEvent","TableName":"x"}',
)


def read(path: Path) -> tuple[Any, ...]:
    connection = connect()
    create_tables(connection)
    report = LoadReport()
    loader = Loader(connection, report)
    loader.load(path)
    loader.flush()
    cells = {}
    for table, columns in TABLES.items():
        names = ", ".join(f'"{name}"' for name in columns)
        rows = connection.execute(f'SELECT {names} FROM "{table}"').fetchall()
        cells[table] = sorted(map(repr, rows))
    connection.close()
    (file,) = report.files
    return cells, file.tables, file.bad, file.first_bad, file.foreign, file.repaired, file.refused


def agree(path: Path, lines: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(b"\n".join([FIRST.encode() + b"}", *lines]) + b"\n")
    natively = read(path)
    with monkeypatch.context() as patch:
        patch.setattr(NativeLines, "load", lambda _self, files: list(files))
        assert read(path) == natively


@pytest.mark.parametrize("line", ODD)
def test_an_odd_line_is_read_alike(
    tmp_path: Path, line: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = FIRST.encode() + b',"EventDetails":"{\\"a\\":1}"}'
    agree(tmp_path / "a.json", [line, last], monkeypatch)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(lines=st.lists(LINES, max_size=4))
def test_any_lines_are_read_alike(
    tmp_path: Path, lines: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    agree(tmp_path / "a.json", lines, monkeypatch)
