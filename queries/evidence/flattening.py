"""Fewer and narrower steps in a translated query, with the same meaning.

duckdb-kql writes a common table expression for every step of a pipe, each with all columns so far.
Here a step goes into the one that reads it where that computes nothing twice, and what several
steps read is put where they filter it, so that each reads its own rows only.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb

from .cheapest_first import order_conditions
from .extracting import gather
from .placing import RefusedError, columns_of, is_all, together
from .pruning import prune
from .sql_tree import Node, nodes_in
from .whole_rows import take_whole_rows

_NODES = ("SELECT_NODE", "SET_OPERATION_NODE")


def flattened(tree: Node, connection: duckdb.DuckDBPyConnection) -> Node:
    """The tree of a query in fewer steps; as it was where it holds what is not known here."""
    if any(node.get("type", "").endswith("_CTE_NODE") for node in nodes_in(tree)):
        return tree
    flattening = _Flattening(_plain_functions(connection), tree)
    for statement in tree["statements"]:
        statement["node"] = flattening.named(statement["node"], {})
        prune(statement["node"])
        flattening.query(statement["node"])
        gather(statement["node"])
        prune(statement["node"])
        take_whole_rows(statement["node"])
        order_conditions(statement["node"])
    for node in nodes_in(tree):
        if node.get("class") == "COLUMN_REF" and node["alias"] == node["column_names"][-1]:
            node["alias"] = ""
    return tree


def _plain_functions(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Functions of a single row, the same for the same row."""
    found = connection.execute(
        "SELECT function_name FROM duckdb_functions() GROUP BY function_name"
        " HAVING bool_and(function_type = 'scalar' AND stability = 'CONSISTENT')"
    ).fetchall()
    return frozenset(name for (name,) in found) - {"unnest"} | {"nullif"}


class _Flattening:
    def __init__(self, plain: frozenset[str], tree: Node) -> None:
        self._plain = plain
        self._count = 0
        self._qualifiers = {
            node["column_names"][0]
            for node in nodes_in(tree)
            if node.get("class") == "COLUMN_REF" and len(node["column_names"]) > 1
        } | {node["relation_name"] for node in nodes_in(tree) if node.get("class") == "STAR"}

    def named(self, node: Any, scope: Mapping[str, str]) -> Any:
        """Every common table expression under a name of its own; those that only rename go."""
        if isinstance(node, list):
            return [self.named(item, scope) for item in node]
        if not isinstance(node, dict):
            return node
        if node.get("type") in _NODES and node["cte_map"]["map"]:
            inner, kept = dict(scope), []
            for entry in node["cte_map"]["map"]:
                query = self.named(entry["value"]["query_node"], inner)
                if (same := _renames(query)) and not entry["value"]["aliases"]:
                    inner[entry["key"]] = same
                    continue
                name = inner[entry["key"]] = f"q{self._count}"
                self._count += 1
                kept.append({"key": name, "value": entry["value"] | {"query_node": query}})
            rest = self.named(node | {"cte_map": {"map": []}}, inner)
            return rest | {"cte_map": {"map": kept}}
        if node.get("type") == "BASE_TABLE" and node["table_name"] in scope:
            name = scope[node["table_name"]]
            alias = node["alias"]
            if not alias and node["table_name"] in self._qualifiers:
                alias = node["table_name"]
            return node | {
                "table_name": name,
                "qualified_name": {"path": [name]},
                "alias": alias,
            }
        return {key: self.named(value, scope) for key, value in node.items()}

    def query(self, node: Node) -> None:
        """Flattens a query in place, its innermost part first."""
        entries = node["cte_map"]["map"]
        for entry in list(entries):
            query = entry["value"]["query_node"]
            self.query(query)
            if entry["value"]["materialized"] == "CTE_MATERIALIZE_ALWAYS":
                continue
            readers = [each for each in _readers(node) if each[1]["table_name"] == entry["key"]]
            once = len(readers) == 1 and query["type"] == "SELECT_NODE"
            if once or (
                self._is_simple(query, known=True)
                and all(_selects(reader, table, query) for reader, table in readers)
            ):
                entries.remove(entry)
                for _, table in readers:
                    alias = table["alias"] or entry["key"]
                    table.clear()
                    table.update(_subquery(copy.deepcopy(query), alias))
        for inner in _queries_in(node):
            self.query(inner)
        if node["type"] == "SELECT_NODE":
            while self._merged(node) or _unwrapped(node):
                pass

    def _is_simple(self, query: Node, *, known: bool = False) -> bool:
        """Whether a query gives a row for each row of its source, each by itself.

        ``known``: its columns have to be known.
        """
        if query["type"] != "SELECT_NODE" or query["modifiers"] or query["cte_map"]["map"]:
            return False
        if any(query[key] for key in ("group_expressions", "group_sets", "having", "qualify")):
            return False
        if query["sample"] or query["aggregate_handling"] != "STANDARD_HANDLING":
            return False
        if known and query["from_table"]["type"] == "JOIN":
            return False
        return all(map(self._is_of_one_row, [*query["select_list"], query["where_clause"]]))

    def _is_of_one_row(self, expression: Node | None) -> bool:
        return all(
            node.get("class") not in ("WINDOW", "SUBQUERY")
            and (node.get("class") != "FUNCTION" or node["function_name"] in self._plain)
            for node in nodes_in(expression)
        )

    def _merged(self, outer: Node) -> bool:
        """Whether what ``outer`` reads has become a part of it."""
        table = outer["from_table"]
        if table["type"] != "SUBQUERY" or table["column_name_alias"] or table["sample"]:
            return False
        inner = table["subquery"]["node"]
        if not self._is_simple(inner) or outer["sample"] or outer["qualify"] or outer["having"]:
            return False
        try:
            made = together(outer, inner, table["alias"])
        except RefusedError:
            return False
        outer.update(made)
        return True


def _unwrapped(node: Node) -> bool:
    """Whether a query that did nothing but repeat another has become that one."""
    table = node["from_table"] if node["type"] == "SELECT_NODE" else {}
    rest = ("where_clause", "group_expressions", "group_sets", "having", "qualify", "sample")
    if table.get("type") != "SUBQUERY" or table["column_name_alias"] or table["sample"]:
        return False
    if node["modifiers"] or any(node[key] for key in rest) or not is_all(node["select_list"]):
        return False
    inner = table["subquery"]["node"]
    # Where both have names of their own, those of the outer one come first.
    entries = [*node["cte_map"]["map"], *inner["cte_map"]["map"]]
    node.clear()
    node.update(inner | {"cte_map": {"map": entries}})
    return bool(node["type"] == "SELECT_NODE")


def _selects(reader: Node, table: Node, query: Node) -> bool:
    """Whether a reader wants those rows only in which a column of the source has some value."""
    if reader["from_table"] is not table or not reader["where_clause"]:
        return False
    try:
        columns = columns_of(query["select_list"])
    except RefusedError:
        return False
    where = reader["where_clause"]
    parts = where["children"] if where["type"] == "CONJUNCTION_AND" else [where]
    for part in parts:
        if part["type"] == "COMPARE_EQUAL":
            column, values = part["left"], [part["right"]]
        elif part["type"] == "COMPARE_IN":
            column, *values = part["children"]
        else:
            continue
        if column.get("class") != "COLUMN_REF":
            continue
        source = columns.get(column["column_names"][-1], {})
        if source.get("class") == "COLUMN_REF" and all(map(_is_constant, values)):
            return True
    return False


def _is_constant(node: Node) -> bool:
    return node.get("class") in ("CONSTANT", "PARAMETER")


def _renames(query: Node) -> str | None:
    """The name that a query does nothing but repeat."""
    if query["type"] != "SELECT_NODE" or query["modifiers"] or query["cte_map"]["map"]:
        return None
    table = query["from_table"]
    rest = ("where_clause", "group_expressions", "group_sets", "having", "qualify", "sample")
    if any(query[key] for key in rest) or not is_all(query["select_list"]):
        return None
    if table["type"] != "BASE_TABLE" or table["schema_name"] or table["catalog_name"]:
        return None
    odd = table["column_name_alias"] or table["sample"] or table["at_clause"]
    return None if odd else str(table["table_name"])


def _subquery(query: Node, alias: str) -> Node:
    return {
        "type": "SUBQUERY",
        "alias": alias,
        "sample": None,
        "subquery": {"node": query, "named_param_map": []},
        "column_name_alias": [],
    }


def _readers(node: Node) -> Iterator[tuple[Node, Node]]:
    """(select, table) for each table that stands directly or in a join in a select's FROM."""
    for select in nodes_in(node):
        if select.get("type") == "SELECT_NODE":
            waiting = [select["from_table"]]
            while waiting:
                table = waiting.pop()
                if table["type"] == "BASE_TABLE":
                    yield select, table
                elif table["type"] == "JOIN":
                    waiting += [table["left"], table["right"]]


def _queries_in(node: Any) -> Iterator[Node]:
    """The queries directly inside a query, but for its common table expressions."""
    if isinstance(node, list):
        inside = node
    elif isinstance(node, dict):
        inside = [value for key, value in node.items() if key != "cte_map"]
    else:
        return
    for value in inside:
        if isinstance(value, dict) and value.get("type") in _NODES:
            yield value
        else:
            yield from _queries_in(value)
