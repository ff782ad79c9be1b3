"""Rows that are sorted as they are read make the store that sorting them afterwards makes."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from iotriage.queries.evidence import gathering, importing, loading, native_lines, texts
from iotriage.queries.evidence.importing import Imported, import_files
from iotriage.queries.evidence.native_lines import NativeLines
from iotriage.queries.evidence.store import STORE, attach_store, quoted
from iotriage.queries.evidence.tables import SORTED_BY, SQL_TYPES, TABLES
from iotriage.queries.source import SourceError

from .reading import NOW, opened


def line(device: str, **more: Any) -> bytes:
    row = {
        "TimeGenerated": "2026-07-14T20:00:00Z",
        "DeviceId": device,
        "RawEventName": "Login",
        "IoTRawEventId": f"id {device}",
        "EventDetails": '{"a": 1}',
        "Type": "SecurityIoTRawEvent",
    }
    return json.dumps(row | more).encode()


ALERT = line("x", Type="SecurityAlert", SystemAlertId="s", Entities='[{"a": "\\ud800"}]')
#: What a file of plain lines may hold, and is taken as it is.
SOUND = {
    "sound": line("a"),
    "later": line("b", TimeGenerated="2026-07-15T20:00:00+02:00"),
    "same id": line("b", IoTRawEventId="id a"),
    "nested": line("c", EventDetails={"n": 1.10}),
    "untimed": line("d", TimeGenerated="soon"),
    "half a pair": line("e", EventDetails='{"a": "\\ud800"}'),
    "no JSON": line("f", EventDetails="{'a'"),
    "other agent": line("g", Type="DefenderIoTRawEvent"),
    "alert": ALERT,
    "sign-in": line("h", Type="DeviceLogonEvents", ReportId=7),
    "foreign": line("i", Type="Syslog"),
}
#: For these the whole file is read line by line.
ODD = {
    "broken": b"{oops",
    "no object": b"[1]",
    "without type": line("j", Type=""),
    "az": line("k", TableName="PrimaryResult", TenantId="None"),
    "wrapped": b'{"records": [' + line("l") + b"]}",
    "too long": line("m", TenantId="x" * (2**21)),
}
LINES = SOUND | ODD


def put(folder: Path, *files: tuple[str, ...], packed: frozenset[int] = frozenset()) -> Path:
    """A file of each tuple of lines."""
    folder.mkdir()
    for number, names in enumerate(files):
        content = b"".join(LINES[name] + b"\n" for name in names)
        content = gzip.compress(content, mtime=0) if number in packed else content
        (folder / f"{number}.json").write_bytes(content)
    return folder


def told(store: Path) -> Any:
    """Every cell of a store in order of its rows, and all that it says of itself."""
    connection = duckdb.connect()
    attach_store(connection, store)
    rows: dict[str, Counter[str]] = {}
    for (table,) in connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = $1", [STORE]
    ).fetchall():
        if table not in TABLES:
            continue
        name = f'{STORE}.main."{table}"'
        columns = dict(
            connection.execute("SELECT name, type FROM pragma_table_info($1)", [name]).fetchall()
        )
        assert columns == {column: SQL_TYPES[kind] for column, kind in TABLES[table].items()}
        found = connection.execute(f"SELECT * FROM {name} ORDER BY rowid").fetchall()
        rows[table] = Counter(map(repr, found))
        keys = ", ".join(SORTED_BY[table])
        order = connection.execute(f"SELECT {keys} FROM {name} ORDER BY rowid").fetchall()
        assert order == sorted(order)
    says = [
        (path, sha256, size, json.loads(report))
        for path, sha256, size, report in connection.execute(
            f"SELECT path, sha256, size, report FROM {STORE}.main.iotriage_files"
        ).fetchall()
    ]
    imports = [
        json.loads(report) | {"tables": sorted(json.loads(report)["tables"])}
        for (report,) in connection.execute(
            f"SELECT report FROM {STORE}.main.iotriage_imports"
        ).fetchall()
    ]
    connection.close()
    return rows, says, imports


def imported(raw: Path, store: Path) -> tuple[Imported, bool]:
    """An import into a new store; whether the rows were left in the order they were read in."""
    ways: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        for way in ("keep", "merge"):
            real = getattr(importing, way)
            patch.setattr(
                importing,
                way,
                lambda *a, way=way, real=real, **k: (ways.append(way), real(*a, **k))[1],
            )
        done = import_files([raw], store, NOW)
    (way,) = ways
    return done, way == "keep"


def sorted_afterwards(raw: Path, store: Path) -> Imported:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(NativeLines, "holds_in_order", lambda *_: False)
        done, kept = imported(raw, store)
    assert not kept
    return done


def agree(raw: Path, folder: Path) -> bool:
    """That both ways make one store; whether the rows were left as they were read."""
    one, other = folder / "one.store", folder / "other.store"
    try:
        done, kept = imported(raw, one)
    except SourceError as error:
        with pytest.raises(SourceError, match="^" + str(error)[:20]):
            sorted_afterwards(raw, other)
        return False
    again = sorted_afterwards(raw, other)
    assert told(one) == told(other)
    assert (done.rows, done.added, done.known) == (again.rows, again.added, again.known)
    assert done.rows == {table: rows.total() for table, rows in told(one)[0].items()}
    return kept


@pytest.mark.parametrize(
    ("files", "packed", "kept"),
    [
        ([("sound", "later", "nested")], (), True),
        ([("sound", "same id"), ("later", "later", "sound")], (), True),
        ([("untimed", "half a pair", "no JSON")], (), True),
        ([("sound", "foreign", "alert", "sign-in", "other agent")], (), True),
        ([("sound", "later"), ("sound", "later")], (), True),
        ([("sound",), ("alert",), ("sign-in",)], (), True),
        # Of one table two files are read at once, and the third only when it is known what it is.
        ([("sound",), ("later", "alert"), ("alert", "sound")], (), False),
        ([("later",), ("sound",)], (1,), False),
        *([[("later",), ("sound", odd)], (), False] for odd in ODD),
    ],
)
def test_both_ways_make_one_store(
    tmp_path: Path, files: list[tuple[str, ...]], packed: tuple[int, ...], kept: bool
) -> None:
    raw = put(tmp_path / "raw", *files, packed=frozenset(packed))
    assert agree(raw, tmp_path) is kept


FILES = st.lists(
    st.lists(st.sampled_from([*SOUND] * 4 + [*ODD][:-1]), max_size=5).map(tuple),
    min_size=1,
    max_size=4,
)


@settings(max_examples=12, deadline=None)
@given(files=FILES, packed=st.frozensets(st.integers(0, 3), max_size=1))
def test_any_files_make_one_store_both_ways(
    tmp_path_factory: pytest.TempPathFactory, files: list[tuple[str, ...]], packed: frozenset[int]
) -> None:
    folder = tmp_path_factory.mktemp("mixed")
    agree(put(folder / "raw", *files, packed=packed), folder)


def test_many_rows_stay_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than DuckDB sorts in one piece, from more files than are else read at once."""
    monkeypatch.setattr(loading, "_PLAIN_FILES", 2)
    devices = [f"{number * 7919 % 60_013:05}" for number in range(60_000)]
    for part in range(3):
        lines = [
            line(device, TimeGenerated=str(NOW - timedelta(seconds=int(device) % 97)))
            for device in devices[part::3] + devices[:500]
        ]
        (tmp_path / "raw").mkdir(exist_ok=True)
        (tmp_path / "raw" / f"{part}.json").write_bytes(b"\n".join(lines))
    done, kept = imported(tmp_path / "raw", tmp_path / "store")
    assert kept
    rows, _, _ = told(tmp_path / "store")
    assert done.report.repeated == 1_500
    assert len(rows["SecurityIoTRawEvent"]) == done.rows["SecurityIoTRawEvent"] == 60_000


def test_a_store_that_is_there_is_sorted_anew(tmp_path: Path) -> None:
    store = tmp_path / "store"
    import_files([put(tmp_path / "a", ("later",))], store, NOW)
    done, kept = imported(put(tmp_path / "b", ("sound",)), store)
    assert not kept
    assert done.rows["SecurityIoTRawEvent"] == 2
    told(store)


def test_of_many_files_only_the_one_that_stops_duckdb_is_read_line_by_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts, "MAX_LINE", 2**16)
    monkeypatch.setattr(native_lines, "_TOGETHER", 3)
    raw = put(tmp_path / "raw", *(("later", "sound") for _ in range(8)))
    for number in range(8):
        (raw / f"{number}.json").write_bytes(line(f"d{number}") + b"\n")
    with (raw / "5.json").open("ab") as file:
        file.write(line("long", TenantId="x" * 2**20) + b"\n" + line("after") + b"\n")
    by_line: list[str] = []
    real = NativeLines.load

    def load(self: NativeLines, files: Any) -> Any:
        odd = real(self, files)
        by_line.extend(each.path.name for each in odd)
        return odd

    monkeypatch.setattr(NativeLines, "load", load)
    assert not agree(raw, tmp_path)
    assert by_line == ["5.json", "5.json"]
    rows, says, _ = told(tmp_path / "one.store")
    assert rows["SecurityIoTRawEvent"].total() == 9
    assert [report["bad"] for *_, report in says] == [0, 0, 0, 0, 0, 1, 0, 0]


@pytest.mark.parametrize(
    ("name", "natively"),
    [
        ("*.json", True),
        ("[a].json", True),
        ("?.json", True),
        ("{a,b}.json", True),
        ("[1]/a.json", True),
        ("\\*.json", False),
        ("\\[a.json", False),
    ],
)
def test_a_name_that_is_a_pattern_names_one_file(tmp_path: Path, name: str, natively: bool) -> None:
    raw = tmp_path / "raw"
    # What each could be taken for as a pattern.
    for other in ("a.json", "b.json", "[a.json", "[x].json", "1/a.json"):
        (raw / other).parent.mkdir(parents=True, exist_ok=True)
        (raw / other).write_bytes(line(f"other {other}") + b"\n")
    (raw / name).parent.mkdir(exist_ok=True)
    (raw / name).write_bytes(line("meant") + b"\n")
    done, kept = imported(raw / name, tmp_path / "store")
    (report,) = done.report.files
    assert (report.path, report.rows, kept) == (raw / name, 1, natively)
    (row,) = told(tmp_path / "store")[0]["SecurityIoTRawEvent"]
    assert "meant" in row
    agree(raw, tmp_path)


def test_a_file_that_changes_after_it_was_hashed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of files of one length the hash is asked first.
    raw = put(tmp_path / "raw", ("sound", "later"), ("later", "sound"))
    real = gathering._sha256

    def sha256(path: Path) -> str:
        found = real(path)
        if path.name == "1.json":
            with path.open("ab") as file:
                file.write(b"\n")
        return found

    monkeypatch.setattr(gathering, "_sha256", sha256)
    done, _ = imported(raw, tmp_path / "store")
    assert [each.path.name for each in done.report.files if each.changed] == ["1.json"]


def test_what_no_file_is_to_blame_for_is_tried_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[Any] = []

    def full(*words: Any) -> Any:
        tried.append(words)
        raise duckdb.IOException('Could not write file "rows": No space left on device')

    monkeypatch.setattr(NativeLines, "_read", full)
    with pytest.raises(SourceError, match="No space left on device"):
        import_files([put(tmp_path / "raw", ("sound",), ("later",))], tmp_path / "store", NOW)
    assert len(tried) == 1
    with pytest.raises(SourceError, match="No space left on device"), opened(tmp_path / "raw"):
        pass


def test_how_far_it_is_is_told(tmp_path: Path) -> None:
    raw = put(tmp_path / "raw", ("sound",))
    said: list[tuple[str, int, int]] = []
    import_files([raw], tmp_path / "store", NOW, lambda *words: said.append(words))
    size = (raw / "0.json").stat().st_size
    assert said[0] == ("reading and sorting", 0, size)
    assert ("reading and sorting", size, size) in said


def test_text_of_json_takes_little_room(tmp_path: Path) -> None:
    """Left to itself DuckDB chooses a form for it that is four times as large."""
    details = [
        json.dumps({"CommandLine": f"/usr/bin/agent --job {n} --peer 10.0.{n % 250}.7", "Id": n})
        for n in range(20_000)
    ]
    raw = tmp_path / "raw.json"
    raw.write_bytes(b"\n".join(line(f"{n}", EventDetails=text) for n, text in enumerate(details)))
    import_files([raw], tmp_path / "store", NOW)
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH {quoted(tmp_path / 'store')} AS store (READ_ONLY)")
        forms = connection.execute(
            "SELECT DISTINCT compression FROM pragma_storage_info('store.SecurityIoTRawEvent')"
            " WHERE column_name = 'EventDetails' AND segment_type = 'VARCHAR'"
        ).fetchall()
    assert forms == [("ZSTD",)]
