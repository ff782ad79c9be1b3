"""How fast an archive is asked, beside hand-written SQL, pandas and SQLite, in one run.

    python tests/bench/archive.py [--rows 10000000] [--folder FOLDER]

Makes the exported files of 200 devices, imports them and asks. What FOLDER has already is used
again. Ten million rows take 12 GB of disk and some minutes. Every answer is held against
those of the others before its time counts; times are medians, the compared ones take turns.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from archive_files import HUB, LARGE, Fleet, device, write_files
from archive_others import Pandas, PandasGivenRows, Sqlite
from archive_sql import SQL
from iotriage.queries.asking import Scope, ask
from iotriage.queries.evidence.engine import connect
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.evidence.store import attach_store, quoted
from iotriage.queries.evidence.tables import SORTED_BY, SQL_TYPES, TABLES, definition
from iotriage.queries.packs.loading import load_pack
from iotriage.tui.widgets.devices_panel import DeviceRows

ROUNDS = 9
DEVICES = 200
QUESTIONS = ("alerts", "users", "ports", "logins", "processes")
TOGETHER = (*QUESTIONS, "coverage")
#: Bytes that a row takes as JSON Lines, in the store, and on the disk while it is sorted.
_ROOM = 1_600
PACK = load_pack("exact")
_COLD = """
import sys, time
began = time.perf_counter()
{body}
print(time.perf_counter() - began)
"""
_COLD_OURS = """
from datetime import UTC, datetime
from pathlib import Path
from iotriage.queries.asking import Scope, ask
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.packs.loading import load_pack
evidence = Evidence.open(Path(sys.argv[1]), datetime.now(UTC))
scope = Scope(sys.argv[2], "plant-7", evidence.extent())
answer = ask(evidence, load_pack("exact").questions[sys.argv[3]], scope)
assert answer.rows, answer.failure
"""
_COLD_SQL = """
import duckdb, json
connection = duckdb.connect()
connection.execute("SET TimeZone='UTC'")
connection.execute("ATTACH '" + sys.argv[1] + "' AS store (READ_ONLY)")
assert connection.execute(sys.argv[4], json.loads(sys.argv[5])).fetchall()
"""


class Archive:
    """A store, asked by ours and by hand."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self.evidence = Evidence.open(store, datetime.now(UTC))
        self.window = self.evidence.extent()
        self.connection = connect()
        attach_store(self.connection, store)

    def ours(self, question: str, name: str) -> list[dict[str, Any]]:
        scope = Scope(name, HUB, self.window)
        answer = ask(self.evidence, PACK.questions[question], scope)
        if answer.failure:
            raise AssertionError(answer.failure)
        return [dict(zip(answer.names, row, strict=True)) for row in answer.rows]

    def values(self, sql: str, name: str) -> dict[str, Any]:
        start, end = (m.replace(tzinfo=None) for m in (self.window.start, self.window.end))
        values = {"device": name, "hub": HUB, "start": start, "end": end}
        return {key: value for key, value in values.items() if f"${key}" in sql}

    def by_hand(self, question: str, name: str) -> list[dict[str, Any]]:
        sql = SQL[question]
        with self.connection.cursor() as cursor:
            cursor.execute(sql, self.values(sql, name))
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def close(self) -> None:
        self.connection.close()
        self.evidence.close()


class Bench:
    def __init__(self, folder: Path, fleet: Fleet) -> None:
        self.folder, self.fleet = folder, fleet
        self.files, self.store = folder / "files", folder / "all.store"
        self.failed = 0

    def tell(
        self, what: str, seen: float, limit: float | None = None, form: str = "{:,.2f}"
    ) -> None:
        over = limit is not None and seen > limit
        self.failed += over
        allowed = "" if limit is None else form.format(limit)
        print(
            f"{what:<66} {form.format(seen):>12} {allowed:>10}  {'OVER' if over else ''}",
            flush=True,
        )

    def run(self) -> int:
        self.make()
        print(f"{self.fleet.rows:,} rows of {len(self.fleet.names)} devices")
        print(f"{'':<66} {'seen':>12} {'limit':>10}")
        self.importing()
        archive = Archive(self.store)
        self.warm(archive)
        self.cold(archive)
        self.together(archive)
        self.growth(archive)
        self.others(archive)
        archive.close()
        self.picker()
        return self.failed

    def make(self) -> None:
        done = self.folder / "files.made"
        wanted = f"{self.fleet.devices} {self.fleet.events}"
        if done.exists() and done.read_text() == wanted:
            return
        if shutil.disk_usage(self.folder).free < self.fleet.rows * _ROOM:
            raise SystemExit(f"{self.folder}: needs {self.fleet.rows * _ROOM >> 30} GiB")
        write_files(self.files, self.fleet)
        done.write_text(wanted)

    def importing(self) -> None:
        """Ours and a bare read, sort and write of the same files, one after the other."""
        rates: dict[str, float] = {}
        ours, bare = self.folder / "new.store", self.folder / "bare.duckdb"
        for path in (ours, bare):
            path.unlink(missing_ok=True)
        iotriage = [str(Path(sys.executable).parent / "iotriage"), "import"]
        commands = {
            "bare": [sys.executable, __file__, "--bare", str(self.files), str(bare)],
            "ours": [*iotriage, str(self.files), "-o", str(ours)],
        }
        memory = 0
        for name, command in commands.items():
            began = time.perf_counter()
            with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
                peak = _peak_of(process)
            if process.returncode:
                raise SystemExit(f"{' '.join(command)}: failed")
            rates[name] = self.fleet.rows / (time.perf_counter() - began)
            if name == "ours":
                memory = peak
        self.tell("import, rows a second", rates["ours"], None, "{:,.0f}")
        self.tell(
            "import, seconds for each of a bare read, sort and write (1/0.8)",
            rates["bare"] / rates["ours"],
            1 / 0.8,
        )
        self.tell("import, peak memory, MiB", memory / 2**20, 2048, "{:,.0f}")
        bare.unlink()
        os.replace(ours, self.store)

    def warm(self, archive: Archive) -> None:
        for question in QUESTIONS:
            self.ratio(archive, question, f"{question}, warm, times hand-written SQL", 1.5)

    def ratio(self, archive: Archive, question: str, what: str, limit: float) -> None:
        name = device(0)
        same(archive.ours(question, name), archive.by_hand(question, name))
        ours, hand = taking_turns(
            lambda: archive.ours(question, name), lambda: archive.by_hand(question, name)
        )
        self.tell(f"{what} ({ours * 1e3:.0f} : {hand * 1e3:.0f} ms)", ours / hand, limit)

    def cold(self, archive: Archive) -> None:
        """A process for each question, translations on disk, the files in the system's cache.

        Modules are compiled, as what is installed is, whatever the shell of the bench says.
        """
        compiled = os.environ | {"PYTHONPYCACHEPREFIX": str(self.folder / "compiled")}
        compiled.pop("PYTHONDONTWRITEBYTECODE", None)
        for question in QUESTIONS:
            sql = SQL[question]
            values = {k: str(v) for k, v in archive.values(sql, device(0)).items()}
            words = [str(self.store), device(0), question, sql, json.dumps(values)]

            def process(body: str, words: Sequence[str] = words) -> float:
                command = [sys.executable, "-c", _COLD.format(body=body), *words]
                return _seconds(
                    lambda: subprocess.run(command, check=True, env=compiled, capture_output=True)
                )

            ours, hand = taking_turns(
                lambda p=process: p(_COLD_OURS), lambda p=process: p(_COLD_SQL)
            )
            what = f"{question}, cold, a whole process, times one of hand-written SQL"
            self.tell(f"{what} ({ours * 1e3:.0f} : {hand * 1e3:.0f} ms)", ours / hand, 1.5)
        with tempfile.TemporaryDirectory() as nothing:
            env = compiled | {"XDG_CACHE_HOME": nothing}
            command = [sys.executable, "-c", _COLD.format(body=_COLD_OURS)]
            words = [str(self.store), device(0), "processes"]
            first = _seconds(
                lambda: subprocess.run([*command, *words], check=True, env=env, capture_output=True)
            )
        self.tell(
            "processes, cold, translated for the first time, ms", first * 1e3, None, "{:,.0f}"
        )

    def together(self, archive: Archive) -> None:
        name = device(0)

        def one_by_one() -> None:
            for question in TOGETHER:
                archive.ours(question, name)

        with ThreadPoolExecutor(len(TOGETHER)) as pool:

            def at_once() -> None:
                list(pool.map(lambda question: archive.ours(question, name), TOGETHER))

            both, single = taking_turns(at_once, one_by_one)
        self.tell("all questions at once, times one after another", both / single, 0.65)

    def growth(self, archive: Archive) -> None:
        small = self.folder / "small.store"
        if not small.exists():
            few = [device(number) for number in range(DEVICES // 10)]
            part_of(self.store, small, few)
        tenth = Archive(small)
        for question in QUESTIONS:
            ours, fewer = taking_turns(
                lambda q=question: archive.ours(q, device(0)),
                lambda q=question: tenth.ours(q, device(0)),
            )
            self.tell(f"{question}, ten times the fleet, times as long", ours / fewer, 1.5)
        tenth.close()
        for question in QUESTIONS[1:]:
            many, one = taking_turns(
                lambda q=question: archive.ours(q, LARGE),
                lambda q=question: archive.ours(q, device(0)),
                rounds=5,
            )
            self.tell(f"{question}, ten times the device, times as long", many / one, 11)

    def others(self, archive: Archive) -> None:
        for kind, limit in ((Pandas, 0.1), (PandasGivenRows, None), (Sqlite, 1.0)):
            other = kind.of(archive.store, self.folder, device(0))
            if other is None:
                print(f"{kind.__name__.lower()} is not there: it is not compared")
                continue
            for question in other.questions:
                mine = archive.ours(question, device(0))
                same(mine, other.ask(question), sets=False)
                ours, theirs = taking_turns(
                    lambda q=question: archive.ours(q, device(0)),
                    lambda q=question, o=other: o.ask(q),
                    rounds=other.rounds,
                )
                what = f"{question}, of the time of {other.name}"
                self.tell(
                    f"{what} ({ours * 1e3:.0f} : {theirs * 1e3:.0f} ms)", ours / theirs, limit
                )

    def picker(self) -> None:
        store = self.folder / "wide.store"
        if not store.exists():
            wide = Fleet(10_000, 100)
            write_files(self.folder / "wide", wide)
            command = [str(Path(sys.executable).parent / "iotriage"), "import"]
            words = [str(self.folder / "wide"), "-o", str(store)]
            subprocess.run([*command, *words], check=True, capture_output=True)
        archive = Archive(store)
        self.ratio(archive, "devices", "devices, 10,000 of them, times bare SQL", 2)
        answer = ask(archive.evidence, PACK.questions["devices"], Scope("", HUB, archive.window))
        archive.close()
        keys = ["dev-01234"[:length] for length in range(10)]
        slowest = max(
            statistics.median(
                _seconds(lambda k=k: DeviceRows(answer, k, frozenset())) for _ in range(5)
            )
            for k in keys
        )
        self.tell("filter over 10,000 devices, the slowest key, ms", slowest * 1e3, 16.7)


def same(ours: list[dict[str, Any]], theirs: list[dict[str, Any]], *, sets: bool = True) -> None:
    """Raises AssertionError where two answers differ in a column that both have."""
    columns = theirs[0].keys() & ours[0].keys()
    found = [
        sorted(
            str([_plain(row[c]) for c in sorted(columns) if sets or not _is_set(row[c])])
            for row in answer
        )
        for answer in (ours, theirs)
    ]
    if found[0] != found[1]:
        pair = next((p for p in zip(*found, strict=False) if p[0] != p[1]), map(len, found))
        raise AssertionError("the answers differ:\n" + "\n".join(map(str, pair)))


def _is_set(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if _is_set(value):
        return sorted(map(str, value))
    if isinstance(value, bool):
        return int(value)
    return [] if value is None else value


def taking_turns(
    ours: Callable[[], object], theirs: Callable[[], object], rounds: int = ROUNDS
) -> tuple[float, float]:
    ours()
    theirs()
    pairs = [(_seconds(ours), _seconds(theirs)) for _ in range(rounds)]
    first, second = zip(*pairs, strict=True)
    return statistics.median(first), statistics.median(second)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _peak_of(process: subprocess.Popen[bytes]) -> int:
    """Waits for a process; the most memory that it held, bytes."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss * 1024


def part_of(store: Path, target: Path, names: Sequence[str]) -> None:
    """A store with the rows of some devices only."""
    shutil.copyfile(store, target)
    with duckdb.connect(str(target)) as connection:
        found = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        for table in (each for each in TABLES if (each,) in found):
            column, wanted = "DeviceId", ", ".join(f"'{name}'" for name in names)
            if table == "SecurityAlert":
                column = "CompromisedEntity"
            order = ", ".join(SORTED_BY[table])
            connection.execute(f"CREATE TABLE kept ({definition(table)})")
            connection.execute(
                f'INSERT INTO kept SELECT * FROM "{table}" WHERE {column} IN ({wanted})'
                f" ORDER BY {order}"
            )
            connection.execute(f'DROP TABLE "{table}"')
            connection.execute(f'ALTER TABLE kept RENAME TO "{table}"')


def bare_import(files: Path, target: Path) -> None:
    """What DuckDB needs at least: read, sort and write with the same columns and memory."""
    connection = duckdb.connect(str(target), config={"memory_limit": "1200MiB"})
    connection.execute("SET TimeZone='UTC'")
    for table, columns in TABLES.items():
        if not (files / f"am-{table}").is_dir():
            continue
        kinds = ", ".join(f"{name}: '{SQL_TYPES[kind]}'" for name, kind in columns.items())
        connection.execute(
            f'CREATE TABLE "{table}" AS SELECT * FROM read_json('
            f"{quoted(files / f'am-{table}')} || '/**/*.json', format='newline_delimited',"
            f" columns={{{kinds}}}) ORDER BY {', '.join(SORTED_BY[table])}"
        )
    connection.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--bare", nargs=2, type=Path, help=argparse.SUPPRESS)
    words = parser.parse_args()
    if words.bare:
        bare_import(*words.bare)
        return 0
    fleet = Fleet(DEVICES, words.rows // DEVICES, large=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = words.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        return 1 if Bench(folder, fleet).run() else 0


if __name__ == "__main__":
    sys.exit(main())
