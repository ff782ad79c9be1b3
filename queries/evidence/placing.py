"""Two steps of a query written as one."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Mapping
from typing import Any

from .extracting import is_extract
from .pruning import name_of
from .sql_tree import Node, conjunction, nodes_in


class RefusedError(Exception):
    """Two steps that have to stay apart."""


def together(outer: Node, inner: Node, alias: str) -> Node:
    """The parts of ``outer`` that change when it reads what ``inner`` reads.

    Raises:
        RefusedError: they cannot become one, or something would be computed twice.
    """
    both = [clause for clause in (inner["where_clause"],) if clause]
    if is_all(inner["select_list"]):
        if inner["from_table"]["type"] == "JOIN" or _mentions(outer, alias):
            raise RefusedError
        own = outer["where_clause"]
        return {
            "from_table": inner["from_table"],
            "where_clause": _both([*both, *([own] if own else [])]),
        }
    columns = columns_of(inner["select_list"])
    place = _Placing(columns, alias)
    where = place(outer["where_clause"])
    if is_all(outer["select_list"]):
        if not all(map(_orders_by_names, outer["modifiers"])) or outer["group_expressions"]:
            raise RefusedError
        listed = [expression | {"alias": name} for name, expression in columns.items()]
        place.uses.update(list(columns))
    else:
        if any(m["type"] == "ORDER_MODIFIER" for m in outer["modifiers"]):
            raise RefusedError
        if not all(map(_orders_by_names, outer["modifiers"])):
            raise RefusedError
        named = [(item, name_of(item)) for item in outer["select_list"]]
        if any(item.get("class") == "STAR" or not name for item, name in named):
            raise RefusedError
        listed = [place(item) | {"alias": name} for item, name in named]
    groups = [place(item) for item in outer["group_expressions"]]
    if any(item.get("class") in ("CONSTANT", "PARAMETER") for item in groups):
        raise RefusedError
    for name, count in place.uses.items():
        if count > 1 and not costs_nothing(columns[name]):
            raise RefusedError
    return {
        "select_list": listed,
        "from_table": inner["from_table"],
        "where_clause": _both([*both, *([where] if where else [])]),
        "group_expressions": groups,
    }


class _Placing:
    """Writes what a column stands for in its place."""

    def __init__(self, columns: Mapping[str, Node], alias: str) -> None:
        self._columns = columns
        self._alias = alias
        self._lambdas: list[str] = []
        self.uses: Counter[str] = Counter()

    def __call__(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self(item) for item in node]
        if not isinstance(node, dict):
            return node
        kind = node.get("class")
        if kind == "SUBQUERY":
            if _mentions(node, self._alias):
                raise RefusedError
            rest = {key: self(node[key]) for key in node if key != "subquery"}
            return rest | {"subquery": node["subquery"]}
        if kind == "STAR":
            if node["relation_name"] or node["expr"]:
                raise RefusedError
            return node
        if kind == "LAMBDA":
            names = _names_of(node["lhs"])
            self._lambdas += names
            made = node | {"expr": self(node["expr"])}
            del self._lambdas[len(self._lambdas) - len(names) :]
            return made
        if kind == "COLUMN_REF":
            return self._column(node)
        return {key: self(value) for key, value in node.items()}

    def _column(self, node: Node) -> Node:
        path = node["column_names"]
        if len(path) == 1 and path[0] in self._lambdas:
            return node
        if len(path) > 2 or (len(path) == 2 and path[0] != self._alias):
            raise RefusedError
        name = path[-1]
        if name not in self._columns:
            raise RefusedError
        self.uses[name] += 1
        made = self._columns[name]
        if self._lambdas and any(
            n.get("class") == "COLUMN_REF" and n["column_names"][0] in self._lambdas
            for n in nodes_in(made)
        ):
            raise RefusedError
        return copy.deepcopy(made) | {"alias": node["alias"]}


def columns_of(listed: list[Node]) -> dict[str, Node]:
    """What each column of a SELECT's list stands for.

    Raises:
        RefusedError: some have no name, or two the same, or it is not known which there are.
    """
    columns: dict[str, Node] = {}
    for item in listed:
        if item.get("class") == "STAR":
            raise RefusedError
        name = name_of(item)
        if not name or name in columns:
            raise RefusedError
        columns[name] = item | {"alias": ""}
    return columns


def costs_nothing(node: Node) -> bool:
    """Whether it may stand twice: it is looked up, or is gathered with others of its kind."""
    if node.get("class") in ("COLUMN_REF", "CONSTANT", "PARAMETER") or is_extract(node):
        return True
    if node.get("type") == "OPERATOR_COALESCE":
        return all(map(costs_nothing, node["children"]))
    return node.get("class") == "CAST" and node["child"].get("class") in ("CONSTANT", "PARAMETER")


def is_all(listed: list[Node]) -> bool:
    """Whether a SELECT's list is a bare star."""
    star = listed[0]
    return (
        len(listed) == 1
        and star.get("class") == "STAR"
        and not star["relation_name"]
        and not star["expr"]
        and not any(value for key, value in star.items() if key.endswith("_list"))
    )


def _orders_by_names(modifier: Node) -> bool:
    if modifier["type"] == "ORDER_MODIFIER":
        return all(
            order["expression"].get("class") == "COLUMN_REF"
            and len(order["expression"]["column_names"]) == 1
            for order in modifier["orders"]
        )
    return modifier["type"] == "LIMIT_MODIFIER" or (
        modifier["type"] == "DISTINCT_MODIFIER" and not modifier.get("distinct_on_targets")
    )


def _both(clauses: list[Node]) -> Node | None:
    parts = [
        part
        for clause in clauses
        for part in (clause["children"] if clause["type"] == "CONJUNCTION_AND" else [clause])
    ]
    return conjunction(parts) if parts else None


def _mentions(node: Any, alias: str) -> bool:
    return any(
        (
            n.get("class") == "COLUMN_REF"
            and len(n["column_names"]) > 1
            and n["column_names"][0] == alias
        )
        or (n.get("class") == "STAR" and n["relation_name"] == alias)
        for n in nodes_in(node)
    )


def _names_of(node: Node) -> list[str]:
    return [n["column_names"][-1] for n in nodes_in(node) if n.get("class") == "COLUMN_REF"]
