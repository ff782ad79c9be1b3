"""Killed, interrupted, out of disk: what was fetched is kept, and the end is the same."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from iotriage.queries.answers import Answer
from iotriage.queries.evidence.capture_folder import CaptureFolder
from iotriage.queries.evidence.capturing import kept_for
from iotriage.queries.evidence.fetching import Stopped
from iotriage.queries.evidence.verifying import verify
from iotriage.queries.questions import Query
from iotriage.queries.source import Cancellation, SourceError

from .making import (
    WANTED,
    Scripted,
    captured,
    changed,
    expected,
    failed,
    files,
    held,
    made,
    small_slices,
    source_of,
    told,
)

RAW = made()
FOLDER = ".cam.store.capture"

#: A capture that ends in the midst of something; arguments: where, the store.
RUN = """
import os, resource, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from capturing.making import Scripted, captured, made, small_slices, source_of
from iotriage import queries
from iotriage.queries import private_files
from iotriage.queries.evidence import capture_folder, capture_store, capturing

point, store, calls = sys.argv[2], Path(sys.argv[3]), [0]

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def dying_replace(found, number):
    def replace(*words):
        calls[0] += 1
        if calls[0] == number:
            die()
        found(*words)
    return replace

class Patch:
    @staticmethod
    def setattr(place, name, value):
        setattr(place, name, value)

small_slices(Patch)
if point.startswith("replace"):
    # The file is written beside its place, and not there yet; the first is the plan.
    os.replace = dying_replace(os.replace, int(point.split()[1]))
elif point == "store":
    capture_store.put_in_place = die
elif point == "folder":
    capture_folder.CaptureFolder.remove = die
elif point.startswith("limit"):
    size = int(point.split()[1])
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
try:
    captured(Scripted(source_of(made())), store)
except Exception as error:
    print(type(error).__name__, error)
"""


def broken_off(point: str, store: Path) -> subprocess.CompletedProcess[str]:
    tests = str(Path(__file__).parents[1])
    return subprocess.run(
        [sys.executable, "-c", RUN, tests, point, str(store)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    store = tmp_path_factory.mktemp("whole") / "cam.store"
    with pytest.MonkeyPatch.context() as patch:
        small_slices(patch)
        source = Scripted(source_of(RAW))
        return told(captured(source, store)), len(source.asked), held(store)


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    small_slices(monkeypatch)
    return Scripted(source_of(RAW))


@pytest.mark.parametrize(
    ("point", "kept"), [("replace 1", 0), ("replace 2", 0), ("replace 6", 4), ("store", 9)]
)
def test_killed_it_goes_on_where_it_was(
    source: Scripted, store: Path, undisturbed: Any, point: str, kept: int
) -> None:
    assert broken_off(point, store).returncode == -9
    assert not store.exists()
    assert (kept_for(store) is None) == (point == "replace 1")
    slices, asked, rows = undisturbed
    if found := kept_for(store):
        # Others may have ended at the same moment.
        assert kept <= found.slices <= kept + 3
        asked = len(slices) - found.slices
    done = captured(source, store)
    assert (told(done), held(store)) == (slices, rows)
    assert len(source.asked) == asked
    assert verify(store).problems == ()
    assert files(store) == ["cam.store"], "what was left over is gone"


def test_killed_after_the_store_was_there_it_is_whole(
    source: Scripted, store: Path, undisturbed: Any
) -> None:
    assert broken_off("folder", store).returncode == -9
    assert held(store) == undisturbed[2]
    with pytest.raises(SourceError, match="holds this capture whole already"):
        captured(source, store)
    assert (source.asked, files(store)) == ([], ["cam.store"])


@pytest.mark.parametrize("size", [3_000, 200_000])
def test_a_full_disk_leaves_nothing_half_written(
    source: Scripted, store: Path, undisturbed: Any, size: int
) -> None:
    """The first is full at the slices, the second at the store."""
    ran = broken_off(f"limit {size}", store)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith(f"SourceError {store}: cannot be written: ")
    assert ran.stdout.count("\n") == 1
    assert not store.exists()
    left = [path for path in store.parent.rglob("*") if path.is_file()]
    assert {path.suffix for path in left} <= {".slice", ".json"}
    done = captured(source, store)
    assert (told(done), held(store)) == (undisturbed[0], undisturbed[2])


def test_stopped_by_hand(source: Scripted, store: Path, undisturbed: Any) -> None:
    cancellation = Cancellation()

    def stop(query: Query, number: int) -> Answer | None:
        if number == 8:
            cancellation.cancel()
        return None

    source.fail = stop
    with pytest.raises(Stopped):
        captured(source, store, cancellation=cancellation)
    assert files(store) == [FOLDER]
    assert os.stat(store.parent / FOLDER).st_mode & 0o077 == 0
    kept = kept_for(store)
    assert kept is not None
    assert kept.wanted == WANTED
    done = captured(Scripted(source_of(RAW)), store)
    assert (told(done), held(store)) == (undisturbed[0], undisturbed[2])


def test_what_was_halved_is_halved_again(source: Scripted, store: Path, undisturbed: Any) -> None:
    source.row_cap = 15
    whole = told(captured(source, store.with_name("whole")))
    asked = len(source.asked)
    again = Scripted(source_of(RAW), row_cap=15)
    cancellation = Cancellation()

    def stop(query: Query, number: int) -> Answer | None:
        if number == asked - 9:
            cancellation.cancel()
        return None

    again.fail = stop
    with pytest.raises(Stopped):
        captured(again, store, cancellation=cancellation)
    third = Scripted(source_of(RAW), row_cap=15)
    assert told(captured(third, store)) == whole
    assert len(third.asked) < asked / 2


def test_a_slice_that_was_damaged_meanwhile_is_asked_again(
    source: Scripted, store: Path, undisturbed: Any
) -> None:
    assert broken_off("replace 6", store).returncode == -9
    (first, second, *_) = sorted((store.parent / FOLDER).glob("*.slice"))
    first.write_bytes(first.read_bytes()[:-3])
    second.write_bytes(second.read_bytes().replace(b"plant-7", b"plant-9"))
    done = captured(source, store)
    assert (told(done), held(store)) == (undisturbed[0], undisturbed[2])
    assert verify(store).problems == ()


def test_another_capture_does_not_take_over_what_was_kept(source: Scripted, store: Path) -> None:
    assert broken_off("replace 6", store).returncode == -9
    kept = kept_for(store)
    with pytest.raises(SourceError, match="is a capture of cam-1"):
        captured(source, store, changed(hub="plant-8"))
    assert (source.asked, files(store), kept_for(store)) == ([], [FOLDER], kept)


def test_a_folder_that_is_not_ours_is_not_used(source: Scripted, store: Path) -> None:
    folder = CaptureFolder(store).path
    folder.symlink_to(store.parent)
    with pytest.raises(SourceError, match="is there and is not ours"):
        captured(source, store)
    folder.unlink()
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(SourceError, match="is there and is not ours"):
        captured(source, store)
    folder.chmod(0o700)
    (folder / "plan.json").write_text("{broken")
    with pytest.raises(SourceError, match="what was begun cannot be read"):
        captured(source, store)
    assert source.asked == []


def test_two_at_once(source: Scripted, store: Path) -> None:
    held_up, go_on = threading.Event(), threading.Event()

    def wait(query: Query, number: int) -> Answer | None:
        held_up.set()
        assert go_on.wait(30)
        return failed(query)

    source.fail = wait
    ends: list[Exception] = []

    def first() -> None:
        try:
            captured(source, store)
        except SourceError as error:
            ends.append(error)

    thread = threading.Thread(target=first)
    thread.start()
    assert held_up.wait(30)
    with pytest.raises(SourceError, match="another import or capture writes it"):
        captured(Scripted(source_of(RAW)), store)
    go_on.set()
    thread.join()
    assert len(ends) == 1
    captured(Scripted(source_of(RAW)), store)
    assert held(store) == expected(RAW)
