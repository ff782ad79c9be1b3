"""Whatever is changed in a capture is found from the store alone."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from iotriage.queries.evidence.capture_opening import open_capture
from iotriage.queries.evidence.importing import import_files
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.evidence.tables import TABLES
from iotriage.queries.evidence.verifying import verify
from iotriage.queries.source import SourceError

from .making import NOW, Scripted, captured, made, small_slices, source_of

EVENTS = "SecurityIoTRawEvent"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = tmp_path_factory.mktemp("whole") / "cam.store"
    with pytest.MonkeyPatch.context() as patch:
        small_slices(patch, 60)
        captured(Scripted(source_of(made())), store)
    return store


@pytest.fixture
def store(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(whole, tmp_path / "cam.store"))


def alter(store: Path, *texts: str) -> None:
    with duckdb.connect(str(store)) as connection:
        for text in texts:
            connection.execute(text)


ONE_ROW = f"WHERE rowid = (SELECT min(rowid) FROM {EVENTS})"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (f"UPDATE {EVENTS} SET EventDetails = EventDetails || ' ' {ONE_ROW}", "a row was changed"),
        (f"UPDATE {EVENTS} SET IsEmpty = NOT coalesce(IsEmpty, false) {ONE_ROW}", "was changed"),
        ("UPDATE SecurityAlert SET ConfidenceScore = 0.3 WHERE ConfidenceScore > 0.3", "changed"),
        (f"UPDATE {EVENTS} SET TimeStamp = TimeStamp + INTERVAL 1 MICROSECOND", "was changed"),
        (f"DELETE FROM {EVENTS} {ONE_ROW}", "were captured"),
        (f"INSERT INTO {EVENTS} SELECT * FROM {EVENTS} {ONE_ROW}", "were captured"),
        (f"INSERT INTO {EVENTS} (DeviceId) VALUES ('x')", "1 row in no slice"),
        (f"UPDATE {EVENTS} SET TimeGenerated = TIMESTAMP '2020-01-01' {ONE_ROW}", "in no slice"),
        ("DELETE FROM iotriage_imports", "does not tell of the tables"),
        ("UPDATE iotriage_capture SET manifest = manifest || ' '", "manifest is not the one"),
        ("UPDATE iotriage_capture SET sha256 = upper(sha256)", "manifest is not the one"),
    ],
)
def test_what_is_changed_is_found(store: Path, change: str, problem: str) -> None:
    assert verify(store).problems == ()
    alter(store, change)
    problems = verify(store).problems
    assert any(problem in each for each in problems), problems


def rewritten(store: Path, change: Callable[[dict[str, object]], object]) -> None:
    """The manifest changed by somebody who knows to put its new sum beside it."""
    with duckdb.connect(str(store)) as connection:
        ((text,),) = connection.execute("SELECT manifest FROM iotriage_capture").fetchall()
        content = json.loads(text)
        change(content)
        text = json.dumps(content)
        digest = hashlib.sha256(text.encode()).hexdigest()
        connection.execute("UPDATE iotriage_capture SET manifest = $1, sha256 = $2", [text, digest])


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda m: m["slices"].pop(2), "no slice for"),
        (lambda m: m["slices"].append(m["slices"][1]), "two slices hold"),
        (lambda m: m["slices"][0].update(rows=7), "and 7 were captured"),
        (lambda m: m["slices"][0].update(end="2026-11-21T00:00:00Z"), "reaches out of the window"),
        (lambda m: m["slices"][0].update(state="failed"), "has a SHA-256 though"),
        (lambda m: m["wanted"].update(end="2026-11-21T00:00:00Z"), "no slice for"),
        (lambda m: m["tables"].remove(EVENTS), "does not tell of the tables"),
    ],
)
def test_a_manifest_that_contradicts_its_rows_is_found(
    store: Path, change: Callable[[dict[str, object]], object], problem: str
) -> None:
    before = verify(store).captured.actual_sha256
    rewritten(store, change)
    found = verify(store)
    assert any(problem in each for each in found.problems), found.problems
    assert found.captured.actual_sha256 != before, "two who compare it see it"


def test_the_sums_are_those_of_the_form_that_is_documented(store: Path) -> None:
    """Recomputed without anything of iotriage's, from its words alone."""

    def text(value: object) -> str:
        if isinstance(value, datetime):
            return f'"{value.replace(tzinfo=UTC).isoformat().replace("+00:00", "Z")}"'
        if isinstance(value, float) and value in (float("inf"), float("-inf")):
            return '"Infinity"' if value > 0 else '"-Infinity"'
        if value != value:
            return '"NaN"'
        return json.dumps(value, ensure_ascii=False)

    with duckdb.connect(str(store), read_only=True) as connection:
        ((manifest,),) = connection.execute("SELECT manifest FROM iotriage_capture").fetchall()
        slices = json.loads(manifest)["slices"]
        assert len(slices) > 3
        for one in slices:
            rows = connection.execute(
                f"SELECT {', '.join(TABLES[one['table']])} FROM {one['table']}"
                " WHERE TimeGenerated >= $1 AND TimeGenerated < $2",
                [datetime.fromisoformat(one[at]).replace(tzinfo=None) for at in ("start", "end")],
            ).fetchall()
            lines = sorted(f"[{','.join(map(text, row))}]\n".encode() for row in rows)
            assert hashlib.sha256(b"".join(lines)).hexdigest() == one["sha256"]


def test_a_changed_manifest_is_told_in_every_answer(store: Path) -> None:
    alter(store, "UPDATE iotriage_capture SET manifest = replace(manifest, 'plant-7', 'plant-8')")
    evidence = Evidence.open(store, NOW)
    assert any("the manifest was changed" in notice.text for notice in evidence.notices)
    evidence.close()


@pytest.mark.parametrize(
    "changes",
    [
        ["UPDATE iotriage_capture SET manifest = '{}'"],
        ["UPDATE iotriage_capture SET manifest = repeat('[', 100000)"],
        ["DELETE FROM iotriage_capture"],
        ["INSERT INTO iotriage_capture FROM iotriage_capture"],
        ["UPDATE iotriage_capture SET manifest = NULL"],
        ["UPDATE iotriage_capture SET manifest = replace(manifest, 'SecurityAlert', 'secrets')"],
        ["ALTER TABLE iotriage_capture RENAME manifest TO other"],
        [
            "DROP TABLE iotriage_capture",
            "CREATE VIEW iotriage_capture AS SELECT 'x' AS manifest, 'y' AS sha256",
        ],
    ],
    ids=lambda changes: changes[-1][:50],
)
def test_a_manifest_that_nothing_of_ours_wrote_is_one_clear_line(
    store: Path, changes: list[str]
) -> None:
    alter(store, *changes)
    for read in (verify, lambda path: Evidence.open(path, NOW)):
        with pytest.raises(SourceError, match=r"cam\.store: .+") as raised:
            read(store)
        assert "\n" not in str(raised.value)


def test_what_is_no_capture(tmp_path: Path) -> None:
    row = {"TimeGenerated": "2026-07-14T20:00:00Z", "RawEventName": "a", "EventDetails": "{}"}
    (tmp_path / "raw.json").write_text(json.dumps(row))
    imported = tmp_path / "plant.store"
    import_files([tmp_path / "raw.json"], imported, NOW)
    for path, why in (
        (imported, "is a store of imported files, and no capture"),
        (tmp_path / "raw.json", "is no store"),
        (tmp_path / "none", "there is no such file"),
    ):
        with pytest.raises(SourceError, match=why):
            verify(path)


def test_nothing_is_imported_into_a_capture(store: Path, tmp_path: Path) -> None:
    before = store.read_bytes()
    (tmp_path / "raw.json").write_text("{}")
    with pytest.raises(SourceError, match="is a capture, to which nothing is added"):
        import_files([tmp_path / "raw.json"], store, NOW)
    assert store.read_bytes() == before


def test_what_was_fetched_last_is_known(store: Path) -> None:
    with open_capture(store) as (_, found):
        assert {each.fetched for each in found.manifest.slices} == {NOW}
        assert found.manifest.wanted.window.length == timedelta(hours=12)
