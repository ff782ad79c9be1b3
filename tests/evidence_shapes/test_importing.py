"""A store holds what the files held: imported twice, killed, two at once, on a full disk."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from iotriage.queries.evidence import importing, source
from iotriage.queries.evidence.engine import connect
from iotriage.queries.evidence.importing import Imported, import_files
from iotriage.queries.evidence.loading import Loader
from iotriage.queries.evidence.made_rows import create_tables
from iotriage.queries.evidence.reports import LoadReport
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.evidence.store import STORE, attach_store, files_of
from iotriage.queries.source import SourceError

from .reading import NOW, cells, expected, opened, said
from .rows import Rows, exported, made

RAW = made()
KILLS = int(os.environ.get("IOTRIAGE_KILLS", "6"))


def written(folder: Path, rows: Rows, name: str = "all.json") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        json.dumps({key: exported(value) for key, value in row.items()})
        for table in rows.values()
        for row in table
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def part(start: int, end: int) -> Rows:
    return {table: rows[start:end] for table, rows in RAW.items()}


def whole(*rows: Rows) -> Rows:
    return {table: [row for each in rows for row in each[table]] for table in RAW}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "plant.store"


@pytest.fixture(autouse=True)
def _folder(store: Path) -> None:
    store.parent.mkdir()


def holds(store: Path) -> Any:
    with opened(store) as evidence:
        return cells(evidence)


def files(store: Path) -> list[str]:
    return sorted(path.name for path in store.parent.iterdir())


def test_a_store_answers_as_the_files_do(tmp_path: Path, store: Path) -> None:
    raw = written(tmp_path / "raw", RAW)
    done = import_files([raw.parent], store, NOW)
    assert done.rows == done.added == {table: len(rows) for table, rows in RAW.items()}
    assert holds(store) == holds(raw) == expected(RAW)
    with opened(store) as one, opened(raw) as other:
        assert (one.extent(), one.latest()) == (other.extent(), other.latest())
        assert one.missing_tables == other.missing_tables
        assert said(one) == said(other)
    assert files(store) == ["plant.store"]
    assert store.stat().st_mode & 0o077 == 0


def test_only_what_is_new_is_added(tmp_path: Path, store: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    written(first, part(0, 9))
    import_files([first], store, NOW)
    before = hashlib.sha256(store.read_bytes()).hexdigest()
    again = import_files([first], store, NOW)
    assert (again.known, sum(again.added.values())) == (1, 0)
    assert hashlib.sha256(store.read_bytes()).hexdigest() == before, "nothing is written"
    # A file that overlaps, and one that was there under another name.
    written(second, part(6, len(RAW["SecurityAlert"])))
    (second / "copy.json").write_bytes((first / "all.json").read_bytes())
    done = import_files([first, second], store, NOW)
    assert (done.known, done.report.repeated) == (2, 3 * len(RAW))
    assert holds(store) == expected(RAW)


def test_a_file_twice_in_one_import_is_read_once(tmp_path: Path, store: Path) -> None:
    written(tmp_path / "raw", RAW, "a.json")
    written(tmp_path / "raw", RAW, "b/a.json")
    done = import_files([tmp_path / "raw", tmp_path / "raw" / "a.json"], store, NOW)
    assert (done.known, done.report.repeated) == (1, 0)
    assert holds(store) == expected(RAW)


def test_it_tells_whence_each_row_came(tmp_path: Path, store: Path) -> None:
    one = written(tmp_path / "raw", part(0, 9), "one.json")
    two = written(tmp_path / "raw", part(9, 17), "two.json")
    with two.open("a", encoding="utf-8") as file:
        file.write("{broken\n")
    import_files([tmp_path / "raw"], store, NOW)
    connection = duckdb.connect()
    attach_store(connection, store)
    told = {Path(file.path): file for file in files_of(connection, STORE)}
    connection.close()
    assert {path: (f.sha256, f.size) for path, f in told.items()} == {
        path: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size)
        for path in (one, two)
    }
    assert [f.at for f in told.values()] == [NOW, NOW]
    assert [told[path].report.rows for path in (one, two)] == [9 * len(RAW), 8 * len(RAW)]
    assert told[two].report.bad == 1
    with opened(store) as evidence:
        assert f"1 row could not be read, first at {two}:{8 * len(RAW) + 1}" in said(evidence)


def test_what_was_not_whole_is_read_again(tmp_path: Path, store: Path) -> None:
    raw = written(tmp_path / "raw", part(0, 9))
    raw.write_text("{broken\n" + raw.read_text("utf-8"), "utf-8")
    for _ in range(2):
        done = import_files([raw], store, NOW)
        assert done.known == 0
        with opened(store) as evidence:
            assert said(evidence)[0] == f"1 row could not be read, first at {raw}:1"
    assert holds(store) == expected(part(0, 9))


def test_a_later_version_of_a_file_adds_its_rows(tmp_path: Path, store: Path) -> None:
    raw = written(tmp_path / "raw", part(0, 9))
    import_files([raw], store, NOW)
    written(tmp_path / "raw", RAW)
    done = import_files([raw], store, NOW + timedelta(hours=1))
    assert done.report.repeated == 9 * len(RAW)
    assert holds(store) == expected(RAW)


@pytest.mark.parametrize("content", ["", "no evidence\n", "{broken\n"])
def test_without_evidence_there_is_no_store(tmp_path: Path, store: Path, content: str) -> None:
    raw = tmp_path / "raw.json"
    raw.write_text(content, "utf-8")
    with pytest.raises(SourceError):
        import_files([raw], store, NOW)
    assert files(store) == []


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path.write_text("notes of mine", "utf-8"),
        lambda path: path.mkdir(),
        lambda path: duckdb.connect(str(path)).close(),
        lambda path: path.write_bytes(b"12345678DUCK and no more"),
    ],
    ids=["text", "folder", "database", "broken"],
)
def test_what_is_no_store_is_left_alone(tmp_path: Path, store: Path, make: Any) -> None:
    make(store)
    before = store.read_bytes() if store.is_file() else None
    with pytest.raises(SourceError, match="store"):
        import_files([written(tmp_path / "raw", RAW)], store, NOW)
    assert (store.read_bytes() if store.is_file() else None) == before
    assert files(store) == ["plant.store"]


def test_a_database_with_a_view_for_a_table_is_not_asked(tmp_path: Path, store: Path) -> None:
    import_files([written(tmp_path / "raw", RAW)], store, NOW)
    secret = tmp_path / "secret.csv"
    secret.write_text("a\nb\n", "utf-8")
    connection = duckdb.connect(str(store))
    connection.execute('DROP TABLE "SecurityAlert"')
    connection.execute(f"CREATE VIEW \"SecurityAlert\" AS SELECT * FROM read_csv('{secret}')")
    connection.close()
    with pytest.raises(SourceError, match="no store of iotriage"):
        Evidence.open(store, NOW)
    with pytest.raises(SourceError, match="no store of iotriage"):
        import_files([tmp_path / "raw"], store, NOW)


# Two at once, killed, stopped, a full disk


def test_two_at_once(tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = written(tmp_path / "raw", RAW)
    held, go_on = threading.Event(), threading.Event()
    gather = importing.gather

    def slowly(*words: Any, **more: Any) -> Any:
        held.set()
        assert go_on.wait(30)
        return gather(*words, **more)

    monkeypatch.setattr(importing, "gather", slowly)
    done: list[Imported] = []
    first = threading.Thread(target=lambda: done.append(import_files([raw], store, NOW)))
    first.start()
    assert held.wait(30)
    with pytest.raises(SourceError, match="another import or capture writes it"):
        import_files([raw], store, NOW)
    go_on.set()
    first.join()
    assert done[0].rows["SecurityAlert"] == len(RAW["SecurityAlert"])
    assert holds(store) == expected(RAW)
    assert files(store) == ["plant.store"]


IMPORT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from iotriage.queries.evidence.importing import import_files
print("ready", flush=True)
import_files([Path(sys.argv[1])], Path(sys.argv[2]), datetime(2026, 8, 30, tzinfo=UTC))
"""


def started(raw: Path, store: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", IMPORT, str(raw), str(store)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


def many(folder: Path, files: int) -> None:
    """Enough rows for an import to be hit in each of its stages."""
    for number in range(files):
        rows: Rows = {
            table: [
                each | {"TenantId": f"{number}-{copy}"} for copy in range(8) for each in of_table
            ]
            for table, of_table in RAW.items()
        }
        written(folder, rows, f"{number}.json")


def test_killed_at_any_moment(tmp_path: Path, store: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    written(old, RAW)
    many(new, 6)
    import_files([old], store, NOW)
    before = holds(store)
    first = store.read_bytes()
    began = time.monotonic()
    assert started(new, store).wait() == 0
    took = time.monotonic() - began
    after = holds(store)
    chance = random.Random(KILLS)
    seen = set()
    for _ in range(KILLS):
        store.write_bytes(first)
        process = started(new, store)
        time.sleep(chance.random() * took)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        found = holds(store)
        assert found in (before, after)
        seen.add(found == after)
        connection = duckdb.connect()
        attach_store(connection, store)
        told = sum(file.report.rows for file in files_of(connection))
        connection.close()
        assert told == sum(counter.total() for counter in found.values()), "it holds what it tells"
    # What was left lying goes with the next import, which is not in its way.
    assert started(new, store).wait() == 0
    assert holds(store) == after
    assert files(store) == ["plant.store"]


@pytest.mark.parametrize(
    ("stage", "there"),
    [
        ("INSERT INTO", False),
        ("CREATE OR REPLACE TEMP TABLE near", False),
        ("ALTER TABLE", False),
        ("CHECKPOINT", False),
        ("INSERT INTO", True),
        ("CREATE TABLE being_written", True),
        ("CHECKPOINT", True),
    ],
)
def test_an_interrupt_is_one_and_leaves_all_as_it_was(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch, stage: str, there: bool
) -> None:
    """DuckDB ends a query at Ctrl+C with an error of its own."""
    written(tmp_path / "raw", RAW)
    if there:
        import_files([written(tmp_path / "old", part(0, 9))], store, NOW)
    before = store.read_bytes() if there else None
    connect = importing.connect

    class Interrupted:
        def __init__(self, *words: Any, **settings: Any) -> None:
            self._connection = connect(*words, **settings)

        def execute(self, sql: str, *values: Any) -> Any:
            if sql.lstrip().startswith(stage):
                raise RuntimeError("Query interrupted")
            return self._connection.execute(sql, *values)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._connection, name)

    monkeypatch.setattr(importing, "connect", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        import_files([tmp_path / "raw"], store, NOW)
    assert files(store) == ([store.name] if there else [])
    assert (store.read_bytes() if there else None) == before


BUSY = """
import os, signal, threading
import duckdb
from iotriage.queries.evidence.engine import stoppable
from iotriage.queries.evidence.interrupting import at_ctrl_c
connection = duckdb.connect()
told = []

def interrupt():
    told.append(True)
    connection.interrupt()

threading.Timer(0.2, os.kill, [os.getpid(), signal.SIGINT]).start()
before = signal.set_wakeup_fd(-1)
try:
    with stoppable(), at_ctrl_c(interrupt):
        connection.execute("SELECT max(a.range + b.range) FROM range(10000000) a, range(1000000) b")
except KeyboardInterrupt:
    print("stopped", told)
print(signal.set_wakeup_fd(-1) == before, "ctrl-c" in [t.name for t in threading.enumerate()])
"""


def test_ctrl_c_is_told_by_a_thread_of_its_own() -> None:
    """While it sorts, DuckDB itself looks for a signal once in a minute."""
    done = subprocess.run([sys.executable, "-c", BUSY], capture_output=True, text=True, check=True)
    assert done.stdout == "stopped [True]\nTrue False\n"


@pytest.mark.parametrize(("room", "there"), [(2**17, True), (2**17, False), (2**14, False)])
def test_a_full_disk(tmp_path: Path, store: Path, room: int, there: bool) -> None:
    if there:
        import_files([written(tmp_path / "old", part(0, 9))], store, NOW)
    before = store.read_bytes() if there else None
    many(tmp_path / "new", 6)
    limit = f"import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))\n"
    full = IMPORT.replace("print(", f"{limit}print(")
    done = subprocess.run(
        [sys.executable, "-c", full, str(tmp_path / "new"), str(store)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: signal.signal(signal.SIGXFSZ, signal.SIG_IGN),
    )
    assert done.returncode != 0
    assert "SourceError" in done.stderr.splitlines()[-1]
    assert str(store) in done.stderr.splitlines()[-1]
    assert "too large" in done.stderr.splitlines()[-1], "what the system said first"
    assert (store.read_bytes() if there else None) == before
    assert files(store) == ["plant.store"] * there


def test_memory_does_not_grow_with_the_input(tmp_path: Path, store: Path) -> None:
    many(tmp_path / "raw", 3)
    peak = []
    for copies in (1, 4):
        for number in range(copies):
            many(tmp_path / f"raw{copies}" / str(number), 8)
        measured = IMPORT + (
            "import resource\nprint(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", measured, str(tmp_path / f"raw{copies}"), str(store)],
            capture_output=True,
            text=True,
            check=True,
        )
        peak.append(int(done.stdout.split()[-1]))
        store.unlink()
    assert peak[1] < peak[0] * 1.5


# Raw files that a store would serve better


def test_large_raw_files_are_offered_an_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = written(tmp_path / "raw", RAW)
    monkeypatch.setattr(source, "_SLOW", raw.stat().st_size - 1)
    with opened(raw) as evidence:
        assert f"iotriage import {raw} -o STORE" in said(evidence)[-1]
    monkeypatch.setattr(source, "_SLOW", raw.stat().st_size)
    with opened(raw) as evidence:
        assert said(evidence) == []


def test_more_than_the_machine_can_hold_is_not_opened(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = written(tmp_path / "raw", RAW)
    monkeypatch.setattr(source, "_memory", lambda: raw.stat().st_size)
    with pytest.raises(SourceError, match=f"iotriage import {raw} -o STORE"):
        Evidence.open(raw, NOW)
    import_files([raw], store, NOW)
    assert holds(store) == expected(RAW)


def test_a_folder_that_holds_the_store_is_imported_without_it(tmp_path: Path, store: Path) -> None:
    written(store.parent, part(0, 9), "first.json")
    import_files([store.parent], store, NOW)
    written(store.parent, part(9, len(RAW["SecurityAlert"])), "second.json")
    (store.parent / f".{store.name}.lost.import").mkdir()
    (store.parent / f".{store.name}.lost.import" / "rows").write_bytes(b"what a kill has left")
    said_before: list[tuple[str, int, int]] = []
    done = import_files([store.parent], store, NOW, lambda *told: said_before.append(told))
    assert (done.known, [file.path.name for file in done.report.files]) == (1, ["second.json"])
    assert done.report.left_out == []
    total = sum(path.stat().st_size for path in store.parent.glob("*.json"))
    assert {told[2] for told in said_before if told[0] == "reading"} == {total}
    assert holds(store) == expected(RAW)
    # A store by another name beside it is one that somebody may have meant.
    other = import_files([store.parent], store.with_name("other.store"), NOW)
    assert [f.path.name for f in other.report.files if f.refused] == [store.name]


def test_every_byte_that_is_read_is_told(tmp_path: Path) -> None:
    lines = written(tmp_path / "a", RAW, "lines.json").read_bytes()
    (tmp_path / "a" / "lines.json.gz").write_bytes(gzip.compress(lines))
    (tmp_path / "a" / "broken.json").write_bytes(b"{broken\n" + lines)
    (tmp_path / "a" / "zip.zip").write_bytes(b"PK\x03\x04 no archive")
    (tmp_path / "a" / "none.json").write_bytes(b"")
    connection = connect()
    create_tables(connection)
    loader = Loader(connection, LoadReport())
    before = 0
    for path in sorted((tmp_path / "a").iterdir()):
        loader.load(path)
        assert loader.bytes_read >= before
        before = loader.bytes_read
    loader.flush()
    assert loader.bytes_read == sum(path.stat().st_size for path in (tmp_path / "a").iterdir())
    connection.close()
