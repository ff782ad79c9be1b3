"""The tables that the questions read, as Log Analytics declares them, with Kusto types."""

from __future__ import annotations

from ..evidence.tables import DYNAMIC
from ..evidence.tables import TABLES as HELD

Schema = dict[str, str]

#: What a result set has of every table, and no evidence needs.
_BILLED: Schema = {"_BilledSize": "real", "_IsBillable": "string"}

TABLES: dict[str, Schema] = {
    table: {**columns, **_BILLED, **dict.fromkeys(DYNAMIC.get(table, ()), "dynamic")}
    for table, columns in HELD.items()
}
