"""Every shape holds the same cells as the same rows in JSON Lines, packed or not."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from backports import zstd
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.evidence.tables import TABLES

from .reading import Cells, cells, expected, opened, said
from .rows import Rows, made
from .writers import WRITERS, Written, json_lines

ROWS = made()
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda content: content,
    "gzip": gzip.compress,
    "zstd": zstd.compress,
    "zip": lambda content: zipped({"one": content}),
}


def zipped(members: Written) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def put(folder: Path, written: Written, pack: Callable[[bytes], bytes] = bytes) -> Path:
    for name, content in written.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(pack(content))
    return folder


@pytest.fixture(scope="module")
def as_json_lines(tmp_path_factory: pytest.TempPathFactory) -> Cells:
    with opened(put(tmp_path_factory.mktemp("lines"), json_lines(ROWS))) as evidence:
        return cells(evidence)


def compare(evidence: Evidence, wanted: Cells) -> None:
    found = cells(evidence)
    for table, rows in wanted.items():
        assert found[table] == rows, table


def test_json_lines_hold_what_was_written(as_json_lines: Cells) -> None:
    assert as_json_lines == expected(ROWS)
    assert all(as_json_lines[table].total() == len(rows) for table, rows in ROWS.items())


@pytest.mark.parametrize("packer", PACKERS)
@pytest.mark.parametrize("shape", WRITERS)
def test_a_shape_holds_the_same_cells(
    tmp_path: Path, as_json_lines: Cells, shape: str, packer: str
) -> None:
    put(tmp_path, WRITERS[shape](ROWS), PACKERS[packer])
    with opened(tmp_path) as evidence:
        compare(evidence, as_json_lines)
        assert said(evidence) == []
        assert evidence.missing_tables == frozenset(TABLES) - frozenset(ROWS)
        report = evidence.report
        how = [packer.replace("plain", ""), "Avro" if shape == "capture" else ""]
        assert {file.packed for file in report.files} == {", ".join(filter(None, how))}
        assert all(file.is_whole and file.form for file in report.files)
        written = sum(map(len, ROWS.values()))
        assert report.rows - report.repeated == written
        assert report.repeated == (2 * len(ROWS) if shape == "data_export" else 0)


def test_all_shapes_in_one_folder_under_wrong_names(tmp_path: Path, as_json_lines: Cells) -> None:
    """Each shape has some of the rows, nested, with a name that says it is something else."""
    count = len(WRITERS)
    names = ("notes.txt", "a.parquet", "b.json.gz", "c.csv", "d.zip", "e.avro", "f", "g.xlsx")
    for number, (shape, write) in enumerate(WRITERS.items()):
        part: Rows = {table: rows[number::count] for table, rows in ROWS.items()}
        part = {table: rows for table, rows in part.items() if rows}
        packed = list(PACKERS.values())[number % len(PACKERS)]
        for place, content in enumerate(write(part).values()) if part else ():
            below = tmp_path / "case 7" / shape / f"deeper {place}"
            put(below, {names[(number + place) % len(names)]: content}, packed)
    put(tmp_path, {"README.md": b"# Exported on Tuesday\n", "empty.json": b""})
    with opened(tmp_path) as evidence:
        compare(evidence, as_json_lines)
        assert said(evidence) == [
            f"1 file left out, first {tmp_path}/README.md: neither JSON, CSV, Parquet nor Event"
            " Hubs Capture"
        ]


def test_an_archive_of_everything(tmp_path: Path, as_json_lines: Cells) -> None:
    """Names in it that lead elsewhere are names, and are never written to."""
    members = {f"../../{shape}/{name}": text for shape in ("rest", "msticpy", "az", "parquet")
               for name, text in WRITERS[shape](ROWS).items()}  # fmt: skip
    members |= {f"/etc/{n}.gz": gzip.compress(t) for n, t in json_lines(ROWS).items()}
    archive = tmp_path / "below" / "export.zip"
    put(archive.parent, {"export.zip": zipped(members)})
    with opened(archive) as evidence:
        compare(evidence, as_json_lines)
        assert len(evidence.report.files) == len(members)
        assert evidence.report.repeated == 4 * sum(map(len, ROWS.values()))
    assert [path.name for path in tmp_path.rglob("*")] == ["below", "export.zip"]
