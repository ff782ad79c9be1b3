"""A case on a disk that is full, or that nobody may write to."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from iotriage.tui.casebook.casebook import Casebook, CaseError
from iotriage.tui.casebook.findings import Verdict

from .cases import ROWS, refused, words
from .samples import found, process, ticking

nobody_is_root = pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")


@nobody_is_root
def test_a_read_only_case_is_refused(path: Path) -> None:
    path.chmod(0o400)
    assert "read-only" in refused(path)
    assert list(path.parent.iterdir()) == [path]
    path.chmod(0o600)
    Casebook.open(path, "mei").close()


@nobody_is_root
def test_a_read_only_folder_is_refused(path: Path) -> None:
    path.parent.chmod(0o500)
    refused(path)
    refused(path.parent / "another")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a quarter of a megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if mount is None:
        pytest.skip("no file system can be mounted here")
    command = [mount, "-t", "tmpfs", "-o", "size=256k", "none", str(disk)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("no file system may be mounted here")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_read_only_file_system_is_refused(small_disk: Path) -> None:
    case = small_disk / "case"
    Casebook.open(case, "mei").close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert "read-only" in refused(case)
    refused(small_disk / "another")


def test_a_full_disk_costs_nothing_that_was_acknowledged(small_disk: Path) -> None:
    case = small_disk / "case"
    kept = 0

    def fill(casebook: Casebook) -> None:
        nonlocal kept
        for row in (process(f"/bin/{number}", "x" * 5000) for number in range(1000)):
            casebook.mark([(found(row), row)], Verdict.EXPECTED)
            kept += 1

    with Casebook.open(case, "mei", ticking()) as casebook:
        with pytest.raises(CaseError, match="the disk is full, nothing was written"):
            fill(casebook)
        assert len(casebook.judged("cam-1", "plant-7")) == kept > 10
        assert "the disk is full" in refused(small_disk / "another")
    with Casebook.open(case, "mei") as casebook:
        assert len(casebook.judged("cam-1", "plant-7")) == kept


def test_a_full_file_leaves_the_casebook_as_it_was(path: Path) -> None:
    big = process("/bin/big", "x" * 100_000)
    with Casebook.open(path, "mei") as casebook:
        before = words(casebook)
        casebook._journal._db.execute("PRAGMA max_page_count = 1")
        with pytest.raises(CaseError, match="full"):
            casebook.mark([(found(row), row) for row in (ROWS[0], big)], Verdict.SUSPICIOUS)
        assert words(casebook) == before
        casebook._journal._db.execute("PRAGMA max_page_count = 1000000")
        casebook.mark([(found(big), big)], Verdict.SUSPICIOUS)
        assert casebook.undo() == "suspicious: processes /bin/big"
    with Casebook.open(path, "mei") as casebook:
        assert words(casebook) == before
