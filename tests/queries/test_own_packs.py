"""Packs of one's own: found by name, extending others, never reaching out of themselves."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from iotriage.queries.packs.loading import BUILT_IN, PackError, load_pack
from iotriage.queries.questions import Pack

ENTRY = """
[questions.{name}]
title = "Mine"
text = "{text}"
keys = ["A"]
tables = []
shown = [{{ column = "A", label = "A" }}]
guidance = []
"""


def pack(folder: Path, extends: str = "exact", **texts: str) -> Path:
    """A pack with a question for each file."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = "".join(ENTRY.format(name=name, text=text) for name, text in texts.items())
    (folder / "pack.toml").write_text(f'title = "T"\nextends = "{extends}"\n{entries}')
    (folder / "mine.kql").write_text("print A = 1\n")
    return folder


def complaint(name: str | Path, packs: Path | None = None) -> str:
    with pytest.raises(PackError) as caught:
        load_pack(str(name), packs)
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


def test_a_pack_goes_by_the_name_of_its_folder(tmp_path: Path) -> None:
    pack(tmp_path / "team", mine="mine.kql")
    found = load_pack("team", tmp_path)
    assert (found.name, found.panes[-1]) == ("team", "mine")
    assert tuple(found.questions) == (*load_pack("exact").questions, "mine")
    assert "no pack 'team': give one of exact, guide, endpoint, or" in complaint("team")
    assert "give one of exact, guide, endpoint, team, or a folder" in complaint("tame", tmp_path)


def test_a_name_comes_before_a_folder_and_a_built_in_pack_before_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pack(tmp_path / "packs" / "team", mine="mine.kql")
    pack(tmp_path / "packs" / "exact", mine="mine.kql")
    pack(tmp_path / "team", other="mine.kql")
    packs = tmp_path / "packs"
    assert "mine" in load_pack("team", packs).questions
    assert "other" in load_pack("./team", packs).questions
    assert "mine" not in load_pack("exact", packs).questions
    assert "give one of exact, guide, endpoint, team, or" in complaint("nix", packs)


@pytest.mark.parametrize("base", BUILT_IN)
def test_what_is_not_written_is_that_of_the_extended_pack(tmp_path: Path, base: str) -> None:
    folder = pack(tmp_path / "team", base, users="mine.kql", mine="mine.kql")
    found, below = load_pack(str(folder)), load_pack(base)
    assert tuple(found.questions) == (*below.questions, "mine")
    assert found.questions["users"].text == "print A = 1\n"
    assert found.questions["users"].events == ""
    for name in set(below.questions) - {"users"}:
        assert found.questions[name] == below.questions[name]


def test_packs_extend_one_another_by_name_or_side_by_side(tmp_path: Path) -> None:
    packs = tmp_path / "packs"
    pack(packs / "team", one="mine.kql")
    pack(packs / "shift", "team", two="mine.kql")
    assert load_pack("shift", packs).panes[-2:] == ("one", "two")
    assert load_pack(str(packs / "shift")).panes[-2:] == ("one", "two")
    pack(tmp_path / "far", "team", three="mine.kql")
    assert load_pack(str(tmp_path / "far"), packs).panes[-2:] == ("one", "three")
    assert ":2: extends 'team': give one of exact, guide" in complaint(tmp_path / "far")


def test_a_circle_is_refused(tmp_path: Path) -> None:
    pack(tmp_path / "a", "b")
    pack(tmp_path / "b", "c")
    pack(tmp_path / "c", "a")
    pack(tmp_path / "self", "self")
    assert "pack.toml:2: extends 'a', which extends this pack" in complaint("a", tmp_path)
    assert "extends 'self', which extends this pack" in complaint("self", tmp_path)
    (tmp_path / "d").symlink_to(tmp_path / "a", target_is_directory=True)
    assert "in a circle" in complaint("d", tmp_path)


@pytest.mark.parametrize(
    "extends", ["../a", "/etc", ".", "..", "a/../b", "nope", "\\u0000", "a\\nb"]
)
def test_only_names_are_extended(tmp_path: Path, extends: str) -> None:
    pack(tmp_path / "a")
    assert "extends" in complaint(pack(tmp_path / "b", extends))


@pytest.mark.parametrize(
    "text",
    [
        *("/etc/passwd", "../other/mine.kql", "../../mine.kql", "..", "sub/../../mine.kql"),
        *("../exact/../../loading.py", "../exact/../guide/alerts.kql", "out.kql", "away/mine.kql"),
        *("../exact", "../nope/alerts.kql", "", ".", "\\u0000", "mine.kql\\u0000", "\\n"),
    ],
)
def test_nothing_is_read_from_outside(tmp_path: Path, text: str) -> None:
    pack(tmp_path / "other")
    folder = pack(tmp_path / "team", mine=text)
    (tmp_path / "mine.kql").write_text("print secret = 1")
    (folder / "out.kql").symlink_to(tmp_path / "mine.kql")
    (folder / "away").symlink_to(tmp_path / "other", target_is_directory=True)
    assert "pack.toml:" in complaint(folder)


def test_files_of_built_in_packs_may_be_used(tmp_path: Path) -> None:
    folder = pack(tmp_path / "team", mine="../exact/processes.kql")
    text = load_pack(str(folder)).questions["mine"].text
    assert text in load_pack("exact").questions["processes"].text


def test_a_link_to_a_whole_pack_is_followed(tmp_path: Path) -> None:
    pack(tmp_path / "checkout" / "ours", mine="mine.kql")
    packs = tmp_path / "packs"
    packs.mkdir()
    (packs / "ours").symlink_to(tmp_path / "checkout" / "ours", target_is_directory=True)
    assert isinstance(load_pack("ours", packs), Pack)


def test_what_is_no_plain_file_or_too_large_is_refused(tmp_path: Path) -> None:
    folder = pack(tmp_path / "team", mine="mine.kql")
    (folder / "mine.kql").write_bytes(b" " * (1 << 20) + b"x")
    assert "mine.kql: is larger than 1 MB" in complaint(folder)
    (folder / "pack.toml").unlink()
    os.mkfifo(folder / "pack.toml")
    assert "pack.toml: is no file" in complaint(folder)


def test_a_folder_of_packs_that_is_none_holds_none(tmp_path: Path) -> None:
    (tmp_path / "packs").write_text("")
    assert "give one of exact, guide, endpoint, or" in complaint("x", tmp_path / "packs")
    for name in (".git", "a b", "\x1b[31m", "-x"):
        pack(tmp_path / "more" / name)
    assert "give one of exact, guide, endpoint, or" in complaint("x", tmp_path / "more")
