"""The commands in Japanese: what people read is translated, what scripts read is not."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest
from iotriage.queries.answers import Answer
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.language import speak
from iotriage.queries.questions import Query
from iotriage.tui.casebook.casebook import Casebook
from iotriage.tui.casebook.findings import Finding, Verdict
from rich.cells import cell_len

from .running import Here, apart

CAM = ("--device", "cam-1")
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
UTF8 = {"LC_ALL": "C.UTF-8"}


@pytest.fixture(autouse=True)
def utf8(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def test_a_table_stays_aligned(iotriage: Here, evidence: Path) -> None:
    ran = iotriage("ask", "alerts", "--evidence", evidence, *CAM, "--lang", "ja")
    head, first, second = ran.text.splitlines()
    assert head.split() == ["時刻", "重大度", "アラート", "説明"]
    assert (first.split()[2], second.split()[2]) == ("高", "低")
    starts = [
        {cell_len(line[: found.start()]) for found in re.finditer(r"(?<=  )\S", line)}
        for line in (head, first, second)
    ]
    assert starts[1] == starts[2]
    assert starts[0] <= starts[1]


@pytest.mark.parametrize("form", ["json", "csv", "kql"])
def test_what_scripts_read_is_the_same(iotriage: Here, evidence: Path, form: str) -> None:
    words = ("ask", "alerts", "--evidence", evidence, *CAM, "--format", form)
    english, japanese = iotriage(*words), iotriage(*words, "--lang", "ja")
    assert english.status == japanese.status == 0
    if form == "json":
        for ran in (english, japanese):
            said = ran.json
            del said["statistics"]
            assert said["status"] == "complete"
        assert {k: v for k, v in english.json.items() if k != "statistics"} == {
            k: v for k, v in japanese.json.items() if k != "statistics"
        }
    else:
        assert english.out == japanese.out


def test_notices_follow_the_language(iotriage: Here, evidence: Path) -> None:
    words = ("ask", "logins", "--evidence", evidence, *CAM)
    told = iotriage(*words, "--format", "json", "--lang", "ja").json
    assert any("Login は送信されていません" in notice for notice in told["notices"])
    ran = iotriage(*words, "--lang", "ja")
    assert ran.err.startswith("補足: ")


def report(iotriage: Here, evidence: Path, *words: str) -> bytes:
    ran = iotriage("report", "--evidence", evidence, *CAM, *words)
    assert ran.status in (0, 3), ran.err
    return ran.out


def test_answers_hash_the_same(iotriage: Here, evidence: Path) -> None:
    english, japanese = (
        json.loads(report(iotriage, evidence, "--format", "json", "--lang", language))
        for language in ("en", "ja")
    )
    assert [q["sha256"] for q in english["questions"]] == [
        q["sha256"] for q in japanese["questions"]
    ]
    for facts in (english, japanese):
        for question in facts["questions"]:
            del question["notices"]
        # Words for whoever reads it, as notices are.
        for finding in facts["findings"]:
            del finding["hints"]
        del facts["at"]
    assert english == japanese


def test_a_case_goes_on_in_the_other_language(
    iotriage: Here, evidence: Path, tmp_path: Path
) -> None:
    case = tmp_path / "case.iotriage"
    asked = ("report", "--evidence", evidence, *CAM, "--case", str(case))
    # What is judged is known by its English question and columns, whoever judged it.
    facts = iotriage(*asked, "--format", "json", "--lang", "ja").json
    miner = next(f for f in facts["findings"] if "/tmp/.x/miner" in f["key"].values())
    speak("ja")
    finding = Finding("cam-1", "plant-7", "processes", tuple(miner["key"].items()))
    with Casebook.open(case, "mei") as book:
        book.mark([(finding, miner["row"])], Verdict.SUSPICIOUS, "見覚えがない")
        assert book.undo() == "不審: プロセス /tmp/.x/miner"
        assert book.redo() == "不審: プロセス /tmp/.x/miner"
    english = iotriage(*asked, "--lang", "en").text
    assert "### Processes: `/tmp/.x/miner`\n\nSuspicious, decided by mei on " in english
    assert "> 見覚えがない" in english
    japanese = iotriage(*asked, "--lang", "ja").text
    assert "### プロセス: `/tmp/.x/miner`\n\n不審。判定: mei、" in japanese


def test_a_capture_goes_on_in_the_other_language(
    iotriage: Here, evidence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, ask = tmp_path / "cam.store", Evidence.ask
    words = ("capture", "--evidence", evidence, *CAM, "-o", store)

    def failing(self: Evidence, query: Query, *more: Any) -> Answer:
        answer = ask(self, query, *more)
        if query.question == "rows" and query.text.startswith("SecurityIoTRawEvent"):
            return Answer("rows", tuple(c for c in answer.columns if c.name != "DeviceId"))
        return answer

    monkeypatch.setenv("IOTRIAGE_LANG", "ja")
    with monkeypatch.context() as patch:
        patch.setattr(Evidence, "ask", failing)
        ran = iotriage(*words)
    assert ran.status == 3
    first, *lines = ran.text.splitlines()
    assert first.startswith(f"{store}: EVIDENCE {evidence} の cam-1 (ハブ plant-7)、2026-11-20T0")
    assert lines[1] == "SecurityIoTRawEvent: 0 行 (1 個のスライス)"
    digest = lines[-1].removeprefix("マニフェストの SHA-256: ")
    assert "までは取得できていません: 応答に列 DeviceId がありません" in ran.err
    monkeypatch.setenv("IOTRIAGE_LANG", "en")
    verified = iotriage("capture", "verify", store)
    assert (verified.status, verified.text.splitlines()[-1]) == (3, f"manifest SHA-256: {digest}")
    # Why it failed was put down in the language of the capture.
    assert " was not captured: 応答に列 DeviceId がありません" in verified.err
    ran = iotriage(*words)
    assert (ran.status, ran.err) == (0, f"{store}: going on, 2 slices kept\n")
    monkeypatch.setenv("IOTRIAGE_LANG", "ja")
    asked = iotriage("ask", "logins", "--evidence", store, *CAM)
    assert f"補足: EVIDENCE {evidence} の取得データです。" in asked.err
    assert "生イベントとアラート (ハブ plant-7)だけを含みます" in asked.err
    with duckdb.connect(str(store)) as connection:
        connection.execute("UPDATE SecurityAlert SET Description = 'x'")
    changed, said, *_ = iotriage("capture", "verify", store).text.splitlines()
    assert changed.endswith(": 行が変更されています (SHA-256 が取得時と一致しません)")
    assert said == f"{store}: 取得時の内容と一致しません: 1 件の問題"


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--lang", "ja", "--lst", "3d"], "オプション '--lst' はありません。"),
        (["ask", "--lang", "ja"], "引数 'QUESTION' がありません。"),
        (["ask", "nothing", "--lang", "ja"], "パック exact にクエリ 'nothing' はありません。"),
        (
            ["ask", "users", "--lang", "ja", "--auth", "x"],
            "'--auth' の値が正しくありません: 'x' は",
        ),
        (["devices", "--lang", "ja", "--last", "x"], "'x' は時間の長さではありません。"),
        (["devices", "--lang", "ja", "--evidence", "no/where"], "no/where: そのファイル"),
        (["report", "--lang", "ja", "--evidence", "."], ".: フォルダーにファイルがありません。"),
        (["--lang", "fr"], "Invalid value for '--lang': 'fr' is not one of 'en', 'ja'."),
        (["doctor", "--lang=fr"], "Invalid value for '--lang': 'fr' is not one of 'en', 'ja'."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_is_one_line(iotriage: Here, words: list[str], line: str) -> None:
    ran = iotriage(*words)
    assert ran.status in (1, 2)
    assert ran.failed(ran.status).startswith(line)


def test_variable_and_setting(
    iotriage: Here, evidence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "config.toml"
    monkeypatch.setenv("IOTRIAGE_CONFIG", str(settings))
    settings.write_text('lang = "ja"\n', "utf-8")
    assert "-       言語: ja: 指定されています" in iotriage("doctor", "--evidence", evidence).text
    monkeypatch.setenv("IOTRIAGE_LANG", "en")
    assert "language: en: it was asked for" in iotriage("doctor", "--evidence", evidence).text
    monkeypatch.delenv("IOTRIAGE_LANG")
    settings.write_text('lang = "fr"\n', "utf-8")
    assert "'--lang': 'fr' is not one of" in iotriage("doctor", "--evidence", evidence).failed(2)


def test_without_utf8_it_is_english_but_for_a_report(evidence: Path) -> None:
    plain = os.environ | {"LC_ALL": "C", "IOTRIAGE_LANG": "ja"}
    told = apart("doctor", "--evidence", evidence, env=plain).text
    assert "language: en: ja needs a locale of UTF-8" in told
    assert not JAPANESE.search(told)
    summary = apart("report", "--evidence", evidence, *CAM, env=plain)
    assert summary.text.startswith("# `cam-1` の調査結果\n")


@pytest.mark.parametrize(
    "words",
    [[], ["report"], ["baseline"], ["case", "check"], ["capture"], ["capture", "verify"]],
    ids=" ".join,
)
def test_help_is_translated_and_fits(
    iotriage: Here, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IOTRIAGE_LANG", "ja")
    ran = iotriage(*words, "--help")
    assert ran.status == 0
    lines = ran.text.splitlines()
    assert lines[0].startswith("使用法: iotriage")
    assert max(map(cell_len, lines)) <= 100
    # After the names of an option stands Japanese, below them too; no line begins with 。
    told = [re.sub(r"^  -.*?(  |$)", "", line).strip() for line in lines]
    assert [line for line in told if line.startswith(("。", "、"))] == []
    sentences = [line for line in told[1:] if line and not line.startswith(("[", "-"))]
    assert sum(1 for line in sentences if JAPANESE.search(line)) >= len(sentences) * 0.8
