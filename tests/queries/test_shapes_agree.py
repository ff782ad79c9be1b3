"""The same evidence gives the same answers, whatever form it was exported in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from held import (
    ADDED,
    DEVICES,
    NOW,
    PACKS,
    QUESTIONS,
    TRAPS,
    asked,
    opened,
    question_of,
    scope,
    types,
)
from iotriage.queries.answers import Column
from iotriage.queries.asking import drill_down
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.held import ENDPOINT
from iotriage.queries.kusto_parser.parser import KustoParser
from oracle import traps
from shapes import Tables, write_json_lines, write_parquet, write_rest

RAW = ("SecurityIoTRawEvent", "DefenderIoTRawEvent")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shapes")


@contextmanager
def evidence_at(path: Path) -> Iterator[Evidence]:
    evidence = opened(path)
    try:
        yield evidence
    finally:
        evidence.close()


def write_mixed(folder: Path, tables: Tables) -> Path:
    """A third of every table in each form, nested, with files that only look like evidence."""
    for number, write in enumerate((write_json_lines, write_rest, write_parquet)):
        part = {table: rows[number::3] for table, rows in tables.items()}
        below = folder / "case 7" / f"export {number}"
        below.parent.mkdir(parents=True, exist_ok=True)
        write(below, part)
    (folder / "README.txt").write_text("Exported on Tuesday.\n")
    (folder / "case 7" / "empty.json").write_text("")
    return folder


def write_rows_array(folder: Path, tables: Tables) -> Path:
    """One JSON array of row objects a table, as a script would dump it."""
    folder.mkdir()
    for table, rows in tables.items():
        text = json.dumps([row | {"Type": table} for row in rows], default=lambda t: t.isoformat())
        (folder / f"{table}.json").write_text(text)
    return folder


def write_one_file(folder: Path, tables: Tables) -> Path:
    """Every table in a single file of JSON Lines, told apart by Type alone."""
    folder.mkdir()
    lines = [
        json.dumps(row | {"Type": table}, default=lambda t: t.isoformat())
        for table, rows in tables.items()
        for row in rows
    ]
    (folder / "all.jsonl").write_text("\n".join(lines))
    return folder


WRITERS: dict[str, Callable[[Path, Tables], Path]] = {
    "rest": write_rest,
    "parquet": write_parquet,
    "mixed": write_mixed,
    "array": write_rows_array,
    "one file": write_one_file,
}


@pytest.mark.parametrize("form", WRITERS)
def test_every_form_gives_equal_answers(trap_evidence: Evidence, base: Path, form: str) -> None:
    with evidence_at(WRITERS[form](base / form, TRAPS)) as other:
        assert other.missing_tables == trap_evidence.missing_tables == {*ENDPOINT}
        for pack in PACKS:
            for question in QUESTIONS:
                one = asked(trap_evidence, pack, question, traps.CAM)
                two = asked(other, pack, question, traps.CAM)
                assert one.rows
                assert two.columns == one.columns, (pack, question)
                assert two.rows == one.rows, (pack, question)
                assert two.sha256() == one.sha256(), (pack, question)


def test_rows_of_a_program_give_equal_answers(trap_evidence: Evidence) -> None:
    tables = json.loads(json.dumps(TRAPS, default=lambda moment: moment.isoformat()))
    made = Evidence.of_rows("DEMO", tables, NOW)
    try:
        assert made.name == "DEMO"
        for question in QUESTIONS:
            one = asked(trap_evidence, "exact", question, traps.CAM)
            assert asked(made, "exact", question, traps.CAM).sha256() == one.sha256()
    finally:
        made.close()


def test_a_hash_tells_answers_apart(trap_evidence: Evidence) -> None:
    answers = [asked(trap_evidence, "exact", question, traps.CAM) for question in QUESTIONS]
    assert len({answer.sha256() for answer in answers}) == len(QUESTIONS)
    one = answers[0]
    renamed = (Column("Other", one.columns[0].type), *one.columns[1:])
    retyped = (Column(one.columns[0].name, "dynamic"), *one.columns[1:])
    others = [
        replace(one, rows=one.rows[:-1]),
        replace(one, rows=one.rows[::-1]),
        replace(one, rows=(("other", *one.rows[0][1:]), *one.rows[1:])),
        replace(one, columns=renamed),
        replace(one, columns=retyped),
    ]
    assert len({one.sha256(), *(other.sha256() for other in others)}) == len(others) + 1
    # Who asked, how long it took and what was noted are no part of what was found.
    same = replace(one, question="other", kql="other", statistics={}, notices=())
    assert same.sha256() == one.sha256()


def _as_objects(details: Any) -> Any:
    try:
        found = json.loads(details)
    except (TypeError, ValueError):
        return details
    return found if isinstance(found, dict) else details


def _as_texts(details: Any) -> Any:
    return json.dumps(details, separators=(" ,", " : ")) if isinstance(details, dict) else details


@pytest.mark.parametrize("convert", [_as_objects, _as_texts], ids=["objects", "texts"])
def test_details_may_be_text_or_object(
    trap_evidence: Evidence,
    tmp_path: Path,
    convert: Callable[[Any], Any],
) -> None:
    changed = dict(TRAPS)
    for table in RAW:
        changed[table] = [
            row | {"EventDetails": convert(row.get("EventDetails"))} for row in TRAPS[table]
        ]
    assert changed != TRAPS
    with evidence_at(write_json_lines(tmp_path / "export", changed)) as other:
        for question in QUESTIONS:
            one = asked(trap_evidence, "exact", question, traps.CAM)
            assert asked(other, "exact", question, traps.CAM).rows == one.rows, question


def test_parquet_details_may_be_nested(trap_evidence: Evidence, tmp_path: Path) -> None:
    """A column of structs has the same members in every row; absent ones are null."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [
        row | {"EventDetails": _as_objects(row["EventDetails"])}
        for row in TRAPS["SecurityIoTRawEvent"]
        if row.get("RawEventName") == "LocalUsers" and isinstance(row.get("TimeGenerated"), str)
    ]
    rows = [row for row in rows if isinstance(row["EventDetails"], dict) and not row["IsEmpty"]]
    columns = ("TimeGenerated", "DeviceId", "AssociatedResourceId", "RawEventName", "EventDetails")
    rows = [{column: row[column] for column in columns} for row in rows]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "nested.parquet")
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "lines").mkdir()
    (tmp_path / "lines" / "flat.json").write_text(text)
    with (
        evidence_at(tmp_path / "nested.parquet") as nested,
        evidence_at(tmp_path / "lines") as flat,
    ):
        one, two = (asked(each, "exact", "users", traps.CAM) for each in (nested, flat))
        assert one.rows
        assert one.sha256() == two.sha256()


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("pack", PACKS)
def test_column_types_are_those_that_the_service_would_give(
    trap_evidence: Evidence, kusto_parser: KustoParser, pack: str, question: str
) -> None:
    answer = asked(trap_evidence, pack, question, traps.CAM)
    checked = kusto_parser.check(answer.kql)
    assert [str(found) for found in checked.diagnostics] == []
    given = types(answer)
    if (pack, question) == ("exact", "alerts"):
        assert {name: given.pop(name) for name in ADDED} == dict.fromkeys(ADDED, "string")
    assert list(given.items()) == list(checked.types().items())


DRILLED = [
    (pack, name)
    for pack, loaded in PACKS.items()
    for name, question in loaded.questions.items()
    if question.events
]


@pytest.mark.parametrize(("pack", "question"), DRILLED)
def test_drill_down_types_are_those_that_the_service_would_give(
    trap_evidence: Evidence, kusto_parser: KustoParser, pack: str, question: str
) -> None:
    # The types are the same where no trap is told of by the question.
    records = asked(trap_evidence, pack, question, traps.CAM).records()
    record = records[0] if records else dict.fromkeys(question_of(pack, question).keys, "")
    answers = drill_down(trap_evidence, question_of(pack, question), scope(traps.CAM), record)
    for answer in answers:
        if answer.kql:
            checked = kusto_parser.check(answer.kql)
            assert list(types(answer).items()) == list(checked.types().items())


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("pack", PACKS)
def test_cells_are_what_their_column_says(trap_evidence: Evidence, pack: str, device: str) -> None:
    kinds: dict[str, tuple[type, ...]] = {
        "string": (str,),
        "long": (int,),
        "int": (int,),
        "bool": (bool,),
        "dynamic": (list,),
    }
    for question in QUESTIONS:
        answer = asked(trap_evidence, pack, question, DEVICES[device])
        for row in answer.rows:
            for column, cell in zip(answer.columns, row, strict=True):
                where = (question, column, cell)
                if column.type == "datetime":
                    assert cell is None or cell.utcoffset().total_seconds() == 0, where
                elif column.type == "bool":
                    assert cell in (True, False, None), where
                else:
                    assert isinstance(cell, kinds[column.type]), where
        sets = [name for name in question_of(pack, question).sets if name in answer.names]
        for row in answer.records():
            assert all(row[name] == sorted(set(row[name])) for name in sets)
