"""Folders of evidence: what is read below them, and what must not be."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from files import NOW, event, reading, refusal, write_lines, write_parquet
from iotriage.queries.evidence.files import files_below
from iotriage.queries.evidence.source import Evidence


def test_an_empty_folder_and_a_missing_path_are_refused(tmp_path: Path) -> None:
    assert "holds no files" in refusal(tmp_path)
    (tmp_path / "below" / "deeper").mkdir(parents=True)
    assert "holds no files" in refusal(tmp_path)
    assert "there is no such file or folder" in refusal(tmp_path / "nowhere")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    secret = write_lines(tmp_path / "secret" / "secret.json", event("secret"))
    case = tmp_path / "case"
    inside = write_lines(case / "in.json", event("inside"))
    (case / "out.json").symlink_to(secret)
    (case / "folder").symlink_to(secret.parent)
    (case / "dangling.json").symlink_to(tmp_path / "nowhere")
    (case / "loop").symlink_to(case)
    (case / "self.json").symlink_to("self.json")
    (case / "again.json").symlink_to(inside)
    with reading(case) as source:
        assert source.users() == ["inside"]
    assert [file.name for file in files_below(case)] == ["again.json", "in.json"]


def test_a_pipe_or_a_socket_in_the_folder_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    write_lines(tmp_path / "in.json", event("inside"))
    found: list[list[str]] = []

    def read() -> None:
        with reading(tmp_path) as source:
            found.append(source.users())

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    # A guard against hanging, not a measure of speed.
    reader.join(30)
    assert found == [["inside"]]


@pytest.mark.parametrize("place", ["/dev/null", "pipe"])
def test_a_device_or_a_pipe_given_itself_is_refused(tmp_path: Path, place: str) -> None:
    path = Path(place) if place.startswith("/") else tmp_path / place
    if not path.exists():
        os.mkfifo(path)
    refusal(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_said(tmp_path: Path) -> None:
    file = write_lines(tmp_path / "a.json", event("one"))
    file.chmod(0)
    assert "ermission denied" in refusal(file)


def test_a_path_with_odd_characters_is_read(tmp_path: Path) -> None:
    folder = tmp_path / 'it\'s [a] "case" * é;--'
    write_lines(folder / "li'nes?.json", event("lines"))
    write_parquet(folder / "ta'ble[1]*.parquet", event("parquet"))
    with reading(folder) as source:
        assert source.users() == ["lines", "parquet"]


def test_progress_hears_every_file(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        write_lines(tmp_path / f"{name}.json", event(name))
    heard: list[tuple[str, int, int]] = []
    Evidence.open(tmp_path, NOW, lambda *said: heard.append(said)).close()
    assert heard == [("a.json", 1, 3), ("b.json", 2, 3), ("c.json", 3, 3)]
