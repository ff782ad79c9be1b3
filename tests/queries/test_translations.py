"""Translations kept on disk: never another text's, never an older rule's, never anybody else's."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import msgspec
import pytest
import shipping
from iotriage.queries.evidence import translations
from iotriage.queries.evidence.engine import translatable_text, translate
from iotriage.queries.evidence.reach import foreign_source
from iotriage.queries.evidence.sql_tree import parsed
from iotriage.queries.evidence.translations import SHIPPED, Shipped, Translation, remembered


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


class Translator:
    """Counts what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, text: str) -> Translation:
        self.asked.append(text)
        return Translation(f"SELECT '{len(self.asked)}'", {"p0": "device"})


def files(cache: Path) -> list[Path]:
    return [path for path in cache.rglob("*") if path.is_file()]


def test_a_text_is_translated_once(cache: Path) -> None:
    translator = Translator()
    first = remembered("print 1", translator)
    assert remembered("print 1", translator) == first == Translation("SELECT '1'", {"p0": "device"})
    assert remembered("print 2", translator) != first
    assert translator.asked == ["print 1", "print 2"]
    assert len(files(cache)) == 2
    assert all("print" not in path.name for path in files(cache))
    assert all(not path.stat().st_mode & 0o077 for path in files(cache))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"sql": 5, "slots": {}}', b"\xff\x00"])
def test_what_is_spoilt_is_made_anew(cache: Path, content: bytes) -> None:
    translator = Translator()
    remembered("print 1", translator)
    (kept,) = files(cache)
    kept.write_bytes(content)
    assert remembered("print 1", translator).sql == "SELECT '2'"
    assert remembered("print 1", translator).sql == "SELECT '2'"


def test_another_engine_translates_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    translator = Translator()
    remembered("print 1", translator)
    monkeypatch.setattr(translations, "_installed", lambda name: f"{name} 99")
    remembered("print 1", translator)
    monkeypatch.setattr(translations, "TABLES", {})
    remembered("print 1", translator)
    assert len(translator.asked) == 3


def test_what_others_may_write_is_not_read(cache: Path) -> None:
    translator = Translator()
    remembered("print 1", translator)
    (kept,) = files(cache)
    kept.parent.chmod(0o777)
    assert remembered("print 1", translator).sql == "SELECT '2'"


def test_nowhere_to_write_is_no_failure(cache: Path) -> None:
    (cache / "iotriage").write_text("a file where the folder should be")
    translator = Translator()
    assert remembered("print 1", translator).sql == "SELECT '1'"
    assert remembered("print 1", translator).sql == "SELECT '2'"


def test_a_refusal_is_not_remembered(cache: Path) -> None:
    def refuse(text: str) -> Translation:
        raise ValueError(text)

    with pytest.raises(ValueError, match="print 1"):
        remembered("print 1", refuse)
    assert files(cache) == []


_ANEW = "write them anew: python tests/queries/shipping.py"


def test_what_is_shipped_is_what_is_made_of_the_packs() -> None:
    shipped = msgspec.json.decode(SHIPPED.read_bytes(), type=Shipped)
    assert shipped.duckdb == duckdb.__version__
    assert shipped.translator == shipping.translator(), _ANEW
    texts = shipping.texts()
    assert set(shipped.translations) == set(texts), _ANEW
    # All of them take a minute; the translator is the one that has made them.
    for name in random.sample(list(texts), 5):
        assert shipped.translations[name] == translate(texts[name]), _ANEW


def test_a_question_of_the_packs_is_never_translated(cache: Path) -> None:
    translator = Translator()
    for name, query in shipping.queries():
        assert remembered(translatable_text(query), translator).sql, name
    assert translator.asked == []
    assert files(cache) == []


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"duckdb": "0.0.1", "translator": "", "translations": {}}', None]
)
def test_what_is_not_shipped_for_this_engine_is_translated(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "translations.json"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setattr(translations, "SHIPPED", file)
    translations._shipped.cache_clear()
    translator = Translator()
    try:
        remembered(translatable_text(next(shipping.queries())[1]), translator)
    finally:
        translations._shipped.cache_clear()
    assert len(translator.asked) == 1


READ = {
    "SELECT 1": "",
    'SELECT * FROM "SecurityAlert"': "",
    "SELECT $p0 FROM SecurityAlert WHERE TimeGenerated > $p1": "",
    "WITH a AS (SELECT * FROM SecurityAlert) SELECT * FROM a": "",
    "SELECT * FROM (SELECT unnest(range(3)))": "",
    "SELECT * FROM range(3)": "",
    "SELECT * FROM memory.SecurityAlert": "memory.SecurityAlert",
    "SELECT * FROM memory.main.SecurityAlert": "memory.main.SecurityAlert",
    "SELECT * FROM duckdb_settings": "duckdb_settings",
    "SELECT * FROM duckdb_settings()": "duckdb_settings()",
    "SELECT * FROM '/etc/passwd'": "/etc/passwd",
    "SELECT * FROM read_csv('/etc/passwd')": "read_csv()",
    "SELECT (SELECT count(*) FROM x.y) FROM SecurityAlert": "x.y",
    "WITH a AS (SELECT * FROM b) SELECT * FROM a": "b",
    "SELECT 1 WHERE 1 IN (FROM secrets)": "secrets",
    "SELECT * FROM SecurityAlert JOIN other ON true": "other",
    "SELECT 1 UNION ALL SELECT * FROM other": "other",
    "DROP TABLE SecurityAlert": "what is no query",
    "COPY SecurityAlert TO '/tmp/x'": "what is no query",
    "no sql": "what is no query",
}


@pytest.mark.parametrize("sql", READ)
def test_what_a_translation_reads_is_told(sql: str) -> None:
    with duckdb.connect(":memory:") as connection:
        assert foreign_source(parsed(connection, sql)) == READ[sql]
