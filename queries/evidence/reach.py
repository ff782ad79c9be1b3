"""What a translated query reads: the known tables by their plain names, and nothing else.

The window is a view before each table, and a qualified name such as memory.SecurityAlert would
look behind it; DuckDB's own tables (duckdb_settings, …) tell about this machine.
"""

from __future__ import annotations

from ..language import tr
from .sql_tree import Node, nodes_in
from .tables import TABLES

#: Table functions that duckdb-kql writes for ``range`` and ``mv-expand``.
_FUNCTIONS = frozenset({"unnest", "range", "generate_series"})


def foreign_source(tree: Node) -> str:
    """The first source in a parsed query that is no known table, "" where there is none."""
    if tree["error"]:
        return tr("what is no query")
    named: set[str] = set()
    read: list[tuple[str, str]] = []
    for node in nodes_in(tree):
        if "cte_map" in node:
            named.update(entry["key"] for entry in node["cte_map"]["map"])
        if node.get("type") == "BASE_TABLE":
            place = ".".join(filter(None, (node["catalog_name"], node["schema_name"])))
            read.append((place, node["table_name"]))
        elif node.get("type") == "TABLE_FUNCTION":
            function = node["function"].get("function_name", "")
            if function not in _FUNCTIONS:
                return f"{function}()"
    for place, table in read:
        if place:
            return f"{place}.{table}"
        if table not in named and table not in TABLES:
            return table
    return ""
