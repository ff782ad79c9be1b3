"""How rare and how new rows are: against a recount, on hostile text, and what is not known."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from held import DEVICES, NOW, TRAPS, WINDOW, Records, opened, question_of
from hypothesis import given, settings
from hypothesis import strategies as st
from iotriage.queries.answers import Answer, Status
from iotriage.queries.asking import Scope, ask
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.kusto_parser.parser import KustoParser
from iotriage.queries.prevalence import Prevalence, prevalence_of
from iotriage.queries.source import Cancellation
from iotriage.queries.window import Window
from oracle import traps
from oracle.build import HOSTILE_TEXTS, Sheet
from rare import PANES, prevalence
from shapes import write_json_lines

#: The evidence is of one day: what came before is told by a window that begins later.
LATER = {hour: Window(WINDOW.start + timedelta(hours=hour), WINDOW.end) for hour in (0, 6)}


def asked(source: Evidence, question: str, device: str, window: Window, hub: str) -> Answer:
    query = question_of("exact", question).prevalence_query(device, hub, window, WINDOW.start)
    answer = source.ask(query, WINDOW, Cancellation())
    assert answer.failure == ""
    return answer


def recounted(question: str, tables: object, device: str, window: Window, hub: str) -> Records:
    return prevalence(
        question, tables, device, hub, since=WINDOW.start, start=window.start, end=window.end
    )


@pytest.mark.parametrize("hour", LATER)
@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("question", PANES)
def test_the_traps_are_as_rare_as_a_recount_says(
    trap_evidence: Evidence, question: str, device: str, hour: int
) -> None:
    name = DEVICES[device]
    answer = asked(trap_evidence, question, name, LATER[hour], traps.HUB)
    assert answer.records() == recounted(question, TRAPS, name, LATER[hour], traps.HUB)


@pytest.mark.parametrize("question", PANES)
def test_some_trap_is_rare_and_some_is_common_some_new_and_some_old(
    trap_evidence: Evidence, question: str
) -> None:
    rows = asked(trap_evidence, question, traps.CAM, LATER[6], "pLANT-7").records()
    assert len({row["SeenBefore"] for row in rows}) == 2
    assert len({row["DevicesWithIt"] for row in rows}) > 1


@pytest.mark.parametrize("seed", range(6))
def test_random_mixtures_are_as_rare_as_a_recount_says(seed: int, tmp_path: Path) -> None:
    tables = traps.random_tables(seed, 250)
    evidence = opened(write_json_lines(tmp_path / "export", tables))
    try:
        for question in PANES:
            answer = asked(evidence, question, traps.CAM, LATER[6], traps.HUB)
            wanted = recounted(question, tables, traps.CAM, LATER[6], traps.HUB)
            assert answer.records() == wanted, question
    finally:
        evidence.close()


def test_the_mixtures_hold_sign_ins_that_several_devices_have() -> None:
    counts = {
        row["DevicesWithIt"]
        for seed in range(6)
        for row in recounted(
            "logins", traps.random_tables(seed, 250), traps.CAM, LATER[6], traps.HUB
        )
    }
    assert len(counts) > 1


@pytest.mark.parametrize("hour", [0, 6])
@pytest.mark.parametrize("question", PANES)
def test_every_row_of_a_pane_and_no_other_has_its_rarity(
    trap_evidence: Evidence, question: str, hour: int
) -> None:
    scope = Scope(traps.CAM, traps.HUB, LATER[hour])
    asked_of = question_of("exact", question)
    _, keys, column = PANES[question]
    known = prevalence_of(trap_evidence, asked_of, scope)
    records = ask(trap_evidence, asked_of, scope).records()
    assert records
    for record in records:
        row = known.row(record)
        assert row is not None
        assert 1 <= row.devices <= known.devices
        if column:
            assert len(known.values(record, column)) == len(record[column])
    rows = {
        tuple(row[key] for key in keys)
        for row in asked(trap_evidence, question, traps.CAM, LATER[hour], traps.HUB).records()
    }
    shown = {tuple(record[key] for key in keys) for record in records}
    # A user's earlier groups are rows of their own in the one, and a set in the other.
    assert shown <= rows if question == "users" else shown == rows


@pytest.mark.parametrize("question", PANES)
def test_microsofts_parser_takes_it(kusto_parser: KustoParser, question: str) -> None:
    asked_of = question_of("exact", question)
    for value in ("cam-1", traps.HOSTILE, '\\"', "", "x\u2028// y"):
        query = asked_of.prevalence_query(value, value, WINDOW, WINDOW.start)
        checked = kusto_parser.check(query.kql)
        assert [str(found) for found in checked.diagnostics] == []
        names = [column.name for column in checked.columns]
        assert names == [
            *PANES[question][1],
            *("Column", "Value", "DevicesWithIt", "Devices", "FirstSeen", "SeenBefore"),
            "HeardSince",
        ]


def _evidence(*runs: tuple[str, float, str]) -> Evidence:
    """Command lines that devices ran: (device, seconds into the window, command line)."""
    sheet = Sheet()
    for device, seconds, line in runs:
        details = {"Executable": "/bin/x", "CommandLine": line, "ProcessId": 1}
        sheet.event("ProcessCreate", seconds, details, device=device)
    return Evidence.of_rows("MADE", json.loads(json.dumps(sheet.tables, default=str)), NOW)


def _known(evidence: Evidence, window: Window, hub: str = traps.HUB) -> Prevalence:
    try:
        return prevalence_of(
            evidence, question_of("exact", "processes"), Scope(traps.CAM, hub, window)
        )
    finally:
        evidence.close()


ROW = {"Executable": "/bin/x", "ExecutionCommandLines": ["a", "b"]}
NOON = Window(WINDOW.start + timedelta(hours=12), WINDOW.end)
HOUR = 3600.0


def test_a_row_that_was_there_before_has_a_value_that_was_not() -> None:
    known = _known(
        _evidence((traps.CAM, HOUR, "a"), (traps.CAM, 13 * HOUR, "a"), (traps.CAM, 14 * HOUR, "b")),
        NOON,
    )
    row = known.row(ROW)
    assert row is not None
    assert (row.is_new, row.first) == (False, WINDOW.start + timedelta(hours=1))
    assert [seen.is_new for seen in known.values(ROW, "ExecutionCommandLines")] == [False, True]
    assert "2026-03-02T01:00:00Z" in known.look_back_words()


def test_with_nothing_before_the_window_nothing_is_called_new() -> None:
    known = _known(_evidence((traps.CAM, HOUR, "a"), ("other", HOUR, "a")), WINDOW)
    row = known.row(ROW)
    assert row is not None
    assert row.is_new is None
    assert "ProcessCreate or Process" in known.cannot_be_new
    assert known.unknown == ""
    assert (row.devices, known.devices) == (2, 2)


def test_what_another_device_did_before_says_nothing_of_this_one() -> None:
    known = _known(_evidence(("other", HOUR, "a"), (traps.CAM, 13 * HOUR, "a")), NOON)
    row = known.row(ROW)
    assert row is not None
    assert row.is_new is None


def test_where_only_one_device_is_known_nothing_is_called_rare() -> None:
    known = _known(_evidence((traps.CAM, HOUR, "a"), (traps.CAM, 13 * HOUR, "b")), NOON)
    assert "no other device" in known.unknown
    assert known.cannot_be_new == ""


def test_without_a_hub_nothing_is_called_rare() -> None:
    known = _known(_evidence((traps.CAM, HOUR, "a"), ("other", HOUR, "a")), NOON, hub="")
    assert "which hub" in known.unknown


def test_a_failure_is_why_nothing_is_known() -> None:
    scope = Scope(traps.CAM, traps.HUB, WINDOW)
    known = Prevalence.failed(question_of("exact", "processes"), scope, "the line broke")
    assert known.unknown == known.cannot_be_new == "the line broke"
    assert known.row(ROW) is None


def test_an_answer_in_part_says_at_least() -> None:
    evidence = _evidence((traps.CAM, HOUR, "a"), ("other", HOUR, "a"))
    question, scope = question_of("exact", "processes"), Scope(traps.CAM, traps.HUB, WINDOW)
    query = question.prevalence_query(traps.CAM, traps.HUB, WINDOW, WINDOW.start)
    answer = evidence.ask(query, WINDOW, Cancellation())
    evidence.close()
    assert not Prevalence(question, scope, answer).is_partial
    part = Answer(answer.question, answer.columns, answer.rows, Status.PARTIAL)
    assert Prevalence(question, scope, part).is_partial


def test_an_answer_without_the_columns_is_a_mistake_of_the_pack() -> None:
    evidence = _evidence((traps.CAM, HOUR, "a"))
    question, scope = question_of("exact", "processes"), Scope(traps.CAM, traps.HUB, WINDOW)
    answer = ask(evidence, question, scope)
    evidence.close()
    assert "DevicesWithIt" in Prevalence(question, scope, answer).unknown


def test_the_earliest_window_looks_back_no_further_than_the_calendar() -> None:
    earliest = Window(WINDOW.start.replace(year=1900, month=1, day=1), WINDOW.end)
    known = _known(_evidence((traps.CAM, HOUR, "a"), ("other", HOUR, "a")), earliest)
    assert known.unknown == ""


_TEXT = st.text(st.characters(exclude_categories=("Cs",)), min_size=1)


@settings(max_examples=6, deadline=None)
@given(texts=st.lists(_TEXT, min_size=4, max_size=12, unique=True))
def test_any_command_line_is_counted_as_itself(texts: list[str]) -> None:
    texts += [text for text in HOSTILE_TEXTS if text not in texts]
    runs = [(device, HOUR, text) for text in texts for device in (traps.CAM, "other")]
    known = _known(_evidence(*runs, ("third", HOUR, f"{texts[0]}x")), WINDOW)
    record = {"Executable": "/bin/x", "ExecutionCommandLines": texts}
    found = known.values(record, "ExecutionCommandLines")
    assert [seen.devices for seen in found] == [2] * len(texts)
