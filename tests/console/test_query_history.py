"""The history of the prompt: private, bounded, and never trusted."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from iotriage.tui.query_history import HistoryError, QueryHistory

from .driving import unclean


def test_texts_come_back_in_order_each_once(tmp_path: Path) -> None:
    history = QueryHistory(tmp_path / "state" / "queries.json")
    assert history.texts() == []
    for text in ("a", "b\nc", "a"):
        history.add(text)
    assert QueryHistory(history.path).texts() == ["b\nc", "a"]
    assert history.path.stat().st_mode & 0o777 == 0o600
    assert json.loads(history.path.read_bytes()) == ["b\nc", "a"]


def test_what_another_console_added_is_kept(tmp_path: Path) -> None:
    one, other = QueryHistory(tmp_path / "h"), QueryHistory(tmp_path / "h")
    one.add("a")
    other.add("b")
    one.add("c")
    assert other.texts() == ["a", "b", "c"]


def test_it_does_not_grow_for_ever(tmp_path: Path) -> None:
    history = QueryHistory(tmp_path / "h")
    history.path.write_text(json.dumps([f"old {number}" for number in range(500)]))
    history.add("new")
    texts = history.texts()
    assert (len(texts), texts[-1]) == (200, "new")
    history.add("x" * 200_000)
    history.add("y" * 200_000)
    assert history.texts() == ["y" * 200_000]
    history.add("z" * 300_000)
    assert history.texts() == []


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(), max_size=5, unique=True))
def test_whatever_stands_in_the_file_can_be_drawn(tmp_path: Path, texts: list[str]) -> None:
    history = QueryHistory(tmp_path / "h")
    history.path.write_text(json.dumps(texts))
    found = history.texts()
    assert len(found) == len(texts)
    assert unclean("".join(found).replace("\n", "")) == []


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1]", b'["a"', b"\xff", b"[" * 100_000, b'["' + b"a" * 3_000_000]
)
def test_a_file_that_is_none_is_told_and_left(tmp_path: Path, content: bytes) -> None:
    history = QueryHistory(tmp_path / "h")
    history.path.write_bytes(content)
    with pytest.raises(HistoryError, match="remove the file") as caught:
        history.texts()
    assert len(str(caught.value).splitlines()) == 1
    with pytest.raises(HistoryError):
        history.add("a")
    assert history.path.read_bytes() == content


def test_nothing_else_is_opened(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text('["a"]')
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("link", "pipe", "folder"):
        with pytest.raises(HistoryError):
            QueryHistory(tmp_path / name).texts()
