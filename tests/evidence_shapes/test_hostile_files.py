"""Files that were made to hurt whoever reads them: bounded, said, and nothing else is lost."""

from __future__ import annotations

import gzip
import io
import json
import os
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path
from random import Random
from typing import Any

import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st
from iotriage.queries.answers import NoticeKind
from iotriage.queries.evidence import loading
from iotriage.queries.evidence.reports import FileReport, NoEvidenceError
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.questions import Query
from iotriage.queries.source import Cancellation

from .reading import ALWAYS, NOW, cells, opened, said
from .test_every_shape import PACKERS, put, zipped


def line(device: str, **more: Any) -> bytes:
    row = {
        "TimeGenerated": "2026-07-14T20:00:00Z",
        "DeviceId": device,
        "RawEventName": "Login",
        "EventDetails": "{}",
        "Type": "SecurityIoTRawEvent",
    }
    return json.dumps(row | more).encode() + b"\n"


def devices(evidence: Evidence, column: str = "DeviceId") -> list[Any]:
    query = Query("devices", {}, f"SecurityIoTRawEvent | project {column}")
    answer = evidence.ask(query, ALWAYS, Cancellation())
    assert answer.failure == ""
    return sorted(row[0] for row in answer.rows)


def nothing(path: Path) -> list[FileReport]:
    with pytest.raises(NoEvidenceError) as caught:
        Evidence.open(path, NOW)
    assert len(str(caught.value).splitlines()) == 1
    return caught.value.report.files


@pytest.mark.parametrize("packer", ["gzip", "zstd", "zip"])
def test_a_bomb_is_read_up_to_its_limit(
    tmp_path: Path, packer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iotriage.queries.evidence.unpacking.MAX_SMALL", 100_000)
    monkeypatch.setattr("iotriage.queries.evidence.unpacking.MAX_RATIO", 10)
    bomb = PACKERS[packer](line("first") * 20 + b" " * 5_000_000 + b"\n" + line("last"))
    put(tmp_path, {"a.json": bomb, "b.json": PACKERS[packer](line("good"))})
    with opened(tmp_path) as evidence:
        assert devices(evidence) == ["first", "good"]
        (notice,) = evidence.notices
        assert notice.kind is NoticeKind.UNREAD
        assert notice.text.startswith(f"{tmp_path}/a.json")
        assert "was read in part: unpacks to more than" in notice.text


def test_the_members_of_an_archive_share_one_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iotriage.queries.evidence.unpacking.MAX_SMALL", 100_000)
    monkeypatch.setattr("iotriage.queries.evidence.unpacking.MAX_RATIO", 10)
    members = {f"{n}": line(f"d{n:03d}") + b" " * 9_000 + b"\n" for n in range(100)}
    put(tmp_path, {"a": zipped(members)})
    with opened(tmp_path) as evidence:
        found = devices(evidence)
        assert found == [f"d{n:03d}" for n in range(len(found))]
        assert 5 < len(found) < 30
        reports = evidence.report.files
        assert all(file.is_whole for file in reports[: len(found) - 1])
        assert all(file.refused for file in reports[len(found) + 1 :])
        assert len(evidence.notices) <= 2


@pytest.mark.parametrize("packer", ["gzip", "zstd"])
def test_a_packed_file_that_breaks_off_keeps_what_came_before(tmp_path: Path, packer: str) -> None:
    noise = Random(7).randbytes(400_000).hex()
    whole = PACKERS[packer](line("first") + line("second", SourceSystem=noise) + line("last"))
    for name, content in {
        "cut": whole[: len(whole) // 2],
        "flipped": whole[:-600] + bytes(byte ^ 255 for byte in whole[-600:-590]) + whole[-590:],
    }.items():
        folder = put(tmp_path / name, {"a": content})
        with opened(folder) as evidence:
            assert "first" in devices(evidence)
            why = f"{folder}/a was read in part: damaged {packer}"
            assert any(text.startswith(why) for text in said(evidence))


def test_packed_again_and_again(tmp_path: Path) -> None:
    content = line("deep")
    for depth in range(1, 6):
        content = gzip.compress(content)
        folder = put(tmp_path / str(depth), {"a": content})
        if depth <= 3:
            with opened(folder) as evidence:
                assert devices(evidence) == ["deep"]
        else:
            (file,) = nothing(folder)
            assert file.refused == "packed more than 3 times: unpack it"


def encrypted() -> bytes:
    content = bytearray(zipped({"secret.json": line("secret")}))
    for magic, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(magic) + place] |= 1
    return bytes(content)


ODD_ARCHIVES = {
    "no member": (zipped({}), "a zip archive that is empty or split"),
    "a folder only": (zipped({"a/": b""}), ""),
    "cut": (zipped({"a": line("a") * 99})[:-30], "a damaged zip archive"),
    "encrypted": (encrypted(), "this member cannot be unpacked"),
    "in an archive": (zipped({"b.zip": zipped({"a": line("a")})}), "a zip archive inside"),
    "an Office document": (zipped({"[Content_Types].xml": b"<x/>"}), "an Office document"),
}


@pytest.mark.parametrize("name", ODD_ARCHIVES)
def test_an_odd_archive_is_refused(tmp_path: Path, name: str) -> None:
    content, why = ODD_ARCHIVES[name]
    (file,) = nothing(put(tmp_path, {"a.zip": content}))
    assert file.refused.startswith(why)
    put(tmp_path, {"good.json": line("good")})
    with opened(tmp_path) as evidence:
        assert devices(evidence) == ["good"]


STRANGERS = {
    "a pickle": pickle.dumps({"TimeGenerated": 1}),
    "SQLite": b"SQLite format 3\x00" + bytes(100),
    "a tar archive": b"a.json".ljust(257, b"\0") + b"ustar\x0000" + bytes(248),
    "HTML": b"<!DOCTYPE html><title>Sign in</title>",
    "ORC": b"ORC\x11\x00\x00",
    "bzip2": b"BZh91AY&SY",
    "xz": b"\xfd7zXZ\x00\x00\x04",
    "prose, with a comma": b"Dear all,\nplease find attached, as agreed, nothing.\n",
    "CSV of something else": b"Name,Size,Colour\na,1,red\n",
    "random": bytes(range(256)) * 8,
}


@pytest.mark.parametrize("name", STRANGERS)
@pytest.mark.parametrize("packer", PACKERS)
def test_what_is_no_evidence_is_named(tmp_path: Path, name: str, packer: str) -> None:
    (file,) = nothing(put(tmp_path, {"SecurityAlert.json": PACKERS[packer](STRANGERS[name])}))
    assert file.stranger
    assert file.refused


def rest_table(*devices: str) -> dict[str, Any]:
    rows = [json.loads(line(device)) for device in devices]
    columns = [{"name": name, "type": "string"} for name in rows[0]]
    return {"name": "T", "columns": columns, "rows": [list(row.values()) for row in rows]}


@pytest.mark.parametrize(
    "bad",
    [5, None, [], {}, {"rows": []}, {"columns": []}, {"columns": 5, "rows": [[1]]},
     {"columns": [{"name": 1}], "rows": [[1]]}, {"columns": [{"name": "a"}], "rows": 5}],
)  # fmt: skip
@pytest.mark.parametrize("indent", [None, 1])
def test_a_malformed_table_costs_no_other(tmp_path: Path, bad: Any, indent: int | None) -> None:
    tables = [rest_table("one"), bad, rest_table("two", "three")]
    put(tmp_path, {"a": json.dumps({"tables": tables}, indent=indent).encode()})
    with opened(tmp_path) as evidence:
        assert devices(evidence) == ["one", "three", "two"]
        assert said(evidence) == [f"1 row could not be read, first at {tmp_path}/a:table 2"]


def test_a_document_that_breaks_off_keeps_the_rows_before(tmp_path: Path) -> None:
    text = json.dumps({"tables": [rest_table(*(f"d{n}" for n in range(9)))]}).encode()
    put(tmp_path, {"a.json": text[: text.index(b"d7")]})
    with opened(tmp_path) as evidence:
        assert devices(evidence) == [f"d{n}" for n in range(7)]
        assert said(evidence) == [
            f"{tmp_path}/a.json was read in part: it ends in the midst of a JSON document"
        ]


DEEP = "[" * 50_000 + "]" * 50_000
NESTED = {
    "line": lambda: line("good") + b'{"EventDetails": ' + DEEP.encode() + b"}\n" + line("good2"),
    "array": lambda: b"[" + line("good") + b"," + DEEP.encode() + b"," + line("good2") + b"]",
    "records": lambda: b'{"records": [' + line("good") + b', {"a": ' + DEEP.encode() + b"}]}",
    "message": lambda: line("good") + b'{"Events": ' + DEEP.encode() + b', "AgentId": "x"}\n',
    "objects": lambda: line("good") + b'{"body": ' * 20_000 + b"0" + b"}" * 20_000 + b"\n",
}


@pytest.mark.parametrize("form", NESTED)
def test_absurd_nesting_is_no_more_than_a_bad_row(tmp_path: Path, form: str) -> None:
    put(tmp_path, {"a": NESTED[form]()})
    with opened(tmp_path) as evidence:
        assert "good" in devices(evidence)


def wide(count: int) -> dict[str, bytes]:
    many = {f"column {number}": "x" * 20 for number in range(count)}
    row = many | json.loads(line("wide"))
    table = rest_table("wide")
    table["columns"] = [{"name": name} for name in many] + table["columns"]
    table["rows"][0] = list(many.values()) + table["rows"][0]
    head, cells_of = ",".join(row), ",".join(f'"{cell}"' for cell in row.values())
    return {
        "line": json.dumps(row).encode(),
        "rest": json.dumps({"tables": [table]}).encode(),
        "csv": f"{head}\n{cells_of}\n".encode(),
    }


@pytest.mark.parametrize("form", ["line", "rest", "csv"])
def test_ten_thousand_columns(tmp_path: Path, form: str) -> None:
    with opened(put(tmp_path, {"a": wide(10_000)[form]})) as evidence:
        assert devices(evidence) == ["wide"]
        assert said(evidence) == []


FIRST = b'{"DeviceId": "first", "EventDetails": {"n": 123456789012345678901234567890, "n": 2},'
AGAIN = FIRST + line("second")[1:-1]


@pytest.mark.parametrize(
    "content",
    [AGAIN, b"[" + AGAIN + b"]", b'{"records": [' + AGAIN + b"]}",
     b'{"body": {"records": [' + AGAIN + b"]}}"],
)  # fmt: skip
def test_of_repeated_keys_the_first_counts_and_numbers_keep_their_digits(
    tmp_path: Path, content: bytes
) -> None:
    with opened(put(tmp_path, {"a": content})) as evidence:
        assert devices(evidence) == ["first"]
        details = devices(evidence, "EventDetails")[0]
        assert json.loads(details, object_pairs_hook=list)[0] == (
            "n",
            123456789012345678901234567890,
        )


def test_a_file_that_grows_while_it_is_read_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = loading.reader_of

    def growing(head: bytes) -> Any:
        if b"unsteady" in head:
            with (tmp_path / "a").open("ab") as file:
                file.write(line("more"))
        return real(head)

    monkeypatch.setattr(loading, "reader_of", growing)
    put(tmp_path, {"a": line("unsteady"), "b": line("steady")})
    with opened(tmp_path) as evidence:
        assert {"steady", "unsteady"} <= set(devices(evidence))
        assert said(evidence) == [f"{tmp_path}/a changed while it was read: open it again"]


@pytest.mark.parametrize("becomes", ["nothing", "a pipe", "a folder"])
def test_a_file_that_is_gone_when_its_turn_comes(tmp_path: Path, becomes: str) -> None:
    put(tmp_path, {"a": line("a"), "b": line("b")})

    def vanish(name: str, number: int, of: int) -> None:
        if number == 1:
            (tmp_path / "a").unlink()
            if becomes != "nothing":
                {"a pipe": os.mkfifo, "a folder": os.mkdir}[becomes](tmp_path / "a")

    evidence = Evidence.open(tmp_path, NOW, vanish)
    try:
        assert devices(evidence) == ["b"]
        (text,) = said(evidence)
        assert text.startswith(f"{tmp_path}/a was refused: ")
    finally:
        evidence.close()


def test_what_is_never_opened_is_said(tmp_path: Path) -> None:
    case = put(tmp_path / "case", {"in.json": line("in")})
    put(tmp_path / "out", {"out.json": line("out")})
    os.mkfifo(case / "pipe")
    (case / "link").symlink_to(tmp_path / "out")
    (case / "nowhere").symlink_to("nothing")
    with opened(case) as evidence:
        assert devices(evidence) == ["in"]
        (text,) = said(evidence)
        assert text.startswith("3 paths never opened, first ")
        assert sorted((path.name, why) for path, why in evidence.report.left_out) == [
            ("link", "a link that leads out of the folder"),
            ("nowhere", "a link that leads nowhere"),
            ("pipe", "a pipe, not a file"),
        ]


def test_many_refused_files_are_few_sentences(tmp_path: Path) -> None:
    put(tmp_path, {f"{number:04d}": b"\x1f\x8boops" for number in range(300)})
    put(tmp_path, {"good": line("good")})
    with opened(tmp_path) as evidence:
        (text,) = said(evidence)
        assert text.startswith(f"{tmp_path}/0000 was refused: damaged gzip data")
        assert text.endswith("(and 299 more files like it)")


def parquet(rows: list[dict[str, Any]], **how: Any) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out, **how)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["rows", "text"])
def test_parquet_that_unpacks_without_end_is_refused(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dictionary and run lengths make much of little: here a thousand times and more."""
    monkeypatch.setattr("iotriage.queries.evidence.parquet._MAX_SMALL", 1_000_000)
    row = json.loads(line("same")) | ({"EventDetails": "x" * 10_000} if kind == "text" else {})
    bomb = parquet([row] * (10_000 if kind == "text" else 1_000_000), compression="zstd")
    assert len(bomb) < 20_000
    put(tmp_path, {"bomb.parquet": bomb, "good.parquet": parquet([json.loads(line("good"))])})
    with opened(tmp_path) as evidence:
        assert devices(evidence) == ["good"]
        (text,) = said(evidence)
        assert text.startswith(f"{tmp_path}/bomb.parquet was refused: it ")


LINES = st.lists(
    st.sampled_from(
        [line("a").strip(), line("b", Type="Syslog").strip(), line("c", Type="None").strip(),
         line("d", TableName="PrimaryResult", SourceSystem="None").strip(),
         line("e", EventDetails={"a": [1.10, 2**70]}).strip(), b'{"records": [' + line("f") + b"]}",
         b"", b"  ", b"{oops", b"[1]", b"null", b'{"DeviceId": "\\ud800"}', b'{"a": "\xff"}',
         line("g").replace(b"Login", b"\\udfff").strip(), line("h").strip() + line("i").strip(),
         b"  " + line("j").strip() + b"\r", line("k").replace(b'"{}"', b"NaN").strip(),
         line("l").replace(b"}\n", b", }"), line("m", Type=7).strip(), b"{}", b'{"Type": ""}',
         json.dumps({"tables": [rest_table("n", "o")]}).encode(), b"\x00", b"x" * 5000]
    ),
    max_size=8,
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(content=LINES.map(b"\n".join))
def test_lines_mean_the_same_however_they_are_read(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    """Plain lines are read by DuckDB from disk, packed ones by Python."""
    content = line("always") + content
    made: list[Any] = []
    for packed in (content, zstd.compress(content)):
        with opened(put(tmp_path_factory.mktemp("lines"), {"a": packed})) as evidence:
            (file,) = evidence.report.files
            place = str(file.path)
            texts = [text.replace(place, "a") for text in said(evidence)]
            counts = (file.tables, file.bad, file.foreign, file.repaired, file.form)
            made.append((cells(evidence), texts, counts))
    assert made[0] == made[1]


MEASURED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from iotriage.queries.evidence.source import Evidence
from iotriage.queries.source import SourceError
try:
    report = Evidence.open(Path(sys.argv[1]), datetime(2026, 8, 1, tzinfo=UTC)).report
except SourceError as error:
    report = error.report
for file in report.files:
    print(file.rows, file.bad, file.refused, file.cut)
# Not ru_maxrss: that begins with what the parent had.
print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
"""


def swollen(kind: str) -> bytes:
    """120 MB of content that is packed to little, past every limit."""
    much = 120 * 2**20
    if kind == "blanks":
        return gzip.compress(b" " * much, 1)
    if kind == "one line":
        return gzip.compress(line("good") + b'{"a": "' + b"x" * much + b'"}\n', 1)
    if kind == "one value":
        return gzip.compress(b'[{"a": "' + b"x" * much + b'"}]', 1)
    if kind == "brackets":
        return gzip.compress(b"[" * much, 1)
    assert kind == "one cell"
    return gzip.compress(b"TimeGenerated,DeviceId\n" + b'"' + b"x" * much, 1)


@pytest.mark.parametrize("kind", ["blanks", "one line", "one value", "brackets", "one cell"])
def test_memory_does_not_grow_with_what_is_unpacked(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "a.gz"
    file.write_bytes(swollen(kind))
    ran = subprocess.run(
        [sys.executable, "-c", MEASURED, str(file)],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    *files, peak = ran.stdout.splitlines()
    assert int(peak) < 350 * 1024, ran.stdout
    assert len(files) == 1


def test_an_archive_is_no_way_out_of_the_folder(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("a.json", line("a"))
    with opened(put(tmp_path, {"a.zip": out.getvalue()})) as evidence:
        assert devices(evidence) == ["a"]
        assert [file.member for file in evidence.report.files if file.refused] == ["link"]
