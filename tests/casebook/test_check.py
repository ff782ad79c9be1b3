"""A case that is damaged: what is told of it, and what is saved."""

from __future__ import annotations

import os
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from iotriage.tui.casebook.casebook import Casebook, CaseError
from iotriage.tui.casebook.check import CaseHealth, check_case, save_readable
from iotriage.tui.casebook.findings import Verdict

from .cases import ROWS, live_copy, words
from .samples import found, process


def looked_at(path: Path) -> CaseHealth:
    """A look that must leave everything as it was."""

    def files() -> dict[Path, bytes]:
        # SQLite makes an index (-shm) to a log it finds.
        found = (file for file in path.parent.iterdir() if file.is_file())
        return {file: file.read_bytes() for file in found if not file.name.endswith("-shm")}

    before = files()
    health = check_case(path)
    assert files() == before
    assert all("\n" not in line for line in health.lines)
    return health


def test_a_sound_case_is_sound(path: Path) -> None:
    health = looked_at(path)
    assert (health.ok, health.entries, health.readable) == (True, 60, 60)
    assert health.lines[0] == "It is sound: 60 entries."
    assert health.lines[1] == "The last that can be read is of 2026-11-20T12:00:59Z, by mei."
    assert len(health.lines) == 2


def test_an_open_case_can_be_looked_at(path: Path) -> None:
    with Casebook.open(path, "kim") as casebook:
        casebook.mark([(found(ROWS[0]), ROWS[0])], Verdict.SUSPICIOUS)
        assert check_case(path).readable == 61
        casebook.mark([(found(ROWS[1]), ROWS[1])], Verdict.SUSPICIOUS)
    assert check_case(path).readable == 62


def test_what_stands_before_the_break_is_saved(path: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TRIGGER entries_stay")
        db.execute("UPDATE entries SET verdict = 'suspicious' WHERE seq = 41")
        db.commit()
    health = looked_at(path)
    assert (health.ok, health.entries, health.readable) == (False, 60, 40)
    assert any("entry 41 is not as it was written" in line for line in health.lines)
    assert "40 of 60 entries can be saved into a new case." in health.lines
    new = tmp_path / "saved"
    assert save_readable(path, new) == 40
    assert looked_at(new).ok
    with Casebook.open(new, "kim") as casebook:
        assert [word is not None for word in words(casebook)] == [True] * 40 + [False] * 20
        assert casebook.undo() == "expected: processes /bin/tool-39"
        casebook.mark([(found(ROWS[50]), ROWS[50])], Verdict.EXPECTED)


def test_half_of_a_file_gives_back_its_entries(tmp_path: Path) -> None:
    path = tmp_path / "case"
    rows = [process(f"/bin/{number}", "x" * 200) for number in range(600)]
    with Casebook.open(path, "mei") as casebook:
        casebook.mark([(found(row), row) for row in rows], Verdict.EXPECTED)
    os.truncate(path, path.stat().st_size // 2)
    health = looked_at(path)
    assert not health.ok
    assert 200 < health.readable < 400
    assert save_readable(path, tmp_path / "saved") == health.readable


def test_no_flip_of_the_header_costs_an_entry(path: Path, tmp_path: Path) -> None:
    whole = path.read_bytes()
    refused = 0
    # Its kind and version say whose it is, and are not to be put right.
    places = [place for place in range(100) if not 60 <= place < 72]
    for place in places:
        bad = bytearray(whole)
        bad[place] ^= 4
        copy = tmp_path / "bad"
        copy.write_bytes(bad)
        health = check_case(copy)
        assert health.readable == 60, place
        refused += not health.ok
    assert refused > 20


def test_whatever_is_flipped_nothing_false_is_saved(path: Path, tmp_path: Path) -> None:
    whole = path.read_bytes()
    with Casebook.open(path, "kim") as casebook:
        right = words(casebook)
    chance = random.Random(3)
    refused = 0
    for number in range(60):
        bad = bytearray(whole)
        for _ in range(chance.choice((1, 3))):
            bad[chance.randrange(len(bad))] ^= 1 << chance.randrange(8)
        copy, new = tmp_path / f"bad-{number}", tmp_path / f"new-{number}"
        copy.write_bytes(bad)
        health = check_case(copy)
        refused += not health.ok
        if health.readable:
            assert save_readable(copy, new) == health.readable
            with Casebook.open(new, "kim") as casebook:
                assert words(casebook) == right[: health.readable] + [None] * (60 - health.readable)
        assert copy.read_bytes() == bad
    assert refused > 15


def test_a_damaged_log_is_told(path: Path, tmp_path: Path) -> None:
    copy = live_copy(path, tmp_path / "copy", marks=30)
    assert looked_at(copy).readable == 90
    assert any("is sound" in line and "-wal" in line for line in looked_at(copy).lines)
    log = Path(f"{copy}-wal")
    content = bytearray(log.read_bytes())
    content[len(content) // 2] ^= 1
    log.write_bytes(content)
    health = looked_at(copy)
    assert not health.ok
    assert any("log (-wal) is damaged at page" in line for line in health.lines)
    assert 60 <= health.readable < 90


def test_a_log_that_is_missing_is_told(path: Path, tmp_path: Path) -> None:
    copy = live_copy(path, tmp_path / "copy", marks=30)
    Path(f"{copy}-wal").unlink()
    health = looked_at(copy)
    assert (health.ok, health.readable) == (True, 61)
    assert any("no log (-wal) beside it" in line for line in health.lines)


def test_a_newer_or_foreign_file_is_not_called_damaged(path: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 9")
    health = looked_at(path)
    assert (health.ok, health.readable) == (False, 0)
    assert "a newer iotriage wrote it" in health.lines[0]
    text = tmp_path / "text"
    text.write_text("Dear diary\n" * 100)
    assert not looked_at(text).ok
    with pytest.raises(CaseError, match="no entry of it can be read"):
        save_readable(text, tmp_path / "saved")
    assert not (tmp_path / "saved").exists()


@pytest.mark.parametrize("name", ["missing", "folder", "pipe", "a\0b"])
def test_what_is_no_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for look in (check_case, lambda path: save_readable(path, tmp_path / "new")):
        with pytest.raises(CaseError, match="name the file of a case"):
            look(tmp_path / name)


def test_nothing_is_saved_over_something(path: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("mine")
    with pytest.raises(CaseError, match="stays as it is"):
        save_readable(path, there)
    assert there.read_text() == "mine"
    assert save_readable(path, tmp_path / "another") == 60
