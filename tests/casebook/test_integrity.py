"""What vouches for a case: seal, chain, log and locks."""

from __future__ import annotations

import errno
import fcntl
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from iotriage.tui.casebook import integrity, locking
from iotriage.tui.casebook.case_file import connect, examine
from iotriage.tui.casebook.casebook import Casebook, CaseError
from iotriage.tui.casebook.findings import Verdict
from iotriage.tui.casebook.wal import log_of

from .cases import ROWS, live_copy, refused, words
from .samples import found


def is_sealed(path: Path) -> bool:
    return examine(path, 1, to_write=False).sealed


def test_a_closed_case_is_sealed(path: Path) -> None:
    assert is_sealed(path)
    with Casebook.open(path, "kim") as casebook:
        assert is_sealed(path), "opening changes nothing"
        casebook.mark([(found(ROWS[0]), ROWS[0])], Verdict.SUSPICIOUS)
        casebook.refresh()
        assert not is_sealed(path)
    assert is_sealed(path)


def test_a_new_case_is_sealed(tmp_path: Path) -> None:
    Casebook.open(tmp_path / "case", "mei").close()
    assert is_sealed(tmp_path / "case")


def test_a_seal_saves_reading_and_nothing_else_does(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    whole = integrity.read_whole

    def counting(db: sqlite3.Connection, where: Path) -> integrity.Head:
        read.append(where)
        return whole(db, where)

    monkeypatch.setattr(integrity, "read_whole", counting)
    Casebook.open(path, "kim").close()
    assert read == []
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE seal SET sum = zeroblob(32)")
        db.commit()
    with Casebook.open(path, "kim") as casebook:
        assert read == [path]
        assert all(words(casebook))
    assert is_sealed(path)


def test_a_seal_vouches_for_every_byte(path: Path, tmp_path: Path) -> None:
    whole = path.read_bytes()
    with closing(connect(path, "still", 1)) as db:
        (seal,) = db.execute("SELECT sum FROM seal").fetchone()
    at = whole.index(seal)
    chance = random.Random(4)
    copy = tmp_path / "copy"
    for place in [*range(100, 200), *(chance.randrange(100, len(whole)) for _ in range(200))]:
        bad = bytearray(whole)
        bad[place] ^= 1 << chance.randrange(8)
        copy.write_bytes(bad)
        with closing(connect(copy, "still", 1)) as db:
            assert not integrity._is_sealed(db), place
    assert at > 0


def test_a_case_that_changed_while_it_was_open_is_not_sealed(path: Path) -> None:
    with Casebook.open(path, "kim") as casebook, closing(sqlite3.connect(path)) as db:
        casebook.mark([(found(ROWS[0]), ROWS[0])], Verdict.SUSPICIOUS)
        db.execute("DROP TRIGGER entries_stay")
        db.execute("UPDATE entries SET verdict = 'suspicious' WHERE seq = 7")
        db.commit()
    assert "entry 7 is not as it was written" in refused(path)


def test_a_damaged_log_is_refused(path: Path, tmp_path: Path) -> None:
    copy = live_copy(path, tmp_path / "copy", marks=12)
    log = Path(f"{copy}-wal")
    content = log.read_bytes()
    frames = log_of(copy).frames
    assert frames > 11
    assert log_of(copy).damage is None
    chance = random.Random(6)
    # The last page may as well have been torn by the kill, and is not known to be lacking.
    last = len(content) - 2 * (24 + 4096)
    for number, place in enumerate(
        [0, 9, 17, 25, *(chance.randrange(32, last) for _ in range(12))]
    ):
        bad = bytearray(content)
        bad[place] ^= 1 << chance.randrange(8)
        case = tmp_path / f"bad-{number}"
        shutil.copy(copy, case)
        Path(f"{case}-wal").write_bytes(bad)
        assert log_of(case).damage, place
        assert "its log (-wal)" in refused(case)
        assert Path(f"{case}-wal").read_bytes() == bad
    with Casebook.open(copy, "kim") as casebook:
        sound = words(casebook)
    assert [word.verdict for word in sound if word] == ["suspicious"] * 12 + ["expected"] * 48


def test_a_torn_end_of_a_log_is_what_a_kill_leaves(path: Path, tmp_path: Path) -> None:
    copy = live_copy(path, tmp_path / "copy", marks=30)
    log = Path(f"{copy}-wal")
    os.truncate(log, log.stat().st_size - 100)
    assert log_of(copy).damage is None
    with Casebook.open(copy, "kim") as casebook:
        given = [word.verdict for word in words(casebook) if word]
    assert given == ["suspicious"] * 29 + ["expected"] * 31


def test_what_was_settled_needs_no_log(path: Path, tmp_path: Path) -> None:
    with Casebook.open(path, "kim") as casebook:
        for row in ROWS[:5]:
            casebook.mark([(found(row), row)], Verdict.SUSPICIOUS)
            assert not casebook.refresh()
            assert Path(f"{path}-wal").stat().st_size == 0
            shutil.copy(path, tmp_path / "copy")
            with Casebook.open(tmp_path / "copy", "mei") as other:
                assert words(other) == words(casebook)


def test_settling_waits_for_no_reader(path: Path) -> None:
    with (
        Casebook.open(path, "kim") as casebook,
        closing(sqlite3.connect(path, isolation_level=None)) as reader,
    ):
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM entries").fetchone()
        casebook.mark([(found(ROWS[0]), ROWS[0])], Verdict.SUSPICIOUS)
        casebook.refresh()
        assert Path(f"{path}-wal").stat().st_size > 0
        reader.execute("COMMIT")
        casebook.refresh()
        assert Path(f"{path}-wal").stat().st_size == 0


def test_locks_that_are_refused_are_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "fcntl", none)
    says = refused(path)
    assert "could overwrite each other's verdicts there (a lock was refused)" in says
    assert "choose a place on a disk of this host with --case" in says


def test_locks_that_mean_nothing_are_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fcntl, "fcntl", lambda *_: b"")
    assert "a lock was given twice" in refused(path)


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs"])
def test_a_network_file_system_is_told(
    path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    device = path.stat().st_dev
    mounts = tmp_path / "mountinfo"
    number = f"{os.major(device)}:{os.minor(device)}"
    mounts.write_text(
        "22 27 0:0 / /proc rw - proc proc rw\n"
        f"30 27 {number} / /home rw,relatime shared:1 - {kind} server:/home rw\n"
    )
    monkeypatch.setattr(locking, "_MOUNTS", mounts)
    assert f"{kind} is a network file system" in refused(path)


_NO_LOCKS = """
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>
static int call(int fd, int command, void *argument) {
    if (command == F_SETLK || command == F_SETLKW || command == F_GETLK) {
        errno = ENOLCK;
        return -1;
    }
    return syscall(SYS_fcntl, fd, command, argument);
}
#define BODY va_list list; va_start(list, command); void *argument = va_arg(list, void *); \\
    va_end(list); return call(fd, command, argument);
int fcntl(int fd, int command, ...) { BODY }
int fcntl64(int fd, int command, ...) { BODY }
"""


def test_a_file_system_without_the_locks_of_sqlite_is_refused(path: Path, tmp_path: Path) -> None:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no compiler to make a file system without locks of")
    (tmp_path / "none.c").write_text(_NO_LOCKS)
    library = tmp_path / "none.so"
    command = [compiler, "-shared", "-fPIC", "-o", str(library), str(tmp_path / "none.c")]
    subprocess.run(command, check=True)
    before = path.read_bytes()
    script = f"""
from pathlib import Path
from iotriage.tui.casebook.casebook import Casebook, CaseError
try:
    Casebook.open(Path({str(path)!r}), "mei", patience=0.1)
except CaseError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"LD_PRELOAD": str(library)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "two consoles could overwrite each other's verdicts there" in done.stdout, done.stdout
    assert done.stdout.count("\n") == 1
    assert path.read_bytes() == before


def test_a_damaged_file_is_refused_before_anything_is_added(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    at = whole.rindex(b"/bin/tool-30")
    whole[at] ^= 1
    path.write_bytes(whole)
    with pytest.raises(CaseError):
        Casebook.open(path, "kim")
    assert path.read_bytes() == whole
