"""Several texts out of one JSON value, taken apart once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .sql_tree import Node, call, constant, nodes_in, text_of

#: The end of a name that no column of the query has.
_TEXTS = " texts"
_PATH = re.compile(r"\$\.\w+", re.ASCII)


def is_extract(node: Node) -> bool:
    """Whether it is a text of a column that holds JSON: x ->> '$.name'."""
    return _of(node) is not None


def direct(node: Node) -> Node:
    """``x ->> '$.name'`` of: json_extract(x, '$.name') ->> '$'."""
    if node.get("class") != "FUNCTION" or node["function_name"] != "->>":
        return node
    inner, path = (argument["expression"] for argument in node["arguments"])
    if text_of(path) != "$" or inner.get("class") != "FUNCTION":
        return node
    if inner["function_name"] != "json_extract" or not _PATH.fullmatch(
        text_of(inner["arguments"][1]["expression"]) or ""
    ):
        return node
    return node | {"arguments": inner["arguments"]}


def gather(tree: Node) -> None:
    """In every query inside, what is taken from one column in several places is taken at once."""
    names = (
        part.get("alias", "") + "".join(part.get("column_names", ())) for part in nodes_in(tree)
    )
    if not any(_TEXTS in name for name in names):
        _gather_in(tree)


def _gather_in(node: Any) -> None:
    if isinstance(node, list):
        for item in node:
            _gather_in(item)
    elif isinstance(node, dict):
        for value in node.values():
            _gather_in(value)
        if node.get("type") == "SELECT_NODE":
            _gather(node)


def _gather(select: Node) -> None:
    table = select["from_table"]
    if table["type"] not in ("SUBQUERY", "BASE_TABLE"):
        return
    places = ("select_list", "where_clause", "group_expressions")
    if any(item.get("class") == "STAR" for item in select["select_list"]):
        return
    found: dict[str, list[str]] = {}
    for part in _expressions([select[place] for place in places]):
        if found_here := _of(part):
            column, path = found_here
            paths = found.setdefault(column, [])
            if path not in paths:
                paths.append(path)
    wanted = {column: paths for column, paths in found.items() if len(paths) > 1}
    if not wanted:
        return
    listed: list[Node] = [_star()]
    for column, paths in wanted.items():
        values = call("list_value", [constant("STRING", path) for path in paths])
        taken = call("json_extract_string", [_column(column), values])
        listed.append(taken | {"alias": _name(column)})
    inner = select | {
        "select_list": listed,
        "modifiers": [],
        "cte_map": {"map": []},
        "where_clause": None,
        "group_expressions": [],
        "group_sets": [],
        "having": None,
        "qualify": None,
        "sample": None,
    }
    for place in places:
        select[place] = _replaced(select[place], wanted)
    select["from_table"] = {
        "type": "SUBQUERY",
        "alias": table["alias"] or table.get("table_name", ""),
        "sample": None,
        "subquery": {"node": inner, "named_param_map": []},
        "column_name_alias": [],
    }


def _replaced(node: Any, wanted: dict[str, list[str]]) -> Any:
    if isinstance(node, list):
        return [_replaced(item, wanted) for item in node]
    if not isinstance(node, dict) or node.get("class") == "SUBQUERY":
        return node
    taken = _of(node)
    if taken and taken[0] in wanted:
        place = wanted[taken[0]].index(taken[1]) + 1
        return {
            "class": "OPERATOR",
            "type": "ARRAY_EXTRACT",
            "alias": node["alias"],
            "children": [_column(_name(taken[0])), constant("INTEGER", str(place))],
        }
    return {key: _replaced(value, wanted) for key, value in node.items()}


def _expressions(node: Any) -> Iterator[Node]:
    """All parts but those of queries inside."""
    if isinstance(node, list):
        for item in node:
            yield from _expressions(item)
    elif isinstance(node, dict) and node.get("class") != "SUBQUERY":
        yield node
        for value in node.values():
            yield from _expressions(value)


def _of(node: Node) -> tuple[str, str] | None:
    """(column, path) of: column ->> path."""
    if node.get("class") != "FUNCTION" or node["function_name"] != "->>":
        return None
    column, path = (argument["expression"] for argument in node["arguments"])
    if column.get("class") != "COLUMN_REF" or len(column["column_names"]) != 1:
        return None
    text = text_of(path)
    return (column["column_names"][0], text) if text and _PATH.fullmatch(text) else None


def _name(column: str) -> str:
    return column + _TEXTS


def _column(name: str) -> Node:
    return {"class": "COLUMN_REF", "type": "COLUMN_REF", "alias": "", "column_names": [name]}


def _star() -> Node:
    return {
        "class": "STAR",
        "type": "STAR",
        "alias": "",
        "relation_name": "",
        "exclude_list": [],
        "replace_list": [],
        "columns": False,
        "expr": None,
        "qualified_exclude_list": [],
        "rename_list": [],
    }
