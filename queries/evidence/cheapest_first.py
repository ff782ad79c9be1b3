"""Conditions in the order of what they cost: few rows are left for the dear ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .pruning import name_of
from .sql_tree import Node, compared, conjunction, constant, is_call, nodes_in, null, text_of
from .tables import TABLES

_SEARCHES = ("regexp_extract", "regexp_matches", "regexp_replace")
#: A comparison, a regular expression, JSON that is taken apart.
_CHEAP, _SEARCHING, _PARSING = range(3)


def order_conditions(node: Any) -> None:
    """Of every condition that filters, what is cheap comes first; a list has its ends there too."""
    for select in nodes_in(node):
        if select.get("type") != "SELECT_NODE":
            continue
        where = select["where_clause"]
        if where and where["type"] in ("CONJUNCTION_AND", "COMPARE_IN"):
            given = where["children"] if where["type"] == "CONJUNCTION_AND" else [where]
            source = select["from_table"]
            conditions = [*given, *(end for each in given for end in _ends(each, source))]
            _sort(conditions, source)
            select["where_clause"] = conjunction(conditions)


def _ends(listed: Node, source: Node) -> list[Node]:
    """What is in a list lies between its least and its greatest, which skips rows unread."""
    if listed["type"] != "COMPARE_IN":
        return []
    column, *values = listed["children"]
    texts = [text for value in values if (text := text_of(value)) is not None]
    if len(texts) < max(len(values), 2) or not _is_stored(column, source):
        return []
    return [
        compared("COMPARE_GREATERTHANOREQUALTO", column, constant("STRING", min(texts))),
        compared("COMPARE_LESSTHANOREQUALTO", column, constant("STRING", max(texts))),
    ]


def _is_stored(column: Node, source: Node) -> bool:
    """Whether it is a column of the evidence as it is."""
    if column.get("class") != "COLUMN_REF" or len(column["column_names"]) > 1:
        return False
    if source["type"] != "SUBQUERY":
        return source.get("table_name") in TABLES
    return all(_is_stored(*each) for each in _given(column, source))


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
            costs += [_cost(*each) for each in _given(part, source)]
    return max(costs)


def _given(column: Node, source: Node) -> Iterator[tuple[Node, Node]]:
    """(what a column is, what that is taken of), in each of the queries that stand there."""
    waiting = [source["subquery"]["node"]] if source["type"] == "SUBQUERY" else []
    while waiting:
        query = waiting.pop()
        if query["type"] != "SELECT_NODE":
            waiting += query.get("children") or []
            continue
        listed, name = query["select_list"], column["column_names"][-1]
        given = [item for item in listed if name_of(item) == name]
        if not given:
            # What one of several queries does not have is NULL in its rows.
            has_all = any(item.get("class") == "STAR" for item in listed)
            given = [column | {"column_names": [name]} if has_all else null()]
        yield from ((item, query["from_table"]) for item in given)
