"""Writing the same rows in each of the forms that an organisation may have kept."""

from __future__ import annotations

import csv
import io
import json
import zlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from .rows import Rows, exported

#: name -> content; every table on its own, or all of them in one.
Written = dict[str, bytes]

MSTICPY = {
    "StartTime": "StartTimeUtc",
    "EndTime": "EndTimeUtc",
    "DisplayName": "AlertDisplayName",
    "AlertSeverity": "Severity",
    "VendorOriginalId": "ProviderAlertId",
}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: exported(value) for name, value in row.items()}


def _names(rows: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def json_lines(rows: Rows) -> Written:
    lines = {t: [json.dumps(_plain(row)) + "\n" for row in of] for t, of in rows.items()}
    return {f"{table}.jsonl": "".join(text).encode() for table, text in lines.items()}


def data_export(rows: Rows) -> Written:
    """Blobs of five minutes, two of them for the same, with a repeated record."""
    written = {}
    workspace = "WorkspaceResourceId=/subscriptions/s/resourcegroups/rg/workspaces/w"
    for table, of in rows.items():
        hour = f"am-{table}/{workspace}/y=2026/m=07/d=28/h=19/m=05"
        lines = [json.dumps(_plain(row), ensure_ascii=False) + "\n" for row in of]
        half = len(lines) // 2
        written[f"{hour}/PT05M.json"] = "".join(lines[:half]).encode()
        written[f"{hour}/PT05M_1.json"] = "".join(lines[half:]).encode()
        written[f"{hour.removesuffix('/m=05')}/PT1H.json"] = "".join(lines[:2]).encode()
    return written


def _rest_tables(rows: Rows) -> list[dict[str, Any]]:
    tables = []
    for of in rows.values():
        names = _names(of)
        columns = [{"name": name, "type": "string"} for name in names]
        cells = [[exported(row.get(name)) for name in names] for row in of]
        tables.append({"name": "PrimaryResult", "columns": columns, "rows": cells})
    return tables


def rest(rows: Rows) -> Written:
    return {
        f"answer{number}": json.dumps({"tables": [table]}, separators=(",", ":")).encode()
        for number, table in enumerate(_rest_tables(rows))
    }


def rest_pretty(rows: Rows) -> Written:
    """All in one, indented, with what nobody asked for before and the rows before the columns."""
    tables = [dict(reversed(table.items())) for table in _rest_tables(rows)]
    content = {"statistics": {"query": {"executionTime": 0.1}}, "tables": tables, "render": None}
    return {"all": json.dumps(content, indent=2, ensure_ascii=False).encode()}


def batch_lines(rows: Rows) -> Written:
    """Event Hubs: a message a line, some records each."""
    lines = []
    for of in rows.values():
        plain = [_plain(row) for row in of]
        lines += [json.dumps({"records": plain[at : at + 5]}) for at in range(0, len(plain), 5)]
    return {"captured": "\n".join(lines).encode()}


def batch_document(rows: Rows) -> Written:
    records = [_plain(row) for of in rows.values() for row in of]
    return {"message": json.dumps({"records": records}, indent=4).encode()}


def array(rows: Rows) -> Written:
    flat = [_plain(row) for of in rows.values() for row in of]
    return {"rows": json.dumps(flat, separators=(",", ":")).encode()}


def one_after_another(rows: Rows) -> Written:
    """As jq prints rows."""
    flat = [_plain(row) for of in rows.values() for row in of]
    return {"jq": "\n".join(json.dumps(row, indent=2) for row in flat).encode()}


def az(rows: Rows) -> Written:
    """``az monitor log-analytics query -o json``: every value a text, None for nothing."""
    written = {}
    for table, of in rows.items():
        names = _names(of)
        flat = [
            {"TableName": "PrimaryResult"}
            | {name: str(exported(row.get(name))) for name in sorted([*names, "TenantId"])}
            for row in of
        ]
        written[f"az-{table}"] = json.dumps(flat, indent=2).encode()
    return written


def _csv(header: list[str], lines: list[list[str]], delimiter: str = ",") -> bytes:
    out = io.StringIO()
    table = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    table.writerow(header)
    table.writerows(lines)
    return out.getvalue().encode()


def _portal(rows: Rows, show: Callable[[datetime], str], zone: str, delimiter: str) -> Written:
    def cell(value: Any) -> str:
        if isinstance(value, datetime):
            return show(value)
        return (
            str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
        )

    written = {}
    for table, of in rows.items():
        names = _names(of)
        times = {name for row in of for name, value in row.items() if isinstance(value, datetime)}
        header = [f"{name} [{zone}]" if name in times else name for name in names]
        lines = [[cell(row.get(name)) for name in names] for row in of]
        written[f"query_data {table}"] = _csv(header, lines, delimiter)
    return written


def _american(when: datetime) -> str:
    hour = when.hour % 12 or 12
    half = "AM" if when.hour < 12 else "PM"
    day = f"{when.month}/{when.day}/{when.year}"
    return f"{day}, {hour}:{when:%M:%S}.{when.microsecond // 1000:03d}\u202f{half}"


def _german(when: datetime) -> str:
    day = f"{when.day}.{when.month}.{when.year}"
    return f"{day}, {when:%H:%M:%S},{when.microsecond // 1000:03d}"


def _british(when: datetime) -> str:
    return f"{when:%d/%m/%Y, %H:%M:%S}.{when.microsecond // 1000:03d}"


def _japanese(when: datetime) -> str:
    day = f"{when.year}/{when.month}/{when.day}"
    return f"{day} {when:%H:%M:%S}.{when.microsecond // 1000:03d}"


def portal(rows: Rows) -> Written:
    return _portal(rows, _american, "UTC", ",")


def portal_german(rows: Rows) -> Written:
    return _portal(rows, _german, "UTC", ";")


def portal_british(rows: Rows) -> Written:
    return _portal(rows, _british, "UTC", "\t")


def portal_japanese(rows: Rows) -> Written:
    from datetime import timedelta, timezone

    tokyo = timezone(timedelta(hours=9))
    return _portal(rows, lambda when: _japanese(when.astimezone(tokyo)), "Asia/Tokyo", ",")


def msticpy(rows: Rows) -> Written:
    """``DataFrame.to_csv``: an index without a name, renamed columns, times with a space."""
    written = {}
    for table, of in rows.items():
        names = _names(of)
        header = ["", *(MSTICPY.get(name, name) for name in names)]
        if table == "SecurityAlert":
            # What a notebook adds under a name that a table has.
            header.append("Computer")
        lines = []
        for number, row in enumerate(of):
            values = ["" if row.get(name) is None else str(row[name]) for name in names]
            lines.append([str(number), *values, *["x"] * (table == "SecurityAlert")])
        written[f"{table}.csv"] = _csv(header, lines)
    return written


def powershell(rows: Rows) -> Written:
    """Redirected by Windows PowerShell: UTF-16 with a mark, and CR LF."""
    return {
        name: ("\ufeff" + text.decode().replace("\n", "\r\n")).encode("utf-16-le")
        for name, text in json_lines(rows).items()
    }


def powershell_csv(rows: Rows) -> Written:
    """``Export-Csv`` of Windows PowerShell: a line with a type before the header."""
    return {
        name: b"\xef\xbb\xbf#TYPE Selected.Object\r\n" + text
        for name, text in msticpy(rows).items()
    }


def parquet(rows: Rows) -> Written:
    import pyarrow as pa
    import pyarrow.parquet as pq

    written = {}
    for table, of in rows.items():
        out = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(of), out, row_group_size=7)
        written[f"{table}.parquet"] = out.getvalue()
    return written


def lake(rows: Rows) -> Written:
    """As Spark may write it: names in lower case, text as bytes, times without a zone."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    written = {}
    for table, of in rows.items():
        columns = {}
        for name in _names(of):
            values = [row.get(name) for row in of]
            if isinstance(values[0], datetime):
                naive = [value.replace(tzinfo=None) for value in values]
                columns[name.lower()] = pa.array(naive, pa.timestamp("ms"))
            elif isinstance(values[0], str):
                columns[name.lower()] = pa.array([text.encode() for text in values], pa.binary())
            else:
                columns[name.lower()] = pa.array(values)
        out = io.BytesIO()
        pq.write_table(pa.table(columns), out, compression="zstd")
        written[f"part-00000-{table}"] = out.getvalue()
    return written


def _long(value: int) -> bytes:
    value = (value << 1) ^ (value >> 63)
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _counted(content: str | bytes) -> bytes:
    raw = content.encode() if isinstance(content, str) else content
    return _long(len(raw)) + raw


#: As the documentation of Event Hubs Capture gives it.
CAPTURE_SCHEMA = {
    "type": "record",
    "name": "EventData",
    "namespace": "Microsoft.ServiceBus.Messaging",
    "fields": [
        {"name": "SequenceNumber", "type": "long"},
        {"name": "Offset", "type": "string"},
        {"name": "EnqueuedTimeUtc", "type": "string"},
        {
            "name": "SystemProperties",
            "type": {"type": "map", "values": ["long", "double", "string", "bytes"]},
        },
        {
            "name": "Properties",
            "type": {"type": "map", "values": ["long", "double", "string", "bytes", "null"]},
        },
        {"name": "Body", "type": ["null", "bytes"]},
    ],
}


def avro(bodies: list[bytes], device: str = "", codec: str = "null", block: int = 3) -> bytes:
    """A file of Event Hubs Capture with a message for each body."""
    sync = bytes(range(16))
    meta = {"avro.codec": codec, "avro.schema": json.dumps(CAPTURE_SCHEMA)}
    head = b"".join(_counted(key) + _counted(text) for key, text in meta.items())
    out = b"Obj\x01" + _long(len(meta)) + head + _long(0) + sync
    told = _long(2) + _counted("iothub-connection-device-id") + _long(2) + _counted(device)
    told += _counted("x-opt-sequence") + _long(0) + _long(-5) + _long(0)
    for at in range(0, len(bodies), block):
        records = [
            _long(at) + _counted("4711") + _counted("7/14/2026 7:00:00 PM")
            + (told if device else _long(0)) + _long(0) + _long(1) + _counted(body)
            for at, body in enumerate(bodies[at : at + block])
        ]  # fmt: skip
        data = b"".join(records)
        if codec == "deflate":
            packer = zlib.compressobj(wbits=-15)
            data = packer.compress(data) + packer.flush()
        out += _long(len(records)) + _counted(data) + sync
    return out


def capture(rows: Rows) -> Written:
    """Event Hubs Capture: messages of some records each."""
    written = {}
    for table, of in rows.items():
        plain = [_plain(row) for row in of]
        parts = [plain[at : at + 4] for at in range(0, len(plain), 4)]
        bodies = [json.dumps({"records": part}).encode() for part in parts]
        codec = "deflate" if table == "SecurityAlert" else "null"
        written[f"{table}/2026/07/14/19/00/15.avro"] = avro(bodies, codec=codec)
    return written


WRITERS: dict[str, Callable[[Rows], Written]] = {
    one.__name__: one
    for one in (
        json_lines, data_export, rest, rest_pretty, batch_lines, batch_document, array,
        one_after_another, az, portal, portal_german, portal_british, portal_japanese, msticpy,
        powershell, powershell_csv, parquet, lake, capture,
    )
}  # fmt: skip
