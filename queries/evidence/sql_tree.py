"""The tree of a query, as DuckDB's json_serialize_sql gives it: reading, walking, writing it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import msgspec

#: A part of the tree: nested dicts and lists.
Node = dict[str, Any]
_QUERIES = ("SELECT_NODE", "SET_OPERATION_NODE")
#: Where a node stood in the text: no part of what it says.
_PLACE = ("query_location", "query_location_length")


def parsed(connection: duckdb.DuckDBPyConnection, sql: str) -> Node:
    """The tree of one or more statements; ``error`` is true in it for what is no query.

    Two parts that say the same are equal.

    Raises:
        duckdb.Error: ``sql`` is not parsed by DuckDB.
    """
    text = connection.execute("SELECT json_serialize_sql($1)", [sql]).fetchall()[0][0]
    tree: Node = _without_places(msgspec.json.decode(text))
    return tree


def written(connection: duckdb.DuckDBPyConnection, tree: Node) -> str:
    """The text of a tree."""
    text = msgspec.json.encode(tree).decode()
    return str(connection.execute("SELECT json_deserialize_sql($1::JSON)", [text]).fetchall()[0][0])


def null() -> Node:
    """NULL, as a node."""
    literal = {"kind": "NULL_LITERAL", "text": ""}
    return {"class": "CONSTANT", "type": "VALUE_CONSTANT", "alias": "", "literal": literal}


def is_call(node: Node, name: str) -> bool:
    """Whether ``node`` calls the function ``name``."""
    return node.get("class") == "FUNCTION" and bool(node["function_name"] == name)


def text_of(node: Node) -> str | None:
    """The text that a literal holds; None of what is none."""
    literal = node.get("literal") or {}
    return str(literal["text"]) if literal.get("kind") == "STRING" else None


def is_null(node: Node) -> bool:
    """Whether it is a bare NULL."""
    return bool((node.get("literal") or {}).get("kind") == "NULL_LITERAL")


def constant(kind: str, text: str) -> Node:
    """A literal, as a node; ``kind`` is DuckDB's: STRING, INTEGER, BOOLEAN."""
    return null() | {"literal": {"kind": kind, "text": text}}


def call(name: str, arguments: list[Node]) -> Node:
    """A function's call, as a node."""
    return {
        "class": "FUNCTION",
        "type": "FUNCTION",
        "alias": "",
        "function_name": name,
        "schema": "",
        "filter": None,
        "order_bys": {"type": "ORDER_MODIFIER", "orders": []},
        "distinct": False,
        "is_operator": False,
        "export_state": False,
        "catalog": "",
        "arguments": [{"name": "", "expression": argument} for argument in arguments],
        "qualified_name": {"path": [name]},
    }


def compared(how: str, left: Node, right: Node) -> Node:
    """A comparison, as a node; ``how`` is DuckDB's: COMPARE_EQUAL."""
    return {"class": "COMPARISON", "type": how, "alias": "", "left": left, "right": right}


def conjunction(conditions: list[Node]) -> Node:
    """All of several conditions, as a node."""
    kind = {"class": "CONJUNCTION", "type": "CONJUNCTION_AND", "alias": ""}
    return conditions[0] if len(conditions) == 1 else kind | {"children": conditions}


def cast(node: Node, kind: str | None) -> Node:
    """A value made one of a type, as a node."""
    wanted: Node = {
        "class": "TYPE",
        "type": "TYPE",
        "alias": "",
        "catalog": "",
        "schema": "",
        "type_name": kind,
        "children": [],
        "qualified_name": {"path": [kind]},
    }
    cast = {"class": "CAST", "type": "OPERATOR_CAST", "child": node | {"alias": ""}}
    return null() | cast | {"try_cast": False, "type_expr": wanted}


def nodes_in(node: Any) -> Iterator[Node]:
    """A node and all below it, each before what is inside it."""
    waiting = [node]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(reversed(item))
        elif isinstance(item, dict):
            yield item
            waiting.extend(reversed(item.values()))


def queries_in(node: Any) -> Iterator[Node]:
    """The queries at or below a node, and not those inside of them."""
    if isinstance(node, list):
        for item in node:
            yield from queries_in(item)
    elif isinstance(node, dict):
        if node.get("type") in _QUERIES:
            yield node
        else:
            for value in node.values():
                yield from queries_in(value)


def _without_places(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_places(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {key: _without_places(value) for key, value in node.items() if key not in _PLACE}
