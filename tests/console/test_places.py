"""The file that says where somebody was: whole, private, and harmless whatever is in it."""

from __future__ import annotations

import json
import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from iotriage.tui.places import LONGEST_FILTER, PanePlace, Place, PlaceError, PlaceKeeper

from .driving import utc

ROW = "a" * 64
PLACE = Place(
    device="cam-1",
    hub="plant",
    start=utc(20, 9),
    end=utc(21, 9),
    pane="processes",
    panes={"processes": PanePlace(filter="tmp", hide_expected=True, row=ROW, index=3)},
)


def keeper_in(folder: Path, case: str = "case", source: str = "DEMO") -> PlaceKeeper:
    keeper = PlaceKeeper(folder / "places")
    keeper.belong_to(folder / case, source)
    return keeper


def kept(folder: Path) -> PlaceKeeper:
    """A keeper with PLACE on disk."""
    keeper = keeper_in(folder)
    keeper.keep(PLACE)
    keeper.close()
    assert keeper.problem == ""
    return keeper


def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    assert keeper_in(tmp_path).read() is None
    keeper = kept(tmp_path)
    assert keeper_in(tmp_path).read() == PLACE
    (file,) = keeper.path.parent.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_each_case_and_source_has_its_own(tmp_path: Path) -> None:
    kept(tmp_path)
    assert keeper_in(tmp_path, case="other").read() is None
    assert keeper_in(tmp_path, source="EVIDENCE /x").read() is None
    (tmp_path / "link").symlink_to(tmp_path / "case")
    assert keeper_in(tmp_path, case="link").read() == PLACE


def test_the_newest_place_is_the_one_that_is_kept(tmp_path: Path) -> None:
    keeper = keeper_in(tmp_path)
    for index in range(50):
        panes = {"users": PanePlace(index=index)}
        keeper.keep(Place(**{**as_dict(PLACE), "panes": panes}))
    keeper.close()
    place = keeper_in(tmp_path).read()
    assert place is not None
    assert place.panes["users"].index == 49


def as_dict(place: Place) -> dict[str, Any]:
    return {name: getattr(place, name) for name in place.__struct_fields__}


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "places").write_text("in the way", "utf-8")
    keeper = keeper_in(tmp_path)
    keeper.keep(PLACE)
    keeper.close()
    assert "where you are cannot be kept (" in keeper.problem
    assert "\n" not in keeper.problem


def changed(keeper: PlaceKeeper, **place: Any) -> bytes:
    whole = json.loads(keeper.path.read_bytes())
    return json.dumps(whole | {"place": whole["place"] | place}).encode()


@pytest.mark.parametrize(
    "place",
    [
        {"start": "2026-11-22T00:00:00Z"},
        {"start": "2026-11-20T09:00:00"},
        {"start": "0001-01-01T00:00:00+23:00"},
        {"end": "9999-12-31T23:59:59-23:00"},
        {"end": "9999-12-31T23:59:59Z"},
        {"device": None},
        {"device": "x" * 3000},
        {"panes": {"users": {"row": "a" * 63}}},
        {"panes": {"users": {"row": f"{ROW}\n"}}},
        {"panes": {"users": {"index": -1}}},
        {"panes": {"users": {"index": 10**30}}},
        {"panes": {"users": {"filter": "x" * (LONGEST_FILTER + 1)}}},
        {"panes": []},
    ],
    ids=str,
)
def test_a_place_that_makes_no_sense_is_ignored_in_one_line(
    place: dict[str, Any], tmp_path: Path
) -> None:
    keeper = kept(tmp_path)
    keeper.path.write_bytes(changed(keeper, **place))
    with pytest.raises(PlaceError) as told:
        keeper.read()
    assert str(told.value).startswith(f"{keeper.path}: where you were cannot be read (")
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"null", b"\xff\xfe", b'{"key": "\x1b]0;x\x07"}', b"[" * 60_000, b" " * 70_000],
    ids=lambda content: repr(content[:12]),
)
def test_a_file_of_anything_is_ignored_in_one_line(content: bytes, tmp_path: Path) -> None:
    keeper = kept(tmp_path)
    keeper.path.write_bytes(content)
    with pytest.raises(PlaceError) as told:
        keeper.read()
    assert str(told.value).isprintable()


def test_a_file_of_another_case_is_not_believed(tmp_path: Path) -> None:
    mine, other = kept(tmp_path), keeper_in(tmp_path, case="other")
    other.path.write_bytes(mine.path.read_bytes())
    with pytest.raises(PlaceError, match="belongs to another case"):
        other.read()


def test_what_is_no_plain_file_is_not_opened(tmp_path: Path) -> None:
    keeper = kept(tmp_path)
    keeper.path.rename(tmp_path / "elsewhere")
    keeper.path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PlaceError):
        keeper.read()
    keeper.path.unlink()
    os.mkfifo(keeper.path)
    with pytest.raises(PlaceError, match="no file of yours"):
        keeper.read()
    keeper.path.unlink()
    keeper.path.mkdir()
    with pytest.raises(PlaceError):
        keeper.read()


def test_a_filter_commands_nothing(tmp_path: Path) -> None:
    keeper = kept(tmp_path)
    panes = {"users": {"filter": "\x1b]0;owned\x07"}, "elsewhere": {}}
    keeper.path.write_bytes(changed(keeper, panes=panes))
    place = keeper.read()
    assert place is not None
    assert list(place.panes) == ["users"]
    assert place.panes["users"].filter.isprintable()


def test_any_zone_is_read_as_utc(tmp_path: Path) -> None:
    keeper = kept(tmp_path)
    keeper.path.write_bytes(changed(keeper, end="2026-11-21T11:00:00+02:00"))
    place = keeper.read()
    assert place is not None
    assert place.end == datetime(2026, 11, 21, 9, tzinfo=UTC)
    assert place.end.tzinfo is UTC
