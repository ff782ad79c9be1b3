"""Deciding once what a translated query would decide, or at least plan, each time it runs.

duckdb-kql does not know the columns' types and writes a CASE over ``typeof(x)`` wherever Kusto's
meaning depends on them: most of a question's text and of its planning. The types are known, so
the branches that no row can take are cut out here. Types and values stay what they were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb
import msgspec

from .flattening import flattened
from .known_forms import is_empty, not_blank
from .plainer import plainer
from .sql_folds import Fold, branches, is_subquery
from .sql_tree import Node, is_call, nodes_in, queries_in, written
from .sql_types import Scope, Types

#: The first is done by itself; the second orders by columns, where a constant would be a place.
_LEFT_ALONE = ("cte_map", "modifiers")
_Wrap = Callable[[Node], Node]


@dataclass(frozen=True, slots=True)
class _Part:
    """``question`` is asked for the type of ``node``, whose name has ``ending`` behind it then."""

    node: Node
    question: Node
    ending: str


def folded(tree: Node, connection: duckdb.DuckDBPyConnection) -> str:
    """The text of a parsed query, shorter than it was and with the same meaning.

    ``connection``: to ask for types; views are made in it.
    """
    folding = _Folding(Types(connection))
    for statement in tree["statements"]:
        folding.query(statement["node"], {})
    short = flattened(tree, connection)
    plainer(short)
    return written(connection, short)


class _Folding:
    """Goes through a query from its innermost part outwards, changing it in place."""

    def __init__(self, types: Types) -> None:
        self._types = types

    def query(self, node: Node, scope: Scope) -> Scope:
        """Folds ``node``; what stands for its own common table expressions, and the scope's."""
        inside = dict(scope)
        for entry in node["cte_map"]["map"]:
            query = entry["value"]["query_node"]
            own = self.query(query, inside)
            stand_in = self._types.stand_in(query | {"cte_map": {"map": []}}, own)
            if stand_in is None:
                # An outer name that it hides must not be taken for it.
                inside.pop(entry["key"], None)
            else:
                inside[entry["key"]] = stand_in
        if node["type"] == "SELECT_NODE":
            self._select(node, inside)
        else:
            for child in node.get("children") or [node.get("left"), node.get("right")]:
                if child:
                    self.query(child, inside)
            self._drop_what_is_empty(node, inside)
        return inside

    def _drop_what_is_empty(self, node: Node, scope: Scope) -> None:
        """A union without those of its queries that never have a row and bring no column of their
        own: what stands in the place of a table that may not be there."""
        if node.get("setop_type") != "UNION_BY_NAME" or not node.get("setop_all"):
            return
        first, *others = node.get("children") or [{}]
        kept = [one for one in others if not (is_empty(one) and self._adds_none(one, first, scope))]
        if len(kept) == len(others):
            return
        node["children"] = [first, *kept]
        if len(node["children"]) == 1 and not node["modifiers"]:
            entries = [*node["cte_map"]["map"], *first["cte_map"]["map"]]
            node.clear()
            node.update(first | {"cte_map": {"map": entries}})

    def _adds_none(self, one: Node, first: Node, scope: Scope) -> bool:
        """Whether the columns of a query, and their types, are among those of another."""
        own, all_of_them = (self._types.columns(query, scope) for query in (one, first))
        return own is not None and all_of_them is not None and {*own} <= {*all_of_them}

    def _select(self, node: Node, scope: Scope) -> None:
        for inner in queries_in([value for name, value in node.items() if name != "cte_map"]):
            self.query(inner, scope)
        parts: list[_Part] = []
        for name, value in node.items():
            if name not in _LEFT_ALONE:
                parts.extend(_parts_of(value, lambda expression: expression, ""))
        bare = node | {"cte_map": {"map": []}}
        fold = Fold()
        leaves = [part for part in parts if part.node.get("class") != "CASE"]
        self._ask(leaves, bare, scope, fold)
        # Innermost first, as the type of a CASE follows from those of its branches most times.
        ladders = [part for part in reversed(parts) if part.node.get("class") == "CASE"]
        unclear = [part for part in ladders if not fold.settles(part.node)]
        self._ask(unclear, bare, scope, fold)
        for name, value in node.items():
            if name == "from_table":
                _fold_sources(value, fold)
            elif name == "group_expressions":
                node[name] = [_no_place(fold.anywhere(item), item) for item in value]
            elif name not in _LEFT_ALONE:
                node[name] = fold.anywhere(value, truth=name in ("where_clause", "having"))

    def _ask(self, parts: list[_Part], select: Node, scope: Scope, fold: Fold) -> None:
        texts = [msgspec.json.encode(part.question) for part in parts]
        once = dict(zip(texts, (part.question for part in parts), strict=True))
        found = dict(zip(once, self._types.of(select, scope, list(once.values())), strict=True))
        for part, text in zip(parts, texts, strict=True):
            if (kind := found[text]) is not None:
                fold.types[id(part.node)] = kind.removesuffix(part.ending)


def _fold_sources(table: Node, fold: Fold) -> None:
    if table.get("condition"):
        table["condition"] = fold.anywhere(table["condition"], truth=True)
    if table.get("function"):
        table["function"] = fold.anywhere(table["function"])
    for side in ("left", "right"):
        if isinstance(table.get(side), dict):
            _fold_sources(table[side], fold)


def _no_place(result: Any, given: Any) -> Any:
    """A constant among what is ordered or grouped by would be taken for a column's place."""
    return given if isinstance(result, dict) and result.get("class") == "CONSTANT" else result


def _parts_of(node: Any, wrap: _Wrap, ending: str) -> Iterator[_Part]:
    """The parts whose types matter, each before what is inside it."""
    if isinstance(node, list):
        for item in node:
            yield from _parts_of(item, wrap, ending)
        return
    if not isinstance(node, dict) or node.get("class") == "LAMBDA" or is_subquery(node):
        return
    if is_call(node, "typeof") or is_call(node, "to_json"):
        argument = node["arguments"][0]["expression"]
        yield _Part(argument, wrap(argument), ending)
    elif node.get("class") == "CASE" and (
        ending or not_blank(node) or _mentions_typeof(node["case_checks"])
    ):
        yield _Part(node, wrap(node), ending)
        for branch in branches(node):
            yield _Part(branch, wrap(branch), ending)
    for key, value in node.items():
        if is_call(node, "list_transform") and key == "arguments":
            yield from _parts_of(value[0], wrap, ending)
            body = value[1]["expression"]["expr"]
            yield from _parts_of(body, _inside(node, wrap), ending + "[]")
        else:
            yield from _parts_of(value, wrap, ending)


def _inside(call: Node, wrap: _Wrap) -> _Wrap:
    """How to ask for a type where the names of a lambda are known: as its result."""
    source, function = call["arguments"]

    def asked(expression: Node) -> Node:
        body = function["expression"] | {"expr": expression | {"alias": ""}}
        return wrap(call | {"arguments": [source, function | {"expression": body}]})

    return asked


def _mentions_typeof(checks: list[Node]) -> bool:
    asked = [check["when_expr"] for check in checks]
    return any(is_call(node, "typeof") for node in nodes_in(asked))
