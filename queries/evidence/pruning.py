"""Columns that nobody reads, left out of the steps of a query."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .sql_tree import Node, nodes_in, queries_in

#: The names that are read; None where all are.
_Names = set[str] | None


def prune(node: Node) -> None:
    """Narrows what is inside a query whose common table expressions all have other names."""
    _Pruning().query(node, None)


class _Pruning:
    def __init__(self) -> None:
        #: What is read of each common table expression.
        self._read: dict[str, _Names] = {}

    def query(self, node: Node, wanted: _Names) -> None:
        for entry in node["cte_map"]["map"]:
            self._read[entry["key"]] = set()
        if node["type"] == "SELECT_NODE":
            self._select(node, wanted)
        else:
            # Where columns stand in the same place they cannot go one by one.
            by_name = node.get("setop_type") == "UNION_BY_NAME" and node.get("setop_all")
            for child in node.get("children") or [node.get("left"), node.get("right")]:
                if child:
                    self.query(child, wanted if by_name else None)
        # Each is read by what comes after it only.
        for entry in reversed(node["cte_map"]["map"]):
            aliased = entry["value"]["aliases"]
            read = None if aliased else self._read[entry["key"]]
            self.query(entry["value"]["query_node"], read)

    def _select(self, node: Node, wanted: _Names) -> None:
        modified = {modifier["type"] for modifier in node["modifiers"]}
        if "DISTINCT_MODIFIER" in modified:
            wanted = None
        listed = node["select_list"]
        if wanted is not None:
            kept = wanted | set(_names([*node["modifiers"], node["group_expressions"]]))
            chosen = [item for item in listed if _is_needed(item, kept)]
            node["select_list"] = chosen or listed[:1]
        own = [value for key, value in node.items() if key not in ("cte_map", "from_table")]
        read: _Names = {*_names(own), *_names(_conditions(node["from_table"]))}
        for item in node["select_list"]:
            for part in nodes_in(item):
                if part.get("class") == "STAR" and read is not None:
                    odd = part["replace_list"] or part["rename_list"] or part["expr"]
                    if wanted is None or odd or part["qualified_exclude_list"]:
                        read = None
                    else:
                        read = read | wanted | set(part["exclude_list"])
        for inner in queries_in(own):
            self.query(inner, None)
        self._source(node["from_table"], read)

    def _source(self, table: Node, read: _Names) -> None:
        if table.get("column_name_alias"):
            read = None
        if table["type"] == "BASE_TABLE":
            before = self._read.get(table["table_name"], set())
            both = None if before is None or read is None else before | read
            self._read[table["table_name"]] = both
        elif table["type"] == "SUBQUERY":
            self.query(table["subquery"]["node"], read)
        elif table["type"] == "JOIN":
            if table["ref_type"] != "REGULAR" or table["using_columns"]:
                read = None
            for side in ("left", "right"):
                self._source(table[side], read)
            for inner in queries_in(table["condition"]):
                self.query(inner, None)
        else:
            for inner in queries_in(table):
                self.query(inner, None)


def _conditions(table: Node) -> list[Any]:
    """What a FROM names of its own sources."""
    if table["type"] == "JOIN":
        sides = [_conditions(table[side]) for side in ("left", "right")]
        return [table["condition"], *sides]
    return [] if table["type"] in ("BASE_TABLE", "SUBQUERY") else [table]


def name_of(item: Node) -> str:
    """What a part of a SELECT's list is called; "" where the expression is its name."""
    return str(item["alias"] or (item["column_names"][-1] if "column_names" in item else ""))


def _is_needed(item: Node, names: set[str]) -> bool:
    name = name_of(item)
    # What makes several rows of one, or an unknown number of columns, is never idle.
    odd = any(
        part.get("class") in ("STAR", "WINDOW") or part.get("function_name") == "unnest"
        for part in nodes_in(item)
    )
    return not name or odd or name in names


def _names(node: Any) -> Iterator[str]:
    """Every name of a column, of queries inside too: too many rather than too few."""
    for part in nodes_in(node):
        if part.get("class") == "COLUMN_REF":
            yield from part["column_names"]
