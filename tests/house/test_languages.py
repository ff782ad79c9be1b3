"""The texts in English and Japanese: each has its other, and says as much."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from string import Formatter

import pytest
from iotriage.queries.language import speak, tr, translations
from iotriage.queries.wording import counted
from jinja2 import Environment

from .translated import ROOT, texts

ENGLISH = texts()
JAPANESE = translations("ja")
SOURCE = (ROOT / "queries" / "japanese.toml").read_text("utf-8")
KANA_OR_KANJI = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
#: Japanese of which nothing is Japanese, and rightly so.
SAME = re.compile(
    r"ID|OK|\d\d|[\W\d]*(\{\w+[^}]*\}[\W\d]*)+|.* UTC\)|%m/%d( %H:%M)?|%Y/\{form\}"
    r"|JSON Lines|CSV|Parquet"
)


def placeholders(text: str) -> Counter[str]:
    found = Formatter().parse(text)
    return Counter(f"{name}!{how}:{form}" for _, name, form, how in found if name is not None)


def test_every_text_has_its_japanese() -> None:
    assert {text: where for text, where in ENGLISH.items() if text not in JAPANESE} == {}


def test_every_japanese_is_of_a_text() -> None:
    assert [text for text in JAPANESE if text not in ENGLISH] == []


def test_no_text_is_translated_in_two_sections() -> None:
    sections = tomllib.loads(SOURCE)
    counts = Counter(text for section in sections.values() for text in section)
    assert [text for text, count in counts.items() if count > 1] == []


def wrongs(english: str, japanese: str) -> list[str]:
    """What is wrong with a translation."""
    found = []
    # A value may be told twice, but none is left out and none is written in another way.
    if set(placeholders(japanese)) != set(placeholders(english)):
        found.append("other placeholders")
    if not all(name.partition("!")[0].isidentifier() for name in placeholders(english)):
        found.append("a placeholder that is no name")
    if not (KANA_OR_KANJI.search(japanese) or SAME.fullmatch(japanese)):
        found.append("still English")
    if any(option not in japanese for option in re.findall(r"--[a-z]+", english)):
        found.append("an option is lost")
    # What a sentence is glued to on either side, it is in both languages.
    if english != english.lstrip() and japanese == japanese.lstrip() and japanese[0] not in "。、/":
        found.append("no blank before")
    if english != english.rstrip() and japanese == japanese.rstrip():
        found.append("no blank after")
    if re.search(r"[\u3000\uff08\uff09\uff10-\uff1a\uff21-\uff3a\uff41-\uff5a]", japanese):
        found.append("full-width Latin")
    if re.search(r"[、。] |[ぁ-んァ-ヶ一-龥][A-Za-z]{2}|[A-Za-z]{2}[ぁ-んァ-ヶ一-龥]", japanese):
        found.append("blanks")
    return found


def test_japanese_says_what_the_english_says() -> None:
    pairs = {english: wrongs(english, japanese) for english, japanese in JAPANESE.items()}
    assert {english: wrong for english, wrong in pairs.items() if wrong} == {}


@pytest.mark.parametrize(
    ("english", "japanese"),
    [
        ("{count} rows", "{number} 行"),
        ("{count:,} rows", "{count} 行"),
        ("give --lang", "言語を指定してください"),
        ("the end", "the end"),
        (" and more", "ほか"),
        ("the file", "ファイル（新規）"),
        ("the KQL", "このKQL"),
    ],
)
def test_a_bad_translation_is_found(english: str, japanese: str) -> None:
    assert wrongs(english, japanese)


def test_the_glossary_is_kept_to() -> None:
    glossary = dict(
        re.findall(r"(?:^#|  )\s*([a-z][a-z -]+?) ([^\sa-z(]\S*(?: \S+)?)", SOURCE, re.M)
    )
    assert {"verdict", "expected", "suspicious", "severity"} <= set(glossary)
    for word in ("expected", "suspicious", "unreviewed", "drifted", "note", "baseline"):
        assert JAPANESE[word] == glossary[word].split()[0]


def test_plain_words_are_told_as_they_are() -> None:
    assert tr("no such text anywhere") == "no such text anywhere"
    assert (counted(1, "row"), counted(1204, "entry", "entries")) == ("1 row", "1,204 entries")
    speak("ja")
    assert tr("no such text anywhere") == "no such text anywhere"
    assert (counted(1, "row"), counted(1204, "row")) == ("1 行", "1,204 行")
    assert tr("note on {finding}", finding="{braces} {0}") == "メモ: {braces} {0}"


def test_the_templates_of_the_summary_differ_in_words_only() -> None:
    folder = ROOT / "tui" / "casebook"
    english, japanese = (
        [
            (kind, value)
            for _, kind, value in Environment().lex((folder / name).read_text("utf-8"))
            if kind not in ("data", "whitespace")
        ]
        for name in ("summary.md.jinja", "summary.ja.md.jinja")
    )
    assert english == japanese
    text = (folder / "summary.ja.md.jinja").read_text("utf-8")
    headings = re.findall(r"^#+ (.*)$", text, re.M)
    assert all(KANA_OR_KANJI.search(h) or re.fullmatch(r"\{\{.*\}\}", h) for h in headings)
