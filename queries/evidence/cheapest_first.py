"""Conditions in the order of what they cost: few rows are left for the dear ones."""

from __future__ import annotations

from typing import Any

from .pruning import name_of
from .sql_tree import Node, is_call, nodes_in

_SEARCHES = ("regexp_extract", "regexp_matches", "regexp_replace")
#: A comparison, a regular expression, JSON that is taken apart.
_CHEAP, _SEARCHING, _PARSING = range(3)


def order_conditions(node: Any) -> None:
    """Of every conjunction that filters a single source, what is cheap comes first."""
    for select in nodes_in(node):
        if select.get("type") != "SELECT_NODE":
            continue
        where = select["where_clause"]
        if where and where["type"] == "CONJUNCTION_AND":
            _sort(where["children"], select["from_table"])


def _sort(conditions: list[Node], source: Node) -> None:
    conditions.sort(key=lambda condition: _cost(condition, source))


def _cost(expression: Node, source: Node) -> int:
    costs = [_CHEAP]
    for part in nodes_in(expression):
        if part.get("class") == "CAST" and part["type_expr"]["type_name"] == "JSON":
            return _PARSING
        if is_call(part, "->>") or is_call(part, "json_extract_string"):
            return _PARSING
        if part.get("function_name") in _SEARCHES:
            costs.append(_SEARCHING)
        elif part.get("class") == "COLUMN_REF":
            costs.append(_cost_of_column(part["column_names"][-1], source))
    return max(costs)


def _cost_of_column(name: str, source: Node) -> int:
    if source["type"] != "SUBQUERY":
        return _CHEAP
    waiting, costs = [source["subquery"]["node"]], [_CHEAP]
    while waiting:
        query = waiting.pop()
        if query["type"] != "SELECT_NODE":
            waiting += query.get("children") or []
            continue
        given = [item for item in query["select_list"] if name_of(item) == name]
        if given:
            costs += [_cost(item, query["from_table"]) for item in given]
        elif any(item.get("class") == "STAR" for item in query["select_list"]):
            costs.append(_cost_of_column(name, query["from_table"]))
    return max(costs)
