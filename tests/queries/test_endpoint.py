"""The endpoint pack against an oracle and Microsoft's parser, and what it says it cannot know."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from iotriage.queries import held
from iotriage.queries.answers import Answer
from iotriage.queries.asking import Scope, ask, ask_whole, drill_down
from iotriage.queries.evidence.endpoint_tables import ENDPOINT_TABLES
from iotriage.queries.evidence.importing import import_files
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.evidence.tables import TABLES
from iotriage.queries.held import ENDPOINT
from iotriage.queries.kusto_parser.parser import KustoParser
from iotriage.queries.packs.loading import load_pack
from iotriage.queries.source import Cancellation
from iotriage.queries.window import Window
from oracle import endpoint
from oracle.build import HOSTILE_TEXTS
from oracle.endpoint_rows import CAM, FOUND, GATE, GHOST, TWIN, WINDOW, random_tables, trap_tables
from shapes import write_json_lines

NOW = datetime(2026, 3, 3, tzinfo=UTC)
PACK = load_pack("endpoint")
SPAN = Window(*WINDOW)
TRAPS = trap_tables()
ADDED = ("Meaning", "Remedy", "LookAt")
DEVICES = {"cam": CAM, "twin": TWIN, "gate": GATE, "found": FOUND, "ghost": GHOST}
PANES = tuple(name for name in PACK.questions if name != "devices")


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evidence]:
    folder = tmp_path_factory.mktemp("endpoint") / "export"
    opened = Evidence.open(write_json_lines(folder, TRAPS), NOW)  # type: ignore[arg-type]
    yield opened
    opened.close()


def asked(source: Evidence, question: str, device: str, hub: str = "") -> Answer:
    answer = ask(source, PACK.questions[question], Scope(device, hub, SPAN))
    assert answer.failure == ""
    return answer


def records(answer: Answer) -> list[dict[str, Any]]:
    return [{k: v for k, v in row.items() if k not in ADDED} for row in answer.records()]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("question", PANES)
def test_the_traps_are_answered_as_the_oracle_does(
    evidence: Evidence, question: str, device: str
) -> None:
    found = records(asked(evidence, question, DEVICES[device]))
    assert found == endpoint.answer(question, TRAPS, DEVICES[device], "", *WINDOW)
    assert found or device != "cam"


@pytest.mark.parametrize("group", ["", "plant-7", "GATES", "Old gates", "nothing"])
def test_the_picker_lists_the_devices_of_a_group(evidence: Evidence, group: str) -> None:
    found = records(asked(evidence, "devices", "", group))
    assert found == endpoint.answer("devices", TRAPS, "", group, *WINDOW)
    assert bool(found) is (group not in ("Old gates", "nothing"))


@pytest.mark.parametrize("seed", range(4))
def test_random_mixtures_are_answered_as_the_oracle_does(seed: int) -> None:
    tables = random_tables(seed, 250)
    source = Evidence.of_rows("MIXTURE", _exported(tables), NOW)
    try:
        for question in PACK.questions:
            device = "" if question == "devices" else CAM
            wanted = endpoint.answer(question, tables, device, "", *WINDOW)
            assert records(asked(source, question, device)) == wanted, question
    finally:
        source.close()


def _exported(tables: Any) -> Any:
    def text(value: Any) -> Any:
        return value.isoformat() if isinstance(value, datetime) else value

    return {
        table: [{name: text(cell) for name, cell in row.items()} for row in rows]
        for table, rows in tables.items()
    }


@pytest.mark.parametrize("question", [q for q in PANES if PACK.questions[q].values])
def test_the_values_behind_a_row_add_up_to_it(evidence: Evidence, question: str) -> None:
    """Each set of the row, value by value, and the events that it was made of."""
    asks = PACK.questions[question]
    rows = asked(evidence, question, CAM).records()
    for row in rows[:12] + rows[-12:]:
        values, events = drill_down(evidence, asks, Scope(CAM, "", SPAN), row)
        assert values.failure == events.failure == ""
        assert events.rows
        for column in asks.sets:
            if column == "FailedThenSucceededFrom":
                continue
            told = sorted(one["Value"] for one in values.records() if one["Column"] == column)
            assert told == row[column], (question, column)


def test_the_states_of_an_alert_are_behind_it(evidence: Evidence) -> None:
    rows = asked(evidence, "alerts", CAM).records()
    (row,) = [row for row in rows if row["SystemAlertId"] == "by-id"]
    _, events = drill_down(evidence, PACK.questions["alerts"], Scope(CAM, "", SPAN), row)
    assert [one["Status"] for one in events.records()] == ["Resolved", "New"]


HOSTILE = "\u2029".join((*HOSTILE_TEXTS, 'x"; SecurityAlert | take 1; print "', "\\q", "a\r\nb"))


@pytest.mark.parametrize("question", PACK.questions)
def test_microsofts_parser_takes_every_text_and_sees_the_same_columns(
    evidence: Evidence, kusto_parser: KustoParser, question: str
) -> None:
    asks = PACK.questions[question]
    answer = asked(evidence, question, HOSTILE, HOSTILE)
    checked = kusto_parser.check(asks.query(HOSTILE, HOSTILE, SPAN).kql)
    assert [str(found) for found in checked.diagnostics] == []
    found = [(column.name, column.type) for column in checked.columns]
    assert found == [(c.name, c.type) for c in answer.columns if c.name not in ADDED]
    row = dict.fromkeys(asks.keys, HOSTILE)
    for query in (
        asks.events_query(HOSTILE, HOSTILE, SPAN, row),
        asks.values_query(HOSTILE, HOSTILE, SPAN, row),
    ):
        if query.text:
            checked = kusto_parser.check(query.kql)
            assert [str(found) for found in checked.diagnostics] == []
            given = evidence.ask(query, SPAN, Cancellation())
            assert given.failure == ""
            assert [c.name for c in given.columns] == [c.name for c in checked.columns]


def said(source: Evidence, question: str, device: str) -> list[tuple[str, str]]:
    answer = ask_whole(source, PACK, PACK.questions[question], Scope(device, "", SPAN))
    return [(str(notice.kind), notice.text) for notice in answer.notices]


def test_what_such_a_device_cannot_tell_is_said(evidence: Evidence) -> None:
    assert any("neither the users" in text for _, text in said(evidence, "users", CAM))
    assert any("idle since, is unseen" in text for _, text in said(evidence, "ports", CAM))
    told = [text for pane in PANES for _, text in said(evidence, pane, CAM)]
    assert not any("micro agent" in text for text in told)


def test_a_device_that_is_only_known_has_sent_nothing(evidence: Evidence) -> None:
    told = said(evidence, "processes", FOUND)
    assert ("remark", "the agent was heard from, but sent no ProcessCreated in this window") in told
    assert [kind for kind, _ in said(evidence, "processes", GHOST)] == ["empty window"]


def test_missing_tables_are_named() -> None:
    tables = {"DeviceInfo": _exported(TRAPS)["DeviceInfo"]}
    source = Evidence.of_rows("PART", tables, NOW)
    try:
        assert said(source, "ports", CAM)[0] == (
            "cannot know",
            "there is no table DeviceNetworkEvents here: ports cannot be known",
        )
        kinds = {kind for kind, _ in said(source, "users", CAM)}
        assert "missing table" in kinds
        for question in PACK.questions:
            assert asked(source, question, CAM).failure == ""
    finally:
        source.close()


def untyped(table: str) -> list[dict[str, Any]]:
    """Rows with every column, but for the one that says whose they are."""
    columns = [name for name in TABLES[table] if name != "Type"]
    return [{name: row.get(name) for name in columns} for row in _exported(TRAPS)[table]]


@pytest.mark.parametrize("table", ENDPOINT)
def test_rows_are_known_by_their_columns(tmp_path: Path, table: str) -> None:
    """However the place they lie in is called."""
    rows = untyped(table)
    folder = tmp_path / "SecurityIoTRawEvent of Tuesday"
    folder.mkdir()
    (folder / "rows").write_text("".join(json.dumps(row) + "\n" for row in rows))
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = [{"name": name, "type": "string"} for name in names]
    cells = [[row.get(name) for name in names] for row in rows]
    answer = {"tables": [{"name": "PrimaryResult", "columns": columns, "rows": cells}]}
    (folder / "answer").write_text(json.dumps(answer))
    texts = {
        name: [json.dumps(c) if isinstance(c, list | dict) else c for c in column]
        for name, column in zip(names, zip(*cells, strict=True), strict=True)
    }
    pq.write_table(pa.table({name: map_text(c) for name, c in texts.items()}), folder / "parquet")
    opened = Evidence.open(tmp_path, NOW)
    try:
        assert opened.report.tables == {table}
        assert [dict(file.tables) for file in opened.report.files] == [{table: len(rows)}] * 3
    finally:
        opened.close()


def map_text(column: list[Any]) -> Any:
    return pa.array([None if cell is None else str(cell) for cell in column], pa.string())


def test_the_tables_are_told_alike_everywhere() -> None:
    assert set(ENDPOINT_TABLES) == set(ENDPOINT)
    assert set(TABLES) == set(held.TABLES)


def test_a_store_holds_them_once_there_is_something_of_them(tmp_path: Path) -> None:
    store, event = tmp_path / "plant.store", tmp_path / "event.json"
    event.write_text(
        json.dumps({"Type": "SecurityIoTRawEvent", "TimeGenerated": "2026-03-02T01:00:00Z",
                    "DeviceId": "cam-1", "RawEventName": "Login", "EventDetails": "{}"})
    )  # fmt: skip
    import_files([event], store, NOW)
    with duckdb.connect(str(store), read_only=True) as connection:
        names = {name for (name,) in connection.execute("SHOW TABLES").fetchall()}
    assert not names & set(ENDPOINT)
    opened = Evidence.open(store, NOW)
    assert opened.missing_tables >= {*ENDPOINT}
    for question in PACK.questions:
        assert asked(opened, question, CAM).rows == ()
    opened.close()
    export = write_json_lines(tmp_path / "export", TRAPS)  # type: ignore[arg-type]
    done = import_files([export], store, NOW)
    assert done.added["DeviceInfo"] == done.rows["DeviceInfo"] == len(TRAPS["DeviceInfo"])
    opened = Evidence.open(store, NOW)
    try:
        assert not opened.missing_tables & {*ENDPOINT}
        for question in PACK.questions:
            device = "" if question == "devices" else CAM
            wanted = endpoint.answer(question, TRAPS, device, "", *WINDOW)
            assert records(asked(opened, question, device)) == wanted
    finally:
        opened.close()
