"""The case file: its shape, its guards, and every way it can be bad."""

from __future__ import annotations

import os
import random
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from iotriage.tui.casebook.case_file import APPLICATION_ID
from iotriage.tui.casebook.casebook import Casebook, CaseError
from iotriage.tui.casebook.findings import Verdict

from .cases import ROWS, refused, words
from .samples import found


def test_file_and_folders_are_the_analysts_own(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.parent.parent.stat().st_mode) == 0o700
    with Casebook.open(path, "mei") as casebook:
        casebook.undo()
        files = list(path.parent.iterdir())
        assert {file.name for file in files} >= {path.name, f"{path.name}-wal"}
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert list(path.parent.iterdir()) == [path]


def test_it_is_a_wal_file_with_our_name_on_it(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert db.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert db.execute("PRAGMA user_version").fetchone() == (2,)


def test_every_commit_is_synced(path: Path) -> None:
    with Casebook.open(path, "mei") as casebook:
        full = casebook._journal._db.execute("PRAGMA synchronous").fetchone()
    assert full == (2,)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET verdict = 'expected' WHERE seq = 1",
        "DELETE FROM entries WHERE seq = 60",
        "INSERT OR REPLACE INTO entries SELECT * FROM entries WHERE seq = 1",
        "REPLACE INTO entries (seq, at, by, kind, batch, digest) VALUES (1, '', '', 'mark', 1, '')",
    ],
)
def test_nothing_written_can_be_changed(path: Path, statement: str) -> None:
    with (
        closing(sqlite3.connect(path)) as db,
        pytest.raises(sqlite3.IntegrityError, match="only grows"),
    ):
        db.execute(statement)


def test_an_entry_changed_behind_its_back_is_found(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TRIGGER entries_stay")
        db.execute("UPDATE entries SET verdict = 'suspicious' WHERE seq = 7")
        db.commit()
    assert "entry 7 is not as it was written" in refused(path)


def test_an_entry_taken_out_is_found(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TRIGGER entries_are_kept")
        db.execute("DELETE FROM entries WHERE seq = 7")
        db.commit()
    assert "entry 7" in refused(path)


def test_a_cut_file_is_refused_and_left_alone(path: Path) -> None:
    whole = path.read_bytes()
    for size in (0, 1, 99, 100, 511, 4096, len(whole) // 2, len(whole) - 4096, len(whole) - 1):
        path.write_bytes(whole[:size])
        says = refused(path)
        assert "damaged" in says or "cut short" in says


def test_a_flipped_bit_is_refused_or_without_effect(path: Path, tmp_path: Path) -> None:
    whole = path.read_bytes()
    with Casebook.open(path, "kim") as casebook:
        sound = words(casebook)
    chance = random.Random(5)
    places = [*range(100), *(chance.randrange(len(whole)) for _ in range(200))]
    refusals = 0
    for place in places:
        copy = tmp_path / f"flip-{place}"
        bad = bytearray(whole)
        bad[place] ^= 1 << chance.randrange(8)
        copy.write_bytes(bad)
        try:
            with Casebook.open(copy, "kim") as casebook:
                assert words(casebook) == sound, place
        except CaseError:
            assert copy.read_bytes() == bad, place
            refusals += 1
    assert refusals > len(places) // 3


def _text(path: Path) -> None:
    path.write_text("Dear diary, this is no case at all.\n" * 90)


def _other_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE bookmarks (url)")
        db.execute("PRAGMA user_version = 1")


def _newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute("PRAGMA user_version = 7")
        db.execute("CREATE TABLE future (x)")


def _preview(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute("PRAGMA user_version = 1")
        db.execute("CREATE TABLE entries (seq)")


def _no_entries(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute("PRAGMA user_version = 2")
        db.execute("CREATE TABLE something (x)")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (_text, "no case of iotriage"),
        (_other_program, "another program's"),
        (_newer, "newer iotriage wrote it (case format 7"),
        (_preview, "a preview of iotriage wrote it (case format 1)"),
        (_no_entries, "no such table"),
        (Path.touch, "only 0 bytes"),
        (Path.mkdir, "it is no file"),
        (os.mkfifo, "it is no file"),
    ],
)
def test_what_is_no_case_is_refused(
    tmp_path: Path, make: Callable[[Path], object], says: str
) -> None:
    path = tmp_path / "thing"
    make(path)
    assert says in refused(path)


def test_a_new_case_does_not_swallow_an_old_log(path: Path) -> None:
    log = Path(f"{path}-wal")
    path.rename(log)
    assert "its log (-wal) is still there" in refused(path)
    assert log.exists()
    assert not path.exists()


@pytest.mark.parametrize("place", ["file/case", "/proc/nothing/case", "/dev/null/case"])
def test_a_place_where_no_file_can_be_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("in the way")
    assert "choose another place" in refused(tmp_path / place)


def test_a_name_no_file_can_have_is_refused() -> None:
    with pytest.raises(CaseError, match="no file can have this name"):
        Casebook.open(Path("a\0b"), "mei")


def test_a_case_locked_for_too_long_is_refused(path: Path) -> None:
    with (
        Casebook.open(path, "mei", patience=0.05) as casebook,
        closing(sqlite3.connect(path, isolation_level=None)) as db,
    ):
        db.execute("BEGIN IMMEDIATE")
        with pytest.raises(CaseError, match="holds it locked"):
            casebook.mark([(found(ROWS[0]), ROWS[0])], Verdict.SUSPICIOUS)
        refused(path)
        db.execute("ROLLBACK")
        casebook.mark([(found(ROWS[0]), ROWS[0])], Verdict.SUSPICIOUS)
        judgement = casebook.judgement(found(ROWS[0]))
        assert judgement is not None
        assert judgement.verdict is Verdict.SUSPICIOUS


def test_a_case_moved_away_while_open_takes_no_more_marks(path: Path) -> None:
    with Casebook.open(path, "mei") as casebook:
        path.rename(path.with_name("elsewhere"))
        with pytest.raises(CaseError, match="moved or replaced"):
            casebook.mark([(found(ROWS[0]), ROWS[0])], Verdict.SUSPICIOUS)


def test_a_link_to_a_case_is_the_case(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(path)
    with Casebook.open(link, "mei") as casebook:
        assert casebook.path == path
        assert casebook.undo() is not None


def test_a_file_system_without_hard_links_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "case"
    with Casebook.open(path, "mei") as casebook:
        casebook.mark([(found(ROWS[0]), ROWS[0])], Verdict.SUSPICIOUS)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]
    with Casebook.open(path, "mei") as casebook:
        assert casebook.judgement(found(ROWS[0])) is not None


def test_a_reading_that_fails_is_not_half_remembered(path: Path) -> None:
    with Casebook.open(path, "mei") as casebook, closing(sqlite3.connect(path)) as db:
        with Casebook.open(path, "kim") as other:
            other.mark([(found(ROWS[0]), ROWS[0])], Verdict.SUSPICIOUS)
        db.execute(
            "INSERT INTO entries (at, by, kind, batch, digest) VALUES ('', '', 'mark', 9, '')"
        )
        db.commit()
        for _ in range(2):
            with pytest.raises(CaseError, match="entry 62 is not as it was written"):
                casebook.refresh()
        with pytest.raises(CaseError, match="entry 62"):
            casebook.mark([(found(ROWS[0]), ROWS[0])], Verdict.EXPECTED)
