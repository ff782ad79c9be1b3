"""Several texts out of one JSON value, taken apart once."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from typing import Any

from .pruning import name_of
from .sql_tree import Node, call, constant, is_call, nodes_in, text_of

#: The end of a name that no column of the query has.
_TEXTS = " texts"
_PATH = re.compile(r"\$\.\w+", re.ASCII)
_PLACES = ("select_list", "where_clause", "group_expressions")
_MAKING_OTHER_ROWS = ("group_expressions", "group_sets", "having", "qualify", "sample")


def is_extract(node: Node) -> bool:
    """Whether it is a text of a column that holds JSON: x ->> '$.name'."""
    return _of(node) is not None


def is_taken(node: Node) -> bool:
    """Whether it is one of the texts that were taken from a column at once."""
    if node.get("type") != "ARRAY_EXTRACT":
        return False
    listed = node["children"][0]
    return bool(listed.get("class") == "COLUMN_REF" and listed["column_names"][-1].endswith(_TEXTS))


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
        _Gathering(tree).anywhere(tree)


class _Gathering:
    def __init__(self, tree: Node) -> None:
        self._tree = tree
        #: The common table expressions, which all have names of their own.
        self._named: dict[str, Node] = {
            entry["key"]: entry["value"]["query_node"]
            for part in nodes_in(tree)
            for entry in part.get("cte_map", {}).get("map", [])
            if not entry["value"]["aliases"]
        }

    def anywhere(self, node: Any) -> None:
        if isinstance(node, list):
            for item in node:
                self.anywhere(item)
        elif isinstance(node, dict):
            for value in node.values():
                self.anywhere(value)
            if node.get("type") == "SELECT_NODE":
                self._gather(node)

    def _gather(self, select: Node) -> None:
        table = select["from_table"]
        if table["type"] not in ("SUBQUERY", "BASE_TABLE"):
            return
        if any(item.get("class") == "STAR" for item in select["select_list"]):
            return
        found: dict[str, list[str]] = {}
        for part in _expressions([select[place] for place in _PLACES]):
            if found_here := _of(part):
                column, path = found_here
                paths = found.setdefault(column, [])
                if path not in paths:
                    paths.append(path)
        listed: list[Node] = []
        for column, paths in found.items():
            if taken := self._taken(table, column, {*map(_name, found)} - {_name(column)}):
                _replace(select, column, taken["alias"], _and_these(taken, paths))
            elif len(paths) > 1:
                listed.append(_texts_of(column, paths))
                _replace(select, column, _name(column), paths)
        if listed:
            select["from_table"] = _with_these(select, listed)

    def _taken(self, table: Node, column: str, other: Container[str]) -> Node | None:
        """What takes texts of a column further inside, whose result is handed on to here then.

        Args:
            other: names that its result must not have.
        """
        handing: list[Node] = []
        while query := self._read_alone(table, handing[-1] if handing else None):
            for item in query["select_list"]:
                if item["alias"] == _name(column) and is_call(item, "json_extract_string"):
                    if item["alias"] in other:
                        return None
                    for each in handing:
                        _hand_on(each, item["alias"])
                    found: Node = item
                    return found
            if any(query[key] for key in _MAKING_OTHER_ROWS) or query["modifiers"]:
                return None
            given = [item for item in query["select_list"] if name_of(item) == column]
            if given:
                if len(given) > 1 or len(given[0].get("column_names", ())) != 1:
                    return None
                column = given[0]["column_names"][0]
            elif not _hands_all_on(query):
                return None
            handing.append(query)
            table = query["from_table"]
        return None

    def _read_alone(self, table: Node, reader: Node | None) -> Node | None:
        """The query that stands there, if one more column of it is nobody else's."""
        if table.get("column_name_alias") or table.get("sample"):
            return None
        if table["type"] == "SUBQUERY":
            query = table["subquery"]["node"]
        elif table["type"] == "BASE_TABLE" and table["table_name"] in self._named:
            query = self._named[table["table_name"]]
            others = (n for n in nodes_in(self._tree) if n.get("type") == "SELECT_NODE")
            if any(
                other is not reader
                and _hands_all_on(other)
                and _reads(other["from_table"], table["table_name"])
                for other in others
            ):
                return None
        else:
            return None
        return query if query["type"] == "SELECT_NODE" else None


def _reads(table: Node, name: str) -> bool:
    if table["type"] == "JOIN":
        return _reads(table["left"], name) or _reads(table["right"], name)
    return table["type"] == "BASE_TABLE" and bool(table["table_name"] == name)


def _hands_all_on(query: Node) -> bool:
    return any(item.get("class") == "STAR" for item in query["select_list"])


def _hand_on(query: Node, name: str) -> None:
    if not _hands_all_on(query) and name not in map(name_of, query["select_list"]):
        query["select_list"].append(_column(name))


def _texts_of(column: str, paths: list[str]) -> Node:
    values = call("list_value", [constant("STRING", path) for path in paths])
    return call("json_extract_string", [_column(column), values]) | {"alias": _name(column)}


def _and_these(taken: Node, paths: list[str]) -> list[str]:
    """Adds paths to what takes texts; all that it takes then."""
    values = taken["arguments"][1]["expression"]
    known = [text_of(argument["expression"]) or "" for argument in values["arguments"]]
    known += [path for path in paths if path not in known]
    values["arguments"] = call("", [constant("STRING", path) for path in known])["arguments"]
    return known


def _with_these(select: Node, listed: list[Node]) -> Node:
    """What a query reads, with more columns."""
    table = select["from_table"]
    bare: Node = {"modifiers": [], "cte_map": {"map": []}, "where_clause": None, "sample": None}
    inner = select | bare | dict.fromkeys(_MAKING_OTHER_ROWS)
    lists: Node = {"group_expressions": [], "group_sets": [], "select_list": [_star(), *listed]}
    return {
        "type": "SUBQUERY",
        "alias": table["alias"] or table.get("table_name", ""),
        "sample": None,
        "subquery": {"node": inner | lists, "named_param_map": []},
        "column_name_alias": [],
    }


def _replace(select: Node, column: str, texts: str, paths: list[str]) -> None:
    for place in _PLACES:
        select[place] = _replaced(select[place], column, texts, paths)


def _replaced(node: Any, column: str, texts: str, paths: list[str]) -> Any:
    if isinstance(node, list):
        return [_replaced(item, column, texts, paths) for item in node]
    if not isinstance(node, dict) or node.get("class") == "SUBQUERY":
        return node
    taken = _of(node)
    if taken and taken[0] == column:
        place = constant("INTEGER", str(paths.index(taken[1]) + 1))
        return {
            "class": "OPERATOR",
            "type": "ARRAY_EXTRACT",
            "alias": node["alias"],
            "children": [_column(texts), place],
        }
    return {key: _replaced(value, column, texts, paths) for key, value in node.items()}


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
