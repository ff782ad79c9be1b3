"""Writing the same tables as each of the forms that evidence may have."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Tables = dict[str, list[dict[str, Any]]]


def as_text(value: Any) -> Any:
    """Datetimes as exported: ISO 8601 with Z."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value


def write_json_lines(folder: Path, tables: Tables) -> Path:
    """As data export lays blobs out."""
    for table, rows in tables.items():
        blob = folder / f"am-{table}" / "y=2026" / "m=03" / "d=02" / "h=00" / "m=00"
        blob.mkdir(parents=True)
        lines = (
            json.dumps({k: as_text(v) for k, v in row.items()}, ensure_ascii=False) for row in rows
        )
        (blob / "PT05M.json").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return folder


def write_rest(folder: Path, tables: Tables) -> Path:
    """As the query API answers ``Table``: one table of columns and rows a file."""
    folder.mkdir()
    for table, rows in tables.items():
        names = sorted({name for row in rows for name in row} | {"Type"})
        cells = [
            [table if name == "Type" else as_text(row.get(name)) for name in names] for row in rows
        ]
        columns = [{"name": name, "type": "string"} for name in names]
        answer = {"tables": [{"name": "PrimaryResult", "columns": columns, "rows": cells}]}
        text = json.dumps(answer, ensure_ascii=True, indent=1)
        (folder / f"{table}-answer.json").write_text(text, encoding="utf-8")
    return folder


def write_parquet(folder: Path, tables: Tables) -> Path:
    """Typed columns where a table's column is a time or a bool, text elsewhere."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder.mkdir()
    for table, rows in tables.items():
        names = sorted({name for row in rows for name in row} | {"Type"})
        columns = {}
        for name in names:
            values = [table if name == "Type" else row.get(name) for row in rows]
            if name in ("TimeGenerated", "TimeStamp", "StartTime", "EndTime"):
                columns[name] = pa.array([_moment(v) for v in values], pa.timestamp("us", tz="UTC"))
            elif name == "IsEmpty":
                columns[name] = pa.array([_truth(v) for v in values], pa.bool_())
            else:
                texts = [
                    json.dumps(v, ensure_ascii=False) if isinstance(v, dict | list) else v
                    for v in values
                ]
                shown = [None if t is None else str(t) for t in texts]
                columns[name] = pa.array(shown, pa.string())
        pq.write_table(pa.table(columns), folder / f"{table}.parquet")
    return folder


def _truth(value: Any) -> bool | None:
    return None if value in (None, "") else str(value).lower() == "true"


def _moment(value: Any) -> datetime | None:
    if value in (None, ""):
        return None
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
