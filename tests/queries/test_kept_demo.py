"""The demo that is kept between starts answers like one that was made, and never for too long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from iotriage.queries.asking import Scope, ask
from iotriage.queries.demo import STORY_DEVICE, demo_tables, kept
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.held import ENDPOINT
from iotriage.queries.packs.loading import load_pack
from iotriage.queries.source import SourceError

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "iotriage" / "demo"


def files(cache: Path) -> list[str]:
    return sorted(path.name for path in cache.iterdir())


def end(evidence: Evidence) -> datetime:
    try:
        return evidence.latest().end
    finally:
        evidence.close()


def test_what_is_kept_answers_as_what_was_made(cache: Path) -> None:
    made = Evidence.of_rows("DEMO", demo_tables(NOW), NOW)
    kept.demo_evidence(NOW).close()
    (before,) = files(cache)
    again = kept.demo_evidence(NOW)
    assert files(cache) == [before]
    assert (again.name, again.extent(), again.latest()) == ("DEMO", made.extent(), made.latest())
    assert (again.missing_tables, again.notices) == (made.missing_tables, made.notices)
    scope = Scope(STORY_DEVICE, "plant-7", made.latest())
    for question in load_pack("exact").questions.values():
        one, other = (ask(source, question, scope) for source in (made, again))
        assert (one.columns, one.rows, one.status) == (other.columns, other.rows, other.status)
        # What looks for a value was given none.
        assert one.rows or question.parameters, question.name
    made.close()
    again.close()


def test_it_is_made_anew_when_it_is_an_hour_old_or_of_tomorrow(cache: Path) -> None:
    first = end(kept.demo_evidence(NOW))
    (name,) = files(cache)
    assert end(kept.demo_evidence(NOW + timedelta(minutes=59))) == first
    assert files(cache) == [name]
    later = end(kept.demo_evidence(NOW + timedelta(minutes=61)))
    assert later - first == timedelta(minutes=61)
    assert len(files(cache)) == 1, "the old one goes"
    assert end(kept.demo_evidence(NOW)) == first, "a clock that was set back"


def test_what_others_could_have_written_is_not_read(cache: Path) -> None:
    kept.demo_evidence(NOW).close()
    (store,) = cache.iterdir()
    store.write_bytes(b"planted")
    store.chmod(0o666)
    with pytest.raises(SourceError, match="no store that can be read"):
        Evidence.of_store("DEMO", store, NOW)
    assert kept.demo_evidence(NOW).extent().end > NOW - timedelta(hours=1)
    (store,) = cache.iterdir()
    assert store.stat().st_mode & 0o077 == 0
    cache.chmod(0o777)
    moment = store.stat().st_mtime_ns
    kept.demo_evidence(NOW).close()
    assert store.stat().st_mtime_ns != moment


@pytest.mark.parametrize("content", [b"", b"DUCK", bytes(range(256)) * 20], ids=len)
def test_a_broken_one_is_made_anew(cache: Path, content: bytes) -> None:
    kept.demo_evidence(NOW).close()
    (store,) = cache.iterdir()
    whole = store.stat().st_size
    store.write_bytes(content)
    kept.demo_evidence(NOW).close()
    assert store.stat().st_size > whole / 2


def test_without_a_place_to_keep_it_there_is_still_a_demo(cache: Path) -> None:
    cache.parent.mkdir(parents=True)
    cache.write_text("no folder", "utf-8")
    assert kept.demo_evidence(NOW).missing_tables == {*ENDPOINT}
    assert cache.read_text("utf-8") == "no folder"


def test_it_cannot_be_written_or_left_through_a_query(cache: Path) -> None:
    kept.demo_evidence(NOW).close()
    evidence = kept.demo_evidence(NOW)
    engine = evidence._engine
    for sql in (
        'DELETE FROM store."SecurityAlert"',
        "COPY (SELECT 1) TO '/tmp/x'",
        "ATTACH '/tmp/x' AS y",
    ):
        with pytest.raises(Exception, match=r"read-only|disabled"):
            engine._outlooks._connection.cursor().execute(sql)
    evidence.close()
